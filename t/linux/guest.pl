# SPDX-License-Identifier: MIT
# What the tests of t/60*-linux-*.pl share: run a guest of t/linux/build, and look at its console.
use strict;
use warnings;
use File::Copy qw(copy);
use File::Temp qw(tempdir);
use POSIX qw(_exit);
use Storable qw(store retrieve);
use Test::More;

our $vonk = $ENV{VONK} // './vonk';
our $rom = 'openbios-sparc32';
our $real_time = 600; # seconds that a run may take
our $tmp = tempdir(CLEANUP => 1);
our $guest = `t/linux/build --where 2>/dev/null`;
chomp $guest;

sub need_guest {
	plan skip_all => 'the Linux guests are not built: make guests' if !$guest;
	plan skip_all => "no $rom (Debian: openbios-sparc)"
		if !grep { -f "$_/$rom" } '/usr/share/qemu', '/usr/share/openbios';
}

# A private copy of one of the guest's images.
sub image {
	my $name = shift;
	my $copy = "$tmp/$$-" . ++$main::images . "-$name";
	copy("$guest/$name", $copy) or die "$copy: $!";
	return $copy;
}

# Boot by OpenBIOS with these words on the kernel's command line and these options; the console, the
# exit status and what was said on stderr. Virtual time is bounded, and so is real time.
sub boot {
	my ($board, $words, @options) = @_;
	return boot_by('-bios', $rom)->($board, $words, @options);
}

# The same by the machine's own PROM.
sub boot_prom {
	return boot_by()->(@_);
}

my $runs = 0;

sub boot_by {
	my @prom = @_;
	return sub {
		my ($board, $words, @options) = @_;
		my ($out, $err) = map { "$tmp/$_-$$-" . ++$runs } 'console', 'stderr';
		my $pid = fork // die "fork: $!";
		if (!$pid) {
			open STDIN, '<', '/dev/null';
			open STDOUT, '>', $out;
			open STDERR, '>', $err;
			exec 'timeout', $real_time, $vonk, '-M', $board, '-nographic', '-m', 64, @prom,
				'-kernel', "$guest/image", '-initrd', "$guest/initrd.gz", '-append',
				"console=ttyS0 panic=1 $words", '-no-reboot', '-stats', '-limit', 'time=300',
				@options;
			die;
		}
		waitpid $pid, 0;
		my %run = (status => $? & 127 ? -($? & 127) : $? >> 8);
		for (['console', $out], ['stderr', $err]) {
			$run{$_->[0]} = slurp($_->[1]) =~ s/\r//gr;
		}
		($run{hash}) = $run{stderr} =~ /"state_hash": "([0-9a-f]+)"/;
		return \%run;
	};
}

sub slurp {
	my ($file, $offset, $size) = @_;
	open my $f, '<:raw', $file or die "$file: $!";
	seek $f, $offset // 0, 0;
	read($f, my $bytes, $size // -s $f) // die "$file: $!";
	return $bytes;
}

# What these functions return, each in a process of its own, at once.
sub side_by_side {
	my @jobs = map {
		my $job = $_;
		my $file = "$tmp/job-" . ++$runs;
		my $pid = fork // die "fork: $!";
		if (!$pid) {
			$runs += 1000;
			store($job->(), $file);
			_exit(0);
		}
		[$pid, $file];
	} @_;
	return map { waitpid $_->[0], 0; retrieve($_->[1]) } @jobs;
}

# The guest ran these tests, all is well, and it powered off.
sub all_well {
	my ($run, @tests) = @_;
	for my $t (@tests) {
		like($run->{console}, qr/^vonk-test \Q$t\E: 0$/m, "  $t")
			or diag(join "\n", grep { /not ok|FAIL|\Q$t\E/ } split /\n/, $run->{console});
	}
	like($run->{console}, qr/^vonk-done 0$/m, '  all of them');
	unlike($run->{console}, qr/Oops|BUG:|WARNING:|Kernel panic|Unable to handle/,
		'  the kernel has nothing to complain about');
	is($run->{status}, 0, '  it powered off') or diag($run->{stderr});
}

1;
