#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# What a run may be asked for, under the sandbox: a system call that is missing on its list would be the end of the
# process (SIGSYS), in the midst of somebody's work. VONK_SANDBOX_BIN names another build to try, as one with musl.
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Temp qw(tempdir);
use IO::Select;
use IO::Socket::UNIX;
use IO::Socket::INET;
use POSIX ();
use Time::HiRes qw(sleep time);

chdir(($0 =~ s|[^/]*$||r) . './..') or die;
require './t/expect.pl';
my $vonk = abs_path($ENV{VONK_SANDBOX_BIN} // $ENV{VONK} // './vonk');
my $dir = tempdir(CLEANUP => 1);
my $machines = 0;
$| = 1;
my @alive;
$SIG{PIPE} = 'IGNORE';
chdir $dir or die;

# Echoes what serial line A (of an SS-5) receives, and counts in between.
my $code = pack 'N*',
	0x031c4400, # sethi %hi(0x71100000), %g1
	(map { 0x84102000 | $_, # mov ..., %g2
		0xc4286004 } # stb %g2, [%g1 + 4]
		4, 0x44, 3, 0xc1, 5, 0x6a), # receiver and transmitter on
	0xc4086004, # ldub [%g1 + 4], %g2
	0x8088a001, # btst 1, %g2
	0x02bffffe, # be
	0x8600e001, # inc %g3
	0xc4086006, # ldub [%g1 + 6], %g2
	0xc4286006, # stb %g2, [%g1 + 6]
	0x10bffffa, # ba
	0x01000000;
spew('echo', $code);
spew('spin', pack 'N*', 0x10800000, 0x01000000); # ba to itself
spew('disk', "\0" x 65536);

if (`$vonk -sandbox on -nographic -limit insns=10 spin 2>&1 </dev/null` =~ /-sandbox on: (.*)/) {
	skip_all($1);
}

# A machine with these arguments and a monitor.
sub machine
{
	my (@args) = @_;
	my $m = { path => "mon" . ++$machines, out => "out$machines" };
	$m->{pid} = fork // die;
	if (!$m->{pid}) {
		open STDIN, '<', '/dev/null';
		open STDOUT, '>', $m->{out};
		open STDERR, '>&', \*STDOUT;
		exec $vonk, '-sandbox', 'on', '-nographic', '-monitor', "unix:$m->{path},server=on,wait=off", @args, 'echo' or POSIX::_exit(127);
	}
	push @alive, $m->{pid};
	for (1 .. 600) {
		last if $m->{mon} = IO::Socket::UNIX->new(Peer => $m->{path});
		last if waitpid($m->{pid}, POSIX::WNOHANG());
		sleep 0.1;
	}
	$m->{mon} or print slurp($m->{out}) =~ s/^/# /gmr;
	told($m, qr/\(vonk\) $/) if $m->{mon};
	return $m;
}

END { local $?; kill 'KILL', @alive if @alive }

# What comes from a handle until it matches; undef: that never came.
sub until_match
{
	my ($fh, $re) = @_;
	my ($got, $end, $sel) = ('', time + 60, IO::Select->new($fh));
	while ($got !~ $re) {
		return undef if time > $end;
		next unless $sel->can_read(0.5);
		sysread $fh, $got, 4096, length $got or return undef;
	}
	return $got;
}

sub told { my ($m, $re) = @_; return until_match($m->{mon}, $re); }

sub ask
{
	my ($m, $command) = @_;
	syswrite $m->{mon}, "$command\n";
	return told($m, qr/\n\(vonk\) $/);
}

# It is alive, and ends as it should.
sub fine
{
	my ($m, $what) = @_;
	my $ended = waitpid $m->{pid}, POSIX::WNOHANG();
	if (!$ended) {
		ask($m, 'info status') if $m->{mon};
		kill 'TERM', $m->{pid};
		for (1 .. 300) {
			last if $ended = waitpid $m->{pid}, POSIX::WNOHANG();
			sleep 0.1;
		}
	}
	my $status = $?;
	@alive = grep { $_ != $m->{pid} } @alive;
	kill 'KILL', $m->{pid} unless $ended;
	ok($ended && $status == 0, $what) or print "# status ", $ended ? $status : 'none', "\n", slurp($m->{out}) =~ s/^/# /gmr;
}

# Sends to a line and waits for the echo.
sub echoes
{
	my ($fh, $text) = @_;
	$fh or return 0;
	syswrite $fh, $text;
	return defined until_match($fh, qr/\Q$text\E/);
}

# --- serial lines ---

my $m = machine('-serial', 'unix:ser,server=on,wait=off');
for my $round (1 .. 3) {
	my $s = IO::Socket::UNIX->new(Peer => 'ser');
	ok(echoes($s, "hello$round"), "a Unix socket, client $round");
	my $other = IO::Socket::UNIX->new(Peer => 'ser');
	close $other if $other;
	close $s;
}
fine($m, 'Unix sockets come and go');

$m = machine('-serial', 'tcp:127.0.0.1:0,server=on,wait=off');
fine($m, 'a TCP server');

my $peer = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 1);
$m = machine('-serial', 'tcp:127.0.0.1:' . $peer->sockport);
my $there = $peer->accept;
ok(echoes($there, 'tcp'), 'a TCP client');
close $there;
fine($m, 'whose server goes');

POSIX::mkfifo($_, 0600) for 'pipe.in', 'pipe.out';
open my $pin, '+<', 'pipe.in' or die;
open my $pout, '+<', 'pipe.out' or die;
$m = machine('-serial', 'pipe:pipe');
syswrite $pin, 'piped';
ok(defined until_match($pout, qr/piped/), 'named pipes');
fine($m, 'and their end');

