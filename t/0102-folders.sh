#!/bin/sh
# SPDX-License-Identifier: MIT
# Folders whose names are odd: the tree in one, objects in one, the installation in one. And make clean takes away
# what was built, nothing else.
cd "$(dirname "$0")/.." || exit 1
. t/tap.sh
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
unset MAKEFLAGS MFLAGS MAKELEVEL SANITIZE COVER O VONK
cc=${CC:-cc}
odd="$tmp/it's \"a b\""

mkdir -p "$odd"
cp -r Makefile LICENSE arch lib snap tools "$odd"
make -s -C "$odd" "CC=$cc" obj/lib/fifo.o >"$tmp/out" 2>&1
ok $? "a tree in a folder with blanks and quotes"
sed 's/^/# /' "$tmp/out"
[ -s "$odd/obj/lib/fifo.o" ] && ! grep -aqF "it's" "$odd/obj/lib/fifo.o"
ok $? "objects do not tell where"

! make "O=$tmp/a b" "CC=$cc" >"$tmp/out" 2>&1 && grep -q 'blanks' "$tmp/out"
ok $? "objects in a folder with blanks: refused, with the reason"

# Nothing is built for these: the binary and the page are there.
mkdir -p "$odd/machine"
printf '#!/bin/sh\n' >"$odd/vonk"
install() # TARGET
{
	make -s -C "$odd" -o vonk "CC=$cc" "DESTDIR=$tmp/dest dir" "PREFIX=/opt/my own" "$1" >"$tmp/out" 2>&1
}
install install
ok $? "an installation in folders with blanks"
sed 's/^/# /' "$tmp/out"
[ -x "$tmp/dest dir/opt/my own/bin/vonk" ] && [ -s "$tmp/dest dir/opt/my own/share/man/man5/vonk-snap.5" ]
ok $? "the binary and its pages are there"
: >"$tmp/dest dir/opt/my own/bin/other"
install uninstall
[ "$(find "$tmp/dest dir" -type f)" = "$tmp/dest dir/opt/my own/bin/other" ]
ok $? "uninstall leaves what it has not installed, and nothing else"

mkdir -p "$tmp/mine/lib" "$tmp/mine/letters"
: >"$tmp/mine/lib/precious"
make -s "O=$tmp/mine" clean >/dev/null 2>&1
[ -e "$tmp/mine/lib/precious" ]
ok $? "clean, where nothing was built: nothing goes"
make -s "O=$tmp/mine" "CC=$cc" "$tmp/mine/gen/zlib" >/dev/null 2>&1
make -s "O=$tmp/mine" clean >/dev/null 2>&1
[ -d "$tmp/mine/letters" ] && [ ! -e "$tmp/mine/gen" ]
ok $? "where something was: that goes, and what is not the build's stays"
make -s "O=$tmp/own" "CC=$cc" "$tmp/own/gen/zlib" >/dev/null 2>&1 && [ -e "$tmp/own/gen/zlib" ] &&
	make -s "O=$tmp/own" clean >/dev/null 2>&1 && [ ! -e "$tmp/own" ]
ok $? "a folder of the build alone goes, too"
done_testing
