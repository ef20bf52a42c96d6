#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# The monitor: on a socket of its own and behind Ctrl-A c of a terminal; what it shows, what it does, and
# that no input upsets it.
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
my $prompt = qr/\(vonk\) $/;

# A program that goes round for ever at 4000 and 4004.
sub image
{
	my ($name, @words) = @_;

	open(my $f, '>', "$dir/$name") or die;
	binmode $f;
	print $f pack('N*', @words);
	close($f);
	return "$dir/$name";
}
my $loop = image('loop', 0x10800000, 0x01000000, 0x82102005, 0x27448148);

# A monitor on a socket. The text that came up to the next prompt, without the echo of the command.
package Mon;
sub new
{
	my ($class, $path) = @_;
	my $end = main::time() + 20;
	my $s;

	until ($s = IO::Socket::UNIX->new(Peer => $path)) {
		die "no monitor at $path\n" if main::time() > $end;
		main::sleep(0.02);
	}
	return bless { s => $s, buf => '' }, $class;
}
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
		$got =~ tr/\r//d;
		$self->{buf} .= $got;
	}
}
sub send { syswrite($_[0]{s}, $_[1]) }
sub ask
{
	my ($self, $line) = @_;

	$self->send("$line\r");
	my $text = $self->until($prompt) // return 'nothing came';
	$text =~ s/^[^\n]*\n//;
	$text =~ s/\(vonk\) $//;
	return $text;
}
package main;

my $serial = 0;
sub machine
{
	my (@args) = @_;
	my $path = "$dir/mon" . $serial++;
	my $p = Expect->start(err => 1, args => [$vonk, '-monitor', "unix:$path,server=on,wait=off",
			'-serial', 'null', '-vga', 'none', @args]);
	my $mon = Mon->new($path);

	return ($p, $mon);
}

