#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Linux 6.1 on the processors that the boards may have: it calls them by their names, and its programs run. With 7
# register windows (microSPARC I) and with SuperSPARC with and without MXCC; with VONK_FAULTS or VONK_ALL
# all of those that it knows. Those with another PSR.ver or MMU than the kernel
# asks for (microSPARC II and IIep, SuperSPARC 61) come to its message that says so, and no further.
use strict;
use warnings;
use Test::More;

chdir(($0 =~ s|[^/]*$||r) . './..') or die;
require './t/linux/guest.pl';
our ($guest, $tmp, $vonk, $rom);
need_guest();

# Board, PROM, processor, and what /proc/cpuinfo has to say of it: CPU, FPU and MMU. The names are
# those of the kernel's tables (arch/sparc/kernel/cpu.c, mm/srmmu.c), which have microSPARC for PSR.ver = 1,
# though a SuperSPARC has it too.
my ($micro, $super) = ('Texas Instruments, Inc. - MicroSparc', 'Texas Instruments, Inc. - SuperSparc-(II)');
my $viking = 'SuperSparc on-chip FPU';
my @short = (
	['SS-5', 'PROM', 'TI MicroSparc I', $micro, 'TI MicroSparc on chip FPU', 'TI Tsunami'],
	['SS-10', 'OpenBIOS', 'TI SuperSparc 51', $super, $viking, 'TI Viking/MXCC'],
	['SS-20', 'PROM', 'TI SuperSparc 40', $micro, $viking, 'TI Viking'],
);
my @long = (
	['LX', 'PROM', 'TI MicroSparc I', $micro, 'TI MicroSparc on chip FPU', 'TI Tsunami'],
	['SS-5', 'PROM', 'Fujitsu MB86907', 'Fujitsu TurboSparc MB86907', undef, 'Fujitsu TurboSparc'],
	['SS-10', 'PROM', 'TI SuperSparc II', $super, $viking, 'TI Viking/MXCC'],
	['SS-10', 'OpenBIOS', 'TI SuperSparc 50', $super, $viking, 'TI Viking'],
	['SS-20', 'OpenBIOS', 'TI SuperSparc 51', $super, $viking, 'TI Viking/MXCC'],
	['SS-20', 'OpenBIOS', 'TI SuperSparc 60', $super, $viking, 'TI Viking'],
);
my @strange = (
	['SS-5', 'PROM', 'TI MicroSparc II'],
	['SS-5', 'PROM', 'TI MicroSparc IIep'],
	['SS-20', 'PROM', 'TI SuperSparc 61'],
);
my $all = $ENV{VONK_ALL} || $ENV{VONK_FAULTS};
# procs and fpu fill and spill the windows and use the FPU from several programs.
my @tests = $all ? qw(fpu procs vm smc devices) : qw(smc devices);
my %prom = (OpenBIOS => \&boot, PROM => \&boot_prom);

for (@short, $all ? @long : ()) {
	my ($board, $prom, $cpu, @names) = @$_;
	my $run = $prom{$prom}->($board, 'vonk.run=' . join(',', @tests), '-cpu', $cpu);
	my ($name, $fpu, $mmu) = map { $run->{console} =~ /^$_\t+: (.*)/m } 'cpu', 'fpu', 'MMU type';

	is($name, $names[0], "$board by $prom, $cpu: its name");
	is($fpu, $names[1], '  its FPU') if defined $names[1];
	is($mmu, $names[2], '  its MMU');
	all_well($run, @tests);
}
for ($all ? @strange : $strange[0]) {
	my ($board, $prom, $cpu) = @$_;
	my $run = $prom{$prom}->($board, 'vonk.run=smc', '-cpu', $cpu);

	like($run->{console}, qr/^Could not determine SRMMU chip type\.$/m, "$board by $prom, $cpu: the kernel does not know it");
	is($run->{status}, 0, '  and leaves it at that');
}
# Without an FPU OpenBIOS starts the kernel all the same. Linux's first look at FSR is fp_disabled then: it has
# no other way to ask, and gives up (so it does with QEMU's -cpu NAME,-float).
for ($all ? (['SS-5', 'Fujitsu MB86904'], ['SS-5', 'TI MicroSparc I'], ['SS-20', 'TI SuperSparc II']) : ['SS-5', 'Fujitsu MB86904']) {
	my ($board, $cpu) = @$_;
	my $run = boot($board, '', '-cpu', "$cpu,-float");

	like($run->{console}, qr/^PROMLIB: /m, "$board by OpenBIOS, $cpu without FPU: the kernel starts");
	like($run->{console}, qr/FloatingPenguinUnit disabled trap/, '  and says what it misses');
	is($run->{status}, 0, '  and resets the machine');
}
done_testing();

