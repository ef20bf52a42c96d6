#!/usr/bin/perl
# SPDX-License-Identifier: MIT
#
# Runs bare code under qemu-system-sparc by its gdb stub, as a peer to compare with.
#
#	qemu-run.pl IMAGE [--base A] [--exit A] [--mem A:LEN]... [--nwin N] [--timeout S] [--blocks]
#		loads IMAGE at A (4000), runs it from there to --exit (4008, not executed) and
#		prints the final state: every register, every window, the given memory
#	qemu-run.pl IMAGE --lockstep
#		runs it step by step beside iu.pl and tells the first difference
#	qemu-run.pl --vectors FILE [--only REGEX] [--show N]
#		steps through the vectors that mkvectors.pl writes and tells where QEMU's state
#		is not the expected one; exit status 1 if that is not by a known departure.
#		Vectors that end in error mode are passed over: QEMU exits there.
#
# Known departures of QEMU 7.2 from the manual, which wins:
#	ticc-rs1	a taken Ticc with i = 0 leaves rs1 + rs2 in rs1
#	jmpl-rd		a misaligned JMPL writes rd before it traps
#	wrtbr-tt	WRTBR writes all 32 bits, TBR.tt and the zero bits too
#	priv-last	in user mode LDA and its kin with i = 1, LDDA and STDA with odd rd, STDFQ and
#			STDCQ give illegal_instruction, fp_disabled or cp_disabled (V8 table 7-1:
#			privileged_instruction comes before these)
#	rett-align	RETT with ET = 1, S = 1 and a misaligned target gives
#			mem_address_not_aligned, not illegal_instruction
#	op3-22		the unassigned op3 22 (op = 3) gives fp_disabled, not illegal_instruction
# and only where it translates more than one instruction at a time (so images run with
# -singlestep, unless --blocks is given):
#	an annulling Bicc (not BA,a) in the delay slot of JMPL loses its way: it goes on at
#	address 5, as if the jump's target were 1. Other differences seen with --blocks are
#	not tracked down: the same images are alike with -singlestep.
#
# The machine is an SS-5 without PROM (a ROM of two instructions leaves boot mode, so that
# instructions come from RAM) and with the MMU off; --nwin 7 takes the 7-window chip.
# Addresses are hex with 0x or decimal. QEMU=PATH in the environment names another binary.
use strict;
use warnings;
use FindBin ();
use File::Temp ();
use IO::Socket::UNIX;
use IO::Select;

package Stub;

# Register numbers of the gdb stub, after r0..r31 and the FP registers.
use constant { Y => 64, PSR => 65, WIM => 66, TBR => 67, PC => 68, NPC => 69, NR => 72 };
use constant RAM => 0x40000;

