# SPDX-License-Identifier: MIT
#
# What seq.pl --sis does otherwise: programs for sis, the simulator of an ERC32 (SPARC V8 without MMU, 8 windows)
# in gdb's sources. What sis 13.1 does against the manual, or where the manual leaves a choice and
# vonk took the other one, is left out (t/3003 shows each with the manual's clause):
#
#	UMULcc, SMULcc		V and C stay as they were (B.18: 0)
#	UDIV, SDIV and ..cc	no saturation, V is never set (B.19); INT64_MIN / -1 ends sis
#	TADDccTV, TSUBccTV	rd is written though they trap (B.14); TSUBccTV judges by an addition
#	LDSBA, LDSHA		no sign (B.1)
#	JMPL			the alignment of rs1 counts, not that of the target (B.25)
#	WRPSR			any CWP is taken, EC can be set (4.2, B.29)
#	RETT as the user	illegal_instruction with ET = 1 (table 7-1: privileged_instruction)
#	traps			PS is set, but never cleared (7.5: PS = S)
#	coprocessor		illegal_instruction (B.23, B.34: cp_disabled)
#	RDASR, WRASR		every one is Y (B.28, B.29)
#	STDFQ			not privileged; an empty queue is no trap (B.5, N.2)
#	LDD, STD, odd rd	the even one below (B.1, B.4: may be illegal_instruction); so for LDDF (B.2)
#	FPU			rd is written though the FPop traps, which the next FPop alone shows (N.3); NaNs and
#				integers out of range are x86's (N.4, N.7), tininess is seen after rounding (N.5), FsMULd is
#				unimplemented (4.4 allows it), a negative square root spoils FSR
#
# Its memory: ROM from 0, which may be written by words once MEMCFG says so and -wrp is given, RAM at 2000000.
use strict;
use warnings;

package main;

use constant { MEMCFG => 0x1f80010, FDUMP => 0x700, FSR_AT => 0x3f0 };

our %o;

# --- one instruction ------------------------------------------------------------------

# The same, or what it has to be here.
sub as_sis {
	my ($w) = @_;
	my ($op, $op3, $rd, $op2) = ($w >> 30, $w >> 19 & 63, $w >> 25 & 31, $w >> 22 & 7);
	return $op2 == 7 || ($op2 == 6 && $o{fpu}) ? nop() : $w if $op == 0;
	if ($op == 2) {
		return nop() if $op3 == 0x39 || $op3 == 0x36 || $op3 == 0x37 || ($op3 == 0x34 && $o{fpu});
		return nop() if $op3 =~ /^(14|15|30|31)$/;
		return $w & ~(0x10 << 19) if $op3 == 0x1a || $op3 == 0x1b;
		$w &= ~(31 << 25) if $op3 == 0x22 || $op3 == 0x23;
		$w |= 0x2001 if $op3 == 0x23;
	} elsif ($op == 3) {
		return nop() if $op3 == 0x26 || $op3 >= 0x30;
		# Bytes and halfwords of the ROM.
		return nop() if ($w >> 14 & 31) == 7 && ($op3 & 15) =~ /^(5|6|13)$/;
		# Nowhere else.
		$w |= 0x2000 if $op3 == 0x27;
		$w &= ~(1 << 25) if ($op3 & 0x2f) == 3 || ($op3 & 0x2f) == 7;
		$w &= ~(8 << 19) if $op3 == 0x19 || $op3 == 0x1a;
	}
	return $w;
}

# --- items ----------------------------------------------------------------------------

# A quotient of 32 bits: Y is the dividend's sign, and the dividend has a bit to spare.
sub item_divide {
	my ($a, $b) = (dst1(), dst1());
	return if $a == $b;
	my $m = pick(qw(udiv udivcc sdiv sdivcc));
	my $neg = $m =~ /^s/ && rnd(2);
	emit(i("srl", $a, src(), 2 + rnd(20)));
	emit(r("sub", $a, 0, $a)) if $neg;
	emit(i("sra", $b, $a, 31), r("wry", 0, $b, 0), nop(), nop(), nop());
	emit(rnd(2) ? r($m, dst(), $a, src()) : i($m, dst(), $a, imm()));
}

# What the multiplication leaves of V and C is cleared at once.
sub item_multiply_cc {
	my $rd = dst1();
	emit(arith(pick(qw(umulcc smulcc)), $rd), r("addcc", 0, $rd, 0));
}

# Tagged and trapping, with the result where no trap is certain.
sub item_tagged {
	my ($a, $b) = (dst1(), dst1());
	emit(i("sra", $a, src(), 3), i("andn", $a, $a, 3), i("sra", $b, src(), 3), i("andn", $b, $b, 3));
	emit(r("taddcctv", dst(), $a, $b));
}

