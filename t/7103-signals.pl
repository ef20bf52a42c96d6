#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Signals (faults C1 to C5, C7): one at a time, in storms, mixed, while the machine idles, spins with traps off,
# hammers registers, copies by DMA or stands still; at the end; and inherited in odd states.
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Temp qw(tempdir);
use POSIX qw(:sys_wait_h :signal_h);
use Time::HiRes qw(time sleep usleep);

chdir(($0 =~ s|[^/]*$||r) . './..') or die;
use lib '.';
require './t/expect.pl';
my $vonk = abs_path($ENV{VONK} // './vonk');
my $tier = $ENV{VONK_FULL} ? 2 : $ENV{VONK_FAULTS} // 0;
my $seed = $ENV{VONK_SEED} // ($tier == 2 ? time : 1);
srand($seed);
my $tmp = tempdir(CLEANUP => 1);
chdir $tmp or die;
# Whoever starts this in the background has the shell ignore these, which vonk would go on with.
$SIG{$_} = 'DEFAULT' for qw(INT QUIT HUP);
my ($count, $failed) = (0, 0);

sub check
{
	my ($good, $what) = @_;

	$count++;
	$failed++ if !$good;
	return ok($good, $what);
}

sub by_tier { return $_[$tier] }

# A program of SPARC instructions at 0x4000, as a raw image with a vector of branches to it.
sub program
{
	my ($name, @words) = @_;
	open my $f, '>:raw', $name or die;
	print $f pack 'N*', @words;
	close $f;
	return $name;
}

# %psr with traps off is how a machine starts.
my $spin = program('spin', 0x10800000, 0x01000000);	# ba .; nop
# sethi %hi(0x71d00000), %g1; or %g1, 0, %g1; 1: lda [%g1] 0x20, %g2; ba 1b; nop: an access of a chip in every
# fourth instruction.
my $mmio = program('mmio', 0x031c7400, 0x01000000, 0xc4804400, 0x10bfffff, 0x01000000);

# The lines of stderr; what was counted once is not looked at again.
my ($err_at, @err_lines, %counted);

# A machine: %o{args}; its stderr goes to a file.
sub begin
{
	my (%o) = @_;

	unlink 'err';
	($err_at, @err_lines, %counted) = (0);
	my $pid = fork // die;
	if (!$pid) {
		$o{before}->() if $o{before};
		if (!$o{keep}) {
			open STDIN, '<', '/dev/null';
			open STDOUT, '>', 'out';
			open STDERR, '>>', 'err';
		}
		exec $vonk, '-vga', 'none', '-m', 4, '-snap', 'x.snap', @{ $o{args} } or POSIX::_exit(127);
	}
	# Ready once the last of the handlers is there.
	for (1 .. 60000) {
		my ($caught) = slurp("/proc/$pid/status") =~ /^SigCgt:\s*([0-9a-f]+)/m;

		last if $caught && hex(substr $caught, -8) & 1 << SIGCONT - 1;
		usleep(1000);
	}
	return $pid;
}

sub read_err
{
	open my $f, '<', 'err' or return;
	seek $f, $err_at, 0;
	while (my $line = <$f>) {
		last if $line !~ /\n\z/;
		$err_at += length $line;
		push @err_lines, $line;
	}
}

# Wait until stderr has so many lines like this, or the machine has ended.
sub lines
{
	my ($n, $re, $pid) = @_;
	my $end = time + 60;
	my $c = $counted{$re} //= { next => 0, have => 0 };

	while (1) {
		read_err();
		$c->{have} += $err_lines[$c->{next}++] =~ $re while $c->{next} < @err_lines;
		return $c->{have} if $c->{have} >= $n || time > $end;
		return $c->{have} if $pid && waitpid($pid, WNOHANG) == $pid;
		usleep(500);
	}
}

sub end
{
	my ($pid) = @_;

	kill 'TERM', $pid;
	return wait_for($pid);
}

sub wait_for
{
	my ($pid) = @_;
	my $end = time + 60;

	while (time < $end) {
		return $? if waitpid($pid, WNOHANG) == $pid;
		usleep(500);
	}
	kill 'KILL', $pid;
	waitpid $pid, 0;
	return -1;
}

sub good { return system("'$vonk' snap check $_[0] >check.out 2>&1") == 0 }

my $saved = qr/^vonk: saved x\.snap \(\d+ bytes/m;
my @idle = ('-append', '', '-serial', 'null', '-pace', 'real');

# --- C1: one at a time ---
{
	my $n = by_tier(20, 200, 10000);
	my $pid = begin(args => [@idle]);
	my $bad = 0;

	for my $i (1 .. $n) {
		usleep(rand 3000);
		unlink 'x.snap';
		kill 'USR1', $pid;
		if (lines($i, $saved) != $i || !-e 'x.snap') {
			$bad++;
			last;
		}
	}
	check(!$bad, "C1: $n signals, each makes one new snapshot");
	check(end($pid) == 0 && good('x.snap'), 'the last one is good');
}

# --- C2: a storm ---
{
	my $seconds = by_tier(1, 5, 60);
	my $pid = begin(args => ['-append', 'selftest', '-serial', 'null', $spin]);
	my ($sent, $most, $end) = (0, 0, time + $seconds);

	while (time < $end) {
		for (1 .. 100) {
			kill 'USR1', $pid;
			$sent++;
		}
		usleep(10000);
		my $children = () = slurp("/proc/$pid/task/$pid/children") =~ /\d+/g;
		$most = $children if $children > $most;
	}
	kill 'STOP', $pid;
	# The save that goes on ends, but the machine does not know it yet.
	for (1 .. 3000) {
		my @alive = grep { slurp("/proc/$_/stat") !~ /\) Z / } slurp("/proc/$pid/task/$pid/children") =~ /\d+/g;

		last if !@alive;
		usleep(10000);
	}
	unlink 'x.snap';
	kill 'USR1', $pid;
	kill 'CONT', $pid;
	for (1 .. 3000) {
		last if -e 'x.snap';
		usleep(10000);
	}
	check(-e 'x.snap', "C2: $sent signals in $seconds s, and one more: there is a save after it");
	check($most <= 1, "never more than one at a time ($most)");
	kill 'USR1', $pid;
	usleep(100000);
	check(end($pid) == 0 && good('x.snap') && !-e 'x.snap.new', 'the last snapshot is good, nothing else is left');
	my $saves = () = slurp('err') =~ /$saved/gm;
	print "# $saves saves\n";
}

# One that comes while a save goes on, which is made to stand still.
{
	my $pid = begin(args => [@idle]);
	my ($saves, $saver) = (0);

	for (1 .. 50) {
		kill 'USR1', $pid;
		$saves++;
		for (1 .. 20000) {
			($saver) = slurp("/proc/$pid/task/$pid/children") =~ /(\d+)/;
			last if $saver;
			usleep(100);
		}
		kill 'STOP', $saver if $saver;
		usleep(20000);
		last if $saver && slurp("/proc/$saver/stat") =~ /\) T /;
		lines($saves, $saved);
	}
	kill 'USR1', $pid;
	usleep(200000);
	kill 'CONT', $saver if $saver;
	check(lines($saves + 1, $saved) == $saves + 1, 'C2: a signal during a save: another save follows');
	end($pid);
}

