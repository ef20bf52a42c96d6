#!/bin/sh
# SPDX-License-Identifier: MIT
# OpenBIOS, stopped at random instants and restored in another process: the same console, the same state.
cd "$(dirname "$0")/.." || exit 1
. t/guest/tap.sh
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
# The PROM takes its time before it has something to say.
limit=450000000

prom() # NAME ARGUMENT...
{
	name=$1
	shift
	timeout 200 "$VONK" -nographic -stats -limit insns=$limit "$@" </dev/null \
		>"$tmp/$name.out" 2>"$tmp/$name.err"
}

state()
{
	sed -n 's/.*"state_hash": "\([0-9a-f]*\)".*/\1/p' "$tmp/$1.err"
}

head -c 3000000 /dev/zero >"$tmp/disk"
points=1
[ -z "${VONK_FAULTS:-}" ] || points=3
[ -z "${VONK_ALL:-}" ] || points=50
for board in SS-5 ${VONK_ALL:+SS-20}; do
	set -- -M $board -bios openbios-sparc32 -drive file="$tmp/disk",snapshot=on -vga none
	prom full "$@"
	grep -q insns "$tmp/full.err" || skip_all "no OpenBIOS: $(cat "$tmp/full.err")"
	grep -q 'Configuration device id' "$tmp/full.out"
	ok $? "$board: OpenBIOS begins"
	bad=
	for i in $(perl -e 'srand 11; print join " ", map { 1 + int rand $ARGV[0] } 1 .. $ARGV[1]' \
		$limit $points | tr -d '\n'); do
		prom a "$@" -snap "$tmp/a.snap" -save-at insns="$i" -limit insns="$i"
		prom b -restore "$tmp/a.snap" -snap "$tmp/b.snap" -save-at insns="$i"
		cat "$tmp/a.out" "$tmp/b.out" | cmp -s - "$tmp/full.out" &&
			cmp -s "$tmp/a.snap" "$tmp/b.snap" && [ "$(state b)" = "$(state full)" ] ||
			bad="$bad $i"
	done
	is "$bad" '' "$board: stopped and restored, it is the same run"
	prom a "$@" -snap "$tmp/a.snap" -save-at insns=1000000
	[ "$(state a)" = "$(state full)" ]
	ok $? "$board: it does not see a save"
done
plan
