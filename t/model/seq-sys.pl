# SPDX-License-Identifier: MIT
#
# What seq.pl --system adds to a program: the FPU with trap enables, the MMU on and off, contexts, page
# tables that change under the program, alternate spaces, and a handler that logs what the
# MMU and the FPU say. One page table maps everything below 256 KiB where it is; what is tried lies
# beyond it:
#
#	0x30000	context table (two contexts), 30400 and 30800 level 1, 30c00 and 30d00 level 2,
#		31000 level 3 of the low addresses, 31100 and 31200 of 40000 in either context
#	0x31400	32 singles, 31500 32 doubles: operands for FPops
#	0x31800	the f registers at the end, FSR
#	VA 40000	64 pages, level 3: the scratch area's and a page of code with any permission
#	VA 80000	one segment, level 2: the low addresses
#	VA 50000000	one region, level 1: the same
#
# With --qemu it leaves out what QEMU 7.2 does otherwise (tools/doc/exactness.md has the clauses, t/3002 runs it):
# NaNs of different payload (it selects as x87 does), and those that become integers; FPops that the chip has not got
# (illegal_instruction there); LDDF and its kin with odd rd or misaligned; underflow traps (it wants a loss of
# accuracy besides); FSR.ver, ftt after an STFSR, and more than one exception in cexc; SWAP and LDSTUB that fault (AT
# of a load); stores to the text spaces and loads from them that fault (a fetch's trap); physical addresses without
# memory; probes that meet an entry with ET = 0, or a PTE above their level, probes and flushes above type 4; the no-fault mode;
# of SFSR the level and of SFAR the low 12 bits, which it does not set. A trap of an FPop of doubles
# writes rd there: such results all go to %f30, which the handler then sets.
use strict;
use warnings;

package main;

use constant { TABLES => 0x30000, IMAGE => 0xe000, IMAGE_LEN => 0x2000, SINGLES => 0x31400, DOUBLES => 0x31500,
	FDUMP => 0x31800, CODE_PAGE => 0xd000, ALIAS => 0x40000 };

our (%o, @loads, @stores);

# --- FPops ----------------------------------------------------------------------------

my %opf = fpops();
# MicroSPARC I has no FsMULd: an unimplemented_FPop there, illegal_instruction by QEMU.
my @fpops = sort grep { !/q$/ && !($o{qemu} && $o{nwin} == 7 && $_ eq "fsmuld") } keys %opf;

# %f0..7 hold singles, %f8..15 doubles; results go to %f16..31, which are no operands.
sub fpop {
	my ($m) = @_;
	my $rd = 16 + rnd($o{qemu} ? 14 : 16);
	$rd = $o{qemu} ? 30 : $rd & 30 if $m =~ /d$/;
	my ($a, $b) = map { of_doubles($m) ? 8 + 2 * rnd(4) : rnd(8) } 1, 2;
	return fp($m, $rd, $a, $b);
}

# What comes after an FPop that may trap: a real FPU tells only there.
sub fp_next { return fmem("stf", 16 + rnd(16), 6, -4096 + 4 * rnd(1024)) }

# QEMU does not look at the alignment of these.
sub fp_offset { return $o{qemu} ? offset() & ~7 : offset() }

# Operands anew: a single or double of the tables, or a word of the scratch area for a result's register.
sub item_fp_load {
	my $x = dst1();
	my $k = rnd(3);
	if ($k == 0) {
		emit(set($x, SINGLES), fmem("ldf", rnd(8), $x, 4 * rnd(32)));
	} elsif ($k == 1) {
		emit(set($x, DOUBLES), fmem("lddf", 8 + 2 * rnd(4), $x, 8 * rnd(32)));
	} else {
		emit(fmem(pick(qw(ldf lddf)), 16 + rnd(8) * 2, 6, fp_offset()));
	}
}

sub item_fp {
	for (0 .. rnd(6)) {
		my $k = rnd(12);
		emit(fpop(pick(@fpops)), fp_next()) if $k < 9;
		emit(fmem(pick(qw(stf stdf)), 2 * rnd(16), 6, fp_offset())) if $k == 9;
		next if $o{qemu} && $k == 10;
		emit(raw(2, 0x34, 16, 8, pick($opf{faddq}, $opf{fsqrtq}, 0x1ff, 0x6e) << 5 | 8), fp_next()) if $k == 10;
		emit(fmem("stfsr", 0, 6, fp_offset())) if $k == 11 && !$o{qemu};
	}
	emit(fmem("ldf", 17, 6, 1), fmem("stdf", 18, 6, 4)) unless $o{qemu} || rnd(8);
	emit(fmem("lddf", 17, 6, 0), fp_next()) unless $o{qemu} || rnd(8);
}

