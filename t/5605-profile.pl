#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# -profile, and names of code in -d: a program whose loops have known weights; names as nm has them; the run is the
# same with and without, the profile is the same each time; what cannot be is refused.
use strict;
use warnings;
use File::Temp qw(tempdir);

chdir(($0 =~ s|[^/]*$||r) . './..') or die;
require './t/expect.pl';
require './t/gdb.pl';

my $vonk = $ENV{VONK} // './vonk';
my $cross = $ENV{GUEST_CROSS} // 'sparc64-linux-gnu-';
my $dir = tempdir(CLEANUP => 1);
my $elf = guest_debug('profile');
if (!$elf) {
	print "1..0 # SKIP no SPARC cross compiler\n";
	exit 0;
}

sub run
{
	my $p = Expect->start(err => 1, args => [$vonk, '-serial', 'null', '-vga', 'none', '-stats', @_]);
	my $status = $p->finish(60);
	my ($hash) = $p->err =~ /("state_hash": "\w+")/;

	return ($status, $p->err, $hash);
}

# --- weights ---
my ($status, $err, $hash) = run('-profile', "$dir/p,every=200", $elf);
is($status, 0, 'it runs');
my (%self, %total);
for (split /\n/, slurp("$dir/p")) {
	next if !/^ *[\d.]+ +(\d+) +[\d.]+ +(\d+)  (\S+)  \[supervisor\]$/;
	$self{$3} = $1;
	$total{$3} = $2;
}
# heavy 400,000 turns, light 100,000, tick and tock 100,000 each; four instructions a turn, 200 a sample.
sub about { my ($got, $want) = @_; return defined($got) && abs($got - $want) < 5 * sqrt($want) }
ok(about($self{heavy}, 8000), 'a function with its part of the samples') or print "# $self{heavy}\n";
ok(about($self{light}, 2000), '  a light one') or print "# $self{light}\n";
ok(about($self{tick}, 2000) && about($self{tock}, 2000), '  functions in the rhythm of the samples') or
	print "# $self{tick} $self{tock}\n";
my ($samples, $every, $insns) = slurp("$dir/p") =~ /^# (\d+) samples, one after (\d+) .* of (\d+) instructions$/m;
ok(about($samples, $insns / 200), 'as many samples as there should be');
is($every, 200, '  with the distance that was asked for');
ok($total{main} > 0.99 * $samples, 'all of it in what main calls');
ok(about($total{middle}, 8000), 'what middle calls is in its total');
ok($self{middle} < 20, '  and not in its own part');
ok(about($total{down}, 2000), 'recursion is counted once');

