#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# A terminal is told how far saving and restoring have come when they take more than a second; a file and a pipe are not.
# What makes them slow is the other end of a pipe; with VONK_FAULTS=1 (make test) or VONK_ALL=1 a large base image as well.
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Temp qw(tempdir);

chdir(($0 =~ s|[^/]*$||r) . './..') or die;
require './t/expect.pl';
my $vonk = abs_path($ENV{VONK} // './vonk');
my $dir = tempdir(CLEANUP => 1);
my $secs = 240;
chdir($dir) or die;

# A shell's command on a terminal: its status, and what came.
sub on_terminal
{
	my ($command) = @_;
	my $p = Expect->start(args => ['sh', '-c', $command], pty => 1);

	return ($p->finish($secs) // 'none', $p->all);
}

# The loop stores to 1 MiB of memory what does not deflate: the snapshot is larger than what a pipe takes in.
my @code = (
	0x05000000 | 0x100000 >> 10, # sethi %hi(0x100000), %g2
	0x07000000 | 0x200000 >> 10, # sethi %hi(0x200000), %g3
	0x09000000 | 0x15a4e35 >> 10, 0x88112001 | 0x235, # %g4, a factor
	0x8a102001, # mov 1, %g5
	0x8a594004, # smul %g5, %g4, %g5
	0x8a016001, # inc %g5
	0xca208000, # st %g5, [%g2]
	0x8400a004, # add %g2, 4, %g2
	0x80a08003, # cmp %g2, %g3
	0x0abffffb, # blu: the multiplication
	0x01000000, 0x10800000, 0x01000000); # nop; ba itself; nop
spew('loop', pack('N*', @code));
my $run = "$vonk -nographic -limit insns=3000000 loop";

my ($st, $all) = on_terminal("$run -save-at insns=2500000 -snap quick.snap");
is($st, 124, 'a quick save');
ok(-s 'quick.snap' > 300000, 'what it saves fills more than a pipe');
my $slow = "$run -save-at insns=2500000 -snap '|sleep 1.3; cat >slow.snap'";
($st, $all) = on_terminal($slow);
is($st, 124, 'a slow save');
like($all, qr/^vonk: saving \|sleep.*: (?:memory )?\d+ % of \d+ KiB\n(?s:.*)^vonk: saved \|/m, 'tells how far it is');
($st, $all) = on_terminal("$slow 2>told; cat told");
is($st, 0, 'the same with a file for stderr');
is($all =~ s/^vonk: saved .*\n//mr, '', 'which is told only that it is done');

my $from = "{ head -c 300000 quick.snap; sleep 1.3; tail -c +300001 quick.snap; } | $vonk -restore - -limit insns=2600000";
($st, $all) = on_terminal($from);
is($st, 124, 'a restore from a slow pipe');
like($all, qr/vonk: reading standard input: \d+ KiB\033\[K(?s:.*)\033\[Kvonk: restored standard input /,
	'tells how much has come, in a line that goes away');
($st, $all) = on_terminal("{ $from; } 2>told; cat told");
is($all =~ s/^vonk: restored .*\n//mr, '', 'a file is told only that it is done');

if ($ENV{VONK_FAULTS} || $ENV{VONK_ALL}) {
	spew('base', '');
	truncate('base', 4 << 30) or die;
	($st, $all) = on_terminal("$run -drive file=base,overlay=changes -save-at insns=2500000 -snap big.snap");
	is($st, 124, 'a save over a base of 4 GiB');
	like($all, qr/^vonk: saving big\.snap: base \d+ % of 4096 MiB\n/m, 'tells of its digest');
	($st, $all) = on_terminal("$vonk -restore big.snap -limit insns=2600000");
	is($st, 124, 'and a restore');
	like($all, qr/vonk: reading big\.snap: base \d+ % of 4096 MiB\033\[K/, 'does, too');
} else {
	ok(1, 'a large base # SKIP VONK_FAULTS=1 makes one');
}
done();
