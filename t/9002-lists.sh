#!/bin/sh
# SPDX-License-Identifier: MIT
# mkloop and mkfuse refuse bad lists with file, line and reason.

cd "$(dirname "$0")/.." || exit 1
mkloop=${O:-obj}/tools/mkloop mkfuse=${O:-obj}/tools/mkfuse
ops=arch/sparc/exec-ops.h
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
. t/tap.sh
[ -x "$mkloop" ] && [ -x "$mkfuse" ] || make -s "$mkloop" "$mkfuse" >/dev/null || exit 1

"$mkloop" $ops arch/sparc/loops.list >"$tmp/out"
ok $? "the list is accepted"
grep -q '^#define LOOPS [1-9][0-9][0-9]' "$tmp/out"
ok $? "it has hundreds of loops"
"$mkloop" -few $ops arch/sparc/loops.list >"$tmp/few" &&
	[ $(($(wc -l <"$tmp/few") * 6)) -lt "$(wc -l <"$tmp/out")" ]
ok $? "-few: far fewer of them"

refused() # LINE MESSAGE: status 1, this one message, no output
{
	printf '%s\n' '# a comment' 'ld,b,#,a add,b,#,b cmp,a,# bne>0 nop' "$1" >"$tmp/t"
	"$mkloop" $ops "$tmp/t" >"$tmp/out" 2>"$tmp/err"
	status=$?
	echo "$tmp/t:${3:-3}: $2" >"$tmp/want"
	[ $status -eq 1 ] && [ ! -s "$tmp/out" ] && cmp -s "$tmp/want" "$tmp/err"
	ok $? "refused: $2"
	cmp -s "$tmp/want" "$tmp/err" || sed 's/^/# /' "$tmp/err"
}

refused 'frob,a,#,a bne>0 nop' "there is no 'frob'"
refused 'save,a,#,a bne>0 nop' "there is no 'save'"
refused 'add,a,#,a bxx>0 nop' "there is no branch 'bxx'"
refused 'add,a,# bne>0 nop' "add: an operand is missing"
refused 'add,a,#,a,a bne>0 nop' "add: that are too many operands"
refused 'add,#,a,a bne>0 nop' "add: the operands stand the other way round"
refused 'add,a,#,a add,b,a,b bne>0 nop' "add: the operands stand the other way round"
refused 'add,#,#,b bne>0 nop' "'b' is not the next letter"
refused 'add,#,#,# bne>0 nop' "'#' is not the next letter"
refused 'add,b,#,a bne>0 nop' "'b' is nowhere written"
refused 'add,a,#,a cmp,a,# bne>1 nop' "the last but one is no branch to the start"
refused 'add,a,#,a bne>0' "the last but one is no branch to the start"
refused 'add,a,#,a bne>7 nop bne>0 nop' "element 1 goes where there is none"
refused 'add,a,#,a bne>4 nop bne>0 nop' "element 1 goes to a delay instruction"
refused 'bne>0 be>0 nop' "element 1 is a branch behind a branch"
refused 'ld,b,#,a add,b,#,b cmp,a,# bne>0 nop' "the same as line 2"
refused "$(printf 'nop %.0s' 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23) bne>0 nop" "too many elements"

# Rows: those of the second file stand first.
list=arch/sparc/fusion.list
"$mkfuse" $ops $list arch/sparc/fusion.first >"$tmp/out"
ok $? "the rows are accepted, and their order"
"$mkfuse" -few $ops $list arch/sparc/fusion.first >"$tmp/few"
ok $? "-few: an order of rows that are not there"
printf '%s\n' 'add_ri cmp_ri' 'nop {nop,mov_r}' 'ld_ri add_rr/1 be' >"$tmp/rows"
printf '%s\n' '# a comment' 'nop mov_r' 'ld_ri add_rr/1 be' >"$tmp/first"
"$mkfuse" $ops "$tmp/rows" "$tmp/first" >"$tmp/out"
grep -A5 FUSED_NAMES "$tmp/out" | grep -o '"[^"]*"' | tr -d '"' >"$tmp/got"
printf '%s\n' 'nop mov_r' 'ld_ri add_rr/1 be' 'add_ri cmp_ri' 'nop nop' | cmp -s - "$tmp/got"
ok $? "rows stand in that order"

unordered() # LINE: refused as line 2 of the order
{
	printf '%s\n' 'nop mov_r' "$1" >"$tmp/first"
	"$mkfuse" $ops "$tmp/rows" "$tmp/first" >"$tmp/out" 2>"$tmp/err"
	[ $? -eq 1 ] && [ ! -s "$tmp/out" ] &&
		echo "$tmp/first:2: no row of fusion.list, or twice" | cmp -s - "$tmp/err"
	ok $? "refused in an order: $1"
}

unordered 'nop nop nop'
unordered 'nop mov_r'
done_testing
