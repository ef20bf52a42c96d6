#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Linux on a network that passt makes: DHCP, a file by HTTP from a server on the loopback interface,
# one sent back by TCP. VONK_ALL=1: 64 MiB each way.
use strict;
use warnings;
use Test::More;

chdir(($0 =~ s|[^/]*$||r) . './..') or die;
require './t/linux/guest.pl';
require './t/linux/net.pl';
our ($guest, $tmp, $gateway, $vonk);
need_guest();
plan skip_all => 'no -netdev in this build' if `$vonk -help` !~ /-netdev/;

my $mib = $ENV{VONK_ALL} ? 64 : 4;
# passt gives up root before it makes its socket.
chmod 0711, $tmp;
mkdir "$tmp/passt" and chmod 0777, "$tmp/passt" or die;
my $socket = "$tmp/passt/net";
plan skip_all => 'passt does not run here (Debian: passt)' if !passt_start($socket);
my ($port, $digest) = http_server($mib);
# Without a range of groups the host lets nobody ping.
my ($low, $high) = split ' ', `cat /proc/sys/net/ipv4/ping_group_range 2>/dev/null` || '1 0';
my $ping = $low <= 65534 && $high >= 65534 ? ' vonk.ping=1' : '';

for my $board ($ENV{VONK_ALL} ? ('SS-5', 'SS-20') : 'SS-5') {
	if ($board ne 'SS-5') { # passt goes with its guest, or serves the next
		unlink $socket;
		ok(passt_start($socket), 'passt, again');
	}
	my $sink = sink_server("$tmp/sink-$board");
	my $run = boot($board, "vonk.run=net vonk.get=http://$gateway:$port/x vonk.mib=$mib "
			. "vonk.put=$gateway:$sink$ping", '-nic', "stream,addr.type=unix,addr.path=$socket");
	like($run->{console}, qr/^net: address 10\.0\.2\.15 router \Q$gateway\E$/m, "$board: DHCP");
	like($run->{console}, qr/^net: got $digest$/m, "  $mib MiB by HTTP");
	all_well($run, 'net');
	my ($put) = $run->{console} =~ /^net: put (\w+)$/m;
	my $want = ($put // 'nothing') . ' ' . ($mib << 20) . "\n";
	my $got = '';
	for (1 .. 50) {
		$got = `cat $tmp/sink-$board 2>/dev/null`;
		last if $got eq $want;
		select undef, undef, undef, 0.1;
	}
	is($got, $want, "  $mib MiB by TCP");
}
done_testing();
