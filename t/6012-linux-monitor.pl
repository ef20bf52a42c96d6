#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# The monitor beside a running Linux: what it says is what the kernel says; stop, cont, snapshots, a picture, reset.
# And with strace: what the guest has synchronised is on the host's disk before the guest hears of it.
use strict;
use warnings;
use File::Copy qw(copy);
use File::Temp qw(tempdir);
use IO::Select;
use IO::Socket::UNIX;
use Time::HiRes qw(time sleep);

chdir(($0 =~ s|[^/]*$||r) . './..') or die;
require './t/expect.pl';
my $vonk = $ENV{VONK} // './vonk';
my $dir = tempdir(CLEANUP => 1);
my $guest = `t/linux/build --where 2>/dev/null`;
chomp $guest;
skip_all('the Linux guests are not built: make guests') if !$guest;
my $shell = qr/vonk# $/;
copy("$guest/disk.img", "$dir/disk") or die;
my @machine = ($vonk, '-nographic', '-kernel', "$guest/image", '-initrd', "$guest/initrd.gz", '-append',
	'console=ttyS0 quiet', '-hda', "$dir/disk", '-cdrom', "$guest/cd.iso");

sub at_shell
{
	my ($name, @args) = @_;
	my $p = Expect->start(err => 1, args => [@args]);

	ok(defined $p->until($shell, 240), "$name: at the shell") or diag($p->all);
	return $p;
}

sub sh
{
	my ($p, $line) = @_;

	$p->send("$line\n");
	$p->until(qr/\n/, 60);
	return ($p->until($shell, 120) // 'no answer') =~ s/$shell//r;
}

{
	my $p = at_shell('monitor', @machine, '-monitor', "unix:$dir/mon,server=on,wait=off", '-snap', "$dir/snap");
	my $m = IO::Socket::UNIX->new(Peer => "$dir/mon") or die;
	my $sel = IO::Select->new($m);
	my $ask = sub {
		my ($line) = @_;
		my $text = '';

		syswrite($m, "$line\r");
		while ($text !~ /\(vonk\) $/ && $sel->can_read(60)) {
			sysread($m, my $got, 65536) or last;
			$text .= $got =~ tr/\r//dr;
		}
		return $text =~ s/\A[^\n]*\n//r =~ s/\(vonk\) \z//r;
	};
	$ask->('info status') for 1 .. 2; # its greeting has a prompt of its own

	# The kernel lies at f0000000, which is physical 0, and is mapped for the supervisor alone.
	like($ask->('info tlb'), qr/^f0000000-f[0-9a-f]{7} -> 000000000 --- rwx/m, 'info tlb: the kernel');
	my ($x) = $ask->('x/8wx 0xf0004000') =~ /: (.*)/s;
	my ($xp) = $ask->('xp/8wx 0x4000') =~ /: (.*)/s;
	is($x =~ s/^\w+: //gmr, $xp =~ s/^\w+: //gmr, 'x and xp see the same words');
	my ($version) = sh($p, 'cat /proc/version') =~ /(Linux version \S+)/;
	like($ask->('info registers'), qr/^psr: 04[0-9a-f]{6} .* s: 1,.*^mmu control: 04000\w01 /ms,
		'info registers: a supervisor, the MMU on');
	my $block = $ask->('info block');
	like($block, qr/^scsi0-hd: \Q$dir\E\/disk \(raw\), \d+ bytes$/m, 'info block: the disk');
	like($block, qr/^scsi2-cd: .*read-only\), \d+ bytes$/m, '  the CD-ROM');
	my ($mac) = sh($p, 'cat /sys/class/net/eth0/address') =~ /^([0-9a-f:]{17})$/m;
	like($ask->('info network'), qr/^le: lance, idprom $mac$/m, 'info network: the address');
	# Linux leaves the ESP's bit (18) alone once its driver is there, and masks what has none (20, the video's).
	my ($masked) = $ask->('info pic') =~ /disabled = (\w+)/;
	ok(defined $masked && !(hex($masked) >> 18 & 1) && hex($masked) >> 20 & 1, 'info pic: what the drivers enabled');
	like($ask->('info mtree'), qr/^078800000-07880003f i\/o esp: regs /m, 'info mtree');

	$ask->('stop');
	$p->send("echo late\n");
	ok(($p->during(0.5) // '') !~ /late/, 'stop: no answer, not even an echo');
	$ask->('cont');
	like($p->until($shell, 60), qr/late/, 'cont: it answers');

	sh($p, 'echo before >/tmp/f; sync');
	is($ask->('savevm'), '', 'savevm');
	like($ask->('info snapshots'), qr/^\Q$dir\E\/snap: SS-5/, 'info snapshots');
	sh($p, 'echo after >/tmp/f');
	is($ask->('loadvm'), '', 'loadvm');
	$p->send("\n");
	$p->until($shell, 60);
	like(sh($p, 'cat /tmp/f'), qr/^before$/m, 'the guest is as it was');

	is($ask->("screendump $dir/a.png"), '', 'screendump');
	ok((-s "$dir/a.png" // 0) > 300, 'a picture');
	is($ask->('system_powerdown'), '', 'system_powerdown');
	like(sh($p, 'echo alive'), qr/^alive$/m, 'Linux has no driver of the button, and lives');
	is($ask->('system_reset'), '', 'system_reset');
	ok(defined $p->until($shell, 240), 'Linux starts again');
	ok(defined $version && index(sh($p, 'cat /proc/version'), $version) >= 0, 'the same one');
	syswrite($m, "quit\r");
	is($p->finish(60), 0, 'quit');
}

if (grep { -x "$_/strace" } split(/:/, $ENV{PATH})) {
	my $p = at_shell('strace', 'strace', '-f', '-y', '-s', 16, '-o', "$dir/trace", '-e',
		'trace=write,writev,pwrite64,pwritev,pwritev2,fsync,fdatasync,sync_file_range', @machine);

	like(sh($p, 'dd if=/dev/zero of=/dev/sda2 bs=64k count=4 conv=fsync 2>/dev/null; echo rc=$?'), qr/^rc=0$/m,
		'a synchronised write');
	$p->send("poweroff -f\n");
	is($p->finish(120), 0, 'it powers off');
	open(my $f, '<', "$dir/trace") or die;
	my ($written, $synced, $order) = (0, 0, '');
	while (<$f>) {
		if (m{pwrite\w*\(\d+<\Q$dir\E/disk>}) {
			$written++;
			$synced = 0;
		}
		$synced = 1 if m{f(?:data)?sync\(\d+<\Q$dir\E/disk>.* = 0$};
		$order .= $written && $synced ? 'y' : 'n' if /"rc=0/ || /"[^"]*rc=0/;
	}
	ok($written > 0, "the image is written ($written times)");
	is($order, 'y', 'and synchronised before the guest goes on') or diag(`grep -v console $dir/trace | tail -40`);
} else {
	ok(1, 'no strace # SKIP');
}
done();
