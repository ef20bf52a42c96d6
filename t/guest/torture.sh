#!/bin/sh
# SPDX-License-Identifier: MIT
# torture.sh [-O LEVEL] [-j N] [-k] [LIST | NAME...]: gcc's c-torture execute suite on an
# emulator, as TAP. LIST is a file of names, one a line (# comments); a NAME is a path
# in the suite without .c (20000112-1, ieee/fp-cmp-1, builtins/memcpy-chk); none: all.
#
#   EMU          command that runs an ELF program and passes its status on
#                (./vonk with a limit; t/guest/run-qemu works too)
#   VONK_CACHE   where the suite is unpacked (${XDG_CACHE_HOME:-~/.cache}/vonk)
#   O            output directory of the runtime (obj)
#   -k           keep failing programs in $VONK_CACHE/failed
#
# The suite comes from Debian's gcc-12-source. Options are gcc's own for it: -w, what
# the program's dg- lines and .x files ask for, and each directory's. Skipped are
# programs that those lines exclude and programs that need a hosted system.
top=$(cd "$(dirname "$0")/../.." && pwd) || exit 1
cache=${VONK_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/vonk}
suite=$cache/gcc-torture
cross=${GUEST_CROSS:-sparc64-linux-gnu-}
obj=${O:-$top/obj}
case $obj in /*) ;; *) obj=$top/$obj ;; esac
EMU=${EMU:-$top/vonk -nographic -limit time=120}

# What a program wants and a bare machine has not got: prints the reason.
excluded() {
	wants=$(sed -n 's/.*dg-require-effective-target *\([a-z0-9_]*\).*/\1/p' "$1")
	for w in $wants; do
		case $w in
		int32plus | int32 | label_values | trampolines | alloca | indirect_jumps | unwrapped) ;;
		untyped_assembly | return_address | stdint_types | double64plus | longlong64) ;;
		*)
			echo "needs $w"
			return
			;;
		esac
	done
	if grep -q 'dg-skip-if.*{ ! { i?86' "$1"; then
		echo "x86 only"
	elif [ "$level" = 1 ] && grep -q 'dg-skip-if.*{ \*-\*-\* } "-O1"' "$1"; then
		echo "not at -O1"
	elif [ -f "${1%.c}.x" ] && grep -q 'c99_runtime' "${1%.c}.x"; then
		echo "needs c99_runtime"
	elif grep -q '#include *<\(sys/mman\|signal\|fcntl\|sys/stat\|asm/\)' "$1" &&
		! grep -q SIGNAL_SUPPRESS "$1"; then
		echo "needs a system"
	fi
}

options() {
	sed -n '/dg-\(additional-\)\{0,1\}options/{
		/target/d
		s/.*options *{* *"\([^"]*\)".*/\1/p
	}' "$1" | tr '\n' ' '
	grep -q 'SIGNAL_SUPPRESS.*! signal' "$1" && echo "-DSIGNAL_SUPPRESS"
	[ -f "${1%.c}.x" ] && sed -n '/newlib/,/}/d; s/^lappend additional_flags//p; s/^set additional_flags//p' \
		"${1%.c}.x" | tr -d '"' | tr '\n' ' '
}

