#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Linux 6.1 started by OpenBIOS on the SS-5 and the SS-20: it finds the board's devices, runs the
# test programs, and powers off. Two runs are the same to the bit.
use strict;
use warnings;
use Test::More;

chdir(($0 =~ s|[^/]*$||r) . './..') or die;
require './t/linux/guest.pl';
our ($guest, $tmp);
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
my @tests = qw(fpu procs vm smc kernel devices);
my @few = $ENV{VONK_ALL} ? @tests : qw(smc devices);

# What the arithmetic has to come to: the same source on this machine's IEEE 754 unit.
my $cc = $ENV{CC} // 'gcc';
system("$cc -O1 -ffp-contract=off -w -o $tmp/fpu t/linux/progs/fpu.c -lm") == 0 or die;
my ($digest) = `$tmp/fpu digest` =~ /(\w{16})/ or die;

for my $board (sort keys %found) {
	my @run = $board eq "SS-5" ? @tests : @few;
	my $run = boot($board, "vonk.run=" . join ",", @run);
	like($run->{console}, $_, "$board: $_") for @{$found{$board}}, @everywhere;
	like($run->{console}, qr/^fpu digest $digest$/m, "  arithmetic is the same as on the host")
		if grep { $_ eq "fpu" } @run;
	all_well($run, @run);
}

for my $board ($ENV{VONK_ALL} ? sort keys %found : "SS-20") {
	my ($run, $again) = map { boot($board, "vonk.run=" . join ",", @few) } 1 .. 2;
	is($again->{hash}, $run->{hash}, "$board: two runs end in the same state");
	is($again->{console}, $run->{console}, "  with the same console");
}

my $run = boot('SS-5', 'vonk.run=restart');
like($run->{console}, qr/^vonk-guest ready$/m, 'reboot');
is($run->{status}, 0, '  a reset ends the run under -no-reboot');
unlike($run->{console}, qr/^vonk-test/m, '  at once');

done_testing();
