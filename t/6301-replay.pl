#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# -record and -replay: a dialogue with the PROM comes again without anybody, the state is the same, and what does
# not fit is told.
use strict;
use warnings;
use Compress::Zlib;
use File::Temp qw(tempdir);

chdir(($0 =~ s|[^/]*$||r) . './..') or die;
require './t/expect.pl';

my $vonk = $ENV{VONK} // './vonk';
my $dir = tempdir(CLEANUP => 1);
my ($bios) = grep { -e } map { "$_/openbios-sparc32" } '/usr/share/qemu', '/usr/share/openbios';

if (!$bios) {
	print "1..0 # SKIP no openbios-sparc32\n";
	exit 0;
}

sub hash_of { return $_[0] =~ /"state_hash": "(\w+)"/ ? $1 : 'no hash' }

# A run by itself: status, what it printed, what it complained about.
sub replay
{
	my (@args) = @_;
	my $p = Expect->start(args => [$vonk, '-nographic', '-stats', @args], err => 1, binary => 1);

	close($p->{to});
	my $status = $p->finish(60);
	return ($status, $p->{all}, $p->{stderr});
}

my $p = Expect->start(args => [$vonk, '-nographic', '-vga', 'none', '-bios', $bios, '-record', "$dir/rec", '-snap', "$dir/mid",
	'-stats'], err => 1, binary => 1);
ok($p->until(qr/0 > /, 60), 'the PROM prompts');
$p->send("1 2 + .\r");
ok($p->until(qr/3 .*0 > /s, 30), 'it is talked to');
kill('USR1', $p->{pid});
my $end = time + 30;
while (time < $end && $p->{stderr} !~ /saved/) { $p->pump(0.1) }
like($p->{stderr}, qr/saved/, 'a snapshot is taken meanwhile');
$p->send(" 4 5 * .\r");
ok($p->until(qr/14 .*0 > /s, 30), 'and it is talked to again');
$p->send("\x01x");
is($p->finish(60), 0, 'the end');
my ($said, $hash) = ($p->{all}, hash_of($p->{stderr}));

my ($status, $again, $err) = replay('-replay', "$dir/rec");
is($status, 0, 'replayed');
is($again, $said, '  the same output');
is(hash_of($err), $hash, '  the same state');
like($err, qr/^vonk: replayed \S+ \(\d+ instructions, the same state\)$/m, '  which it says');

($status, $again, $err) = replay('-replay', "$dir/rec", '-restore', "$dir/mid");
is($status, 0, 'from the snapshot inside');
is(hash_of($err), $hash, '  the same state');
like($again, qr/^ ?4 5 \* \. ?/, '  only what came after it is printed');

# --- what does not fit ---
my $rec = slurp("$dir/rec") || die "$dir/rec: nothing was recorded\n";
my ($len) = unpack('x16 Q>', $rec);
is(substr($rec, 0, 4), "\x89VNK", 'it begins with a snapshot');
is(substr($rec, $len, 4), 'INPT', '  and goes on with input');

# Another key in the first input: its CRC is made good.
sub with_payload
{
	my ($change) = @_;
	my $n = unpack('Q>', substr($rec, $len + 32, 8));
	my $payload = substr($rec, $len + 48, $n);

	$change->(\$payload);
	return substr($rec, 0, $len + 48) . $payload . pack('N', crc32($payload)) . substr($rec, $len + 48 + $n + 4);
}
spew("$dir/key", with_payload(sub { ${ $_[0] } =~ s/1 2 \+/1 7 +/ or ${ $_[0] } =~ s/1(.{32})? 2/x/s }));
($status, $again, $err) = replay('-replay', "$dir/key");
is($status, 5, 'another key');
like($err, qr/the replay differs: .*, after \d+ instructions$/m, '  is told, and where');

for my $bad ([ 'a byte turned', sub { my $r = $rec; substr($r, $len + 60, 1) ^= "\x01"; $r } ],
	[ 'a frame turned', sub { my $r = $rec; substr($r, $len + 4, 1) ^= "\x01"; $r } ],
	[ 'the snapshot turned', sub { my $r = $rec; substr($r, 300, 1) ^= "\x01"; $r } ],
	[ 'an event of no kind', sub { with_payload(sub { substr(${ $_[0] }, 8, 4) = pack('N', 99) }) } ],
	[ 'a length beyond all', sub { with_payload(sub { substr(${ $_[0] }, 24, 4) = pack('N', 0xfffffff0) }) } ],
	[ 'a stream that is not there', sub { with_payload(sub { substr(${ $_[0] }, 8, 8) = pack('NN', 1, 77) }) } ],
	[ 'only its head', sub { substr($rec, 0, 1000) } ], [ 'nothing', sub { '' } ]) {
	spew("$dir/bad", $bad->[1]->());
	($status, undef, $err) = replay('-replay', "$dir/bad");
	is($status, 3, "refused: $bad->[0]");
	is(scalar(() = $err =~ /^vonk: /mg), 1, '  in one line') or print "# $err";
}
spew("$dir/cut", substr($rec, 0, length($rec) - 10));
($status, undef, $err) = replay('-replay', "$dir/cut");
is($status, 0, 'cut off: played as far as it goes');
like($err, qr/breaks off after \d+ instructions/, '  which it says');
($status, undef, $err) = replay('-replay', "$dir/none");
is($status, 1, 'no such file');
done();
