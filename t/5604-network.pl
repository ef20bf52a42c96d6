#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# What the machine's Ethernet is plugged into: sockets of both spellings and directions, peers that come
# and go, recordings, the address, and one line for each thing that cannot be.
use strict;
use warnings;
use File::Temp qw(tempdir);
use IO::Socket::INET;
use IO::Socket::UNIX;
use Time::HiRes qw(time sleep);

chdir(($0 =~ s|[^/]*$||r) . './..') or die;
require './t/expect.pl';

my $vonk = $ENV{VONK} // './vonk';
my $dir = tempdir(CLEANUP => 1);
my $prompt = qr/\(vonk\) $/;
my $loop = "$dir/loop";
open(my $f, '>', $loop) or die;
print $f pack('N*', 0x10800000, 0x01000000);
close($f);

sub machine
{
	my $p = Expect->start(err => 1, args => [$vonk, '-serial', 'null', '-monitor', 'stdio', '-vga', 'none', @_, $loop]);

	$p->until($prompt, 20) // diag($p->all . $p->err);
	return $p;
}

sub ask
{
	my ($p, $line) = @_;

	$p->send("$line\r");
	return $p->until($prompt, 20) // '';
}

# Until `info network` says so.
sub says
{
	my ($p, $re, $name) = @_;
	my $end = time + 20;
	my $text;

	do {
		$text = ask($p, 'info network');
		return ok(1, $name) if $text =~ $re;
		sleep(0.02);
	} while (time < $end);
	return like($text, $re, $name);
}

sub quit
{
	my ($p, $name) = @_;

	$p->send("quit\r");
	is($p->finish(10), 0, $name);
	is($p->err, '', "$name: nothing on stderr");
}

# --- a server, and clients ---
my $path = "$dir/net";
my $p = machine('-netdev', "stream,id=n,server=on,addr.type=unix,addr.path=$path", '-net',
	'nic,netdev=n,model=lance,mac=08:00:20:0a:0b:0c', '-object', "filter-dump,id=d,netdev=n,file=$dir/pcap");
like(ask($p, 'info network'), qr/^le: lance, idprom 08:00:20:0a:0b:0c$/m, 'mac= is in the idprom');
says($p, qr/^n: stream at \Q$path\E\n    nobody is there/m, 'a server waits');
my $peer = IO::Socket::UNIX->new(Peer => $path);
ok($peer, 'a client comes');
says($p, qr/^    connected/m, 'and is seen');
syswrite($peer, pack('N', 2000) . 'x' x 2000);
says($p, qr/ 1 skipped/, 'a frame that is too long is skipped');
close($peer);
says($p, qr/^    nobody is there/m, 'it goes');
$peer = IO::Socket::UNIX->new(Peer => $path);
says($p, qr/^    connected/m, 'another comes');
like(ask($p, 'info network'), qr/recorded in \Q$dir\E\/pcap/, 'the recording');
quit($p, 'a server');
ok(!-e $path, 'its socket is gone');
open($f, '<', "$dir/pcap") or die;
binmode $f;
read($f, my $head, 24);
close($f);
my ($magic) = unpack('L', $head);
ok($magic == 0xa1b2c3d4 || $magic == 0xa1b23c4d, 'a pcap file');
is((unpack('L S S l L L L', $head))[6], 1, 'of Ethernet frames');

# --- two machines, the older spelling; -nic for both halves at once ---
my $port = do {
	my $s = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1');
	$s->sockport;
};
my $a = machine('-nic', "socket,listen=127.0.0.1:$port,id=x");
my $b = machine('-net', 'nic', '-net', "socket,connect=127.0.0.1:$port");
says($a, qr/^x: socket at 127\.0\.0\.1:$port\n    connected/m, 'two machines: the one');
says($b, qr/^net: socket to 127\.0\.0\.1:$port\n    connected/m, 'and the other');
quit($a, 'the listening one');
says($b, qr/^    nobody is there/m, 'the other has lost it');
quit($b, 'the other');

# --- a client that tries again ---
$p = machine('-nic', "stream,addr.type=unix,addr.path=$dir/late,reconnect-ms=50");
says($p, qr/^    nobody is there/m, 'nobody is there yet');
my $late = IO::Socket::UNIX->new(Local => "$dir/late", Listen => 1);
says($p, qr/^    connected/m, 'somebody is');
quit($p, 'a client');

# --- no network ---
$p = machine('-nic', 'none');
like(ask($p, 'info network'), qr/There is no cable/, '-nic none');
quit($p, 'none');

# --- what cannot be ---
sub refused
{
	my ($re, @args) = @_;
	my $p = Expect->start(err => 1, args => [$vonk, '-serial', 'null', '-vga', 'none', @args, $loop]);
	my $status = $p->finish(20);

	like(($status // 'alive') . ':' . $p->err, qr/\A1:vonk: [^\n]*$re[^\n]*\n\z/, join(' ', map { s/\Q$dir\E//r } @args));
}
refused(qr/passt.*stream,addr\.type=unix/, '-nic', 'user');
refused(qr/passt/, '-netdev', 'user,id=n');
refused(qr/\Q$dir\E\/nobody/, '-nic', "stream,addr.type=unix,addr.path=$dir/nobody");
refused(qr/no network 'n'/, '-net', 'nic,netdev=n');
refused(qr/no network 'm'/, '-nic', "socket,listen=127.0.0.1:$port,id=x", '-object', "filter-dump,netdev=m,file=$dir/p");
refused(qr/not plugged into 'm'/, '-netdev', "socket,id=x,listen=127.0.0.1:$port", '-netdev', "socket,id=m,listen=127.0.0.1:$port",
	'-net', 'nic,netdev=x', '-object', "filter-dump,netdev=m,file=$dir/p");
refused(qr/\Q$dir\E\/no/, '-nic', "socket,listen=127.0.0.1:$port,id=x", '-object', "filter-dump,netdev=x,file=$dir/no/p");
refused(qr/model=e1000/, '-nic', "socket,listen=127.0.0.1:$port,model=e1000");
done();
