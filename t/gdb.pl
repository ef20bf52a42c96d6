# SPDX-License-Identifier: MIT
# Sessions of the real gdb with a vonk, for tests; loaded after t/expect.pl.
#
#	my ($text, $status) = gdb_session([vonk's arguments], 'file.elf' or undef, 'command', ...);
#
# The text is gdb's, with its complaints; the status is vonk's. gdb_skip() is why there can be none.
use strict;
use warnings;
use File::Temp qw(tempdir);
use Time::HiRes qw(sleep);

my $gdb_dir = tempdir(CLEANUP => 1);
my $gdb_nr = 0;
my ($gdb) = grep { -x } map { "$_/gdb-multiarch" } split /:/, $ENV{PATH};

sub gdb_skip { return $gdb ? undef : 'no gdb-multiarch' }

# A bare program built with symbols; undef: there is no compiler.
sub guest_debug
{
	my ($name) = @_;
	my $o = $ENV{O} // 'obj';
	my $cross = $ENV{GUEST_CROSS} // 'sparc64-linux-gnu-';

	return undef if !grep { -x "$_/${cross}gcc" } split /:/, $ENV{PATH};
	mkdir $o;
	system('flock', "$o/.guest-lock", 'make', '-s', '-f', 't/guest/guest.mk', "O=$o", 'guest-debug') == 0 or return undef;
	return "$o/guest/debug/$name.elf";
}

# Where the next session's vonk is.
sub gdb_path { return "$gdb_dir/gdb$gdb_nr" }

sub gdb_session
{
	my ($args, $elf, @do) = @_;
	my $path = gdb_path();
	my $p = Expect->start(args => [$ENV{VONK} // './vonk', '-gdb', "unix:$path", '-S', @$args]);
	my $end = time + 20;

	$gdb_nr++;
	sleep(0.02) until -e $path || time > $end;
	open(my $pipe, '-|', 'sh', '-c', 'exec timeout 120 "$@" 2>&1 </dev/null', 'sh', $gdb, '-nx', '-batch',
		map({ ('-ex', $_) } 'set confirm off', 'set pagination off', 'set width 0', 'set style enabled off',
			'set debuginfod enabled off', $elf ? () : ('set architecture sparc', 'set endian big'),
			"target remote $path", @do), $elf ? $elf : ()) or die;
	my $text = do { local $/; <$pipe> };
	close($pipe);
	return ($text, $p->finish(30), $p);
}

1;
