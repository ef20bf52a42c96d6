#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# -nvram: the file that keeps the NVRAM. The guests are a few instructions that store into it.
use strict;
use warnings;
use File::Temp qw(tempdir);
use Time::HiRes qw(time sleep);

chdir(($0 =~ s|[^/]*$||r) . './..') or die;
require './t/expect.pl';

my $vonk = $ENV{VONK} // './vonk';
my $dir = tempdir(CLEANUP => 1);
my $file = "$dir/nvram";

sub image
{
	my ($name, @words) = @_;

	spew("$dir/$name", pack('N*', @words));
	return "$dir/$name";
}

# sethi %hi(0x71200000), %g3; mov 0x5a, %g1; stb %g1, [%g3 + 0x10]; mov 1, %g1; clr %o0; ta 0: the end
my $store = image('store', 0x071c4800, 0x8210205a, 0xc228e010, 0x82102001, 0x90102000, 0x91d02000);
# The same without the store.
my $nothing = image('nothing', 0x82102001, 0x90102000, 0x91d02000);
# If that byte is set, wait; else set it and reset the machine (system control register).
my $reset = image('reset', 0x071c4800, 0xc408e010, 0x80a0a05a, 0x02800000, 0x01000000,
	0x8210205a, 0xc228e010, 0x071c7c00, 0x82102001, 0xc220e000, 0x10800000, 0x01000000);

sub run
{
	my $p = Expect->start(err => 1, args => [$vonk, '-serial', 'null', '-vga', 'none', @_]);
	my $status = $p->finish(30);

	return ($status, $p->err);
}

sub clean_run
{
	my ($name, @args) = @_;
	my ($status, $err) = run(@args);

	is("$status:$err", '0:', $name);
}

# Sun's identification: format 1, machine type, address, ..., all 16 bytes XOR to 0.
sub idprom
{
	my ($type, $mac) = @_;
	my @id = (1, $type, map({ hex } split /:/, $mac), 0, 0, 0, 0, (map { hex } split /:/, $mac)[3 .. 5]);
	my $sum = 0;

	$sum ^= $_ for @id;
	return pack('C*', @id, $sum);
}

