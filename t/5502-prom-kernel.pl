#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# A kernel on the machine's own PROM: the device tree as the kernel walks it beside what Sun's
# firmware says of these boards; every service used, and used wrongly; reboot, power-off, traps.
use strict;
use warnings;
use File::Temp qw(tempdir);

chdir(($0 =~ s|[^/]*$||r) . './..') or die;
require './t/expect.pl';

my $vonk = $ENV{VONK} // './vonk';
my $obj = $ENV{O} // 'obj';
my $cross = $ENV{GUEST_CROSS} // 'sparc64-linux-gnu-';
my $dir = tempdir(CLEANUP => 1);
my $kernel = "$obj/guest/prom/kernel.elf";
my $secs = 240;

skip_all("no SPARC cross compiler (${cross}gcc)") if system("command -v ${cross}gcc >/dev/null 2>&1");
system("mkdir -p $obj/guest && flock $obj/guest/lock make -s -f t/guest/guest.mk O=$obj $kernel >&2") == 0
	or die "the kernel does not build\n";

# Output and exit status of a run.
sub run
{
	my (@args) = @_;
	my $p = Expect->start(args => [$vonk, '-nographic', '-limit', 'time=200', @args]);
	my $status = $p->finish($secs);

	return ($p->all, $status);
}

sub cells { return join '', map { sprintf '%08x', $_ } @_ }
sub text { return unpack('H*', "$_[0]\0") }

