#!/usr/bin/perl
# SPDX-License-Identifier: MIT
#
# A model of the SPARC V8 integer unit, one instruction at a time, written from
# The SPARC Architecture Manual Version 8 (appendix B for the instructions,
# chapter 7 for traps, appendix C for the order of events). It favours plainness
# over speed and shares nothing with the emulator: it is what the emulator is
# judged by.
#
#	require "./t/model/iu.pl";
#	my $s = IU::new(nwin => 8, iuver => 0x04);
#	IU::step($s);			fetch at pc, execute
#	IU::step($s, 0x80004002);	execute this word instead
#
# or, for a bare image (see seq.pl), `iu.pl IMAGE [--base A] [--exit A] [--max N]
# [--mem A:LEN]...` runs it and prints the final state as qemu-run.pl does.
#
# State: a hash of
#	nwin iuver	number of windows; PSR.impl and PSR.ver as one byte
#	g[8] w[nwin*16]	globals; of window k, w[16k..16k+7] are its outs, +8..+15 its locals
#	y psr wim tbr pc npc
#	annul		the instruction at pc is annulled
#	mem		{ address => byte }; memsize: addresses from there on do not answer
#	err		undef, or the trap type that put the processor into error mode
# step() gives [ "ok" ], [ "annulled" ], [ "trap", tt ] or [ "error", tt ].
#
# Where V8 leaves a choice, the model takes:
#	division by SDIV detects overflow on the truncated quotient, and Y keeps its value;
#	odd rd in LDD, STD and their alternate forms is illegal_instruction;
#	writes of Y, PSR, WIM and TBR act at once (V8 allows up to three instructions);
#	PSR.EC is always 0 (no coprocessor); reserved instruction fields are ignored;
#	FLUSH does nothing; ASRs other than Y are not implemented: illegal_instruction;
#	an alternate space is the same memory whatever its number.
# Not modelled: interrupts, PSR.EF = 1 (an FP instruction then dies), the MMU.
use strict;
use warnings;

package IU;

use constant {
	M32 => 0xffffffff,
	PSR_N => 1 << 23, PSR_Z => 1 << 22, PSR_V => 1 << 21, PSR_C => 1 << 20,
	PSR_ICC => 0xf << 20,
	PSR_EF => 1 << 12, PSR_S => 1 << 7, PSR_PS => 1 << 6, PSR_ET => 1 << 5,
	PSR_CWP => 0x1f,
	# What WRPSR can change: icc EF PIL S PS ET CWP.
	PSR_WRITABLE => 0x00f01fff,
	TT_FETCH => 0x01, TT_ILLEGAL => 0x02, TT_PRIV => 0x03, TT_FPDIS => 0x04,
	TT_OVERFLOW => 0x05, TT_UNDERFLOW => 0x06, TT_ALIGN => 0x07, TT_DATA => 0x09,
	TT_TAG => 0x0a, TT_CPDIS => 0x24, TT_DIV0 => 0x2a,
};

sub new {
	my %o = (nwin => 8, iuver => 0x04, memsize => 1 << 32, @_);
	return {
		%o, g => [ (0) x 8 ], w => [ (0) x (16 * $o{nwin}) ], y => 0,
		psr => ($o{iuver} << 24) | PSR_S, wim => 0, tbr => 0, pc => 0, npc => 4, annul => 0,
		mem => {}, err => undef,
	};
}

sub trap { die { tt => $_[0] } }

sub cwp { return $_[0]{psr} & PSR_CWP }

# Where register n (8..31) of window k lives: the ins are the outs of the next window up.
sub windex {
	my ($s, $k, $n) = @_;
	return $n < 24 ? 16 * $k + $n - 8 : 16 * (($k + 1) % $s->{nwin}) + $n - 24;
}

sub wget {
	my ($s, $k, $n) = @_;
	return $n < 8 ? $s->{g}[$n] : $s->{w}[windex($s, $k, $n)];
}

sub wset {
	my ($s, $k, $n, $v) = @_;
	return if $n == 0;
	if ($n < 8) {
		$s->{g}[$n] = $v & M32;
	} else {
		$s->{w}[windex($s, $k, $n)] = $v & M32;
	}
}