# --- a running program ---
{
	my ($p, $m) = machine('-m', '16', '-M', 'SS-5', $loop);

	like($m->until($prompt), qr/vonk \S+ monitor/, 'it greets');
	my $help = $m->ask('help');
	like($help, qr/^\Q$_\E\b/m, "help has $_")
		for qw(help info x xp print stop cont system_reset system_powerdown quit screendump savevm loadvm
			sendkey log);
	like($m->ask('help stop'), qr/^stop\|s\s.*\n\z/, 'help of one command');
	like($m->ask('info status'), qr/^VM status: running\n/, 'it runs');
	is($m->ask('stop'), '', 'stop');
	my $one = $m->ask('info status');
	like($one, qr/^VM status: paused\n/, 'it is stopped');
	sleep(0.3);
	is($m->ask('info status'), $one, 'no instruction and no nanosecond passes meanwhile');
	like($m->ask('p $pc'), qr/^0x400[04]\n\z/, 'pc');
	like($m->ask('info registers'), qr/^pc: 0000400[04]  npc: 0000400[04]/, 'info registers');
	like($m->ask('info registers'), qr/^psr: 04[0-9a-f]{6} .*et: 0/m, 'with PSR');
	is($m->ask('x/3i 0x4000'), "00004000: 10800000  ba 0x4000\n00004004: 01000000  nop\n" .
		"00004008: 82102005  mov 5, %g1\n", 'x/i');
	is($m->ask('xp/2wx 0x4000'), "000004000: 0x10800000 0x01000000\n", 'xp');
	is($m->ask('x/4wx 0x4000'), "00004000: 0x10800000 0x01000000 0x82102005 0x27448148\n", 'x');
	is($m->ask('x /2gx 0x4000'), "00004000: 0x1080000001000000 0x8210200527448148\n", 'giants');
	is($m->ask('x/3hx 0x4001'), "00004001: 0x8000 0x0001 0x0000\n", 'halves, misaligned');
	is($m->ask('x/4bd 0x4008'), "00004008: -126 16 32 5\n", 'signed bytes');
	is($m->ask('x/2bu 0x4008'), "00004008: 130 16\n", 'unsigned bytes');
	is($m->ask('x/2bo 0x4008'), "00004008: 0202 020\n", 'octal');
	is($m->ask('x/4c 0x400c'), "0000400c: '\\'' 'D' '\\x81' 'H'\n", 'characters');
	is($m->ask('xp/1wx 0x30000000'), "030000000: nothing answers there\n", 'nobody there');
	is($m->ask('xp/1wx 0x71900000'), "071900000: nothing answers there\n", 'a width that the chip lacks');
	is($m->ask('xp/1bx 0x71900000'), "071900000: 0x00\n", "a chip's register");
	like($m->ask('x/70000x 0'), qr/count/, 'a count that is too high');
	like($m->ask('x/4y 0'), qr/unknown format letter 'y'/, 'a letter that is none');
	like($m->ask('x/4x'), qr/missing/, 'no address');
	is($m->ask('p 1 + 2 * (3 - 5) & 0xff'), "0xfd\n", "C's precedence");
	is($m->ask('p/d 7 - 2 - 10'), "-5\n", 'from the left');
	is($m->ask('p 1 << 4 | 1'), "0x11\n", 'shift, or');
	is($m->ask('p ~0'), "0xffffffffffffffff\n", '64 bits');
	like($m->ask('p 1 / 0'), qr/division by zero/, 'division by zero');
	like($m->ask('p $nope'), qr/unknown register/, 'no such register');
	like($m->ask('p (1'), qr/'\)' is missing/, 'an open parenthesis');
	like($m->ask('p ' . '(' x 200), qr/too deep/, 'too many of them');
	like($m->ask('p'), qr/missing/, 'nothing to print');
	like($m->ask('info mtree'), qr/^000000000-000ffffff mem ram\n/, '16 MiB of memory');
	like($m->ask('info mtree'), qr/^071100000-071100007 i\/o serial: escc \(escc\)$/m, 'a chip in the map');
	like($m->ask('info tlb'), qr/^The MMU is off\.\n\z/, 'info tlb');
	like($m->ask('info pic'), qr/^intctl \(slavio-intctl\):\n/, 'info pic');
	like($m->ask('info chip misc'), qr/^  aux2 = 00$/m, 'info chip');
	like($m->ask('info chip nope'), qr/unknown chip: 'nope'/, 'no such chip');
	like($m->ask('info cpus'), qr/^\* CPU 0: Fujitsu MB86904, pc=0000400[04]\n\z/, 'info cpus');
	is($m->ask('info block'), "There are no drives.\n", 'info block');
	like($m->ask('info network'), qr/^le: lance, idprom 52:54:00:12:34:56\nThere is no cable\.\n\z/, 'info network');
	like($m->ask('info version'), qr/^\d+\.\d+/, 'info version');
	like($m->ask('info nope'), qr/unknown: 'info nope'/, 'info of nothing');
	like($m->ask('nope'), qr/unknown command: 'nope'/, 'no such command');
	is($m->ask('   '), '', 'blanks');
	like($m->ask('sendkey stop-nope'), qr/unknown key: 'nope'/, 'no such key');
	is($m->ask('sendkey stop-a'), '', 'sendkey');
	# stop down 01, a down 4d, a up cd, stop up 81, idle 7f
	like($m->ask('info chip keyboard'), qr/^  tx = 5 bytes wait$/m, 'five codes wait for the guest');
	like($m->ask('screendump x.png'), qr/no display/, 'no display to dump');
	is($m->ask('system_powerdown'), '', 'the power button');
	like($m->ask('info chip misc'), qr/^  aux2 = 20$/m, 'the power-fail bit shows it');
	is($m->ask('c'), '', 'cont');
	like($m->ask('info status'), qr/^VM status: running\n/, 'it runs again');
	my ($n) = $m->ask('info status') =~ /(\d+) instructions/;
	sleep(0.1);
	my ($more) = $m->ask('info status') =~ /(\d+) instructions/;
	ok($more > $n, 'and gets on');

	# The line editor.
	is($m->ask("p 1\x7f2"), "0x2\n", 'rubbing out');
	is($m->ask("nonsense\x15p 3"), "0x3\n", 'killing a line');
	is($m->ask("p 4 5\x174"), "an operator is missing at '4'\n", 'killing a word');
	$m->ask('p 77');
	is($m->ask("\x1b[A"), "0x4d\n", 'the arrow up');
	is($m->ask("\x1b[A\x1b[A\x1b[B"), "0x4d\n", 'up, up, down');
	is($m->ask("p 1\x1b[11;22~"), "0x1\n", 'keys that mean nothing');
	like($m->ask('p 1+' . '1' x 5000), qr/./, 'a line longer than there is room for');
	is($m->ask('p 1'), "0x1\n", 'and it still answers');
	$m->send(join('', map { chr } 0 .. 9, 11, 12, 14 .. 255) x 100);
	$m->send("\r");
	sleep(0.2);
	$m->{buf} = '';
	$m->send("\r\x15p 0x1234\r");
	like($m->until(qr/\n0x1234\n/), qr/0x1234/, 'after all bytes there are it still answers');
	$m->until($prompt);

	# The client goes and another comes.
	close($m->{s});
	my $path = "$dir/mon" . ($serial - 1);
	$m = Mon->new($path);
	like($m->until($prompt), qr/vonk \S+ monitor/, 'another client is greeted, too');
	is($m->ask('p 5'), "0x5\n", 'and answered');
	is($m->ask('log int'), '', 'log');
	like($m->ask('log nope'), qr/'nope' is none of/, 'log of nothing');
	is($m->ask('log none'), '', 'no log');
	is($m->ask('system_reset'), '', 'reset');
	like($m->ask('p $pc'), qr/^0x400[04]\n/, 'the program is back');
	like($m->ask('info chip misc'), qr/^  aux2 = 00$/m, 'the chips are reset');
	$m->send("quit\r");
	is($p->finish(10), 0, 'quit: status 0');
	is($p->err, '', 'nothing on stderr');
}

