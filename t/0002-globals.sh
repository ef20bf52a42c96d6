#!/bin/sh
# SPDX-License-Identifier: MIT
# Nothing below main.c has variables of its own, so that a process can hold several machines. The one
# exception is what signal handlers must reach.
cd "$(dirname "$0")/.." || exit 1
lib=${O:-obj}/libvonk.a
cc=${CC:-cc}
if ! command -v nm >/dev/null 2>&1 || [ ! -f "$lib" ]; then
	echo "1..0 # SKIP no nm, or no $lib"
	exit 0
fi
if nm "$lib" 2>/dev/null | grep -q __asan_; then
	echo "1..0 # SKIP sanitizers add variables"
	exit 0
fi
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT

# "member name" of every symbol in writable memory.
variables() # ARCHIVE
{
	nm -A "$1" 2>/dev/null | awk '$(NF - 1) ~ /^[BbCcDdGgSs]$/ { print $1, $NF }' |
		sed 's/^[^:]*:\([^:]*\):[^ ]*/\1/' | grep -v '^host-signal\.o host_signals$'
}

variables "$lib" >"$tmp/out"
[ ! -s "$tmp/out" ]
status=$?
[ $status -eq 0 ] && echo "ok 1 - no variables in $lib" || echo "not ok 1 - no variables in $lib"
sed 's/^/# /' "$tmp/out"

printf 'int a; static int b = 1; const int c = 2; int f(void) { static int d; return b++ + d++ + c; }\n' \
	>"$tmp/x.c"
$cc -c -o "$tmp/x.o" "$tmp/x.c" && ar rc "$tmp/x.a" "$tmp/x.o"
# gcc calls f's own variable d.0, clang f.d.
if [ "$(variables "$tmp/x.a" | sed 's/\.[0-9]*$//; s/ f\./ /' | sort | tr '\n' ' ')" = "x.o a x.o b x.o d " ]; then
	echo "ok 2 - planted ones are found"
else
	echo "not ok 2 - planted ones are found"
	variables "$tmp/x.a" | sed 's/^/# /'
	status=1
fi
echo "1..2"
exit $status
