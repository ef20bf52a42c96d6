#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# A restore that is killed while it puts an image back that is written in place: what is left is old or new
# in each unit of 4096 octets, and restoring once more makes it the new one. Killed at random instants (6 by
# make check, 60 by make test, 1,000 by make soak), so that some come too early or too late to tear it;
# how many tore it is shown.
use strict;
use warnings;
use Cwd qw(abs_path);
use File::Temp qw(tempdir);
use Test::More;
use Time::HiRes qw(time usleep);

chdir(($0 =~ s|[^/]*$||r) . './..') or die;
my $vonk = abs_path($ENV{VONK} // './vonk');
my $tier = $ENV{VONK_FULL} ? 2 : $ENV{VONK_FAULTS} // 0;
my $kills = (6, 60, 1000)[$tier];
my $seed = $ENV{VONK_SEED} // ($tier == 2 ? time : 1);
srand($seed);
my $tmp = tempdir(CLEANUP => 1);
chdir $tmp or die;
my $unit = 4096;
my $units = 2048;

sub slurp {
	local $/;
	open my $f, '<:raw', shift or return '';
	return <$f> // '';
}

# The image's units, every fourth of them zero; no two images share one.
sub contents {
	my ($mark) = @_;
	return [map { $_ % 4 == length $mark ? "\0" x $unit : pack("a$unit", "$mark $_ " x 300) } 1 .. $units];
}

sub write_image {
	open my $f, -e 'disk' ? '+<:raw' : '>:raw', 'disk' or die;
	print $f @{ $_[0] };
	close $f or die;
}

sub restore {
	my ($file) = @_;
	my $pid = fork // die;
	if (!$pid) {
		open STDIN, '<', '/dev/null';
		open STDOUT, '>', 'out';
		open STDERR, '>', 'err';
		exec $vonk, '-restore', $file, '-limit', 'insns=1';
		die;
	}
	return $pid;
}

my ($new, $old) = (contents('a'), contents('bb'));
write_image($new);
system("$vonk -vga none -m 4 -hda disk -snap x.snap -save-at insns=1000 -limit insns=1000 </dev/null >out 2>err");
is($? >> 8, 124, 'saved with an image that is written in place') or diag(slurp('err'));
my $snap = slurp('x.snap');
write_image($old);
my $begin = time;
waitpid restore('x.snap'), 0;
my $took = 1e6 * (time - $begin);
ok(slurp('disk') eq join('', @$new), 'restoring puts it back');

my ($torn, @bad) = (0);
for my $i (1 .. $kills) {
	write_image($old);
	my $pid = restore('x.snap');
	usleep(rand 1.1 * $took);
	kill 'KILL', $pid;
	waitpid $pid, 0;
	my $left = slurp('disk');
	my ($is_old, $is_new) = (0, 0);
	for my $n (0 .. $units - 1) {
		my $p = substr $left, $n * $unit, $unit;
		$is_old += $p eq $old->[$n];
		$is_new += $p eq $new->[$n];
	}
	$torn++ if $is_old && $is_new;
	push @bad, "$i: old and new are $is_old and $is_new" if $is_old + $is_new != $units || length $left != $unit * $units;
	waitpid restore('x.snap'), 0;
	push @bad, "$i: " . slurp('err') if ($? >> 8) != 124 || slurp('disk') ne join '', @$new;
}
is("@bad", '', "killed $kills times: each unit old or new, and once more puts it right");
diag("$torn of $kills images were torn, seed $seed");
ok(slurp('x.snap') eq $snap, 'the snapshot is as it was');
done_testing();
