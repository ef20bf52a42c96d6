#!/usr/bin/perl
# SPDX-License-Identifier: MIT
#
# sis-run.pl SIS IMAGE A:LEN...: runs what seq.pl --sis made (IMAGE is for 4000) by sis, the ERC32 simulator that
# t/peers/build makes, from 4000 to 4008, and prints that memory as qemu-run.pl does. The windows and
# registers are in it by then.
use strict;
use warnings;
use File::Temp ();

my ($sis, $file, @mem) = @ARGV;
my $dir = File::Temp->newdir;
open my $f, "<:raw", $file or die "$file: $!\n";
my $image = do { local $/; <$f> };

# It loads sections, so that an ELF file of two is made: the image and the names.
my $names = "\0.data\0.shstrtab\0";
open my $elf, ">:raw", "$dir/image" or die;
print $elf "\x7fELF\1\2\1", "\0" x 9, pack("nnNNNNNnnnnnn", 2, 2, 1, 0x4000, 0, 52, 0, 52, 0, 0, 40, 3, 2),
	pack("N10", (0) x 10), pack("N10", 1, 1, 7, 0x4000, 172 + length $names, length $image, 0, 0, 4, 0),
	pack("N10", 7, 3, 0, 0, 172, length $names, 0, 0, 1, 0), $names, $image;
close $elf;
open my $c, ">", "$dir/commands" or die;
print $c "load $dir/image\n+bp 0x4008\ngo 0x4000 100000000\n";
print $c sprintf("mem 0x%x %d\n", map { oct } split /:/) for @mem;
close $c;

# -wrp: its ROM, where the image is, can be written. A serial line of its own would take our input.
my %at;
open my $o, "-|", "exec $sis -wrp -c $dir/commands -uart1 /dev/null -uart2 /dev/null </dev/null 2>&1" or die "$sis: $!\n";
my $said = "";
while (<$o>) {
	$said .= $_ if /error|exception/i;
	$at{ hex $1 } = join "", split " ", $2 if /^\s+([0-9A-F]+)  ((?:[0-9a-f]{8} +){4})/;
}
close $o;
print "sis: $said" if $said;
for (@mem) {
	my ($a, $len) = map { oct } split /:/;
	for (my $o = 0; $o < $len; $o += 16) {
		my $line = substr $at{ $a + $o } // "nothing", 0, 2 * ($len - $o < 16 ? $len - $o : 16);
		printf "m%08x %s\n", $a + $o, $line if $line =~ /[^0]/;
	}
}
