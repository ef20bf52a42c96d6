#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Linux with a 1.44 MB floppy disk: every sector, then a FAT file system, which the host looks into.
use strict;
use warnings;
use Digest::MD5 qw(md5_hex);
use Test::More;

chdir(($0 =~ s|[^/]*$||r) . './..') or die;
require './t/linux/guest.pl';
our $guest;
need_guest();

my $floppy = image('floppy.img');
my $run = boot('SS-5', 'vonk.run=floppy', '-fda', $floppy);
all_well($run, 'floppy');

# FAT32 by hand, which is what BusyBox makes of any size: the boot sector tells where the table
# and the clusters are, and which cluster the root directory starts at.
open my $f, '<:raw', $floppy or die;
my $image = do { local $/; <$f> };
is(length $image, 1474560, 'the image keeps its size');
my ($bytes, $per_cluster, $reserved, $fats) = unpack 'x11 v C v C', $image;
my ($fat_size, $root) = unpack 'x36 V x4 V', $image;
is($bytes, 512, 'sectors of 512 bytes');
my $data = ($reserved + $fats * $fat_size) * $bytes;

# The bytes of the chain of clusters from this one.
sub chain {
	my $cluster = shift;
	my $chain = '';
	while ($cluster >= 2 && $cluster < 0xffffff8 && length $chain < length $image) {
		$chain .= substr $image, $data + ($cluster - 2) * $per_cluster * $bytes, $per_cluster * $bytes;
		$cluster = 0xfffffff & unpack 'V', substr $image, $reserved * $bytes + 4 * $cluster, 4;
	}
	return $chain;
}
my ($entry) = grep { substr($_, 0, 11) eq 'TEXT       ' } unpack '(a32)*', chain($root);
ok($entry, 'the file is in the directory') or done_testing(), exit;
my ($high, $low, $size) = unpack 'x20 v x4 v V', $entry;
my $text = chain($high << 16 | $low);
is($size, 1 << 20, 'its size');
is(md5_hex(substr $text, 0, $size),
	md5_hex(substr join('', map { "$_\n" } 1 .. 300000), 0, 1 << 20), 'its bytes');
done_testing();