sub rget { my ($s, $n) = @_; return wget($s, cwp($s), $n) }
sub rset { my ($s, $n, $v) = @_; wset($s, cwp($s), $n, $v) }

sub sext {
	my ($v, $bits) = @_;
	$v &= (1 << $bits) - 1;
	return ($v & (1 << ($bits - 1))) ? ($v - (1 << $bits)) & M32 : $v;
}

# Memory: where nothing was stored, `fill` (a function of the address) or 0.
sub byte {
	my ($s, $a) = @_;
	return $s->{mem}{$a} // ($s->{fill} ? $s->{fill}->($a) : 0);
}

# Big-endian, n bytes.
sub load {
	my ($s, $a, $n) = @_;
	my $v = 0;
	for my $i (0 .. $n - 1) {
		$v = $v << 8 | byte($s, ($a + $i) & M32);
	}
	return $v;
}

sub store {
	my ($s, $a, $n, $v) = @_;
	for my $i (reverse 0 .. $n - 1) {
		$s->{mem}{($a + $i) & M32} = $v & 0xff;
		$v >>= 8;
	}
}

sub set_icc {
	my ($s, $n, $z, $v, $c) = @_;
	$s->{psr} = ($s->{psr} & ~PSR_ICC) | ($n ? PSR_N : 0) | ($z ? PSR_Z : 0) |
		($v ? PSR_V : 0) | ($c ? PSR_C : 0);
}

sub icc_nz { my ($s, $r, $v, $c) = @_; set_icc($s, $r >> 31, $r == 0, $v, $c) }

# Condition numbers of Bicc and Ticc; 8..15 are the negations of 0..7.
sub cond {
	my ($s, $c) = @_;
	my $p = $s->{psr};
	my ($n, $z, $v, $cy) = map { $p & $_ ? 1 : 0 } PSR_N, PSR_Z, PSR_V, PSR_C;
	my $t = (0, $z, $z | ($n ^ $v), $n ^ $v, $cy | $z, $cy, $n, $v)[$c & 7];
	return ($c & 8) ? !$t : $t;
}

sub add_with {
	my ($a, $b, $cin) = @_;
	my $sum = $a + $b + $cin;
	my $r = $sum & M32;
	my ($x, $y, $q) = ($a >> 31, $b >> 31, $r >> 31);
	return ($r, $x == $y && $q != $x, $sum > M32);
}

sub sub_with {
	my ($a, $b, $bin) = @_;
	my $r = ($a - $b - $bin) & M32;
	my ($x, $y, $q) = ($a >> 31, $b >> 31, $r >> 31);
	return ($r, $x != $y && $q != $x, $a < $b + $bin);
}

sub signed32 { my ($v) = @_; return $v >> 31 ? $v - 2**32 : $v }

# (result, overflow) of a 64 by 32 bit division; the divisor is not zero.
sub udiv {
	my ($hi, $lo, $d) = @_;
	return (M32, 1) if $hi >= $d;
	my $n = $hi << 32 | $lo;
	return (($n - $n % $d) / $d, 0);
}

sub sdiv {
	my ($hi, $lo, $d) = @_;
	my $neg = ($hi >> 31) ^ ($d >> 31);
	# Magnitudes; the dividend's may be 2**63, the divisor's 2**31.
	my $n = $hi << 32 | $lo;
	$n = ~$n + 1 if $hi >> 31;
	my $m = $d >> 31 ? 2**32 - $d : $d;
	my $q = ($n - $n % $m) / $m;
	return $q > 0x80000000 ? (0x80000000, 1) : ((2**32 - $q) & M32, 0) if $neg;
	return $q > 0x7fffffff ? (0x7fffffff, 1) : ($q, 0);
}

# The 64-bit product as (high, low).
sub umul { my $p = $_[0] * $_[1]; return ($p >> 32, $p & M32) }

sub smul {
	my ($a, $b) = @_;
	my ($hi, $lo) = umul($a, $b);
	# Each negative operand counts 2**32 too much of the other one.
	$hi -= $b if $a >> 31;
	$hi -= $a if $b >> 31;
	return ($hi & M32, $lo);
}

