#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# The table in tools/doc/architecture.md and the tree: each file has a row, and each row has files.
use strict;
use warnings;
use File::Find;

chdir(($0 =~ s|[^/]*$||r) . './..') or die;
require './t/expect.pl';

sub files
{
	my @all = split /\n/, `git ls-files -co --exclude-standard 2>/dev/null`;

	return grep { -e } @all if @all;
	find({ no_chdir => 1, wanted => sub {
		my $f = s|^\./||r;

		if ($f =~ m{^(?:obj|debian|\.git|\.pc)$}) {
			$File::Find::prune = 1;
		} elsif (-f && $f !~ m{^(?:vonk|config\.mak|\.date|[^/]*\.snap)$}) {
			push(@all, $f);
		}
	} }, '.');
	return @all;
}

# What a name of the table stands for: a folder, or files of that name with any suffix.
sub pattern
{
	my ($name) = @_;
	my $re = join('[^/]*', map { quotemeta } split(/\*/, $name, -1));

	return $name =~ m{/$} ? qr/^$re/ : qr/^$re(?:\.[^\/]*)?$/;
}

# The rows as lists of names.
sub names
{
	my ($text) = @_;

	return map { /`([^`]+)`/g } $text =~ /^\| (`[^|]*) \|/mg;
}

sub homeless
{
	my ($names, @files) = @_;
	my @res = map { pattern($_) } @$names;

	return grep { my $f = $_; !grep { $f =~ $_ } @res } @files;
}

my $page = slurp('tools/doc/architecture.md') =~ s/.*^## Where everything stands$//msr;
my @names = names($page);
my @files = files();
ok(@names > 100, 'there is a table');
ok(@files > 300, 'there is a tree');

my @lost = homeless(\@names, @files);
is("@lost", '', 'each file has a row');
my @empty = grep { my $re = pattern($_); !grep { $_ =~ $re } @files } @names;
is("@empty", '', 'each row has files');
my %seen;
is(join(' ', grep { $seen{$_}++ } @names), '', 'no name stands there twice');

is(join(' ', homeless(['lib/bus', 'dev/scsi*', 't/fuzz/'], qw(lib/bus.c lib/bus-x.c dev/scsi-disk.c dev/x/scsi.c t/fuzz/a/b t/fuzzy))),
	'lib/bus-x.c dev/x/scsi.c t/fuzzy', 'a file without a row would be noticed');
done();
