# SPDX-License-Identifier: MIT
# What the tests of t/60*-linux-*.pl share: run a guest of t/linux/build, and look at its console.
use strict;
use warnings;
use File::Copy qw(copy);
use File::Temp qw(tempdir);
use Test::More;

our $vonk = $ENV{VONK} // './vonk';
our $rom = 'openbios-sparc32';
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
	my $copy = "$tmp/" . ++$main::images . "-$name";
	copy("$guest/$name", $copy) or die "$copy: $!";
	return $copy;
}

# Boot with these words on the kernel's command line and these options; the console, the exit
# status and what was said on stderr. Virtual time is bounded, and so is real time.
sub boot {
	my ($board, $words, @options) = @_;
	my ($out, $err) = ("$tmp/console", "$tmp/stderr");
	my $pid = fork // die "fork: $!";
	if (!$pid) {
		open STDIN, '<', '/dev/null';
		open STDOUT, '>', $out;
		open STDERR, '>', $err;
		exec 'timeout', '600', $vonk, '-M', $board, '-nographic', '-m', 64, '-bios', $rom,
			'-kernel', "$guest/image", '-initrd', "$guest/initrd.gz",
			'-append', "console=ttyS0 panic=1 $words", '-no-reboot', '-stats', '-limit',
			'time=300', @options;
		die;
	}
	waitpid $pid, 0;
	my %run = (status => $? & 127 ? -($? & 127) : $? >> 8);
	for (['console', $out], ['stderr', $err]) {
		open my $f, '<:raw', $_->[1] or die "$_->[1]: $!";
		local $/;
		($run{$_->[0]} = <$f> // '') =~ s/\r//g;
	}
	($run{hash}) = $run{stderr} =~ /"state_hash": "([0-9a-f]+)"/;
	return \%run;
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
