#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Rows of arch/sparc/fusion.list: programs of random instructions with branches over one of them, in every form
# and under every condition, and WRPSR in between, run the same with the engine's handlers for several and by
# the reference interpreter, up to any instruction; and -d fusion tells what ran.
use strict;
use warnings;
use File::Temp qw(tempdir);

chdir(($0 =~ s|[^/]*$||r) . './..') or die;
require './t/expect.pl';

my $vonk = $ENV{VONK} // './vonk';
my $dir = tempdir(CLEANUP => 1);
my $programs = $ENV{VONK_FULL} ? 400 : 12;
my $seed = $ENV{VONK_SEED} // 20260101;
srand $seed;

sub put
{
	my ($name, @code) = @_;
	my $path = "$dir/$name";

	open my $f, '>', $path or die;
	binmode $f;
	print $f pack('N*', @code, (0x01000000) x (0x400 - @code));
	close $f;
	return $path;
}

# [insns, state_hash, exit status, log]
sub run_it
{
	my ($image, @args) = @_;
	my $p = Expect->start(err => 1, args => [$vonk, '-serial', 'null', '-vga', 'none', '-stats', @args, $image]);
	my $status = $p->finish(60);
	my ($insns, $hash) = $p->err =~ /"insns": (\d+).*"state_hash": "(\w+)"/;

	return ($insns // -1, $hash // '', $status);
}

# --- a known program ---

# mov 1000, %g2; L: cmp %g2, 7; bg,a .+8; add %g3, 1, %g3; subcc %g2, 1, %g2; bne L; nop; the end, status 42
my @known = (0x841023e8, 0x80a0a007, 0x34800002, 0x8600e001, 0x84a0a001, 0x12bffffc, 0x01000000,
	0x82102001, 0x9010202a, 0x91d02000);
my $image = put('known', @known);
my ($insns, $hash, $status) = run_it($image, '-d', 'fusion', '-D', "$dir/log");
open my $f, '<', "$dir/log" or die;
my @log = <$f>;
close $f;
# 1 + 1000 * 6 - 7 annulled + 3
is("$insns $status", '5997 42', 'the program runs as it was written');
my ($told, $handlers, $end) = $log[0] =~ /^fusion: (\d+) instructions in (\d+) handlers, after (\d+) instructions$/;
is($end, 5997, 'the report ends the log');
my %ran = map { /^fusion: +(\d+) +[\d.]+% (.*)/ ? ($2, $1) : () } @log;
my $skipped = 0;
$skipped += $ran{$_} for grep { /\bbg_k\b/ } keys %ran;
is($skipped, 1000, 'the branch over one instruction was one of a row, 1,000 times') or diag(join("", @log));
my $sum = 0;
$sum += $_ for values %ran;
is($sum, $handlers, 'the rows add up');
ok(defined $told && $told >= 5997 - 8 && $told <= 5997 + 8, 'so do the instructions, but for what was skipped') or diag(join("", @log));

# --- random programs ---

my @regs = (2 .. 5, 8 .. 13, 16 .. 23);
sub reg { return $regs[rand @regs] }

sub alu
{
	my ($op3) = @_;
	my $two = rand() < 0.5 ? 0x2000 | int(rand 8192) : reg();

	$two = 0x2000 | int(rand 32) if $op3 >= 0x25 && $op3 <= 0x27;
	return 0x80000000 | reg() << 25 | $op3 << 19 | reg() << 14 | $two;
}

sub pure { return rand() < 0.2 ? reg() << 25 | 0x01000000 | int(rand 1 << 22) : alu((0 .. 8, 0x0c, 0x25 .. 0x27)[rand 13]) }
sub cc { my $w = alu((0x10 .. 0x14)[rand 5]); return rand() < 0.5 ? $w & ~(31 << 25) : $w }

# Word or octet in one of eight pages: %g6 leads there.
sub memory
{
	my $op3 = (0, 1, 4, 5, 2, 6, 9)[rand 7];

	return 0xc0000000 | reg() << 25 | $op3 << 19 | 6 << 14 | 0x2000 | 8 * int(rand 64);
}

sub plain { my $r = rand; return $r < 0.6 ? pure() : $r < 0.8 ? cc() : memory() }

sub branch { my ($a, $words) = @_; return 0x00800000 | $a << 29 | int(rand 16) << 25 | $words }

sub skip
{
	my $r = rand;

	return (branch(0, 3), rand() < 0.3 ? 0x01000000 : plain(), plain()) if $r < 0.4;
	return (branch(1, 2), plain()) if $r < 0.7;
	return (branch(1, 3), plain(), plain()) if $r < 0.9;
	return (branch(0, 2 + int(rand 4)), plain(), plain(), plain());
}

# rd %psr, r; icc, EF, PIL, ET and CWP perhaps others by way of %g7: wr r, %g7, %psr. S stays.
sub psr
{
	my $r = reg();

	return (0x81480000 | $r << 25, 0x0f000000 | (int(rand 16) << 20 | int(rand 2) << 12) >> 10,
		0x8e11e000 | int(rand 16) << 8 | int(rand 2) << 5 | int(rand 8), 0x81880007 | $r << 14);
}

# The next page of eight, from 0x20000 on: add %g6, 4096, %g6 by way of %g7; and.
my @turn = (0x0f000004, 0x8c018007, 0x0f00001c, 0x8c098007, 0x0f000080, 0x8c118007);
my $bad = 0;
my $skips = 0;
for my $n (1 .. $programs) {
	my @body;

	while (@body < 300) {
		my $r = rand;
		push @body, $r < 0.45 ? (cc(), skip()) : $r < 0.95 ? plain() : (psr(), rand() < 0.5 ? skip() : ());
	}
	my @code = (0x0d000080, 0x82102028); # sethi %hi(0x20000), %g6; mov 40, %g1
	my $top = @code;
	push @code, @turn, @body, (0x01000000) x 4, 0x82a06001; # subcc %g1, 1, %g1
	push @code, 0x12800000 | ($top - @code) & 0x3fffff, plain();
	push @code, 0x81882080, 0x82102001, 0x9010202a, 0x91d02000; # wr 0x80, %psr
	my $program = put("random$n", @code);
	my @whole = run_it($program);
	my @args = ([], map { ['-limit', 'insns=' . int(rand 10000)] } 1 .. 2);
	for my $limit (@args) {
		my @engine = @$limit ? run_it($program, @$limit) : @whole;
		my @ref = run_it($program, '-d', 'ref', @$limit);

		next if "@engine" eq "@ref" && $ref[0] > 0;
		diag("seed $seed, program $n, @$limit: engine @engine, reference @ref");
		$bad++;
	}
	run_it($program, '-d', 'fusion', '-D', "$dir/log");
	open $f, '<', "$dir/log" or die;
	$skips += () = join('', <$f>) =~ /_[xke]\b/g;
	close $f;
}
is($bad, 0, "$programs programs of random instructions run the same by the reference interpreter");
ok($skips > $programs, 'branches over one instruction were taken together with it') or diag($skips);
done();