sub item_fbfcc {
	emit(fpop(pick(qw(fcmps fcmpd fcmpes fcmped))), nop(), nop());
	my ($c, $a, $l) = (rnd(16), rnd(2), somewhere());
	emit_ref($l, sub { fbfcc($c, $a, $_[0] - $_[1]) });
	slot();
}

# RD and TEM, and whatever else LDFSR may write.
sub item_fsr {
	my $x = dst1();
	my $v = rnd(4) << 30 | (rnd(2) ? (rnd(32) & ($o{qemu} ? ~4 : ~0)) << 23 : 0) | rnd(1024) | rnd(4) << 10;
	emit(set($x, $v), mi("st", $x, 6, 8), fmem("ldfsr", 0, 6, 8));
}

# EF, as supervisor; now and then off for a while.
sub item_ef {
	my ($p, $x) = (dst1(), dst1());
	return if $p == $x;
	emit(r("rdpsr", $p, 0, 0), sethi($x, 4), r("andn", $x, $p, $x), r("wrpsr", 0, $x, 0));
	nops();
	emit(fpop("fadds"), fmem("ldf", 16, 6, 0), fmem($o{qemu} ? "stf" : "stfsr", 0, 6, 0), simple());
	emit(r("rdpsr", $p, 0, 0), sethi($x, 4), r("or", $p, $p, $x), r("wrpsr", 0, $p, 0));
	nops();
}

# --- memory management ----------------------------------------------------------------

sub lda { my ($rd, $a, $asi) = @_; return ma("ld", $rd, $a, 0, $asi) }
sub sta { my ($rd, $a, $asi) = @_; return ma("st", $rd, $a, 0, $asi) }

sub pte { my ($pa, $acc, $et) = @_; return $pa >> 4 & 0xffffff00 | rnd(2) << 7 | $acc << 2 | $et }

# Page n beyond the low addresses; in either context, any permission. Every eighth one is the page of code,
# where no store goes.
sub alias_pte {
	my ($n) = @_;
	my $pa = pick(0x20000, 0x20000, 0x21000, 0x22000);
	$pa = 0x900000 if !$o{qemu} && !rnd(12);
	$pa = CODE_PAGE if $n % 8 == 0;
	my $et = rnd(8) ? 2 : $o{qemu} ? pick(0, 3) : rnd(4);
	return 0 if $o{qemu} && !$et;
	return pte($pa, rnd(8), $et);
}

sub tables {
	my @t = (0) x (IMAGE_LEN / 4);
	my $at = sub { return ($_[0] - TABLES) / 4 };
	my $ptd = sub { return $_[0] >> 4 | 1 };
	@t[ 0, 1 ] = ($ptd->(0x30400), $ptd->(0x30800));
	for my $c (0, 1) {
		my ($l1, $l2) = (0x30400 + 0x400 * $c, 0x30c00 + 0x100 * $c);
		$t[ $at->($l1) ] = $ptd->($l2);
		$t[ $at->($l1) + 0x50 ] = pte(0, $c ? rnd(8) : 3, 2);
		$t[ $at->($l2) ] = $ptd->(0x31000);
		$t[ $at->($l2) + 1 ] = $ptd->(0x31100 + 0x100 * $c);
		$t[ $at->($l2) + 2 ] = pte(0, $c ? rnd(8) : 3, 2);
		$t[ $at->(0x31100 + 0x100 * $c) + $_ ] = alias_pte($_) for 0 .. 63;
	}
	$t[ $at->(0x31000) + $_ ] = pte($_ << 12, $_ == 0x31 || $_ == 0x30 ? 7 : 3, 2) for 0 .. 63;
	# Finite ones of all sizes, and the special ones. One NaN each, so that nothing is to select.
	my @s = (0, 0x80000000, 0x3f800000, 0xbf800000, 0x7f800000, 0xff800000, 0x7f7fffff, 0x00800000, 1, 0x807fffff, 0x7fffffff,
		0x4effffff, 0x4f000000, 0xcf000000, 0x5f000001, 7);
	my @d = ([ 0, 0 ], [ 0x80000000, 0 ], [ 0x3ff00000, 0 ], [ 0xbff00000, 1 ], [ 0x7ff00000, 0 ], [ 0xfff00000, 0 ],
		[ 0x7fefffff, 0xffffffff ], [ 0x00100000, 0 ], [ 0, 1 ], [ 0x800fffff, 0xffffffff ], [ 0x7fffffff, 0xffffffff ],
		[ 0x41dfffff, 0xffc00000 ], [ 0x41e00000, 0 ], [ 0xc1e00000, 0x00100000 ], [ 0x38000000, 1 ], [ 0x47f00000, 3 ]);
	push @s, rnd(2) << 31 | rnd(0xfe) << 23 | rnd(1 << 23) for @s .. 31;
	push @d, [ rnd(2) << 31 | (rnd(2) ? 0x380 + rnd(0x100) : rnd(0x7fe)) << 20 | rnd(1 << 20), rnd() ] for @d .. 31;
	if (!$o{qemu}) {
		$s[$_] = 0x7f800000 | rnd(2) << 31 | rnd(1 << 23) for 24 .. 31;
		$d[$_] = [ 0x7ff00000 | rnd(2) << 31 | rnd(1 << 20), rnd() ] for 24 .. 31;
	}
	@t[ $at->(SINGLES) .. $at->(SINGLES) + 31 ] = @s;
	@t[ $at->(DOUBLES) .. $at->(DOUBLES) + 63 ] = map { @$_ } @d;
	return @t;
}

