#!/bin/sh
# SPDX-License-Identifier: MIT
# docs/exactness.md is what the tests say now, and each of its rows has something that shows it.
cd "$(dirname "$0")/.." || exit 1
O=${O:-obj}
echo 1..1
for t in 3101-fpu-vectors 3102-fpu-model 3301-srmmu 3302-asi 3303-fpu-state 3304-traps 3305-models 4200-sparc32-dma; do
	[ -x "$O/t/$t" ] || make -s O="$O" "$O/t/$t" >&2 || exit 1
done
if said=$(tools/exactness --check "$O" 2>&1); then
	echo "ok 1 - the table is true and whole"
else
	echo "not ok 1 - the table is true and whole"
	printf '%s\n' "$said" | sed 's/^/# /'
	exit 1
fi
