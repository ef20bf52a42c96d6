#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Linux 6.1 started by OpenBIOS and by the machine's own PROM on the SS-5 and the SS-20: it finds the
# board's devices, runs the test programs, and powers off. Two runs are the same to the bit. Then
# the other boards, sizes of memory, a kernel in a.out, reboot. Each board by one of the two PROMs, and a few of
# the rest, by make check; all by make test (VONK_FAULTS=1), with more of it by make soak (VONK_ALL=1).
use strict;
use warnings;
use Test::More;

chdir(($0 =~ s|[^/]*$||r) . './..') or die;
require './t/linux/guest.pl';
our ($guest, $tmp, $vonk, $rom);
need_guest();

my %found = (
	'SS-5' => [
		qr/TYPE: SPARCstation 5/, qr/IOMMU: impl 0 vers 5/,
		qr/ttyS0 at MMIO 0x71100000 .* is a zs/, qr/ttyS1 at MMIO 0x71100004/,
		qr/tcx\@3,800000: TCX at 0:50800000/, qr/Sun CS4231 at/,
	],
	'SS-20' => [
		qr/TYPE: Sun4m SparcStation10\/20/, qr/IOMMU: impl 1 vers 3/,
		qr/ttyS0 at MMIO 0xf1100000 .* is a zs/, qr/ttyS1 at MMIO 0xf1100004/,
		qr/tcx\@2,800000: TCX at e:20800000/,
	],
);
my @everywhere = (
	qr/ARCH: SUN4M/, qr/esp0: is a FAS100A, 40 MHz/, qr/eth0: LANCE 52:54:00:12:34:56/,
	qr/registered as rtc0/, qr/setting system clock to 2000-01-01T00:00:/,
	qr/input: Sun Type 5 keyboard/, qr/FDC 0 is/, qr/^vonk-guest ready$/m,
);
# All of them in the long run; two boards and two runs with some of them in the short one.
my $all = $ENV{VONK_ALL} || $ENV{VONK_FAULTS};
my @tests = qw(fpu procs vm smc kernel devices);
my @few = $ENV{VONK_ALL} ? @tests : qw(smc devices);

# What the arithmetic has to come to: the same source on this machine's IEEE 754 unit.
my $cc = $ENV{CC} // 'gcc';
system("$cc -O1 -ffp-contract=off -w -o $tmp/fpu t/linux/progs/fpu.c -lm") == 0 or die;
my ($digest) = `$tmp/fpu digest` =~ /(\w{16})/ or die;

my %prom = (OpenBIOS => \&boot, PROM => \&boot_prom);
my @short = (['SS-20', 'OpenBIOS'], ['SS-5', 'PROM']);
my %first; # the run of few tests by a PROM
for my $case ($all ? map({ my $b = $_; map { [$b, $_] } sort keys %prom } sort keys %found) : @short) {
	my ($board, $prom) = @$case;
	my $name = "$board by $prom";
	my @run = $board eq "SS-5" && $prom eq 'PROM' ? @tests : @few;
	my $run = $prom{$prom}->($board, "vonk.run=" . join ",", @run);
	$first{"$board $prom"} = $run if @run == @few;
	like($run->{console}, $_, "$name: $_") for @{$found{$board}}, @everywhere;
	like($run->{console}, qr/^fpu digest $digest$/m, "  arithmetic is the same as on the host")
		if grep { $_ eq "fpu" } @run;
	all_well($run, @run);
}

for my $prom ($all ? sort keys %prom : 'OpenBIOS') {
	my $board = $prom eq 'PROM' ? 'SS-5' : 'SS-20';
	my $words = "vonk.run=" . join ",", @few;
	my $run = $first{"$board $prom"} // $prom{$prom}->($board, $words);
	my $again = $prom{$prom}->($board, $words);
	is($again->{hash}, $run->{hash}, "$board by $prom: two runs end in the same state");
	is($again->{console}, $run->{console}, "  with the same console");
}

my %tsunami = map { $_ => 1 } qw(LX SPARCClassic SPARCbook); # with a microSPARC I