# One step of the multiplication: (result, V, C, new Y).
sub mulscc {
	my ($s, $rs1, $op2) = @_;
	my $nv = ($s->{psr} & PSR_N ? 1 : 0) ^ ($s->{psr} & PSR_V ? 1 : 0);
	my ($r, $v, $c) = add_with($nv << 31 | $rs1 >> 1, $s->{y} & 1 ? $op2 : 0, 0);
	return ($r, $v, $c, ($rs1 & 1) << 31 | $s->{y} >> 1);
}

sub is_super { return $_[0]{psr} & PSR_S }

sub next_pc {
	my ($s) = @_;
	$s->{pc} = $s->{npc};
	$s->{npc} = ($s->{npc} + 4) & M32;
}

sub transfer {
	my ($s, $target) = @_;
	$s->{pc} = $s->{npc};
	$s->{npc} = $target & M32;
}

sub branch {
	my ($s, $i) = @_;
	my $c = $i >> 25 & 15;
	my $a = $i >> 29 & 1;
	my $target = $s->{pc} + 4 * sext($i, 22);
	if (cond($s, $c)) {
		transfer($s, $target);
		$s->{annul} = 1 if $a && $c == 8;
	} else {
		next_pc($s);
		$s->{annul} = 1 if $a;
	}
}

sub format2 {
	my ($s, $i) = @_;
	my $op2 = $i >> 22 & 7;
	return branch($s, $i) if $op2 == 2;
	if ($op2 == 4) {
		rset($s, $i >> 25 & 31, $i << 10);
		return next_pc($s);
	}
	fp_disabled($s) if $op2 == 6;
	trap(TT_CPDIS) if $op2 == 7;
	trap(TT_ILLEGAL);
}

sub fp_disabled {
	my ($s) = @_;
	die "floating point with PSR.EF = 1 is not modelled\n" if $s->{psr} & PSR_EF;
	trap(TT_FPDIS);
}

sub operand2 {
	my ($s, $i) = @_;
	return $i >> 13 & 1 ? sext($i, 13) : rget($s, $i & 31);
}

# op = 2, op3 below 20 (hex): (result, V, C) of the operation without its cc bit.
sub arith {
	my ($s, $op, $a, $b) = @_;
	my $c = $s->{psr} & PSR_C ? 1 : 0;
	return add_with($a, $b, 0) if $op == 0x0;
	return ($a & $b, 0, 0) if $op == 0x1;
	return ($a | $b, 0, 0) if $op == 0x2;
	return ($a ^ $b, 0, 0) if $op == 0x3;
	return sub_with($a, $b, 0) if $op == 0x4;
	return ($a & ~$b & M32, 0, 0) if $op == 0x5;
	return (($a | ~$b) & M32, 0, 0) if $op == 0x6;
	return (($a ^ ~$b) & M32, 0, 0) if $op == 0x7;
	return add_with($a, $b, $c) if $op == 0x8;
	return sub_with($a, $b, $c) if $op == 0xc;
	if ($op == 0xa || $op == 0xb) {
		my ($hi, $lo) = $op == 0xa ? umul($a, $b) : smul($a, $b);
		$s->{y} = $hi;
		return ($lo, 0, 0);
	}
	if ($op == 0xe || $op == 0xf) {
		trap(TT_DIV0) if $b == 0;
		return ($op == 0xe ? udiv($s->{y}, $a, $b) : sdiv($s->{y}, $a, $b), 0);
	}
	trap(TT_ILLEGAL);
}

sub tagged {
	my ($s, $op3, $rd, $a, $b) = @_;
	my ($r, $v, $c) = $op3 & 1 ? sub_with($a, $b, 0) : add_with($a, $b, 0);
	$v = 1 if ($a | $b) & 3;
	trap(TT_TAG) if $op3 >= 0x22 && $v;
	icc_nz($s, $r, $v, $c);
	rset($s, $rd, $r);
}