$m = machine('-serial', 'file:log', '-serial', 'null');
fine($m, 'a file');
$m = machine('-serial', 'pty');
my ($pty) = slurp($m->{out}) =~ m{(/dev/pts/\d+)};
if ($pty && open my $t, '+<', $pty) {
	system("stty raw -echo <$pty 2>/dev/null");
	ok(echoes($t, 'pty'), 'a pseudo-terminal');
	close $t;
	open $t, '+<', $pty and ok(echoes($t, 'again'), 'opened again');
	close $t if $t;
} else {
	ok(1, 'a pseudo-terminal # SKIP none was named') for 1 .. 2;
}
fine($m, 'and closed');

# --- networks ---

$m = machine('-nic', 'stream,addr.type=unix,addr.path=net,server=on');
for (1 .. 2) {
	my $s = IO::Socket::UNIX->new(Peer => 'net');
	ok($s && syswrite($s, pack('N', 60) . "\xff" x 60), "a network stream's client $_");
	ask($m, 'info network');
	close $s if $s;
}
fine($m, 'a network server');

my $net = IO::Socket::UNIX->new(Local => 'netserver', Listen => 2);
$m = machine('-nic', 'stream,addr.type=unix,addr.path=netserver,reconnect-ms=50');
my $c = $net->accept;
ok($c, 'a network client');
close $c;
$c = IO::Select->new($net)->can_read(60) && $net->accept;
ok($c && syswrite($c, pack('N', 60) . "\xff" x 60), 'which comes back');
ask($m, 'info network');
close $c if $c;
close $net;
unlink 'netserver';
ask($m, 'info network');
sleep 0.3;
fine($m, 'and tries on where nobody is');

my $dump = machine('-nic', 'stream,addr.type=unix,addr.path=net2,server=on,id=x', '-object', 'filter-dump,id=d,netdev=x,file=pcap');
my $ds = IO::Socket::UNIX->new(Peer => 'net2');
syswrite $ds, pack('N', 60) . "\xff" x 60 if $ds;
fine($dump, 'a record of a network');

# --- the monitor, files, signals ---

$m = machine('-serial', 'null', '-snap', 'a.snap', '-nvram', 'nv', '-hda', 'disk', '-D', 'log2', '-d', 'int', '-stats', '-save-on-exit', '-m', '256');
for my $command ('info', 'info registers', 'info mtree', 'x /8i 0x4000', 'savevm', 'savevm b.snap', 'loadvm b.snap', 'screendump shot.png',
	'log exec', 'log none', 'gdbserver unix:gdb', 'gdbserver none', 'sendkey stop-a', 'stop', 'cont', 'system_reset', 'screendump /no/where', 'nonsense') {
	ok(defined ask($m, $command), "monitor: $command") or last;
}
for my $sig (qw(USR1 USR2 USR1 USR2 WINCH)) {
	kill $sig, $m->{pid};
	sleep 0.1;
	ok(defined ask($m, 'info status'), "SIG$sig");
}
kill 'STOP', $m->{pid};
kill 'CONT', $m->{pid};
ok(defined ask($m, 'info status'), 'stopped and continued');
fine($m, 'all of that');

$m = machine('-serial', 'null', '-gdb', 'unix:gdb2');
for (1 .. 2) {
	my $g = IO::Socket::UNIX->new(Peer => 'gdb2');
	ok($g && syswrite($g, '$?#3f') && defined until_match($g, qr/\$[ST]/), "gdb $_");
	close $g if $g;
}
fine($m, 'gdb comes and goes');

# --- whole runs, with what is written at their end ---

sub whole
{
	my ($what, $want, @args) = @_;
	my $out = `timeout 120 $vonk -sandbox on -nographic @args 2>&1 </dev/null`;
	# 124 is a limit's, and that of timeout(1).
	ok($? >> 8 == $want && !($? & 127), $what) or print "# status $?\n", $out =~ s/^/# /gmr;
}

whole('-record', 124, '-record r.rec -limit insns=3000000 spin');
whole('-replay', 124, '-replay r.rec');
whole('-save-at', 124, '-save-at insns=1000 -snap c.snap -limit insns=100000 spin');
whole('-restore', 124, '-restore c.snap -limit insns=100000 -stats');
whole('-restore, verified less', 124, '-restore c.snap,verify=header -limit insns=100000');
whole('-trace, -cov, -stats', 124, '-trace t -cov c -stats -limit insns=20000 spin');
whole('the demonstration', 0, '');
whole('gigabytes', 124, '-M SS-20 -m 512 -snap d.snap -save-at insns=100 -limit insns=1000 spin');
whole('the host\'s clock', 124, '-clock host -limit time=0.2 spin');
whole('real pace', 124, '-pace real -limit time=0.2 spin');

# Much to sort, as coverage of large programs is: the C library then asks how much memory there is.
my $cross = $ENV{GUEST_CROSS} // 'sparc64-linux-gnu-';
if (system("command -v ${cross}gcc >/dev/null 2>&1")) {
	ok(1, 'a large program\'s coverage # SKIP no SPARC cross compiler');
} else {
	spew('big.c', "volatile int x;\nvoid start(void)\n{\n" . join('', map { "\tx = $_;\n" } 1 .. 500) .
		"\t__asm__ volatile(\"mov 1, %g1; mov 0, %o0; ta 0\");\n}\n");
	system("${cross}gcc -m32 -mcpu=v8 -O0 -g -fno-pie -no-pie -nostdlib -static -ffreestanding -Wl,-Ttext=0x4000,-estart,--build-id=none -o big.elf big.c 2>cc") == 0
		or die slurp('cc');
	whole('a large program\'s coverage', 0, '-cov big big.elf');
	ok(scalar(() = slurp('big.info') =~ /^DA:/mg) >= 500, 'which is complete');
}
done();
