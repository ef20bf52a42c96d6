#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# OpenBIOS, and the Linux that it boots with a disk and the network at work, cut at random instants: each
# part of the run is a process of its own, which goes on with the snapshot of the one before. It is the run
# that was never cut: the same state, the same console, the same disk. The instants are drawn from the whole
# run, and more of them from around what a chip is about to do next. What was busy is counted and shown.
# Three dozens of instants by make test (VONK_FAULTS=1), a thousand by make soak (VONK_FULL=1);
# VONK_SEED=N draws others, VONK_INSTANTS=N so many.
use strict;
use warnings;
use Test::More;

chdir(($0 =~ s|[^/]*$||r) . './..') or die;
require './t/linux/guest.pl';
our ($vonk, $guest, $tmp, $rom, $real_time);
my $full = $ENV{VONK_FULL};
my $instants = $ENV{VONK_INSTANTS} // ($full ? 1000 : 36);
plan skip_all => 'takes a while: VONK_FAULTS=1' if !$full && !$ENV{VONK_FAULTS} && !$ENV{VONK_INSTANTS};
need_guest();
my $seed = $ENV{VONK_SEED} // ($full ? time : 1);
my $never = ~0;

# One process: its console, what it said, its exit status.
sub vonk {
	my @args = @_;
	my $pid = fork // die "fork: $!";
	if (!$pid) {
		open STDIN, '<', '/dev/null';
		open STDOUT, '>', "$tmp/out";
		open STDERR, '>', "$tmp/err";
		exec 'timeout', $real_time, $vonk, '-nographic', '-no-reboot', '-stats', @args;
		die;
	}
	waitpid $pid, 0;
	my %run = (status => $? >> 8, console => slurp("$tmp/out"), stderr => slurp("$tmp/err"));
	($run{hash}) = $run{stderr} =~ /"state_hash": "([0-9a-f]+)"/;
	($run{insns}) = $run{stderr} =~ /"insns": (\d+)/;
	return \%run;
}

# The disk as it is with what the guest wrote.
sub disk {
	my $overlay = shift;
	my $copy = image('disk.img');
	system($vonk, 'snap', 'commit', $overlay, $copy) == 0 or diag('snap commit');
	return slurp($copy);
}

sub fields {
	my $file = shift;
	my %f;
	open my $p, '-|', $vonk, 'snap', 'info', $file or die "snap info: $!";
	while (my $line = <$p>) {
		$line =~ /^([\w.\[\]-]+) = (0x[0-9a-f]{1,16}|true|false)$/ or next;
		no warnings 'portable';
		$f{$1} = $2 eq 'true' ? 1 : $2 eq 'false' ? 0 : hex $2;
	}
	close $p;
	return \%f;
}

sub now {
	my $f = shift;
	return $f->{'machine.base_ns'} + $f->{'machine.insns'} - $f->{'machine.base_insns'};
}

# What is due, by its field's name.
sub due {
	my $f = shift;
	return grep { /(_at|due|deadline|until)$/ && $f->{$_} != $never } sort keys %$f;
}

sub busy {
	my $f = shift;
	my @due = due($f);
	my $soon = now($f) + 10000;
	my $pil = $f->{'cpu0.psr'} >> 8 & 15;
	my %b = (
		'a delay slot' => $f->{'cpu0.npc'} != ($f->{'cpu0.pc'} + 4 & 0xffffffff),
		'FP queue not empty' => $f->{'cpu0.fp_state'} != 0,
		'traps off' => !($f->{'cpu0.psr'} & 32),
		'IRQ pending' => $f->{'intctl.input'} != 0,
		'IRQ pending and masked' => $f->{'intctl.input'}
			&& (($f->{'intctl.input'} & $f->{'intctl.disabled'}) || $pil == 15 || !($f->{'cpu0.psr'} & 32)),
		'SCSI command under way' => $f->{'esp.due'} != $never || $f->{'esp.target'} != 8,
		'SCSI DMA in flight' => $f->{'esp.dma_enabled'} && $f->{'esp.tc'} != 0,
		'UART shifting' => !!(grep { /^serial.*tx_at/ } @due),
		'UART full' => $f->{'serial.chn[0].tx_full'},
		'LANCE at work' => !!(grep { /^le\./ } @due),
		'timer within 10 us' => !!(grep { /^timer/ && $f->{$_} <= $soon } @due),
		'anything due within 100 ns' => !!(grep { $f->{$_} <= now($f) + 100 } @due),
		'halted' => $f->{'cpu0.halted'},
	);
	return grep { $b{$_} } keys %b;
}

