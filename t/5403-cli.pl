#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# What is wrong on the command line or in a file gives one line on stderr, status 1, and harms nothing; help
# and version; signals; standard streams that are closed, full or broken.
use strict;
use warnings;
use File::Temp qw(tempdir);
use POSIX ();
use Time::HiRes qw(sleep);

chdir(($0 =~ s|[^/]*$||r) . './..') or die;
require './t/expect.pl';

my $vonk = $ENV{VONK} // './vonk';
my $dir = tempdir(CLEANUP => 1);
my $secs = 120;

sub put
{
	my ($name, $bytes) = @_;
	open(my $f, '>:raw', "$dir/$name") or die "$dir/$name: $!\n";
	print $f $bytes;
	close($f) or die;
	return "$dir/$name";
}


sub run
{
	my (@args) = @_;
	my $p = Expect->start(args => [$vonk, '-limit', 'time=60', @args], err => 1);

	$p->close_in;
	return ($p->finish($secs), $p->all, $p->err);
}

# Status 1, one line, nothing on stdout; the line has this.
sub refused
{
	my ($re, @args) = @_;
	my ($st, $out, $err) = run(@args);
	my $pass = defined $st && $st == 1 && $out eq '' && $err =~ /^vonk: [^\n]+\n$/ && $err =~ $re;
	my $shown = join(' ', map { s/^\Q$dir\E\///r } @args);

	ok($pass, "refused: $shown") and return;
	diag('status ' . ($st // 'none') . ", wants $re\nstdout: $out\nstderr: $err");
}

my $loop = put('loop', pack('N2', 0x10800000, 0x01000000)); # ba itself; nop
my $seven = put('seven', pack('N3', 0x82102001, 0x90102007, 0x91d02000)); # ta 0 with 7
my $disk = put('disk', "\0" x 65536);

sub elf
{
	my (%o) = (class => 1, data => 2, type => 2, machine => 2, entry => 0x4000, pa => 0x4000, off => 84,
		filesz => 12, memsz => 12, phnum => 1, @_);
	return "\x7fELF" . chr($o{class}) . chr($o{data}) . "\1" . "\0" x 9
		. pack('n2 N5 n6', $o{type}, $o{machine}, 1, $o{entry}, 52, 0, 0, 52, 32, $o{phnum}, 0, 0, 0)
		. pack('N8', 1, $o{off}, $o{pa}, $o{pa}, $o{filesz}, $o{memsz}, 7, 4) . slurp($seven);
}

sub options
{
	refused(qr/-nonsense.*--help/, '-nonsense');
	refused(qr/-kernal.*did you mean -kernel/, '-kernal', 'x');
	refused(qr/-bios/, '-bios');
	refused(qr/-M.*argument/, '-M');
	refused(qr/SS-7.*did you mean 'SS-5'.*-M help/, '-M', 'SS-7');
	refused(qr/'sun3'. -M help|'sun3': -M help/, '-M', 'sun3');
	refused(qr/did you mean 'TI SuperSparc 61'/, '-cpu', 'TI SuperSpark 61');
	refused(qr/-M/, '-M', '');
	refused(qr/Z80.*-cpu help/, '-cpu', 'Z80');
	refused(qr/-m\b.*from 1 to 256/, '-m', '257');
	refused(qr/-m\b.*from 1 to 2048/, '-M', 'SS-20', '-m', '2049');
	refused(qr/-m\b/, '-m', $_) for '0', '-5', 'x', '64Q', '', '1e3', '0x', '99999999999999999999', '16777216T', '4097';
	refused(qr/-m\b.*4 KiB/, '-m', '4194305b');
	refused(qr/-smp/, '-smp', $_) for '0', '5', 'two', '-1';
	refused(qr/-limit/, '-limit', $_) for '', 'insns=', 'insns=0', 'insns=-1', 'insns=x', 'insns', 'time=0', 'time=x',
		'time=-1', 'steps=4', 'insns=99999999999999999999', 'insns=1,time';
	refused(qr/-icount/, '-icount', $_) for '', '11', 'shift=', 'shift=auto', 'x=1', '-1';
	refused(qr/-pace/, '-pace', $_) for '', 'slow';
	refused(qr/-clock/, '-clock', $_) for '', 'sun';
	refused(qr/-rtc/, '-rtc', $_) for 'base=', 'base=tomorrow', 'base=2000-13-01', 'base=2000-02-30', '2000-01-01', 'drift=1';
	refused(qr/-boot/, '-boot', $_) for '', 'z', 'order=', 'once=d';
	refused(qr/-prom-env/, '-prom-env', $_) for 'novalue', '=x', '';
	refused(qr/-prom-env.*fit/, '-prom-env', 'x=' . 'y' x 9000);
	refused(qr/-serial|tcp:/, '-serial', $_) for '', 'file:', 'unix:', 'tcp:', 'tcp:nowhere', 'tcp:127.0.0.1:99999',
		'tcp:127.0.0.1:x', 'nonsense', 'mon:nonsense', 'pipe:';
	refused(qr/-serial/, '-serial', 'null', '-serial', 'null', '-serial', 'null');
	refused(qr/stdio.*only one/, '-serial', 'stdio', '-serial', 'stdio');
	refused(qr/-display/, '-display', $_) for '', 'gtk';
	refused(qr/-vga/, '-vga', $_) for '', 'std';
	refused(qr/-g\b/, '-g', $_) for '', '1024', '0x0', '800x600', '1024x768x16', 'x', '1024x768x8x8', '99999x768';
	refused(qr/-uuid/, '-uuid', $_) for '', '1234', 'g' x 36, '00000000-0000-0000-0000-0000000000000';
	refused(qr/-d\b/, '-d', $_) for '', 'everything', 'int,nonsense';
	refused(qr/-drive/, '-drive', $_) for '', 'if=scsi', 'file=', "file=$disk,if=ide", "file=$disk,unit=7", "file=$disk,unit=-1",
		"file=$disk,media=tape", "file=$disk,format=qcow2", "file=$disk,readonly=perhaps", "file=$disk,nonsense=1",
		"file=$disk,if=floppy,media=cdrom";
	refused(qr/unit|target/i, '-hda', $disk, '-drive', "file=$disk,if=scsi,unit=0");
	refused(qr/-enable-kvm/, '-enable-kvm');
	refused(qr/-usb/, '-usb');
	refused(qr/-device.*fixed.*help.*-drive/, '-device', $_) for 'e1000', '';
	refused(qr/-fw_cfg/, '-fw_cfg', 'x');
	refused(qr/seven.*there is/, $seven, $seven) ;
	refused(qr/empty/, '');
	refused(qr/-kernel/, '-kernel', $seven, $seven);
	refused(qr/-append.*-kernel/, '-append', 'x', '-bios', $seven);
	refused(qr/-initrd.*-kernel/, '-initrd', $disk);
	my @many = map { ('-drive', "file=$disk") } 1 .. 40;
	refused(qr/drive/, @many);
	refused(qr/-L/, map { ('-L', $dir) } 1 .. 40);
	refused(qr/-prom-env/, map { ('-prom-env', "a$_=b") } 1 .. 200);
	refused(qr/x{60}/, 'x' x 5000);
}

sub images
{
	my $code = slurp($seven);
	my %bad = (
		'an empty file' => ['empty', '', qr/empty/],
		'a 64-bit ELF' => ['elf64', elf(class => 2), qr/elf64: .*(64|class)/i],
		'a little-endian ELF' => ['elfle', elf(data => 1), qr/elfle: .*(endian|byte order|LSB|data)/i],
		'an ELF for an 80386' => ['elf386', elf(machine => 3), qr/elf386: .*machine/i],
		'a relocatable ELF' => ['elfrel', elf(type => 1), qr/elfrel: /],
		'an ELF without segments' => ['elf0', elf(phnum => 0), qr/elf0: /],
		'an ELF with 65535 segments' => ['elfph', elf(phnum => 65535), qr/elfph: /],
		'an ELF with data outside' => ['elfoff', elf(off => 0xfffffff0), qr/elfoff: /],
		'an ELF larger in the file than in memory' => ['elfsz', elf(memsz => 4), qr/elfsz: /],
		'an ELF above memory' => ['elfhigh', elf(pa => 0x10000000, entry => 0x10000000), qr/elfhigh: .*fit/],
		'an ELF larger than memory' => ['elfbss', elf(memsz => 0x20000000), qr/elfbss: .*fit/],
		'an ELF that wraps' => ['elfwrap', elf(pa => 0xfffffff8, entry => 0xfffffff8), qr/elfwrap: /],
		'an ELF with its entry outside' => ['elfentry', elf(entry => 0x100000), qr/elfentry: .*entry/],
		'an ELF with an odd entry' => ['elfodd', elf(entry => 0x4002), qr/elfodd: .*entry/],
		'half an ELF header' => ['elfhead', substr(elf(), 0, 30), qr/elfhead: /],
		'half an ELF segment' => ['elfhalf', substr(elf(), 0, 90), qr/elfhalf: /],
		'an a.out that claims too much' => ['aout', pack('N8', 0x01030107, 0x7fffffff, 0, 0, 0, 0x4000, 0, 0) . $code, qr/aout: /],
		'an a.out of a 68020' => ['aout2', pack('N8', 0x01020107, 12, 0, 0, 0, 0x4000, 0, 0) . $code, qr/aout2: /],
		'an S-record with a bad sum' => ['srec', "S30D0000400082102001901020 2A\n" =~ tr/ //dr, qr/srec: /],
		'S-records with rubbish' => ['srec2', "S0030000FC\nS315000040\n", qr/srec2: /],
		'a broken gzip' => ['gz', "\x1f\x8b\x08\0\0\0\0\0\0\3" . 'nonsense' x 4, qr/gz: /],
		'half a gzip' => ['gzhalf', do { my $g = `gzip -9nc '$dir/disk'`; substr($g, 0, length($g) / 2) }, qr/gzhalf: /],
	);
	for my $b (sort keys %bad) {
		my ($name, $bytes, $re) = @{ $bad{$b} };
		refused($re, put($name, $bytes));
	}
	refused(qr/no such|not found|No such/, "$dir/missing");
	refused(qr/directory/, $dir);
	refused(qr{/dev/null: }, '/dev/null');
	refused(qr{/dev/zero: }, '/dev/zero');
	POSIX::mkfifo("$dir/fifo", 0600);
	refused(qr/fifo: /, "$dir/fifo");
	refused(qr/fit/, '-m', '4', put('big', "\1" x (5 << 20)));
	truncate(put('sparse', ''), 1 << 40);
	refused(qr/sparse: /, "$dir/sparse");
	if ($> == 0) {
		ok(1, 'an unreadable file # SKIP root reads everything');
	} else {
		chmod(0, put('secret', $code));
		refused(qr/secret: .*denied/, "$dir/secret");
	}
	for my $o ('-kernel', '-bios', '-initrd') {
		my @with = $o eq '-initrd' ? ('-kernel', $seven) : ();
		refused(qr/missing/, @with, $o, "$dir/missing");
		refused(qr/empty/, @with, $o, "$dir/empty");
		refused(qr/\Q$dir\E: /, @with, $o, $dir);
	}
	refused(qr/initrd|disk/, '-m', '8', '-kernel', $seven, '-initrd', put('ramdisk', "\1" x (8 << 20)));
	for my $o (qw(-hda -cdrom -fda)) {
		refused(qr/missing/, $o, "$dir/missing");
		refused(qr/\Q$dir\E: /, $o, $dir);
	}
	# What was looked at is as it was.
	is(slurp($disk), "\0" x 65536, 'a disk image was not touched');
	ok(!-e "$dir/missing", 'nor was a missing one made');
}

sub help
{
	my ($st, $out, $err) = run('-M', 'help');
	is("$st$err", '0', '-M help: status 0');
	my @names = $out =~ /^(\S+)  +\S/mg;
	is("@names", 'SS-5 SS-4 SS-10 SS-20 SS-600MP LX SPARCClassic Voyager SPARCbook', 'it lists the boards');
	is(scalar(() = $out =~ /\(default\)/g), 1, 'one is the default');
	for my $m (map { $_, lc } @names) {
		is((run('-M', $m, $seven))[0], 7, "-M $m runs a program");
	}
	($st, $out, $err) = run('-cpu', 'help');
	is("$st$err", '0', '-cpu help: status 0');
	my @cpus = split /\n/, $out;
	ok(@cpus >= 10, 'it lists processors');
	is((run('-cpu', $_, $seven))[0], 7, "-cpu '$_' runs a program") for @cpus;
	($st, $out, $err) = run('-device', 'help');
	is("$st$err", '0', '-device help: status 0');
	like($out, qr/^esp +esp +078800000\n/m, 'it lists the devices of the default board');
	like($out, qr/^keyboard +sun-kbd *\n/m, 'those without an address as well');
	($st, $out, $err) = run('-device', 'help', '-M', 'SS-20');
	like($out, qr/^esp +esp +ef0800000\n/m, 'or of the one that -M names');
	($st, $out, $err) = run('-d', 'help');
	is("$st$err", '0', '-d help: status 0');
	like($out, qr/^in_asm .*^exec .*^int .*^unimp /ms, 'it lists what can be logged');
	# What QEMU lists, and what stands for each of its words.
	my %lists = ('-vga' => 'tcx cg3 none', '-display' => 'none', '-netdev' => 'stream socket tap', '-nic' => 'stream socket tap none',
		'-net' => 'nic stream socket tap none', '-object' => 'filter-dump', '-boot' => 'a c d n', '-clock' => 'virtual host',
		'-pace' => 'real fast auto', '-limit' => 'insns time', '-sandbox' => 'on off', '-rtc' => 'base clock',
		'-drive' => 'file if unit media overlay readonly snapshot format',
		'-serial' => 'stdio mon:stdio null none pty file:P pipe:P unix:P tcp:H:P fd:N', '-gdb' => 'tcp::PORT unix:P stdio pty none');
	$lists{'-monitor'} = $lists{'-serial'};
	for my $o (sort keys %lists) {
		for my $word ('help', '?') {
			($st, $out, $err) = run($o, $word);
			is("$st$err" . join(' ', $out =~ /^(\S+) +\S/mg), "0$lists{$o}", "$o $word: a list on stdout, status 0");
		}
	}
	($st, $out, $err) = run('-nic', 'tap,ifname=x,model=help');
	is("$st$err$out", "0lance          Am7990, on the board\n", 'model=help');
	($st, $out, $err) = run('-fuzz', 'help');
	is("$st$err", '0', '-fuzz help: status 0');
	like($out, qr/^mem .*^repeat /ms, 'its keys');
	for my $o (qw(-m -smp -uuid -g -icount -tlim -save-at -history -dfilter)) {
		($st, $out, $err) = run($o, 'help');
		like("$st$err$out", qr/^0  $o /, "$o help: what --help says of it");
	}
	($st, $out, $err) = run('-L', $dir, '-L', 'help');
	is("$st$err$out", "0$dir\n/usr/share/qemu\n/usr/share/openbios\n/usr/local/share/vonk\n", '-L help: where images are looked for');
	# A word that means something else is no question.
	is((run('-append', 'help', '-kernel', "$dir/missing"))[0], 1, '-append help is a command line');
	for my $h ('-h', '-help', '--help') {
		($st, $out, $err) = run($h);
		is("$st$err", '0', "$h: status 0");
		like($out, qr/^usage: vonk /, "$h: usage");
	}
	ok(!(grep { length > 79 } split /\n/, $out), 'no line of it is longer than 79');
	for my $v ('-version', '--version') {
		($st, $out, $err) = run($v);
		is("$st$err", '0', "$v: status 0");
		like($out, qr/^name: vonk\nversion: \d+\.\d+\.\d+\n/, "$v: name and version");
		ok(!(grep { !/^[a-z][a-z0-9_-]*: \S/ } split /\n/, $out), "$v: one key: value a line");
	}
	is((run('--limit', 'insns=10', '--', $seven))[0], 7, 'two dashes do, and -- ends the options');
	is((run('-m', '64', '-m', '9999', '-m', '32M', $seven))[0], 7, 'the last value counts');
	put('-strange', slurp($seven));
	my $p = Expect->start(args => ['sh', '-c', 'cd "$1" && exec "$2" -- -strange', 'sh', $dir, POSIX::getcwd() . '/' . $vonk]);
	is($vonk =~ m{^/} ? 7 : $p->finish($secs), 7, '-- and a file that begins with a dash');
}

# Started, running (it has said so on the pty or it is the loop), then the signal.
sub started
{
	my (%o) = @_;
	my $p = Expect->start(err => 1, %o, args => [$vonk, '-limit', 'time=3000', @{ $o{args} }]);

	# It runs once its signals are caught.
	for (1 .. 1000) {
		my $mask = -e "/proc/$p->{pid}/status" ? slurp("/proc/$p->{pid}/status") : '';
		last if $mask =~ /^SigCgt:\s+(\S+)$/m && hex(substr($1, -8)) & 1 << 14;
		sleep(0.01);
	}
	sleep(0.1);
	return $p;
}

sub signals
{
	for my $sig (qw(TERM HUP INT)) {
		for my $prog ([$loop, 'a busy loop'], ['', 'the demonstration at its prompt']) {
			my ($file, $name) = @$prog;
			my @args = $file ? $file : ('-append', 'prompt');
			my $p = started(args => ['-serial', 'stdio', '-stats', @args]);

			$p->signal($sig);
			is($p->finish($secs), 0, "SIG$sig, $name: status 0");
			like($p->err, qr/^\{"insns": [^\n]*\}\n$/, "SIG$sig, $name: the figures are told");
		}
	}
	# The terminal is as it was, whatever ended it.
	my @ways = (
		['Ctrl-A x', sub { $_[0]->send("\x01x") }, 0],
		['SIGTERM', sub { $_[0]->signal('TERM') }, 0],
		['SIGHUP', sub { $_[0]->signal('HUP') }, 0],
		['SIGTERM twice', sub { $_[0]->signal('TERM'); $_[0]->signal('TERM') }, '0|143'],
		['the guest', sub { $_[0]->send("poweroff\r") }, 0],
	);
	for my $w (@ways) {
		my $p = Expect->start(pty => 1, keep => 1, args => [$vonk, '-limit', 'time=3000', '-nographic']);
		my $come = $p->until(qr/selftest: .*\n.*\n?\S*> ?$/, $secs);

		ok(defined $come && Expect::modes($p->{slave}) ne $p->{modes}, "$w->[0]: at the prompt, the terminal in raw mode");
		$w->[1]->($p);
		my $st = $p->finish($secs) // 'none';
		ok(scalar($st =~ /^(?:$w->[2])$/), "$w->[0]: status $st");
		is(Expect::modes($p->{slave}), $p->{modes}, "$w->[0]: the terminal is as it was");
	}
	# On a terminal a machine that stops for good by its own does so as well.
	my $p = Expect->start(pty => 1, keep => 1, args => [$vonk, '-nographic', put('unimp', pack('N', 0))]);
	is($p->finish($secs), 4, 'error mode on a terminal: status 4');
	is(Expect::modes($p->{slave}), $p->{modes}, 'the terminal is as it was');
	# Inherited: nohup's ignored SIGHUP stays ignored.
	my $q = started(args => [$loop], before => sub { $SIG{HUP} = 'IGNORE' });
	$q->signal('HUP');
	ok(!defined $q->finish(0.3), 'an ignored SIGHUP stays ignored');
	$q->signal('TERM');
	is($q->finish($secs), 0, 'SIGTERM ends it');
	# A parent may have left them blocked.
	$q = started(args => [$loop], before => sub {
		POSIX::sigprocmask(POSIX::SIG_BLOCK(), POSIX::SigSet->new(POSIX::SIGTERM())) });
	$q->signal('TERM');
	is($q->finish($secs), 0, 'a blocked SIGTERM is unblocked');
}

# One run with descriptors as the shell leaves them; its status.
sub shell
{
	my ($line) = @_;

	return system('sh', '-c', "VONK='$vonk'; $line") >> 8;
}

sub streams
{
	is(shell("\$VONK -limit insns=1000 $loop <&-"), 124, 'stdin closed');
	is(shell("\$VONK -limit insns=1000 $loop >&-"), 124, 'stdout closed');
	is(shell("\$VONK -limit insns=1000 $loop 2>&-"), 124, 'stderr closed');
	is(shell("\$VONK -limit insns=1000 $loop <&- >&- 2>&-"), 124, 'all three closed');
	is(shell("\$VONK -nonsense <&- >&- 2>&-"), 1, 'all three closed and a wrong option');
	is(shell("\$VONK -hda $disk -limit insns=1000 -stats $loop 0<&- 1>&- 2>&-"), 124, 'all three closed and a disk');
	is(slurp($disk), "\0" x 65536, 'nothing was written to that disk');
	# Output that nobody takes does not stop the machine, nor kill it.
	is(shell("\$VONK -append selftest >/dev/full 2>'$dir/err' </dev/null"), 0, 'the console on a full disk: the run goes on');
	is(shell("{ \$VONK -append selftest </dev/null; echo \$? >'$dir/status'; } | true"), 0, 'the console on a broken pipe');
	is(slurp("$dir/status"), "0\n", 'the run goes on');
	is(shell("\$VONK -save-at insns=1000 -snap $dir/small.snap -limit insns=1000 $loop </dev/null 2>&1 >/dev/null | grep -c saved >/dev/null"), 0, 'a snapshot to look into');
	for my $o ('-help', '-version', '-M help', '-cpu help', 'snap help', "snap info $dir/small.snap") {
		is(shell("\$VONK $o >/dev/full 2>'$dir/err'"), 1, "$o on a full disk: status 1");
		like(slurp("$dir/err"), qr/^vonk: .*No space left/, "$o on a full disk: it says so");
	}
	is(shell("\$VONK -record /dev/full $seven </dev/null 2>'$dir/err'"), 1, 'a recording on a full disk');
	like(slurp("$dir/err"), qr/^vonk: -record: .*No space left on device\n\z/, 'it says so');
	is(shell("\$VONK -stats $seven 2>/dev/full"), 7, 'figures on a full disk');
	is(shell("\$VONK -append prompt -limit time=2 </dev/null >/dev/null"), 124, 'no input: at the prompt until the limit');
	is(shell("printf 'poweroff\\r' | \$VONK -append prompt >/dev/null"), 0, 'a command from a pipe');
	is(shell("\$VONK -D $dir/none/log -d int $seven 2>'$dir/err'"), 1, '-D in a missing directory');
	like(slurp("$dir/err"), qr{^vonk: [^\n]*none/log[^\n]*\n$}, 'and its line');
	is(shell("\$VONK -serial file:$dir/none/out $seven 2>'$dir/err'"), 1, '-serial file: in a missing directory');
	like(slurp("$dir/err"), qr{^vonk: [^\n]*none/out[^\n]*\n$}, 'and its line');
	is(shell("\$VONK -nvram $dir/none/nvram $seven 2>'$dir/err'"), 1, '-nvram in a missing directory');
	like(slurp("$dir/err"), qr{^vonk: [^\n]*none/nvram[^\n]*\n$}, 'and its line');
	is(shell("ulimit -v 100000; \$VONK -m 256 $seven 2>'$dir/err'"), 1, 'no memory: status 1');
	like(slurp("$dir/err"), qr/^vonk: [^\n]*memory[^\n]*\n$/, 'and its line');
	is(shell("exec 2>'$dir/err'; ulimit -n 3; \$VONK $seven"), 1, 'no descriptors: status 1');
	like(slurp("$dir/err"), qr/^vonk: [^\n]*\n$/, 'and its line');
}

my @parts = (options => \&options, images => \&images, help => \&help, signals => \&signals, streams => \&streams);
my %only = map { $_ => 1 } @ARGV; # names of parts, to look at some of them
side_by_side(2, map { $parts[2 * $_ + 1] } grep { !%only || $only{ $parts[2 * $_] } } 0 .. $#parts / 2);
done();