# One program: one TAP line without its number, comments after it.
one() {
	name=$1
	src=$suite/$name.c
	if [ ! -f "$src" ]; then
		echo "not ok - $name: no such program"
		return
	fi
	why=$(excluded "$src")
	if [ -n "$why" ]; then
		echo "ok - $name # SKIP $why"
		return
	fi
	opts="-Wl,--allow-multiple-definition $(options "$src")"
	more=
	case $name in
	ieee/*) opts="-fno-inline -DSIGNAL_SUPPRESS $opts" ;;
	builtins/*)
		more="$suite/$name-lib.c $suite/builtins/lib/main.c"
		opts="-fno-tree-dse -fno-tree-loop-distribute-patterns -fno-tracer -fno-ipa-ra
			-fno-inline-functions $opts"
		;;
	esac
	exe=$dir/$(echo "$name" | tr / _)
	# shellcheck disable=SC2086
	if ! "${cross}gcc" $flags "-O$level" -w $opts $ldflags -o "$exe" "$obj/guest/lib/crt0.o" \
		"$src" $more "$obj/guest/lib/libguest.a" >"$exe.log" 2>&1; then
		why=$(sed -n 's/.*undefined reference to `\(.*\)'"'"'.*/\1/p' "$exe.log" | head -n 1)
		case $why in
		sin | cos | sinf | cosf | pow | exp | log | fopen | open | mmap | sigaction | signal | tmpfile | system)
			echo "ok - $name # SKIP needs $why()"
			;;
		*)
			echo "not ok - $name -O$level: does not build"
			head -n 5 "$exe.log" | sed 's/^/# /'
			;;
		esac
		rm -f "$exe" "$exe.log"
		return
	fi
	# shellcheck disable=SC2086
	timeout "${TIMEOUT:-60}" $EMU "$exe" </dev/null >"$exe.log" 2>&1
	status=$?
	if [ $status = 0 ]; then
		echo "ok - $name -O$level"
	else
		out=$(tail -c 300 "$exe.log" | tr -d '\r' | tail -n 3 | sed 's/^/# /')
		echo "not ok - $name -O$level: status $status${out:+
$out}"
		[ -n "$keep" ] && mkdir -p "$cache/failed" && cp "$exe" "$cache/failed/"
	fi
	rm -f "$exe" "$exe.log"
}

skip_all() {
	echo "1..0 # SKIP $1"
	exit 0
}

unpack() {
	[ -d "$suite" ] && return
	set -- /usr/src/gcc-12/gcc-12*.tar.xz
	[ -f "$1" ] || skip_all "no gcc-12-source"
	mkdir -p "$cache"
	tmp=$(mktemp -d "$cache/tmp.XXXXXX") || exit 1
	tar -xJf "$1" -C "$tmp" --wildcards --strip-components=5 '*/gcc/testsuite/gcc.c-torture/execute/*' &&
		mv "$tmp" "$suite" 2>/dev/null
	[ -d "$suite" ] || skip_all "cannot unpack $1"
}

if [ "$1" = --one ]; then
	# By xargs below: the settings are in the environment.
	one "$2" >"$dir/result.$$"
	cat "$dir/result.$$"
	rm -f "$dir/result.$$"
	exit 0
fi

level=2 jobs=1 keep=
while getopts O:j:k opt; do
	case $opt in
	O) level=$OPTARG ;;
	j) jobs=$OPTARG ;;
	k) keep=1 ;;
	*) exit 2 ;;
	esac
done
shift $((OPTIND - 1))

command -v "${cross}gcc" >/dev/null 2>&1 || skip_all "no SPARC cross compiler (${cross}gcc)"
[ -x "${EMU%% *}" ] || command -v "${EMU%% *}" >/dev/null 2>&1 || skip_all "no emulator (${EMU%% *})"
unpack
make -s -C "$top" -f t/guest/guest.mk O="$obj" guest-lib >&2 || exit 1
flags=$(make -s -C "$top" -f t/guest/guest.mk O="$obj" print-GUEST_CFLAGS)
ldflags=$(make -s -C "$top" -f t/guest/guest.mk O="$obj" print-GUEST_LDFLAGS)
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
O=$obj
export O EMU VONK_CACHE TIMEOUT cache suite cross obj level keep flags ldflags dir
cd "$top" || exit 1

names() {
	if [ $# = 0 ]; then
		(cd "$suite" && ls -- *.c ieee/*.c builtins/*.c) | sed 's/\.c$//' | grep -v -- '-lib$'
	elif [ -f "$1" ]; then
		sed 's/#.*//; s/[ 	]*$//; /^$/d' "$1"
	else
		printf '%s\n' "$@"
	fi
}

names "$@" | xargs -P "$jobs" -n 1 "$top/t/guest/torture.sh" --one | awk '
	/^#/ { print; next }
	{ n++; sub(/^not ok/, "not ok " n) || sub(/^ok/, "ok " n); print; fflush() }
	/^not ok/ { bad++ }
	/# SKIP/ { skipped++ }
	END {
		print "1.." n
		printf "# %d passed, %d failed, %d skipped\n", n - bad - skipped, bad, skipped
		exit bad > 0
	}'