sub cut {
	my ($board, $mib) = @_;
	my $base = image('disk.img');
	my @machine = ('-M', $board, '-m', $mib, '-bios', $rom, '-vga', 'none', '-kernel', "$guest/image",
		'-initrd', "$guest/initrd.gz", '-append', 'console=ttyS0 panic=1 vonk.run=disk,net vonk.mib=1');
	my $whole = vonk(@machine, '-drive', "file=$base,overlay=$tmp/whole");
	is($whole->{status}, 0, "$board: the whole run") or return diag($whole->{stderr});
	like($whole->{console}, qr/^vonk-test disk: 0\r?$/m, '  the disk is well');

	# Beside those that are drawn there are others, from around what is due.
	my @drawn = sort { $a <=> $b } map { 1 + int rand($whole->{insns} - 2) } 1 .. 0.95 * $instants;
	my ($console, $nr, $at, $same, $again, %count) = ('', 0, 0, 0, 0);
	my @from = (@machine, '-drive', "file=$base,overlay=$tmp/parts");
	my ($snap, $next) = ("$tmp/a.snap", "$tmp/b.snap");
	my $f;
	while (@drawn) {
		my $to;
		my @due = $f ? grep { $at + $f->{$_} - now($f) < $drawn[0] } due($f) : ();
		if (@due && rand() < 0.6) {
			$to = $at + $f->{$due[rand @due]} - now($f) + int(rand 3) - 1;
			$to += int rand 400 if rand() < 0.3;
		}
		if (!defined $to || $to <= $at || $to >= $drawn[0]) {
			$to = shift @drawn;
			next if $to <= $at;
		}
		my $raw = rand() < 0.5 ? ',compress=none' : '';
		my $run = vonk(@from, '-snap', "$next$raw", '-save-at', "insns=$to", '-limit', "insns=$to");
		if ($run->{status} != 124 || ($run->{insns} // 0) != $to) {
			fail("$board: to instant $to");
			return diag("status $run->{status}: $run->{stderr}");
		}
		$console .= $run->{console};
		($snap, $next, $at) = ($next, $snap, $to);
		if ($nr % 4 == 0) {
			# Restored and saved at once: the same octets.
			vonk('-restore', $snap, '-snap', "$next$raw", '-save-at', "insns=$to", '-limit', "insns=$to");
			$same++ if slurp($next) eq slurp($snap);
			$again++;
		}
		@from = ('-restore', $snap . ($raw && rand() < 0.5 ? ',verify=header' : ''));
		$f = fields($snap);
		$count{$_}++ for busy($f);
		$nr++;
	}
	is($same, $again, "$board: of $again instants the snapshot that is saved by who restored it has the same octets");
	my $run = vonk(@from);
	is($run->{status}, 0, "$board: cut at $nr instants, it powers off too") or diag($run->{stderr});
	is($run->{hash}, $whole->{hash}, '  in the same state');
	ok($console . $run->{console} eq $whole->{console}, '  after the same words');
	ok(disk("$tmp/parts") eq disk("$tmp/whole"), '  with the same on its disk');
	diag("$board: $nr instants, seed $seed; ", join ', ', map { "$_ $count{$_}" } sort keys %count);
}

srand $seed;
diag("seed $seed");
cut('SS-5', 32);
# With 32 MiB on an SS-20 OpenBIOS is at an end, in QEMU as well.
cut('SS-20', 64) if $full;
diag("again: VONK_SEED=$seed VONK_INSTANTS=$instants perl $0") if !Test::More->builder->is_passing;
done_testing();