# --- snapshots, and a picture ---
{
	my ($p, $m) = machine('-vga', 'tcx', '-m', '16', '-snap', "$dir/a.snap", $loop);

	$m->until($prompt);
	like($m->ask('loadvm'), qr/^loadvm: \Q$dir\E\/a\.snap: No such file/, 'nothing to go back to');
	like($m->ask('info snapshots'), qr/No such file/, 'info snapshots: none');
	$m->ask('stop');
	my $then = $m->ask('info status');
	is($m->ask('savevm'), '', 'savevm');
	like($m->ask('info snapshots'), qr/^\Q$dir\E\/a\.snap: SS-5, 16 MiB of memory/, 'info snapshots');
	is($m->ask("savevm $dir/b.snap"), '', 'savevm FILE');
	ok(-s "$dir/a.snap" && -s "$dir/b.snap", 'both are there');
	like($m->ask("savevm $dir/no/such"), qr/^savevm: .*no\/such/, 'a place where it cannot be');
	$m->ask('cont');
	sleep(0.05);
	is($m->ask("loadvm $dir/b.snap"), '', 'loadvm');
	$m->ask('stop');
	my ($was) = $then =~ /(\d+) instructions/;
	my ($is) = $m->ask('info status') =~ /(\d+) instructions/;
	ok($is >= $was, 'it goes on from there');
	SKIP: {
		if ($m->ask("screendump $dir/a.png") ne '') {
			ok(0, 'screendump');
			last SKIP;
		}
		open(my $f, '<', "$dir/a.png") or die;
		binmode $f;
		read($f, my $head, 24);
		is(unpack('H*', $head), '89504e470d0a1a0a' . '0000000d49484452' . '0000040000000300',
			'screendump: a PNG of 1024 x 768');
	}
	like($m->ask("screendump $dir"), qr/^screendump: \Q$dir\E/, 'no file to write to');
	like($m->ask('screendump'), qr/needs a FILE/, 'no name');
	$m->send("q\r");
	is($p->finish(10), 0, 'q');
}

# --- reset with -no-reboot; a program that ends while the monitor is there ---
{
	my ($p, $m) = machine('-no-reboot', $loop);

	$m->until($prompt);
	$m->send("system_reset\r");
	is($p->finish(10), 0, '-no-reboot: a reset ends the run');
}
{
	my $p = Expect->start(err => 1, args => [$vonk, '-monitor', "unix:$dir/none/x,server=on,wait=off", $loop]);

	is($p->finish(10), 1, 'a socket that cannot be made: status 1');
	like($p->err, qr/^vonk: .*\n\z/, 'and one line');
}

# --- behind Ctrl-A c of a terminal, with firmware that has a prompt of its own ---
{
	my $p = Expect->start(pty => 1, args => [$vonk, '-nographic', '-append', 'prompt']);

	ok($p->until(qr/\nvonk> $/, 60), 'the firmware prompts') or diag($p->all);
	$p->send("\x01c");
	like($p->until($prompt, 10), qr/monitor, 'help'/, 'Ctrl-A c');
	$p->send("info status\r");
	like($p->until($prompt, 10), qr/VM status: running/, 'it answers');
	$p->send("\x01c");
	$p->send("regs\r");
	like($p->until(qr/\nvonk> $/, 10), qr/^psr 04/m, 'the firmware has the keys again');
	$p->send("\x01cstop\r");
	$p->until($prompt, 10);
	$p->send("\x01cregs\r");
	my $quiet = $p->during(0.3);
	ok($quiet !~ /psr/, 'stopped, it answers nothing');
	$p->send("\x01c");
	$p->until($prompt, 10);
	$p->send("cont\r\x01c");
	like($p->until(qr/\nvonk> $/, 10), qr/^psr 04/m, 'and then what was typed meanwhile');
	my $cpu = $p->cpu_seconds;
	$p->send("\x01cstop\r");
	$p->during(1);
	ok($p->cpu_seconds - $cpu < 0.3, 'a machine that stands still costs nothing');
	$p->send("quit\r");
	is($p->finish(10), 0, 'quit');
}
done();
