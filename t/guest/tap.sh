# SPDX-License-Identifier: MIT
# For tests that run bare programs, sourced from the top of the tree: ok, plan, and
# building under a lock, for tests run side by side.
O=${O:-obj}
VONK=${VONK:-./vonk}
cross=${GUEST_CROSS:-sparc64-linux-gnu-}
n=0
fail=0
guest_flags=

skip_all() {
	echo "1..0 # SKIP $1"
	exit 0
}

need_cross() {
	command -v "${cross}gcc" >/dev/null 2>&1 || skip_all "no SPARC cross compiler (${cross}gcc)"
}

# ok STATUS NAME
ok() {
	n=$((n + 1))
	if [ "$1" = 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		fail=1
	fi
}

# is GOT WANT NAME
is() {
	[ "$1" = "$2" ]
	ok $? "$3"
	[ "$1" = "$2" ] || printf 'got:\n%s\nwant:\n%s\n' "$1" "$2" | sed 's/^/# /'
}

plan() {
	echo "1..$n"
	exit $fail
}

# guest_make TARGET...: from t/guest/guest.mk, into $O
guest_make() {
	mkdir -p "$O/guest"
	if ! flock "$O/guest/lock" make -s -f t/guest/guest.mk O="$O" "$@" >"$O/guest/log.$$" 2>&1; then
		sed 's/^/# /' "$O/guest/log.$$"
		echo "Bail out! the guest programs do not build"
		exit 1
	fi
	rm -f "$O/guest/log.$$"
}

# program NAME < C: a bare program with the small library, $dir/NAME; guest-lib is built
program() {
	[ "$guest_flags" ] ||
		guest_flags="$(make -s -f t/guest/guest.mk print-GUEST_CFLAGS) $(make -s -f t/guest/guest.mk print-GUEST_LDFLAGS)"
	cat >"$dir/$1.c"
	# shellcheck disable=SC2086
	"${cross}gcc" $guest_flags -O1 -o "$dir/$1" "$O/guest/lib/crt0.o" "$dir/$1.c" "$O/guest/lib/libguest.a" ||
		echo "# $1 does not build"
}

# guest ARGUMENT...: vonk in batch: $out its output without carriage returns, and $status
# shellcheck disable=SC2034
guest() {
	out=$(
		timeout 100 "$VONK" -nographic -limit time=100 "$@" </dev/null 2>&1
		echo "status $?"
	)
	status=${out##*status }
	out=$(printf '%s\n' "${out%status *}" | tr -d '\r')
}
