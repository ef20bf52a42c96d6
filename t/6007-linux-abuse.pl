#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Linux on a host where things go wrong: images that are missing, cut short, too large or read-only are
# told in one line; a disk that shrinks, a host without room and a network that dies are I/O errors of
# the guest, which lives, goes on, and uses them again once they are well.
use strict;
use warnings;
use File::Copy qw(copy);
use File::Temp qw(tempdir);
use Time::HiRes qw(sleep);

chdir(($0 =~ s|[^/]*$||r) . './..') or die;
require './t/expect.pl';
require './t/linux/net.pl';

our $gateway;
my $vonk = $ENV{VONK} // './vonk';
my $dir = tempdir(CLEANUP => 1);
my $guest = `t/linux/build --where 2>/dev/null`;
chomp $guest;
skip_all('the Linux guests are not built: make guests') if !$guest;
my $rom = grep { -f "$_/openbios-sparc32" } '/usr/share/qemu', '/usr/share/openbios';
my $shell = qr/vonk# $/;

sub part
{
	my ($name, $bytes) = @_;

	copy("$guest/$name", "$dir/$name") or die;
	truncate("$dir/$name", $bytes) or die;
	return "$dir/$name";
}

# --- refused at once ---
sub refused
{
	my ($name, $re, @args) = @_;

	for my $prom ([], $rom ? ['-bios', 'openbios-sparc32'] : ()) {
		my $p = Expect->start(args => [$vonk, '-nographic', '-limit', 'time=20', @$prom, @args]);
		my $status = $p->finish(60);

		like(($status // 'alive') . ':' . $p->all, qr/\A1:vonk: [^\n]*$re[^\n]*\n\z/, "$name @$prom");
	}
}

my @initrd = ('-initrd', "$guest/initrd.gz");
my @kernel = ('-kernel', "$guest/image");
for my $bytes (0, 30, 60, 4096, 1 << 20) {
	refused("a kernel cut to $bytes bytes", qr/image: /, '-kernel', part('image', $bytes), @initrd);
}
refused('an initrd beyond memory', qr/initrd\.gz: \d+ bytes .* do not fit/, '-m', 8, @kernel, @initrd);
refused('a large initrd', qr/initrd\.gz: \d+ bytes .* do not fit/, '-m', 32, @kernel, '-initrd', part('initrd.gz', 30 << 20));
refused('no initrd', qr/none: No such file/, @kernel, '-initrd', "$dir/none");
refused('no disk', qr/none: No such file/, @kernel, @initrd, '-hda', "$dir/none");
refused('no CD-ROM', qr/none: No such file/, @kernel, @initrd, '-cdrom', "$dir/none");
refused('no floppy disk', qr/none: No such file/, @kernel, @initrd, '-fda', "$dir/none");
refused('an empty disk', qr/disk\.img: /, @kernel, @initrd, '-hda', part('disk.img', 0));

# --- while it runs ---
sub booted
{
	my ($name, @args) = @_;
	my $p = Expect->start(args => [@args]);

	ok(defined $p->until($shell, 120), "$name: at the shell") or diag($p->all);
	return $p;
}

# What a command says, and "rc=N".
sub sh
{
	my ($p, $line) = @_;

	$p->send("$line; echo rc=\$?\n");
	$p->until(qr/\n/, 60); # its echo
	return $p->until($shell, 240) // 'no answer';
}

sub machine
{
	return ($vonk, '-nographic', @kernel, @initrd, '-append', 'console=ttyS0 panic=1 quiet', '-no-reboot', @_);
}

sub off
{
	my ($p, $name) = @_;

	$p->send("poweroff -f\n");
	is($p->finish(60), 0, "$name: powers off");
	ok($p->all !~ /Oops|BUG:|WARNING:|panic - /, "$name: the kernel lives");
}

my $flush = 'sync; echo 3 >/proc/sys/vm/drop_caches; blockdev --flushbufs /dev/sda';
my $sum = qr/^[0-9a-f]{32}  -$/m;

{
	my $disk = part('disk.img', -s "$guest/disk.img");
	my $size = -s $disk;
	my $p = booted('shrinking', machine('-hda', $disk));

	like(sh($p, 'mount -t ext2 /dev/sda1 /mnt/a && cat /mnt/a/hello.txt'), qr/Hello from the host/, 'a file');
	truncate($disk, 1 << 20);
	my $text = sh($p, "$flush; dd if=/dev/sda2 of=/dev/null bs=64k count=16");
	like($text, qr/I\/O error.*^rc=1$/ms, 'what is gone cannot be read');
	like(sh($p, 'echo still $((6 * 7))'), qr/^still 42$/m, 'the guest goes on');
	like(sh($p, 'umount /mnt/a'), qr/^rc=/m, 'it can let go');
	copy("$guest/disk.img", "$dir/again");
	truncate($disk, $size);
	system("dd if=$dir/again of=$disk conv=notrunc status=none") == 0 or die;
	like(sh($p, "$flush; dd if=/dev/sda2 bs=64k count=16 2>/dev/null | md5sum"), $sum, 'it has grown again');
	like(sh($p, 'mount -t ext2 /dev/sda1 /mnt/b && cd /mnt/b && md5sum -c SUMS >/tmp/l; x=$?; cd /; (exit $x)'),
		qr/^rc=0$/m, 'and all files are there');
	off($p, 'shrinking');
}
{
	# 16 MiB are all that the host lets the process write to; the second partition begins at 32.
	my $disk = part('disk.img', -s "$guest/disk.img");
	my $p = booted('no room', 'bash', '-c', 'ulimit -f 16384; exec "$@"', 'bash', machine('-hda', $disk));
	my $text = sh($p, 'dd if=/dev/zero of=/dev/sda2 bs=64k count=16 conv=fsync');

	like($text, qr/rror.*^rc=1$/ms, 'a write that the host refuses is an error');
	like(sh($p, "mount -t ext2 /dev/sda1 /mnt/a && text 1 >/mnt/a/new && umount /mnt/a; $flush"), qr/^rc=0$/m,
		'another is not');
	like(sh($p, 'mount -t ext2 /dev/sda1 /mnt/a && md5sum </mnt/a/new'), $sum, 'and is there');
	off($p, 'no room');
}
if ($> == 0 && system("mkdir $dir/small && mount -t tmpfs -o size=1m none $dir/small 2>/dev/null") == 0) {
	my $p = booted('a full disk', machine('-drive', "file=$guest/disk.img,if=scsi,overlay=$dir/small/overlay"));

	like(sh($p, 'dd if=/dev/urandom of=/dev/sda2 bs=64k count=64 conv=fsync'), qr/rror.*^rc=1$/ms,
		'an overlay without room: an error');
	like(sh($p, "$flush; dd if=/dev/sda2 of=/dev/null bs=64k count=64 && echo read"), qr/^read$/m, 'what is there can be read');
	off($p, 'a full disk');
	system("umount $dir/small");
}
{
	my $disk = part('disk.img', -s "$guest/disk.img");
	my $p = booted('read-only', machine('-drive', "file=$disk,if=scsi,readonly=on"));

	like(sh($p, 'cat /sys/block/sda/ro'), qr/^1$/m, 'the guest knows that it cannot write');
	like(sh($p, 'dd if=/dev/zero of=/dev/sda bs=512 count=1 conv=fsync'), qr/^rc=1$/m, 'nor can it');
	like(sh($p, 'mount -t ext2 -o ro /dev/sda1 /mnt/a && cat /mnt/a/hello.txt'), qr/Hello from the host/, 'it reads');
	off($p, 'read-only');
	is(system("cmp -s $disk $guest/disk.img"), 0, 'the image is untouched');
}

# --- the network goes, and comes back ---
chmod(0711, $dir);
mkdir("$dir/passt") and chmod(0777, "$dir/passt") or die;
my $socket = "$dir/passt/net";
my $passt = passt_start($socket);
if ($passt) {
	my ($port) = http_server(1);
	my $p = booted('network', machine('-nic', "stream,addr.type=unix,addr.path=$socket,reconnect-ms=100"));
	my $get = "wget -q -T 5 -O - http://$gateway:$port/x | md5sum";
	my $first;

	sh($p, 'ip link set eth0 up; udhcpc -n -q -i eth0 -t 5');
	like($first = sh($p, $get), $sum, 'a file');
	kill('KILL', $passt);
	waitpid($passt, 0);
	unlink($socket);
	like(sh($p, 'ping -c 2 -W 1 ' . $gateway), qr/^rc=1$/m, 'the peer is dead');
	ok(passt_start($socket), 'another comes');
	my $text = '';
	for (1 .. 10) {
		$text = sh($p, $get);
		last if $text eq $first;
		sleep(0.5);
	}
	is($text, $first, 'the same file');
	off($p, 'network');
} else {
	ok(1, 'passt does not run here (Debian: passt) # SKIP');
}
done();
