#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# AFL++'s own programs with -fuzz: afl-showmap, afl-tmin, afl-cmin, and two afl-fuzz that share what they find. VONK_FULL=1
# lets those look for all five planted bugs, ten minutes at most.
use strict;
use warnings;
use File::Temp qw(tempdir);

chdir(($0 =~ s|[^/]*$||r) . './..') or die;
require './t/expect.pl';
require './t/packet.pl';
my $vonk = $ENV{VONK} // './vonk';
skip_all('no AFL++ (tools/install-deps)') if system('command -v afl-fuzz afl-showmap afl-tmin afl-cmin >/dev/null 2>&1');
my $elf = packet_elf();
my $dir = tempdir(CLEANUP => 1);
my $fuzz = packet_spec();
my $target = "$vonk -fuzz $fuzz $elf";

# Nothing of the host is to be changed for a test, and nobody reads a screen. Time limits are for a busy machine.
%ENV = (%ENV, AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES => 1, AFL_SKIP_CPUFREQ => 1, AFL_NO_AFFINITY => 1, AFL_NO_UI => 1,
	AFL_ALLOW_TMP => 1, AFL_FORKSRV_INIT_TMOUT => 60000);

sub run
{
	my $out = `timeout 300 @_ 2>&1 </dev/null`;
	print $out =~ s/^/# /gmr if $?;
	return $?;
}

# --- afl-showmap ---

spew("$dir/good", packet(1, 0, 'abc'));
spew("$dir/longer", packet(1, 0, 'abc') . 'z' x 40);
spew("$dir/bad", 'x');
my %map;
for my $in (qw(good longer bad)) {
	system("timeout 300 afl-showmap -q -t 60000 -o $dir/$in.map -- $target <$dir/$in >/dev/null 2>&1");
	$map{$in} = slurp("$dir/$in.map");
}
my $edges = () = $map{good} =~ /^\d+:\d+$/mg;
my ($replayed) = `timeout 100 $vonk -fuzz $fuzz -fuzz-replay $dir/good $elf` =~ /^edges: (\d+)$/m;
ok($edges && $edges == $replayed, "afl-showmap counts the edges that -fuzz-replay does ($edges)") or print "# $replayed\n";
ok($map{bad} ne $map{good} && $map{longer} eq $map{good}, 'other ways have other edges, the same way the same');

# --- afl-tmin ---

ok(run("afl-tmin -t 60000 -i $dir/longer -o $dir/small -- $target") == 0, 'afl-tmin');
my $small = slurp("$dir/small");
ok(length $small >= 5 && length $small < 20 && $small =~ /^VP/, 'leaves what matters: ' . unpack('H*', $small));

# --- afl-cmin ---

mkdir "$dir/in";
spew("$dir/in/$_", packet(1, 0, 'abc') . 'y' x $_) for 1 .. 9;
spew("$dir/in/text", packet(1, 2, 'bat'));
ok(run("afl-cmin -t 60000 -i $dir/in -o $dir/min -- $target") == 0, 'afl-cmin');
my @min = glob "$dir/min/*";
ok(@min >= 2 && @min <= 4, 'keeps one of each kind: ' . @min);

# --- two afl-fuzz ---

# How many of the planted bugs lie in the crashes: their buckets' pcs and traps.
sub kinds
{
	my %kind;
	for my $f (glob "$dir/out/*/crashes/id*") {
		my $out = `timeout 60 $vonk -fuzz $fuzz -fuzz-replay $f $elf 2>&1`;
		$kind{$1}++ if $out =~ /^outcome: crash \((.*)\)$/m;
	}
	return sort keys %kind;
}

my $full = $ENV{VONK_FULL};
my $seconds = $full ? 600 : 12;
my $seeds = 't/guest/fuzz/seeds';
my @pid;
for my $who ('-M one', '-S two -c 0') {
	my $pid = fork // die;
	if (!$pid) {
		open STDIN, '<', '/dev/null';
		open STDOUT, '>', "$dir/log" . ($who =~ s/\W+//gr);
		open STDERR, '>&', \*STDOUT;
		setpgrp 0, 0;
		exec 'sh', '-c', "exec timeout @{[$seconds + 60]} afl-fuzz $who -V $seconds -t 2000 -i $seeds -o $dir/out -- $target";
	}
	push @pid, $pid;
}
my $start = time;
my @found;
if ($full) {
	while (time - $start < $seconds) {
		sleep 5;
		@found = kinds();
		last if @found == 5;
	}
	kill 'INT', -$_ for @pid;
}
waitpid $_, 0 for @pid;
END { kill 'KILL', -$_ for @pid }
@found = kinds() unless $full;
my $took = time - $start;
for my $who (qw(one two)) {
	my $stats = slurp("$dir/out/$who/fuzzer_stats");
	my ($execs) = $stats =~ /^execs_done +: (\d+)/m;
	my ($stability) = $stats =~ /^stability +: ([\d.]+)%/m;
	my ($edges) = $stats =~ /^edges_found +: (\d+)/m;
	ok(($execs // 0) > 100, "afl-fuzz $who ran: " . ($execs // 0) . ' inputs, ' . ($edges // 0) . ' edges')
		or print slurp("$dir/log" . ($who eq 'one' ? 'Mone' : 'Stwoc0')) =~ s/^/# /gmr;
	ok(($stability // 0) == 100, "stability of $who is 100 %") or print '# ', $stability // '?', "\n";
}
ok((() = glob("$dir/out/one/queue/id*")) > 0, 'they share a directory and nothing else');
ok(@found >= 1, 'found: ' . join(', ', @found) . " in $took s");
if ($full) {
	ok(@found == 5, 'all five bugs') or print '# ', join(', ', @found), "\n";
}
done();