# %f0..3 hold positive singles, %f4..7 any, %f8 and %f10 positive doubles, %f12 and %f14 any; results go to
# %f16..31, which are no operands. All within 2^-15 and 2^29: no result is too large or too small for anything.
my %fpops = fpops();
my @fpops = sort grep { !/q$|^fsmuld$/ } keys %fpops;

sub sis_fpop {
	my ($m) = @_;
	my $rd = 16 + rnd(16);
	$rd &= 30 if to_double($m);
	my $of_d = of_doubles($m);
	my ($a, $b) = map { $of_d ? 8 + 2 * rnd(4) : rnd(8) } 1, 2;
	$b = $of_d ? $b & 10 : $b & 3 if $m =~ /^fsqrt/;
	return fp($m, $rd, $a, $b);
}

sub item_sis_load {
	my $x = dst1();
	if (rnd(2)) {
		my $n = rnd(8);
		set_address($x, "singles");
		emit(fmem("ldf", $n, $x, 4 * (rnd(32) + 32 * ($n > 3))));
	} else {
		my $n = rnd(4);
		set_address($x, "doubles");
		emit(fmem("lddf", 8 + 2 * $n, $x, 8 * (rnd(32) + 32 * ($n > 1))));
	}
	emit(fmem(pick(qw(ldf lddf)), 16 + rnd(8) * 2, 6, offset()));
}

sub item_sis_fp {
	for (0 .. rnd(6)) {
		emit(sis_fpop(pick(@fpops)));
		emit(fmem(pick(qw(stf stdf)), 2 * rnd(16), 6, offset())) unless rnd(3);
		emit(fmem("stfsr", 0, 6, offset())) unless rnd(5);
	}
}

sub item_sis_fbfcc {
	emit(sis_fpop(pick(qw(fcmps fcmpd fcmpes fcmped))), nop(), nop());
	my ($c, $a, $l) = (rnd(16), rnd(2), somewhere());
	emit_ref($l, sub { fbfcc($c, $a, $_[0] - $_[1]) });
	slot();
}

sub item_sis_fsr {
	my $x = dst1();
	emit(set($x, rnd(4) << 30 | rnd(4) << 10 | rnd(1024)), mi("st", $x, 6, 8), fmem("ldfsr", 0, 6, 8));
}

sub item_sis_ef {
	my ($p, $x) = (dst1(), dst1());
	return if $p == $x;
	emit(r("rdpsr", $p, 0, 0), sethi($x, 4), r("andn", $x, $p, $x), r("wrpsr", 0, $x, 0));
	nops();
	emit(sis_fpop("fadds"), fmem("ldf", 16, 6, 0), fmem("stf", 0, 6, 1), simple());
	emit(r("rdpsr", $p, 0, 0), sethi($x, 4), r("or", $p, $p, $x), r("wrpsr", 0, $p, 0));
	nops();
}

sub sis_items {
	my @fp = ((\&item_sis_load) x 6, (\&item_sis_fp) x 8, (\&item_sis_fbfcc) x 3, \&item_sis_fsr, \&item_sis_ef);
	return map { whole($_) } (\&item_divide) x 3, (\&item_multiply_cc) x 2, (\&item_tagged) x 2, $o{fpu} ? @fp : ();
}

# --- the frame ------------------------------------------------------------------------

sub sis_prologue {
	emit(set(1, 0x1f1000), set(2, MEMCFG), mi("st", 1, 2, 0));
	return unless $o{fpu};
	emit(r("rdpsr", 1, 0, 0), sethi(2, 4), r("or", 1, 1, 2), r("wrpsr", 0, 1, 0));
	nops();
	emit(mi("st", 0, 0, FSR_AT), fmem("ldfsr", 0, 0, FSR_AT));
	set_address(1, "singles");
	emit(fmem("ldf", $_, 1, 4 * $_)) for 0 .. 7;
	set_address(1, "doubles");
	emit(fmem("lddf", 2 * $_, 1, 8 * $_)) for 4 .. 15;
}

sub sis_epilogue {
	emit(r("rdpsr", 1, 0, 0), sethi(2, 4), r("or", 1, 1, 2), r("wrpsr", 0, 1, 0));
	nops();
	emit(fmem("stfsr", 0, 0, FDUMP + 128));
	emit(fmem("stdf", 2 * $_, 0, FDUMP + 8 * $_)) for 0 .. 15;
}

# 32 positive ones, 32 of any sign.
sub sis_tables {
	emit(nop()) if here() & 4;
	place("doubles");
	for my $k (0 .. 63) {
		emit(($k > 31 ? rnd(2) << 31 : 0) | 0x3f0 + rnd(0x2c) << 20 | rnd(1 << 20), rnd(3) ? rnd() : 0);
	}
	place("singles");
	emit(($_ > 31 ? rnd(2) << 31 : 0) | 0x70 + rnd(0x2c) << 23 | rnd(1 << 23)) for 0 .. 63;
}

1;
