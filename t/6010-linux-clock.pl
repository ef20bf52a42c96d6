#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# The kernel's clock. By virtual time it goes as the clock chip does, and no reading of it jumps, whatever the guest is
# busy with, on 32 ns an instruction (VONK_ALL=1: for ten minutes). By the host's it goes as the host's
# does, busy, idle, after the process stood still, and while it does so again and again.
use strict;
use warnings;
use Time::HiRes qw(time sleep);

chdir(($0 =~ s|[^/]*$||r) . './..') or die;
require './t/expect.pl';
my $vonk = $ENV{VONK} // './vonk';
my $guest = `t/linux/build --where 2>/dev/null`;
chomp $guest;
skip_all('the Linux guests are not built: make guests') if !$guest;
my $rom = grep { -f "$_/openbios-sparc32" } '/usr/share/qemu', '/usr/share/openbios';
my $shell = qr/vonk# $/;
my @linux = ('-nographic', '-kernel', "$guest/image", '-initrd', "$guest/initrd.gz", '-no-reboot', '-append');
my $line = qr/^clock: kernel (\d+) us, chip (\d+) s, longest step (\d+) us$/m;

# How far the two clocks went apart, in us, and the longest step; nothing if the guest was not pleased.
sub judged
{
	my ($text) = @_;

	return if $text !~ /^clock: OK$/m || $text !~ $line;
	return (abs($1 - 1000000 * $2), $3);
}

# --- virtual time: every run gives the same figures ---
my $secs = $ENV{VONK_ALL} ? 600 : 6;
for (['SS-5'], $rom ? ['SS-20', '-bios', 'openbios-sparc32'] : ()) {
	my ($board, @prom) = @$_;
	my $p = Expect->start(args => [$vonk, '-M', $board, @prom, '-icount', 'shift=5', '-limit', 'time=2000', @linux,
			"console=ttyS0 vonk.run=clock vonk.seconds=$secs"]);
	my $status = $p->finish(900);
	my ($off, $step) = judged($p->all);

	is($status, 0, "$board @prom: $secs s, and it powers off") or diag($p->all);
	# Reading the chip takes the kernel some hundred us, and tells nothing between its seconds.
	ok(defined $off && $off < 2000, sprintf '  the kernel and the chip part by %d us', $off // -1);
	# A tick of the kernel's is 10 ms.
	ok(defined $step && $step < 5000, sprintf '  readings in a row are never more than %d us apart', $step // -1);
}

# --- the host's ---
sub sh
{
	my ($p, $command) = @_;

	$p->send("$command\n");
	$p->until(qr/\n/, 60); # its echo
	return $p->until($shell, 240) // '';
}

# The guest's uptime, and the host's time before and after it was asked.
sub look
{
	my ($p) = @_;
	my $before = time;
	my ($up) = sh($p, 'cat /proc/uptime') =~ /^([\d.]+) /m;

	return ($up // 0, $before, time);
}

# Have both clocks gone on by the same since @$then? A host that is late has its guest late, too, so it may look again.
sub kept_up
{
	my ($p, $then, $name) = @_;
	my ($up0, $before0, $after0) = @$then;
	my $text;

	for (1 .. 20) {
		my ($up, $before, $after) = look($p);
		my ($least, $most) = ($before - $after0, $after - $before0);
		my $went = $up - $up0;

		$text = sprintf '%s: %.2f s, the host %.2f to %.2f', $name, $went, $least, $most;
		return ok(1, $text) if $went > $least - 0.05 && $went < $most + 0.05;
		sleep(0.2);
	}
	return ok(0, $text);
}

{
	my $p = Expect->start(args => [$vonk, '-clock', 'host', @linux, 'console=ttyS0 quiet']);

	ok(defined $p->until($shell, 240), '-clock host: at the shell') or diag($p->all);
	my $then = [look($p)];
	sleep(1);
	kept_up($p, $then, 'idle');
	sh($p, 'i=0; while [ $i -lt 20000 ]; do i=$((i + 1)); done');
	kept_up($p, $then, 'busy');
	$p->signal('STOP');
	sleep(1);
	$p->signal('CONT');
	kept_up($p, $then, 'stopped for a second');
	# The console's driver masks interrupts for long, and the process stands still at any instant of that.
	$p->send("dmesg; echo all of it\n");
	for (1 .. 20) {
		$p->until(qr/no such line/, 0.01 + ($_ * 37 % 50) / 1000);
		$p->signal('STOP');
		sleep(0.02 + ($_ * 53 % 100) / 1000);
		$p->signal('CONT');
	}
	ok(defined $p->until(qr/^all of it\s.*$shell/ms, 60), 'a console that is written to in fits and starts');
	kept_up($p, $then, '  and the clock meanwhile');
	my ($text, $off);
	for (1 .. 5) {
		($off) = judged($text = sh($p, '/t/clock 2'));
		last if defined $off && $off < 50000;
	}
	ok(defined $off && $off < 50000, 'the kernel and the chip agree') or diag($text);
	kept_up($p, $then, 'at the end');
	$p->send("poweroff -f\n");
	is($p->finish(60), 0, 'it powers off');
}
done();
