#!/bin/sh
# SPDX-License-Identifier: MIT
# The processor tests in t/guest/cputest, on processors with eight windows and with seven.
cd "$(dirname "$0")/.." || exit 1
. t/guest/tap.sh
need_cross
guest_make guest-cputest
for f in t/guest/cputest/*.[Sc]; do
	name=$(basename "${f%.?}")
	for m in SS-5 LX SS-20; do
		guest -M $m "$O/guest/cputest/$name.elf"
		[ "$status" = 0 ] && echo "$out" | grep -q "^$name: [0-9]* checks passed$"
		pass=$?
		ok $pass "$name on $m"
		[ $pass = 0 ] || echo "$out" | sed 's/^/# /'
	done
done
plan
