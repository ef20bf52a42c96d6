#!/usr/bin/perl
# SPDX-License-Identifier: MIT
#
# Writes the vectors for the integer unit to standard output: the same ones every
# time. What comes out is decided by iu.pl alone.
#
# One vector a line, `#` begins a comment, the last line is `end COUNT`:
#
#	NAME NWIN N A | SETUP | CODE | EXPECT
#
#	NAME	group.number
#	NWIN	8: PSR.impl and ver read 04; 7: they read 41
#	N	instructions to execute (one that traps counts; an annulled one does not)
#	A	annulled instructions passed on the way, or left behind at the end
#	SETUP	what differs from the base state before; EXPECT: what differs from the
#		state before, after. All that is not named must be unchanged.
#	CODE	ADDRESS:WORD,WORD,... in memory, several blocks; EXPECT does not repeat it
#
# Numbers are hex but for those in the first field. Things: gN globals; wK.N register N
# (8..23, outs and locals) of window K; y psr wim tbr pc npc; mADDR=BYTES memory; err=TT
# (EXPECT only): the processor is in error mode by that trap type, and pc, npc and the
# windows are as before the instruction. pc and npc are always given in EXPECT. No
# instruction is pending annulment before or after: one that is has been passed over.
#
# Base state: S=1 ET=1, all other bits of PSR 0; wim = y = 0; tbr = 10000; pc = 4000,
# npc = 4004; gN = N * 9e3779b9; wK.N = (16 * K + N) * 9e3779b9; memory from 0 to 1ffff,
# the byte at A is A * 3b + (A >> 8) * 11 + 5. Nothing is accessed outside that.
#
# Left out, because V8 leaves them open: ASRs other than Y; reserved fields that are not 0,
# except where V8 says that they are unused; SDIV with an exact quotient between -2**31
# and -2**31 - 1. Couples that begin with a conditional branch are a group of their own
# (`couplecc`): V8 calls them unpredictable, and every known chip goes by pc and npc.
use strict;
use warnings;
use FindBin;

require "$FindBin::Bin/iu.pl";
require "$FindBin::Bin/asm.pl";
Asm->import;

use constant { GOLD => 0x9e3779b9, MEM => 0x20000, CODE => 0x4000, DATA => 0x8000 };

my $count = 0;
my %seen;
my @cc = ccable();
my %mem3 = loads_and_stores();
seed(0x2545f491);

# --- emitting -------------------------------------------------------------------------

sub fill { my ($a) = @_; return ($a * 0x3b + ($a >> 8) * 0x11 + 5) & 0xff }

sub base_state {
	my ($nwin) = @_;
	my $s = IU::new(nwin => $nwin, iuver => $nwin == 8 ? 0x04 : 0x41, memsize => MEM, fill => \&fill);
	$s->{psr} |= 0xa0;
	@$s{qw(tbr pc npc)} = (0x10000, CODE, CODE + 4);
	$s->{g}[$_] = $_ * GOLD & 0xffffffff for 1 .. 7;
	for my $k (0 .. $nwin - 1) {
		IU::wset($s, $k, $_, (16 * $k + $_) * GOLD) for 8 .. 23;
	}
	return $s;
}

# name => value of all that is not memory.
sub flat {
	my ($s) = @_;
	my %f = map { $_ => $s->{$_} } qw(y psr wim tbr pc npc);
	$f{"g$_"} = $s->{g}[$_] for 1 .. 7;
	for my $k (0 .. $s->{nwin} - 1) {
		$f{"w$k.$_"} = $s->{w}[ 16 * $k + $_ - 8 ] for 8 .. 23;
	}
	return \%f;
}

sub order {
	my ($n) = @_;
	return [ $1, $2 ] if $n =~ /^w(\d+)\.(\d+)/;
	return [ $n =~ /^g(\d+)/ ? (-1, $1) : (-2, ord $n) ];
}

sub diff {
	my ($from, $to, @always) = @_;
	my %want = map { $_ => 1 } @always, grep { $from->{$_} != $to->{$_} } keys %$to;
	my @n = map { $_->[1] }
		sort { $a->[0][0] <=> $b->[0][0] || $a->[0][1] <=> $b->[0][1] || $a->[1] cmp $b->[1] }
		map { [ order($_), $_ ] } keys %want;
	return map { sprintf "%s=%x", $_, $to->{$_} } @n;
}

# Runs of consecutive bytes of a { address => byte }.
sub bytes {
	my ($m) = @_;
	my (@t, $next);
	for my $a (sort { $a <=> $b } keys %$m) {
		push @t, sprintf "m%x=", $a unless defined $next && $a == $next;
		$t[-1] .= sprintf "%02x", $m->{$a};
		$next = $a + 1;
	}
	return @t;
}

my %base = map { $_ => flat(base_state($_)) } 7, 8;