sub start {
	my (%o) = @_;
	my $dir = File::Temp->newdir;
	my $rom = "$dir/rom";
	open my $f, ">:raw", $rom or die "$rom: $!\n";
	# sta %g0, [%g0] 4: the MMU's control register = 0; nop; and some room.
	print $f pack("N*", 0xc0a00080, (0x01000000) x 1023);
	close $f;
	my $sock = "$dir/gdb";
	my $nwin = $o{nwin} // 8;
	my @cmd = ($ENV{QEMU} // "qemu-system-sparc", "-M", "SS-5", "-m", 32, "-bios", $rom,
		"-cpu", $nwin == 8 ? "Fujitsu-MB86904" : "TI-MicroSparc-I", "-display", "none", "-nodefaults",
		"-serial", "null", $o{blocks} ? () : "-singlestep", "-S", "-gdb", "unix:$sock,server=on,wait=off");
	my $pid = fork // die "fork: $!\n";
	if (!$pid) {
		open STDIN, "<", "/dev/null";
		open STDERR, ">", "$dir/err";
		exec @cmd or exit 127;
	}
	my $s;
	for (1 .. 600) {
		last if $s = IO::Socket::UNIX->new(Peer => $sock);
		last if waitpid($pid, 1) == $pid;
		select undef, undef, undef, 0.05;
	}
	if (!$s) {
		kill "KILL", $pid;
		waitpid $pid, 0;
		open my $e, "<", "$dir/err";
		die "no gdb stub: @cmd\n", $e ? <$e> : ();
	}
	my $q = bless { sock => $s, pid => $pid, dir => $dir, nwin => $nwin, buf => "", timeout => $o{timeout} // 30 },
		"Stub";
	$q->ask("?");
	$q->ask("s");
	return $q;
}

sub stop {
	my ($q) = @_;
	return unless $q->{pid};
	kill "KILL", $q->{pid};
	waitpid $q->{pid}, 0;
	$q->{pid} = 0;
}

sub DESTROY { local $?; $_[0]->stop }

sub fill {
	my ($q) = @_;
	my $sel = IO::Select->new($q->{sock});
	$sel->can_read($q->{timeout}) or die "no answer within $q->{timeout} s\n";
	sysread($q->{sock}, $q->{buf}, 65536, length $q->{buf}) or $q->gone;
}

# QEMU ends by itself: in error mode, as a rule. Its first line that is no warning says why.
sub gone {
	my ($q) = @_;
	open my $e, "<", "$q->{dir}/err";
	my ($why) = grep { !/warning/ } $e ? <$e> : ();
	die "QEMU went away: ", $why // "no word\n";
}

# One packet there, the answer back.
sub ask {
	my ($q, $text) = @_;
	my $sum = unpack("%8C*", $text);
	syswrite $q->{sock}, sprintf("\$%s#%02x", $text, $sum) or $q->gone;
	$q->fill while $q->{buf} !~ /\$[^#]*#../s;
	$q->{buf} =~ s/^\+*\$([^#]*)#..//s or die "unexpected: $q->{buf}\n";
	my $answer = $1;
	syswrite $q->{sock}, "+";
	return $answer;
}

sub order {
	my ($q, $text) = @_;
	my $a = $q->ask($text);
	die "'" . substr($text, 0, 40) . "': $a\n" if $a ne "OK";
}

# QEMU knows g and G for this CPU, not p and P. G writes r8..r31 into the window that was
# current before, then PSR: so each one also moves to the next window.
sub regs { my ($q) = @_; return unpack "N*", pack "H*", $q->ask("g") }
sub put_regs { my ($q, @r) = @_; $q->order("G" . unpack "H*", pack "N*", @r) }

sub poke {
	my ($q, $a, $bytes) = @_;
	while (length $bytes) {
		my $part = substr $bytes, 0, 1024, "";
		$q->order(sprintf "M%x,%x:%s", $a, length $part, unpack "H*", $part);
		$a += length $part;
	}
}

# QEMU shows the debugger each stack frame as if the windows had been spilled there, up to the
# first invalid window: where memory is to be seen, all are made invalid. Spoils WIM.
sub show_memory {
	my ($q) = @_;
	my @r = $q->regs;
	$r[WIM] = 0xff;
	$q->put_regs(@r);
}

sub peek {
	my ($q, $a, $len) = @_;
	my $bytes = "";
	while ($len > 0) {
		my $n = $len < 1024 ? $len : 1024;
		my $hex = $q->ask(sprintf "m%x,%x", $a, $n);
		die sprintf("no memory at %x\n", $a) if $hex =~ /^E/;
		$bytes .= pack "H*", $hex;
		$a += $n;
		$len -= $n;
	}
	return $bytes;
}

# { pc npc psr wim tbr y g => [8], w => [16 a window] }; leaves the state as it is.
sub state {
	my ($q) = @_;
	my @r = $q->regs;
	my %s = (y => $r[Y], psr => $r[PSR], wim => $r[WIM], tbr => $r[TBR], pc => $r[PC], npc => $r[NPC],
		g => [ @r[ 0 .. 7 ] ], w => []);
	my $k = $s{psr} & 31;
	for (1 .. $q->{nwin}) {
		@{ $s{w} }[ 16 * $k .. 16 * $k + 15 ] = @r[ 8 .. 23 ];
		$k = ($k + 1) % $q->{nwin};
		$r[PSR] = $r[PSR] & ~31 | $k;
		$q->put_regs(@r);
		@r = $q->regs;
	}
	return \%s;
}

# Makes `now` (as state() gave it) into `s`.
sub set_state {
	my ($q, $s, $now) = @_;
	my $nwin = $q->{nwin};
	my $differs = sub {
		my ($k) = @_;
		return grep { $s->{w}[ 16 * $k + $_ ] != $now->{w}[ 16 * $k + $_ ] } 0 .. 15;
	};
	my $at = $now->{psr} & 31;
	my @visit = ($at, grep { $_ != $at && $differs->($_) } 0 .. $nwin - 1);
	while (defined(my $k = shift @visit)) {
		my $up = ($k + 1) % $nwin;
		my @r = (0) x NR;
		@r[ 0 .. 7 ] = @{ $s->{g} };
		@r[ 8 .. 23 ] = @{ $s->{w} }[ 16 * $k .. 16 * $k + 15 ];
		@r[ 24 .. 31 ] = @{ $s->{w} }[ 16 * $up .. 16 * $up + 7 ];
		@r[ Y, WIM, TBR, PC, NPC ] = @$s{qw(y wim tbr pc npc)};
		$r[PSR] = @visit ? $s->{psr} & ~31 | $visit[0] : $s->{psr};
		$q->put_regs(@r);
	}
}

sub text {
	my ($s, $nwin) = @_;
	my $t = "";
	$t .= sprintf "%s %08x\n", $_, $s->{$_} for qw(pc npc psr wim tbr y);
	$t .= sprintf "g%d %08x\n", $_, $s->{g}[$_] for 0 .. 7;
	for my $k (0 .. $nwin - 1) {
		$t .= sprintf "w%d.%d %08x\n", $k, $_ + 8, $s->{w}[ 16 * $k + $_ ] for 0 .. 15;
	}
	return $t;
}

sub mem_text {
	my ($a, $bytes) = @_;
	my $t = "";
	for (my $o = 0; $o < length $bytes; $o += 16) {
		my $line = unpack "H*", substr $bytes, $o, 16;
		$t .= sprintf "m%08x %s\n", $a + $o, $line if $line =~ /[^0]/;
	}
	return $t;
}

sub run_image {
	my ($file, %o) = @_;
	open my $f, "<:raw", $file or die "$file: $!\n";
	my $image = do { local $/; <$f> };
	my $q = start(%o);
	$q->poke($o{base}, $image);
	my @r = $q->regs;
	@r[ PC, NPC ] = ($o{base}, $o{base} + 4);
	$q->put_regs(@r);
	$q->order(sprintf "Z0,%x,4", $o{exit});
	my $why = $q->ask("c");
	die "stopped by $why\n" unless $why =~ /^T05|^S05/;
	print text($q->state, $q->{nwin});
	$q->show_memory;
	print mem_text($_->[0], $q->peek(@$_)) for @{ $o{mem} };
	$q->stop;
	return 0;
}

# The same image step by step beside iu.pl, up to the first difference.
sub lockstep {
	my ($file, %o) = @_;
	my $q = start(%o);
	require "${FindBin::Bin}/iu.pl";
	open my $f, "<:raw", $file or die "$file: $!\n";
	$q->poke($o{base}, do { local $/; <$f> });
	my $m = IU::new(nwin => $q->{nwin}, iuver => $q->{nwin} == 8 ? 0x04 : 0x41);
	IU::load_image($m, $file, $o{base});
	my @r = $q->regs;
	@r[ PC, NPC ] = @$m{qw(pc npc)} = ($o{base}, $o{base} + 4);
	@r[ PSR, WIM, TBR, Y ] = @$m{qw(psr wim tbr y)};
	@r[ 0 .. 31 ] = (0) x 32;
	$q->put_regs(@r);
	my ($n, $last) = (0, "");
	while ($m->{pc} != $o{exit}) {
		my @want = ((map { IU::rget($m, $_) } 0 .. 31), @$m{qw(y psr wim tbr pc npc)});
		@r = ($q->regs)[ 0 .. 31, Y, PSR, WIM, TBR, PC, NPC ];
		my @bad = grep { $r[$_] != $want[$_] } 0 .. $#r;
		# What no instruction has set yet need not be the same.
		@bad = grep { $_ >= 32 } @bad if $n < 400;
		if (@bad) {
			my @name = ((map { "r$_" } 0 .. 31), qw(y psr wim tbr pc npc));
			printf "after %d instructions, %s:\n", $n, $last;
			printf "    %s %08x, want %08x\n", $name[$_], $r[$_], $want[$_] for @bad;
			return 1;
		}
		$last = sprintf "%08x at %08x", IU::load($m, $m->{pc}, 4), $m->{pc};
		my $r = IU::step($m);
		die "error mode\n" if $r->[0] eq "error";
		$last .= sprintf ", trap %02x", $r->[1] if $r->[0] eq "trap";
		IU::step($m) if $m->{annul};
		$q->ask("s");
		$n++;
	}
	print "$n instructions alike\n";
	return 0;
}

# --- vectors --------------------------------------------------------------------------

sub filler {
	my ($a, $n) = @_;
	return pack "C*", map { ($_ * 0x3b + ($_ >> 8) * 0x11 + 5) & 0xff } $a .. $a + $n - 1;
}

sub base_state {
	my ($nwin) = @_;
	my %s = (psr => ($nwin == 8 ? 0x040000a0 : 0x410000a0), wim => 0, tbr => 0x10000, y => 0, pc => 0x4000, npc => 0x4004);
	$s{g} = [ map { $_ * 0x9e3779b9 & 0xffffffff } 0 .. 7 ];
	for my $k (0 .. $nwin - 1) {
		push @{ $s{w} }, map { (16 * $k + $_) * 0x9e3779b9 & 0xffffffff } 8 .. 23;
	}
	return \%s;
}

# Applies `NAME=HEX ...` to a state; memory goes to the hash as { address => bytes }.
sub apply {
	my ($s, $mem, @things) = @_;
	for (@things) {
		my ($n, $v) = split /=/;
		if ($n =~ /^m(.*)/) {
			$mem->{ hex $1 } = pack "H*", $v;
		} elsif ($n =~ /^g(\d)/) {
			$s->{g}[$1] = hex $v;
		} elsif ($n =~ /^w(\d)\.(\d+)/) {
			$s->{w}[ 16 * $1 + $2 - 8 ] = hex $v;
		} else {
			$s->{$n} = hex $v;
		}
	}
}

sub names { my ($nwin) = @_; return map { (split)[0] } split /\n/, text(base_state($nwin), $nwin) }

sub one_vector {
	my ($q, $now, $nwin, $n, $setup, $code, $expect) = @_;
	my $s = base_state($nwin);
	my (%before, %after);
	apply($s, \%before, split " ", $setup);
	for (split " ", $code) {
		my ($a, $w) = split /:/;
		$before{ hex $a } = pack "N*", map { hex } split /,/, $w;
	}
	$q->poke($_, $before{$_}) for keys %before;
	$q->set_state($s, $now);
	$q->ask("s") for 1 .. $n;
	my $got = $q->state;
	apply($s, \%after, split " ", $expect);
	my @bad;
	my ($g, $w) = map { [ split /\n/, text($_, $nwin) ] } $got, $s;
	for (0 .. $#$g) {
		push @bad, "$g->[$_], want " . (split / /, $w->[$_])[1] if $g->[$_] ne $w->[$_];
	}
	$q->show_memory if %after;
	for my $a (keys %after) {
		my $m = $q->peek($a, length $after{$a});
		push @bad, sprintf "m%x %s, want %s", $a, map { unpack "H*", $_ } $m, $after{$a} if $m ne $after{$a};
	}
	for my $m (\%before, \%after) {
		$q->poke($_, filler($_, length $m->{$_})) for keys %$m;
	}
	return ($got, @bad);
}

# The known departure that explains the differences, or undef.
sub departure {
	my ($code, $expect, @bad) = @_;
	my @words = map { hex } map { split /,/ } $code =~ /:(\S+)/g;
	my $has = sub { my ($f) = @_; return grep { $f->($_) } @words };
	my $op3 = sub { return $_[0] >> 30 << 8 | $_[0] >> 19 & 63 };
	my ($tt) = $expect =~ /\btbr=([0-9a-f]+)/ ? hex($1) >> 4 & 0xff : -1;
	my ($got) = map { /^tbr ([0-9a-f]+)/ ? hex($1) >> 4 & 0xff : () } @bad;
	if (@bad == 1 && $bad[0] =~ /^[gw][\d.]+ ([0-9a-f]{8})/) {
		my $v = hex $1;
		return "ticc-rs1" if $tt >= 0x80 && $has->(sub { $op3->($_[0]) == 0x23a && !($_[0] >> 13 & 1) });
		return "jmpl-rd" if $tt == 7 && $has->(sub { $op3->($_[0]) == 0x238 }) && $expect =~ sprintf "\\.17=%x\\b", $v;
	}
	return "wrtbr-tt" if @bad == 1 && $bad[0] =~ /^tbr (.{5}).*want \1/ && $has->(sub { $op3->($_[0]) == 0x233 });
	return undef unless defined $got && @bad == 3;
	return "priv-last" if $tt == 3 && grep { $got == $_ } 0x02, 0x04, 0x24;
	return "rett-align" if $tt == 2 && $got == 7 && $has->(sub { $op3->($_[0]) == 0x239 });
	return "op3-22" if $tt == 2 && $got == 4 && $has->(sub { $op3->($_[0]) == 0x322 });
	return undef;
}

sub run_vectors {
	my ($file, %o) = @_;
	open my $f, "<", $file or die "$file: $!\n";
	my (%q, %now, %bad, %known, $ran, $passed_over);
	while (<$f>) {
		next if /^#/;
		last if /^end/;
		chomp;
		my ($head, $setup, $code, $expect) = split /\|/;
		my ($name, $nwin, $n) = split " ", $head;
		next if defined $o{only} && $name !~ /$o{only}/;
		if ($expect =~ /err=/) {
			$passed_over++;
			next;
		}
		if (!$q{$nwin}) {
			$q{$nwin} = start(nwin => $nwin, timeout => 10);
			$q{$nwin}->poke(0, filler(0, 0x20000));
			$now{$nwin} = $q{$nwin}->state;
		}
		my @b = eval {
			my ($got, @x) = one_vector($q{$nwin}, $now{$nwin}, $nwin, $n, $setup, $code, $expect);
			$now{$nwin} = $got;
			@x;
		};
		$ran++;
		if ($@) {
			@b = "died: $@";
			chomp @b;
			delete $q{$nwin};
		}
		next unless @b;
		if (my $d = departure($code, $expect, @b)) {
			$known{$d}++;
			next;
		}
		my $group = $name =~ s/\..*//r;
		$bad{$group}++;
		print "$_\n    ", join("\n    ", @b), "\n" if $bad{$group} <= ($o{show} // 3);
	}
	my $total = 0;
	$total += $_ for values %bad;
	my $list = sub { my ($h) = @_; return join "", map { " $_:$h->{$_}" } sort keys %$h };
	printf "%d vectors run, %d in error mode passed over; known departures:%s; %d others%s\n", $ran // 0,
		$passed_over // 0, $list->(\%known), $total, $list->(\%bad);
	return $total ? 1 : 0;
}

sub main {
	my %o = (base => 0x4000, exit => 0x4008, mem => []);
	my $file;
	while (defined(my $a = shift @_)) {
		if ($a eq "--mem") {
			push @{ $o{mem} }, [ map { /^0x/ ? oct : $_ } split /:/, shift @_ ];
		} elsif ($a =~ /^--(lockstep|blocks)$/) {
			$o{$1} = 1;
		} elsif ($a =~ /^--(base|exit|nwin|timeout|show|only|vectors)$/) {
			my ($k, $v) = ($1, shift @_);
			$o{$k} = $v =~ /^0x/ ? oct $v : $v;
		} else {
			$file = $a;
		}
	}
	return run_vectors($o{vectors}, %o) if defined $o{vectors};
	die "usage: qemu-run.pl IMAGE [options] | --vectors FILE [options]\n" unless defined $file;
	return lockstep($file, %o) if $o{lockstep};
	return run_image($file, %o);
}

package main;

exit Stub::main(@ARGV) unless caller;
1;
