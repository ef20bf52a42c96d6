#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Linux with all its tests at once, for 30 minutes of its time (VONK_SOAK_MINUTES), on 32 ns an
# instruction: nothing fails, the kernel does not complain, and a second run ends in the same state.
# A third has a network besides, which no two runs see alike. For the long run alone: VONK_ALL=1.
use strict;
use warnings;
use Test::More;

chdir(($0 =~ s|[^/]*$||r) . './..') or die;
require './t/linux/guest.pl';
require './t/linux/net.pl';
our ($guest, $tmp, $gateway, $real_time);
plan skip_all => 'half an hour of a guest, three times: VONK_ALL=1' if !$ENV{VONK_ALL};
need_guest();

$real_time = 3 * 3600;
my $minutes = $ENV{VONK_SOAK_MINUTES} // 30;
my @jobs = qw(fpu procs vm smc kernel gzip raw disk cdrom floppy);

sub soak {
	my ($board, $words, @options) = @_;
	my ($disk, $floppy) = (image('disk.img'), image('floppy.img'));
	return boot($board, "vonk.run=soak vonk.minutes=$minutes vonk.floppy=1 $words", '-m', 128,
		'-icount', 'shift=5', '-hda', $disk, '-cdrom', "$guest/cd.iso", '-fda', $floppy, '-limit',
		'time=' . ($minutes + 30) * 60, @options);
}

sub went_well {
	my ($run, @jobs) = @_;
	all_well($run, 'soak');
	like($run->{console}, qr/^soak: $_ [1-9]\d* rounds/m, "  $_") for @jobs;
	diag(grep { /^soak:/ } map { "$_\n" } split /\n/, $run->{console});
}

my @run = side_by_side(map { sub { soak('SS-5', '') } } 1 .. 2);
went_well($run[0], @jobs);
is($run[1]{hash}, $run[0]{hash}, 'two runs end in the same state');
is($run[1]{console}, $run[0]{console}, '  with the same console');

SKIP: {
	chmod 0711, $tmp;
	mkdir "$tmp/passt" and chmod 0777, "$tmp/passt" or die;
	my $socket = "$tmp/passt/net";
	skip 'passt does not run here (Debian: passt)', 1 if !passt_start($socket);
	my ($port) = http_server(2);
	my $sink = sink_server("$tmp/sink");
	went_well(soak('SS-20', "vonk.get=http://$gateway:$port/x vonk.put=$gateway:$sink", '-nic',
		"stream,addr.type=unix,addr.path=$socket"), @jobs, 'net');
}
done_testing();
