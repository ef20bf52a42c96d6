#!/usr/bin/perl
# SPDX-License-Identifier: MIT
#
# What sis does otherwise, each as one short program: a line `name|clause|want|image`, all hex. The image is one for
# 4000, as seq.pl's --sis. It leaves eight words at 400, which `want` has by the manual: %g1, %g2, PSR's icc,
# EC and S, Y, %f2, and of the last trap (but ta 7f, which is the way back to supervisor state) its TBR.tt
# with 4 bits below, its pc, and its handler's PSR.PS.
use strict;
use warnings;
use FindBin;

require "$FindBin::Bin/asm.pl";
Asm->import;

use constant { BASE => 0x4000, TEXT => 0x5000, START => 0x5100, TEST => 0x5200, DATA => 0x7000, SEEN => 0x3e0, DUMP => 0x400 };

# All but those that a test says: as the frame leaves them. The pc of a trap is counted from the test's first word.
my %default = (g1 => 7, g2 => 0, psr => 0x80, y => 0, f2 => 0, tt => 0, pc => 0, ps => 0);
my @order = qw(g1 g2 psr y f2 tt pc ps);

sub icc { return (set(5, 0x10a0 | $_[0] << 20), i("wrpsr", 0, 5, 0), (nop()) x 3) }
sub user { my ($ps) = @_; return (set(5, 0x1020 | $ps << 6), i("wrpsr", 0, 5, 0), (nop()) x 3) }
sub set_y { return (set(5, $_[0]), i("wry", 0, 5, 0), (nop()) x 3) }
sub fsr { return (set(5, $_[0]), mi("st", 5, 0, SEEN), fmem("ldfsr", 0, 0, SEEN)) }
sub single { my ($n, $v) = @_; return (set(5, $v), mi("st", 5, 0, SEEN), fmem("ldf", $n, 0, SEEN)) }
sub at { my ($n, @w) = @_; die "at\n" if @w > $n; return (@w, (nop()) x ($n - @w)) }

# name, clause, what the manual asks for, words. The word that matters stands at 16.
my @tests = (
	[ "UMULcc clears V and C", "B.18", { g1 => 15, g2 => 3, psr => 0x80 },
		at(16, icc(3), set(2, 3)), i("umulcc", 1, 2, 5) ],
	[ "SMULcc clears V and C", "B.18", { g1 => 0xfffffff1, g2 => 3, psr => 0x800080, y => 0xffffffff },
		at(16, icc(7), set(2, 3)), i("smulcc", 1, 2, -5) ],
	[ "UDIV saturates", "B.19", { g1 => 0xffffffff, y => 1 }, at(16, set_y(1)), i("udiv", 1, 0, 1) ],
	[ "UDIVcc saturates, with V", "B.19", { g1 => 0xffffffff, y => 1, psr => 0xa00080 },
		at(16, set_y(1)), i("udivcc", 1, 0, 1) ],
	[ "SDIV saturates", "B.19", { g1 => 0x7fffffff, g2 => 0x80000000 }, at(16, set(2, 0x80000000)), i("sdiv", 1, 2, 1) ],
	[ "SDIVcc saturates, with V", "B.19", { g1 => 0x80000000, g2 => 0x80000001, y => 0, psr => 0xa00080 },
		at(16, set(2, 0x80000001)), i("sdivcc", 1, 2, -1) ],
	[ "TADDccTV that traps leaves rd", "B.14", { g2 => 1, tt => 0xa0, pc => 64, ps => 1 },
		at(16, i("or", 2, 0, 1)), i("taddcctv", 1, 2, 1) ],
	[ "TSUBccTV that traps leaves rd", "B.16", { g2 => 5, tt => 0xa0, pc => 64, ps => 1 },
		at(16, i("or", 2, 0, 5)), i("tsubcctv", 1, 2, 1) ],
	[ "TSUBccTV sets C by a borrow", "B.16", { g1 => 0xfffffffc, g2 => 4, psr => 0x900080 },
		at(16, i("or", 2, 0, 4)), i("tsubcctv", 1, 2, 8) ],
	[ "TSUBccTV of two negative numbers", "B.16", { g1 => 4, g2 => 0xfffffffc }, at(16, i("or", 2, 0, -4)), i("tsubcctv", 1, 2, -8) ],
	[ "LDSBA extends the sign", "B.1", { g1 => 0xffffff80, g2 => DATA },
		at(16, set(2, DATA), set(5, 0x80817f01), mi("st", 5, 2, 0)), raw(3, 0x19, 1, 2, 0xb << 5) ],
	[ "LDSHA extends the sign", "B.1", { g1 => 0xffff8081, g2 => DATA },
		at(16, set(2, DATA), set(5, 0x80817f01), mi("st", 5, 2, 0)), raw(3, 0x1a, 1, 2, 0xb << 5) ],
	[ "JMPL: an aligned target of a misaligned rs1", "B.25", { g1 => TEST + 64, g2 => TEST + 64 + 13 },
		at(16, set(2, TEST + 64 + 13)), i("jmpl", 1, 2, -1), nop(), sethi(2, 0) ],
	[ "JMPL to a misaligned target", "B.25", { g2 => TEST + 64 + 12, tt => 0x70, pc => 64, ps => 1 },
		at(16, set(2, TEST + 64 + 12)), i("jmpl", 1, 2, 1), nop() ],
	[ "WRPSR of a window that is not there", "B.29", { g2 => 0xf010a8, tt => 0x20, pc => 64, ps => 1 },
		at(16, set(2, 0xf010a8)), i("wrpsr", 0, 2, 0), (nop()) x 3 ],
	[ "EC cannot be set", "4.2", { g2 => 0x30a0 }, at(16, set(2, 0x30a0)), i("wrpsr", 0, 2, 0), (nop()) x 3 ],
	[ "RETT as the user", "table 7-1, B.26", { tt => 0x30, pc => 64 }, at(16, user(0)), i("rett", 0, 0, 0) ],
	[ "a trap of a user clears PS", "7.5", { tt => 0x830, pc => 64 }, at(16, user(1)), ta(3) ],
	[ "CPop1", "B.34", { tt => 0x240, pc => 64, ps => 1 }, at(16), raw(2, 0x36, 1, 2, 3) ],
	[ "CBccc", "B.23", { tt => 0x240, pc => 64, ps => 1 }, at(16), 0x11c00002, nop() ],
	[ "LDC", "B.3", { tt => 0x240, pc => 64, ps => 1 }, at(16), raw(3, 0x30, 1, 0, 0x2000 | DUMP) ],
	[ "RDASR 16", "B.28", { tt => 0x20, pc => 64, ps => 1, y => 9 }, at(16, set_y(9)), raw(2, 0x28, 1, 16, 0) ],
	[ "WRASR 16", "B.29", { tt => 0x20, pc => 64, ps => 1 }, at(16), raw(2, 0x30, 16, 0, 0x2005), (nop()) x 3 ],
	[ "STDFQ as the user", "B.5", { tt => 0x30, pc => 64 }, at(16, user(0)), fmem("stdfq", 0, 0, SEEN) ],
	[ "STDFQ of an empty queue", "N.2", { tt => 0x80, pc => 64, ps => 1 }, at(16), fmem("stdfq", 0, 0, SEEN) ],
	[ "LDD of an odd rd", "B.1", { g2 => 0, tt => 0x20, pc => 64, ps => 1 }, at(16), mi("ldd", 3, 0, DUMP) ],
	[ "FsMULd", "B.33", { f2 => 0x40200000 }, at(16, single(0, 0x40000000), single(1, 0x40800000)), fp("fsmuld", 2, 0, 1) ],
	[ "0 / 0", "N.4", { f2 => 0x7fffffff }, at(16, single(0, 0)), fp("fdivs", 2, 0, 0) ],
	[ "2^40 as an integer", "N.7", { f2 => 0x7fffffff }, at(16, single(0, 0x53800000)), fp("fstoi", 2, 0, 0) ],
	[ "an FPop that traps leaves rd", "N.3", { f2 => 0x40000000, tt => 0x80, pc => 64, ps => 1 },
		at(16, fsr(0x01000000), single(0, 0x3f800000), single(2, 0x40000000)), fp("fdivs", 2, 0, 1) ],
);

