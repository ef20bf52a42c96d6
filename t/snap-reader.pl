#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# A second reader of snapshots, written from snap/FORMAT alone. It checks every octet that FORMAT
# speaks of and prints what it found, one line a record, or dies with one line.
#
# usage: t/snap-reader.pl FILE [ram OUTFILE]: also writes the memory `ram` as raw octets
use strict;
use warnings;
use Compress::Zlib;
use Digest::SHA qw(sha256);

my ($path, $what, $out) = @ARGV;
open(my $fh, '<:raw', $path) or die "$path: $!\n";
my $s = do { local $/; <$fh> };
my $pos = 0;
my %ram;

sub fail { die "$path: at $pos: $_[0]\n" }

sub take {
	my ($n) = @_;
	fail("needs $n octets more") if $pos + $n > length $s;
	my $p = substr($s, $pos, $n);
	$pos += $n;
	return $p;
}

sub zeros {
	my ($n) = @_;
	fail('not zero') if take($n) =~ /[^\0]/;
}

sub text {
	my $p = take($_[0]);
	fail('text goes on after a zero') if $p !~ /^([^\0]*)\0*$/s;
	return $1;
}

sub u32 { return unpack('N', take(4)) }

sub u64 {
	my ($hi, $lo) = unpack('NN', take(8));
	return $hi * 4294967296 + $lo;
}

# --- header ---
fail('magic') if take(8) ne "\x89VNK\r\n\x1a\n";
my $version = u32();
fail("version $version") if $version != 1;
my $records = u32();
my $length = u64();
fail("length $length") if $length != length $s;
my $layout = unpack('H*', take(8));
my $ram_size = u64();
my $board = text(32);
my $producer = text(24);
my $producer_version = text(32);
my $build = unpack('H*', take(20));
zeros(104);
fail('header CRC') if crc32(substr($s, 0, 252)) != u32();
fail("header ends at $pos") if $pos != 256;
print "header board=$board ram=$ram_size records=$records producer=$producer/$producer_version\n";

# --- the payloads ---

sub runs {
	my ($r, $limit) = @_;
	my (@pages, $end);
	for (1 .. $r) {
		my ($first, $n) = (u32(), u32());
		fail('an empty run') if !$n;
		fail('runs do not ascend, or touch') if defined $end && $first <= $end;
		$end = $first + $n;
		fail('a run leaves the memory') if $end > $limit;
		push @pages, $first .. $end - 1;
	}
	return @pages;
}

sub memory {
	my ($method, $r, $size, $p) = (u32(), u32(), u64(), u64());
	my @pages = runs($r, $size / 4096);
	my (%page, $data);
	fail("$p pages, the runs have " . @pages) if $p != @pages;
	if ($method == 0) {
		zeros(-$pos % 4096);
		$data = take(4096 * $p);
	} elsif ($method == 1) {
		$data = '';
		for (my $left = $p; $left > 0; $left -= 64) {
			my $group = $left < 64 ? $left : 64;
			my $n = u32();
			my $z = take($n);
			if ($n == 4096 * $group) {
				$data .= $z;
				next;
			}
			fail("a group of $n octets, not halved") if $n > 2048 * $group;
			my $i = inflateInit() or fail('inflate');
			my ($bytes, $status) = $i->inflate($z);
			fail('a group does not end') if $status != Z_STREAM_END;
			fail('octets after a group') if length $z;
			fail('a group of ' . length $bytes) if length $bytes != 4096 * $group;
			$data .= $bytes;
		}
	} else {
		fail("method $method");
	}
	for my $i (0 .. $#pages) {
		my $page = substr($data, 4096 * $i, 4096);
		fail("page $pages[$i] is zero") if $page !~ /[^\0]/;
		$page{$pages[$i]} = $page;
	}
	return ($size, \%page);
}

