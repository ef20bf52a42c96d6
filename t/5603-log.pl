#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# -d and -D: a few instructions whose traps, faults and accesses are known, by either interpreter.
use strict;
use warnings;
use File::Temp qw(tempdir);

chdir(($0 =~ s|[^/]*$||r) . './..') or die;
require './t/expect.pl';

my $vonk = $ENV{VONK} // './vonk';
my $dir = tempdir(CLEANUP => 1);

# At 4000; the trap table is at 5000, and every handler goes on behind the instruction.
my @code = (
	0x03000014, # 4000 sethi %hi(0x5000), %g1
	0x81986000, # 4004 wr %g1, %tbr
	0x01000000, 0x01000000, 0x01000000,
	0x85480000, # 4014 rd %psr, %g2
	0x8410a020, # 4018 or %g2, 0x20, %g2
	0x8188a000, # 401c wr %g2, %psr: traps on
	0x01000000, 0x01000000, 0x01000000,
	0x91d02003, # 402c ta 3
	0x00000000, # 4030 unimp
	0x07380000, # 4034 sethi %hi(0xe0000000), %g3
	0xc800e000, # 4038 ld [%g3], %g4: nobody there
	0x07040010, # 403c sethi %hi(0x10004000), %g3
	0xc820e000, # 4040 st %g4, [%g3]: hardware without a model
	0x82102005, # 4044 mov 5, %g1
	0x84102200, # 4048 mov 0x200, %g2
	0xc2a08080, # 404c sta %g1, [%g2] 4: the context register
	0x85480000, # 4050 rd %psr, %g2
	0x8428a020, # 4054 andn %g2, 0x20, %g2
	0x8188a000, # 4058 wr %g2, %psr: traps off
	0x01000000, 0x01000000, 0x01000000,
	0x82102001, # 4068 mov 1, %g1
	0x9010202a, # 406c mov 42, %o0
	0x91d02000, # 4070 ta 0: the end, status 42
);
my @mem = (@code, (0x01000000) x (0x400 - @code));
for (0 .. 255) {
	# jmp %l2; rett %l2 + 4
	push @mem, 0x81c48000, 0x81cca004, 0x01000000, 0x01000000;
}
our $image = "$dir/image";
open(my $f, '>', $image) or die;
binmode $f;
print $f pack('N*', @mem);
close($f);

# Status and log.
sub logged
{
	my ($items, @args) = @_;

	unlink("$dir/log");
	my $p = Expect->start(err => 1, args => [$vonk, '-serial', 'null', '-vga', 'none', '-d', $items,
			'-D', "$dir/log", @args, $image]);
	my $status = $p->finish(30);
	open(my $f, '<', "$dir/log") or return ($status, undef, $p->err);
	local $/;
	return ($status, scalar readline($f), $p->err);
}

my $int = <<'EOT';
int: tt 0x83 trap instruction, pc 0000402c npc 00004030 psr 040000e0, after 12 instructions
int: tt 0x02 illegal instruction, pc 00004030 npc 00004034 psr 040000e0, after 15 instructions
int: tt 0x29 data access error, pc 00004038 npc 0000403c psr 040000e0, after 19 instructions
EOT
my ($status, $log, $err) = logged('int');
is($status, 42, 'the program runs as without a log');
is($log, $int, 'int');
is($err, '', 'nothing on stderr');
($status, $log) = logged('int,ref');
is($log, $int, 'the same by the reference interpreter');

my $fault = 'bus error, supervisor load at e0000000, level 0, SFSR 00000';
($status, $log) = logged('guest_errors');
like($log, qr/\Aguest_errors: ${fault}[0-9a-f]{3}, pc 00004038, after 18 instructions\n\z/, 'guest_errors');
($status, $log) = logged('mmu');
like($log, qr/\Ammu: ${fault}[0-9a-f]{3}, pc 00004038, after 18 instructions\nmmu: register 0x02 \(context\) is 00000005, after 25 instructions\n\z/,
	'mmu: the fault, and the register that was written');
($status, $log) = logged('unimp');
is($log, "unimp: store of 4 bytes at 010004000 (iommu-pad): 00000000, hardware without a model, pc 00004040, after 22 instructions\n", 'unimp');