# --- C3: all kinds of them ---
{
	my $n = by_tier(15, 100, 10000);
	my %end = (TERM => 0, INT => 0, HUP => 0, QUIT => SIGQUIT, ALRM => SIGALRM, XCPU => 24);
	my @kinds = (qw(USR1 USR1 USR1 USR2 PIPE CHLD WINCH XFSZ CONT), keys %end);
	my $bad = 0;
	my $old;

	for my $i (1 .. $n) {
		my $p = Expect->start(args => ['sh', '-c', "exec '$vonk' -vga none -m 4 -snap y.snap -nographic -append '' 2>err2"],
			pty => 1, keep => 1);
		my @sent;

		unlink 'y.snap.new';
		if (!defined $p->until(qr/\S/, 30)) {
			print "# no console\n";
			$bad++;
			next;
		}
		my $expect;
		for (1 .. 2 + int rand 6) {
			my $kind = $kinds[rand @kinds];

			kill $kind, $p->{pid};
			push @sent, $kind;
			# A signal that ends it at once, or the first and the second that stop it.
			last if exists $end{$kind} && $end{$kind};
			usleep(rand 4000) if rand() < 0.7;
		}
		kill 'TERM', $p->{pid} if !grep { exists $end{$_} } @sent;
		my $status = $p->finish(20);
		my $stops = grep { /^(TERM|INT|HUP)$/ } @sent;
		my ($fatal) = grep { $end{$_} } @sent;
		# Once it has begun to stop, a second one ends it with 128 + its number.
		my %may = (0 => 1);
		%may = map { $_ => 1 } 0, 128 + SIGTERM, 128 + SIGINT, 128 + SIGHUP if $stops > 1;
		$may{ 128 + $end{$fatal} } = 1 if $fatal;
		delete $may{0} if $fatal && !$stops;
		my $whole = !-e 'y.snap' || good('y.snap');
		my $modes = Expect::modes($p->{slave}) eq $p->{modes};
		if (!defined $status || !$may{$status} || !$whole || !$modes) {
			$bad++;
			print "# @sent: status ", $status // 'none', ', the snapshot is ', $whole ? '' : 'not ', 'whole, the terminal is ',
				$modes ? '' : 'not ', "what it was\n";
		}
	}
	check(!$bad, "C3: $n random mixes of signals: an expected end, a whole snapshot, the terminal as it was");
}

