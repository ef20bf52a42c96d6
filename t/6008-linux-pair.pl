#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Two machines joined by a socket, an SS-5 and an SS-20: their kernels send each other files, both at once.
# VONK_ALL=1: 64 MiB each way.
use strict;
use warnings;
use Digest::MD5 qw(md5_hex);
use IO::Socket::INET;
use Test::More;

chdir(($0 =~ s|[^/]*$||r) . './..') or die;
require './t/linux/guest.pl';
need_guest();

my $mib = $ENV{VONK_ALL} ? 64 : 2;
my $digest = md5_hex(substr join('', map { "$_\n" } 1 .. 300000 * $mib), 0, $mib << 20);
my $port = do {
	my $s = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1') or die;
	$s->sockport;
};

sub half {
	my ($board, $me, $peer, $how) = @_;
	return sub {
		return boot_prom($board, "vonk.run=pair vonk.mib=$mib vonk.ip=10.1.1.$me vonk.peer=10.1.1.$peer",
			'-m', 256, '-limit', 'time=2000', '-nic',
			"socket,$how=127.0.0.1:$port,mac=08:00:20:00:00:0$me");
	};
}

my @run = side_by_side(half('SS-5', 1, 2, 'listen'), sub {
	for (1 .. 100) { # until the other listens
		last if `cat /proc/net/tcp` =~ sprintf(': 0100007F:%04X 00000000:0000 0A', $port);
		select undef, undef, undef, 0.1;
	}
	return half('SS-20', 2, 1, 'connect')->();
});
for (0, 1) {
	like($run[$_]{console}, qr/^pair: got $digest$/m, "$mib MiB to the " . ('SS-5', 'SS-20')[$_]);
	all_well($run[$_], 'pair');
}
done_testing();
