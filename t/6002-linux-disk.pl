#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Linux with a SCSI disk and a CD-ROM: the files of the images, files of its own read back through a
# second mount, raw sectors; then what the host finds in the image.
use strict;
use warnings;
use Test::More;
use Digest::MD5 qw(md5_hex);

chdir(($0 =~ s|[^/]*$||r) . './..') or die;
require './t/linux/guest.pl';
our ($guest, $tmp);
need_guest();

# The guest's text(): the numbers from 1, a line each.
sub text {
	my $mib = shift;
	return substr join('', map { "$_\n" } 1 .. 300000 * $mib), 0, $mib << 20;
}

for my $board ('SS-5', 'SS-20') {
	my $disk = image('disk.img');
	my $run = boot($board, 'vonk.run=disk,cdrom,devices vonk.mib=8', '-drive',
		"file=$disk,if=scsi,unit=0,media=disk", '-cdrom', "$guest/cd.iso");
	like($run->{console}, qr/ sda: sda1 sda2 sda3/, "$board: the disk and its label");
	like($run->{console}, qr/\[sr0\] scsi3-mmc drive/, '  the CD-ROM');
	all_well($run, 'disk', 'cdrom', 'devices');

	# The partitions of the label, in bytes.
	my ($first, $second) = (1 << 18, 129 << 18);
	is(md5_hex(slurp($disk, $second, 1 << 20)), md5_hex(text(1)), '  the raw sectors, from outside');
	SKIP: {
		skip 'no debugfs (Debian: e2fsprogs)', 3 if !grep { -x "$_/debugfs" } split(/:/, $ENV{PATH}),
			'/sbin', '/usr/sbin';
		local $ENV{PATH} = "$ENV{PATH}:/sbin:/usr/sbin";
		open my $f, '>:raw', "$tmp/ext2" or die;
		print $f slurp($disk, $first, 128 << 18);
		close $f;
		is(system("e2fsck -fn $tmp/ext2 >/dev/null 2>&1"), 0, '  the file system is clean');
		system("debugfs -R 'dump written $tmp/written' $tmp/ext2 2>/dev/null");
		is(md5_hex(slurp("$tmp/written", 0, 9 << 20)), md5_hex(text(8)), '  the file');
		is(`debugfs -R 'cat dir/17' $tmp/ext2 2>/dev/null`, "17\n", '  a small one');
	}
}

# With -snapshot the image stays as it was, and the guest does not notice.
my $disk = image('disk.img');
my $before = md5_hex(slurp($disk, 0, 64 << 20));
my $run = boot('SS-5', 'vonk.run=disk vonk.mib=2', '-snapshot', '-drive',
	"file=$disk,if=scsi,unit=3,media=disk");
all_well($run, 'disk');
is(md5_hex(slurp($disk, 0, 64 << 20)), $before, '-snapshot: the image is untouched');
done_testing();
