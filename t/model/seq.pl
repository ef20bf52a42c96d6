#!/usr/bin/perl
# SPDX-License-Identifier: MIT
#
# A random program for a bare SPARC V8, as a raw big-endian image to be loaded at 0x4000
# and entered there with S = 1 and the MMU and interrupts quiet; the same one for the same
# options:
#
#	seq.pl [--seed N] [--blocks N] [--nwin N] [--rounds N] [--no-smc] [--no-user] [--qemu] [--system]
#		[--sis [--fpu]] > IMAGE
#
# It is for runs side by side: it needs nothing but 256 KiB of RAM from address 0, takes
# its own traps and always comes to an end at EXIT, whatever the instructions do.
#
#	0x00400	what it leaves behind: g1..g7 (from 404), psr y wim tbr (420), then from
#		480 on 64 bytes a window: outs and locals
#	0x003f8	number of traps taken
#	0x003fc	rounds to go: all blocks run --rounds times, each on what the last one left
#	0x04000	entry; the trap table
#	0x04008	EXIT: `ta 0` with ET = 0, %g1 = 1, %o0 = 0
#	0x05000	code
#	0x10000	the last 4096 traps, 16 bytes each: tbr pc npc psr
#	0x20000	8 KiB of scratch (--sis: from 2020000), filled at the start, and a little more
#
# Every trap is logged and its instruction stepped over; tt ff also returns to supervisor
# state. --qemu leaves out what QEMU 7.2 is known to get wrong (see qemu-run.pl). --sis makes it one for an
# ERC32, the scratch area in its RAM and the rest in a ROM that may be written by words, and
# leaves out what sis is known to get wrong (see seq-sis.pl); --fpu, for it alone, adds FPops. A block is 50 to 200
# items: instructions, short sequences, branches forward, calls and jumps, couples of branches, loops with a
# counter (%g7) that can only run out, code that changes itself and FLUSHes. %g6 points into the scratch area.
# No register or window is special otherwise: WIM is random but for the current window, some blocks run as user.
use strict;
use warnings;
use FindBin;
use Getopt::Long;

require "$FindBin::Bin/asm.pl";
Asm->import;

use constant { BASE => 0x4000, TEXT => 0x5000, LOG => 0x10000, DUMP => 0x400, TRAPS => 0x3f8, ROUNDS => 0x3fc };

our %o = (seed => 1, blocks => 4, rounds => 1, nwin => 8, smc => 1, user => 1, qemu => 0, system => 0, sis => 0, fpu => 0);
GetOptions(\%o, "seed=i", "blocks=i", "rounds=i", "nwin=i", "smc!", "user!", "qemu", "system", "sis", "fpu") or exit 2;
my $scratch = $o{sis} ? 0x2021000 : 0x21000;
require "$FindBin::Bin/seq-sys.pl" if $o{system};
require "$FindBin::Bin/seq-sis.pl" if $o{sis};
seed($o{seed} * 0x9e3779b1 + 12345);

# --- assembling -----------------------------------------------------------------------

my (@code, %label);
my $labels = 0;

sub here { return TEXT + 4 * @code }
sub emit { push @code, @_ }
sub new_label { return ++$labels }
sub place { $label{ $_[0] } = here() }

# A word that needs to know where a label is: called with the label's and its own address.
sub emit_ref { my ($l, $f) = @_; push @code, [ $l, $f ] }
sub b { my ($c, $a, $l) = @_; emit_ref($l, sub { bicc($c, $a, $_[0] - $_[1]) }) }
sub b_call { emit_ref($_[0], sub { call($_[0] - $_[1]) }) }

sub set_address {
	my ($rd, $l) = @_;
	emit_ref($l, sub { sethi($rd, $_[0] >> 10) });
	emit_ref($l, sub { i("or", $rd, $rd, $_[0] & 0x3ff) });
}

