#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# -fuzz as the fork server sees it, spoken from here (AFL++ 4.04c and 4.20 document the words), and
# -fuzz-replay. The firmware has five planted bugs, whose inputs are written by hand.
use strict;
use warnings;
use POSIX ();
use IPC::SysV qw(IPC_PRIVATE IPC_CREAT IPC_RMID);
use File::Temp qw(tempdir);

chdir(($0 =~ s|[^/]*$||r) . './..') or die;
require './t/expect.pl';
require './t/packet.pl';
my $vonk = $ENV{VONK} // './vonk';
my $o = $ENV{O} // 'obj';
my $elf = packet_elf();
my $dir = tempdir(CLEANUP => 1);
my $fuzz = packet_spec();

# Bug, input, and the trap that it ends in; none: the fail address.
my @bugs = (
	['division', packet(1, 0, "ab\0"), 0x2a],
	['index', packet(1, 1, "\x90\0\0\1\1"), 0x29],
	['word', packet(1, 2, 'boom'), 0x02],
	['alignment', packet(2, 3, "(\3(\3(\3\xff\1aaaaaaaaaa"), 0x07],
	['states', packet(2, 4, "\1\1\1\3\2\4\2\2\5"), 0],
);
my $good = packet(1, 0, 'abc');

sub replay
{
	my ($input, $more, @args) = @_;
	open my $fh, '>', "$dir/input" or die;
	print $fh $input;
	close $fh;
	my $out = `timeout 100 $vonk -fuzz '$fuzz$more' -fuzz-replay $dir/input @args $elf 2>&1`;
	return ($? >> 8, $out);
}

my ($status, $out) = replay($good, ',repeat=200');
is($status, 0, 'a sound packet');
ok($out =~ /^outcome: pass \(done\)$/m && $out =~ /^repeated: 199 times, the same/m, 'which repeats') or print $out =~ s/^/# /gmr;
my ($edges) = $out =~ /^edges: (\d+)$/m;
my ($ref) = (replay($good, '', '-d ref'))[1] =~ /^edges: (\d+)$/m;
is($ref, $edges, 'the reference interpreter counts the same');
ok($edges > (replay('', ''))[1] =~ s/.*^edges: (\d+)\n.*/$1/smr, 'and more than of an empty input');
my %bucket;
for my $bug (@bugs) {
	my ($name, $input, $tt) = @$bug;
	($status, $out) = replay($input, ',repeat=20');
	is($status, 134, "bug '$name'");
	my $why = $tt ? sprintf('trap 0x%02x', $tt) : 'it came to a fail address';
	ok($out =~ /^outcome: crash \(\Q$why\E\)\s/m, "ends in: $why") or print $out =~ s/^/# /gmr;
	$bucket{$1}++ if $out =~ /^bucket: (\w{16})$/m;
}
is(scalar keys %bucket, 5, 'five buckets');
is((replay($bugs[4][1], ''))[0], 134, 'a fail address is one');
$fuzz =~ s/,fail=panic//;
is((replay($bugs[4][1], ''))[0], 124, 'without it, that hangs');
is((replay($bugs[0][1], ',traps=none'))[0], 0, 'traps that nobody asked for are the firmware\'s own');
is((replay($good, ',start=receive,done=return,mem=%o0,len=%o1'))[0], 0, 'a function by its registers');
is((replay($bugs[0][1], ',start=receive,done=return,mem=%o0,len=%o1'))[0], 134, 'and its bug');

# --- the other ways in: a block of a disk, a frame, a serial line, each by its chip ---

my $inputs = "$o/guest/fuzz/inputs.elf";
my $image = "$dir/image";
open my $di, '>', $image or die;
print $di "\0" x 65536;
close $di;
my $disk = "-drive file=$image,if=scsi,unit=0,snapshot=on";
my $header = "\xff" x 6 . '.' x 6 . "\x08\0";

