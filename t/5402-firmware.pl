#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Small bare programs, assembled here: every file format, exit statuses, limits, error mode, power-off; the
# same run gives the same digest; no byte of the console is lost on any way to the host.
use strict;
use warnings;
use File::Temp qw(tempdir);
use IO::Socket::INET;
use IO::Socket::UNIX;
use Time::HiRes qw(sleep time);

chdir(($0 =~ s|[^/]*$||r) . './..') or die;
require './t/expect.pl';
require './t/model/asm.pl';

my $vonk = $ENV{VONK} // './vonk';
my $dir = tempdir(CLEANUP => 1);
my $secs = 240;

# --- the programs ---

my ($g0, $g1, $g2, $g3, $g4, $g5, $g6, $g7, $o0, $o1, $o2, $o3, $o4, $o5, $sp, $o7) = 0 .. 15;
my ($l0, $l1, $l2, $l3, $l4, $l5) = 16 .. 21;
my %cond = (ba => 8, be => 1, bne => 9, bg => 10, bgu => 12);

# A list of words, [label => NAME], [branch => CONDITION, NAME], which fills no delay slot.
sub assemble
{
	my (@code) = @_;
	my (%at, @words);
	my $n = 0;

	for my $c (@code) {
		if (ref $c && $c->[0] eq 'label') {
			$at{$c->[1]} = $n;
		} else {
			$n++;
		}
	}
	for my $c (@code) {
		next if ref $c && $c->[0] eq 'label';
		push @words, ref $c ? Asm::bicc($cond{$c->[1]}, 0, 4 * ($at{$c->[2]} - @words)) : $c;
	}
	return pack('N*', @words);
}

sub set { return Asm::set(@_) }
sub mov { my ($rd, $v) = @_; return Asm::i('or', $rd, $g0, $v) }
sub leave { return (mov($g1, 1), @_ ? mov($o0, $_[0]) : (), Asm::ta(0)) }
sub branch { my ($c, $to) = @_; return ([branch => $c, $to], Asm::nop()) }
sub label { return [label => $_[0]] }

sub put
{
	my ($name, $bytes) = @_;
	open(my $f, '>:raw', "$dir/$name") or die "$dir/$name: $!\n";
	print $f $bytes;
	close($f) or die;
	return "$dir/$name";
}

# Channel A of the serial chip of a SPARCstation 5: 8 bits, both ways on, at the highest rate.
my ($ctrl, $data) = (4, 6);
sub serial_on
{
	return (set($g2, 0x71100000), map { (mov($g3, $_->[0]), Asm::mi('stb', $g3, $g2, $ctrl),
		mov($g3, $_->[1]), Asm::mi('stb', $g3, $g2, $ctrl)) }
		[4, 0x44], [12, 0], [13, 0], [14, 1], [3, 0xc1], [5, 0x6a]);
}

# Wait for bit $bit of RR0.
sub wait_for
{
	my ($bit, $label) = @_;
	return (label($label), Asm::mi('ldub', $g3, $g2, $ctrl), Asm::i('andcc', $g0, $g3, $bit),
		branch('be', $label));
}

# Echoes so many bytes and leaves with status 0, having looked at the chip all the time.
sub polled_echo
{
	my ($n) = @_;
	return assemble(serial_on(), set($g4, $n), label('next'), wait_for(1, 'rx'), Asm::mi('ldub', $g5, $g2, $data),
		wait_for(4, 'tx'), Asm::mi('stb', $g5, $g2, $data), Asm::i('subcc', $g4, $g4, 1),
		branch('bne', 'next'), leave(0));
}