my %parse = (
	CONF => sub {
		my ($end) = @_;
		my $t = take($end - $pos);
		fail('entries') if $t !~ /^(?:[a-z]+=[^\0]*\0)+$/;
		my $keys = join ' ', map { (split /=/, $_, 2)[0] } split /\0/, $t;
		fail("keys '$keys'") if $keys ne 'cpu smp shift vga geometry';
		return join ' ', map { s/ /_/gr } split /\0/, $t;
	},
	FWCF => sub {
		my $n = u32();
		for (1 .. $n) {
			take(2);
			zeros(2);
			take(u32());
		}
		return "items=$n";
	},
	CHR => sub {
		my ($breaks, $n) = (u32(), u32());
		fail("$n octets") if $n > 4096;
		take($n);
		return "breaks=$breaks octets=$n";
	},
	NET => sub {
		my $n = u32();
		for (1 .. $n) {
			my $len = u32();
			fail("a frame of $len") if $len < 14 || $len > 1518;
			take($len);
		}
		return "frames=$n";
	},
	MEM => sub {
		my ($end, $name) = @_;
		my ($size, $page) = memory();
		if ($name eq 'ram') {
			fail("ram has $size octets") if $size != $ram_size;
			%ram = %$page;
		}
		return "size=$size pages=" . keys %$page;
	},
	BOOT => sub {
		my ($end, $name, $cpu) = @_;
		take($cpu);
		my @kept = runs(u32(), $ram_size / 4096);
		my ($size, $page) = memory();
		fail("it has $size octets") if $size != $ram_size;
		for (@kept) {
			fail("page $_ is not in RAM") if !$ram{$_};
			fail("page $_ is there twice") if $page->{$_};
		}
		for (keys %$page) {
			fail("page $_ is that of RAM") if defined $ram{$_} && $ram{$_} eq $page->{$_};
		}
		return 'kept=' . @kept . ' pages=' . keys %$page;
	},
	DISK => sub {
		my ($layout, $kind, $size, $media, $target) = (u32(), u32(), u64(), u32(), u32());
		fail("layout $layout") if $layout != 1;
		my $flags = u32();
		zeros(4);
		my ($s1, $s2) = (u32(), u32());
		my $digest = take(32);
		my $units = u64();
		my $r = u32();
		zeros(4);
		my $image = take($s1);
		zeros(-$s1 % 8);
		my $overlay = take($s2);
		zeros(-$s2 % 8);
		my @units = runs($r, ($size + 4095) / 4096);
		fail("$units units, the runs have " . @units) if $units != @units;
		fail('kind, media or flags') if $kind > 1 || $media > 2 || $flags > 1;
		fail('a whole image with a base') if $kind == 0 && $digest =~ /[^\0]/;
		for (@units) {
			my $unit = take(4096);
			fail("unit $_ is zero") if $kind == 0 && $unit !~ /[^\0]/;
			my $in = $size - 4096 * $_;
			fail("unit $_ goes beyond the end") if $in < 4096 && substr($unit, $in) =~ /[^\0]/;
		}
		return "kind=$kind size=$size media=$media target=$target flags=$flags units=$units "
			. "image=$image overlay=$overlay sha256=" . unpack('H*', $digest);
	},
);

# --- records ---
my @order = qw(CONF BUS FWCF CPU DEV CHR NET MEM BOOT DISK END);
my ($at, $next, $cpu_length) = (0, 0, 0);
for my $i (1 .. $records) {
	my $start = $pos;
	my $type = take(4);
	fail("type '$type'") if $type !~ /^([A-Z]+) *$/;
	$type = $1;
	my $instance = u32();
	my $name = text(24);
	my $n = u64();
	zeros(4);
	fail('frame CRC') if crc32(substr($s, $start, 44)) != u32();
	my $end = $pos + $n;
	if ($at < @order && $type ne $order[$at]) {
		$at++ while $at < @order && $order[$at] ne $type;
		$next = 0;
	}
	fail("$type out of order") if $at == @order;
	fail("$type $instance, not $next") if $instance != $next++;
	$cpu_length = $n if $type eq 'CPU';
	my $told = "octets=$n";
	if ($type eq 'END') {
		fail('END is not the last record') if $i != $records;
		fail('SHA-256') if take(32) ne sha256(substr($s, 0, $start));
	} elsif ($parse{$type}) {
		$told = $parse{$type}->($end, $name, $cpu_length);
	} else {
		take($n);
	}
	fail("$type $name has " . ($end - $pos) . ' octets too many') if $pos != $end;
	fail("$type $name: CRC") if crc32(substr($s, $end - $n, $n)) != u32();
	zeros(-$pos % 8);
	print "$type $instance $name $told\n";
}
fail('there is more') if $pos != length $s;
if (($what // '') eq 'ram') {
	open(my $o, '>:raw', $out) or die "$out: $!\n";
	print $o $ram{$_} // "\0" x 4096 for 0 .. $ram_size / 4096 - 1;
	close($o) or die "$out: $!\n";
}
