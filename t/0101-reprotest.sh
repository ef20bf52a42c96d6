#!/bin/sh
# SPDX-License-Identifier: MIT
# Debian's reprotest says the same as t/0100: two builds in all the ways that it can vary here give the same octets,
# and diffoscope sees no difference. It builds twice, so it runs with VONK_ALL=1 (make reproducible, make soak) only.
cd "$(dirname "$0")/.." || exit 1
. t/guest/tap.sh
[ -n "${VONK_ALL:-}" ] || skip_all "it builds twice: VONK_ALL=1"
for c in reprotest diffoscope; do
	command -v $c >/dev/null 2>&1 || skip_all "no $c"
done
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT

mkdir "$tmp/src"
tools/dist check >/dev/null && tar -x -f obj/vonk-check.tar.gz -C "$tmp/src" --strip-components=1
ok $? "the sources"
rm -f obj/vonk-check.tar.gz

# What it can vary depends on the host: another user needs sudo, another order of files FUSE, another name and domain
# a namespace. What is missing is told.
vary=+all,-user_group
[ "$(id -u)" -eq 0 ] || vary=$vary,-domain_host
{ [ -w /dev/fuse ] && command -v disorderfs >/dev/null 2>&1; } || vary=$vary,-fileordering
command -v faketime >/dev/null 2>&1 || vary=$vary,-time
echo "# $vary"
(
	unset MAKEFLAGS MFLAGS MAKELEVEL O VONK CC
	reprotest --min-cpus 1 --vary="$vary" --store-dir "$tmp/store" \
		-c 'make && make dist && make sbom' "$tmp/src" 'vonk obj/libvonk.a obj/*.tar.gz obj/*.json'
) >"$tmp/log" 2>&1 </dev/null
status=$?
ok $status "reprotest: the same binary, library, archive and bill of materials"
tail -n 40 "$tmp/log" | sed 's/^/# /'
grep -q "^[0-9a-f]\{64\}.*vonk$" "$tmp/log"
ok $? "it looked at them"
plan
