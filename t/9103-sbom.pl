#!/usr/bin/perl
# SPDX-License-Identifier: MIT
# tools/sbom writes what SPDX 2.3 wants (the fields that its JSON schema requires, identifiers, licence expressions), about
# this very binary, the same each time; and whatever is linked into it has its notice in tools/NOTICES.
use strict;
use warnings;
use JSON::PP;

chdir(($0 =~ s|[^/]*$||r) . './..') or die;
require './t/expect.pl';
my $vonk = $ENV{VONK} // './vonk';
skip_all('sha256sum is not there') if system('sha256sum </dev/null >/dev/null 2>&1');

sub sbom { local $ENV{SOURCE_DATE_EPOCH} = 1700000000; return scalar `tools/sbom $vonk` }

# What is wrong with a document, one line each.
sub faults
{
	my ($d) = @_;
	my @bad;
	my %ids = ('SPDXRef-DOCUMENT' => 1);

	push(@bad, "document: no $_") for grep { !defined $d->{$_} } qw(SPDXID spdxVersion name dataLicense creationInfo documentNamespace);
	push(@bad, 'dataLicense') if ($d->{dataLicense} // '') ne 'CC0-1.0';
	push(@bad, 'SPDXID') if ($d->{SPDXID} // '') ne 'SPDXRef-DOCUMENT';
	push(@bad, 'documentNamespace') if ($d->{documentNamespace} // '') !~ /^[a-z][a-z0-9+.-]*:[^#\s]+$/;
	push(@bad, 'created') if ($d->{creationInfo}{created} // '') !~ /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
	push(@bad, 'creators') if grep { !/^(?:Tool|Person|Organization): \S/ } @{ $d->{creationInfo}{creators} // [''] };
	for my $p (@{ $d->{packages} // [] }) {
		my $id = $p->{SPDXID} // '';

		push(@bad, "package $id: no $_") for grep { !defined $p->{$_} } qw(SPDXID name downloadLocation versionInfo);
		push(@bad, "package $id: identifier") if $id !~ /^SPDXRef-[A-Za-z0-9.-]+$/ || $ids{$id}++;
		push(@bad, "package $id: licence") if grep { ($p->{$_} // 'NOASSERTION') !~
			/^(?:NOASSERTION|NONE|[A-Za-z0-9.+-]+(?: (?:WITH|AND|OR) [A-Za-z0-9.+-]+)*)$/ } qw(licenseConcluded licenseDeclared);
		push(@bad, "package $id: checksum") if grep { $_->{algorithm} ne 'SHA256' || $_->{checksumValue} !~ /^[0-9a-f]{64}$/ }
			@{ $p->{checksums} // [] };
	}
	for my $r (@{ $d->{relationships} // [] }) {
		push(@bad, "relationship: no $_") for grep { !defined $r->{$_} } qw(spdxElementId relationshipType relatedSpdxElement);
		push(@bad, "relationship: $_") for grep { !$ids{$_} } $r->{spdxElementId} // '', $r->{relatedSpdxElement} // '';
		push(@bad, "relationship: $r->{relationshipType}") if $r->{relationshipType} !~ /^(?:DESCRIBES|STATIC_LINK)$/;
	}
	push(@bad, 'nothing is described') if !grep { $_->{relationshipType} eq 'DESCRIBES' } @{ $d->{relationships} // [] };
	return @bad;
}

my $text = sbom();
my $d = eval { decode_json($text) };
ok($d, 'it is JSON') or diag($@);
is(join('; ', faults($d)), '', 'it has what SPDX 2.3 requires');
is($d->{creationInfo}{created}, '2023-11-14T22:13:20Z', 'its date is that of SOURCE_DATE_EPOCH');
is(sbom(), $text, 'the same each time');

my %p = map { $_->{name} => $_ } @{ $d->{packages} };
my ($sum) = `sha256sum <$vonk` =~ /^([0-9a-f]{64})/;
is($p{vonk}{checksums}[0]{checksumValue}, $sum, 'it is about this binary');
my %says = map { /^(\S+): (.*)/ ? ($1, $2) : () } split(/\n/, `$vonk -version`);
is($p{zlib}{versionInfo}, $says{zlib}, "zlib's version");
my ($libc, $version) = $says{libc} =~ /^(\S+) ?(.*)/;
is($p{$libc}{versionInfo}, $version || 'NOASSERTION', "the C library's");

# Every part that is linked statically has a notice, and licences whose text has to come along do.
my $notices = slurp('tools/NOTICES');
like($notices, qr/^\Q$_\E$|\b\Q$_\E:/m, "a notice for $_") for grep { $_ ne 'vonk' } sort keys %p;
like(slurp('tools/licences/LGPL-2.1.txt'), qr/GNU LESSER GENERAL PUBLIC LICENSE\s+Version 2\.1/, "the LGPL's text");

# The checks see what they are for.
for my $f (sub { delete $_[0]{dataLicense} }, sub { $_[0]{packages}[1]{SPDXID} = 'SPDXRef-a b' }, sub { $_[0]{relationships}[1]{relatedSpdxElement} = 'SPDXRef-x' },
	sub { $_[0]{packages}[0]{checksums}[0]{checksumValue} = 'abc' }, sub { delete $_[0]{packages}[2]{name} }) {
	my $c = decode_json($text);

	$f->($c);
	ok(scalar(faults($c)), 'a fault is seen: ' . (faults($c))[0]);
}
done();