# vector(GROUP, CODE, SETUP...): CODE is a list of words at pc, or { address => [words] }.
# SETUP: nwin n until (run until pc is there), psr (or cwp icc s et ps pil ef), wim tbr y pc npc,
# rN (in the current window), gN, "mADDR" => hex string.
sub vector {
	my ($group, $code, %o) = @_;
	my $nwin = delete $o{nwin} // 8;
	my $n = delete $o{n} // 1;
	my $until = delete $o{until};
	my $s = base_state($nwin);
	my $psr = delete $o{psr} // $s->{psr};
	my %bits = (cwp => [ 0, 31 ], et => [ 5, 1 ], ps => [ 6, 1 ], s => [ 7, 1 ], pil => [ 8, 15 ],
		ef => [ 12, 1 ], icc => [ 20, 15 ]);
	for my $k (keys %bits) {
		my ($sh, $m) = @{ $bits{$k} };
		$psr = ($psr & ~($m << $sh)) | delete($o{$k}) << $sh if exists $o{$k};
	}
	$s->{psr} = $psr;
	for my $k (sort keys %o) {
		my $v = $o{$k};
		if ($k =~ /^r(\d+)$/) {
			IU::rset($s, $1, $v & 0xffffffff);
		} elsif ($k =~ /^g(\d+)$/) {
			IU::wset($s, 0, $1, $v);
		} elsif ($k =~ /^w(\d+)\.(\d+)$/) {
			IU::wset($s, $1, $2, $v);
		} elsif ($k =~ /^m([0-9a-f]+)$/) {
			my $a = hex $1;
			$s->{mem}{ $a++ } = hex $_ for $v =~ /../g;
		} elsif ($k =~ /^(y|wim|tbr|pc|npc)$/) {
			$s->{$k} = $v & 0xffffffff;
		} else {
			die "$group: what is '$k'?\n";
		}
	}
	$s->{npc} = $s->{pc} + 4 if exists $o{pc} && !exists $o{npc};
	$code = { $s->{pc} => $code } if ref $code eq "ARRAY";
	my $before = flat($s);
	my @setup = (diff($base{$nwin}, $before), bytes($s->{mem}));
	for my $a (keys %$code) {
		my $p = $a;
		for my $w (@{ $code->{$a} }) {
			IU::store($s, $p, 4, $w);
			$p += 4;
		}
	}
	my %mem = %{ $s->{mem} };
	my ($done, $annulled) = (0, 0);
	while (defined $until ? $s->{pc} != $until || $s->{annul} : $done < $n) {
		my $r = IU::step($s);
		if ($r->[0] eq "annulled") {
			$annulled++;
			next;
		}
		$done++;
		die "$group: runs away\n" if $done > 1000;
		die "$group: outside memory\n"
			if $r->[0] ne "ok" && ($r->[1] == 0x01 || $r->[1] == 0x09);
		last if $r->[0] eq "error";
	}
	if ($s->{annul}) {
		IU::step($s);
		$annulled++;
	}
	my %changed = map { $_ => $s->{mem}{$_} }
		grep { ($mem{$_} // fill($_)) != $s->{mem}{$_} } keys %{ $s->{mem} };
	my @expect = (diff($before, flat($s), "pc", "npc"), bytes(\%changed));
	push @expect, sprintf "err=%x", $s->{err} if defined $s->{err};
	my @code = map { sprintf "%x:%s", $_, join ",", map { sprintf "%x", $_ } @{ $code->{$_} } }
		sort { $a <=> $b } keys %$code;
	my $line = "$nwin $done $annulled|@setup|@code|@expect";
	return if $seen{"$group $line"}++;
	printf "%s.%d %s\n", $group, $seen{$group}++ + 1, $line;
	$count++;
}

# --- operands -------------------------------------------------------------------------

my @V = (0, 1, 0xffffffff, 0x7fffffff, 0x80000000, 0x80000001, 5, 0xffff, 0xaaaaaaaa, 0x12345678);
my @V5 = (0, 1, 0xffffffff, 0x7fffffff, 0x80000000);
my @IMM = (0, 1, -1, 5, 0xfff, -4096);

# Both forms of a three-register instruction over the given values, in %o1, %o2 -> %o3.
sub forms {
	my ($m, $as, $bs, %o) = @_;
	for my $a (@$as) {
		vector($m, [ r($m, 11, 9, 10) ], r9 => $a, r10 => $_, icc => rnd(16), %o) for @$bs;
	}
}

sub imms {
	my ($m, $as, $imms, %o) = @_;
	for my $a (@$as) {
		vector($m, [ i($m, 11, 9, $_) ], r9 => $a, icc => rnd(16), %o) for @$imms;
	}
}

sub alu {
	for my $m (qw(add sub)) {
		forms("${m}cc", \@V, \@V);
		forms($m, \@V5, \@V5);
		imms($_, \@V5, \@IMM) for $m, "${m}cc";
		for my $c (0, 1) {
			forms("${m}xcc", \@V, \@V, icc => $c);
			forms("${m}x", \@V5, \@V5, icc => $c | 14);
			imms($_, \@V5, \@IMM, icc => $c) for "${m}x", "${m}xcc";
		}
	}
	for my $m (qw(and or xor andn orn xnor)) {
		forms($_, [ 0, 0xffffffff, 0x80000000, 0x12345678 ], [ 0, 0xffffffff, 0xf0f0f0f0, 0x7fffffff ])
			for $m, "${m}cc";
		imms($_, [ 0, 0xffffffff, 0x12345678 ], \@IMM) for $m, "${m}cc";
	}
	for my $m (qw(sll srl sra)) {
		my @n = (0, 1, 5, 15, 16, 30, 31);
		my @a = (0, 1, 0xffffffff, 0x7fffffff, 0x80000001, 0x12345678);
		forms($m, \@a, [ @n, 32, 33, 63, 0xffffffff, 0x80000000 ]);
		imms($m, \@a, \@n);
	}
	vector("sethi", [ sethi($_, 0x3fffff) ]) for 0 .. 31;
	vector("sethi", [ sethi(9, $_) ]) for 0, 1, 0x200000, 0x2aaaaa;
	vector("sethi", [ sethi(0, $_) ]) for 0, 1, 0x123456;
}

sub tagged {
	my @a = (0, 1, 2, 3, 4, 0x7ffffffc, 0x7fffffff, 0x80000000, 0xfffffffc, 0xffffffff);
	for my $m (qw(taddcc tsubcc taddcctv tsubcctv)) {
		forms($m, \@a, \@a);
		imms($m, \@a, [ 0, 1, 2, 4, -4, -1 ]);
	}
}

sub mul {
	for my $m (qw(umul smul)) {
		forms("${m}cc", \@V, \@V, y => 0x5a5a5a5a);
		forms($m, \@V5, \@V5);
		imms($_, \@V5, \@IMM) for $m, "${m}cc";
	}
	my @v = (0, 1, 0xffffffff, 0x7fffffff, 0x80000000);
	for my $nv (0, 8, 2, 10) {
		for my $y (0, 1, 0x80000000, 0xffffffff) {
			forms("mulscc", \@v, \@v, icc => $nv | 5 & rnd(16), y => $y);
		}
		imms("mulscc", [ 3, 0xffffffff ], \@IMM, icc => $nv, y => 0x11111111);
	}
	# The whole multiplication: %y and %o0 by %o1, 32 steps and one to shift, product in %y:%o4.
	for my $p ([ 7, 6 ], [ 0xffffffff, 0xffffffff ], [ 0x80000000, 0x80000000 ], [ 0x12345678, 0x9abcdef0 ], [ 0x7fffffff, 2 ]) {
		my @c = (r("wry", 0, 8, 0), r("andcc", 12, 0, 0), (r("mulscc", 12, 12, 9)) x 32, r("mulscc", 12, 12, 0));
		vector("mulsequence", \@c, n => scalar @c, r8 => $p->[0], r9 => $p->[1]);
	}
}

# SDIV whose exact quotient lies strictly between -2**31 - 1 and -2**31: V is open.
sub open_overflow {
	my ($y, $a, $b) = @_;
	my ($q, $v) = IU::sdiv($y, $a, $b);
	return 0 if $v || $q != 0x80000000 || !(($y ^ $b) >> 31);
	my ($hi, $lo) = IU::smul($q, $b);
	return $hi != $y || $lo != $a;
}

sub div_one {
	my ($m, $y, $a, $b, $imm) = @_;
	my $d = $imm ? IU::sext($b, 13) : $b;
	return if $m =~ /^sdiv/ && $d && open_overflow($y, $a, $d);
	my @b = $imm ? () : (r10 => $b);
	vector($m, [ $imm ? i($m, 11, 9, $b) : r($m, 11, 9, 10) ], r9 => $a, @b, y => $y, icc => rnd(16));
}

sub div {
	my @y = (0, 1, 5, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff);
	my @a = (0, 1, 0x7fffffff, 0x80000000, 0x80000001, 0xffffffff);
	my @b = (0, 1, 2, 7, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff);
	for my $m (qw(udiv sdiv)) {
		for my $y (@y) {
			for my $a (@a) {
				div_one("${m}cc", $y, $a, $_) for @b;
				div_one("${m}cc", $y, $a, $_, 1) for 0, -1, 3, -4096, 0xfff;
			}
			for my $a (1, 0x80000000) {
				div_one($m, $y, $a, $_) for @b;
				div_one($m, $y, $a, $_, 1) for 0, -3;
			}
		}
		# Just below, at and just above each border of the quotient.
		for my $d (1, 2, 3, 0x10000, 0x7fffffff, 0x80000000, 0x80000001, 0xfffffffd, 0xffffffff) {
			for my $q (0x7fffffff, 0x80000000, 0x80000001, 0xffffffff, 1, 0) {
				for my $e (-1, 0, 1) {
					my ($hi, $lo) = $m eq "udiv" ? IU::umul($q, $d) : IU::smul($q, $d);
					my $n = ($hi << 32 | $lo);
					# Modulo 2**64, in two halves: $n may be all ones.
					my $l = $lo + $e;
					my $h = ($hi + ($l < 0 ? -1 : $l > 0xffffffff ? 1 : 0)) & 0xffffffff;
					div_one("${m}cc", $h, $l & 0xffffffff, $d);
				}
			}
		}
		div_one($_, rnd(), rnd(), rnd()) for ($m, "${m}cc") x 20;
		div_one($_, 0, rnd(), 1 + rnd(1000)) for ($m, "${m}cc") x 20;
		div_one($_, 0xffffffff, rnd(), 1 + rnd(1000)) for ($m, "${m}cc") x 20;
	}
}

# Every register as source and destination, in every window; overlaps; rd = 0.
sub registers {
	for my $k (0 .. 7) {
		vector("regs", [ r("add", $_, (7 * $_ + $k) & 31, (13 * $_ + 5) & 31) ], cwp => $k) for 0 .. 31;
	}
	for my $k (0 .. 6) {
		vector("regs", [ i("xor", $_, 31 - $_, 0x155) ], cwp => $k, nwin => 7) for 0 .. 31;
	}
	my @ops = (@cc, (map { "${_}cc" } @cc), qw(taddcc tsubcc mulscc sll srl sra));
	for my $m (@ops) {
		vector("overlap", [ r($m, 9, 9, 10) ], r9 => 0x40000003, r10 => 6, y => 1);
		vector("overlap", [ r($m, 10, 9, 10) ], r9 => 0x40000003, r10 => 6, y => 1);
		vector("overlap", [ r($m, 9, 9, 9) ], r9 => 0x40000004, y => 1);
		vector("overlap", [ i($m, 25, 25, 77) ], r25 => 0xc0000000, y => 3, cwp => 3);
		vector("rd0", [ r($m, 0, 9, 10) ], r9 => 0x80000000, r10 => 0x80000000, y => 2);
		vector("rd0", [ i($m, 0, 0, 9) ], y => 2);
		vector("rs0", [ r($m, 9, 0, 10) ], r10 => 3, y => 2);
		vector("rs0", [ r($m, 9, 10, 0) ], r10 => 3, y => 2) unless $m =~ /div/;
	}
}

# --- control transfer -----------------------------------------------------------------

sub branches {
	for my $c (0 .. 15) {
		for my $icc (0 .. 15) {
			for my $a (0, 1) {
				vector("bicc", [ bicc($c, $a, 0x40), i("add", 9, 0, 1) ], icc => $icc);
			}
			my $t = 16 * $c + $icc;
			vector("ticc", [ $t & 1 ? i("ticc", $c, 9, $t & 0x7f) : r("ticc", $c, 9, 10) ],
				icc => $icc, r9 => 0, r10 => $t & 0x7f);
		}
		for my $a (0, 1) {
			vector("bicc", [ bicc($c, $a, $_) ], icc => 9) for -4, -0x100, 0, 4, 8, 0x7ffffc, -0x800000;
		}
	}
	for my $p ([ 0, 0 ], [ 0x7f, 0 ], [ 0x7f, 1 ], [ 0x80, 5 ], [ 0xffffffff, 0 ], [ 0xffffff83, 4 ], [ 64, 64 ]) {
		vector("ticcnum", [ r("ticc", 8, 9, 10) ], r9 => $p->[0], r10 => $p->[1]);
		vector("ticcnum", [ i("ticc", 8, 9, $p->[1]) ], r9 => $p->[0]);
	}
	vector("ticcnum", [ i("ticc", 8, 0, $_) ], s => 0) for 0 .. 127;
	vector("call", [ call($_) ]) for 0, 4, 8, 0x100, -4, -0x1000, 0x7ffffffc, -0x80000000;
	vector("call", [ call(0x40) ], cwp => $_, r15 => 1) for 0 .. 7;
	for my $rd (0, 15, 9, 17, 31) {
		vector("jmpl", [ r("jmpl", $rd, 9, 10) ], r9 => 0x5000, r10 => $_) for 0, 1, 2, 3, 4, 0xfffffffc;
		vector("jmpl", [ i("jmpl", $rd, 9, $_) ], r9 => 0x5000) for 0, 8, -8, 1, 2, 3, -1, 0xffc, -4096;
	}
	vector("jmpl", [ i("jmpl", 9, 9, $_) ], r9 => 0x5001) for 3, 0, 1, 2;
	vector("jmpl", [ i("jmpl", 31, 31, 8) ], r31 => 0x6000, cwp => 5);
}

# In the middle of a couple: pc and npc are not in sequence.
sub slots {
	my %o = (pc => 0x4000, npc => 0x5000);
	vector("slot", [$_], %o, r9 => 0x80000001, r10 => 3)
		for r("addcc", 11, 9, 10), i("save", 14, 14, -96), r("restore", 0, 0, 0), nop(), ta(5),
		unimp(0), bicc(8, 0, 0x40), bicc(8, 1, 0x40), bicc(0, 0, 0x40), bicc(0, 1, 0x40),
		bicc(9, 1, 0x40), bicc(1, 1, 0x40), bicc(1, 0, 0x40), call(0x40),
		i("jmpl", 15, 0, 0x600), mi("ld", 11, 0, 0x800), mi("ld", 11, 0, 0x801),
		i("rdpsr", 11, 0, 0), r("udiv", 11, 9, 0), i("ticc", 0, 0, 5), r("flush", 0, 9, 0);
	vector("slot", [ i("ticc", 9, 0, 3) ], %o, icc => $_) for 0, 4;
	vector("slot", [ i("save", 14, 14, -96) ], %o, wim => 0x80);
	vector("slot", [ i("restore", 14, 14, -96) ], %o, wim => 2);
}

# --- memory ---------------------------------------------------------------------------

sub memory {
	my %data = (m8000 => "807f01fe00ff8081fffe7f00c0ffee01");
	for my $m (sort keys %mem3) {
		for my $off (0 .. 8) {
			my %o = (%data, r10 => 0x89abcdef, r11 => 0x01234567);
			vector($m, [ mi($m, 10, 9, $off) ], %o, r9 => DATA);
			vector($m, [ mr($m, 10, 9, 13) ], %o, r9 => DATA + 16, r13 => $off - 16);
			vector("${m}a", [ ma($m, 10, 9, 13, 0x0b) ], %o, r9 => DATA, r13 => $off);
		}
		vector($m, [ mi($m, 10, 9, $_) ], %data, r9 => DATA + 8) for -8, -4096, 4088;
		vector($m, [ mi($m, 10, 0, 0x800) ]);
		vector($m, [ mi($m, 0, 9, 0) ], %data, r9 => DATA);
		vector($m, [ mi($m, 0, 9, 8) ], %data, r9 => DATA, r1 => 0x55aa55aa);
		vector($m, [ mi($m, 10, 10, 0) ], %data, r10 => DATA);
		vector($m, [ mi($m, 10, 11, 0) ], %data, r11 => DATA);
		vector($m, [ mr($m, 10, 10, 11) ], %data, r10 => DATA, r11 => 8);
		vector($m, [ mi($m, 14, 9, 0) ], %data, r9 => DATA, cwp => 7);
		vector($m, [ mi($m, 30, 9, 0) ], %data, r9 => DATA, cwp => 7);
		vector($m, [ mi($m, 22, 9, 8) ], %data, r9 => DATA, cwp => 4, s => 0);
		vector($m, [ mi($m, 11, 9, $_) ], %data, r9 => DATA) for 0, 1, 4, 7;
		# At the end of a page, and across it if misaligned.
		vector($m, [ mi($m, 10, 9, $_) ], m8ff8 => "0102030405060708a1a2", r9 => 0x9000) for -8 .. 0;
		my $a = "${m}a";
		vector($a, [ ma($m, 10, 9, 0, 0x0a) ], %data, r9 => DATA);
		vector($a, [ ma($m, 0, 9, 0, 0x0b) ], %data, r9 => DATA + 8);
		vector($a, [ ma($m, 11, 9, 0, 0x0b) ], %data, r9 => $_) for DATA, DATA + 1;
		# i = 1 is illegal; a user may not use any form, right or wrong.
		vector($a, [ raw(3, $mem3{$m} | 0x10, $_, 9, 0x2000) ], r9 => DATA) for 10, 11;
		vector($a, [ raw(3, $mem3{$m} | 0x10, 10, 9, 0x2000) ], r9 => DATA, s => 0);
		vector($a, [ ma($m, $_, 9, 0, 0x0a) ], r9 => DATA, s => 0) for 10, 11;
		vector($a, [ ma($m, 10, 9, 0, 0x0a) ], r9 => DATA + 1, s => 0);
		vector($a, [ ma($m, $_, 9, 0, 0x0b) ], r9 => DATA + 1, et => 0) for 10, 11;
		vector($m, [ mi($m, $_, 9, 0) ], r9 => DATA + 1, et => 0, s => rnd(2)) for 10, 11;
	}
}

# --- windows --------------------------------------------------------------------------

sub windows {
	for my $nwin (7, 8) {
		for my $k (0 .. $nwin - 1) {
			for my $m (qw(save restore)) {
				my %o = (nwin => $nwin, cwp => $k, r14 => 0x9000);
				vector($m, [ i($m, 14, 14, -96) ], %o, wim => 1 << $_, icc => rnd(16)) for 0 .. $nwin - 1;
				vector($m, [ i($m, 14, 14, -96) ], %o, wim => $_)
					for 0, (1 << $nwin) - 1, (1 << $nwin) - 1 & ~(1 << ($k + 1) % $nwin),
					(1 << $nwin) - 1 & ~(1 << ($k + $nwin - 1) % $nwin);
				# The operands are the old window's, rd the new one's.
				vector($m, [ r($m, $_, 24, 8) ], %o) for 0, 3, 8, 16, 24, 31;
				vector($m, [ r($m, $_, 16, 17) ], %o, s => 0) for 0, 16, 14;
				vector($m, [ i($m, 14, 14, -96) ], %o, wim => 1 << ($k + 1) % $nwin, s => 0);
				vector($m, [ i($m, 14, 14, -96) ], %o, wim => (1 << $nwin) - 1, et => 0);
			}
			# Trap entry looks at no WIM.
			vector("entry", [ ta(rnd(128)) ], nwin => $nwin, cwp => $k, s => $_ & 1, icc => rnd(16), ps => $_ >> 1,
				pil => rnd(16), wim => $_ == 2 ? (1 << $nwin) - 1 : 0, tbr => 0x1ab0) for 0 .. 3;
			vector("chain", [ (i("save", 14, 14, -96)) x $nwin ], nwin => $nwin, cwp => $k, wim => 1 << $_,
				n => ($k + $nwin - $_) % $nwin || $nwin) for 0 .. $nwin - 1;
			vector("chain", [ (i("restore", 14, 14, 96)) x $nwin ], nwin => $nwin, cwp => $k, n => $nwin);
			vector("chain", [ (i("save", 14, 14, -96)) x ($nwin + 1) ], nwin => $nwin, cwp => $k, n => $nwin + 1);
		}
	}
}

# --- state registers ------------------------------------------------------------------

sub state_registers {
	for my $s (0, 1) {
		for my $m (qw(rdy rdpsr rdwim rdtbr)) {
			vector($m, [ r($m, $_, 0, 0) ], s => $s, y => 0xdeadbeef, wim => 0x81, tbr => 0x1ab0, icc => 5, pil => 9)
				for 0, 9, 24;
			vector($m, [ r($m, 9, 0, 0) ], s => $s, nwin => 7, y => 3, wim => 0x41, cwp => 6, ps => 1, ef => 1);
			vector($m, [ r($m, 9, 0, 0) ], s => $s, et => 0, cwp => 2);
		}
		for my $m (qw(wry wrpsr wrwim wrtbr)) {
			my %o = (s => $s, wim => 2, tbr => 0x1abc0, y => 77);
			vector($m, [ r($m, 0, 9, 10) ], %o, r9 => $_, r10 => 0x00ff00ff) for @V;
			vector($m, [ i($m, 0, 9, $_) ], %o, r9 => 0x0000ff00) for @IMM, 0xaaa;
			vector($m, [ r($m, 0, 0, 0) ], %o);
			vector($m, [ i($m, 0, 9, 0) ], %o, r9 => 0xa1, nwin => 7);
			vector($m, [ i($m, 0, 9, 0x55) ], %o, r9 => 0xffffffff, nwin => 7);
			vector($m, [ i($m, 0, 9, 0) ], %o, r9 => 0x9f, et => 0);
			vector($m, [ i($m, 0, 9, 0) ], %o, r9 => 0x87, et => 0);
		}
	}
	vector("stbar", [ r("rdy", 0, 15, 0) ], s => $_) for 0, 1;
	for my $nwin (7, 8) {
		for my $k (0 .. 31) {
			vector("wrpsrcwp", [ i("wrpsr", 0, 0, 0xa0 | $k) ], nwin => $nwin, s => 1);
			vector("wrpsrcwp", [ i("wrpsr", 0, 9, 0x1f) ], nwin => $nwin, r9 => 0xf00fc0 | $k ^ 0x1f, cwp => 3);
			vector("wrpsrcwp", [ i("wrpsr", 0, 0, 0xa0 | $k) ], nwin => $nwin, s => 0);
			vector("wrpsrcwp", [ i("wrpsr", 0, 0, 0xa0 | $k) ], nwin => $nwin, et => 0);
		}
		# Each single bit, from all zeroes and from all ones.
		for my $b (5 .. 31) {
			vector("wrpsrbit", [ r("wrpsr", 0, 9, 0) ], nwin => $nwin, r9 => 1 << $b);
			vector("wrpsrbit", [ r("wrpsr", 0, 9, 0) ], nwin => $nwin, r9 => 0xffffffe6 & ~(1 << $b),
				psr => ($nwin == 8 ? 0x04 : 0x41) << 24 | 0xf01fe6);
		}
	}
	for my $p (0 .. 7) {
		vector("wrpsrmode", [ i("wrpsr", 0, 9, 0), r("rdpsr", 10, 0, 0) ], r9 => $p << 5 | 0xa00000, n => $_)
			for 1, 2;
		vector("wrpsrmode", [ i("wrpsr", 0, 9, 2), r("add", 10, 9, 17) ], r9 => $p << 5, n => 2);
		vector("wrpsrmode", [ i("wrpsr", 0, 9, 2), ta(1) ], r9 => $p << 5, n => 2);
	}
	vector("wryuse", [ i("wry", 0, 0, 5), r($_, 11, 9, 10) ], n => 2, r9 => 0x1234567, r10 => 0x100)
		for qw(udiv sdiv udivcc sdivcc mulscc);
	vector("wryuse", [ i("wry", 0, 9, 5), r("rdy", 11, 0, 0) ], n => 2);
}

sub rett {
	for my $nk ([ 8, 0 ], [ 8, 7 ], [ 7, 6 ], [ 8, 3 ]) {
		my ($nwin, $k) = @$nk;
		for my $f (0 .. 31) {
			my %o = (nwin => $nwin, cwp => $k, s => $f & 1, et => $f >> 1 & 1, ps => $f >> 2 & 1,
				wim => $f & 8 ? 1 << ($k + 1) % $nwin : (1 << $nwin) - 1 & ~(1 << ($k + 1) % $nwin));
			my $align = $f & 16 ? 0 : 1 + rnd(3);
			vector("rett", [ i("rett", 0, 18, $align) ], %o, r18 => 0x5000, icc => 6, pil => 3);
			vector("rett", [ r("rett", 0, 18, 19) ], %o, r18 => 0x5000 - 1, r19 => 1 + $align, wim => 0);
		}
		vector("rett", [ i("rett", 0, 18, $_) ], nwin => $nwin, cwp => $k, et => 0, r18 => 0x5000) for 0 .. 4;
	}
	# As handlers return: again, and past the instruction.
	for my $f (0 .. 7) {
		my %o = (cwp => 7 - $f, et => 0, ps => $f & 1, r17 => 0x5000, r18 => 0x6004,
			wim => $f & 2 ? 0 : 1 << (8 - $f) % 8);
		my @at = (0x5000 => [ i("or", 1, 1, 1), i("or", 1, 1, 2) ], 0x6004 => [ i("or", 1, 1, 4), i("or", 1, 1, 8) ]);
		for my $n (1 .. 4) {
			vector("jmplrett", { 0x4000 => [ r("jmpl", 0, 17, 0), r("rett", 0, 18, 0) ], @at }, %o, n => $n, r1 => 0);
			vector("jmplrett", { 0x4000 => [ r("jmpl", 0, 18, 0), i("rett", 0, 18, 4) ], @at }, %o, n => $n, r1 => 0);
		}
		vector("jmplrett", { 0x4000 => [ r("jmpl", 0, 17, 0), i("rett", 0, 18, 2) ], @at }, %o, n => 2);
	}
	# A trap, its handler, and back.
	for my $s (0, 1) {
		vector("handler", { 0x4000 => [ ta(3), i("or", 1, 1, 1) ],
			0x10830 => [ r("rdpsr", 16, 0, 0), r("jmpl", 0, 18, 0), i("rett", 0, 18, 4) ] },
			n => $_, s => $s, cwp => 5, r1 => 0, icc => 12) for 1 .. 5;
		vector("handler", { 0x4000 => [ bicc(8, 0, 0x1000), mi("ld", 9, 0, 0x801) ], 0x5000 => [ i("or", 1, 1, 1) ],
			0x10070 => [ r("rdtbr", 16, 0, 0), r("jmpl", 0, 17, 0), r("rett", 0, 18, 0) ] },
			n => $_, s => $s, cwp => 0, r1 => 0) for 2 .. 6;
	}
}

# --- illegal, privileged, disabled; priorities ----------------------------------------

sub illegal {
	my @words = (
		(map { unimp($_) } 0, 1, 0x3fffff), (map { $_ << 22 | 0x1234 } 1, 3, 5), 1 << 29 | 9 << 25,
		(map { raw(2, $_, 9, 10, 0x2005), raw(2, $_, 0, 0, 0) } 0x09, 0x0d, 0x19, 0x1d, 0x2c .. 0x2f, 0x3e, 0x3f),
		(map { raw(3, $_, 10, 0, 0x2800), raw(3, $_, 10, 9, 0) }
			0x08, 0x0b, 0x0c, 0x0e, 0x18, 0x1b, 0x1c, 0x1e, 0x22, 0x32, 0x28 .. 0x2f, 0x38 .. 0x3f),
	);
	my @fp = (
		(map { $_ << 25 | 6 << 22 | 0x10 } 0 .. 31), (map { raw(2, 0x34, 2, 4, $_ << 5 | 6) } 0x01, 0x41, 0x42, 0x4d, 0xc8, 0x1ff),
		(map { raw(2, 0x35, 0, 4, $_ << 5 | 6) } 0x51, 0x52, 0x55, 0), (map { raw(3, $_, 2, 9, 0) } 0x20, 0x21, 0x23 .. 0x25, 0x27),
		raw(3, 0x23, 3, 9, 0), raw(3, 0x27, 3, 9, 0),
	);
	my @cp = (
		(map { $_ << 25 | 7 << 22 | 0x10 } 0 .. 31), raw(2, 0x36, 2, 4, 6), raw(2, 0x37, 2, 4, 6),
		(map { raw(3, $_, 2, 9, 0) } 0x30, 0x31, 0x33 .. 0x35, 0x37),
	);
	my @queue = (raw(3, 0x26, 2, 9, 0), raw(3, 0x36, 2, 9, 0));
	my %group = (illegal => \@words, fp => \@fp, cp => \@cp, queue => \@queue);
	for my $g (sort keys %group) {
		for my $w (@{ $group{$g} }) {
			vector($g, [$w], r9 => DATA, s => $_, icc => 3) for 0, 1;
			vector($g, [$w], r9 => DATA, et => 0, cwp => 4);
			vector("${g}slot", [$w], r9 => DATA, npc => 0x5000, cwp => 7);
		}
	}
	# Disabled comes before misaligned.
	vector("prio", [$_], r9 => DATA + 1, s => 1) for @fp, @cp, @queue;
	vector("prio", [$_], r9 => DATA + 1, s => 0) for @queue;
}

sub priorities {
	for my $s (0, 1) {
		for my $et (0, 1) {
			my %o = (s => $s, et => $et, r9 => DATA + 1);
			# privileged > illegal > window > misaligned
			vector("prio", [$_], %o) for mi("ldd", 11, 9, 0), mi("std", 11, 9, 0), mi("ldd", 10, 9, 0),
				ma("ldd", 11, 9, 0, 11), ma("std", 11, 9, 0, 11), ma("ld", 11, 9, 0, 11), ma("swap", 11, 9, 0, 11),
				raw(3, 0x10, 10, 9, 0x2001), raw(3, 0x13, 11, 9, 0x2001), i("wrpsr", 0, 0, 0x1f), i("wrpsr", 0, 0, 0x08);
			vector("prio", [ i("rett", 0, 9, 0) ], %o, wim => 0xff);
			vector("prio", [ i("rett", 0, 9, 0) ], %o, wim => 0);
			vector("prio", [ r("taddcctv", 11, 9, 9) ], %o);
			vector("prio", [ r("udivcc", 11, 9, 0) ], %o, icc => 9, y => 7);
			vector("prio", [ r("sdiv", 0, 9, 0) ], %o, y => 7);
			vector("prio", [ i("jmpl", 9, 9, 0) ], %o);
			vector("prio", [ ta(0) ], %o, cwp => 2);
			vector("prio", [ i("ticc", 0, 0, 0) ], %o);
		}
	}
}

# --- sequences ------------------------------------------------------------------------

sub couples {
	# Those that go to 5000 from 4000, and to 6000 from 4004. %g2 = 5000, %g3 = 6000; Z is 1.
	my %cti = (
		ba => sub { bicc(8, 0, $_[0]) }, baa => sub { bicc(8, 1, $_[0]) }, bn => sub { bicc(0, 0, $_[0]) },
		bna => sub { bicc(0, 1, $_[0]) }, be => sub { bicc(1, 0, $_[0]) }, bea => sub { bicc(1, 1, $_[0]) },
		bne => sub { bicc(9, 0, $_[0]) }, bnea => sub { bicc(9, 1, $_[0]) }, call => sub { call($_[0]) },
		jmpl => sub { r("jmpl", 8, $_[1], 0) },
	);
	my @trail = (
		0x4008 => [ map { i("or", 1, 1, $_) } 1, 2, 4 ], 0x5000 => [ map { i("or", 1, 1, $_) } 8, 16, 32 ],
		0x6000 => [ map { i("or", 1, 1, $_) } 64, 128, 256 ],
	);
	my %o = (icc => 4, r1 => 0, r2 => 0x5000, r3 => 0x6000);
	my @trapping = (ta(5), unimp(1), mi("ld", 9, 0, 0x801), r("udiv", 9, 9, 0), i("save", 14, 14, -96),
		r("taddcctv", 9, 2, 3), i("jmpl", 9, 2, 2), i("rett", 0, 2, 0));
	for my $first (sort keys %cti) {
		my $c1 = $cti{$first}->(0x1000, 2);
		for my $second (sort keys %cti) {
			my $g = $first =~ /^bn?ea?$/ ? "couplecc" : "couple";
			vector($g, { 0x4000 => [ $c1, $cti{$second}->(0x1ffc, 3) ], @trail }, %o, n => $_) for 1 .. 5;
		}
		for my $t (@trapping) {
			vector("slottrap", { 0x4000 => [ $c1, $t ], @trail }, %o, n => $_, r2 => 0x5000, r3 => 0x6001, wim => 0x80) for 1, 2;
		}
		vector("slottrap", { 0x4000 => [ $c1, unimp(1) ], @trail }, %o, n => 2, et => 0);
		# The branch is the last word of a page, or the slot is.
		for my $pc (0x4ff8, 0x4ffc) {
			my @code = ($pc => [ $cti{$first}->(-0x800, 2), i("or", 1, 1, 1), i("or", 1, 1, 2), i("or", 1, 1, 4) ]);
			push @code, $pc - 0x800 => [ i("or", 1, 1, 8), i("or", 1, 1, 16) ], 0x6000 => [ i("or", 1, 1, 32) ];
			vector("pageend", {@code}, %o, pc => $pc, r2 => 0x6000, n => $_) for 1 .. 4;
		}
		vector("pageend", { 0x4ffc => [ $c1, $_ ] }, %o, pc => 0x4ffc, n => 2) for ta(5), unimp(2);
	}
	vector("pageend", [ (i("or", 1, 1, 1), i("add", 1, 1, 2)) x 2 ], pc => 0x4ff8, n => $_) for 1 .. 4;
	vector("pageend", { 0x4ffc => [ i("add", 9, 9, 1) ], 0x6ffc => [ i("add", 9, 9, 2), i("add", 9, 9, 4) ] },
		pc => 0x4ffc, npc => 0x6ffc, n => $_) for 1 .. 3;
}

# Condition codes made by one instruction and read by the next ones.
sub flags {
	my @cc_ops = ((map { "${_}cc" } @cc), qw(taddcc tsubcc mulscc));
	my @pairs = ([ 0, 0 ], [ 1, 2 ], [ 2, 1 ], [ 0x80000000, 1 ], [ 0x7fffffff, 0xffffffff ], [ 0x80000000, 0x80000000 ],
		[ 0xffffffff, 1 ], [ 1, 0x80000000 ], [ 0xffffffff, 0xffffffff ], [ 0, 0x80000000 ], [ 0x7fffffff, 1 ]);
	for my $m (@cc_ops) {
		for my $p (@pairs) {
			next if $m =~ /div/ && $p->[1] == 0;
			my %o = (r9 => $p->[0], r10 => $p->[1], y => 0, r1 => 0, r2 => 0, icc => 1);
			# Bit c of %g1 and %g2: condition c held; BA,a annuls its slot.
			my @c = r($m, 11, 9, 10);
			for my $c (0 .. 15) {
				push @c, bicc($c, 1, 8), $c < 12 ? i("or", 1, 1, 1 << $c) : i("or", 2, 2, 1 << $c - 12);
			}
			vector("cond", \@c, %o, until => 0x4000 + 4 * @c);
			vector("ccuse", [ r($m, 11, 9, 10), $_ ], %o, n => 2)
				for r("rdpsr", 12, 0, 0), r("addx", 12, 9, 0), r("subxcc", 12, 9, 10), r("addxcc", 12, 9, 10),
				r("mulscc", 12, 9, 10), i("ticc", 3, 0, 1), i("ticc", 12, 0, 2), mi("ld", 12, 0, 0x801);
		}
	}
	for my $m (qw(subcc addcc andcc orcc)) {
		for my $p (@pairs[ 0 .. 6 ]) {
			vector("pair", [ r($m, 0, 9, 10), bicc($_, 0, 0x80), i("add", 9, 9, 1) ], r9 => $p->[0], r10 => $p->[1], n => 3)
				for 0 .. 15;
			vector("pair", [ r($m, 0, 9, 10), bicc($_, 1, -0x80), i("add", 9, 9, 1) ], r9 => $p->[0], r10 => $p->[1], n => 2)
				for 0 .. 15;
		}
	}
}

# A loop, and code that changes itself.
sub programs {
	for my $n (1, 2, 7, 50) {
		my @c = (i("subcc", 9, 9, 1), bicc(9, 0, -4), r("add", 10, 10, 9));
		vector("loop", \@c, r9 => $n, r10 => 0, until => 0x400c);
		@c = (r("add", 10, 10, 9), i("subcc", 9, 9, 1), bicc(9, 1, -8), r("add", 10, 10, 9), nop());
		vector("loop", \@c, r9 => $n, r10 => 0, until => 0x4010);
	}
	# First through the old word, then through the new one. FLUSH may take five instructions to act.
	for my $gap (3 .. 6) {
		my @c = (i("add", 9, 9, 1), bicc(9, 0, 8 + 4 * ($gap + 3)), i("subcc", 10, 10, 1),
			mi("st", 11, 12, 0), r("flush", 0, 12, 0), (nop()) x $gap, bicc(8, 0, -4 * ($gap + 5)), nop(), nop());
		vector("selfmod", \@c, r9 => 0, r10 => 1, icc => 4, r11 => i("add", 9, 9, 0x100), r12 => 0x4000, n => $_)
			for 1 .. $gap + 9;
	}
	vector("flush", [ r("flush", 0, 9, 10) ], r9 => $_, r10 => 1, s => 0) for 0x4000, 0x4007, 0x8000;
}

# Whatever comes next, the count of instructions is exact.
sub limits {
	my @next = (r("rett", 0, 18, 0), i("rett", 0, 18, 1), r("jmpl", 15, 9, 0), i("jmpl", 15, 9, 2), call(0x40), ta(1),
		(map { bicc($_, 0, 0x40), bicc($_, 1, 0x40) } 0, 1, 8, 9), unimp(0), i("save", 14, 14, -96), r("restore", 0, 0, 0),
		i("wrpsr", 0, 0, 0x80), r("rdpsr", 10, 0, 0), mi("ld", 10, 9, 1), mi("st", 10, 9, 0), mi("std", 11, 9, 0),
		r("udiv", 10, 9, 0), r("flush", 0, 9, 0), r("mulscc", 10, 10, 9), ma("ld", 10, 9, 0, 11), raw(2, 0x34, 2, 4, 0x826),
		6 << 22, i("wry", 0, 9, 1), i("wrwim", 0, 0, 1), i("wrtbr", 0, 0, 0), mi("swap", 10, 9, 0), mi("ldstub", 10, 9, 0));
	# What an untaken branch annuls does not end the line that it stands in.
	for my $w (unimp(0), bicc(8, 0, 0x40), bicc(8, 1, 0x40), call(0x40), r("jmpl", 15, 9, 0), r("rett", 0, 18, 0)) {
		for my $n (1 .. 6) {
			vector("limitannul", [ (i("add", 1, 1, 1)) x $n, bicc(1, 1, 0x40), $w, (i("add", 1, 1, 2)) x 8, bicc(8, 0, 0x40) ],
				n => $n + $_, r9 => 0x5000, r18 => 0x5000) for 1 .. 4;
		}
	}
	for my $w (@next) {
		for my $n (1 .. 4) {
			vector("limit", [ (i("add", 1, 1, 1)) x $n, $w ], n => $n, r9 => DATA, r18 => 0x5000, wim => 0x82);
			# The one after the limit is in a delay slot, or right behind one.
			vector("limit", { 0x4000 => [ (i("add", 1, 1, 1)) x $n, bicc(8, 0, 0x1000), $w ], 0x5000 + 4 * $n => [$w] },
				n => $n + 1, r9 => DATA, r18 => 0x5000, wim => 0x82);
			vector("limit", { 0x4000 => [ (i("add", 1, 1, 1)) x $n, bicc(8, 0, 0x1000), nop() ], 0x5000 + 4 * $n => [$w] },
				n => $n + 2, r9 => DATA, r18 => 0x5000, wim => 0x82);
		}
	}
}

# Random words of legal instructions over random registers, none that could leave memory.
sub random_words {
	my @ops = (@cc, (map { "${_}cc" } @cc), qw(taddcc tsubcc taddcctv tsubcctv mulscc sll srl sra save restore));
	for (1 .. 1500) {
		my ($m, $nwin) = (pick(@ops), 7 + rnd(2));
		my ($rd, $a, $b) = (rnd(32), rnd(32), rnd(32));
		my $w = rnd(2) ? i($m, $rd, $a, rnd(8192)) : r($m, $rd, $a, $b);
		my %o = (nwin => $nwin, cwp => rnd($nwin), icc => rnd(16), y => rnd(3) ? rnd() : 0, wim => rnd(1 << $nwin));
		$o{"r$a"} = rnd(2) ? pick(@V) : rnd();
		$o{"r$b"} = rnd(2) ? pick(@V) : rnd() if rnd(2);
		if ($m =~ /^sdiv/) {
			$o{y} = rnd(2) ? 0 : 0xffffffff;
			$w = r($m, $rd, 9, 10);
			@o{qw(r9 r10)} = (rnd(), 2 + rnd(1000));
		}
		vector("random", [$w], %o);
	}
}

$| = 0;
print "# vectors for the integer unit; mkvectors.pl says what a line means\n";
alu();
tagged();
mul();
div();
registers();
branches();
slots();
memory();
windows();
state_registers();
rett();
illegal();
priorities();
couples();
flags();
programs();
limits();
random_words();
print "end $count\n";
