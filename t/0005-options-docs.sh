#!/bin/sh
# SPDX-License-Identifier: MIT
# The binary's --help, the man page, the README and the completions list the same options with the same
# arguments; and the man page is sound.
cd "$(dirname "$0")/.." || exit 1
export LC_ALL=C
vonk=${VONK:-./vonk}
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
. t/tap.sh

# Each prints one line an option: its name, and its argument if it takes one.

from_help() # of the text on stdin: "  -hda, -hdb FILE      text"
{
	sed -n 's/^  \(-.*\)/\1/p' | sed 's/   .*//' | awk '{
		arg = ""
		nr = 0
		for (i = 1; i <= NF; i++)
			if ($i ~ /^-/ && (i == 1 || $(i - 1) ~ /,$/)) {
				sub(/,$/, "", $i)
				name[++nr] = $i
				if (i < NF) $i = $i ","
			} else
				arg = arg " " $i
		for (i = 1; i <= nr; i++)
			print name[i] arg
	}' | LC_ALL=C sort
}

from_man() # of the page on stdin: the tags of its section OPTIONS that begin with a dash
{
	sed -n '/^\.SH OPTIONS/,/^\.SH KEYS/p' | sed -n 's/^\\fB\(\\-.*\)/\1/p' |
		sed 's/\\f[BIR]//g; s/\\-/-/g; s/, -/\n-/g' | LC_ALL=C sort
}

from_readme() # of the text on stdin: the first column of the table of options
{
	sed -n '/^## Options/,/^## More/p' | sed -n 's/^| \(`-.*\)/\1/p' | sed 's/\([^\\]\) | .*/\1/' |
		sed 's/`, `/\n/g' | sed 's/`//g; s/\\|/|/g' | LC_ALL=C sort
}

same() # FILE NAME: as --help
{
	[ -s "$1" ] && diff "$tmp/help" "$1" >"$tmp/diff"
	ok $? "$2"
	sed -n 's/^[<>]/# &/p' "$tmp/diff"
}

"$vonk" --help >"$tmp/text" 2>"$tmp/err"
[ $? -eq 0 ] && [ -s "$tmp/text" ] && [ ! -s "$tmp/err" ]
ok $? "--help prints to stdout, status 0"
from_help <"$tmp/text" >"$tmp/help"
[ "$(wc -l <"$tmp/help")" -gt 40 ]
ok $? "it lists options"
[ -z "$(uniq -d "$tmp/help")" ]
ok $? "each of them once"
from_man <tools/vonk.1 >"$tmp/man"
same "$tmp/man" "the man page has the same"
from_readme <README.md >"$tmp/readme"
same "$tmp/readme" "the README has the same"

# The readers see what is missing, and what is too much.
grep -v 'hdc' tools/vonk.1 | from_man | diff "$tmp/help" - >/dev/null
[ $? -eq 1 ]
ok $? "a man page without -hdc is noticed"
sed 's/^| `-m SIZE`.*/&\n| `-frob SIZE` | x |/' README.md | from_readme | diff "$tmp/help" - >/dev/null
[ $? -eq 1 ]
ok $? "a README with -frob is noticed"

# Completions name options only.
sed 's/ .*//' "$tmp/help" | uniq >"$tmp/names"
bash=tools/completion/vonk.bash
sed -n "/^_vonk_options='/,/'$/p" $bash | tr -d "'" | sed 's/_vonk_options=//' | tr -s ' \t' '\n\n' |
	grep . | LC_ALL=C sort >"$tmp/bash"
diff "$tmp/names" "$tmp/bash" >"$tmp/diff"
ok $? "the completion of bash has the same names"
sed -n 's/^[<>]/# &/p' "$tmp/diff"
sed -n "s/^	'[*]*\(-[A-Za-z-]*\)\[.*/\1/p" tools/completion/_vonk | LC_ALL=C sort >"$tmp/zsh"
diff "$tmp/names" "$tmp/zsh" >"$tmp/diff"
ok $? "the completion of zsh has the same names"
sed -n 's/^[<>]/# &/p' "$tmp/diff"

version=$("$vonk" --version | sed -n 's/^version: //p')
grep -q "^\\.TH VONK 1 \"\" \"vonk $version\" " tools/vonk.1
ok $? "the man page is for version $version and bears no date"
if command -v groff >/dev/null 2>&1; then
	groff -man -Tascii -ww -z tools/vonk.1 >"$tmp/lint" 2>&1
	[ $? -eq 0 ] && [ ! -s "$tmp/lint" ]
	ok $? "groff has nothing to say about it"
	sed 's/^/# /' "$tmp/lint"
else
	ok 0 "groff # SKIP it is not installed"
fi
tools/format2man snap/FORMAT >"$tmp/vonk-snap.5"
for page in tools/vonk.1 "$tmp/vonk-snap.5"; do
	if command -v mandoc >/dev/null 2>&1; then
		# A date would say when the page was changed last, in a program whose bytes depend on no date.
		mandoc -Tlint "$page" | grep -v 'missing date' >"$tmp/lint"
		[ ! -s "$tmp/lint" ]
		ok $? "mandoc has nothing to say about ${page##*/}"
		sed 's/^/# /' "$tmp/lint"
	else
		ok 0 "mandoc: ${page##*/} # SKIP it is not installed"
	fi
	if man --version >/dev/null 2>&1; then
		LC_ALL=C.UTF-8 MANWIDTH=80 man --warnings -E UTF-8 -l -Tutf8 -Z "$page" 2>"$tmp/lint" >/dev/null
		[ ! -s "$tmp/lint" ]
		ok $? "nor has man --warnings"
		sed 's/^/# /' "$tmp/lint"
	else
		ok 0 "man: ${page##*/} # SKIP it is not installed"
	fi
done

done_testing