# --- C4: whatever the machine does ---
{
	my %doing = (
		'it idles' => [@idle],
		'it spins with traps off' => ['-serial', 'null', $spin],
		'it hammers a chip' => ['-serial', 'null', $mmio],
		'it tests itself' => ['-serial', 'null', '-append', 'selftest'],
		'it stands still' => ['-serial', 'null', '-S', '-append', 'selftest'],
	);
	my $n = by_tier(3, 10, 10000);

	for my $what (sort keys %doing) {
		my ($bad, @took) = (0);
		my $pid = begin(args => $doing{$what});

		for my $i (1 .. $n) {
			my $start = time;

			kill 'USR1', $pid;
			# What has finished by itself is started again.
			if (lines($i - $bad, $saved, $pid) < $i - $bad || !kill(0, $pid)) {
				if ($what ne 'it tests itself') {
					$bad++;
					print "# at save $i: $_\n" for split /\n/, slurp('err');
					last;
				}
				$pid = begin(args => $doing{$what});
				last;
			}
			push @took, time - $start;
		}
		@took = sort { $a <=> $b } @took;
		my $ended = end($pid);
		check(!$bad && $ended >= 0, "C4: $what: $n saves");
		printf "# from the signal to the line: median %.1f ms, longest %.1f ms\n", 1000 * $took[@took / 2],
			1000 * $took[-1] if @took;
	}
}

# --- C5: the end during a save ---
{
	my $n = by_tier(6, 20, 1000);
	my ($bad, $once, $twice) = (0, 0, 0);

	for my $i (1 .. $n) {
		my $pid = begin(args => [@idle, $i & 1 ? '-save-on-exit' : ()]);

		unlink 'x.snap';
		kill 'USR1', $pid;
		usleep(rand 2000) if $i & 2;
		kill 'TERM', $pid;
		if ($i & 4) {
			usleep(rand 3000);
			kill 'TERM', $pid;
		}
		my $status = wait_for($pid);
		my $whole = !-e 'x.snap' || good('x.snap');
		if ($status == 0) {
			# Then what was asked for was done.
			$bad++ if !-e 'x.snap' || !$whole;
			$once++;
		} elsif ($status == (128 + SIGTERM) << 8 && $i & 4) {
			$bad++ if !$whole;
			$twice++;
		} else {
			print "# status $status\n";
			$bad++;
		}
		# A saver that is on its own may still be at work.
		sleep 0.05 if $status;
	}
	check(!$bad, "C5: SIGTERM during $n saves: $once were completed, $twice ended by a second one");
}

# --- C7: what a parent may leave behind ---
sub with
{
	my ($what, $before, $check, @more) = @_;
	unlink 'x.snap';
	my $pid = begin(args => [@idle, @more], before => $before);
	my $text = $check->($pid);

	kill 'TERM', $pid;
	my $status = wait_for($pid);
	check(!$text && $status == 0, "C7: $what" . ($text ? " ($text)" : $status ? " (status $status)" : ''));
}

sub saves
{
	my ($pid) = @_;

	kill 'USR1', $pid;
	return lines(1, $saved, $pid) == 1 ? '' : 'no save';
}

with('all signals blocked', sub { sigprocmask(SIG_BLOCK, POSIX::SigSet->new(1 .. 31)) }, \&saves);
with('all signals ignored', sub { $SIG{$_} = 'IGNORE' for qw(USR1 USR2 TERM HUP INT CHLD PIPE XFSZ TSTP CONT QUIT ALRM) },
	\&saves);
with('an ignored SIGHUP stays ignored', sub { $SIG{HUP} = 'IGNORE' }, sub {
	kill 'HUP', $_[0];
	usleep(50000);
	return saves($_[0]);
});
with('an ignored SIGQUIT too', sub { $SIG{QUIT} = 'IGNORE' }, sub {
	kill 'QUIT', $_[0];
	usleep(50000);
	return saves($_[0]);
});
with('no terminal at all', sub { POSIX::setsid() }, \&saves);
{
	# The end of a command counts even then.
	my $pid = begin(args => ['-append', '', '-serial', 'null', '-pace', 'real', '-snap', '|exit 3'],
		before => sub { $SIG{CHLD} = 'IGNORE' });

	kill 'USR1', $pid;
	check(lines(1, qr/^vonk: not saved: \|exit 3: /m, $pid) == 1, 'C7: a command that fails, with SIGCHLD ignored');
	end($pid);
}
for my $closed ([0], [1], [2], [0, 1, 2]) {
	# No file gets their numbers: an image stays what it was.
	my $image = 'image' x 2000 . "\n";
	open my $f, '>', 'disk.img' or die;
	print $f $image;
	close $f;
	unlink 'x.snap';
	my $pid = fork // die;
	if (!$pid) {
		open STDIN, '<', '/dev/null';
		open STDOUT, '>', 'out';
		open STDERR, '>', 'err';
		POSIX::close($_) for @$closed;
		exec $vonk, qw(-vga none -m 4 -append selftest -snap x.snap -hda disk.img -save-at insns=1000 -limit insns=2000
			-stats -serial), "@$closed" eq '0' || "@$closed" eq '2' ? 'stdio' : 'null' or POSIX::_exit(127);
	}
	my $status = wait_for($pid);
	check($status == 124 << 8 && slurp('disk.img') eq $image && good('x.snap'),
		"C7: descriptors @$closed closed: no harm to the image or the snapshot (status $status)");
}

print "# again: VONK_SEED=$seed ", $tier ? "VONK_FAULTS=$tier " : '', "perl t/7103-signals.pl\n" if $failed;
print "1..$count\n";
exit($failed ? 1 : 0);