# "path@a,b" => { property => value in hex }
sub tree
{
	my ($text) = @_;
	my (%tree, @nodes);

	for my $line (split /\n/, $text) {
		if ($line =~ m{^/}) {
			push @nodes, [$line, {}];
		} elsif ($line =~ /^  ([^=]+)=([0-9a-f]*)$/) {
			$nodes[-1][1]{$1} = $2;
		}
	}
	for my $n (@nodes) {
		my ($path, $props) = @$n;
		my ($a, $b) = map { hex } unpack('A8A8', $props->{reg} // '');

		$path .= sprintf('@%x,%x', $a, $b) if $props->{reg};
		$tree{$path} = $props;
	}
	return \%tree;
}

my $sbus = '/iommu/sbus';
my %common = (
	'/' => { compatible => text('sun4m'), '#address-cells' => cells(2), '#size-cells' => cells(1) },
	'/obio' => { device_type => text('hierarchical') },
	'/obio/zs@0,100000' => { device_type => text('serial'), intr => cells(0x2c, 0), slave => cells(0) },
	'/obio/zs@0,0' => { intr => cells(0x2c, 0), keyboard => '', mouse => '', slave => cells(1) },
	'/obio/eeprom@0,200000' => { model => text('mk48t08'), reg => cells(0, 0x200000, 0x2000) },
);

sub scsi
{
	my ($slot, $dma, $esp, $ledma, $le) = @_;
	my $at = sub { sprintf('%s@%x,%x', $_[0], $slot, $_[1]) };

	return (
		$at->("$sbus/espdma", $dma) => { reg => cells($slot, $dma, 0x10) },
		$at->("$sbus/espdma/esp", $esp) => {
			device_type => text('scsi'), intr => cells(0x24, 0), 'clock-frequency' => cells(40000000) },
		"$sbus/espdma/esp/sd\@0,0" => { device_type => text('block') },
		"$sbus/espdma/esp/sd\@2,0" => {},
		$at->("$sbus/ledma", $ledma) => { reg => cells($slot, $ledma, 0x20) },
		$at->("$sbus/ledma/le", $le) => {
			device_type => text('network'), intr => cells(0x26, 0), 'busmaster-regval' => cells(7) },
	);
}

my %ss5 = (
	%common,
	'/' => { %{ $common{'/'} }, name => text('SUNW,SPARCstation-5'), 'banner-name' => text('SPARCstation 5'),
		idprom => '0180525400123456000000001234568700000000000000000000000000000000' },
	'/memory@0,0' => { reg => cells(0, 0, 0x2000000, 0, 0x2000000, 0x2000000),
		available => cells(0, 0, 0x3f80000) },
	'/iommu@0,10000000' => { 'page-size' => cells(0x1000), reg => cells(0, 0x10000000, 0x300) },
	"$sbus\@0,10001000" => {
		ranges => join('', map { cells($_, 0, 0, 0x20000000 + $_ * 0x10000000, 0x10000000) } 0 .. 5),
		'clock-frequency' => cells(0x1443fd0), 'burst-sizes' => cells(0x3f) },
	scsi(5, 0x8400000, 0x8800000, 0x8400010, 0x8c00000),
	"$sbus/SUNW,tcx\@3,800000" => {
		device_type => text('display'), intr => cells(0x39, 0), width => cells(1024), height => cells(768),
		'tcx-8-bit' => text('true'),
		reg => cells(
			3, 0x800000, 0x100000, 3, 0x2000000, 1, 3, 0x4000000, 0x800000, 3, 0x6000000, 0x800000,
			3, 0xa000000, 1, 3, 0xc000000, 1, 3, 0xe000000, 1, 3, 0x701000, 0x1000, 3, 0x200000, 4,
			3, 0x300000, 0x81c, 3, 0, 0x10000, 3, 0x240000, 4, 3, 0x280000, 1) },
	"$sbus/SUNW,CS4231\@4,c000000" => { intr => cells(5, 0), reg => cells(4, 0xc000000, 0x40) },
	"$sbus/power-management\@4,a000000" => {},
	'/obio' => { ranges => cells(0, 0, 0, 0x71000000, 0x1000000) },
	'/obio/SUNW,fdtwo@0,400000' => { intr => cells(0x2b, 0), reg => cells(0, 0x400000, 0xf) },
	'/obio/auxio@0,900000' => { reg => cells(0, 0x900000, 1) },
	'/obio/power@0,910000' => { intr => cells(0x22, 0) },
	'/obio/counter@0,d00000' => { reg => cells(0, 0xd00000, 0x10, 0, 0xd10000, 0x10) },
	'/obio/interrupt@0,e00000' => { reg => cells(0, 0xe00000, 0x10, 0, 0xe10000, 0x10) },
	'/obio/slavioconfig@0,800000' => {},
	'/FMI,MB86904' => {
		device_type => text('cpu'), 'psr-implementation' => cells(0), 'psr-version' => cells(4),
		implementation => cells(0), version => cells(4), mid => cells(0), 'mmu-nctx' => cells(0x100),
		'dcache-line-size' => cells(0x10), 'dcache-nlines' => cells(0x200), 'icache-line-size' => cells(0x20),
		'icache-nlines' => cells(0x200), mask_rev => cells(0x23), 'page-size' => cells(0x1000) },
);

my %ss20 = (
	%common,
	'/' => { name => text('SUNW,SPARCstation-20'), model => text('SUNW,S20,501-2324') },
	'/memory@0,0' => { reg => cells(0, 0, 0x4000000, 0, 0x4000000, 0x4000000) },
	'/iommu@f,e0000000' => { reg => cells(0xf, 0xe0000000, 0x300) },
	"$sbus\@f,e0001000" => {
		ranges => join('', map { cells($_, 0, 0xe, ($_ << 28) & 0xffffffff, 0x10000000) } 0 .. 3, 15) },
	scsi(15, 0x400000, 0x800000, 0x400010, 0xc00000),
	"$sbus/cgthree\@2,0" => {
		device_type => text('display'), reg => cells(2, 0, 0x1000000), intr => cells(0x39, 0),
		linebytes => cells(1024) },
	'/obio' => { ranges => cells(0, 0, 0xf, 0xf1000000, 0x1000000) },
	'/obio/SUNW,fdtwo@0,700000' => {},
	'/obio/auxio@0,800000' => {},
	'/obio/power@0,a01000' => {},
	'/obio/counter@0,300000' => {
		reg => cells(map { (0, 0x300000 + $_, 0x10) } 0, 0x1000, 0x2000, 0x3000, 0x10000) },
	'/obio/interrupt@0,400000' => {
		reg => cells(map { (0, 0x400000 + $_, 0x10) } 0, 0x1000, 0x2000, 0x3000, 0x10000) },
	'/eccmemctl@f,0' => { 'mc-type' => text('SMC'), width => cells(0x20) },
	'/TI,TMS390Z55@f,f8fffffc' => {
		device_type => text('cpu'), mid => cells(8), 'mmu-nctx' => cells(0x10000),
		'psr-implementation' => cells(4), 'psr-version' => cells(0), 'icache-associativity' => cells(5),
		'ecache-nlines' => cells(0x8000) },
);

sub check_tree
{
	my ($name, $want, @args) = @_;
	my ($text, $status) = run(@args, '-kernel', $kernel, '-append', 'tree');
	my $tree = tree($text);
	my @wrong;

	is($status, 0, "$name: the tree is walked, and power goes off");
	for my $path (sort keys %$want) {
		my $node = $tree->{$path};

		push @wrong, "$path: missing" if !$node;
		next if !$node;
		for my $prop (sort keys %{ $want->{$path} }) {
			my ($w, $g) = ($want->{$path}{$prop}, $node->{$prop} // 'missing');

			push @wrong, "$path $prop: got $g, want $w" if $g ne $w;
		}
	}
	is(join("\n", @wrong), '', "$name: nodes and properties");
	for my $path (grep { m{^(?:/iommu|/obio/(?:zs|eeprom|auxio|power|counter|interrupt))} } sort keys %$tree) {
		next if $path =~ m{^/iommu/sbus/};
		my $regs = length($tree->{$path}{reg} // '') / 24;
		my @va = map { hex } ($tree->{$path}{address} // '') =~ /.{8}/g;

		ok($regs == @va && !grep({ $_ < 0xffd00000 || $_ >= 0xfff00000 } @va),
			"$name: $path is mapped where kernels inherit it");
	}
}

# 64 KiB with a Sun label: partition b is 20 blocks from cylinder 1 of 2 heads and 16 sectors.
sub disk
{
	my ($name) = @_;
	my $disk = pack('C*', map { ($_ * 7 + int($_ / 512)) & 255 } 0 .. 65535);
	my $label = pack('a436nna4', 'test', 2, 16, '') . pack('N16', 0, 0, 1, 20, 0, 128) . pack('n', 0xdabe);
	my $sum = 0;

	$sum ^= $_ for unpack('n*', $label);
	substr($disk, 0, 512) = $label . pack('n', $sum);
	open(my $f, '>:raw', "$dir/$name") or die;
	print $f $disk;
	close($f);
	return "file=$dir/$name,format=raw,if=scsi";
}

my $disk = disk('disk');

disk('cd');

check_tree('SS-5', \%ss5, '-M', 'SS-5', '-m', '64', '-drive', "$disk,unit=0", '-drive',
	"file=$dir/cd,if=scsi,unit=2,media=cdrom");
check_tree('SS-20', \%ss20, '-M', 'SS-20', '-m', '128', '-vga', 'cg3', '-drive', "$disk,unit=0", '-drive',
	"file=$dir/cd,if=scsi,unit=2,media=cdrom");
check_tree('-prom-env', { '/options' => {
	'boot-device' => text('net'), mine => text('a=b'), 'ttya-mode' => text('9600,8,n,1,-') } },
	'-prom-env', 'boot-device=net', '-prom-env', 'mine=a=b');
check_tree('SS-10', { '/obio/zs@0,100000' => {}, '/' => { name => text('SUNW,SPARCstation-10') } }, '-M', 'SS-10');
check_tree('SS-600MP', { "$sbus/espdma/esp\@f,80000" => {}, "$sbus/ledma/le\@f,60000" => {} }, '-M', 'SS-600MP');
check_tree('LX', { '/TI,TMS390S10' => { 'mmu-nctx' => cells(0x40), 'psr-implementation' => cells(4) } }, '-M', 'LX');

for my $board ('SS-5', 'SS-20') {
	my ($text, $status) = run('-M', $board, '-drive', disk('scratch') . ',unit=0', '-kernel', $kernel,
		'-append', 'calls and more');
	my $plan = $text =~ /^1\.\.(\d+)$/m ? $1 : 0;
	my @pass = $text =~ /^ok /mg;

	ok($plan > 30 && @pass == $plan && $text !~ /^not ok/m, "$board: every service") or diag($text);
	like($text, qr/^hello, console$/m, "$board: write to the console");
	like($text, qr/^printf -5 beef text$/m, "$board: printf");
	like($text, qr/^putstr$/m, "$board: putstr");
	is($status, 0, "$board: halt switches off");
	open(my $f, '<:raw', "$dir/scratch") or die;
	seek($f, 4000, 0);
	read($f, my $written, 600);
	is(unpack('H*', $written), unpack('H*', pack('C*', map { ($_ ^ 0x55) & 255 } 0 .. 599)),
		"$board: what was written stands in the file");
}

# The kernel ends its abuse by a trap that nobody handles; the console is far too noisy to be looked at.
my ($text, $status) = run('-serial', 'null', '-kernel', $kernel, '-append', 'abuse');
is($status, 4, 'nothing that a kernel hands to the PROM stops the machine');
like($text, qr/error mode: trap 0xff/, 'the kernel comes to its end');

($text, $status) = run('-kernel', $kernel, '-append', 'trap');
is($status, 4, 'a trap that nobody handles is the end');
like($text, qr/^PROM: nobody handles this: trap 09, pc f000[0-9a-f]{4}/m, 'and the console tells which');

($text, $status) = run('-kernel', $kernel, '-append', 'return');
is($status, 0, 'a kernel that returns switches off');

($text, $status) = run('-no-reboot', '-kernel', $kernel, '-append', 'rebooting');
is($status, 0, '-no-reboot: the end');
is(scalar(() = $text =~ /^reboot$/mg), 1, 'after one boot');
($text, $status) = run('-limit', 'insns=2000000', '-kernel', $kernel, '-append', 'rebooting');
ok((() = $text =~ /^reboot$/mg) > 2, 'reboot boots the same kernel again');

($text, $status) = run('-limit', 'insns=2000000', '-kernel', $kernel, '-append', 'forth');
ok((() = $text =~ /^reset$/mg) > 2, 'and so does the word for it');

# All that the PROM remembers is in the machine's memory.
sub halves
{
	my ($name, $at, $args) = @_;
	my ($whole) = run('-drive', disk('scratch') . ',unit=0', '-kernel', $kernel, '-append', $args);
	my ($first) = run('-drive', disk('scratch') . ',unit=0', '-snap', "$dir/snap", '-save-at', "insns=$at",
		'-limit', "insns=$at", '-kernel', $kernel, '-append', $args);
	my ($second, $status) = run('-restore', "$dir/snap");

	s/^vonk: .*\n//mg for $first, $second;
	is($status, 0, "$name: saved and restored, it goes on to its end");
	is($first . $second, $whole, "$name: as if nothing had been");
}

halves('tree', 30000, 'tree');
halves('calls', 70000, 'calls and more');
run('-snap', "$dir/snap", '-save-at', 'insns=100', '-limit', 'insns=100', '-kernel', $kernel, '-append', 'rebooting');
($text) = run('-limit', 'insns=2000000', '-restore', "$dir/snap");
ok((() = $text =~ /^reboot$/mg) > 2, 'a restored machine boots again without the file');

# Positional, and what is no kernel.
($text, $status) = run($kernel, '-append', 'return');
is($status, 0, 'vonk KERNEL');
open(my $f, '>', "$dir/raw");
print $f "just a text\n" x 100;
close($f);
($text, $status) = run('-kernel', "$dir/raw");
is($status, 1, 'a text is no kernel');
is($text, "vonk: $dir/raw: not a kernel: neither ELF nor a.out\n", 'as one line says');
($text, $status) = run('-m', '8', '-kernel', $kernel);
is($status, 1, '8 MiB are too little');
like($text, qr/^vonk: [^\n]+\n\z/, 'as one line says');

done();
