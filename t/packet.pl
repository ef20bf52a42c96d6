# SPDX-License-Identifier: MIT
# The firmware with five planted bugs (t/guest/fuzz/packet.c) for the tests that fuzz it; after t/expect.pl.
use strict;
use warnings;

# What -fuzz is told about it.
sub packet_spec { 'mem=input,len=input_len,max=1024,start=ready,done=finished,fail=panic,insns=100000' }

# Builds it and returns its path; without a cross compiler all is skipped.
sub packet_elf
{
	my $o = $ENV{O} // 'obj';
	my $cross = $ENV{GUEST_CROSS} // 'sparc64-linux-gnu-';

	skip_all("no SPARC cross compiler (${cross}gcc)") if system("command -v ${cross}gcc >/dev/null 2>&1");
	system("mkdir -p $o/guest && flock $o/guest/lock make -s -f t/guest/guest.mk O=$o guest-fuzz >/dev/null") == 0
		or die "the firmware does not build\n";
	return "$o/guest/fuzz/packet.elf";
}

# A packet as the firmware's comment describes it.
sub packet
{
	my ($version, $type, $payload) = @_;
	my $p = 'VP' . pack('C3', $version, $type, length $payload) . $payload;
	my $x = 0;

	$x ^= $_ for unpack 'C5', $p;
	return $version == 2 ? $p . chr $x : $p;
}

1;