sub handler {
	return (i("and", 19, 19, 0xff0), i("subcc", 0, 19, 0xff0), bicc(1, 1, 24), i("or", 16, 16, 0x40),
		mi("st", 19, 0, SEEN + 20), mi("st", 17, 0, SEEN + 24), i("srl", 20, 16, 6), i("and", 20, 20, 1),
		mi("st", 20, 0, SEEN + 28), r("wrpsr", 0, 16, 0), (nop()) x 3, r("jmpl", 0, 18, 0), i("rett", 0, 18, 4));
}

sub image {
	my (@body) = @_;
	my @table = map {
		$_ ? (r("rdtbr", 19, 0, 0), r("rdpsr", 16, 0, 0), bicc(8, 0, TEXT - BASE - 16 * $_ - 8), nop())
			: (bicc(8, 1, START - BASE), nop(), ta(0), nop())
	} 0 .. 255;
	# The memory controller of an ERC32; then the state that %default is about.
	my @start = (set(1, 0x1f1000), set(2, 0x1f80010), mi("st", 1, 2, 0), set(1, 0x1080), i("wrpsr", 0, 1, 0), (nop()) x 3,
		r("wrwim", 0, 0, 0), set(1, BASE), r("wrtbr", 0, 1, 0), i("wry", 0, 0, 0),
		(map { mi("st", 0, 0, SEEN + 4 * $_) } 0 .. 7), fmem("ldfsr", 0, 0, SEEN),
		(map { fmem("ldf", $_, 0, SEEN) } 0 .. 3), i("or", 2, 0, 0), set(1, 0x10a0), i("wrpsr", 0, 1, 0), (nop()) x 3,
		i("or", 1, 0, 7));
	my @end = (ta(0x7f), mi("st", 1, 0, DUMP), mi("st", 2, 0, DUMP + 4), r("rdpsr", 5, 0, 0), set(4, 0xf02080),
		r("and", 5, 5, 4), mi("st", 5, 0, DUMP + 8), r("rdpsr", 5, 0, 0), set(4, 0x1000), r("or", 5, 5, 4), i("andn", 5, 5, 0x20),
		i("wrpsr", 0, 5, 0), (nop()) x 3, r("rdy", 5, 0, 0), mi("st", 5, 0, DUMP + 12), fmem("stf", 2, 0, DUMP + 16),
		(map { (mi("ld", 5, 0, SEEN + 4 * $_), mi("st", 5, 0, DUMP + 4 * $_)) } 5 .. 7));
	my @words = (at(64, handler()), at(64, @start), @body, @end);
	return (@table, @words, bicc(8, 0, BASE + 8 - TEXT - 4 * @words), nop());
}

for (@tests) {
	my ($name, $clause, $want, @body) = @$_;
	my %w = (%default, %$want);
	$w{pc} += TEST if $w{tt};
	print "$name|$clause|", join("", map { sprintf "%08x", $w{$_} } @order), "|", (map { sprintf "%08x", $_ } image(@body)), "\n";
}
