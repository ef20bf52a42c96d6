#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# -cov and -trace: a program whose lines are executed as often as can be counted by hand, with line tables of every
# DWARF version; addr2line tells which lines the executed addresses belong to.
use strict;
use warnings;
use File::Temp qw(tempdir);

chdir(($0 =~ s|[^/]*$||r) . './..') or die;
require './t/expect.pl';
my $vonk = $ENV{VONK} // './vonk';
my $cross = $ENV{GUEST_CROSS} // 'sparc64-linux-gnu-';
my $dir = tempdir(CLEANUP => 1);

if (system("command -v ${cross}gcc >/dev/null 2>&1")) {
	skip_all("no SPARC cross compiler (${cross}gcc)");
}

spew("$dir/count.c", <<'END');
volatile int sink;
int f(int n)
{
	int s = 0;
	for (int i = 0; i < n; i++)
		if (i & 1)
			s += i;
	return s;
}
void never(void)
{
	sink = 3;
}
void __attribute__((noreturn)) start(void)
{
	__asm__ volatile("set 0x100000, %sp");
	sink = f(10);
	__asm__ volatile("mov 1, %g1; mov 0, %o0; ta 0");
	for (;;)
		;
}
END

sub run
{
	my ($name, $flags) = @_;
	system("cd $dir && ${cross}gcc -m32 -mcpu=v8 -O0 -fno-pie -no-pie -fno-stack-protector -ffreestanding $flags " .
		"-nostdlib -static -Wl,--build-id=none,-Ttext=0x4000,-estart -o $name.elf count.c 2>$dir/cc") == 0
		or die slurp("$dir/cc");
	my $out = `timeout 60 $vonk -nographic -stats -cov $dir/$name -trace $dir/$name.trace $dir/$name.elf 2>&1 </dev/null`;
	ok($? == 0, "$name: runs") or print "# $out";
	return $out;
}

# Address -> bits.
sub tsim
{
	my %word;
	for (split /\n/, slurp("$dir/$_[0].cov")) {
		my ($at, $rest) = /^([0-9a-f]{8}) :((?: [0-9a-f]+){32})$/ or return;
		my $a = hex $at;
		for my $w (split ' ', $rest) {
			$word{$a} = hex $w if hex $w;
			$a += 4;
		}
	}
	return \%word;
}

# Line -> count; and "line branch" -> count, of count.c.
sub lcov
{
	my (%da, %branch, $in);
	for (split /\n/, slurp("$dir/$_[0].info")) {
		$in = $1 =~ m{(^|/)count\.c$} if /^SF:(.*)/;
		$da{$1} = $2 if $in && /^DA:(\d+),(\d+)$/;
		push @{$branch{$1}}, $2 if $in && /^BRDA:(\d+),\d+,\d+,(\d+|-)$/;
	}
	return (\%da, \%branch);
}

# The addresses of all blocks.
sub drcov
{
	my ($head, $nr, $raw) = slurp("$dir/$_[0].drcov") =~ /^(.*?)BB Table: (\d+) bbs\n(.*)$/s or return;
	my @base;
	$base[$1] = hex $2 while $head =~ /^ *(\d+), 0x([0-9a-f]+), /mg;
	return unless $head =~ /^DRCOV VERSION: 2\nDRCOV FLAVOR: drcov\nModule Table: version 2, count @{[scalar @base]}\nColumns: /;
	return unless length $raw == 8 * $nr;
	my %at;
	for my $i (0 .. $nr - 1) {
		my ($off, $size, $mod) = unpack 'VvV', substr($raw, 8 * $i, 8) . "\0\0";
		for (my $k = 0; $k < $size; $k += 4) {
			return if $at{$base[$mod] + $off + $k}++;
		}
	}
	return \%at;
}

