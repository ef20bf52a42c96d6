#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# OpenBIOS on every board: it comes to its prompt, talks Forth, resets, powers off. With VONK_ALL=1
# its device tree is compared with what qemu-system-sparc has.
use strict;
use warnings;
use File::Temp qw(tempdir);

chdir(($0 =~ s|[^/]*$||r) . './..') or die;
require './t/expect.pl';

my $vonk = $ENV{VONK} // './vonk';
my $rom = 'openbios-sparc32';
my ($where) = grep { -f "$_/$rom" } '/usr/share/qemu', '/usr/share/openbios';
skip_all("no $rom (Debian: openbios-sparc)") if !$where;

my $prompt = qr/\n(\d+) > $/;
my $boot_secs = 120; # a busy host; it takes one second of processor time
my @common = ('-nographic', '-bios', $rom, '-limit', 'time=3000');

# Board: machine id, the CPU as OpenBIOS calls it, its name, where things stand, and MiB to try it with.
my %board = (
	'SS-5' => [32, 'FMI,MB86904', 'SUNW,SPARCstation-5', 'micro', 128],
	'SS-4' => [35, 'FMI,MB86904', 'SUNW,SPARCstation-4', 'micro', 32],
	'Voyager' => [33, 'FMI,MB86904', 'SUNW,SPARCstation-Voyager', 'micro', 64],
	'LX' => [34, 'TI,TMS390S10', 'SUNW,SPARCstation-LX', 'micro', 128],
	'SPARCClassic' => [36, 'TI,TMS390S10', 'SUNW,SPARCstation-Classic', 'micro', 64],
	'SPARCbook' => [37, 'TI,TMS390S10', 'Tadpole_S3GX', 'micro', 32],
	'SS-10' => [64, 'TI,TMS390Z55', 'SUNW,SPARCstation-10', 'mbus', 512],
	'SS-20' => [65, 'TI,TMS390Z55', 'SUNW,SPARCstation-20', 'mbus', 64],
	'SS-600MP' => [66, 'TI,TMS390Z55', 'SUNW,SPARCsystem-600', 'mbus', 256],
);
my %nodes = (
	micro => [ split ' ', '
		/obio/zs@0,100000 /obio/zs@0,0 /obio/eeprom@0,200000 /obio/counter@0,d00000
		/obio/interrupt@0,e00000 /obio/power@0,910000 /obio/auxio@0,900000
		/iommu@0,10000000/sbus@0,10001000/espdma@5,8400000/esp@5,8800000
		/iommu@0,10000000/sbus@0,10001000/ledma@5,8400010/le@5,8c00000' ],
	mbus => [ split ' ', '
		/obio/zs@0,100000 /obio/zs@0,0 /obio/eeprom@0,200000 /obio/counter@0,300000
		/obio/interrupt@0,400000 /obio/power@0,a01000 /obio/auxio@0,800000' ],
);

sub boot
{
	my (@args) = @_;
	my $p = Expect->start(args => [$vonk, @common, @args]);

	$p->{banner} = $p->until($prompt, $boot_secs);
	return $p;
}

# A line typed at the prompt; returns what it printed, without echo and prompt.
sub forth
{
	my ($p, $line, $secs) = @_;

	$p->send("$line\r");
	my $got = $p->until($prompt, $secs // 60);
	return undef if !defined $got;
	$got =~ s/^\Q$line\E ?//;
	$got =~ s/\n\d+ > $//;
	return $got;
}

sub power_off
{
	my ($p, $name) = @_;

	$p->send("power-off\r");
	is($p->finish(60), 0, "$name: power-off ends it with status 0");
}

sub every_board
{
	my ($m, $mib) = @_;
	my ($id, $cpu, $name, $kind, $default) = @{ $board{$m} };
	$mib //= $default;
	my $p = boot('-M', $m, '-m', $mib, '-prom-env', 'auto-boot?=false');

	if (!ok(defined $p->{banner}, "$m: comes to the prompt")) {
		diag($p->all);
		return;
	}
	like($p->{banner}, qr/^Configuration device id QEMU version 1 machine id $id$/m,
		"$m: finds its configuration");
	like($p->{banner}, qr/^CPUs: 1 x \Q$cpu\E$/m, "$m: finds its processor");
	is(forth($p, '1 2 + .'), '3  ok', "$m: 1 2 + .");
	my $tree = forth($p, 'show-devs');
	my @have = $tree =~ m|^[0-9a-f]{8} (\S+)|mg;
	my @miss = grep { my $n = $_; !grep { $_ eq $n } @have } '/', '/aliases', '/openprom', '/options',
		'/chosen', '/memory@0,0', '/virtual-memory@0,0', @{ $nodes{$kind} };
	ok(!@miss, "$m: its device tree has its nodes");
	diag("without @miss:\n$tree") if @miss;
	my $root = forth($p, 'dev / .properties');
	like($root, qr/^name +"\Q$name\E"$/m, "$m: it is a $name");
	like($root, qr/^compatible +"sun4m"$/m, "$m: a sun4m");
	like($root, qr/^idprom +-- 20 : 01 [0-9a-f]{2} 52 54 00 12 34 56 /m, "$m: idprom");
	like($root, qr{^stdout-path +"/obio/zs\@0,100000:a"$}m, "$m: line A is its console");
	memory($p, $m, $mib);
	power_off($p, $m);
}

# What was typed, and what has to come back: the Forth standard's and IEEE 1275's meanings.
my @dialogue = (
	['1 2 + .', '3  ok'],
	['decimal 1000000 355 113 */ . hex', '3141592  ok'],
	['11 22 swap . .', '11 22  ok'],
	['-1 u. -1 .', 'ffffffff -1  ok'],
	['7fffffff 1+ .', '-80000000  ok'],
	['80000000 2/ .', '-40000000  ok'],
	['80000000 1 >> u.', '40000000  ok'],
	['1234 8 << .', '123400  ok'],
	['ffff fff and .', 'fff  ok'],
	['decimal 17 5 /mod . . hex', '3 2  ok'],
	['decimal -7 3 mod . hex', '2  ok'],
	[': tri 0 swap 0 do i + loop ;', ' ok'],
	['10 tri .', '78  ok'],
	[': sq dup * ;', ' ok'],
	['see sq', "\n: sq\n  dup *\n  ;\n ok"],
	[': t if ." yes" else ." no" then ; 0 t 1 t', 'noyes ok'],
	[': w begin dup while dup . 1- repeat drop ; 5 w', '5 4 3 2 1  ok'],
	['7 constant seven seven .', '7  ok'],
	['variable v 5 v ! 3 v +! v @ .', '8  ok'],
	['" hello world" type', 'hello world ok'],
	['1 2 3 .s clear', "<3> 1 2 3 \n ok"],
	['depth .', '0  ok'],
	['drop', ' Stack Underflow.'],
	['nonesuch', 'nonesuch: undefined word.'],
	['12345678 100000 l!', ' ok'],
	['100000 l@ . 100000 c@ . 100003 c@ . 100002 w@ .', '12345678 12 78 5678  ok'],
	['41 100001 c! 4243 100006 w! 100000 l@ u. 100004 l@ u.', '12415678 4243  ok'],
	['100000 10 dump',
		"\n100000  12 41 56 78 00 00 42 43  00 00 00 00 00 00 00 00    .AVx..BC........\n ok"],
	['100000 10 ff fill 100008 4 erase 100004 l@ u. 100008 l@ u.', 'ffffffff 0  ok'],
	['100000 100020 10 move 100020 l@ u.', 'ffffffff  ok'],
	['setenv boot-file hello', ' ok'],
);

sub words
{
	my ($m) = @_;
	my $p = boot('-M', $m, '-prom-env', 'auto-boot?=false', '-prom-env', 'oem-banner=A banner of mine',
		'-prom-env', 'ttya-mode=19200,8,n,1,-', '-prom-env', 'my-own=something');

	ok(defined $p->{banner}, "$m: comes to the prompt") or return diag($p->all);
	for my $d (@dialogue) {
		is(forth($p, $d->[0]), $d->[1], "$m: $d->[0]") or last;
	}
	my $env = forth($p, 'printenv');
	like($env, qr/^boot-file +"hello"$/m, "$m: setenv shows in printenv");
	like($env, qr/^auto-boot\? +"false"$/m, "$m: -prom-env auto-boot?=false");
	like($env, qr/^oem-banner +"A banner of mine"$/m, "$m: -prom-env with spaces");
	like($env, qr/^ttya-mode +"19200,8,n,1,-"$/m, "$m: -prom-env with commas");
	like($env, qr/^my-own +"something"$/m, "$m: -prom-env of a new variable");
	my ($before, $after) = map { hex } forth($p, 'get-msecs 200 ms get-msecs swap . .') =~ /(\w+) (\w+)/;
	my $passed = $after - $before;
	ok($passed >= 0x200 - 10 && $passed <= 0x200 + 20, "$m: 200 ms last $passed ms, about 512");
	ok(length(forth($p, 'device-end words')) > 4000, "$m: words lists many of them");
	like(forth($p, 'dev /memory .properties'), qr/^available +00000000 00000000 +06fe0000$/m, "$m: /memory");
	# It starts anew. What setenv changed it has not written to the NVRAM; what was there still is.
	$p->send("reset-all\r");
	my $again = $p->until($prompt, $boot_secs);
	like($again, qr/Configuration device id.*^CPUs: 1 x.*Welcome to OpenBIOS/ms, "$m: reset-all starts it again");
	is(forth($p, 'depth .'), '0  ok', "$m: and it answers");
	like(forth($p, 'printenv'), qr/^oem-banner +"A banner of mine"$/m, "$m: the NVRAM outlives a reset");
	# A trap that it does not expect: it says so, on the serial line of either family, and stands still.
	$p->send("0 \@\r");
	like($p->until(qr/Stopping execution/, 60), qr/Unhandled Exception 0x00000009\nPC = 0xffd0/,
		"$m: a load from nowhere is a data access exception, reported");
	$p->signal('TERM');
	is($p->finish(60), 0, "$m: SIGTERM ends it with status 0");
}

# Its way back to whoever called it leads nowhere: no privilege, no memory.
sub bye
{
	my $p = boot('-prom-env', 'auto-boot?=false');

	$p->send("bye\r");
	is($p->finish(60), 4, 'bye leads to error mode, status 4');
	like($p->all, qr/\nvonk: error mode: trap 0x01 at pc ffd0\S+ while traps were disabled [^\n]*\n$/, 'and its line');
}

# -no-reboot
sub no_reboot
{
	my $p = boot('-prom-env', 'auto-boot?=false', '-no-reboot');

	$p->send("reset-all\r");
	is($p->finish(60), 0, 'with -no-reboot reset-all ends it with status 0');
	my $n = () = $p->all =~ /Configuration device/g;
	is($n, 1, 'and it started once');
}

# Of each size it finds all, and keeps 16 MiB and a little for itself. The tree has it in banks
# (of 64 MiB with an ECC memory controller).
sub memory
{
	my ($p, $m, $mib) = @_;
	my $got = forth($p, 'dev /memory .properties');
	my ($reg) = $got =~ /^(reg +.*?)^ ok/ms;
	my ($start, $free) = $got =~ /^available +(\w+ \w+) +(\w+)$/m;
	my $sum = 0;

	$sum += hex for ($reg // '') =~ /\w{8} \w{8} +(\w{8})$/mg;
	is($sum >> 20, $mib, "$m: -m $mib: so much is in the device tree") or diag($got);
	$free = hex($free // 0) >> 10;
	ok($free < $mib << 10 && $free > ($mib << 10) - 17 * 1024, "$m: -m $mib: $free KiB are free");
}

# A boot that finds nothing, as it stands without auto-boot?=false; ^A x.
sub nothing_to_boot
{
	my $p = Expect->start(args => [$vonk, @common], pty => 1);

	like($p->until($prompt, $boot_secs), qr/^Trying disk:a\.\.\.\nTrying disk\.\.\.\nNo valid state has been set/m,
		'without a disk it comes to the prompt');
	is(forth($p, '1 2 + .'), '3  ok', 'a terminal will do');
	$p->send("\x01x");
	is($p->finish(60), 0, 'Ctrl-A x quits');
}

sub refused
{
	my ($file, $re, $name) = @_;
	my $p = Expect->start(args => [$vonk, '-nographic', '-bios', $file, '-limit', 'time=10']);
	my $status = $p->finish(60);

	is($status, 1, "$name: status 1");
	like($p->all, qr/^vonk: [^\n]*$re[^\n]*\n$/, "$name: one line");
}

sub images
{
	my $dir = tempdir(CLEANUP => 1);
	my $rom_bytes = do { local (@ARGV, $/) = "$where/$rom"; <> };
	my $put = sub {
		my ($name, $bytes) = @_;
		open(my $f, '>:raw', "$dir/$name") or die;
		print $f $bytes;
		close($f);
		return "$dir/$name";
	};

	refused('no-such-bios', qr/no-such-bios/, 'a missing PROM');
	refused("$dir/none", qr/none: /, 'a missing PROM with a path');
	refused($dir, qr/\Q$dir\E: /, 'a directory');
	refused($put->('empty', ''), qr/empty/, 'an empty PROM');
	refused($put->('head', substr($rom_bytes, 0, 40)), qr/head: /, 'half an ELF header');
	refused($put->('half', substr($rom_bytes, 0, 0x20000)), qr/half: /, 'half a PROM');
	refused($put->('low', $rom_bytes =~ s/^(.{60}).{4}(.{4})/$1\0\0\x40\0$2/sr), qr/low: .*0x/, 'a PROM linked for elsewhere');
	refused($put->('little', substr($rom_bytes, 0, 5) . "\1" . substr($rom_bytes, 6)), qr/little: /, 'a little-endian PROM');
	refused($put->('i386', substr($rom_bytes, 0, 18) . "\0\3" . substr($rom_bytes, 20)), qr/i386: /, 'a PROM for another processor');
	refused($put->('big', "\1\0\0\0" x 300000), qr/big: /, 'a PROM of more than 1 MiB');
	# -L names a directory.
	my $p = Expect->start(args => [$vonk, '-nographic', '-L', $dir, '-bios', 'half', '-limit', 'time=10']);
	is($p->finish(60), 1, '-L is looked at');
	like($p->all, qr/^vonk: \Q$dir\E\/half: /, 'and the message has the path');
	$p = Expect->start(args => [$vonk, '-nographic', '-L', "$dir/nowhere", '-L', $where, '-bios', $rom, '-limit', 'insns=1000']);
	is($p->finish(60), 124, 'a second -L, too');
	# Raw: what is a program in no known format starts at its first octet. Here: ta 0, status 42.
	my $raw = $put->('raw', pack('N*', 0x82102001, 0x9010202a, 0x91d02000));
	$p = Expect->start(args => [$vonk, '-nographic', '-bios', $raw, '-limit', 'time=10']);
	is($p->finish(60), 42, 'a raw PROM runs');
}

# The tree as lines: nodes with properties. The same questions for both.
sub transcript
{
	my ($p) = @_;
	my $tree = forth($p, 'show-devs', 120);
	my $out = '';

	return undef if !defined $tree;
	my @nodes = $tree =~ m|^[0-9a-f]{8} (\S+)|mg;
	for my $node (@nodes) {
		my $got = forth($p, "dev $node .properties", 120);

		return undef if !defined $got;
		$out .= "$node: $_\n" for split /\n/, $got =~ s/ ok$//r;
	}
	return $out;
}

sub against_qemu
{
	my ($m) = @_;
	my @same = ('-M', $m, '-vga', 'none', '-prom-env', 'auto-boot?=false');
	my $q = Expect->start(args => ['qemu-system-sparc', @same, '-nographic', '-nodefaults', '-serial', 'stdio',
		'-net', 'nic,macaddr=52:54:00:12:34:56']);
	my $p = boot(@same, '-net', 'none');

	ok(defined $p->{banner} && defined $q->until($prompt, 300), "$m: both come to the prompt") or return;
	my ($ours, $theirs) = (transcript($p), transcript($q));
	ok(defined $ours && defined $theirs, "$m: both tell their device tree") or return;
	my %count;
	$count{$_}++ for split /\n/, $ours;
	$count{$_}-- for split /\n/, $theirs;
	my @differ = grep { $count{$_} } sort keys %count;
	my $lines = () = $ours =~ /\n/g;
	is(join("\n", map { ($count{$_} > 0 ? 'vonk: ' : 'qemu: ') . $_ } @differ), '',
		"$m: the same device tree as in QEMU, $lines lines");
	power_off($p, $m);
}

# The boot to its prompt, again and by the reference interpreter: the same state to the bit.
sub repeats
{
	my ($m) = @_;
	my @hash = map {
		my $p = Expect->start(args => [$vonk, '-M', $m, '-nographic', '-bios', $rom, '-limit', 'time=0.7', '-stats',
			@$_], err => 1);
		$p->close_in;
		$p->finish(600);
		$p->err =~ /"state_hash": "(\w+)"/ ? $1 : 'none';
	} [], ['-pace', 'real'], ['-serial', 'null'], ['-d', 'ref'];

	like($hash[0], qr/^[0-9a-f]{16}$/, "$m: a digest of a boot");
	is("@hash[1 .. 3]", "$hash[0] $hash[0] $hash[0]", "$m: the same again, paced, without console, by the reference interpreter");
}

my @boards = sort keys %board;
my @deep = $ENV{VONK_ALL} ? @boards : ('SS-5', 'SS-20');
my @sizes = ((map { ['SS-5', $_] } 32, 64, 128, 256), (map { ['SS-20', $_] } 64, 128, 256, 512, 1024));
my @jobs = (
	(map { my $m = $_; sub { words($m) } } @deep),
	(map { my $m = $_; sub { every_board($m) } } @boards),
	(map { my ($m, $n) = @$_; sub { every_board($m, $n) } } $ENV{VONK_ALL} ? @sizes : ()),
	\&bye, \&no_reboot, \&nothing_to_boot, \&images,
);
my $qemu = grep { -x "$_/qemu-system-sparc" } split /:/, $ENV{PATH};
push @jobs, map { my $m = $_; sub { against_qemu($m) } } @boards if $ENV{VONK_ALL} && $qemu;
push @jobs, map { my $m = $_; sub { repeats($m) } } 'SS-5', 'SS-20' if $ENV{VONK_ALL};
side_by_side(2, @jobs);
done();