sub read_state {
	my ($s, $op3, $rd, $rs1) = @_;
	if ($op3 == 0x28) {
		return if $rs1 == 15 && $rd == 0; # STBAR
		trap(TT_ILLEGAL) if $rs1 != 0;
		return rset($s, $rd, $s->{y});
	}
	trap(TT_PRIV) unless is_super($s);
	rset($s, $rd, $op3 == 0x29 ? $s->{psr} : $op3 == 0x2a ? $s->{wim} : $s->{tbr});
}

sub write_state {
	my ($s, $op3, $rd, $v) = @_;
	if ($op3 == 0x30) {
		trap(TT_ILLEGAL) if $rd != 0;
		$s->{y} = $v;
		return;
	}
	trap(TT_PRIV) unless is_super($s);
	if ($op3 == 0x31) {
		trap(TT_ILLEGAL) if ($v & PSR_CWP) >= $s->{nwin};
		$s->{psr} = ($s->{psr} & 0xff000000) | ($v & PSR_WRITABLE);
	} elsif ($op3 == 0x32) {
		$s->{wim} = $v & ((1 << $s->{nwin}) - 1);
	} else {
		$s->{tbr} = ($s->{tbr} & 0xff0) | ($v & 0xfffff000);
	}
}

sub set_cwp { my ($s, $k) = @_; $s->{psr} = ($s->{psr} & ~PSR_CWP) | $k }

sub window {
	my ($s, $op3, $rd, $sum) = @_;
	my $save = $op3 == 0x3c;
	my $k = (cwp($s) + ($save ? $s->{nwin} - 1 : 1)) % $s->{nwin};
	trap($save ? TT_OVERFLOW : TT_UNDERFLOW) if $s->{wim} >> $k & 1;
	set_cwp($s, $k);
	rset($s, $rd, $sum);
}

sub jmpl {
	my ($s, $rd, $target) = @_;
	trap(TT_ALIGN) if $target & 3;
	rset($s, $rd, $s->{pc});
	transfer($s, $target);
}

# RETT's own way into error mode also leaves the reason in TBR.tt.
sub rett_error { die { tt => $_[0], write_tt => 1 } }

sub rett {
	my ($s, $target) = @_;
	my $k = (cwp($s) + 1) % $s->{nwin};
	trap(is_super($s) ? TT_ILLEGAL : TT_PRIV) if $s->{psr} & PSR_ET;
	rett_error(TT_PRIV) unless is_super($s);
	rett_error(TT_UNDERFLOW) if $s->{wim} >> $k & 1;
	rett_error(TT_ALIGN) if $target & 3;
	set_cwp($s, $k);
	$s->{psr} &= ~PSR_S unless $s->{psr} & PSR_PS;
	$s->{psr} |= PSR_ET;
	transfer($s, $target);
}

sub ticc {
	my ($s, $i, $sum) = @_;
	trap(0x80 + ($sum & 0x7f)) if cond($s, $i >> 25 & 15);
}

# op = 2
sub format3 {
	my ($s, $i) = @_;
	my ($op3, $rd, $rs1) = ($i >> 19 & 63, $i >> 25 & 31, $i >> 14 & 31);
	fp_disabled($s) if $op3 == 0x34 || $op3 == 0x35;
	trap(TT_CPDIS) if $op3 == 0x36 || $op3 == 0x37;
	my ($a, $b) = (rget($s, $rs1), operand2($s, $i));
	my $sum = ($a + $b) & M32;
	return jmpl($s, $rd, $sum) if $op3 == 0x38;
	return rett($s, $sum) if $op3 == 0x39;
	if ($op3 < 0x20) {
		my ($r, $v, $c) = arith($s, $op3 & 0xf, $a, $b);
		icc_nz($s, $r, $v, $c) if $op3 & 0x10;
		rset($s, $rd, $r);
	} elsif ($op3 <= 0x23) {
		tagged($s, $op3, $rd, $a, $b);
	} elsif ($op3 == 0x24) {
		my ($r, $v, $c, $y) = mulscc($s, $a, $b);
		icc_nz($s, $r, $v, $c);
		$s->{y} = $y;
		rset($s, $rd, $r);
	} elsif ($op3 == 0x25) {
		rset($s, $rd, $a << ($b & 31));
	} elsif ($op3 == 0x26) {
		rset($s, $rd, $a >> ($b & 31));
	} elsif ($op3 == 0x27) {
		my $fill = $a >> 31 ? M32 << 32 : 0;
		rset($s, $rd, ($fill | $a) >> ($b & 31));
	} elsif ($op3 >= 0x28 && $op3 <= 0x2b) {
		read_state($s, $op3, $rd, $rs1);
	} elsif ($op3 >= 0x30 && $op3 <= 0x33) {
		write_state($s, $op3, $rd, $a ^ $b);
	} elsif ($op3 == 0x3a) {
		ticc($s, $i, $sum);
	} elsif ($op3 == 0x3c || $op3 == 0x3d) {
		window($s, $op3, $rd, $sum);
	} elsif ($op3 != 0x3b) {
		trap(TT_ILLEGAL);
	}
	next_pc($s);
}

