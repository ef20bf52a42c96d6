#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# The real gdb attaches to OpenBIOS and to Linux while they run: breakpoints on a program's and on the kernel's code,
# watchpoints, who called, finish, backwards from the kernel to the program's store, and off again.
use strict;
use warnings;
use File::Temp qw(tempdir);
use POSIX qw(_exit);
use Time::HiRes qw(sleep);

chdir(($0 =~ s|[^/]*$||r) . './..') or die;
require './t/expect.pl';
require './t/gdb.pl';

my $vonk = $ENV{VONK} // './vonk';
my $dir = tempdir(CLEANUP => 1);
my ($bios) = grep { -e } map { "$_/openbios-sparc32" } '/usr/share/qemu', '/usr/share/openbios';
my ($gdb) = grep { -x } map { "$_/gdb-multiarch" } split /:/, $ENV{PATH};
my $cross = $ENV{GUEST_CROSS} // 'sparc64-linux-gnu-';
if (!$bios || !$gdb) {
	print '1..0 # SKIP no ', $bios ? 'gdb-multiarch' : 'openbios-sparc32', "\n";
	exit 0;
}
my $secs = 60;
my $serial = 0;

# What gdb says at a machine that runs. `shell : > go` in its commands has $typed typed.
sub attach
{
	my ($p, $path, $typed, @do) = @_;
	my $go = "$dir/go" . $serial++;
	my $pid = fork // die;

	if (!$pid) {
		my $end = time + $secs;
		sleep(0.05) until -e $go || time > $end;
		$p->send($typed);
		_exit(0);
	}
	open(my $pipe, '-|', 'sh', '-c', "exec timeout $secs \"\$@\" 2>&1 </dev/null", 'sh', $gdb, '-nx', '-batch',
		map({ ('-ex', $_) } 'set confirm off', 'set pagination off', 'set width 0', 'set style enabled off',
			'set architecture sparc', 'set endian big', map { s/\bgo$/$go/r } @do)) or die;
	my $text = do { local $/; <$pipe> };
	close($pipe);
	waitpid($pid, 0);
	return $text;
}

