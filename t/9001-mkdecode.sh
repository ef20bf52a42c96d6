#!/bin/sh
# SPDX-License-Identifier: MIT
# mkdecode refuses bad tables with file, line and reason; every row of the real table is needed: one in five of them by
# make check, all by make test (VONK_FAULTS=1).

cd "$(dirname "$0")/.." || exit 1
mkdecode=${MKDECODE:-${O:-obj}/tools/mkdecode}
table=arch/sparc/insns.decode
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
. t/tap.sh

# A sound table of eleven lines: the cases keep some of it and add to it.
sound='%index 31:30
%field rd 29:25
%field rs 24:20
%field imm 19:0 signed <<2
%flag ODD "is odd"
%operand rd rd
%operand imm imm
one   00 rd rs imm                             ODD "one {imm}, {rd}"
> rd=0                                         "zero {imm}"
two   01 rd rs --------------------            "two {rd}"
three 1- ----- ----- --------------------      "three"'

# The first LINES lines above, then TEXT: refused with this one message, status 1 and no output.
refused() # LINES TEXT LINE MESSAGE
{
	echo "$sound" | head -n "$1" >"$tmp/t"
	[ -z "$2" ] || echo "$2" >>"$tmp/t"
	"$mkdecode" "$tmp/t" >"$tmp/out" 2>"$tmp/err"
	status=$?
	echo "$tmp/t:$3: $4" >"$tmp/want"
	[ $status -eq 1 ] && [ ! -s "$tmp/out" ] && cmp -s "$tmp/want" "$tmp/err"
	ok $? "refused: $4"
	[ $status -eq 1 ] || echo "# exit status $status"
	cmp -s "$tmp/want" "$tmp/err" || sed 's/^/# /' "$tmp/err"
}

echo "$sound" >"$tmp/t"
"$mkdecode" "$tmp/t" >"$tmp/out"
ok $? "a sound table is accepted"

x20=--------------------

# Rows against each other.
refused 11 "four 11 ----- ----- $x20" 12 "'four' overlaps 'three' of line 11 at 0xc0000000"
refused 11 "| 01 10--- ----1 $x20" 12 "'three' overlaps 'two' of line 10 at 0x60100000"
refused 10 '' 10 "no row for 0x80000000"
refused 10 "three 10 ----- ----- $x20" 11 "no row for 0xc0000000"
refused 10 "three 1- ----- ----- ${x20%-}1" 11 "no row for 0x80000000"
refused 11 "two 11 ----- ----- $x20" 12 "'two' is there already, at line 10"
refused 11 "four else 11 ----- ----- $x20" 12 "nothing is left for 'four'"
refused 10 "four else 1- ----- ----- $x20
five else 11 ----- ----- $x20" 12 "'five' overlaps 'four' of line 11 at 0xc0000000"

# Patterns and fields.
refused 11 "four 11 rd ----- ---" 12 "the pattern is 17 bits short"
refused 11 "four 11 rd ----- $x20-" 12 "the pattern is longer than 32 bits"
refused 11 "four 11 rs rd imm" 12 "field 'rs' begins at bit 24, but stands at bit 29"
refused 11 "four 11 rd rd imm" 12 "field 'rd' begins at bit 29, but stands at bit 24"
refused 11 "four 11 rd rt imm" 12 "no field 'rt'"
refused 11 "four 11 rd:0101 rs imm" 12 "field 'rd' wants 5 bits, not '0101'"
refused 11 "four 11 rd:01012 rs imm" 12 "field 'rd' wants 5 bits, not '01012'"
refused 11 "four 11 rd rs imm EVEN" 12 "no flag 'EVEN'"
refused 11 "Four 11 rd rs imm" 12 "bad name 'Four'"
refused 11 '%field rd 4:0' 12 "field 'rd' is there already"
refused 11 '%field rt 4:5' 12 "bad bit range '4:5'"
refused 11 '%field rt 32:0' 12 "bad bit range '32:0'"
refused 11 '%field rt 4:0 unsigned' 12 "bad property 'unsigned' of field 'rt'"
refused 11 '%field disp 29:0 <<3' 12 "bad property '<<3' of field 'disp'"
refused 11 '%flag ODD "again"' 12 "bad or repeated flag 'ODD'"
refused 11 '%operand rd rd' 12 "bad or repeated operand 'rd'"
refused 11 '%operand rt rt' 12 "no field 'rt'"
refused 11 '%index 29:28' 12 "a second %index"
refused 11 '%rows' 12 "unknown directive '%rows'"
refused 0 '%index 31:30 30:29' 1 "%index names a bit twice"