# op3 & 0f => bytes for the integer loads and stores.
my %width = (
	0x0 => 4, 0x1 => 1, 0x2 => 2, 0x3 => 8, 0x4 => 4, 0x5 => 1, 0x6 => 2, 0x7 => 8,
	0x9 => 1, 0xa => 2, 0xd => 1, 0xf => 4,
);

sub fp_memory {
	my ($s, $op3) = @_;
	my $queue = $op3 == 0x26 || $op3 == 0x36; # STDFQ, STDCQ
	trap(TT_ILLEGAL) if $op3 == 0x22 || $op3 == 0x32 || ($op3 & 0x0f) > 7;
	trap(TT_PRIV) if $queue && !is_super($s);
	fp_disabled($s) if $op3 < 0x30;
	trap(TT_CPDIS);
}

# op = 3
sub memory {
	my ($s, $i) = @_;
	my ($op3, $rd) = ($i >> 19 & 63, $i >> 25 & 31);
	return fp_memory($s, $op3) if $op3 >= 0x20;
	my $op = $op3 & 0x0f;
	my $n = $width{$op} or trap(TT_ILLEGAL);
	if ($op3 & 0x10) {
		trap(TT_PRIV) unless is_super($s);
		trap(TT_ILLEGAL) if $i >> 13 & 1;
	}
	trap(TT_ILLEGAL) if $n == 8 && $rd & 1;
	my $ea = (rget($s, $i >> 14 & 31) + operand2($s, $i)) & M32;
	trap(TT_ALIGN) if $ea & ($n - 1);
	trap(TT_DATA) if $ea + $n > $s->{memsize};
	my $old = load($s, $ea, $n);
	if ($op == 0x7) {
		store($s, $ea, 8, rget($s, $rd) << 32 | rget($s, $rd + 1));
	} elsif ($op >= 0x4 && $op <= 0x6) {
		store($s, $ea, $n, rget($s, $rd));
	} elsif ($op == 0xd) {
		store($s, $ea, 1, 0xff);
		rset($s, $rd, $old);
	} elsif ($op == 0xf) {
		store($s, $ea, 4, rget($s, $rd));
		rset($s, $rd, $old);
	} elsif ($op == 0x3) {
		rset($s, $rd, $old >> 32);
		rset($s, $rd + 1, $old & M32);
	} else {
		rset($s, $rd, $op >= 8 ? sext($old, 8 * $n) : $old);
	}
	next_pc($s);
}

sub execute {
	my ($s, $i) = @_;
	my $op = $i >> 30;
	return format2($s, $i) if $op == 0;
	return format3($s, $i) if $op == 2;
	return memory($s, $i) if $op == 3;
	my $pc = $s->{pc};
	rset($s, 15, $pc);
	transfer($s, $pc + ($i << 2));
}

