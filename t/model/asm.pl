# SPDX-License-Identifier: MIT
#
# Instruction words of SPARC V8 by mnemonic, and random numbers that are the same
# everywhere: what mkvectors.pl and seq.pl share. Register operands are numbers 0..31.
use strict;
use warnings;

package Asm;

my %op3 = (
	add => 0x00, and => 0x01, or => 0x02, xor => 0x03, sub => 0x04, andn => 0x05,
	orn => 0x06, xnor => 0x07, addx => 0x08, umul => 0x0a, smul => 0x0b, subx => 0x0c,
	udiv => 0x0e, sdiv => 0x0f, taddcc => 0x20, tsubcc => 0x21, taddcctv => 0x22,
	tsubcctv => 0x23, mulscc => 0x24, sll => 0x25, srl => 0x26, sra => 0x27,
	rdy => 0x28, rdpsr => 0x29, rdwim => 0x2a, rdtbr => 0x2b, wry => 0x30, wrpsr => 0x31,
	wrwim => 0x32, wrtbr => 0x33, jmpl => 0x38, rett => 0x39, ticc => 0x3a, flush => 0x3b,
	save => 0x3c, restore => 0x3d,
);
# Those that have a form that sets icc.
my @cc = qw(add and or xor sub andn orn xnor addx umul smul subx udiv sdiv);
$op3{"${_}cc"} = $op3{$_} | 0x10 for @cc;
my %mem3 = (
	ld => 0x0, ldub => 0x1, lduh => 0x2, ldd => 0x3, st => 0x4, stb => 0x5, sth => 0x6,
	std => 0x7, ldsb => 0x9, ldsh => 0xa, ldstub => 0xd, swap => 0xf,
);

sub ccable { return @cc }
sub loads_and_stores { return %mem3 }

# Format 3 with everything below rs1 given.
sub raw {
	my ($op, $o3, $rd, $rs1, $low) = @_;
	return $op << 30 | $rd << 25 | $o3 << 19 | $rs1 << 14 | $low;
}

sub simm { return 0x2000 | $_[0] & 0x1fff }

# Arithmetic with simm13 and with rs2, for Ticc rd is the condition; then loads and stores
# likewise, and those of an alternate space.
sub i { my ($m, $rd, $rs1, $imm) = @_; return raw(2, $op3{$m}, $rd, $rs1, simm($imm)) }
sub r { my ($m, $rd, $rs1, $rs2) = @_; return raw(2, $op3{$m}, $rd, $rs1, $rs2) }
sub mi { my ($m, $rd, $rs1, $imm) = @_; return raw(3, $mem3{$m}, $rd, $rs1, simm($imm)) }
sub mr { my ($m, $rd, $rs1, $rs2) = @_; return raw(3, $mem3{$m}, $rd, $rs1, $rs2) }
sub ma { my ($m, $rd, $rs1, $rs2, $asi) = @_; return raw(3, $mem3{$m} | 0x10, $rd, $rs1, $asi << 5 | $rs2) }

# Displacements are in bytes.
sub bicc { my ($c, $a, $disp) = @_; return $a << 29 | $c << 25 | 2 << 22 | ($disp >> 2) & 0x3fffff }
sub call { return 1 << 30 | ($_[0] >> 2) & 0x3fffffff }
sub sethi { my ($rd, $imm) = @_; return $rd << 25 | 4 << 22 | $imm & 0x3fffff }
sub ta { return i("ticc", 8, 0, $_[0]) }
sub nop { return sethi(0, 0) }
sub unimp { return $_[0] & 0x3fffff }

# FPops by name, loads and stores of f registers, FBfcc.
my %opf = (
	fmovs => 0x01, fnegs => 0x05, fabss => 0x09, fsqrts => 0x29, fsqrtd => 0x2a, fadds => 0x41, faddd => 0x42,
	fsubs => 0x45, fsubd => 0x46, fmuls => 0x49, fmuld => 0x4a, fdivs => 0x4d, fdivd => 0x4e, fsmuld => 0x69,
	fitos => 0xc4, fdtos => 0xc6, fitod => 0xc8, fstod => 0xc9, fstoi => 0xd1, fdtoi => 0xd2,
	fcmps => 0x51, fcmpd => 0x52, fcmpes => 0x55, fcmped => 0x56, faddq => 0x43, fsqrtq => 0x2b,
);
my %fm = (ldf => 0x20, ldfsr => 0x21, lddf => 0x23, stf => 0x24, stfsr => 0x25, stdfq => 0x26, stdf => 0x27);

sub fpops { return %opf }
sub to_double { return $_[0] =~ /d$/ && $_[0] !~ /^fcmp/ }
sub of_doubles { return $_[0] =~ /^f(dto|\w*d$)/ && $_[0] !~ /^f(smuld|itod|stod)$/ }
sub fp { my ($m, $rd, $rs1, $rs2) = @_; return raw(2, $m =~ /^fcmp/ ? 0x35 : 0x34, $m =~ /^fcmp/ ? 0 : $rd, $rs1, $opf{$m} << 5 | $rs2) }
sub fmem { my ($m, $rd, $rs1, $imm) = @_; return raw(3, $fm{$m}, $rd, $rs1, simm($imm)) }
sub fbfcc { my ($c, $a, $disp) = @_; return $a << 29 | $c << 25 | 6 << 22 | ($disp >> 2) & 0x3fffff }

# Two instructions that load any constant.
sub set { my ($rd, $v) = @_; return (sethi($rd, $v >> 10), i("or", $rd, $rd, $v & 0x3ff)) }

my $seed = 1;

sub seed { $seed = ($_[0] & 0xffffffff) || 1 }

# xorshift32: below n, or all 32 bits.
sub rnd {
	my ($n) = @_;
	$seed ^= ($seed << 13) & 0xffffffff;
	$seed ^= $seed >> 17;
	$seed ^= ($seed << 5) & 0xffffffff;
	return defined $n ? $seed % $n : $seed;
}

sub pick { return $_[ rnd(scalar @_) ] }

sub import {
	no strict "refs";
	for (qw(ccable loads_and_stores raw i r mi mr ma bicc call sethi ta nop unimp fpops to_double of_doubles fp fmem fbfcc
			set seed rnd pick)) {
		*{"main::$_"} = \&{"Asm::$_"};
	}
}

1;
