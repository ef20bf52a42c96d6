#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# The real gdb over a bare program: watchpoints of every size, exact stops, frames beyond the windows.
use strict;
use warnings;

chdir(($0 =~ s|[^/]*$||r) . './..') or die;
require './t/expect.pl';
require './t/gdb.pl';

my $elf = gdb_skip() ? undef : guest_debug('stops');
if (!$elf) {
	print '1..0 # SKIP ', gdb_skip() // 'no SPARC cross compiler', "\n";
	exit 0;
}
my @machine = ('-serial', 'null', '-vga', 'none', $elf);

# --- watchpoints ---
{
	my ($text, $status) = gdb_session(\@machine, $elf, 'watch bytes[3]', 'watch half', 'watch word', 'watch pair',
		'watch bytes[5]', 'watch lock', 'continue', 'print/x $g0', ('continue') x 5, 'delete', 'rwatch half',
		'continue', 'kill');

	like($text, qr/watchpoint 1: bytes\[3\].*?Old value = 0 .*?New value = 17 /s, 'watch: a byte, old and new');
	like($text, qr/watchpoint 2: half.*?Old value = 0\nNew value = 8738\n/s, '  a half-word');
	like($text, qr/watchpoint 3: word.*?Old value = 0\nNew value = 858993459\n/s, '  a word');
	like($text, qr/watchpoint 4: pair.*?Old value = 0\nNew value = 4919131753275544917\n/s, '  a double word');
	like($text, qr/watchpoint 5: bytes\[5\].*?Old value = 0 .*?New value = 255 /s, '  LDSTUB');
	like($text, qr/watchpoint 6: lock.*?Old value = 0\nNew value = 119\n/s, '  SWAP');
	like($text, qr/read watchpoint 7: half\s+Value = 8738\n/s, 'rwatch: a load');
	is(scalar(() = $text =~ /^Hardware watchpoint \d: \S+\n\nOld/mg), 6, 'each stops once');
	is($status, 0, 'kill');
}
{
	my ($text) = gdb_session(\@machine, $elf, 'break stores', 'continue', 'awatch lock', 'continue', 'x/i $pc - 4', 'delete', 'watch *(char *)0x100',
		'continue', 'kill');

	like($text, qr/access \(read\/write\) watchpoint 2: lock.*?swap\s+\[/s, 'awatch stops behind the access');
	like($text, qr/exited with code|exited normally/, 'a watchpoint that nobody touches');
}

{
	my ($text) = gdb_session(\@machine, $elf, 'tbreak stores', 'continue', 'awatch pair', 'awatch bytes[5]', 'awatch lock', 'rwatch bytes[3]', 'rwatch word',
		('continue') x 6, 'kill');

	like($text, qr/\(read\/write\) watchpoint 2: pair\s+Old value = 0\nNew value = 4919131753275544917\n.*watchpoint 2: pair\s+Value = 4919131753275544917\n/s,
		'awatch: a double word stored, and loaded');
	like($text, qr/watchpoint 3: bytes\[5\]\s+Old value = 0 .*?\nNew value = 255 /, '  LDSTUB, old and new');
	like($text, qr/watchpoint 4: lock\s+Old value = 0\nNew value = 119\n/, '  SWAP');
	like($text, qr/read watchpoint 5: bytes\[3\]\s+Value = 17 /, 'rwatch: a byte');
	like($text, qr/read watchpoint 6: word\s+Value = 858993459\n/, '  a word');
}

{
	# Part of what is stored or loaded.
	my ($text) = gdb_session(\@machine, $elf, 'tbreak stores', 'continue', 'watch *((unsigned char *)&word + 2)', 'watch *((unsigned *)&pair + 1)',
		'rwatch *((unsigned char *)&half + 1)', ('continue') x 3, 'kill');

	like($text, qr/watchpoint 2: .*\s+Old value = 0 .*\nNew value = 51 /, 'watch: a byte of a word');
	like($text, qr/watchpoint 3: .*\s+Old value = 0\nNew value = 1431655765\n/, '  the second word of a double');
	like($text, qr/read watchpoint 4: .*\s+Value = 34 /, 'rwatch: a byte of a half-word');
}

# --- places ---
{
	my ($text) = gdb_session(\@machine, $elf, 'break *taken_slot', 'break *annulled_slot', 'continue', 'print $pc == (long)&taken_slot',
		'continue', 'continue', 'print $npc - $pc != 4', 'delete', 'break *patched', 'continue', 'continue', 'x/i $pc',
		'print (int)$o0 | (int)$g1', 'stepi', 'kill');

	like($text, qr/Breakpoint 1, .* in branches.*Breakpoint 2, .*Breakpoint 1, /s,
		'a delay slot; an annulled one only where it is executed');
	is(scalar(() = $text =~ /^Breakpoint 2, /mg), 1, '  that is once');
	like($text, qr/=> .*:\s+add\s+%\w+, 0x10, /, 'a breakpoint at a place that was patched');
}
{
	my ($text) = gdb_session(\@machine, $elf, 'break *((long)&trap_table + 0x50)', 'continue', 'x/i $pc', 'info registers tbr',
		'stepi 4', 'finish', 'kill');

	like($text, qr/Breakpoint 1, .*trap_table/s, 'on a trap vector');
	like($text, qr/^tbr .*50\b/m, '  of window overflow');
}

# --- frames ---
{
	my ($text) = gdb_session(\@machine, $elf, 'break leaf', 'continue', 'bt', 'frame 25', 'info locals', 'print n', 'up', 'print n',
		'frame 31', 'down 20', 'print n', 'monitor info windows', 'frame 0', 'finish', 'finish', 'p $pc', 'kill');

	is(scalar(() = $text =~ /^#[1-9]\d* .* in deep \(n=/mg), 31 + 4, 'a back-trace through windows and stack');
	like($text, qr/^#31 .* in deep \(n=n\@entry=30\).*\n#32 .* in main/m, '  to main');
	like($text, qr/^\$1 = 24\n.*^\$2 = 25\n.*^\$3 = 10\n/ms, '  with the right values up and down');
	like($text, qr/^\*.\d: pc [0-9a-f]{8} sp /m, 'monitor info windows') or print "# $text";
	like($text, qr/Value returned is \$4 = 1\b.*Value returned is \$5 = 1\b/s, 'finish, twice');
}

# --- single steps are what a straight run does ---
{
	my ($text) = gdb_session(\@machine, $elf, 'break deep if n == 25', 'continue', 'delete', 'tbreak *((long)&trap_table + 0x50)',
		'continue', 'print $psr & 0x20', ('stepi') x 60, 'tbreak leaf', 'continue', 'bt -1', 'kill');

	like($text, qr/^\$1 = (\{\}|\[ *\]|0)$/m, 'traps are off in the vector');
	like($text, qr/leaf \(n=n\@entry=1\).*#32 .* main/s, 'steps through a window trap and RETT do no harm');
}

# --- threads, memory, registers of ours ---
{
	my ($text) = gdb_session(\@machine, $elf, 'info threads', 'info mem', 'print/x $mmu_ctrl', 'print $asr19', 'set $mmu_cxr = 5',
		'print $mmu_cxr', 'monitor asi 4 0x200', 'monitor asi 0x20 0x4000', 'monitor asi 4 0x200 w 7', 'monitor asi 4 0x200',
		'monitor asi 999 0', 'monitor info timers', 'maintenance packet QqemuX', 'dump binary memory /dev/null 0x4000 0x8000',
		'detach');

	like($text, qr/Thread 1\b.*CPU 0 \[running\]/, 'threads');
	like($text, qr/\brw\b|\bro\b/, 'the memory map');
	like($text, qr/^\$3 = 5$/m, "the MMU's registers are written");
	like($text, qr/^00000200: 0x00000005$/m, 'monitor asi: MMU registers');
	like($text, qr/^00004000: 0x[0-9a-f]{8}$/m, '  bypass');
	like($text, qr/^00000200: 0x00000007$/m, '  and stores');
	like($text, qr/'999' is no NUMBER/, '  nonsense is refused');
	like($text, qr/^now: 0 ns/m, 'monitor info timers');
}

done();