for my $version (2 .. 5) {
	my $name = "dwarf$version";
	my $stats = run($name, "-gdwarf-$version");
	my $cov = tsim($name);
	ok($cov && keys %$cov > 0, "$name: TSIM's text");
	my ($da, $branch) = lcov($name);
	is(join(' ', map { "$_:" . ($da->{$_} // '?') } 4, 6, 7, 8, 12, 17), '4:1 6:10 7:5 8:1 12:0 17:1', "$name: lines and counts");
	is(join(' ', sort @{$branch->{6} // []}), '5 5', "$name: one branch");
	is(join(' ', sort { $a <=> $b } @{$branch->{5} // []}), '1 10', "$name: another one");

	my @at = sort { $a <=> $b } grep { $cov->{$_} & 1 } keys %$cov;
	my $list = join ' ', map { sprintf '%x', $_ } @at;
	my %line = map { /count\.c:(\d+)/ ? ($1 => 1) : () } `${cross}addr2line -e $dir/$name.elf $list`;
	is(join(' ', sort grep { $da->{$_} } keys %$da), join(' ', sort keys %line), "$name: the lines that addr2line says");
	my $blocks = drcov($name);
	is(join(' ', map { sprintf '%x', $_ } sort { $a <=> $b } keys %{$blocks // {}}), $list, "$name: drcov has the same instructions");
	my @branches = grep { $cov->{$_} & 0x18 } @at;
	ok(@branches >= 2 && !grep({ !($cov->{$_} & 1) } @branches), "$name: branches were taken or not");
	is(scalar(grep { ($cov->{$_} & 0x18) == 0x18 } @branches), 2, "$name: two of them both");
	# Every instruction has a line in the trace.
	my ($insns) = $stats =~ /"insns": (\d+)/;
	my @trace = split /\n/, slurp("$dir/$name.trace");
	ok(abs(@trace - $insns) <= 1, "$name: a line of the trace for each instruction") or print '# ', scalar(@trace), " lines, $insns\n";
}

my $trace = slurp("$dir/dwarf5.trace");
ok($trace =~ /^\d+ 0000[0-9a-f]{4}: 82102001  mov 1, %g1 +%g1=00000001$/m, 'the trace names what changed');
ok($trace =~ /^\d+ [0-9a-f]{8}: 9de3b\w{3}  save %sp, -\d+, %sp +.*%sp=|^\d+ [0-9a-f]{8}: 9de3b\w{3}  save %sp, -\d+, %sp +.*%o6=/m,
	'in the window that is current then');

# Without line tables the other two are as they were.
run('plain', '-g0');
is(slurp("$dir/plain.info"), '', 'no line tables: no lines');
ok(keys %{tsim('plain')} > 20 && drcov('plain'), 'but addresses');

# Only some addresses.
my ($first) = $trace =~ /^\d+ ([0-9a-f]{8}): 82102001/m;
system("timeout 60 $vonk -nographic -trace $dir/some.trace -dfilter 0x$first+8 $dir/dwarf5.elf </dev/null >/dev/null 2>&1");
is(join(' ', slurp("$dir/some.trace") =~ /^\d+ ([0-9a-f]{8}):/mg), sprintf('%s %08x', $first, hex($first) + 4), '-dfilter chooses');

# The file that cannot be written is told at once.
my $err = `timeout 60 $vonk -nographic -cov $dir/none/x $dir/dwarf5.elf 2>&1 </dev/null`;
ok($? >> 8 == 1 && $err =~ m{^vonk: -cov: .*/none/x\.drcov: No such file}, 'a directory that is not there') or print "# $err";
$err = `timeout 60 $vonk -nographic -trace $dir/none/x $dir/dwarf5.elf 2>&1 </dev/null`;
ok($? >> 8 == 1 && $err =~ m{^vonk: -trace: .*/none/x: No such file}, 'nor for a trace');
if (-e '/dev/full') {
	$err = `timeout 60 $vonk -nographic -trace /dev/full $dir/dwarf5.elf 2>&1 </dev/null`;
	ok($? >> 8 == 1 && $err =~ /trace: the file is not complete/, 'a full disk') or print "# $err";
}
if (system('command -v lcov >/dev/null 2>&1') == 0) {
	my $out = `lcov --summary $dir/dwarf5.info 2>&1`;
	ok($? == 0 && $out =~ /lines\.+: \d/, 'lcov reads it') or print $out =~ s/^/# /gmr;
} else {
	ok(1, 'lcov reads it # SKIP no lcov');
}
done();
