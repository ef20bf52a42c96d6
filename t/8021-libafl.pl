#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# LibAFL's ForkserverExecutor with -fuzz: VONK_LIBAFL names t/peers/libafl/main.rs, compiled. Both greetings, test cases by
# shared memory and by standard input, and both ways to end what hangs are to lead one seed the very same way.
use strict;
use warnings;
use File::Temp qw(tempdir);
use Cwd qw(abs_path);

chdir(($0 =~ s|[^/]*$||r) . './..') or die;
require './t/expect.pl';
require './t/packet.pl';
my $vonk = abs_path($ENV{VONK} // './vonk');
my $libafl = $ENV{VONK_LIBAFL};
skip_all('no LibAFL: VONK_LIBAFL does not name t/peers/libafl/main.rs, compiled') unless defined $libafl && -x $libafl;
$libafl = abs_path($libafl);
my $dir = tempdir(CLEANUP => 1);
my $tries = 0;

# A campaign in a directory of its own: what it printed, and how each find is replayed.
sub campaign
{
	my ($keys, $spec, $image) = @_;
	my $out = "$dir/" . ++$tries;

	my $text = `cd $dir && timeout 200 $libafl out=$out seed=1 seconds=100 $keys -- $vonk -fuzz $spec $image 2>&1`;
	print $text =~ s/^/# /gmr if $?;
	my %said = $text =~ /^(inputs|corpus|finds|unstable|tokens): (\d+)$/mg;
	$said{outcome} = join ', ', sort map {
		my ($o) = `timeout 60 $vonk -fuzz $spec -fuzz-replay $_ $image 2>&1` =~ /^outcome: (.*)$/m;
		$o // 'none';
	} glob "$out/*";
	return \%said;
}

# --- a program that crashes and hangs ---

# Its input is at 0x8000: "AB" is no instruction, "AH" never ends; else it comes to 0x4034.
spew("$dir/program", pack 'N*',
	0x03000020,	# sethi %hi(0x8000), %g1
	0xc4084000,	# ldub [%g1], %g2
	0x80a0a041,	# cmp %g2, 'A'
	0x1280000a,	# bne 0x4034
	0x01000000,	# nop
	0xc4086001,	# ldub [%g1 + 1], %g2
	0x80a0a042,	# cmp %g2, 'B'
	0x22800002,	# be,a . + 8
	0x00000000,	# unimp
	0x80a0a048,	# cmp %g2, 'H'
	0x02800000,	# be .
	0x01000000,	# nop
	0x01000000,	# nop
	0x10800000,	# ba .
	0x01000000);	# nop
mkdir "$dir/few";
spew("$dir/few/x", 'x');
my %seen;
for my $protocol (0, 1) {
	for my $how ('', 'inputs=stdin', 'kill=SIGKILL', 'inputs=stdin kill=SIGKILL') {
		my $s = campaign("in=$dir/few timeout=1000 finds=2 $how",
			"mem=0x8000,max=16,start=0x4000,done=0x4034,insns=100000,protocol=$protocol", "$dir/program");
		my $what = "protocol $protocol" . ($how ? ", $how" : '');

		ok(($s->{outcome} // '') =~ /^crash \(error mode 0x02\), hang/, "$what: a crash and a hang are found")
			or print "# $s->{outcome}\n";
		ok(($s->{tokens} // 0) == 3 && ($s->{unstable} // 1) == 0, 'three letters to compare with, and nothing unstable')
			or print '# ', $s->{tokens} // '?', ' ', $s->{unstable} // '?', "\n";
		$seen{ join ' ', map { $s->{$_} // '?' } qw(inputs corpus) }++;
	}
}
ok(keys %seen == 1, 'all of them ran the same inputs: ' . join(', ', map { "$_ of a corpus" } sort keys %seen));
my $none = campaign("in=$dir/few finds=1 tokens=no inputs=stdin", 'mem=0x8000,max=16,start=0x4000,done=0x4034', "$dir/program");
ok(($none->{finds} // 0) == 1 && ($none->{tokens} // 1) == 0, 'no dictionary, and no answer to its offer');

# --- firmware with planted bugs ---

my $elf = abs_path(packet_elf());
my $s = campaign('in=' . abs_path('t/guest/fuzz/seeds') . ' finds=1', packet_spec(), $elf);
ok($s->{outcome} =~ /^crash \(/, "a planted bug: $s->{outcome}, after " . ($s->{inputs} // '?') . ' inputs');
ok(($s->{unstable} // 1) == 0 && ($s->{corpus} // 0) > 5, 'coverage leads there, and is the same each time');
my $left;
for (1 .. 100) {
	$left = () = `ps -e -o args=` =~ /^.*\Q$dir\E.*$/mg;
	last unless $left;
	select undef, undef, undef, 0.1;
}
ok(!$left, 'no process is left');
done();