# --- a new file ---
clean_run('a file that is not there', '-nvram', $file, $nothing);
my $first = slurp($file);
is(length($first // ''), 8192, 'is made, with 8192 bytes');
is(unpack('H*', substr($first, 0x1fd8, 16)), unpack('H*', idprom(0x80, '52:54:00:12:34:56')),
	'with the identification of an SS-5');
is(unpack('H*', substr($first, 0x1ff8)), '0' x 16, 'and no date');
is(substr($first, 0, 1) . substr($first, 4, 7), "\x70system\0", "OpenBIOS's partition is there");
my $inode = (stat $file)[1];
clean_run('a run that changes nothing', '-nvram', $file, $nothing);
is((stat $file)[1], $inode, 'leaves the file alone');

# --- kept ---
clean_run('a run that stores a byte', '-nvram', $file, $store);
is(ord(substr(slurp($file), 0x10, 1)), 0x5a, 'it is in the file');
is(substr(slurp($file), 0x11), substr($first, 0x11), 'nothing else is');
ok((stat $file)[1] != $inode, 'the file was replaced, not written over');
is(join(' ', map { s|.*/||r } glob("$dir/*")), 'nothing nvram reset store', 'nothing else lies about');
my ($status) = run('-nvram', $file, '-limit', 'insns=1000', $reset);
is($status, 124, 'the byte is there in the next run: it waits');

# --- saved at a reset ---
spew($file, $first);
my $p = Expect->start(err => 1, args => [$vonk, '-serial', 'null', '-vga', 'none', '-nvram', $file, $reset]);
my $end = time + 20;
sleep(0.02) until time > $end || ord(substr(slurp($file), 0x10, 1)) == 0x5a;
is(ord(substr(slurp($file), 0x10, 1)), 0x5a, 'a reset saves it');
$p->signal('KILL');
$p->finish(10);
is(length(slurp($file)), 8192, 'killed, the file is whole');

# --- ends of all kinds save ---
spew($file, $first);
# set the byte, then wait
my $wait = image('wait', 0x071c4800, 0x8210205a, 0xc228e010, 0x10800000, 0x01000000);
run('-nvram', $file, '-limit', 'insns=100', $wait);
is(ord(substr(slurp($file), 0x10, 1)), 0x5a, 'a limit');
spew($file, $first);
# set the byte, then a trap with traps disabled
my $error = image('error', 0x071c4800, 0x8210205a, 0xc228e010, 0x00000000);
($status) = run('-nvram', $file, $error);
is($status, 4, 'error mode');
is(ord(substr(slurp($file), 0x10, 1)), 0x5a, 'saves it as well');
spew($file, $first);
$p = Expect->start(err => 1, args => [$vonk, '-serial', 'null', '-vga', 'none', '-nvram', $file, $wait]);
sleep(0.5);
$p->signal('TERM');
is($p->finish(10), 0, 'SIGTERM');
is(ord(substr(slurp($file), 0x10, 1)), 0x5a, 'and so does that');

# --- the identification ---
my $mine = $first;
substr($mine, 0x1fd8, 16) = idprom(0x80, '08:00:20:11:22:33');
spew($file, $mine);
clean_run('a file with an address of its own', '-nvram', $file, $nothing);
is(slurp($file), $mine, 'keeps it');
clean_run('-nic mac=', '-nvram', $file, '-net', 'nic,mac=08:00:20:44:55:66', $nothing);
is(unpack('H*', substr(slurp($file), 0x1fd8, 16)), unpack('H*', idprom(0x80, '08:00:20:44:55:66')), 'changes it');
spew($file, $mine);
clean_run('another board', '-M', 'SS-20', '-nvram', $file, $nothing);
is(unpack('H*', substr(slurp($file), 0x1fd8, 16)), unpack('H*', idprom(0x72, '08:00:20:11:22:33')),
	'has its type and the same address');
substr($mine, 0x1fdb, 1) = "\xff";
spew($file, $mine);
clean_run('a wrong checksum', '-nvram', $file, $nothing);
is(unpack('H*', substr(slurp($file), 0x1fd8, 16)), unpack('H*', idprom(0x80, '52:54:00:12:34:56')),
	'is made good');

# --- variables ---
sub variables
{
	my ($bytes) = @_;
	my $len = 16 * unpack('x2 n', $bytes);

	return join(',', grep { length } split /\0/, substr($bytes, 16, $len - 16));
}
unlink($file);
clean_run('variables', '-nvram', $file, '-prom-env', 'auto-boot?=false', '-prom-env', 'a=1', $nothing);
is(variables(slurp($file)), 'auto-boot?=false,a=1', 'are in a new file');
clean_run('a run without', '-nvram', $file, $nothing);
is(variables(slurp($file)), 'auto-boot?=false,a=1', 'keeps them');
clean_run('others', '-nvram', $file, '-prom-env', 'a=22', '-prom-env', 'b=3', $nothing);
is(variables(slurp($file)), 'auto-boot?=false,a=22,b=3', 'take their place, or are added');
my ($err);
($status, $err) = run('-nvram', $file, '-prom-env', 'long=' . 'x' x 8190, $nothing);
is("$status:$err", "1:vonk: -prom-env: the variables do not fit into the NVRAM\n", 'too many');
my $sun = "\x55" x 8184 . "\0" x 8;
substr($sun, 0x1fd8, 16) = idprom(0x80, '08:00:20:11:22:33');
spew($file, $sun);
clean_run("another firmware's file", '-nvram', $file, $nothing);
is(slurp($file), $sun, 'stays as it is');
($status, $err) = run('-nvram', $file, '-prom-env', 'a=1', $nothing);
is($status, 1, '-prom-env does not go with it');
like($err, qr/\Avonk: -prom-env: .*\n\z/, 'in one line');
is(slurp($file), $sun, 'and nothing was written');

# --- what cannot be ---
spew($file, substr($first, 0, 8184));
clean_run('8184 bytes, without the clock', '-nvram', $file, $nothing);
is(slurp($file), $first, 'are taken, and completed');
for my $len (0, 1, 100, 8183, 8191, 8193, 100000) {
	spew($file, 'x' x $len);
	($status, $err) = run('-nvram', $file, $nothing);
	like("$status:$err", qr/\A1:vonk: -nvram: \Q$file\E: an NVRAM file has 8192 bytes, .*\n\z/, "$len bytes are refused");
	is(slurp($file), 'x' x $len, 'and stay');
}
for my $bad ($dir, "$dir/no/such", '/dev/null') {
	($status, $err) = run('-nvram', $bad, $nothing);
	like("$status:$err", qr/\A1:vonk: .*\Q$bad\E.*\n\z/, "$bad: one line, status 1");
}
done();
