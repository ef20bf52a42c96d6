#!/bin/sh
# SPDX-License-Identifier: MIT
# Every benchmark kernel, the serial one, and delay loops: the engine, with fused instructions, and
# the reference interpreter agree after every piece, and on the hash at the end. VONK_LOCKSTEP
# instructions of each (2 million; VONK_FULL=1: 200 million, which is most of them to their end).
cd "$(dirname "$0")/.." || exit 1
. t/guest/tap.sh
need_cross
guest_make guest-lib guest-bench
make -s "O=$O" "$O/t/5301-lockstep" >/dev/null || exit 1
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT

# Loops of 0 to 1023 turns in no order, the borrow added up:
#	mov 0, %g3; L: add %g3, 7, %g3; and %g3, 1023, %o0; cmp %o0, 0
#	1: bne 1b; subcc %o0, 1, %o0; addx %g4, 0, %g4; ba L; nop
perl -e 'print pack "N*", 0x86102000, 0x8600e007, 0x9008e3ff, 0x80a22000, 0x12800000, 0x90a22001,
	0x88412000, 0x10bffffa, 0x01000000' >"$dir/spin.rom"
make -s -f t/guest/guest.mk "O=$O" print-GUEST_CFLAGS print-GUEST_LDFLAGS >"$dir/flags"
# shellcheck disable=SC2046
${GUEST_CROSS:-sparc64-linux-gnu-}gcc $(sed -n 1p "$dir/flags") -O2 $(sed -n 2p "$dir/flags") -o "$dir/serial.elf" \
	"$O/guest/lib/crt0.o" t/guest/bench-io/serial.c "$O/guest/lib/libguest.a" || exit 1
for elf in "$O"/guest/bench/*.elf "$dir/serial.elf"; do
	name=${elf##*/}
	t/guest/mkrom "$O/guest/lib/rom.bin" "$elf" >"$dir/${name%.elf}.rom" || exit 1
done
count=2000000
[ "${VONK_FULL:-}" = 1 ] && count=200000000
VONK_LOCKSTEP=$count exec_test="$O/t/5301-lockstep"
export VONK_LOCKSTEP
$exec_test "$dir"/*.rom
