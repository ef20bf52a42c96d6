#!/bin/sh
# SPDX-License-Identifier: MIT
# A build that lacks zlib, or its static library, says so before it compiles anything, and how to get it.
cd "$(dirname "$0")/.." || exit 1
. t/tap.sh
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
unset MAKEFLAGS MFLAGS MAKELEVEL

lacks() # NAME COMPILER
{
	make "O=$tmp/o" "CC=$2" ZLIB= HOSTCC=false >"$tmp/out" 2>"$tmp/err"
	[ $? -eq 2 ]
	ok $? "$1: make fails"
	[ ! -s "$tmp/out" ]
	ok $? "$1: nothing was compiled"
	sed 's/^/# /' "$tmp/out" | head -n 5
	grep -q '^\*\*\* .*zlib' "$tmp/err" && grep -q 'apt-get install.*zlib1g-dev' "$tmp/err"
	ok $? "$1: it says what is missing and how to get it"
}
lacks "no header" "${CC:-cc} -nostdinc"
lacks "no library" "${CC:-cc} -nodefaultlibs"
make "O=$tmp/o" "CC=${CC:-cc}" "$tmp/o/gen/zlib" >"$tmp/out" 2>&1 && [ -s "$tmp/o/gen/zlib" ]
ok $? "once it is there the same build goes on"
done_testing
