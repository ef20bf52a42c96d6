#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# What Linux sees of the clock chip: the date of -rtc base=, the identification, the variables of -prom-env. What it sets
# there by the PROM is in the -nvram file, and in the next run, by whichever PROM.
use strict;
use warnings;
use Test::More;

chdir(($0 =~ s|[^/]*$||r) . './..') or die;
require './t/linux/guest.pl';
our $tmp;
need_guest();

my $mac = '08:00:20:01:02:03';
my $file = "$tmp/nvram";

# Sun's format: 1, the machine's type, the address, no date, its last three bytes again, and all 16 XOR to 0.
sub idprom {
	my $type = shift;
	my @mac = map { hex } split /:/, $mac;
	my @id = (1, $type, @mac, (0) x 4, @mac[3 .. 5]);
	my $sum = 0;
	$sum ^= $_ for @id;
	return unpack 'H*', pack 'C*', @id, $sum;
}

sub sees {
	my ($run, $name, $type, $date, @lines) = @_;
	my ($is) = $run->{console} =~ /^nvram: date (\d+)$/m;
	ok(defined $is && $is >= $date && $is < $date + 120, "$name: the date") or diag($is // 'none');
	like($run->{console}, qr/^nvram: address $mac$/m, '  the address');
	is(($run->{console} =~ /^nvram: idprom (\w+)$/m)[0], idprom($type), '  the identification');
	like($run->{console}, qr/^\Q$_\E/m, "  $_") for @lines;
	all_well($run, 'nvram');
}

my $run = boot_prom('SS-5', 'vonk.run=nvram,nvram vonk.set=my-var=new vonk.date=1996-02-29T12:34:56', '-nvram', $file,
	'-net', "nic,mac=$mac", '-prom-env', 'my-var=old', '-prom-env', 'more=1', '-rtc', 'base=2024-02-28T23:59:30');
sees($run, 'the first run', 0x80, 1709164770, 'eeprom: my-var=old', 'eeprom: my-var=new',
	'nvram: the chip says Thu Feb 29 12:34:56 1996');
is(-s $file, 8192, 'the file is made');
my $bytes = slurp($file);
is(unpack('H*', substr $bytes, 0x1fd8, 16), idprom(0x80), '  with the identification');
like($bytes, qr/\0my-var=new\0/, '  and the variable as the guest set it');
like($bytes, qr/\0more=1\0/, '  and the other one');

$run = boot('SS-5', 'vonk.run=nvram', '-nvram', $file);
sees($run, 'the next, by OpenBIOS', 0x80, 946684800, 'eeprom: my-var=new');

$run = boot_prom('SS-20', 'vonk.run=nvram', '-nvram', $file, '-prom-env', 'my-var=again', '-rtc', 'base=1999-12-31T23:59:59');
sees($run, 'on another board', 0x72, 946684799, 'eeprom: my-var=again');
done_testing();
