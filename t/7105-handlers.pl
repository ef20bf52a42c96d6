#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# What signal handlers call (fault C6): only what POSIX lists as async-signal-safe, as the objects' relocations tell.
use strict;
use warnings;

chdir(($0 =~ s|[^/]*$||r) . './..') or die;
require './t/expect.pl';
my $o = $ENV{O} // 'obj';
my %safe = map { $_ => 1 } qw(_exit raise sigaction tcsetattr write __stack_chk_fail);
my %file = (
	"$o/lib/host-signal.o" => [qw(handler fatal_handler)],
	"$o/machine/main.o" => [qw(tidy stop_at_once)],
	"$o/lib/host-tty.o" => [qw(host_tty_restore)],
);

if ($o =~ /san|cov/ || system('objdump --version >/dev/null 2>&1')) {
	skip_all('needs objdump, and objects without instrumentation');
}
for my $obj (sort keys %file) {
	my ($in, %calls, %indirect) = ('');

	for (`objdump -dr --no-show-raw-insn $obj`) {
		$in = $1 if /^[0-9a-f]+ <([\w.]+)>:/;
		$in =~ s/\.(part|cold|isra|constprop).*//;
		$calls{$in}{ $1 =~ s/[-+]0x.*//r }++ if /R_\w+_(?:PLT32|PC32|CALL26|JUMP26)\s+(\w[\w.]*)/ && $1 !~ /^\./;
		$indirect{$in}++ if /\b(call|jmp)\s+\*/;
	}
	# Functions of the same file that they call count as theirs; data are no calls.
	my @todo = @{ $file{$obj} };
	my (%seen, @bad);

	while (defined(my $f = shift @todo)) {
		next if $seen{$f}++;
		for my $to (sort keys %{ $calls{$f} // {} }) {
			next if $safe{$to} || $to =~ /^(host_signals|tty_host)$/ || $to eq 'host_tty_restore';
			if (exists $calls{$to}) {
				push @todo, $to;
			} else {
				push @bad, "$f: $to";
			}
		}
	}
	ok(!@bad, "$obj: @{ $file{$obj} } call only what is safe");
	print "# $_\n" for @bad;
	ok((grep { $seen{$_} && ($calls{$_} || $indirect{$_}) } @{ $file{$obj} }) > 0, 'they are there');
}
done();
