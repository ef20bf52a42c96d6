# SPDX-License-Identifier: MIT
# Dialogues with a program over pipes or a pseudo-terminal, with time-outs; files; and TAP.
#
#	my $p = Expect->start(args => [$cmd, ...], pty => 1);
#	$p->send("1 2 + .\r");
#	my $text = $p->until(qr/ok\n/, 10);	what came, up to and with the match; undef: it did not come
#	my $status = $p->finish(10);		exit status, 128 + signal, or undef: it had to be killed
#
# Carriage returns are dropped from what came. stderr joins stdout, or is kept apart in $p->err
# with err => 1. A program that still runs when its object goes is killed.
package Expect;
use strict;
use warnings;
use Fcntl;
use IO::Select;
use POSIX qw(:sys_wait_h setsid dup2 _exit);
use Time::HiRes qw(time sleep);

use constant { TIOCSPTLCK => 0x40045431, TIOCGPTN => 0x80045430, TIOCSCTTY => 0x540e };

# A pseudo-terminal: its master, and the name of its other end.
sub pty
{
	sysopen(my $master, '/dev/ptmx', O_RDWR | O_NOCTTY) or die "/dev/ptmx: $!\n";
	my ($zero, $n) = (pack('i', 0), pack('i', 0));
	ioctl($master, TIOCSPTLCK, $zero) or die "unlocking a pty: $!\n";
	ioctl($master, TIOCGPTN, $n) or die "the name of a pty: $!\n";
	return ($master, '/dev/pts/' . unpack('i', $n));
}

sub child
{
	my ($o, $in, $out, $err) = @_;

	setsid();
	ioctl($in, TIOCSCTTY, 0) if $o->{pty};
	dup2(fileno($in), 0);
	dup2(fileno($out), 1);
	dup2(fileno($err), 2);
	POSIX::close($_) for 3 .. 63;
	$o->{before}->() if $o->{before};
	{ exec { $o->{args}[0] } @{ $o->{args} } }
	_exit(127);
}

# A terminal's modes as a string, to be compared.
sub modes
{
	my ($tty) = @_;
	my $t = POSIX::Termios->new;

	$t->getattr(fileno($tty)) or return 'none';
	return join(' ', map { sprintf('%x', $_) } $t->getiflag, $t->getoflag, $t->getcflag, $t->getlflag,
		map { $t->getcc($_) } 0 .. POSIX::NCCS() - 1);
}

sub start
{
	my ($class, %o) = @_;
	my ($to, $from, $in, $out, $errs, $err);

	if ($o{pty}) {
		my $name;

		($to, $name) = pty();
		$from = $to;
		sysopen($in, $name, O_RDWR | O_NOCTTY) or die "$name: $!\n";
		$out = $in;
		$o{name} = $name;
		$o{modes} = modes($in); # before the program could change them
	} else {
		pipe($in, $to);
		pipe($from, $out);
	}
	if ($o{err}) {
		pipe($errs, $err);
	} else {
		$err = $out;
	}
	my $pid = fork;
	die "fork: $!\n" unless defined $pid;
	child(\%o, $in, $out, $err) if !$pid;
	my $self = bless { %o, pid => $pid, to => $to, from => $from, errs => $errs,
		buf => '', all => '', raw => 0, stderr => '' }, $class;
	$self->{slave} = $in if $o{pty} && $o{keep}; # its modes can be looked at afterwards
	$self->{sel} = IO::Select->new($from, $errs ? $errs : ());
	$to->blocking(0);
	return $self;
}

# Take what there is, waiting up to so many seconds for the first of it; false: nothing came.
sub pump
{
	my ($self, $wait) = @_;
	my $some = 0;

	return 0 if !$self->{sel}->count;
	for my $fh ($self->{sel}->can_read($wait)) {
		my $n = sysread($fh, my $got, 65536);

		if (!$n) { # a pty whose other end was closed gives EIO
			$self->{sel}->remove($fh);
			next;
		}
		$some = 1;
		if ($self->{errs} && $fh == $self->{errs}) {
			$self->{stderr} .= $got;
			next;
		}
		$self->{raw} += $n;
		$got =~ tr/\r//d unless $self->{binary};
		$self->{all} .= $got;
		$self->{buf} .= $got;
	}
	return $some;
}

