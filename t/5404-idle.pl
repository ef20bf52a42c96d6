#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# An idle guest costs the host next to nothing, and its clock still goes right.
use strict;
use warnings;
use Time::HiRes qw(time sleep);

chdir(($0 =~ s|[^/]*$||r) . './..') or die;
require './t/expect.pl';

my $vonk = $ENV{VONK} // './vonk';
my $rom = 'openbios-sparc32';
my $have_rom = grep { -f "$_/$rom" } '/usr/share/qemu', '/usr/share/openbios';
my $boot_secs = 120;
my $most = 4; # percent of one processor
my $look = $ENV{VONK_ALL} ? 20 : 4; # seconds

# The share of one processor over a while.
sub percent
{
	my ($p) = @_;
	my ($cpu, $at) = ($p->cpu_seconds, time);

	$p->during($look);
	return 100 * ($p->cpu_seconds - $cpu) / (time - $at);
}

sub idles
{
	my ($p, $name) = @_;
	my $share = percent($p);

	ok($share < $most, sprintf('%s: %.1f %% of a processor', $name, $share));
}

my @openbios = ('-nographic', '-bios', $rom, '-prom-env', 'auto-boot?=false');
my $prompt = qr/\n0 > $/;

sub at_prompt
{
	my ($name, $re, %o) = @_;
	my $p = Expect->start(%o, args => [$vonk, @{ $o{args} }]);

	ok(defined $p->until($re, $boot_secs), "$name: at the prompt") or diag($p->all);
	return $p;
}

sub msecs
{
	my ($p) = @_;

	$p->send("decimal get-msecs . hex\r");
	my ($ms) = ($p->until(qr/ok$prompt/, 30) // '') =~ /hex (\d+) /;
	return $ms // 0;
}

sub openbios
{
	my ($m) = @_;
	my $p = at_prompt($m, $prompt, pty => 1, args => ['-M', $m, @openbios]);

	idles($p, "OpenBIOS on an $m, on a terminal");
	# Its clock is the host's while it idles. The first answer comes after the second question's line was
	# typed, so both are late by the same.
	my ($ms, $at) = (msecs($p), time);
	$p->during(2);
	my ($guest, $host) = (msecs($p) - $ms, 1000 * (time - $at));
	ok($guest > 0.8 * $host && $guest < 1.2 * $host, sprintf('%s: in %.0f ms its clock went on by %d ms', $m, $host, $guest));
	# A delay that the guest counts out lasts as long.
	$at = time;
	$p->send("decimal 300 ms hex\r");
	$p->until(qr/ok$prompt/, 30);
	$host = 1000 * (time - $at);
	ok($host > 250, sprintf('%s: a delay of 300 ms took %.0f ms', $m, $host));
	# It goes on at once when somebody types.
	$at = time;
	$p->send("1 2 + .\r");
	ok(defined $p->until(qr/3  ok$prompt/, 30), sprintf('%s: an answer after %.0f ms', $m, 1000 * (time - $at)));
	$p->send("power-off\r");
	is($p->finish(30), 0, "$m: power-off");
}

sub demo
{
	my $p = at_prompt('demonstration', qr/selftest: .*\n.*\n?\S*> ?$/, pty => 1, args => ['-nographic']);

	idles($p, 'the demonstration, on a terminal');
	$p->send("poweroff\r");
	is($p->finish(30), 0, 'poweroff');
}

# Nobody at a terminal, but an open pipe: it may hurry through its own time for a while, not for ever.
sub fast
{
	my ($name, $re, @args) = @_;
	my $p = at_prompt($name, $re, args => ['-pace', 'fast', @args]);

	for (1 .. 40) {
		last if percent_now($p) < $most;
	}
	idles($p, "$name, -pace fast, an open and silent pipe");
	$p->send("\r");
	ok(defined $p->until(qr/./, 30), "$name: and it still listens");
}

sub percent_now
{
	my ($p) = @_;
	my ($cpu, $at) = ($p->cpu_seconds, time);

	$p->during(0.5);
	return 100 * ($p->cpu_seconds - $cpu) / (time - $at);
}

# A guest that can never do anything again: it waits with traps disabled.
sub dead
{
	my $p = at_prompt('stopped', $prompt, pty => 1, args => \@openbios);

	$p->send("0 \@\r");
	ok(defined $p->until(qr/Stopping execution/, 30), 'OpenBIOS has stopped');
	$p->during(0.5);
	my $share = percent($p);
	ok($share < $most, sprintf('OpenBIOS after it stopped for good: %.1f %% # TODO a branch to itself is not seen as idling', $share));
	$p->send("\x01x");
	is($p->finish(30), 0, 'Ctrl-A x still works');
}

my @jobs = (\&demo, sub { fast('demonstration', qr/selftest: .*\n.*\n?\S*> ?$/, '-append', 'prompt') });
unshift @jobs, (map { my $m = $_; sub { openbios($m) } } $ENV{VONK_ALL} ? qw(SS-5 SS-20 LX) : qw(SS-5 SS-20)),
	sub { fast('OpenBIOS', $prompt, @openbios) }, \&dead if $have_rom;
side_by_side(2, @jobs);
done();