# --- stacks ---
my %stack = map { /^(\S+) (\d+)$/ ? ($1 => $2) : ('bad' => $_) } split /\n/, slurp("$dir/p.folded");
my $sum = 0;
$sum += $_ for values %stack;
is($sum, $samples, 'stacks: each sample is in one');
my ($top) = grep { /;main;middle;heavy$/ } keys %stack;
like($top // '', qr/^\[supervisor\];start;main;middle;heavy$/, '  from the start to a leaf without a frame');
ok(about($stack{$top // ''}, 6000), '  with its weight');
ok(about($stack{'[supervisor];start;main' . ';down' x 21 . ';heavy'}, 2000), '  and beyond the windows');
is(scalar(grep { /middle;(?!heavy|light)/ } keys %stack), 0, '  nobody is called by who does not');

# --- the same, whatever is looked at ---
my (undef, undef, $plain) = run($elf);
is($hash, $plain, 'the machine does not notice');
($status, $err, $hash) = run('-profile', "$dir/q,every=200", '-d', 'ref', $elf);
is(slurp("$dir/q"), slurp("$dir/p"), 'the same profile by the other interpreter');
is(slurp("$dir/q.folded"), slurp("$dir/p.folded"), '  and stacks');
run('-profile', "$dir/q,every=1", '-limit', 'insns=20000', $elf);
like(slurp("$dir/q"), qr/^# 20000 samples, /, 'every instruction');

# --- names, as nm has them ---
my @names = sort { $a->[0] <=> $b->[0] } map { /^(\w+) [tT] (\S+)$/ ? [hex($1), $2] : () } `${cross}nm $elf`;
run('-d', 'in_asm', '-D', "$dir/log", $elf);
my ($bad, $good) = (0, 0);
for (split /\n/, slurp("$dir/log")) {
	my ($pc, $name, $off) = /^in_asm: (\w+): .* <([^+]+)\+0x(\w+)>$/ or next;
	my $at = hex($pc) - hex($off);
	(grep { $_->[0] == $at && $_->[1] eq $name } @names) ? $good++ : $bad++;
	# No other name comes between.
	$bad++ if grep { $_->[0] > $at && $_->[0] <= hex($pc) } @names;
}
ok($good > 300, "in_asm: names ($good)");
is($bad, 0, '  as nm has them');
run('-d', 'int', '-D', "$dir/log", $elf);
like(slurp("$dir/log"), qr/^int: tt 0x05 window overflow, pc \w+ <down\+0x0> npc /m, 'int: names');
run('-d', 'exec', '-dfilter', '0x4000+4', '-D', "$dir/log", $elf);
like(slurp("$dir/log"), qr/^exec: 0 00004000: .* <\w+\+0x0>$/m, 'exec: names');

# --- chips ---
run('-d', 'dev:serial', '-D', "$dir/log", '-limit', 'insns=10000000', $elf);
my $log = slurp("$dir/log");
like($log, qr/^dev: serial: store of 1 byte at 0x06 \(escc\): 32, pc \w+ <\w+\+0x\w+>, after \d+ instructions$/m, 'dev: a byte that is sent');
like($log, qr/^dev: serial: load of 1 byte at 0x04 \(escc\): \w\w, pc /m, '  and a status that is read');
is(scalar(() = $log =~ /^(?!dev: serial: )/mg), 0, '  and no other chip');
($status, $err) = run('-d', 'dev:none', $elf);
like($err, qr/^vonk: -d: dev:none: this board's chips are .*\bserial\b.*$/m, 'no such chip');
is($status, 1, '  is refused');

# --- other files ---
system("${cross}strip", '-o', "$dir/bare", $elf) == 0 or die;
run('-profile', "$dir/q", '-limit', 'insns=1000000', "$dir/bare");
like(slurp("$dir/q.folded"), qr/^\[supervisor\];\[0000\w000\]/m, 'a file without names: pages');
run('-profile', "$dir/q,every=200", '-symbols', $elf, "$dir/bare");
is(slurp("$dir/q.folded"), slurp("$dir/p.folded"), '-symbols has them');
($status, $err) = run('-symbols', "$dir/bare", $elf);
like($err, qr/^vonk: -symbols: .*: no ELF file with names of code in it$/m, 'a file that has none is refused');
($status, $err) = run('-symbols', "$dir/nothing", $elf);
like($err, qr/^vonk: -symbols: .*: No such file/m, '  one that is not there');
for my $o ([ '-profile', "$dir/no/such" ], [ '-profile', "$dir/p,every=0" ], [ '-profile', "$dir/p,all=1" ], [ '-profile', ',every=2' ],
	[ '-symbols', "$elf,base=3" ], [ '-symbols', ',base=4' ]) {
	($status, $err) = run(@$o, $elf);
	ok($status == 1 && $err =~ /\Avonk: $o->[0]: [^\n]*\n\z/, "refused in a line: $o->[1]") or print "# $err";
}
if (-c '/dev/full') {
	symlink('/dev/full', "$dir/full");
	($status, $err) = run('-profile', "$dir/full", $elf);
	like($err, qr/^vonk: -profile: the profile is not complete$/m, 'a full disk');
}

# A function at address 0, which has nothing in front of it.
spew("$dir/zero.s", ".text\n.globl start\n.type start,#function\nstart: ba start\nnop\n.size start, .-start\n");
if (system("${cross}gcc -m32 -mcpu=v8 -nostdlib -static -Wl,--build-id=none,-Ttext=0,-estart -o $dir/zero $dir/zero.s") == 0) {
	($status) = run('-profile', "$dir/zero.prof,every=1", '-limit', 'insns=1000', "$dir/zero");
	is($status, 124, 'a function at address 0');
	like(slurp("$dir/zero.prof.folded"), qr/^\[supervisor\];start 1000$/m, '  has its samples');
}

# A damaged table of symbols does no harm.
my $bytes = slurp($elf);
my ($shoff, $shnum) = unpack('x32 N x12 n', $bytes);
$shnum = unpack('n', substr($bytes, 48, 2));
srand(3);
my $harm = 0;
for my $n (1 .. 60) {
	my $b = $bytes;
	for (0 .. int(rand(4))) {
		my $at = int(rand(2)) ? $shoff + int(rand($shnum * 40)) : length($b) - 1 - int(rand(20000));
		substr($b, $at, 1) = chr(int(rand(256)));
	}
	spew("$dir/bad", $b);
	($status) = run('-profile', "$dir/q", '-symbols', "$dir/bad", '-d', 'int', '-D', '/dev/null', '-limit', 'insns=20000', $elf);
	$harm++ if $status != 124 && $status != 1;
}
is($harm, 0, 'damaged symbol tables');
done();