# All of it, taking output meanwhile so that nobody waits for the other for ever.
sub send
{
	my ($self, $text, $secs) = @_;
	my $end = time + ($secs // 30);
	my $w = IO::Select->new($self->{to});

	local $SIG{PIPE} = 'IGNORE';
	while (length $text) {
		$self->pump(0);
		return 0 if time > $end;
		next if !$w->can_write(0.05);
		my $n = syswrite($self->{to}, $text, 4096);
		next if !defined $n && $!{EAGAIN};
		return 0 if !$n;
		substr($text, 0, $n) = '';
	}
	return 1;
}

sub until
{
	my ($self, $re, $secs) = @_;
	my $end = time + ($secs // 30);

	for (;;) {
		if ($self->{buf} =~ $re) {
			my $got = substr($self->{buf}, 0, $+[0], '');
			return $got;
		}
		my $left = $end - time;
		return undef if $left <= 0 || !$self->{sel}->count;
		$self->pump($left);
	}
}

# Let it run for so many seconds; returns what came.
sub during
{
	my ($self, $secs) = @_;
	my $end = time + $secs;
	my $left;

	while (($left = $end - time) > 0) {
		$self->{sel}->count ? $self->pump($left) : sleep($left);
	}
	my $got = $self->{buf};
	$self->{buf} = '';
	return $got;
}

# No more input.
sub close_in
{
	my ($self) = @_;

	close($self->{to}) if !$self->{pty};
}

# Nobody reads its output any more.
sub close_out
{
	my ($self) = @_;

	$self->{sel}->remove($self->{from});
	close($self->{from});
}

sub signal
{
	my ($self, $sig) = @_;

	return kill($sig, $self->{pid});
}

sub finish
{
	my ($self, $secs) = @_;
	my $end = time + ($secs // 30);

	for (;;) {
		$self->pump(0.02) || sleep(0.01);
		if (waitpid($self->{pid}, WNOHANG) == $self->{pid}) {
			my $how = $?;

			$self->{done} = 1;
			1 while $self->pump(0.02);
			return WIFEXITED($how) ? WEXITSTATUS($how) : 128 + WTERMSIG($how);
		}
		last if time > $end;
	}
	return undef;
}

# Processor time so far, in seconds, of itself alone.
sub cpu_seconds
{
	my ($self) = @_;

	open(my $f, '<', "/proc/$self->{pid}/stat") or return undef;
	my @f = split ' ', (readline($f) =~ s/.*\) //r);
	return ($f[11] + $f[12]) / POSIX::sysconf(&POSIX::_SC_CLK_TCK);
}

sub err
{
	return $_[0]{stderr};
}

# Everything that came so far.
sub all
{
	return $_[0]{all};
}

sub DESTROY
{
	my ($self) = @_;

	local ($?, $!);
	return if $self->{done} || !$self->{pid};
	kill('KILL', $self->{pid});
	waitpid($self->{pid}, 0);
}

# Files, octet for octet.
package main;

# Empty where it cannot be read.
sub slurp
{
	my ($path) = @_;

	open(my $f, '<:raw', $path) or return '';
	local $/;
	return scalar(<$f>) // '';
}

sub spew
{
	my ($path, $octets) = @_;

	open(my $f, '>:raw', $path) or die "$path: $!\n";
	print $f $octets;
	close($f) or die "$path: $!\n";
}

# TAP.

my ($tap_count, $tap_failed) = (0, 0);

sub ok
{
	my ($pass, $name) = @_;

	printf("%sok %d - %s\n", $pass ? '' : 'not ', ++$tap_count, $name);
	$tap_failed++ if !$pass && $name !~ /# TODO/;
	return $pass;
}

sub diag
{
	my ($text) = @_;

	print "# $_\n" for split /\n/, $text // 'undef';
}

sub is
{
	my ($got, $want, $name) = @_;
	my $same = defined $got && defined $want ? $got eq $want : !defined $got && !defined $want;

	return 1 if ok($same, $name);
	diag('got:');
	diag($got);
	diag('want:');
	diag($want);
	return 0;
}

sub like
{
	my ($got, $re, $name) = @_;

	my $match = defined $got && $got =~ $re;

	return 1 if ok($match, $name);
	diag("does not match $re:");
	diag($got);
	return 0;
}

# Jobs that run side by side and report in order: each returns a list of [sub, arguments...].
sub side_by_side
{
	my ($n, @jobs) = @_;
	my @out;
	my %running;

	$| = 1;
	for my $i (0 .. $#jobs) {
		reap(\%running) while keys %running >= $n;
		pipe(my $r, my $w);
		my $pid = fork;
		if (!$pid) {
			close($r);
			open(STDOUT, '>&', $w);
			$tap_count = $tap_failed = 0;
			$jobs[$i]->();
			close(STDOUT);
			POSIX::_exit($tap_failed ? 1 : 0);
		}
		close($w);
		$running{$pid} = $r;
		$out[$i] = $r;
	}
	for my $r (@out) {
		while (defined(my $line = readline($r))) {
			if ($line =~ /^(not )?ok \d+( .*)/s) {
				my ($not, $rest) = ($1 // '', $2);

				printf("%sok %d%s", $not, ++$tap_count, $rest);
				$tap_failed++ if $not && $rest !~ /# TODO/;
			} else {
				print $line;
			}
		}
	}
	1 while wait > 0;
}

sub reap
{
	my ($running) = @_;
	my $pid = wait;

	delete $running->{$pid};
}

sub skip_all
{
	print "1..0 # SKIP $_[0]\n";
	exit 0;
}

sub done
{
	print "1..$tap_count\n";
	exit($tap_failed ? 1 : 0);
}

1;
