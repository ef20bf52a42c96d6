#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# The commands of tools/doc/debugging.md do what it says, and the past has its ends.
use strict;
use warnings;

chdir(($0 =~ s|[^/]*$||r) . './..') or die;
require './t/expect.pl';
require './t/gdb.pl';

my $elf = gdb_skip() ? undef : guest_debug('corrupt');
if (!$elf) {
	print '1..0 # SKIP ', gdb_skip() // 'no SPARC cross compiler', "\n";
	exit 0;
}

my (@do, $in);
open(my $page, '<', 'tools/doc/debugging.md') or die;
while (<$page>) {
	chomp;
	if (/^```/) { $in = $_ eq '```gdb'; next }
	push(@do, $_) if $in && !/^target remote/;
}
is(scalar(@do) > 15, 1, 'the page has commands');

my @machine = ('-serial', 'null', '-vga', 'none', $elf);
my ($text, $status) = gdb_session(\@machine, $elf, @do);
like($text, qr/Breakpoint 1, fail .*\n#2 .* in main/s, 'it fails');
like($text, qr/limit = 892731524/, '  as the page says');
like($text, qr/Hardware watchpoint 2: -location c->limit\s+Old value = 892731524\nNew value = 892862596\n.* in rename /s,
	'backwards to the store');
like($text, qr/#0 .* in rename .*\n#1 .* in maintain /, '  and who called');
like($text, qr/^\$2 = 12\n\$3 = .* "valve-31289856"\n=> .*:\s+stb /m, '  and why');
like($text, qr/Temporary breakpoint 3, maintain .*\$4 = 31289856/s, 'backwards to a breakpoint');
like($text, qr/No more reverse-execution history.*\nfail /s, 'forwards to the present');
is($status, 0, 'kill');

# --- ends, changes, time ---
($text) = gdb_session(\@machine, $elf, 'break maintain', 'continue', 'continue', 'continue', 'print round', 'reverse-continue',
	'reverse-continue', 'print round', 'reverse-continue', 'reverse-continue', 'print $pc', 'reverse-stepi', 'delete', 'break fail',
	'set var valve[0].level = 5', 'stepi', 'continue', 'print c->label', 'kill');
like($text, qr/^\$1 = 200576\n.*^\$2 = 0\n/ms, 'to each breakpoint before, in turn');
is(scalar(() = $text =~ /No more reverse-execution history/g), 3, 'the oldest instant is an end');
like($text, qr/^\$3 = .*0x4000 /m, '  where gdb came');
like($text, qr/Breakpoint 2, fail .*^\$4 = "valve-31/ms, 'a past that is changed has a future of its own');

($text) = gdb_session(['-history', '0', @machine], $elf, 'stepi', 'reverse-stepi', 'kill');
like($text, qr/does not support this command/, '-history 0');

done();