sub take_trap {
	my ($s, $t) = @_;
	my $tt = $t->{tt};
	if (!($s->{psr} & PSR_ET)) {
		$s->{err} = $tt;
		$s->{tbr} = ($s->{tbr} & 0xfffff000) | $tt << 4 if $t->{write_tt};
		return [ "error", $tt ];
	}
	my $ps = is_super($s) ? PSR_PS : 0;
	$s->{psr} = ($s->{psr} & ~(PSR_ET | PSR_PS)) | $ps | PSR_S;
	set_cwp($s, (cwp($s) + $s->{nwin} - 1) % $s->{nwin});
	rset($s, 17, $s->{pc});
	rset($s, 18, $s->{npc});
	$s->{tbr} = ($s->{tbr} & 0xfffff000) | $tt << 4;
	$s->{pc} = $s->{tbr};
	$s->{npc} = $s->{tbr} + 4;
	return [ "trap", $tt ];
}

sub step {
	my ($s, $i) = @_;
	return [ "error", $s->{err} ] if defined $s->{err};
	if ($s->{annul}) {
		$s->{annul} = 0;
		next_pc($s);
		return ["annulled"];
	}
	eval {
		trap(TT_FETCH) if $s->{pc} + 4 > $s->{memsize};
		$i //= load($s, $s->{pc}, 4);
		execute($s, $i);
		1;
	} and return ["ok"];
	die $@ unless ref $@;
	return take_trap($s, $@);
}

# The state as text, one `name value` a line: what runners of other machines print too.
sub text {
	my ($s) = @_;
	my $t = "";
	$t .= sprintf "%s %08x\n", $_, $s->{$_} for qw(pc npc psr wim tbr y);
	$t .= sprintf "g%d %08x\n", $_, $s->{g}[$_] for 0 .. 7;
	for my $k (0 .. $s->{nwin} - 1) {
		$t .= sprintf "w%d.%d %08x\n", $k, $_, wget($s, $k, $_) for 8 .. 23;
	}
	return $t;
}

# 16 bytes a line, lines of zeroes left out.
sub mem_text {
	my ($s, $a, $len) = @_;
	my $t = "";
	for (my $o = 0; $o < $len; $o += 16) {
		my $line = join "", map { sprintf "%02x", byte($s, $a + $o + $_) }
			0 .. ($len - $o < 16 ? $len - $o : 16) - 1;
		$t .= sprintf "m%08x %s\n", $a + $o, $line if $line =~ /[^0]/;
	}
	return $t;
}

sub load_image {
	my ($s, $file, $base) = @_;
	open my $f, "<:raw", $file or die "$file: $!\n";
	local $/;
	my @b = unpack "C*", <$f>;
	$s->{mem}{$base + $_} = $b[$_] for 0 .. $#b;
}

sub main {
	my %o = (base => 0x4000, exit => 0x4008, max => 1_000_000, nwin => 8, iuver => 0x04);
	my ($file, @mem);
	while (defined(my $a = shift @_)) {
		if ($a eq "--mem") {
			push @mem, [ map { /^0x/ ? oct : $_ } split /:/, shift @_ ];
		} elsif ($a =~ /^--(base|exit|max|nwin|iuver)$/) {
			my ($k, $v) = ($1, shift @_);
			$o{$k} = $v =~ /^0x/ ? oct $v : $v;
		} else {
			$file = $a;
		}
	}
	die "usage: iu.pl IMAGE [--base A] [--exit A] [--max N] [--nwin N] [--mem A:LEN]...\n"
		unless defined $file;
	my $s = new(nwin => $o{nwin}, iuver => $o{iuver});
	load_image($s, $file, $o{base});
	@$s{qw(pc npc)} = ($o{base}, $o{base} + 4);
	my ($n, %traps) = (0);
	while ($n < $o{max} && !defined $s->{err} && ($s->{annul} || $s->{pc} != $o{exit})) {
		my $r = step($s);
		$n++ if $r->[0] ne "annulled";
		$traps{ $r->[1] }++ if $r->[0] eq "trap";
	}
	print text($s);
	print mem_text($s, @$_) for @mem;
	printf STDERR "%d instructions, traps: %s%s\n", $n,
		join(" ", map { sprintf "%02x*%d", $_, $traps{$_} } sort { $a <=> $b } keys %traps),
		defined $s->{err} ? sprintf(", error mode %02x", $s->{err}) : "";
	return 0;
}

package main;

exit IU::main(@ARGV) unless caller;
1;
