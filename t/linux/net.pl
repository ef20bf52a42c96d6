# SPDX-License-Identifier: MIT
# The other end of a guest's network: passt, and servers on the loopback interface, where passt
# leads what goes to the gateway's address. Nothing leaves this machine.
use strict;
use warnings;
use Digest::MD5;
use IO::Socket::INET;

our $gateway = '10.0.2.2';
my @children;

# passt on a socket of this path; false where there is none, or it cannot run.
sub passt_start {
	my ($path, @more) = @_;
	return 0 if !grep { -x "$_/passt" } split /:/, $ENV{PATH};
	my $pid = fork // die "fork: $!";
	if (!$pid) {
		open STDIN, '<', '/dev/null';
		open STDOUT, '>', "$path.log";
		open STDERR, '>&', \*STDOUT;
		exec qw(passt -f -q -4 -e -s), $path, '-a', '10.0.2.15', '-n', '255.255.255.0', '-g',
			$gateway, qw(-m 1500 -D none -t none -u none), @more;
		die;
	}
	push @children, $pid;
	for (1 .. 100) {
		return $pid if -S $path;
		return 0 if waitpid($pid, 1) != 0;
		select undef, undef, undef, 0.05;
	}
	return 0;
}

# A server on a port of its own that runs $serve for the connections that come; the port.
sub server {
	my $serve = shift;
	my $listen = IO::Socket::INET->new(LocalAddr => '127.0.0.1', Listen => 5, Proto => 'tcp')
		or die "no socket: $!";
	my $pid = fork // die "fork: $!";
	if (!$pid) {
		$SIG{PIPE} = 'IGNORE';
		while (my $s = $listen->accept) {
			binmode $s;
			$serve->($s);
			close $s;
		}
		exit 0;
	}
	push @children, $pid;
	return $listen->sockport;
}

# Bytes that are the same everywhere, in pieces.
sub noise_piece {
	my $i = shift;
	my $x = $i * 2654435761 & 0xffffffff;
	return join '', map { $x = $x * 1664525 + 1013904223 & 0xffffffff; pack 'N', $x } 1 .. 4096;
}

# Serves MIB of noise by HTTP; the port and the digest of what it serves.
sub http_server {
	my $mib = shift;
	my @piece = map { noise_piece($_) } 0 .. 63;
	my $md5 = Digest::MD5->new;
	for (1 .. $mib) {
		$md5->add($_) for @piece;
	}
	my $port = server(sub {
		my $s = shift;
		while (defined(my $line = <$s>)) {
			last if $line =~ /^\r?\n/;
		}
		print $s "HTTP/1.0 200 OK\r\nContent-Length: ", $mib << 20, "\r\n\r\n";
		for (1 .. $mib) {
			print $s $_ for @piece;
		}
	});
	return ($port, $md5->hexdigest);
}

# Takes what comes, by one connection after the other, and writes its digest and size to a file; the port. It greets
# with an octet, which the guest acknowledges: early passt never clears the timer of its SYN+ACK in a connection that
# only goes up, and resets it after 24 s, which a slow host needs for 64 MiB.
sub sink_server {
	my $file = shift;
	my ($n, $md5) = (0, Digest::MD5->new);
	return server(sub {
		my $s = shift;
		syswrite $s, '.';
		while (my $got = sysread $s, my $buf, 65536) {
			$md5->add($buf);
			$n += $got;
		}
		open my $f, '>', "$file.tmp" or die;
		print $f $md5->clone->hexdigest, " $n\n";
		close $f;
		rename "$file.tmp", $file;
	});
}

sub net_stop {
	kill 'TERM', @children;
	waitpid $_, 0 for @children;
	@children = ();
}

END {
	my $status = $?;
	net_stop();
	$? = $status;
}

1;