sub alias_va {
	my $k = rnd(8);
	my $n = rnd(64);
	$n ^= 1 if $n % 8 == 0;
	my $base = $k < 5 ? ALIAS + ($n << 12) : $k < 7 ? 0x80000 + 0x20000 + (rnd(2) << 12) : 0x50020000;
	return $base + (rnd(8) ? rnd(4096) & ~7 : rnd(4096));
}

sub item_alias {
	my $x = dst1();
	my $va = alias_va();
	my $m = pick(@loads, @stores);
	my $rd = dst() & 30;
	return if $rd == 6 || ($o{qemu} && $m =~ /ldstub|swap/);
	my $off = rnd(16) - 8 & ~7;
	my $fp = !rnd(8);
	$va &= ~7 if $fp && $o{qemu};
	emit(set($x, $va & ~0x3ff | $va & 0x3ff));
	if (rnd(4)) {
		emit(!$fp ? mi($m, $rd, $x, $off) : fmem(pick(qw(ldf stf lddf stdf)), 16 + rnd(8) * 2, $x, $off));
	} else {
		my $asi = pick(0x0a, 0x0b, !$o{qemu} && $m =~ /^ld/ && $m ne "ldstub" ? (0x09, 0x08) : ());
		emit(ma($m, $rd, $x, 0, $asi));
	}
}

# Called where it may not be executed, perhaps: the handler goes back by %o7.
sub item_far_call {
	my $x = dst1();
	return if $x == 15;
	my $page = rnd(3) ? ALIAS + (rnd(8) << 15) : pick(0x80000, 0x50000000) + CODE_PAGE;
	emit(set($x, $page | rnd(512) << 3), i("jmpl", 15, $x, 0), nop());
}

# Always with a flush that takes the old one away: how long a translation lives without is not the
# manual's business. So the tables are the supervisor's, who may flush.
sub item_pte {
	my ($a, $v, $x) = (dst1(), dst1(), dst1());
	return if $a == $v || $a == $x || $v == $x;
	my ($c, $n) = (rnd(2), rnd(64));
	my $type = rnd(4) ? 0 : 1 + rnd(4);
	emit(set($v, alias_pte($n)), set($a, 0x31100 + 0x100 * $c + 4 * $n), mi("st", $v, $a, 0),
		set($x, ALIAS + ($n << 12) | $type << 8), sta(0, $x, 3));
}

sub item_probe {
	my ($x, $rd) = (dst1(), dst());
	my $va = alias_va() & ~0xfff;
	$va = ALIAS + (rnd(64) << 12) if $o{qemu};
	my $type = $o{qemu} ? pick(0, 1, 2, 3, 4) : rnd(16);
	emit(set($x, $va | $type << 8), lda($rd, $x, 3));
}

sub item_context {
	my ($x, $v) = (dst1(), dst1());
	return if $x == $v;
	emit(i("or", $v, 0, rnd(2)), i("or", $x, 0, 0x200), sta($v, $x, 4));
	nops();
}

