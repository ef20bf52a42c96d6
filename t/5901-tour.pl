#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# The commands of README.md and of the pages in tools/doc do what stands there. Each ```console block is a dialogue
# and is held, in the order of the page, in one shell and one empty directory from which the tree is seen:
#
#	$ COMMAND		goes to the shell; a here-document's lines and those after a \ belong to it
#	0 > TEXT		is typed once the guest has shown that prompt; so with each of @prompts
#	(Ctrl-A x)		a key, after a prompt or alone
#	...			what comes here differs: alone on a line, any lines; within a line, any text
#	anything else		is what comes, line by line
#
# There is no other machine: ssh runs the command here, and sleep waits until programs take signals. Blocks without "console" are not commands to be
# tried, or stand in %elsewhere. What lacks its tools is skipped, with what builds on it.
use strict;
use warnings;
use Cwd qw(abs_path getcwd);
use File::Temp qw(tempdir);

chdir(($0 =~ s|[^/]*$||r) . './..') or die;
require './t/expect.pl';

$| = 1;
my $secs = $ENV{TOUR_SECONDS} // 300; # that one answer may take
my $vonk = abs_path($ENV{VONK} // './vonk');
my @prompts = ('0 > ', 'vonk# ', 'vonk> ', '(vonk) ');
my @pages = ('README.md', sort glob('tools/doc/*.md'));
$ENV{O} //= 'obj';
delete @ENV{qw(MAKEFLAGS MFLAGS MAKELEVEL)};

sub has { my ($c) = @_; return scalar grep { -x "$_/$c" } split /:/, $ENV{PATH} }

chomp(my $guest = `t/linux/build --where 2>/dev/null` // '');
# What a command with that text in it has need of.
my @needs = (
	[qr/openbios-sparc32/, 'openbios-sparc32 (Debian: openbios-sparc)',
		-e '/usr/share/qemu/openbios-sparc32' || -e '/usr/share/openbios/openbios-sparc32'],
	[qr/sparc64-linux-gnu-gcc|guest\.mk/, 'sparc64-linux-gnu-gcc', has('sparc64-linux-gnu-gcc')],
	[qr{t/linux/build}, 'the Linux guest: make guests', $guest ne ''],
	[qr/afl-fuzz/, 'afl-fuzz', has('afl-fuzz')],
);

# --- pages ---

# The blocks of a page: each [line number, kind, lines...].
sub blocks
{
	my ($page) = @_;
	my (@all, $in);

	open(my $f, '<', $page) or die "$page: $!\n";
	while (<$f>) {
		chomp;
		if (/^```(\S*)/) {
			if ($in) { push(@all, $in); $in = undef } else { $in = [$., $1] }
		} elsif ($in) {
			push(@$in, $_);
		}
	}
	die "$page: a block has no end\n" if $in;
	return @all;
}

# A dialogue as steps: { prompt, type, lines of output }.
sub steps
{
	my (@lines) = @_;
	my @steps;
	my $any = join('|', map { quotemeta } @prompts);

	while (@lines) {
		my $l = shift(@lines);

		if ($l =~ /^\$ (.*)/) {
			my $c = $1;

			$c .= "\n" . shift(@lines) while $c =~ /\\$/ && @lines;
			if ($c =~ /<<'?(\w+)'?/) {
				my $end = $1;

				do { $c .= "\n" . $lines[0] } while @lines && shift(@lines) ne $end;
			}
			push(@steps, { shell => $c, out => [] });
		} elsif ($l =~ /^($any|)\(Ctrl-A (\S)\)$/) {
			push(@steps, { prompt => $1, type => "\x01$2", out => [], key => 1 });
		} elsif ($l =~ /^($any)(.+)$/) {
			push(@steps, { prompt => $1, type => "$2\r", out => [] });
		} else {
			die "a block begins with output: $l\n" if !@steps;
			push(@{ $steps[-1]{out} }, $l);
		}
	}
	return @steps;
}

# What came has to match this. Blanks at the end of a line do not count.
sub expected
{
	my (@lines) = @_;
	my $re = '';

	for my $l (@lines) {
		$re .= $l eq '...' ? '(?:.*\n)*?' : join('[^\n]*', map { quotemeta } split(/\.\.\./, $l, -1)) . ' *\n';
	}
	return $re;
}

# --- the shell ---

my $prompt = "\x02shell\x03"; # nothing else says that

sub workplace
{
	my $dir = tempdir(CLEANUP => 1);
	my $top = getcwd();

	mkdir($_) or die for "$dir/bin", "$dir/tree";
	symlink("$top/$_", "$dir/tree/$_") for map { s|.*/||r } grep { !m{/vonk$} } glob("$top/*");
	symlink($vonk, "$dir/tree/vonk") or die;
	symlink($vonk, "$dir/bin/vonk") or die;
	open(my $f, '>', "$dir/bin/ssh") or die;
	print $f "#!/bin/sh\nshift\nexec sh -c \"\$*\"\n";
	close($f) or die;
	# After its time a loaded machine may not have come to where the program takes signals.
	open($f, '>', "$dir/bin/sleep") or die;
	print $f <<'END';
#!/bin/sh
/bin/sleep "$@"
for p in $(cat /proc/$PPID/task/$PPID/children); do
	[ $p = $$ ] && continue
	while [ -e /proc/$p ] && ! grep -q '^SigCgt:.*[1-9a-f]' /proc/$p/status; do
		/bin/sleep 0.1
	done
done 2>/dev/null
END
	close($f) or die;
	chmod(0755, "$dir/bin/ssh", "$dir/bin/sleep") == 2 or die;
	return $dir;
}

sub shell
{
	my ($dir) = @_;
	my $loop = "stty -echo; cd '$dir/tree'; PATH='$dir/bin':\$PATH; n=0
		while printf '\\002shell\\003'; IFS= read -r line; do
			n=\$((n + 1)); . '$dir'/command\$n; done";
	my $p = Expect->start(args => ['bash', '-c', $loop], pty => 1);

	return $p;
}

# Text that came since the last step, without the shell's prompts, nor how far work has come, which a terminal is told
# where a loaded machine takes more than a second for it.
sub fresh
{
	my ($p, $from) = @_;

	return substr($p->all, $from) =~ s/\Q$prompt\E//gr =~ s/^vonk: \w+ing .*: \d+ % of \d+ \w+\r?\n//mgr;
}

sub wait_for
{
	my ($p, $what, $tries) = @_;

	for (1 .. $secs * 5) {
		return 1 if $what->();
		last if !$p->{sel}->count;
		$p->pump(0.2);
	}
	return 0;
}

# One block; what did not come, or ''.
sub hold
{
	my ($dir, $p, $count, @steps) = @_;
	my $from = length($p->all);

	for my $i (0 .. $#steps) {
		my $s = $steps[$i];
		my $next = $steps[$i + 1];

		if ($s->{shell}) {
			open(my $f, '>', "$dir/command" . ++$$count) or die;
			print $f $s->{shell}, "\n";
			close($f) or die;
			$from = length($p->all);
			$p->send("\n");
		} else {
			$from = length($p->all);
			$p->send($s->{type});
		}
		# The end of its output: where the next step begins, or at the shell's prompt.
		my $until = $next && !$next->{shell} ? $next->{prompt} : $prompt;
		my $re = expected(@{ $s->{out} });
		my $typed = $s->{shell} || $s->{key} ? '' : quotemeta($s->{type} =~ s/\r//r) . ' *\n?';
		my $come = sub {
			my $at = $until eq '' ? length($p->all) : rindex($p->all, $until);

			return 0 if $at < $from;
			my $text = fresh($p, $from);
			$text =~ s/\Q$until\E$// if $until ne $prompt && $until ne '';
			$text .= "\n" if $text ne '' && $text !~ /\n$/;
			return $text =~ /^(?:$typed)?\n*$re\n*$/;
		};
		wait_for($p, $come) or return ($s->{shell} // "$s->{prompt}$s->{type}") . "\n" . fresh($p, $from) . "\nwants\n"
			. join("\n", @{ $s->{out} }) . "\n";
	}
	return '';
}

# --- the test ---

my %only = map { $_ => 1 } @ARGV;
for my $page (grep { !%only || $only{$_} } @pages) {
	my @blocks = grep { $_->[1] eq 'console' } blocks($page);
	my ($dir, $lacks) = (workplace(), '');
	my $p = shell($dir);
	my $count = 0;
	my %gone; # names of variables whose setting was skipped

	next if !@blocks;
	wait_for($p, sub { $p->all =~ /\Q$prompt\E/ });
	for my $b (@blocks) {
		my ($line, undef, @lines) = @$b;
		my $text = join("\n", @lines);
		my @lacks = map { $_->[1] } grep { $text =~ $_->[0] && !$_->[2] } @needs;

		push(@lacks, map { "\$$_" } grep { $text =~ /\$\{?\Q$_\E\b/ } sort keys %gone);
		if (@lacks) {
			$gone{$_} = 1 for $text =~ /^\$ (\w+)=/mg;
			ok(1, "$page:$line # SKIP it lacks $lacks[0]");
			next;
		}
		my $wrong = hold($dir, $p, \$count, steps(@lines));
		ok($wrong eq '', "$page:$line: " . ($lines[0] =~ s/ *#.*//r));
		if ($wrong ne '') {
			diag($_) for map { substr($_, 0, 200) } grep { defined } (split /\n/, $wrong)[-40 .. -1];
			last;
		}
	}
	$p->signal('HUP');
	$p->close_in;
}
ok(expected('a...z', '...', 'end') eq 'a[^\n]*z *\n(?:.*\n)*?end *\n', 'dots stand for what differs');
done();