($status, $log) = logged('in_asm');
is($status, 42, 'in_asm');
my @lines = split /\n/, $log;
# Each once: 29 of the program, and two of each of the three handlers.
is(scalar @lines, 29 + 3 * 2, 'each instruction once');
is($lines[0], 'in_asm: 00004000: 03000014  sethi %hi(0x5000), %g1', 'the first');
is($lines[-1], 'in_asm: 00004070: 91d02000  ta 0', 'the last');
($status, $log) = logged('exec');
@lines = split /\n/, $log;
is($lines[11], 'exec: 11 0000402c: 91d02003  ta 3', 'exec: the twelfth');
is($lines[12], 'exec: 12 00005830: 81c48000  jmp %l2', 'exec: and where it leads');
($status, $log) = logged('exec', '-dfilter', '0x402c+4,0x5830..0x5833,0x4003-4');
is(join(' ', map { (split)[1] . '/' . (split)[2] } split /\n/, $log), '0/00004000: 11/0000402c: 12/00005830:',
	'-dfilter: three kinds of ranges');
($status, $log) = logged('cpu');
like($log, qr/\Acpu: pc 00004000 npc 00004004 psr 040000c0 wim 02 tbr 00000000 y 00000000, after 0 instructions\n/, 'cpu');
like($log, qr/^cpu: pc 00004004 .*\ncpu: g0 00000000 g1 00005000 /m, 'cpu: the registers');

# What a delay instruction does bears its own address, not the target's.
{
	local $image = "$dir/slot";
	# sethi %hi(0x71100000), %g1; ba 4010; ldub [%g1 + 4], %g2; nop; 4010: the end
	spew($image, pack('N*', 0x031c4400, 0x10800003, 0xc4086004, 0x01000000, 0x82102001, 0x90102000, 0x91d02000));
	for my $how ('dev:serial', 'dev:serial,ref') {
		($status, $log) = logged($how);
		like($log, qr/\Adev: serial: load of 1 byte at 0x04 \(escc\): [0-9a-f]{2}, pc 00004008, after 2 instructions\n\z/, "-d $how, in a delay slot");
	}
	# rd %psr, %g2; set EF; fsqrtq %f0, %f4
	spew($image, pack('N*', 0x85480000, 0x07000004, 0x84108003, 0x8188a000, 0x01000000, 0x01000000, 0x01000000, 0x89a00560, 0x89a00560)); # it is told at the next FPop
	($status, $log) = logged('unimp');
	like($log, qr/\Aunimp: FPop 89a00560 \(fsqrtq +%f0, %f4\), this FPU has not got it, pc 0000401c, after \d+ instructions\n/, 'unimp: an FPop, by its name');
}

# Several at once, in their order.
($status, $log) = logged('int,unimp,mmu');
is(join(' ', map { s/:.*//r } split /\n/, $log), 'int int mmu int unimp mmu', 'several items');
# A log does not change the run.
my %stats;
for my $items ('', 'int,mmu,guest_errors,unimp', 'exec', 'fusion', 'ref') {
	my $p = Expect->start(err => 1, args => [$vonk, '-serial', 'null', '-vga', 'none', '-stats',
			($items ? ('-d', $items, '-D', "$dir/log") : ()), $image]);
	$p->finish(30);
	my ($insns, $hash) = $p->err =~ /"insns": (\d+).*"state_hash": "(\w+)"/;
	$stats{"$insns $hash"} .= "[$items]";
}
is(scalar keys %stats, 1, 'the same run, whatever is logged') or diag(join(' ', %stats));

sub plain
{
	my $p = Expect->start(err => 1, args => [$vonk, '-serial', 'null', '-vga', 'none', @_]);
	my $status = $p->finish(30);

	return "$status:" . $p->err;
}
is(plain('-d', 'int', $image), "42:$int", 'without -D it goes to stderr');
like(plain('-d', 'int,nope', $image), qr/\A1:vonk: -d: 'nope' is none of .*\n\z/, 'an unknown item');
like(plain('-d', 'int', '-D', "$dir/no/such", $image), qr/\A1:vonk: -D: .*\n\z/, 'a file that cannot be');
my $p = Expect->start(args => [$vonk, '-d', 'help']);
is($p->finish(10), 0, '-d help');
like($p->all, qr/^\Q$_\E +\S/m, "lists $_") for qw(in_asm exec cpu int mmu guest_errors unimp fusion ref);
if (-c '/dev/full') {
	like(plain('-d', 'exec', '-D', '/dev/full', $image), qr/\A1:vonk: -D: the log is not complete\n\z/, 'a full disk');
}
done();
