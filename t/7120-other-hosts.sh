#!/bin/sh
# SPDX-License-Identifier: MIT
# Hosts of another kind: AArch64 and a big-endian one (s390x), under qemu-user, and this one with musl as its
# C library. The same program gives the same state, a snapshot written at the same instant has the same
# contents, and each goes on with the other's. It builds vonk for each, so it runs with VONK_ALL=1 only.
cd "$(dirname "$0")/.." || exit 1
. t/guest/tap.sh
vonk=$VONK
hosts='aarch64 s390x musl'
[ -n "${VONK_ALL:-}" ] || skip_all "it builds for three other hosts: VONK_ALL=1"

# What compiles for a host, and what its programs run under.
compiler() # HOST
{
	[ "$1" = musl ] && echo musl-gcc || echo "$1-linux-gnu-gcc"
}
runner() # HOST
{
	[ "$1" = musl ] || echo "qemu-$1"
}
for h in $hosts; do
	for c in $(compiler "$h") $(runner "$h"); do
		command -v "$c" >/dev/null 2>&1 || skip_all "no $c"
	done
done
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT

hash() # FILE: the last line of that stderr tells it
{
	sed -n 's/.*"state_hash": "\([0-9a-f]*\)".*/\1/p' "$1"
}

# The self-test, saved half way under one name: the name is part of what a snapshot tells.
run() # NAME COMMAND...
{
	name=$1
	shift
	mkdir -p "$tmp/$name"
	(
		here=$PWD
		cd "$tmp/$name" && "$@" -append selftest -snap half.snap -save-at insns=60000000 -stats \
			</dev/null >out 2>err
		echo $? >status
		cd "$here" || exit 1
	)
	[ "$(cat "$tmp/$name/status")" = 0 ]
}

go_on() # FILE COMMAND...: its state at the end
{
	file=$1
	shift
	"$@" -restore "$file" -stats </dev/null >/dev/null 2>"$tmp/err"
	hash "$tmp/err"
}

case $vonk in
/*) ;;
*) vonk=$PWD/$vonk ;;
esac
run here "$vonk"
ok $? "this host: the self-test"
want=$(hash "$tmp/here/err")
[ -n "$want" ]
ok $? "this host: its state is $want"

for h in $hosts; do
	dir=obj/$h
	cc=$(compiler "$h")
	ar=${cc%gcc}ar
	command -v "$ar" >/dev/null 2>&1 || ar=ar
	zlib=$(tools/zlib-for "$cc" 2>"$tmp/log") &&
		(unset MAKEFLAGS MFLAGS MAKELEVEL O && make "O=$dir" "VONK=$dir/vonk" "CC=$cc" HOSTCC=gcc "AR=$ar" \
			ZLIB="$zlib" "$dir/vonk") >"$tmp/log" 2>&1
	status=$?
	ok $status "$h: built"
	[ $status -eq 0 ] || {
		tail -n 10 "$tmp/log" | sed 's/^/# /'
		continue
	}
	other="$(runner "$h") $PWD/$dir/vonk"
	# shellcheck disable=SC2086
	run "$h" $other
	ok $? "$h: the self-test"
	cmp -s "$tmp/here/out" "$tmp/$h/out"
	ok $? "$h: the same words on the console"
	[ "$(hash "$tmp/$h/err")" = "$want" ]
	ok $? "$h: the same state at the end"
	"$vonk" snap diff "$tmp/here/half.snap" "$tmp/$h/half.snap" >"$tmp/diff" 2>&1
	ok $? "$h: the snapshot has the same contents"
	sed 's/^/# /' "$tmp/diff" | head -n 5
	[ "$(go_on "$tmp/$h/half.snap" "$vonk")" = "$want" ]
	ok $? "$h: this host goes on with its snapshot"
	# shellcheck disable=SC2086
	[ "$(go_on "$tmp/here/half.snap" $other)" = "$want" ]
	ok $? "$h: it goes on with this host's"
done
plan
