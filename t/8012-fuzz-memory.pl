#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Workers that fuzz from one snapshot share its memory: three of them, begun from a raw snapshot with
# verify=header, hold the guest's pages once, as /proc/PID/smaps tells. VONK_MEMORY is the guest's, in MiB.
use strict;
use warnings;
use POSIX ();
use IPC::SysV qw(IPC_PRIVATE IPC_CREAT IPC_RMID);
use File::Temp qw(tempdir);

chdir(($0 =~ s|[^/]*$||r) . './..') or die;
require './t/expect.pl';
my $vonk = $ENV{VONK} // './vonk';
my $dir = tempdir(CLEANUP => 1);
my $mib = $ENV{VONK_MEMORY} // 32;
my $workers = 3;

skip_all('no /proc/PID/smaps') unless -r '/proc/self/smaps';
skip_all('built with sanitizers, whose memory is their own') if `nm $vonk 2>/dev/null` =~ /__asan_init/;

# Fills memory from 1 MiB on with what no page has in common with another; then waits for packets in its first page.
my $fill = 0x100000;
my $program = pack 'N*',
	0x03000000 | $fill >> 10, # sethi %hi(0x100000), %g1
	0x05000000 | ($mib << 20) >> 10, # sethi %hi(its end), %g2
	0xc2204000, # st %g1, [%g1]
	0x82006040, # add %g1, 64, %g1
	0x80a04002, # cmp %g1, %g2
	0x0abffffd, # blu . - 12
	0x01000000, # nop
	0x01000000, # 0x401c: nop
	0x03000020, # sethi %hi(0x8000), %g1
	0xc4084000, # ldub [%g1], %g2
	0x8528a014, # sll %g2, 20, %g2 : a page of that MiB
	0x82004002, # add %g1, %g2, %g1
	0xc2204000, # st %g1, [%g1]
	0x03000000 | $fill >> 10, # sethi %hi(0x100000), %g1
	0x0b000000 | ($mib << 20) >> 10, # sethi %hi(its end), %g5
	0x07000004, # sethi %hi(4096), %g3
	0xc4004000, # ld [%g1], %g2 : every page is looked at
	0x82004003, # add %g1, %g3, %g1
	0x80a04005, # cmp %g1, %g5
	0x0abffffd, # blu . - 12
	0x01000000, # nop
	0x01000000, # 0x4054: nop
	0x10800000, # ba .
	0x01000000; # nop
spew("$dir/program", $program);
my @run = ($vonk, '-m', $mib, '-nographic');
my $insns = (($mib << 20) - $fill) / 64 * 5 + 2;
my $out = `@run -limit insns=@{[$insns + 1]} -save-at insns=$insns -snap $dir/snap,compress=none $dir/program 2>&1 </dev/null`;
my $size = -s "$dir/snap" // 0;
ok($size > ($mib - 2) << 20, "a raw snapshot of $size bytes") or print $out =~ s/^/# /gmr;

my @shm;
END { shmctl($_, IPC_RMID, 0) for @shm }

# A worker: its fork server, and the child that has run some inputs.
sub worker
{
	my $map = shmget(IPC_PRIVATE, 65536, 0600 | IPC_CREAT) // die "shmget: $!";
	my $cases = shmget(IPC_PRIVATE, 1 << 16, 0600 | IPC_CREAT) // die "shmget: $!";
	push @shm, $map, $cases;
	my ($r1, $w1) = POSIX::pipe();
	my ($r2, $w2) = POSIX::pipe();
	my $pid = fork // die;
	if (!$pid) {
		POSIX::dup2($r1, 198);
		POSIX::dup2($w2, 199);
		POSIX::close($_) for 3 .. 63;
		$ENV{__AFL_SHM_ID} = $map;
		$ENV{__AFL_SHM_FUZZ_ID} = $cases;
		exec @run, '-restore', "$dir/snap,verify=header", '-fuzz', 'mem=0x8000,max=16,start=0x401c,done=0x4054'
			or POSIX::_exit(127);
	}
	POSIX::close($_) for $r1, $w2;
	my $w = { server => $pid, to => $w1, from => $r2, cases => $cases };
	word($w);
	say_word($w, 0x81000001);
	return $w;
}

sub word { my ($w) = @_; POSIX::read($w->{from}, my $v, 4) == 4 or return -1; return unpack 'L', $v; }
sub say_word { my ($w, $v) = @_; POSIX::write($w->{to}, pack('L', $v), 4); }

sub input
{
	my ($w, $input) = @_;
	shmwrite($w->{cases}, pack('L', length $input) . $input, 0, 4 + length $input) or die;
	say_word($w, 0);
	$w->{child} = word($w);
	return word($w);
}

# What /proc tells of a process, in KiB: of mappings of the snapshot, and of all.
sub memory
{
	my ($pid) = @_;
	my (%of, $is);
	for (split /\n/, slurp("/proc/$pid/smaps")) {
		$is = m{/snap$} if /^[0-9a-f]+-[0-9a-f]+ /;
		next unless /^(Size|Rss|Pss|Shared_Clean|Shared_Dirty|Private_Clean|Private_Dirty): +(\d+) kB/;
		$of{all}{$1} += $2;
		$of{snap}{$1} += $2 if $is;
	}
	return \%of;
}

my @w = map { worker() } 1 .. $workers;
my $sound = 0;
for my $w (@w) {
	$sound += input($w, chr(2 + $_ % ($mib - 3))) == 0x137f for 1 .. 50;
}
is($sound, 50 * $workers, 'inputs, each of which writes to another page');
my ($pss, $private, $shared, $most) = (0, 0, 0, 0);
my $ram = $mib << 10;
for my $w (@w) {
	my $own = 0;
	for my $pid ($w->{server}, $w->{child}) {
		my $m = memory($pid);
		my $s = $m->{snap} // {};
		$pss += $m->{all}{Pss};
		$own += $m->{all}{Private_Dirty} + $m->{all}{Private_Clean};
		$private += ($s->{Private_Dirty} // 0) + ($s->{Private_Clean} // 0);
		$shared += ($s->{Shared_Clean} // 0);
		$most = $s->{Size} if ($s->{Size} // 0) > $most;
	}
	print "# a worker: $own KiB of its own, of server and child\n";
	ok($own < $ram / 4, 'a worker holds little of its own');
}
print "# guest $ram KiB; mapped $most KiB; shared in all processes $shared KiB, private $private KiB; Pss of all $pss KiB\n";
ok($most > $ram - 2048, 'the snapshot is mapped');
ok($shared > $workers * ($ram - 2048), 'each worker sees all of it, and shares it');
ok($private < $ram / 8, 'hardly a page of it is anybody\'s own');
ok($pss < $ram * 1.5, "all $workers together take the guest's memory once");
for my $w (@w) {
	POSIX::close($_) for $w->{to}, $w->{from};
	waitpid $w->{server}, 0;
	is($?, 0, 'the end');
}
done();