# --- OpenBIOS ---
{
	my $path = "$dir/prom";
	my $p = Expect->start(args => [$vonk, '-nographic', '-vga', 'none', '-bios', $bios, '-gdb', "unix:$path"]);
	ok($p->until(qr/0 > /, $secs), 'OpenBIOS prompts');
	$p->send("variable foo 1111 foo ! foo u.\r");
	my ($addr) = ($p->until(qr/foo u\.\s+([0-9a-f]{8})\s/, $secs) // '') =~ /([0-9a-f]{8})\s*$/;
	$p->until(qr/0 > /, 20);
	my $text = attach($p, $path, "2222 foo ! 3333 foo !\r", "target remote $path", 'info registers pc', 'x/2i $pc',
		"watch *(int *)0x$addr", 'shell : > go', 'continue', 'continue', 'reverse-continue', "print/x *(int *)0x$addr",
		'reverse-continue', "print/x *(int *)0x$addr", 'reverse-continue', 'continue', 'delete', 'stepi 3', 'reverse-stepi 3',
		'monitor info status', 'detach');
	like($text, qr/^pc +0xff/m, 'gdb attaches while it runs');
	like($text, qr/Old value = 4369\nNew value = 8738\n.*Old value = 8738\nNew value = 13107\n/s, '  sees who stores');
	like($text, qr/^\$1 = 0x2222\n.*^\$2 = 0x1111\n/ms, '  goes back to either');
	like($text, qr/No more reverse-execution history/, '  and no further than to where it came');
	like($text, qr/\$2 = .*No more reverse.*Old value = 4369\nNew value = 8738\n/s, '  and forwards again');
	$p->send("foo @ .\r");
	ok($p->until(qr/3333\s+ok/, $secs), 'without gdb it goes on as if nothing had been');
	$p->send("\x01x");
	is($p->finish(30), 0, 'the end');
}

# --- Linux ---
my $guest = `t/linux/build --where 2>/dev/null`;
chomp $guest;
my %addr;
sub addresses
{
	my ($file, @names) = @_;
	my %want = map { $_ => 1 } @names;

	/^(\w+) [A-Za-z] (\S+)$/ && $want{$2} and $addr{$2} = "0x$1" for `${cross}nm $file`;
}
sub linux
{
	# The file whose names belong to what the guest runs: the same text, and nothing else tells.
	my ($busybox) = grep { -e } map { "$_/busybox_unstripped" } glob("$guest/../busybox-*");
	addresses("$guest/vmlinux", qw(vfs_write ksys_write jiffies do_timer));
	addresses($busybox, 'echo_main');
	my $path = "$dir/linux";
	my $p = Expect->start(args => [$vonk, '-nographic', '-m', 64, '-bios', $bios, '-kernel', "$guest/image", '-initrd', "$guest/initrd.gz",
		'-append', 'console=ttyS0', '-no-reboot', '-gdb', "unix:$path"]);
	ok($p->until(qr/vonk# /, $secs), 'Linux prompts');
	my $text = attach($p, $path, "echo hello\r", "file $guest/vmlinux", "target remote $path", 'print $psr & 0x80',
		"add-symbol-file $busybox", "break *$addr{echo_main}", 'shell : > go', 'continue', 'print $pc', 'print $psr & 0x80',
		'x/s *(int *)($o1 + 4)', 'bt', 'up 8', 'down 3', 'delete', "break *$addr{vfs_write} if \$o2 == 6", 'continue',
		'print ($psr & 0x80) != 0', 'bt 3', 'x/s $o1', 'set $buf = $o1', 'finish', 'print $o0', 'delete',
		'watch *(char *)$buf', 'reverse-continue', 'print ($psr & 0x80) != 0', 'print $pc < 0xf0000000', 'x/i $pc', 'print *(char *)$buf == 104',
		'stepi', 'print *(char *)$buf == 104', 'delete', "watch *(int *)$addr{jiffies}", 'continue', 'continue', 'bt 1', 'info threads', 'delete', 'detach');
	like($text, qr/^\$2 = .*0x0*4d620|^\$2 = .*echo_main/m, "gdb stops a user's program");
	like($text, qr/^\$3 = (0|\{\}|\[ *\])$/m, '  in user mode');
	like($text, qr/^0x\w+:\s+"hello"$/m, '  and sees what it is given');
	like($text, qr/^#0 .* echo_main.*^#[5-9] .*^#1\d .* in main /ms, '  and its callers, beyond the windows');
	like($text, qr/^#8 .*\n.*^#5 /ms, '  up and down');
	like($text, qr/^Breakpoint 2, .*vfs_write.*\$4 = 1\n/ms, 'a breakpoint in the kernel, with a condition');
	like($text, qr/^#0 .* vfs_write .*\n#1 .* ksys_write .*\n#2 .* do_syscall /m, '  and who called it');
	like($text, qr/^0x\w+:\s+"hello\\n/m, '  with what');
	like($text, qr/\n0xf\w+ in ksys_write \(\)\n\$5 = 6\n/, 'finish');
	like($text, qr/Hardware watchpoint 3: .*\$6 = 0\n\$7 = 1\n=> 0x\w+.*:\s+st/s, 'back to the store, in the program');
	like($text, qr/\$8 = 0\n.*\$9 = 1\n/s, '  which wrote the byte that the kernel got') or print map { "# $_\n" } split /\n/, $text;
	like($text, qr/No more reverse.*watchpoint 4: .*Old value = .*New value = .*#0 .*do_timer/s, 'a watchpoint on a variable of the kernel');
	$p->send("echo good\$((6 * 7))bye\r");
	ok($p->until(qr/good42bye/, $secs), 'without gdb it goes on');
	$p->send("poweroff -f\r");
	is($p->finish($secs), 0, 'the end');
}
SKIP: {
	my $why = !$guest ? 'the Linux guests are not built: make guests' : !(grep { -x "$_/${cross}nm" } split /:/, $ENV{PATH}) ? 'no nm for SPARC' : undef;
	if ($why) {
		ok(1, "Linux # SKIP $why");
		last SKIP;
	}
	linux();
}
done();
