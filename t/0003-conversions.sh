#!/bin/sh
# SPDX-License-Identifier: MIT
# No value of a guest's or a file's changes its width or sign unnoticed: dev/ and snap/ compile without a warning of
# -Wconversion -Wsign-conversion, with the flags that the Makefile gives them, and such a warning is an error there.
cd "$(dirname "$0")/.." || exit 1
CC=${CC:-gcc}
O=${O:-obj}
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
. t/tap.sh

# The Makefile's own command for a file, up to its -c.
command_of() # FILE
{
	make -n -B --no-print-directory V=1 DEVELOPER=1 CC="$CC" O="$O" "$O/${1%.c}.o" 2>/dev/null |
		grep -- " -c -o [^ ]* $1\$" | sed 's/ -MMD.*//' | tail -1
}

for f in dev/esp.c snap/field.c; do
	command_of $f >"$tmp/command"
	grep -q -- ' -Wconversion .*-Wsign-conversion' "$tmp/command" && grep -q -- ' -Werror ' "$tmp/command"
	ok $? "the Makefile asks for it: $f"
done
flags=$(cat "$tmp/command")
[ -n "$flags" ] || flags="$CC -std=gnu11 -I. -I$O/gen -Wall -Werror -Wconversion -Wsign-conversion"
compile() # FILE and more arguments
{
	eval "$flags -fsyntax-only"' "$@"'
}
for f in dev/*.c snap/*.c; do
	compile "$f" >"$tmp/out" 2>&1 || {
		sed 's/^/# /' "$tmp/out"
		false
	}
	ok $? "$f"
done

planted() # NAME STATEMENT
{
	printf '#include "lib/types.h"\n%s\n' "$2" >"$tmp/x.c"
	! compile -Wno-missing-prototypes "$tmp/x.c" >"$tmp/out" 2>&1 && grep -qi 'conver\|changes\|sign' "$tmp/out"
	ok $? "noticed: $1"
}
printf '#include "lib/types.h"\nu8 f(u8 v);\nu8 f(u8 v)\n{\n\treturn v;\n}\n' >"$tmp/x.c"
compile "$tmp/x.c"
ok $? "what converts nothing is clean"
planted 'a length that loses its upper half' 'u8 f(u32 v) { return v; }'
planted 'a length that becomes negative' 's32 f(u32 v) { return v; }'
planted 'a sign that is lost' 'u32 f(s32 v) { u32 w = v; return w; }'
planted 'an offset of 64 bits' 'u32 f(u64 v) { return v + 1; }'
done_testing