# The same by interrupts, with the processor switched off (by the power-management byte) in between.
sub interrupt_echo
{
	my ($n) = @_;
	my @code = (
		serial_on(), mov($g3, 1), Asm::mi('stb', $g3, $g2, $ctrl), mov($g3, 0x10), Asm::mi('stb', $g3, $g2, $ctrl),
		mov($g3, 9), Asm::mi('stb', $g3, $g2, $ctrl), mov($g3, 8), Asm::mi('stb', $g3, $g2, $ctrl),
		set($g4, $n),
		set($g3, 0x71e10000), Asm::sethi($g5, 0x8000 >> 10), Asm::sethi($g6, 0x80000000 >> 10),
		Asm::r('or', $g5, $g5, $g6), Asm::mi('st', $g5, $g3, 8), # serial lines and all of them: no longer masked
		set($g3, 0x10000), Asm::i('wrtbr', 0, $g3, 0), mov($g3, 0xe0), Asm::i('wrpsr', 0, $g3, 0),
		Asm::nop(), Asm::nop(), Asm::nop(),
		set($g7, 0x6a000000),
		label('sleep'), Asm::i('orcc', $g0, $g4, 0), branch('be', 'out'), Asm::mi('stb', $g7, $g7, 0), branch('ba', 'sleep'),
		label('out'), Asm::i('wrpsr', 0, $g0, 0xc0), Asm::nop(), Asm::nop(), Asm::nop(), leave(0),
	);
	my $main = assemble(@code);
	# At level 12: take what is there, send it, return.
	my $handler = assemble(Asm::i('rdpsr', $l0, 0, 0), label('more'),
		Asm::mi('ldub', $l3, $g2, $ctrl), Asm::i('andcc', $g0, $l3, 1), branch('be', 'done'),
		Asm::mi('ldub', $l4, $g2, $data), label('tx'), Asm::mi('ldub', $l3, $g2, $ctrl), Asm::i('andcc', $g0, $l3, 4),
		branch('be', 'tx'), Asm::mi('stb', $l4, $g2, $data), Asm::i('sub', $g4, $g4, 1), branch('ba', 'more'),
		label('done'), mov($l3, 0x38), Asm::mi('stb', $l3, $g2, $ctrl),
		Asm::i('wrpsr', 0, $l0, 0), Asm::nop(), Asm::nop(), Asm::nop(),
		Asm::r('jmpl', 0, $l1, 0), Asm::r('rett', 0, $l2, 0));
	# The trap table stands at 10000: status 99 from every vector but 1c.
	my $table = '';
	for my $tt (0 .. 0xff) {
		$table .= $tt == 0x1c ? pack('N4', Asm::bicc(8, 0, 0x1000 - 0x1c0), (Asm::nop()) x 3)
			: pack('N4', mov($g1, 1), mov($o0, 99), Asm::ta(0), Asm::nop());
	}
	return $main . "\0" x (0xc000 - length $main) . $table . $handler;
}

my $status = sub { return assemble(leave($_[0])) };
my $spin = assemble(label('spin'), branch('ba', 'spin'));
my $work = assemble(set($g2, 0x100000), mov($g3, 7), label('work'), Asm::r('umul', $g3, $g3, $g3),
	Asm::i('add', $g3, $g3, 3), Asm::r('and', $g4, $g3, $g3), Asm::i('and', $g4, $g4, 0xffc), Asm::mr('st', $g3, $g2, $g4),
	branch('ba', 'work'));

# --- the formats ---

sub elf
{
	my ($code, $at) = @_;
	my $head = "\x7fELF\1\2\1" . "\0" x 9 . pack('n2 N5 n6', 2, 2, 1, $at, 52, 0, 0, 52, 32, 1, 0, 0, 0);
	return $head . pack('N8', 1, 84, $at, $at, length $code, length($code) + 64, 7, 4) . $code;
}

sub aout { my ($magic, $code) = @_; return pack('N8', $magic, length $code, 0, 0, 0, 0x4000, 0, 0) . $code }

