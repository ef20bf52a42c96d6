#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# A thousand processes in Linux: all run, and beside the guest's RAM this costs no memory. Then they go, and a second
# thousand does the same. VONK_ALL=1: ten times.
use strict;
use warnings;

chdir(($0 =~ s|[^/]*$||r) . './..') or die;
require './t/expect.pl';
my $vonk = $ENV{VONK} // './vonk';
my $guest = `t/linux/build --where 2>/dev/null`;
chomp $guest;
skip_all('the Linux guests are not built: make guests') if !$guest;
my $shell = qr/vonk# $/;
# MiB: pre-decoded pages 5, as much for the kernel that a reset loads again, our own program, TLBs, chips.
my $limit = 16;
my $ram = 256;

my $p = Expect->start(err => 1, args => [$vonk, '-M', 'SS-5', '-m', $ram, '-nographic', '-kernel', "$guest/image",
	'-initrd', "$guest/initrd.gz", '-append', 'console=ttyS0 quiet']);
ok(defined $p->until($shell, 240), 'Linux is at its shell') or diag($p->all);

sub sh
{
	my ($line) = @_;

	$p->send("$line\n");
	$p->until(qr/\n/, 60);
	return ($p->until($shell, 240) // 'no answer') =~ s/$shell//r;
}

# MiB resident beside the mapping that holds the RAM, which is the greatest.
sub above
{
	open my $f, '<', "/proc/$p->{pid}/smaps" or return;
	my ($all, $most, $size, $of_most) = (0, 0, 0, 0);
	while (<$f>) {
		$size = $1 if /^Size: +(\d+)/;
		next if !/^Rss: +(\d+)/;
		$all += $1;
		($most, $of_most) = ($size, $1) if $size > $most || ($size == $most && $1 > $of_most);
	}
	return ($all - $of_most) / 1024;
}

# Lines that the shell's editing does not break.
sh('spawn() { i=0; while [ $i -lt 1000 ]; do nap & i=$((i + 1)); done; }');
sh('nap() { exec sleep 99999; }');
my $turns = $ENV{VONK_ALL} ? 10 : 2;
for my $turn (1 .. $turns) {
	sh('spawn');
	is(sh('pidof sleep | wc -w') =~ s/\s+//gr, 1000, "turn $turn: a thousand processes");
	my $mib = above();
	ok(defined $mib && $mib < $limit, "  and no more than $limit MiB beside the guest's RAM") or diag($mib // 'unknown');
	sh('kill $(pidof sleep); wait 2>/dev/null');
	is(sh('pidof sleep || echo none') =~ s/\s+//gr, 'none', '  which all go');
}
$p->send("poweroff -f\n");
is($p->finish(60), 0, 'it powers off');
done();
