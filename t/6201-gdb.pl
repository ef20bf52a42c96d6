#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# gdb: packets by hand, hostile ones as well, and the real gdb over a program of our own.
use strict;
use warnings;
use File::Temp qw(tempdir);
use IO::Select;
use IO::Socket::UNIX;
use Time::HiRes qw(time sleep);

chdir(($0 =~ s|[^/]*$||r) . './..') or die;
require './t/expect.pl';

my $vonk = $ENV{VONK} // './vonk';
my $dir = tempdir(CLEANUP => 1);

# 4000: mov 0,%g1; 4004: inc %g1; 4008: ba 4004; 400c: inc %g2 (in the delay slot)
# 4010: ba,a 4000; 4014: never executed
my @words = (0x82102000, 0x82006001, 0x10bfffff, 0x8400a001, 0x30bffffc, 0x01000000);
open(my $f, '>:raw', "$dir/loop") or die;
print $f pack('N*', @words);
close($f);

package Gdb;
sub new
{
	my ($class, $path) = @_;
	my $end = main::time() + 20;
	my $s;

	until ($s = IO::Socket::UNIX->new(Peer => $path)) {
		die "no gdb at $path\n" if main::time() > $end;
		main::sleep(0.02);
	}
	return bless { s => $s, buf => '' }, $class;
}
sub raw { syswrite($_[0]{s}, $_[1]) }
# What came up to the pattern, undef: it did not, or the end.
sub until
{
	my ($self, $re, $secs) = @_;
	my $end = main::time() + ($secs // 20);
	my $sel = IO::Select->new($self->{s});

	for (;;) {
		return substr($self->{buf}, 0, $+[0], '') if $self->{buf} =~ $re;
		return undef if main::time() > $end;
		next if !$sel->can_read(0.1);
		sysread($self->{s}, my $got, 65536) or return undef;
		$self->{buf} .= $got;
	}
}
sub sum { return sprintf('%02x', unpack('%8C*', $_[0])) }
sub packet { return '$' . $_[0] . '#' . sum($_[0]) }
sub send { $_[0]->raw(packet($_[1])) }
# The content of the next packet, whose sum must be right.
sub answer
{
	my ($self) = @_;
	my $text = $self->until(qr/\$[^#]*#../s) // return 'nothing came';

	$text =~ /\$([^#]*)#(..)$/s or return 'no packet';
	$self->raw('+');
	return $2 eq sum($1) ? $1 : "wrong sum: $text";
}
sub ask { $_[0]->send($_[1]); return $_[0]->answer }
sub word { my ($self, $n) = @_; return hex($self->ask(sprintf('p%x', $n))) }
package main;

my ($G1, $G2, $O6, $L0, $PSR, $PC, $NPC) = (1, 2, 14, 16, 65, 68, 69);
my $serial = 0;
sub machine
{
	my (@args) = @_;
	my $path = "$dir/gdb" . $serial++;
	my $p = Expect->start(args => [$vonk, '-M', 'SS-5', '-m', '16', '-serial', 'null', '-vga', 'none',
			'-gdb', "unix:$path", @args, "$dir/loop"]);

	return ($p, $path);
}

# --- by hand ---
{
	my ($p, $path) = machine('-S');
	my $g = Gdb->new($path);

	$g->raw(Gdb::packet('?'));
	is($g->until(qr/^\+/), '+', 'a packet is acknowledged');
	is($g->answer, 'T05thread:1;', '? tells that it stands');
	like($g->ask('qSupported:swbreak+'), qr/^PacketSize=2000;.*QStartNoAckMode\+/, 'qSupported');
	is($g->word($PC), 0x4000, 'it has not begun');
	$g->raw('$?#00');
	is($g->until(qr/-/) // '', '-', 'a wrong sum is refused');
	is($g->ask('QStartNoAckMode'), 'OK', 'no-ack mode');
	$g->until(qr/\+/, 0.2);
	$g->{buf} = '';
	$g->raw('$?#00');
	is($g->until(qr/#../), '$T05thread:1;#' . Gdb::sum('T05thread:1;'), 'no sums and no + from then on');

	my $all = $g->ask('g');
	is(length($all), 72 * 8, 'g has 72 registers');
	is(substr($all, 68 * 8, 16), '0000400000004004', 'pc and npc in it');
	is($g->ask("G$all"), 'OK', 'G');
	is($g->ask('g'), $all, '  changes nothing');
	is($g->ask('P1=12345678'), 'OK', 'P');
	is($g->word($G1), 0x12345678, '  is seen by p');
	is($g->ask('P0=12345678'), 'OK', '%g0 is written');
	is($g->word(0), 0, '  and stays 0');
	is($g->ask('P44=00004001'), 'E16', 'a pc that is no multiple of 4');
	is($g->ask(sprintf('P41=%08x', $g->word($PSR) | 31)), 'E16', 'a window that is not there');

	is($g->ask('m4000,8'), '8210200082006001', 'm');
	is($g->ask('M5000,3:010203'), 'OK', 'M');
	is($g->ask("X5003,4:}\x03\x00\xff}\x5d"), 'OK', 'X with escapes');
	is($g->ask('m5000,7'), '010203' . '2300ff7d', '  and what they wrote');
	is($g->ask('mf0000000,4'), 'E16', 'no memory there');

	is($g->ask('s'), 'T05thread:1;', 's');
	is($g->word($PC), 0x4004, '  one instruction');
	is($g->ask('vCont;s:1'), 'T05thread:1;', 'vCont;s');
	$g->ask('vCont;s:1;c');
	is($g->word($PC), 0x400c, 'into a delay slot');
	is($g->word($NPC), 0x4004, '  with the target behind it');

	is($g->ask('Z0,400c,4'), 'OK', 'Z0 in a delay slot');
	is($g->ask('c'), 'T05thread:1;', '  and c, on it already');
	is(sprintf('%x', $g->word($PC)), '400c', '  comes round to it');
	is($g->word($G1), 2, '  once');
	is($g->word($G2), 1, '  the delay instruction was executed between');
	$g->ask('vCont;c') for 1 .. 10;
	is($g->word($G1), 12, 'ten rounds more');
	is($g->ask('z0,400c,4'), 'OK', 'z0');
	$g->send('c');
	sleep(0.2);
	$g->raw("\x03");
	is($g->answer, 'T02thread:1;', 'Ctrl-C');
	ok($g->word($G1) > 100000, '  it ran');
	is($g->ask('Z1,4014,4'), 'OK', 'Z1 on an annulled instruction');
	is($g->ask('Z1,4000,4'), 'OK', '  and where it leads');
	is($g->ask('c4010'), 'T05thread:1;', 'c from elsewhere');
	is(sprintf('%x', $g->word($PC)), '4000', '  the annulled one is no stop');
	is($g->ask('Z0,4002,4'), 'E16', 'no breakpoint between instructions');

	my $out = $g->ask('qRcmd,' . unpack('H*', 'info status'));
	like(pack('H*', substr($out, 1)), qr/^VM status: paused/, 'qRcmd');
	is($g->answer, 'OK', '  and its end');

	# The current window's save area shows the registers.
	$g->ask(sprintf('P%x=00006000', $O6));
	$g->ask(sprintf('P%x=cafe0123', $L0));
	is($g->ask('m6000,4'), 'cafe0123', 'a window that is not on the stack is seen there');
	is($g->ask('M6001,2:5555'), 'OK', '  and written');
	is($g->word($L0), 0xca555523, '  in its register');

	# Nothing of this does harm.
	for my $bad ('m', 'm4000', 'm,', 'm4000,ffffffff', 'mfffffffff,1', 'M4000,4:00', 'M4000,2:00zz',
		'M4000,ffffffff:00', 'X4000,4:}', 'X4000,ffffffff:', 'X0,0', 'p', 'p52', 'pffffffff', 'P', 'P1',
		'P1=', 'P1=123', 'P52=00000000', 'P4c=00000001', 'Z2', 'Z2,5000', 'Z2,5000,0', 'Z2,ffffffff,2', 'Hx', 'Hg9', 'Hg', 'T0', 'T9', 'T',
		'vCont;c:9', 'vCont;s:1;', 'qXfer:memory-map:read::1', 'qXfer:bogus:read::0,1', 'qThreadExtraInfo,0', 'G', 'G00', 'Z0', 'Z0,', 'Z0,4000', 'vCont',
		'vCont;', 'vCont;x', 'c1', 's123456789', 'Czz', 'qRcmd,1', 'qRcmd,' . '61' x 3000,
		'qXfer:features:read:target.xml:', 'qXfer:features:read:target.xml:ffffffff,1',
		'Qqemu.sstep=', 'Qqemu.sstep=99', 'x' x 10000, 'M4000,2000:' . '00' x 9000) {
		my $got = $g->ask($bad);

		like($got, $bad =~ /^x/ || $bad =~ /^m4000,f/ ? qr/^(E16|[0-9a-f]+)$/ : qr/^E16$/,
			'refused: ' . substr($bad, 0, 40));
	}
	is($g->ask(''), '', 'the empty packet');
	is($g->ask("\0\0\0"), '', 'no text');
	is($g->ask('m4000,8'), '8210200082006001', 'memory is as before');
	srand(1);
	for my $n (1 .. 300) {
		my $junk = join('', map { chr(int(rand(256))) } 1 .. int(rand(60)));
		$junk =~ tr/kcsCSDv$#\x03//d;
		$g->send(substr('mMXpPGgZzHTqQ?', int(rand(14)), 1) . $junk);
	}
	$g->{buf} = '';
	$g->send('qC');
	ok(defined $g->until(qr/\$QC1#/), 'random packets');

	is($g->ask('D'), 'OK', 'D');
	close($g->{s});
	$g = Gdb->new($path);
	is($g->ask('?'), 'T05thread:1;', 'back again');
	$g->send('k');
	is($p->finish(20), 0, 'k ends the run');
}

# --- cut off ---
{
	my ($p, $path) = machine('-S');
	my $g = Gdb->new($path);

	$g->raw('$m4000,');
	close($g->{s});
	$g = Gdb->new($path);
	is($g->ask('m4000,4'), '82102000', 'half a packet of another does not matter');
	$g->send('vKill;1');
	is($p->finish(20), 0, 'vKill');
}

# --- the real one ---
SKIP: {
	my ($gdb) = grep { -x } map { "$_/gdb-multiarch" } split /:/, $ENV{PATH};
	if (!$gdb) {
		ok(1, 'real gdb # SKIP no gdb-multiarch');
		last SKIP;
	}
	my ($p, $path) = machine('-S');
	my @do = ("target remote $path", 'info registers pc psr', 'break *0x400c', 'continue', 'continue',
		'print $g1', 'stepi', 'x/2i $pc', 'delete', 'print/x $mmu_ctrl', 'set $g3 = 0x1234',
		'print/x $g3', 'set {int}0x7000 = 77', 'print {int}0x7000', 'print $f1', 'monitor info status',
		'info threads', 'kill');
	sleep(0.05) until -e $path;
	open(my $pipe, '-|', 'sh', '-c', 'exec "$@" 2>&1', 'sh', $gdb, '-nx', '-batch', '-ex', 'set confirm off', '-ex', 'set endian big', map { ('-ex', $_) } @do) or die;
	my $text = do { local $/; <$pipe> };
	close($pipe);
	like($text, qr/^pc +0x4000 /m, 'gdb: sees pc');
	like($text, qr/^psr .*\[.* PS S .*\]/m, '  and the bits of PSR');
	like($text, qr/Breakpoint 1, 0x0000400c.*Breakpoint 1, 0x0000400c/s, '  stops at a breakpoint twice');
	like($text, qr/^\$1 = 2$/m, '  with the right count');
	like($text, qr/=> 0x4004:\s+inc\s+%g1/, '  steps');
	like($text, qr/^\$2 = 0x[0-9a-f]+$/m, "  sees the MMU's registers");
	like($text, qr/^\$3 = 0x1234$/m, '  writes registers');
	like($text, qr/^\$4 = 77$/m, '  writes memory');
	like($text, qr/^\$5 = 0$/m, '  FP registers');
	like($text, qr/VM status: paused/, '  the monitor');
	like($text, qr/Thread 1/, '  threads');
	is($p->finish(20), 0, '  kill');
}

done();
