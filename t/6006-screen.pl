#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# OpenBIOS on the frame buffer, by the display's FCode: a line is typed on the keyboard, and the
# picture of the screen is qemu-system-sparc's, pixel for pixel.
use strict;
use warnings;
use Compress::Zlib qw(uncompress);
use File::Temp qw(tempdir);
use IPC::Open2;
use Test::More;

my $vonk = $ENV{VONK} // './vonk';
my $peer = 'qemu-system-sparc';
plan skip_all => "no $peer" if !grep { -x "$_/$peer" } split /:/, $ENV{PATH};
plan skip_all => 'no OpenBIOS' if !-f '/usr/share/qemu/openbios-sparc32';
my $tmp = tempdir(CLEANUP => 1);

# Width, height and the RGB bytes of a PNG of this kind.
sub png {
	my $p = shift;
	my ($w, $h, $depth, $type) = (0) x 4;
	my $data = '';
	substr($p, 0, 8) eq "\x89PNG\r\n\x1a\n" or return;
	for (my $at = 8; $at + 12 <= length $p;) {
		my ($len, $name) = unpack "x$at N a4", $p;
		my $body = substr $p, $at + 8, $len;
		($w, $h, $depth, $type) = unpack 'N N C C', $body if $name eq 'IHDR';
		$data .= $body if $name eq 'IDAT';
		$at += 12 + $len;
	}
	return if $depth != 8 || $type != 2;
	my $row = 3 * $w;
	my $raw = uncompress($data);
	my ($above, $rgb) = ("\0" x $row, '');
	for my $y (0 .. $h - 1) {
		my ($filter, $line) = unpack "x@{[$y * ($row + 1)]} C a$row", $raw;
		return if $filter && $filter != 2;
		if ($filter == 2) { # to the line above
			my @above = unpack 'C*', $above;
			$line = $line =~ /^\0*$/ ? $above :
				pack 'C*', map { $_ + shift(@above) & 255 } unpack 'C*', $line;
		}
		$rgb .= $above = $line;
	}
	return ($w, $h, $rgb);
}

sub ppm {
	my $p = shift;
	return $p =~ s/^P6\s+(\d+)\s+(\d+)\s+255\s//a ? ($1, $2, $p) : ();
}

# The screens of the prompt, and with `2 3 * .` typed and answered.
sub screen {
	my ($file, $decode, @command) = @_;
	my $pid = open2(my $out, my $in, @command, '-monitor', 'stdio', '-serial', 'null');
	my $ask = sub {
		print $in "$_[0]\n";
		select undef, undef, undef, $_[1];
	};
	# The machine is ready when two pictures in a row are the same and not of one colour.
	my $still = sub {
		my $last = '';
		for (1 .. 60) {
			unlink $file;
			$ask->("screendump $file", 0.5);
			open my $f, '<:raw', $file or next;
			my ($w, $h, $rgb) = $decode->(do { local $/; <$f> }) or next;
			my $first = substr $rgb, 0, 3;
			return ($w, $h, $rgb) if $rgb eq $last && $rgb ne $first x ($w * $h);
			$last = $rgb;
		}
		return (0, 0, '');
	};
	local $SIG{PIPE} = 'IGNORE';
	my @before = $still->();
	$ask->("sendkey $_", 0.2) for qw(2 spc 3 spc shift-8 spc dot ret);
	my @after = $still->();
	print $in "quit\n";
	waitpid $pid, 0;
	return [\@before, \@after];
}

for my $card (qw(tcx cg3)) {
	my @options = ('-M', 'SS-5', '-m', 32, '-vga', $card);
	my $ours = screen("$tmp/a.png", \&png, $vonk, @options, '-display', 'none', '-bios',
		'openbios-sparc32');
	my $theirs = screen("$tmp/b.ppm", \&ppm, $peer, @options, '-display', 'none');
	is("@{$ours->[0]}[0, 1]", '1024 768', "$card: 1024 x 768");
	ok($ours->[0][2] eq $theirs->[0][2], '  the prompt, as the peer shows it');
	ok($ours->[0][2] ne $ours->[1][2], '  what is typed shows');
	ok($ours->[1][2] eq $theirs->[1][2], '  and its answer is the same');
}
done_testing();