# The kernel counts pages from its own start, 16 KiB, so it tells what the PROM gave it; the PROMs keep
# less than 16 MiB for themselves.
my %sizes = $ENV{VONK_ALL} ? (
	'SS-5' => { PROM => [16, 17, 24, 32, 48, 96, 128, 160, 256], OpenBIOS => [32, 96, 256] },
	'SS-20' => { PROM => [16, 64, 128, 320, 512, 1024, 2048], OpenBIOS => [32, 512, 2048] },
	# OpenBIOS keeps its tables at the end of memory, and a microSPARC I finds them below 128 MiB only.
	map({ $_ => { PROM => [16, 64, 256], OpenBIOS => [$tsunami{$_} ? 128 : 256] } }
		qw(SS-4 LX Voyager SPARCClassic SPARCbook)),
	map({ $_ => { PROM => [16, 512, 2048], OpenBIOS => [2048] } } qw(SS-10 SS-600MP)),
) : $all ? ('SS-5' => { PROM => [16, 256] }, 'SS-20' => { PROM => [2048] }) : ('SS-5' => { PROM => [16] });
for my $board (sort keys %sizes) {
	for my $prom (sort keys %{$sizes{$board}}) {
		for my $mib (@{$sizes{$board}{$prom}}) {
			my $run = $prom{$prom}->($board, 'vonk.run=devices', '-m', $mib);
			my ($kib) = $run->{console} =~ m{Memory: \d+K/(\d+)K available};
			my $kept = 1024 * $mib - ($kib // 0);
			ok($kept >= 0 && $kept <= ($prom eq 'PROM' ? 1024 : 16640),
				"$board by $prom, $mib MiB: the PROM keeps $kept KiB");
			all_well($run, 'devices');
		}
	}
}

# Every board: OpenBIOS's tree promises Linux the same devices on all that have a microSPARC. To the microSPARC I it
# gives 65536 contexts, of which the chip has 64, so Linux comes to grief there once many processes run.
for my $board ($ENV{VONK_ALL} ? qw(SS-4 LX Voyager SPARCClassic SPARCbook SS-10 SS-600MP) : $all ? 'Voyager' : ()) {
	for my $prom ($ENV{VONK_ALL} ? sort keys %prom : 'OpenBIOS') {
		my @run = $tsunami{$board} && $prom eq 'OpenBIOS' ? qw(smc devices) : @few;
		my $run = $prom{$prom}->($board, 'vonk.run=' . join ',', @run);
		like($run->{console}, qr/^vonk-guest ready$/m, "$board by $prom");
		all_well($run, @run);
	}
}

# The same kernel as a.out: the header, then memory from the entry on.
sub aout {
	my $elf = slurp("$guest/image");
	my ($entry, $phoff, $n) = unpack 'x24 N N x12 n', $elf;
	my ($memory, $end) = ('', 0);
	for my $i (0 .. $n - 1) {
		my ($type, $off, $va, undef, $filesz, $memsz) = unpack "x@{[$phoff + 32 * $i]} N6", $elf;
		next if $type != 1 || $va < 0xf0000000;
		my $at = $va - 0xf0000000;
		$memory .= "\0" x ($at + $filesz - length $memory) if length $memory < $at + $filesz;
		substr $memory, $at, $filesz, substr $elf, $off, $filesz;
		$end = $at + $memsz if $end < $at + $memsz;
	}
	my $start = $entry - 0xf0000000;
	my $text = substr $memory, $start;
	open my $f, '>:raw', "$tmp/aout" or die;
	print $f pack('N8', 0x01030107, length $text, 0, $end - $start - length $text, 0, $entry, 0, 0), $text;
	close $f;
	return "$tmp/aout";
}
my $aout = aout();
for my $prom ($all ? sort keys %prom : 'PROM') {
	my $run = $prom{$prom}->('SS-5', 'vonk.run=devices', '-kernel', $aout);
	like($run->{console}, qr/TYPE: SPARCstation 5/, "a.out by $prom");
	all_well($run, 'devices');
}

for my $prom ($all ? [] : (), ['-bios', $rom]) {
	my $run = boot_by(@$prom)->('SS-5', 'vonk.run=restart');
	like($run->{console}, qr/^vonk-guest ready$/m, "reboot @$prom");
	is($run->{status}, 0, '  a reset ends the run under -no-reboot');
	unlike($run->{console}, qr/^vonk-test/m, '  at once');
	my $args = "-limit time=12 -initrd $guest/initrd.gz -append 'console=ttyS0 vonk.run=restart'";
	my $text = qx{$vonk -nographic @$prom -kernel $guest/image $args </dev/null 2>$tmp/err};
	is($? >> 8, 124, '  without, it goes on');
	ok((() = $text =~ /^vonk-guest ready/mg) >= 2, '  and the kernel comes again');
}

done_testing();
