#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# A round trip through gzip in the guest, whose checksum the host knows. VONK_ALL=1: 32 MiB, all
# boards that Linux knows.
use strict;
use warnings;
use Digest::MD5 qw(md5_hex);
use Test::More;

chdir(($0 =~ s|[^/]*$||r) . './..') or die;
require './t/linux/guest.pl';
our $guest;
need_guest();

my $mib = $ENV{VONK_ALL} ? 32 : 2;
my $digest = md5_hex(substr join('', map { "$_\n" } 1 .. 300000 * $mib), 0, $mib << 20);
for my $board ($ENV{VONK_ALL} ? qw(SS-5 SS-20 SS-4 LX SS-10) : 'SS-20') {
	my $run = boot($board, "vonk.run=gzip vonk.mib=$mib");
	like($run->{console}, qr/^gzip: $mib MiB $digest$/m, "$board: $mib MiB");
	all_well($run, 'gzip');
}
done_testing();