sub srec
{
	my ($code, $at) = @_;
	my $out = '';
	my $record = sub {
		my ($type, $bytes) = @_;
		$bytes = chr(length($bytes) + 1) . $bytes;
		my $sum = 0;
		$sum += $_ for unpack('C*', $bytes);
		return "S$type" . uc(unpack('H*', $bytes . chr(~$sum & 0xff))) . "\r\n";
	};
	$out .= $record->(0, "\0\0test");
	for (my $i = 0; $i < length $code; $i += 16) {
		$out .= $record->(3, pack('N', $at + $i) . substr($code, $i, 16));
	}
	return $out . $record->(7, pack('N', $at));
}

sub gz
{
	my ($file) = @_;
	system("gzip -9nc '$file' >'$file.gz'") == 0 or die;
	return "$file.gz";
}

# --- running them ---

sub run
{
	my (@args) = @_;
	my $p = Expect->start(args => [$vonk, '-limit', 'time=600', @args], err => 1);

	$p->close_in;
	my $status = $p->finish($secs);
	return ($status, $p->all, $p->err);
}

sub figures
{
	my ($err) = @_;
	my ($line) = ($err // '') =~ /(\{[^\n]*\})\n$/;
	my %f;

	$f{$1} = $2 while ($line // '') =~ /"(\w+)": "?([^",}]+)/g;
	return \%f;
}

sub formats
{
	my $code = $status->(42);
	my %file = (
		'raw' => $code,
		'ELF' => elf($code, 0x4000),
		'ELF elsewhere' => elf($code, 0x200000),
		'a.out 0407 of Sun' => aout(0x01030107, $code),
		'a.out 0407 of NetBSD' => aout(0x008a0107, $code),
		'S-records' => srec($code, 0x8000),
	);
	for my $f (sort keys %file) {
		my $path = put($f =~ tr/ /-/r, $file{$f});
		my ($st, $out, $err) = run($path);
		is("$st|$out|$err", '42||', "$f: status 42, not a word");
		is((run(gz($path)))[0], 42, "$f in gzip");
		is((run('-M', 'SS-20', $path))[0], 42, "$f on an SS-20") if $f eq 'ELF' || $f eq 'raw';
	}
}

sub statuses
{
	for my $n (0, 1, 3, 4, 124, 255) {
		is((run(put("status$n", $status->($n))))[0], $n, "ta 0 with $n in %o0");
	}
	# 256 does not fit, and whoever asks for it gets what a shell would give.
	is((run(put('status256', assemble(mov($g1, 1), mov($o0, 256), Asm::ta(0)))))[0], 0, 'ta 0 with 256 in %o0');
	my ($st, $out, $err) = run(put('unimp', pack('N', 0)));
	is($st, 4, 'a trap with traps disabled: status 4');
	like($err, qr/^vonk: error mode: trap 0x02 at pc 00004000 while traps were disabled [^\n]*\n$/, 'and one line');
	is($out, '', 'nothing else');
	is((run(put('ta0', assemble(mov($g1, 2), Asm::ta(0)))))[0], 4, 'ta 0 without 1 in %g1 is an ordinary trap');
	is((run(put('off', assemble(set($g2, 0x71910000), mov($g3, 1), Asm::mi('stb', $g3, $g2, 0), branch('ba', 'x'), label('x'),
		leave(9)))))[0], 0, 'AUX2 switches an SS-5 off: status 0');
	is((run('-M', 'SS-20', put('off20', assemble(set($g2, 0xf1a01000), mov($g3, 1), Asm::ma('stb', $g3, $g2, $g0, 0x2f), leave(9)))))[0],
		0, 'AUX2 switches an SS-20 off: status 0');
	# The board's reset starts the program again, what it left in memory lasts: the second time it leaves.
	my $twice = assemble(set($g2, 0x300000), Asm::mi('ld', $g3, $g2, 0), Asm::i('add', $g3, $g3, 1), Asm::mi('st', $g3, $g2, 0),
		Asm::i('subcc', $g0, $g3, 2), branch('be', 'out'), set($g4, 0x71f00000), mov($g5, 1), Asm::mi('st', $g5, $g4, 0),
		label('spin'), branch('ba', 'spin'), label('out'), leave(33));
	my $path = put('twice', $twice);
	is((run($path))[0], 33, 'a reset starts the program again');
	is((run('-no-reboot', $path))[0], 0, '-no-reboot: a reset ends it with status 0');
}

sub limits
{
	my $path = put('spin', $spin);
	for my $n (1, 2, 1000, 1234567) {
		my ($st, $out, $err) = run('-stats', '-limit', "insns=$n", $path);
		my $f = figures($err);
		is("$st $f->{insns} $f->{virtual_ns}", "124 $n $n", "-limit insns=$n: status 124, exactly");
	}
	my ($st, $out, $err) = run('-stats', '-limit', 'time=0.002', $path);
	is($st . ' ' . figures($err)->{virtual_ns}, '124 2000000', '-limit time=0.002: 2 ms of virtual time');
	($st, $out, $err) = run('-stats', '-limit', 'insns=5000,time=1', $path);
	is($st . ' ' . figures($err)->{insns}, '124 5000', 'both limits: the first counts');
	# Busy work, no idle loop: time is the number of instructions.
	$path = put('work', $work);
	for my $shift (0, 1, 3, 10) {
		($st, $out, $err) = run('-stats', '-icount', "shift=$shift", '-limit', 'insns=100000', $path);
		my $f = figures($err);
		is("$st $f->{insns} $f->{virtual_ns}", '124 100000 ' . (100000 << $shift), "-icount shift=$shift");
	}
	($st, $out, $err) = run('-stats', put('seven', $status->(7)));
	is($st . ' ' . figures($err)->{insns}, '7 3', 'ta 0 is the third instruction');
	like($err, qr/^\{"insns": \d+, "virtual_ns": \d+, "host_seconds": [\d.]+, "mips": [\d.]+, "state_hash": "[0-9a-f]{16}"[^\n]*\}\n$/,
		'-stats is one line of JSON');
	($st, $out, $err) = run('-stats', put('unimp', pack('N', 0)));
	like($err, qr/^vonk: error mode: [^\n]*\n\{[^\n]*\}\n$/, 'and the last line');
}

# Different ways to the same run.
sub determinism
{
	my $path = put('work', $work);
	my @base = ('-stats', '-limit', 'insns=3000000', $path);
	my ($st, $out, $err) = run(@base);
	my $want = figures($err)->{state_hash};
	my %ways = (
		'again' => [],
		'-serial null' => ['-serial', 'null'],
		'-serial none' => ['-serial', 'none'],
		'-serial file' => ['-serial', "file:$dir/out"],
		'-serial pty' => ['-serial', 'pty'],
		'-serial unix' => ['-serial', "unix:$dir/sock1,server=on,wait=off"],
		'-serial tcp' => ['-serial', 'tcp:127.0.0.1:0,server=on,wait=off'],
		'-pace real' => ['-pace', 'real'],
		'-pace fast' => ['-pace', 'fast'],
		'-nographic' => ['-nographic'],
		'-d ref' => ['-d', 'ref'],
	);
	like($want, qr/^[0-9a-f]{16}$/, 'a digest');
	for my $w (sort keys %ways) {
		my ($st, $out, $err) = run(@{ $ways{$w} }, @base);
		is($st . ' ' . (figures($err)->{state_hash} // 'none'), "124 $want", "the same state: $w");
	}
	my $other = figures((run('-stats', '-limit', 'insns=3000001', $path))[2])->{state_hash};
	ok($other ne $want, 'one instruction more is another state');
	$other = figures((run('-M', 'SS-4', @base))[2])->{state_hash};
	ok($other ne $want, 'another board is another state');
	# The demonstration's self-test: timers, interrupts, MMU, FPU, serial output.
	my @demo = ('-stats', '-append', 'selftest');
	my @hashes = map { figures((run(@demo, @$_))[2])->{state_hash} // 'none' }
		[], ['-serial', 'null'], ['-pace', 'real'], $ENV{VONK_ALL} ? ['-d', 'ref'] : [];
	my %seen = map { $_ => 1 } @hashes;
	is(join(' ', keys %seen), $hashes[0], 'the self-test, four times: the same state');
	like($hashes[0], qr/^[0-9a-f]{16}$/, 'which is a digest');
}

# Bytes that look random, all values among them.
sub noise
{
	my ($n) = @_;
	my ($x, $out) = (12345, '');

	while (length $out < $n) {
		$x = ($x * 1103515245 + 12345) & 0x7fffffff;
		$out .= chr($x >> 16 & 0xff);
	}
	return $out;
}

# Writes and reads at the same time: all that was sent has to come back.
sub through
{
	my ($fh_in, $fh_out, $bytes) = @_;
	my ($got, $off, $end) = ('', 0, time + $secs);
	my ($w, $r) = (IO::Select->new($fh_in), IO::Select->new($fh_out));

	$fh_in->blocking(0);
	while (length $got < length $bytes && time < $end) {
		if ($off < length $bytes && $w->can_write(0)) {
			my $n = syswrite($fh_in, $bytes, 16384, $off);
			$off += $n if $n;
		}
		next if !$r->can_read($off < length $bytes ? 0.002 : 0.5);
		last if !sysread($fh_out, my $some, 65536);
		$got .= $some;
	}
	return $got;
}

sub same_bytes
{
	my ($got, $want, $name) = @_;
	my $n = 0;

	return if ok($got eq $want, $name);
	$n++ while $n < length $got && substr($got, $n, 1) eq substr($want, $n, 1);
	diag(length($got) . ' octets of ' . length($want) . " came, the first wrong one is $n");
}

sub echo_stdio
{
	my ($make, $n, $name, @args) = @_;
	my $bytes = noise($n);
	my $p = Expect->start(args => [$vonk, '-serial', 'stdio', @args, put("echo$$", $make->($n))], err => 1, binary => 1);
	my $got = through($p->{to}, $p->{from}, $bytes);

	same_bytes($got, $bytes, "$name: $n octets through standard input and output");
	is($p->finish($secs), 0, "$name: status 0");
	diag($p->err) if length $p->err;
}

sub echo_file
{
	my ($n) = @_;
	my $bytes = noise($n);
	my $in = put("in$$", $bytes);
	my $prog = put("echo$$", polled_echo($n));

	system("'$vonk' -serial stdio '$prog' <'$in' >'$dir/out$$'");
	is($? >> 8, 0, 'from a file to a file: status 0');
	same_bytes(do { local (@ARGV, $/) = "$dir/out$$"; <> } // '', $bytes, "$n octets from a file to a file");
	# Digests of runs with input are the same when all of it is there from the start.
	my @h = map { `'$vonk' -serial stdio -stats '$prog' <'$in' 2>&1 >/dev/null` =~ /state_hash": "(\w+)"/; $1 // 'none' } 1, 2;
	is($h[0], $h[1], 'the same input from a file gives the same state');
}

sub echo_socket
{
	my ($kind, $n) = @_;
	my $bytes = noise($n);
	my $spec = $kind eq 'unix' ? "unix:$dir/sock$$,server=on" : 'tcp:127.0.0.1:0,server=on';
	my $p = Expect->start(args => [$vonk, '-serial', $spec, put("echo$$", polled_echo($n))]);
	my $s;

	if ($kind eq 'unix') {
		for (1 .. 600) {
			last if $s = IO::Socket::UNIX->new(Peer => "$dir/sock$$");
			sleep(0.05);
		}
	} else {
		my $said = $p->until(qr/port \d+\n/, $secs) // '';
		my ($port) = $said =~ /port (\d+)\n$/;
		$s = IO::Socket::INET->new(PeerAddr => "127.0.0.1:$port") if $port;
	}
	ok($s, "$kind: connected") or return diag($p->all);
	same_bytes(through($s, $s, $bytes), $bytes, "$kind: $n octets both ways");
	is($p->finish($secs), 0, "$kind: status 0");
	ok(!-e "$dir/sock$$", 'the socket is gone') if $kind eq 'unix';
}

sub echo_pty
{
	my ($n) = @_;
	my $bytes = noise($n);
	my $p = Expect->start(args => [$vonk, '-serial', 'pty', put("echo$$", polled_echo($n + 1))]);
	my $said = $p->until(qr{/dev/pts/\d+}, $secs) // '';
	my ($name) = $said =~ m{(/dev/pts/\d+)};

	ok($name, 'pty: its name is told') or return diag($p->all);
	sysopen(my $t, $name, Fcntl::O_RDWR() | Fcntl::O_NOCTTY()) or return ok(0, "pty: $!");
	same_bytes(through($t, $t, $bytes), $bytes, "pty: $n octets both ways");
	# It would be the terminal that drops what nobody has read when its other end goes.
	$p->signal('TERM');
	is($p->finish($secs), 0, 'pty: SIGTERM ends it with status 0');
}

sub echo_fifo
{
	my ($n) = @_;
	my $bytes = noise($n);
	my $fifo = "$dir/fifo$$";

	POSIX::mkfifo("$fifo.in", 0600) && POSIX::mkfifo("$fifo.out", 0600) or die;
	my $p = Expect->start(args => [$vonk, '-serial', "pipe:$fifo", put("echo$$", polled_echo($n))]);
	sysopen(my $in, "$fifo.in", Fcntl::O_RDWR());
	sysopen(my $out, "$fifo.out", Fcntl::O_RDWR());
	same_bytes(through($in, $out, $bytes), $bytes, "pipe: $n octets both ways");
	is($p->finish($secs), 0, 'pipe: status 0');
	diag($p->all) if length $p->all;
}

# One that stops reading for a while makes the machine wait; nothing is lost.
sub slow_reader
{
	my $n = $ENV{VONK_ALL} ? 300000 : 100000;
	my $bytes = noise($n);
	my $in = put("in$$", $bytes);
	my $p = Expect->start(args => ['sh', '-c', "exec '$vonk' -serial stdio '" . put("echo$$", polled_echo($n)) . "' <'$in'"],
		binary => 1);

	sleep(1);
	my $got = $p->during(0.01);
	sleep(0.5);
	ok(!defined $p->finish(0.5) || length $p->all == $n, 'it waits for a reader who takes a break');
	$p->{done} || $p->finish($secs);
	same_bytes($p->all, $bytes, 'and loses nothing');
}

my $big = $ENV{VONK_ALL} ? 1 << 20 : 100000;
my $small = $ENV{VONK_ALL} ? 300000 : 30000;
my @parts = (
	formats => \&formats, statuses => \&statuses, limits => \&limits, determinism => \&determinism,
	polled => sub { echo_stdio(\&polled_echo, $big, 'polled') },
	interrupts => sub { echo_stdio(\&interrupt_echo, $big, 'by interrupts') },
	real => sub { echo_stdio(\&polled_echo, $small, 'polled, -pace real', '-pace', 'real') },
	file => sub { echo_file($small) },
	unix => sub { echo_socket('unix', $small) },
	tcp => sub { echo_socket('tcp', $small) },
	pty => sub { echo_pty($small) },
	fifo => sub { echo_fifo($small) },
	slow => \&slow_reader,
);
my %only = map { $_ => 1 } @ARGV; # names of parts, to look at some of them
side_by_side(2, map { $parts[2 * $_ + 1] } grep { !%only || $only{ $parts[2 * $_] } } 0 .. $#parts / 2);
done();
