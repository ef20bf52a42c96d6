#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# The real gdb over a program that turns the MMU on: single steps into faults, through their handlers and back by
# RETT, in both directions; hardware breakpoints; a watchpoint at one of two addresses of a place; physical memory;
# going away and coming back; Ctrl-C. gdb's own stepi is breakpoints where it thinks that an instruction leads, and
# so goes over traps and all that they do; the page tells of the packet that goes into them.
use strict;
use warnings;
use File::Temp qw(tempdir);

chdir(($0 =~ s|[^/]*$||r) . './..') or die;
require './t/expect.pl';
require './t/gdb.pl';

my $cross = $ENV{GUEST_CROSS} // 'sparc64-linux-gnu-';
my $dir = tempdir(CLEANUP => 1);
my $why = gdb_skip() // ((grep { -x "$_/${cross}gcc" } split /:/, $ENV{PATH}) ? undef : 'no SPARC cross compiler');
skip_all($why) if $why;

# Virtual addresses 0 and 0x30000000 on are physical 0 on, 16 MiB each; there is nothing else.
spew("$dir/mmu.s", <<'END');
	.text
	.globl start
start:	set 0x5000, %g1
	wr %g1, %tbr
	rd %psr, %g2
	wr %g2, 0x20, %psr
	nop
	nop
	nop
	set 0x8000, %g1
	set 0x901, %g2
	st %g2, [%g1]			! context 0: its table is at 0x9000
	set 0x9000, %g1
	mov 0x0e, %g2
	st %g2, [%g1]
	st %g2, [%g1 + 0x30 * 4]
	mov 0x100, %g1
	set 0x800, %g2
	sta %g2, [%g1] 4		! context table
	mov 0x200, %g1
	sta %g0, [%g1] 4		! context
	lda [%g0] 4, %g2
	or %g2, 1, %g2
	sta %g2, [%g0] 4		! on
	nop
	set 0x20000000, %g3
	.globl load, back, store, leap, gone, loop
load:	ld [%g3], %g4
back:	set 0x30006000, %g5
store:	st %g3, [%g5]
	set 0x10000000, %g6
leap:	jmp %g6
	mov 7, %g7
gone:	set 0x12345, %g6
loop:	ba loop
	inc %g4

	.macro next
	jmp %l2
	rett %l2 + 4
	nop
	nop
	.endm
	.org 0x1000			! traps: they go on behind the instruction
	next
	set gone, %l3			! instruction access
	jmp %l3
	rett %l3 + 4
	.org 0x1020
	.rept 254
	next
	.endr
END
system("${cross}gcc -m32 -mcpu=v8 -nostdlib -static -fno-pie -no-pie -Wl,--build-id=none,-Ttext=0x4000,-estart -o $dir/mmu $dir/mmu.s") == 0 or die;
my @into = ('maintenance packet s', 'maintenance flush register-cache');
my @machine = ('-serial', 'null', '-vga', 'none', '-m', '16', "$dir/mmu");

{
	my ($text, $status) = gdb_session(\@machine, "$dir/mmu", 'hbreak *(long)&load', 'continue', @into, 'print/x $pc', 'print/x $tbr',
		'print/x $mmu_sfar', 'print ($mmu_sfsr >> 2) & 7', (@into) x 2, 'print $pc == (long)&back', 'reverse-stepi',
		'print/x $pc', 'reverse-stepi', 'print/x $pc', 'reverse-stepi', 'print $pc == (long)&load', 'stepi',
		'print $pc == (long)&back', 'kill');

	like($text, qr/^Hardware assisted breakpoint 1 .*\n.*Breakpoint 1, 0x0*\w+ in load/ms, 'a hardware breakpoint');
	like($text, qr/^\$1 = 0x5090\n\$2 = 0x5090\n/m, 'a step into a data access exception');
	like($text, qr/^\$3 = 0x20000000\n\$4 = 1\n/m, "  with the MMU's fault: invalid address");
	like($text, qr/^\$5 = 1\n/m, '  and back by RETT');
	like($text, qr/^\$6 = 0x5094\n.*\$7 = 0x5090\n.*\$8 = 1\n/ms, '  backwards through it');
	like($text, qr/^\$9 = 1\n/m, "gdb's own step goes over it");
	is($status, 0, 'kill');
}
{
	my ($text) = gdb_session(\@machine, "$dir/mmu", 'tbreak *(long)&leap', 'continue', 'stepi', 'print $npc', 'stepi', 'print/x $pc', 'print $g7',
		'x/i $pc', @into, 'print/x $pc', 'print/x $tbr', (@into) x 4, 'print $pc == (long)&gone', 'kill');

	like($text, qr/^\$1 = .*0x10000000/m, 'a jump to nowhere');
	like($text, qr/^\$2 = 0x10000000\n\$3 = 7\n/m, '  behind its delay instruction');
	like($text, qr/Cannot access memory at address 0x10000000/, '  where no memory is');
	like($text, qr/^\$4 = 0x5010\n\$5 = 0x5010\n/m, '  a step into the instruction access exception');
	like($text, qr/^\$6 = 1\n/m, '  and out of it');
}
{
	my ($text) = gdb_session(\@machine, "$dir/mmu", 'break *0x5090', 'continue', 'watch *(int *)0x30006000', 'delete 1', 'continue',
		'print (long)$pc - (long)&store', 'print/x *(int *)0x6000', 'print/x *(int *)0x30006000', 'maintenance packet Qqemu.PhyMemMode:1',
		'maintenance flush dcache', 'x/xw 0x6000', 'x/xw 0x30006000', 'set {int}0x6000 = 0x77', 'maintenance packet Qqemu.PhyMemMode:0',
		'maintenance flush dcache', 'x/xw 0x30006000', 'monitor xp /1xw 0x6000', 'delete', 'info mem', 'kill');

	like($text, qr/Breakpoint 1, 0x0*5090/, 'a breakpoint on a vector');
	like($text, qr/watchpoint 2: \*\(int \*\)0x30006000\s+Old value = 0\nNew value = 536870912\n/, 'a watchpoint on a mapped address');
	like($text, qr/^\$1 = 4\n\$2 = 0x20000000\n\$3 = 0x20000000\n/m, '  behind the store');
	like($text, qr/^0x6000:\s+0x20000000\n.*Cannot access memory at address 0x30006000/ms, 'physical memory has one of the two only');
	like($text, qr/^0x30006000:\s+0x00000077\n/m, '  and what is written there is seen by both');
}
# Away and back again; then Ctrl-C.
{
	my ($text, $status, $p) = gdb_session(\@machine, "$dir/mmu", 'tbreak *(long)&loop', 'continue', 'delete', 'hbreak *(long)&gone', 'info breakpoints',
		'detach', 'shell sleep 0.2', 'target remote ' . gdb_path(), 'print $pc >= (long)&loop && $pc <= (long)&loop + 4', 'print $g4 > 100',
		'shell (sleep 0.5; kill -INT $PPID) &', 'continue', 'print $pc >= (long)&loop && $pc <= (long)&loop + 4', 'set $g4 = 0',
		'stepi 4', 'print $g4', 'kill');

	like($text, qr/detached/, 'detach');
	like($text, qr/^\$1 = 1\n\$2 = 1\n/m, '  and it ran meanwhile; attached again');
	like($text, qr/Program received signal SIGINT.*\n.*\$3 = 1\n/s, 'Ctrl-C');
	like($text, qr/^\$4 = 2\n/m, '  and steps from there');
	is($status, 0, 'kill');
}
done();
