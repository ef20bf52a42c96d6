#!/bin/sh
# SPDX-License-Identifier: MIT
# Programs made by Csmith, as the host runs them and as the machine does: the checksum of all
# their variables must be the same. No bit-fields, unions or packed structures, whose layout
# differs between the two. A few programs depend on the byte order all the same (seed 163): where
# the two differ QEMU's word counts, and a line says so. VONK_CSMITH programs (4; by make test 10; with VONK_ALL 500) from seed
# VONK_CSMITH_SEED (1) on, at -O0 to -O3 and -Os in turn.
cd "$(dirname "$0")/.." || exit 1
. t/guest/tap.sh
need_cross
command -v csmith >/dev/null 2>&1 || skip_all "no csmith"
[ -f /usr/include/csmith/csmith.h ] || skip_all "no libcsmith-dev"
guest_make guest-lib
flags=$(make -s -f t/guest/guest.mk O="$O" print-GUEST_CFLAGS)
ldflags=$(make -s -f t/guest/guest.mk O="$O" print-GUEST_LDFLAGS)
count=${VONK_CSMITH:-${VONK_ALL:+500}}
seed=${VONK_CSMITH_SEED:-1}
last=$((seed + ${count:-4} - 1))
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT

while [ "$seed" -le "$last" ]; do
	name="seed $seed"
	case $((seed % 5)) in
	4) level=s ;;
	*) level=$((seed % 5)) ;;
	esac
	# It leaves a file about the platform where it runs.
	(cd "$dir" && csmith --seed "$seed" --no-packed-struct --no-bitfields --no-unions --no-argc >p.c) &&
		gcc -w -O1 -I/usr/include/csmith -o "$dir/host" "$dir/p.c"
	ok $? "$name: made for the host"
	# Some programs never end, and some take long.
	if want=$(ulimit -t 1 && exec "$dir/host" 2>/dev/null); then
		# shellcheck disable=SC2086
		"${cross}gcc" $flags -w "-O$level" -I/usr/include/csmith $ldflags -o "$dir/p.elf" \
			"$O/guest/lib/crt0.o" "$dir/p.c" "$O/guest/lib/libguest.a" >"$dir/log" 2>&1
		ok $? "$name: made for the guest at -O$level"
		sed 's/^/# /' "$dir/log" | head -n 5
		guest "$dir/p.elf"
		if [ "$out" != "$want" ] && second=$(t/guest/run-qemu "$dir/p.elf" 2>/dev/null); then
			echo "# $name: the host says $want, the second word is QEMU's"
			want=$(printf '%s\n' "$second" | tr -d '\r')
		fi
		is "$out" "$want" "$name: the same checksum"
	else
		echo "# $name does not end"
	fi
	seed=$((seed + 1))
done
plan