sub finish {
	for my $k (0 .. $#code) {
		next unless ref $code[$k];
		my ($l, $f) = @{ $code[$k] };
		$code[$k] = $f->($label{$l} // die("no label $l\n"), TEXT + 4 * $k);
	}
}

sub nops { emit((nop()) x 3) }

# --- one instruction ------------------------------------------------------------------

my @cc = ccable();
my @alu = (grep { !/mul|div/ } @cc, map { "${_}cc" } @cc);
my @muldiv = map { ($_, "${_}cc") } qw(umul smul udiv sdiv);
our @loads = qw(ld ldub lduh ldsb ldsh ldd);
our @stores = qw(st stb sth std ldstub swap);

# Neither %g6 nor %g7; never %g0 where the value is needed.
sub dst { my $n; do { $n = rnd(32) } while $n == 6 || $n == 7; return $n }
sub dst1 { my $n; do { $n = dst() } while $n == 0; return $n }
sub src { return rnd(32) }

sub imm {
	my $k = rnd(4);
	return $k == 0 ? rnd(8192) : $k == 1 ? rnd(32) : $k == 2 ? -rnd(16) : pick(0, 1, -1, 4095, -4096);
}

sub arith {
	my ($m, $rd) = @_;
	$rd //= dst();
	return rnd(2) ? r($m, $rd, src(), src()) : i($m, $rd, src(), imm());
}

# Mostly aligned, always in the scratch area.
sub offset {
	my $v = rnd(8192) - 4096;
	return rnd(6) ? $v & ~7 : $v;
}

sub load_or_store {
	my $m = rnd(5) < 3 ? pick(@loads) : pick(@stores);
	my $rd = $m =~ /^(ldd|std)$/ && rnd(6) ? dst() & 30 : dst();
	return mi($m, $rd, 6, offset()) if rnd(8);
	return ma($m, $o{qemu} ? $rd & 30 : $rd, 6, 0, pick(0x0a, 0x0b)) if rnd(4);
	return mi($m, $rd, 7, 0x801); # misaligned or not, at 0x801 and a loop's counter
}

# The FBfcc goes 64 bytes on where the FPU works, into the midst of what must stay whole.
sub odd_one {
	return pick(unimp(rnd(1 << 22)), raw(2, 0x34, 2, 4, 0x41 << 5 | 6), $o{system} ? nop() : 0x13800010, raw(3, 0x20, $o{system} || $o{fpu} ? 18 : 2, 6, 0),
		$o{qemu} && $o{system} ? nop() : raw(3, 0x27, 2, 6, 1), 0x11c00004, raw(2, 0x36, 1, 2, 3), raw(2, 0x3f, dst(), 1, 2), raw(2, 0x09, dst(), 1, 2),
		raw(3, 0x08, dst(), 6, 0), raw(3, 0x30, 1, 6, 0), raw(2, 0x39, 0, 6, 0),
		$o{qemu} ? () : (raw(2, 0x39, 0, 6, 0x2001), raw(3, 0x10, dst(), 6, 0x2000), raw(3, 0x26, 2, 6, 0)));
}

sub simple { return $o{sis} ? as_sis(any_one()) : any_one() }

sub any_one {
	my $k = rnd(100);
	return arith(pick(@alu)) if $k < 40;
	return arith(pick(qw(sll srl sra))) if $k < 48;
	return arith(pick(@muldiv)) if $k < 54;
	return arith(pick(qw(taddcc tsubcc taddcctv tsubcctv))) if $k < 58;
	return arith("mulscc") if $k < 62;
	return sethi(dst(), rnd(1 << 22)) if $k < 65;
	return load_or_store() if $k < 86;
	return arith(pick(qw(save restore))) if $k < 91;
	return i("ticc", rnd(16), 0, rnd(0x7f)) if $k < 93;
	return r("ticc", rnd(16), $o{qemu} ? 0 : src(), src()) if $k < 94;
	return i("wry", 0, src(), imm()) if $k < 95;
	return r("rdy", dst(), 0, 0) if $k < 97;
	return r(pick(qw(rdpsr rdwim rdtbr)), dst(), 0, 0) if $k < 98;
	return r("flush", 0, 6, 0) if $k < 99;
	return odd_one();
}

# --- items ----------------------------------------------------------------------------

# The labels of the items to come that may be jumped to, from the one being emitted.
my @ahead;

sub somewhere { return $ahead[ rnd(@ahead < 8 ? scalar @ahead : 8) ] }
sub slot { emit(rnd(5) ? simple() : nop()) }

sub item_branch {
	b(rnd(16), rnd(2), somewhere());
	slot();
}

sub item_call {
	b_call(somewhere());
	slot();
}

sub item_jmpl {
	my $rd = dst1();
	set_address($rd, somewhere());
	my $wrong = !rnd(8);
	if ($wrong && $o{sis}) {
		emit(i("or", $rd, $rd, 1 + rnd(3)), i("jmpl", dst(), $rd, 0));
	} else {
		emit(i("jmpl", $wrong && $o{qemu} ? 0 : dst(), $rd, $wrong ? 1 + rnd(3) : 0));
	}
	slot();
}

# Only unconditional ones may come first.
sub item_couple {
	my $k = rnd(4);
	if ($k == 0) {
		b_call(somewhere());
	} elsif ($k == 1) {
		my $rd = dst1();
		set_address($rd, somewhere());
		emit(r("jmpl", dst(), $rd, 0));
	} else {
		b(8, $k == 2, somewhere());
	}
	my ($c, $a) = (rnd(16), rnd(2));
	$a = 0 if $o{qemu} && $k == 1 && $c != 8;
	b($c, $a, somewhere());
	slot();
}

sub item_psr {
	my ($p, $x) = (dst1(), dst1());
	return if $p == $x;
	# icc and PIL change, no other bit.
	emit(sethi($x, rnd(16) << 10), i("or", $x, $x, 0), r("rdpsr", $p, 0, 0), r("wrpsr", 0, $p, $x));
	nops();
}

sub item_wim {
	my ($p, $bit, $x) = (dst1(), dst1(), dst1());
	return if $p == $bit || $p == $x || $bit == $x;
	# A shift counts by the low five bits, so PSR serves as CWP.
	emit(r("rdpsr", $p, 0, 0), i("or", $bit, 0, 1), r("sll", $bit, $bit, $p),
		i("or", $x, 0, rnd(3) ? 1 << rnd(8) : rnd(256)), r("andn", $x, $x, $bit), r("wrwim", 0, $x, 0));
	nops();
}

sub item_user {
	return unless $o{user};
	my ($p, $x) = (dst1(), dst1());
	return if $p == $x;
	emit(r("rdpsr", $p, 0, 0), i("andn", $p, $p, $o{sis} ? 0xc0 : 0x80), r("wrpsr", 0, $p, 0));
	nops();
	emit(simple()) for 0 .. rnd(20);
	emit(ta(0x7f));
}

sub item_smc {
	return unless $o{smc};
	my ($at, $word) = (dst1(), dst1());
	return if $at == $word;
	my $l = new_label();
	set_address($at, $l);
	emit(set($word, arith(pick(@alu))), r("or", 0, 0, 0), mr("st", $word, $at, 0), r("flush", 0, $at, 0));
	emit((nop()) x 5);
	place($l);
	emit(arith(pick(@alu)));
}

sub item_indexed {
	my $x = dst1();
	emit(i("and", $x, src(), rnd(4) ? 0xff8 : 0xfff), mr(pick(@loads, @stores), dst() & 24, 6, $x));
}

sub item_loop {
	my $top = new_label();
	emit(i("or", 7, 0, 1 + rnd(6)));
	place($top);
	items(3 + rnd(12), 1);
	emit(i("subcc", 7, 7, 1));
	b(10, rnd(2), $top); # BG: the counter can only fall
	# What the slot does is done in or out of the loop alike; it may not branch.
	slot();
}

# The first instruction of a branch's target is executed alone, or annulled, where the branch
# is half of a couple: of a sequence that must stay whole it is a nop.
sub whole { my ($f) = @_; return sub { emit(nop()); $f->() } }

my @kinds = ((sub { emit(simple()) }) x 60, (\&item_branch) x 14, (\&item_call) x 2, (whole(\&item_jmpl)) x 2,
	(whole(\&item_couple)) x 2, (whole(\&item_psr)) x 2, (whole(\&item_wim)) x 2, whole(\&item_user),
	(whole(\&item_smc)) x 2, (whole(\&item_indexed)) x 6);
push @kinds, system_items() if $o{system};
push @kinds, sis_items() if $o{sis};

# n items, one after the other; the end is a target too.
sub items {
	my ($n, $in_loop) = @_;
	my @outer = @ahead;
	my @here = map { new_label() } 0 .. $n;
	for my $k (0 .. $n - 1) {
		place($here[$k]);
		@ahead = @here[ $k + 1 .. $n ];
		if (!$in_loop && !rnd(20)) {
			item_loop();
		} else {
			pick(@kinds)->();
		}
	}
	place($here[$n]);
	emit(nop());
	@ahead = @outer;
}

# --- the frame ------------------------------------------------------------------------

sub set_psr { emit(i("wrpsr", 0, 0, $_[0])); nops() }

sub prologue {
	sis_prologue() if $o{sis};
	set_psr(0x80);
	emit(r("wrwim", 0, 0, 0), set(1, BASE), r("wrtbr", 0, 1, 0));
	for my $k (0 .. $o{nwin} - 1) {
		set_psr(0x80 | $k);
		emit(set($_, rnd())) for 8 .. 23;
	}
	# Scratch and a bit beyond, by a linear congruence.
	emit(set(1, rnd()), set(2, $scratch - 0x1000), set(3, 0x2010), set(4, 69069));
	my $l = new_label();
	place($l);
	emit(r("umul", 1, 1, 4), i("add", 1, 1, 1), mr("st", 1, 2, 0), i("subcc", 3, 3, 4));
	b(9, 0, $l);
	emit(i("add", 2, 2, 4));
	system_prologue() if $o{system};
	emit(set($_, rnd())) for 1 .. 5;
	emit(set(6, $scratch), i("or", 7, 0, 0), i("wry", 0, 1, 0));
	my $k = rnd($o{nwin});
	emit(i("or", 8, 0, 1 << ($k + 1 + rnd($o{nwin} - 1)) % $o{nwin}), r("wrwim", 0, 8, 0));
	emit(set(9, $o{rounds}), mi("st", 9, 0, ROUNDS));
	set_psr(0xfa0 | $k); # PIL = 15
	return unless $o{system} || $o{fpu};
	emit(set(1, 0x1000 | 0xfa0 | $k), i("wrpsr", 0, 1, 0)); # and EF
	nops();
}

# Blocks may end as user.
sub next_round {
	my ($top) = @_;
	emit(ta(0x7f));
	emit(mi("ld", 1, 0, ROUNDS), i("subcc", 1, 1, 1));
	b(9, 0, $top);
	emit(mi("st", 1, 0, ROUNDS));
}

# Locals of the trap's window: l0 psr, l1 pc, l2 npc, l3 tbr.
sub handler {
	place("handler");
	emit(mi("ld", 20, 0, TRAPS), i("add", 21, 20, 1), mi("st", 21, 0, TRAPS), i("and", 20, 20, 0xfff),
		i("sll", 20, 20, 4), sethi(21, LOG >> 10), r("add", 20, 20, 21));
	emit(mi("st", 19, 20, 0), mi("st", 17, 20, 4), mi("st", 18, 20, 8), mi("st", 16, 20, 12));
	emit(i("srl", 21, 19, 4), i("and", 21, 21, 0xff), i("subcc", 0, 21, 0xff));
	my $l = new_label();
	b(9, 0, $l);
	emit(nop(), i("or", 16, 16, 0x40));
	place($l);
	emit(r("wrpsr", 0, 16, 0));
	nops();
	emit(r("jmpl", 0, 18, 0), i("rett", 0, 18, 4));
}

sub epilogue {
	emit(ta(0x7f));
	system_epilogue() if $o{system};
	sis_epilogue() if $o{fpu};
	emit(mi("st", $_, 0, DUMP + 4 * $_)) for 1 .. 7;
	my $at = DUMP + 0x20;
	for (qw(rdpsr rdy rdwim rdtbr)) {
		emit(r($_, 1, 0, 0), mi("st", 1, 0, $at));
		$at += 4;
	}
	emit(r("wrwim", 0, 0, 0));
	for my $k (0 .. $o{nwin} - 1) {
		set_psr(0x80 | $k);
		emit(mi("st", $_, 0, DUMP + 0x80 + 64 * $k + 4 * ($_ - 8))) for 8 .. 23;
	}
	set_psr(0x80);
	emit(i("or", 1, 0, 1));
	b(8, 0, "exit");
	emit(i("or", 8, 0, 0));
}

sub trap_table {
	my @t;
	for my $tt (0 .. 255) {
		my $at = BASE + 16 * $tt;
		push @t, $tt
			? (r("rdpsr", 16, 0, 0), r("rdtbr", 19, 0, 0), bicc(8, 0, $label{handler} - $at - 8), nop())
			: (bicc(8, 1, TEXT - $at), nop(), ta(0), nop());
	}
	return @t;
}

$label{exit} = BASE + 8;
prologue();
my $first = new_label();
place($first);
items(50 + rnd(151)) for 1 .. $o{blocks};
next_round($first);
epilogue();
$o{system} ? system_handler() : handler();
sis_tables() if $o{fpu};
finish();
die "too long: fewer blocks\n" if here() > ($o{system} ? IMAGE() - 0x1000 : LOG);
binmode STDOUT;
print pack "N*", trap_table(), @code;
print pack "N*", (0) x ((IMAGE() - here()) / 4), tables() if $o{system};
