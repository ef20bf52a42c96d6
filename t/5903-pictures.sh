#!/bin/sh
# SPDX-License-Identifier: MIT
# The pictures of the demonstration in tools/doc are what this vonk shows: tools/pictures makes the same octets again.
cd "$(dirname "$0")/.." || exit 1
. t/guest/tap.sh
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
VONK=$VONK tools/pictures -o "$tmp" demo >"$tmp/log" 2>&1
ok $? "the demonstration is drawn"
sed 's/^/# /' "$tmp/log"
for f in demo.svg demo.cast; do
	cmp "$tmp/$f" "tools/doc/$f"
	ok $? "$f is as it was (else: tools/pictures demo)"
done
perl -MJSON::PP -ne '$n++, decode_json($_); END { exit !($n > 50) }' "$tmp/demo.cast"
ok $? "each line of the cast is JSON"
plan
