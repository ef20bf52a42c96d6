#!/usr/bin/perl
# SPDX-License-Identifier: MIT
#
# The model of the integer unit against results worked out by hand from the SPARC V8 manual,
# and the vectors against what they promise: so many, in every group, the same every time.
use strict;
use warnings;
use Digest::SHA qw(sha256_hex);
use Test::More;

require "./t/model/iu.pl";
require "./t/model/asm.pl";
Asm->import;

# What one word makes of a state: register values (%o1, %o2, Y, icc in; %o3, Y, icc out).
sub alu {
	my ($word, $a, $b, $y, $icc) = @_;
	my $s = IU::new();
	$s->{psr} |= 0x20 | $icc << 20;
	IU::rset($s, 9, $a);
	IU::rset($s, 10, $b);
	$s->{y} = $y;
	my $r = IU::step($s, $word);
	return sprintf "trap %02x", $r->[1] if $r->[0] eq "trap";
	return sprintf "%08x %08x %x", IU::rget($s, 11), $s->{y}, $s->{psr} >> 20 & 15;
}

# icc: N 8, Z 4, V 2, C 1
my @alu = (
	[ "addcc", 0x7fffffff, 1, 0, 0, "80000000 00000000 a" ],
	[ "addcc", 0xffffffff, 1, 0, 0, "00000000 00000000 5" ],
	[ "addcc", 0x80000000, 0x80000000, 0, 0, "00000000 00000000 7" ],
	[ "addxcc", 0xffffffff, 0, 0, 1, "00000000 00000000 5" ],
	[ "subcc", 0, 1, 0, 0, "ffffffff 00000000 9" ],
	[ "subcc", 0x80000000, 1, 0, 0, "7fffffff 00000000 2" ],
	[ "subxcc", 5, 5, 0, 1, "ffffffff 00000000 9" ],
	[ "andncc", 0xff, 0x0f, 0, 15, "000000f0 00000000 0" ],
	[ "orncc", 0, 0, 0, 0, "ffffffff 00000000 8" ],
	[ "xnorcc", 3, 3, 0, 0, "ffffffff 00000000 8" ],
	[ "umulcc", 0xffffffff, 0xffffffff, 0, 3, "00000001 fffffffe 0" ],
	[ "smulcc", 0xffffffff, 2, 0, 3, "fffffffe ffffffff 8" ],
	[ "smulcc", 0x80000000, 0x80000000, 0, 0, "00000000 40000000 4" ],
	[ "udivcc", 0, 2, 1, 0, "80000000 00000001 8" ],
	[ "udivcc", 0, 1, 1, 0, "ffffffff 00000001 a" ],
	[ "sdivcc", 0xfffffff9, 2, 0xffffffff, 0, "fffffffd ffffffff 8" ],
	[ "sdivcc", 7, 0xfffffffe, 0, 0, "fffffffd 00000000 8" ],
	[ "sdivcc", 0x80000000, 1, 0, 0, "7fffffff 00000000 2" ],
	[ "sdivcc", 0x80000000, 1, 0xffffffff, 0, "80000000 ffffffff 8" ],
	[ "sdivcc", 0x7fffffff, 1, 0xffffffff, 0, "80000000 ffffffff a" ],
	[ "sdivcc", 0, 0xffffffff, 0x80000000, 0, "7fffffff 80000000 2" ],
	[ "sdiv", 1, 0, 0, 0, "trap 2a" ],
	[ "taddcc", 4, 1, 0, 0, "00000005 00000000 2" ],
	[ "taddcctv", 0x7ffffffc, 4, 0, 0, "trap 0a" ],
	[ "tsubcctv", 8, 4, 0, 0, "00000004 00000000 0" ],
	[ "mulscc", 0, 6, 1, 8, "80000006 00000000 8" ],
	[ "mulscc", 3, 6, 2, 0, "00000001 80000001 0" ],
	[ "sra", 0x80000000, 31, 0, 0, "ffffffff 00000000 0" ],
	[ "srl", 0x80000000, 63, 0, 0, "00000001 00000000 0" ],
	[ "sll", 1, 32, 0, 0, "00000001 00000000 0" ],
);
for (@alu) {
	my ($m, $a, $b, $y, $icc, $want) = @$_;
	is alu(r($m, 11, 9, 10), $a, $b, $y, $icc), $want, sprintf "%s %x, %x with y %x, icc %x", $m, $a, $b, $y, $icc;
}

# Branches: where they lead with Z = 1, once an annulled delay instruction is passed.
for ([ 8, 0, "4004 4040" ], [ 8, 1, "4040 4044" ], [ 0, 0, "4004 4008" ], [ 0, 1, "4008 400c" ],
	[ 1, 0, "4004 4040" ], [ 1, 1, "4004 4040" ], [ 9, 0, "4004 4008" ], [ 9, 1, "4008 400c" ]) {
	my $s = IU::new();
	@$s{qw(pc npc)} = (0x4000, 0x4004);
	$s->{psr} |= 4 << 20;
	IU::step($s, bicc($_->[0], $_->[1], 0x40));
	IU::step($s) if $s->{annul};
	is sprintf("%x %x", @$s{qw(pc npc)}), $_->[2], "bicc $_->[0], a = $_->[1]";
}

# A trap from user state in window 0; back by RETT.
my $s = IU::new();
@$s{qw(pc npc tbr psr)} = (0x4000, 0x5000, 0x10000, 0x04000020);
is_deeply IU::step($s, ta(3)), [ "trap", 0x83 ], "ta 3 traps";
is sprintf("%x %x %x", @$s{qw(pc npc psr)}), "10830 10834 4000087", "S = 1, PS = 0, ET = 0, CWP = 7";
is sprintf("%x %x", map { IU::rget($s, $_) } 17, 18), "4000 5000", "pc and npc in the locals";
IU::step($s, i("rett", 0, 18, 4));
is sprintf("%x %x", @$s{qw(npc psr)}), "5004 4000020", "RETT undoes it";
$s->{psr} = 0x04000080;
$s->{wim} = 2;
is_deeply IU::step($s, i("rett", 0, 18, 1)), [ "error", 6 ], "RETT into an invalid window: error mode, tt = 6";
is $s->{tbr} >> 4 & 0xff, 6, "and TBR tells";

my $text = `perl t/model/mkvectors.pl`;
my ($count) = $text =~ /^end (\d+)\n\z/m;
my %group;
$group{$_}++ for $text =~ /^([a-z0-9]+)\.\d+ /mg;
cmp_ok $count // 0, ">=", 4000, "at least 4000 vectors";
is eval { my $n = 0; $n += $_ for values %group; $n }, $count, "as many as the last line says";
cmp_ok scalar keys %group, ">=", 100, "in at least 100 groups";
is sha256_hex(`perl t/model/mkvectors.pl`), sha256_hex($text), "the same again";
done_testing;