# Syntax and other spellings.
refused 10 "three 1- rd rs $x20 \"three {imm}\"" 11 \
	"operand 'imm' needs field 'imm', which the pattern has not"
refused 10 "three 1- rd rs imm \"three {rt}\"" 11 "no operand 'rt'"
refused 10 "three 1- rd rs imm \"three" 11 "a string without its end"
refused 10 "three 1- rd rs imm \"three\" more" 11 "unexpected 'more'"
refused 11 '> rd=1 "three of one"' 12 "a spelling may only look at the fields of its row"
refused 9 '> rd=32 "one"' 10 "bad value '32' of field 'rd'"
refused 9 '> rd=1 rd=2 "one"' 10 "bad value '2' of field 'rd'"
refused 9 '> rd=rs "one"' 10 "only one field of five bits may equal rd"
refused 9 '> rd=1' 10 "a spelling without a syntax"
refused 7 '| 00 rd rs imm' 8 "'|' without a row"

# The look-up tables have their limits.
refused 10 "three 1- 0---- ----- $x20
four 1- 1---- ----- ${x20%-}0
five 1- 1---- ----- ${x20%-}1" 11 "the rows around 'three' differ in bits too far apart (0x20000001)"

# The real table.
"$mkdecode" "$table" >"$tmp/a.h" && "$mkdecode" "$table" >"$tmp/b.h"
ok $? "the real table is accepted"
cmp -s "$tmp/a.h" "$tmp/b.h"
ok $? "the same output twice"

# A line of the table without its flags and its syntax.
bare='function bare(s) { sub(/".*/, "", s); sub(/[A-Z ]*$/, "", s); return s }'
awk "$bare"' !/^[#%>]|^$/ { print bare($0) }' "$table" >"$tmp/patterns"

step=5
[ -z "${VONK_FAULTS:-}${VONK_FULL:-}" ] || step=1
awk -v step=$step 'NR % step == 0' "$tmp/patterns" >"$tmp/some"

# Each of its patterns as one more row must overlap.
bad=0
n=0
while read -r name pattern; do
	n=$((n + 1))
	{ cat "$table"; echo "one_more $pattern"; } >"$tmp/t"
	"$mkdecode" "$tmp/t" >"$tmp/out" 2>"$tmp/err"
	if [ $? -ne 1 ] || ! grep -q "'one_more' overlaps" "$tmp/err"; then
		echo "# '$name $pattern' may stand twice"
		bad=1
	fi
done <"$tmp/some"
[ $((n * step)) -gt 150 ] || bad=1
ok $bad "every one of its $n patterns overlaps its double"

# The table without the pattern WANT of the row NAME: its spellings go too, and the row's next
# pattern takes the name over.
without() # NAME WANT
{
	awk -v name="$1" -v want="$2" "$bare"'
		/^[#%]/ { print; next }
		/^>/ { if (!gone) print; next }
		{ line = bare($0); this = $1; sub(/^[^ ]* +/, "", line)
		  gone = this == name && line == want
		  if (gone) { heir = name != "|"; next }
		  if (heir && this == "|") sub(/^[|]/, name)
		  heir = 0
		  print }' "$table"
}

# Without any one of them there is a gap, but for the rows that an `else` catches.
bad=0
n=0
while read -r name pattern; do
	case $pattern in
	else* | *opf:*) continue ;;
	esac
	n=$((n + 1))
	without "$name" "$pattern" >"$tmp/t"
	"$mkdecode" "$tmp/t" >"$tmp/out" 2>"$tmp/err"
	if [ $? -ne 1 ] || ! grep -q ": no row for 0x" "$tmp/err"; then
		echo "# '$name $pattern' is not missed: $(head -n 1 "$tmp/err")"
		bad=1
	fi
done <"$tmp/some"
[ $((n * step)) -gt 100 ] || bad=1
ok $bad "without any one of $n patterns there is a gap"

done_testing