# Status and output of an input that comes in one of these ways.
sub by
{
	my ($way, $input, $args) = @_;
	open my $fh, '>', "$dir/input" or die;
	print $fh $input;
	close $fh;
	my $out = `timeout 100 $vonk -fuzz '$way,repeat=20' -fuzz-replay $dir/input @{[$args // '']} $inputs 2>&1`;
	return ($? >> 8, $out);
}

for (['scsi=0:8,start=disk_ready,done=disk_done', 'bood', 'boos', $disk], ['net', "${header}boof", "${header}bood"], ["net,start=idle", "${header}boof", 'short'],
	['serial', "and\nboos\n", "and\nboos"], ['serial=a', 'x' x 5000 . "\nboos\n", 'x' x 5000, undef, ',max=6000']) {
	my ($way, $find, $pass, $args, $more) = @$_;
	my ($bad, $text) = by($way . ($more // ''), $find, $args);
	ok($bad == 134 && $text =~ /^outcome: crash \(trap 0x02\)$/m && $text =~ /^repeated: 19 times, the same/m, "$way: its bug")
		or print $text =~ s/^/# /gmr;
	my ($fine, $over) = by($way . ($more // ''), $pass, $args);
	ok($fine == 0 && $over =~ /^repeated: 19 times, the same/m, "$way: something else") or print $over =~ s/^/# /gmr;
}
open $di, '<', $image or die;
is(join('', <$di>) =~ tr/\0//c, 0, 'the image is as it was');
for (['scsi=0:8', ''], ['scsi=0:128', $disk], ['scsi=0:8', $disk =~ s/,snapshot=on//r], ['scsi=7:0', ''], ['scsi=0', ''], ['net,serial', '']) {
	my ($bad, $text) = by("$_->[0],start-insns=10", 'x', $_->[1]);
	ok($bad == 1 && ($text =~ tr/\n//) == 1, "refused: $_->[0] $_->[1]") or print "# $bad $text";
}

# What is wrong with a command line is said in one line.
for (['mem=nowhere', qr/'nowhere' is no address, nor a symbol/], ['max=3', qr/one of mem=, serial, scsi= and net/], ['mem=4,bad=1', qr/no key 'bad='/],
	['mem=0x80000000', qr/no memory for inputs of 4096/], ['mem=', qr/address is missing/], ['mem=input,start=', qr/address is missing/],
	['mem=0xfffffff0,max=64', qr/no memory for inputs of 64/], ['mem=input,len=0x80000000', qr/cannot be put/], ['mem=input,start=0x100000', qr/never reached/], ['mem=input,map=1000', qr/power of 2/]) {
	my ($text, $re) = @$_;
	my $limit = $text =~ /start=/ ? '-limit insns=100000' : '';
	my $err = `timeout 100 $vonk -fuzz '$text' -fuzz-replay /dev/null $limit $elf 2>&1`;
	$err = `timeout 100 $vonk -fuzz '$text' -fuzz-replay $0 $limit $elf 2>&1` if $err =~ m{/dev/null};
	ok($? >> 8 == 1 && $err =~ $re && ($err =~ tr/\n//) == 1, "refused: $text") or print "# $err";
}
$out = `$vonk -fuzz $fuzz $elf 2>&1`;
ok($? >> 8 == 1 && $out =~ /no fuzzer started this/, 'no fuzzer is there');

# --- the fork server ---

my $map = shmget(IPC_PRIVATE, 65536, 0600 | IPC_CREAT) // die "shmget: $!";
my $cases = shmget(IPC_PRIVATE, 1 << 20, 0600 | IPC_CREAT) // die "shmget: $!";
END { shmctl($_, IPC_RMID, 0) for grep { defined } $map, $cases }

my ($to, $from, $pid);
sub word { my $w; POSIX::read($from, $w, 4) == 4 or return -1; return unpack 'L', $w; }
sub say_word { POSIX::write($to, pack('L', $_[0]), 4); }

sub server
{
	my ($more, %env) = @_;
	my ($r1, $w1) = POSIX::pipe();
	my ($r2, $w2) = POSIX::pipe();
	$pid = fork // die;
	if (!$pid) {
		POSIX::dup2($r1, 198);
		POSIX::dup2($w2, 199);
		POSIX::close($_) for $r1, $w1, $r2, $w2;
		open STDIN, '<', "$dir/input";
		@ENV{keys %env} = values %env;
		exec 'timeout', '100', $vonk, '-fuzz', "$fuzz$more", $elf or POSIX::_exit(127);
	}
	POSIX::close($_) for $r1, $w2;
	($to, $from) = ($w1, $r2);
}

sub ended
{
	POSIX::close($_) for $to, $from;
	waitpid $pid, 0;
	return $?;
}

# One run: its status word, and how many edges.
sub round
{
	my ($input, $killed) = @_;
	shmwrite($cases, pack('L', length $input) . $input, 0, 4 + length $input) or die;
	shmwrite($map, "\0" x 65536, 0, 65536) or die;
	say_word($killed // 0);
	my $child = word();
	my $st = word();
	shmread($map, my $bytes, 0, 65536) or die;
	return ($st, $bytes, $child);
}

my %env = (__AFL_SHM_ID => $map, __AFL_SHM_FUZZ_ID => $cases);
my $stopped = 0x137f; # as waitpid() tells of SIGSTOP
$fuzz .= ',fail=panic';
server('', %env);
is(sprintf('%08x', word()), 'd101ffff', 'old greeting: map size, shared memory and a dictionary, which is not taken');
say_word(0x81000001);
my ($st, $bytes, $child) = round($good);
is($st, $stopped, 'a run, and the child waits');
is($bytes =~ tr/\0//c, $edges, 'its edges are those of the replay');
my ($st2, $bytes2, $child2) = round($bugs[0][1]);
is($child2, $child, 'the same child takes the next input');
is($st2 & 0x7f, POSIX::SIGABRT(), 'which says that it died of its find');
my ($st3, $bytes3, $child3) = round($good);
ok($child3 == $child && $st3 == $stopped, 'the machine is put back, and goes on');
ok($bytes3 eq $bytes, 'with the same coverage to the byte');
my @same = grep { (round($good))[1] eq $bytes } 1 .. 100;
is(scalar @same, 100, 'as often as wanted');
for my $bug (@bugs) {
	is((round($bug->[1]))[0] & 0x7f, POSIX::SIGABRT(), "bug '$bug->[0]' by the fork server");
}
is((round($good))[0], $stopped, 'a child stands');
kill 'KILL', (round($good))[2];
my ($st4, $bytes4) = round($good, 1);
ok($st4 == $stopped && $bytes4 eq $bytes, 'one that was killed is replaced');
is(ended(), 0, 'the fuzzer goes, and so does the target');

server(',protocol=1', %env);
is(sprintf('%08x', word()), '41464c01', 'new greeting');
say_word(0x41464c01 ^ 0xffffffff);
is(sprintf('%08x', word()), '00000803', 'with a map size, shared memory and a dictionary');
is(word(), 65536, 'the size');
POSIX::read($from, my $words, word());
my @words = unpack '(C/a)*', $words;
ok(grep({ $_ eq '(' } @words) && grep({ $_ eq 'b' } @words), 'words that the firmware compares with: ' . @words);
is(sprintf('%08x', word()), '41464c01', 'and the greeting again');
ok((round($good))[1] eq $bytes, 'the same coverage');
is(ended(), 0, 'the end');

# --- operands of comparisons, as afl-fuzz -c wants them, in both of its layouts (include/cmplog.h of 4.04c and of 4.22) ---

# All pairs that were logged: place -> [[first, second], ...].
sub pairs
{
	my ($shm, $head, $pair, $second, $hits) = @_;
	my %all;
	shmread($shm, my $heads, 0, 65536 * $head) or die;
	for my $i (0 .. 65535) {
		my $h = substr $heads, $i * $head, $head;
		next unless $h =~ /[^\0]/;
		my $nr = $hits->($h);
		for my $k (0 .. ($nr > 32 ? 32 : $nr) - 1) {
			shmread($shm, my $p, 65536 * $head + ($i * 32 + $k) * $pair, $pair) or die;
			push @{$all{$i}}, [unpack('Q<', $p), unpack('Q<', substr $p, $second)];
		}
	}
	return \%all;
}

for (['wide', 8, 32, 8, sub { unpack('V', $_[0]) & 0xffffff }],
	['narrow', 2, 72, 32, sub { unpack('v', $_[0]) & 63 }]) {
	my ($name, $head, $pair, $second, $hits) = @$_;
	my $cmp = shmget(IPC_PRIVATE, 65536 * ($head + 32 * $pair), 0600 | IPC_CREAT) // die "shmget: $!";
	server('', %env, __AFL_CMPLOG_SHM_ID => $cmp, '___AFL_EINS_ZWEI_POLIZEI___' => 1);
	is(sprintf('%08x', word()), 'c301ffff', "$name: a greeting that says so");
	say_word(0x83000001);
	my ($s, $b) = round(packet(1, 2, 'bozm'));
	ok($s == $stopped && $b =~ /[^\0]/, "$name: an input");
	my $all = pairs($cmp, $head, $pair, $second, $hits);
	my @letter = grep { $_->[0] == ord 'z' && $_->[1] == ord 'o' } map { @$_ } values %$all;
	ok(@letter >= 1, "$name: the letter that is wrong, and the one that is wanted");
	ok(!grep({ $_->[0] == $_->[1] } map { @$_ } values %$all), "$name: what is equal teaches nothing");
	is(ended(), 0, "$name: the end");
	shmctl($cmp, IPC_RMID, 0);
}
server('', %env, __AFL_CMPLOG_SHM_ID => $map, '___AFL_EINS_ZWEI_POLIZEI___' => 1);
is(sprintf('%08x', word()), 'd101ffff', 'memory of a size that no layout has is left alone');
say_word(0x81000001);
is((round($good))[0], $stopped, 'and inputs run');
ended();

# A hang stays until the fuzzer's own timeout; inputs come by standard input where there is no memory for them.
$fuzz =~ s/,fail=panic//;
server('', %env);
word();
say_word(0x81000001);
shmwrite($cases, pack('L', length $bugs[4][1]) . $bugs[4][1], 0, 4 + length $bugs[4][1]) or die;
say_word(0);
$child = word();
my $bits = '';
vec($bits, $from, 1) = 1;
is(scalar(select(my $got = $bits, undef, undef, 0.5)), 0, 'a hang says nothing');
kill 'KILL', $child;
is(word() & 0x7f, POSIX::SIGKILL(), 'until it is killed');
is((round($good, 1))[0], $stopped, 'and the next one runs');
ended();

open my $fh, '>', "$dir/input" or die;
print $fh $good;
close $fh;
server('', __AFL_SHM_ID => $map);
is(sprintf('%08x', word()), 'd001ffff', 'a greeting without shared inputs, whose offer nobody answers');
ok((round('x'))[1] eq $bytes, 'standard input is one');
ended();
# What would watch a run that does not begin again and again.
for my $other ('-clock host', '-profile p', '-record r', '-replay r', '-expect x', '-fail x', '-report r', '-save-at insns=5', '-save-on-exit', '-stats') {
	my $text = `'$vonk' -fuzz '$fuzz' $other $elf 2>&1 </dev/null`;
	ok($? >> 8 == 1 && $text =~ /^vonk: -fuzz does not go with .*\n\z/, "not with $other");
}

done();
