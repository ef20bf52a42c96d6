#!/bin/sh
# SPDX-License-Identifier: MIT
# tools/doc/maps.md is what the boards are: tools/maps draws it from the monitor's map of each.
cd "$(dirname "$0")/.." || exit 1
. t/guest/tap.sh
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
tools/maps "$VONK" >"$tmp/maps" 2>"$tmp/err"
ok $? "a map of each board is drawn"
[ ! -s "$tmp/err" ]
ok $? "without complaint"
[ "$(grep -c '^## ' "$tmp/maps")" = "$("$VONK" -M help | wc -l)" ]
ok $? "all boards have one"
diff tools/doc/maps.md "$tmp/maps" >"$tmp/diff"
ok $? "tools/doc/maps.md is that"
sed -n 's/^[<>]/# &/p' "$tmp/diff" | head -n 10
# The addresses that everybody's software knows, from the boards' own manuals and kernels.
for want in "0'7110 0000  | serial " "0'7120 0000  | nvram " "f'f110 0000  | serial " "f'e000 0000  | iommu "; do
	grep -qF "$want" "$tmp/maps"
	ok $? "it has $want"
done
sed 's/7110 0000/7110 0008/' "$tmp/maps" | diff tools/doc/maps.md - >/dev/null
[ $? -eq 1 ]
ok $? "a wrong address would be noticed"
plan
