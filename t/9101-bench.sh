#!/bin/sh
# SPDX-License-Identifier: MIT
# tools/bench: one short row, the shape of what it writes, and that it notices what is wrong.
# No figure is asserted.
cd "$(dirname "$0")/.." || exit 1
. t/guest/tap.sh
need_cross
command -v qemu-system-sparc >/dev/null 2>&1 || skip_all "no qemu-system-sparc"
guest_make guest-lib
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
# Its own output directory, so that a real table stays; the guest programs are the tree's.
mkdir "$dir/o"
ln -s "$(cd "$O" && pwd)/guest" "$dir/o/guest"
unset VONK_QEMU VONK_QEMU_TCI VONK_SIS

bench() {
	O=$dir/o SOURCE_DATE_EPOCH=86400 tools/bench "$@" >"$dir/out" 2>"$dir/err"
}

bench -n 1 -s 50 -k '^crcbit$' -p qemu,host
ok $? "one short row"
sed 's/^/# /' "$dir/err"
cmp -s "$dir/out" "$dir/o/bench.md"
ok $? "the file has what stdout had"
got=$(grep -c '^| crcbit ' "$dir/out")
is "$got" 1 "one line of the table for it"
got=$(grep '^|' "$dir/out" | awk '{ print length }' | sort -u | wc -l)
is "$((got))" 1 "the table is aligned"
got=$(grep '^|' "$dir/out" | tr -cd '|\n' | sort -u | wc -l)
is "$((got))" 1 "every line has as many cells"

shape=$(perl -MJSON::PP -e '
	local $/;
	my $j = decode_json(<STDIN>);
	print "date $j->{date} n $j->{n} short $j->{short}\n";
	for my $k (qw(cpu kernel machine processors)) {
		print "no host $k\n" unless length($j->{host}{$k} // "");
	}
	for my $k (qw(vonk qemu host guest)) {
		print "no version of $k\n" unless length($j->{versions}{$k} // "");
	}
	for my $r (@{$j->{rows}}) {
		my $p = $r->{peers};
		print "row $r->{name} $r->{group}: ", join(" ", sort keys %$p), "\n";
		print "too few instructions\n" unless $r->{insns} > 100000;
		print "hash\n" unless $r->{state_hash} =~ /^[0-9a-f]{16}$/;
		for my $n (sort keys %$p) {
			for my $t (qw(cpu wall)) {
				print "$n: times\n" unless @{$p->{$n}{$t}} == 1 && $p->{$n}{$t}[0] > 0;
				print "$n: median\n" unless $p->{$n}{"${t}_median"} == $p->{$n}{$t}[0];
				next if $n eq "vonk";
				my $q = $p->{$n}{ratio}{$t}{raw};
				print "$n: spread\n" unless $q->{min} <= $q->{median} && $q->{median} <= $q->{max};
				my $want = $p->{$n}{$t}[0] / $p->{vonk}{$t}[0];
				print "$n: ratio\n" unless abs($q->{median} / $want - 1) < 0.01;
			}
		}
	}
	print scalar(@{$j->{failed}}), " failed\n";
' <"$dir/o/bench.json" 2>&1)
is "$shape" "date 1970-01-02T00:00:00Z n 1 short 50
row crcbit kernel: host qemu vonk
0 failed" "the shape of the JSON file"

head -c 4 "$dir/o/bench.svg" | grep -q '^<svg' && tail -n 1 "$dir/o/bench.svg" | grep -q '^</svg>$' &&
	grep -q '>crcbit<' "$dir/o/bench.svg"
ok $? "a plot with that row"

# A peer that prints something else than vonk, and one that fails.
printf '#!/bin/sh\ncase "$*" in *--version*) echo liar 1 ;; *crcbit*) echo crcbit 1 0 ;; esac\n' >"$dir/liar"
chmod +x "$dir/liar"
VONK_QEMU=$dir/liar bench -n 1 -s 50 -k '^crcbit$' -p qemu
[ $? = 1 ] && grep -q '^bench: crcbit: vonk and qemu print different things$' "$dir/err" &&
	grep -q '^FAILED: crcbit ' "$dir/out"
ok $? "a different output fails the row"
printf '#!/bin/sh\necho some reason >&2\nexit 3\n' >"$dir/liar"
VONK_QEMU=$dir/liar bench -n 1 -s 50 -k '^crcbit$' -p qemu
[ $? = 1 ] && grep -q '^bench: crcbit: liar: status 3: some reason$' "$dir/err"
ok $? "a failing peer fails the row"
VONK_QEMU=$dir/liar bench -n 1 -s 50 -k '^crcbit$' -p qemu,host
[ $? = 1 ] && perl -MJSON::PP -e 'local $/; my ($r) = @{decode_json(<STDIN>)->{rows}};
	exit($r && join(" ", sort keys %{$r->{peers}}) ne "host vonk")' <"$dir/o/bench.json"
ok $? "but only its own part of it"

# Nine instructions and an octet, by a helper that the compiler makes.
bench -n 1 -k '^first-octet$' -p qemu
[ $? = 0 ] && grep -q '^| first-octet ' "$dir/out"
ok $? "from the start to the first octet"

bench -l && grep -q '^openbios  *dialogue' "$dir/out" && grep -q '^start-up ' "$dir/out"
ok $? "the rows are listed"
bench -k '(' 2>/dev/null
[ $? != 0 ] && bench -p nobody
[ $? != 0 ]
ok $? "a bad pattern and an unknown peer are refused"
# What sis prints is what vonk does, or there would be no figure.
if t/peers/build --where sis >/dev/null 2>&1; then
	bench -n 1 -k '^recurse$' -p sis
	[ $? = 0 ] && grep -q '^| row .*| *sis cpu s |' "$dir/out"
	ok $? "a kernel by sis"
else
	# One that says it, whatever it is told.
	printf '#!/bin/sh\n%s\n' 'echo "recurse 3 73ef8506" && echo "$*" >>"$PLAY_LOG"' >"$dir/sis"
	chmod +x "$dir/sis"
	PLAY_LOG=$dir/log VONK_SIS=$dir/sis bench -n 1 -k '^recurse$' -p sis
	[ $? = 0 ] && grep -q '^-dumbio -c ' "$dir/log" && grep -q '^| row .*| *sis cpu s |' "$dir/out"
	ok $? "a kernel by what plays sis"
fi
plan