# Off, and on again: what lies in between is at the low addresses.
sub item_mmu_off {
	my ($v, $s) = (dst1(), dst1());
	return if $v == $s;
	my $nf = !$o{qemu} && !rnd(3) ? 2 : 0;
	emit(lda($v, 0, 4), i("andn", $v, $v, 3), sta($v, 0, 4));
	nops();
	emit(simple()) for 0 .. rnd(6);
	emit(lda($v, 0, 4), i("andn", $v, $v, 2), i("or", $v, $v, 1 | $nf), sta($v, 0, 4));
	nops();
}

sub item_mmu_regs {
	my ($x, $rd) = (dst1(), dst());
	emit(i("or", $x, 0, pick(0, 0x100, 0x200, $o{qemu} ? () : (0x300, 0x400, 0x1000, 0x1300))), lda($rd, $x, 4));
}

# Spaces at an address of the scratch area.
sub item_asi {
	my ($x, $rd) = (dst1(), dst() & 30);
	return if $rd == 6;
	my $m = pick(@loads, @stores);
	my $store = $m =~ /^(st|ldstub|swap)/;
	my $asi;
	if ($o{qemu}) {
		$asi = pick(0x20, 0x20, 0x0a, 0x0b, $store ? () : (0x09, 0x0c, 0x0d, 0x0e, 0x0f), $m =~ /^st/ ? (0x10, 0x11, 0x12, 0x13, 0x14, 0x36, 0x37) : ());
	} else {
		do { $asi = rnd(rnd(2) ? 256 : 0x50) } while $asi == 4 || ($store && $asi >= 0x21 && $asi <= 0x2f);
	}
	emit(set($x, 0x20000 + (rnd(0x1ff0) & (rnd(6) ? ~7 : ~0))), ma($m, $rd, $x, 0, $asi));
}

sub sys_whole { my ($f) = @_; return sub { emit(nop()); $f->() } }

sub system_items {
	return map { sys_whole($_) } ((\&item_fp_load) x 4, (\&item_fp) x 6, (\&item_fbfcc) x 3, \&item_fsr, \&item_ef,
		(\&item_alias) x 10, (\&item_far_call) x 2, (\&item_pte) x 3, \&item_probe, \&item_context, \&item_mmu_off,
		\&item_mmu_regs, (\&item_asi) x 4);
}

# --- the frame ------------------------------------------------------------------------

# FSR without ver, which QEMU loses, and cexc, of which it has more than the one exception that traps.
sub mask_fsr {
	my ($r, $t) = @_;
	return (sethi($t, 0xe0000 >> 10), i("or", $t, $t, 0x1f), r("andn", $r, $r, $t));
}

sub system_prologue {
	emit(set(1, IMAGE), set(2, TABLES), set(3, IMAGE_LEN));
	my $l = new_label();
	place($l);
	emit(mi("ld", 4, 1, 0), i("add", 1, 1, 4), mi("st", 4, 2, 0), i("subcc", 3, 3, 4));
	b(9, 0, $l);
	emit(i("add", 2, 2, 4));
	# The page of code: return, everywhere.
	emit(set(1, CODE_PAGE), set(2, i("jmpl", 0, 15, 8)), set(3, nop()), i("or", 4, 0, 0xff8));
	$l = new_label();
	place($l);
	emit(r("add", 5, 1, 4), mi("st", 2, 5, 0), mi("st", 3, 5, 4), i("subcc", 4, 4, 8));
	b(14, 0, $l);
	emit(nop());
	# EF, the registers, the MMU.
	emit(r("rdpsr", 1, 0, 0), sethi(2, 4), r("or", 1, 1, 2), r("wrpsr", 0, 1, 0));
	nops();
	emit(set(1, DOUBLES), mi("st", 0, 0, 0x3f0), fmem("ldfsr", 0, 0, 0x3f0));
	emit(fmem("lddf", 2 * $_, 1, 8 * $_)) for 0 .. 15;
	emit(set(1, SINGLES));
	emit(fmem("ldf", $_, 1, 4 * $_)) for 0 .. 7;
	emit(set(1, TABLES >> 4), i("or", 2, 0, 0x100), sta(1, 2, 4), i("or", 2, 0, 0x200), sta(0, 2, 4));
	emit(lda(1, 0, 4), i("or", 1, 1, 1), sta(1, 0, 4));
	nops();
}

