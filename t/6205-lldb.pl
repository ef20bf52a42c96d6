#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# The real LLDB, as far as it goes with SPARC (tools/doc/debugging.md): registers by their names, breakpoints, steps
# through a delay slot, bytes of memory, kill.
use strict;
use warnings;
use File::Temp qw(tempdir);
use Time::HiRes qw(sleep);

chdir(($0 =~ s|[^/]*$||r) . './..') or die;
require './t/expect.pl';

my $vonk = $ENV{VONK} // './vonk';
my $dir = tempdir(CLEANUP => 1);
my ($lldb) = grep { -x } map { "$_/lldb" } split /:/, $ENV{PATH};
skip_all('no lldb') if !$lldb;

my @words = (
	0x03140014, # 4000 sethi %hi(0x50005000), %g1
	0x82106050, # 4004 or %g1, 0x50, %g1: 0x50005050
	0x10800003, # 4008 ba 4014
	0x8410a007, # 400c or %g2, 7, %g2: in the delay slot
	0x00000000, # 4010
	0x86103fff, # 4014 mov -1, %g3
	0x10800000, # 4018 ba 4018
	0x01000000,
);
spew("$dir/image", pack('N*', @words));

my $p = Expect->start(args => [$vonk, '-serial', 'null', '-vga', 'none', '-m', '16', '-gdb', "unix:$dir/s", '-S', "$dir/image"]);
my $end = time + 20;
sleep(0.02) until -e "$dir/s" || time > $end;
my @do = ('settings set target.default-arch powerpc', "process connect unix-connect://$dir/s", 'register read pc npc psr wim mmu_ctrl',
	'breakpoint set -a 0x400c', 'continue', 'register read pc npc g1', 'disassemble -s 0x4000 -c 2', 'thread step-inst',
	'register read pc g2', 'memory read -f x -s 1 -c 4 0x4004', 'process plugin packet send qRcmd,696e666f20737461747573',
	'thread list', 'kill');
open(my $pipe, '-|', 'sh', '-c', 'exec timeout 120 "$@" 2>&1 </dev/null', 'sh', $lldb, '--no-lldbinit', '--no-use-colors', '-b',
	map { ('-o', $_) } @do) or die;
my $text = do { local $/; <$pipe> };
close($pipe);

like($text, qr/^ +pc = 0x00004000\n +npc = 0x00004004\n +psr = 0x040000c0\n +wim = 0x00000002\n/m, 'LLDB: registers by their names') or
	diag($text);
like($text, qr/stop reason = breakpoint 1\.1.*^ +pc = 0x0000400c\n +npc = 0x00004014\n +g1 = 0x50005050\n/ms, 'a breakpoint in a delay slot');
like($text, qr/0x4000: sethi .*%g1.*\n.*0x4004: or +%g1, 80, %g1/, 'what it disassembles');
like($text, qr/instruction step.*^ +pc = 0x00004014\n +g2 = 0x00000007\n/ms, 'a step out of it');
like($text, qr/^0x00004004: 0x82 0x10 0x60 0x50$/m, 'bytes of memory');
like($text, qr/thread #1: tid = 0x0001/, 'threads');
is($p->finish(30), 0, 'kill');
done();
