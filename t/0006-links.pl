#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# Every link between the tree's own pages leads somewhere, to a heading that is there; every page can be reached from
# the README; every test and tool that a page names exists, and every make target.
use strict;
use warnings;
use File::Basename qw(dirname);

chdir(($0 =~ s|[^/]*$||r) . './..') or die;
require './t/expect.pl';


# Headings as GitHub makes anchors of them.
sub anchors
{
	my ($text) = @_;

	return map { lc($_) =~ s/[^\w\- ]//gr =~ s/ /-/gr } $text =~ /^#+ +(.*?) *$/mg;
}

# What is wrong in a page of that name and text.
sub wrong
{
	my ($page, $text) = @_;
	my $dir = dirname($page);
	my @bad;

	$text =~ s/^```.*?^```$//msg;
	while ($text =~ /\[[^\]]*\]\(([^)\s]+)\)/g) {
		my ($to, $anchor) = split /#/, $1;
		next if $to =~ m{^https?://};
		my $file = $to eq '' ? $page : "$dir/$to";

		push(@bad, "$to: no such file") and next if !-e $file;
		push(@bad, "$to#$anchor: no such heading")
			if defined $anchor && !grep { $_ eq $anchor } anchors(slurp($file));
	}
	while ($text =~ m{`(?:\./)?((?:t|tools|snap|lib|dev|machine|arch/sparc)/[\w./-]+)[` ]}g) {
		my $name = $1;
		# The name of a kind of file, or the start of a test's name.
		next if $name =~ /NAME|NNN|part\.c/;
		my @there = glob("$name*");
		push(@bad, "$name: no such file") if !grep { -e } @there;
	}
	my %target = map { $_ => 1 } map { split } slurp('Makefile') =~ /^([a-z][a-z -]*):/mg;
	while ($text =~ /`make ([a-z-]+)`/g) {
		push(@bad, "make $1: no such target") if !$target{$1};
	}
	return @bad;
}

my @pages = ('README.md', glob('tools/doc/*.md'), glob('t/*/*.md'));
my %text = map { $_ => slurp($_) } @pages;
for my $page (@pages) {
	my @bad = wrong($page, $text{$page});

	ok(!@bad, "$page: its links lead somewhere");
	diag($_) for @bad;
}
for my $page (grep { m{^tools/doc/} } @pages) {
	ok(index($text{'README.md'}, "($page)") >= 0, "README links to $page");
}
my $planted = "[a](nowhere.md) [b](README.md#nothing) `t/9999-none` `make nonsense`\n";
is(scalar(wrong('README.md', $planted)), 4, 'what leads nowhere is noticed');
done();