sub system_epilogue {
	emit(lda(1, 0, 4), i("andn", 1, 1, 3), sta(1, 0, 4));
	nops();
	emit(r("rdpsr", 1, 0, 0), sethi(2, 4), r("or", 1, 1, 2), r("wrpsr", 0, 1, 0));
	nops();
	emit(set(1, FDUMP), fmem("stfsr", 0, 1, 128));
	emit(mi("ld", 2, 1, 128), mask_fsr(2, 3), set(3, 0x1c000), r("andn", 2, 2, 3), mi("st", 2, 1, 128), mi("st", 0, 0, 0x3f0)) if $o{qemu};
	emit(fmem("stdf", 2 * $_, 1, 8 * $_)) for 0 .. 15;
}

# As seq.pl's, with entries of 32 bytes (2048 of them): tbr pc npc psr, then SFSR and SFAR, or FSR after an
# fp_exception, whose pc is that of the FPop wherever the trap was seen. Locals are l0 psr, l1 pc, l2 npc,
# l3 tbr; l6 and l7 are free.
sub system_handler {
	place("handler");
	emit(mi("ld", 20, 0, 0x3f8), i("add", 21, 20, 1), mi("st", 21, 0, 0x3f8), i("and", 20, 20, 0x7ff),
		i("sll", 20, 20, 5), sethi(21, 0x10000 >> 10), r("add", 20, 20, 21));
	emit(mi("st", 19, 20, 0), mi("st", 17, 20, 4), mi("st", 18, 20, 8), mi("st", 16, 20, 12), mi("st", 0, 20, 16),
		mi("st", 0, 20, 20));
	emit(i("srl", 21, 19, 4), i("and", 21, 21, 0xff), i("subcc", 0, 21, 0xff));
	my ($no_ff, $no_fp, $no_queue, $no_mmu, $fetch, $out, $mmu) = map { new_label() } 1 .. 7;
	b(9, 0, $no_ff);
	emit(i("subcc", 0, 21, 8));
	b(8, 0, $out);
	emit(i("or", 16, 16, 0x40));
	place($no_ff);
	b(9, 0, $no_fp);
	emit(i("subcc", 0, 21, 9));
	emit(fmem("stfsr", 0, 0, 0x3f0), mi("ld", 22, 0, 0x3f0), sethi(23, 0x2000 >> 10), r("andcc", 0, 22, 23));
	b(1, 0, $no_queue);
	emit(r("andn", 22, 22, 23));
	emit(mask_fsr(22, 23)) if $o{qemu};
	# The FPop is over: its pc goes to the log, and what saw the trap is done again.
	emit(fmem("stdfq", 0, 0, 0x3e8), mi("ld", 21, 0, 0x3e8), mi("st", 21, 20, 4), mi("st", 0, 20, 8), mi("st", 22, 20, 16));
	emit(set(23, SINGLES), fmem("lddf", 30, 23, 0)) if $o{qemu};
	emit(r("wrpsr", 0, 16, 0));
	nops();
	emit(r("jmpl", 0, 17, 0), r("rett", 0, 18, 0));
	place($no_queue);
	emit(mask_fsr(22, 23), set(23, SINGLES), fmem("lddf", 30, 23, 0)) if $o{qemu};
	emit(mi("st", 0, 20, 8));
	b(8, 0, $out);
	emit(mi("st", 22, 20, 16));
	place($no_fp);
	b(1, 0, $mmu);
	emit(i("subcc", 0, 21, 0x29));
	b(1, 0, $mmu);
	emit(i("subcc", 0, 21, 1));
	b(1, 0, $mmu);
	emit(i("subcc", 0, 21, 0x21));
	b(9, 0, $out);
	emit(nop());
	place($mmu);
	emit(i("or", 22, 0, 0x300), lda(22, 22, 4), i("or", 23, 0, 0x400), lda(23, 23, 4));
	emit(i("andn", 22, 22, 0x300), i("srl", 23, 23, 12), i("sll", 23, 23, 12)) if $o{qemu};
	emit(mi("st", 22, 20, 16), mi("st", 23, 20, 20), i("andcc", 0, 21, 8));
	b(9, 0, $out);
	emit(nop());
	# A fetch that failed: back to the caller.
	emit(i("add", 17, 31, 8), i("add", 18, 31, 12), r("wrpsr", 0, 16, 0));
	nops();
	emit(r("jmpl", 0, 17, 0), r("rett", 0, 18, 0));
	place($out);
	emit(r("wrpsr", 0, 16, 0));
	nops();
	emit(r("jmpl", 0, 18, 0), i("rett", 0, 18, 4));
}

1;
