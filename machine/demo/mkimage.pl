#!/usr/bin/env perl
# SPDX-License-Identifier: MIT
# mkimage.pl DEMO.ELF TOOLS: the loadable octets of the demonstration firmware as a C
# array. TOOLS names the compiler and assembler: others give other octets.
use strict;
use warnings;

die "usage: mkimage.pl demo.elf tools > demo-image.c\n" unless @ARGV == 2;
open my $f, '<:raw', $ARGV[0] or die "$ARGV[0]: $!\n";
my $e = do { local $/; <$f> };
die "$ARGV[0]: not a big-endian 32-bit ELF file\n" unless substr($e, 0, 6) eq "\x7fELF\x01\x02";
my ($entry, $phoff) = unpack 'x24 N N', $e;
my ($phentsize, $phnum) = unpack 'x42 n n', $e;
my @load = grep { $_->[0] == 1 && $_->[4] } map {
	[unpack 'N5', substr $e, $phoff + $_ * $phentsize, 20]
} 0 .. $phnum - 1;
die "$ARGV[0]: one loadable segment expected\n" unless @load == 1;
my (undef, $off, undef, $pa, $size) = @{ $load[0] };
my @octets = unpack 'C*', substr $e, $off, $size;

printf <<'EOT', $ARGV[1], $pa, $entry;
/* SPDX-License-Identifier: MIT */
/*
 * The demonstration firmware, from machine/demo/fw and t/guest/lib by
 * machine/demo/mkimage.pl (make -f t/guest/guest.mk demo-image).
 * Tools: %s
 * Loaded at physical %x, entered at %x.
 */
#include "machine/demo/demo-image.h"

/* clang-format off */
const unsigned char demo_image[] = {
EOT
while (my @line = splice @octets, 0, 16) {
	print "\t", join(' ', map { sprintf '0x%02x,', $_ } @line), "\n";
}
print <<'EOT';
};
/* clang-format on */

const unsigned demo_image_size = sizeof(demo_image);
EOT
