#!/bin/sh
# SPDX-License-Identifier: MIT
# The binary stands alone: static, no path of its build in it, nothing both writable and executable.
cd "$(dirname "$0")/.." || exit 1
vonk=${VONK:-./vonk}
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
. t/tap.sh

command -v readelf >/dev/null 2>&1 || {
	echo "1..0 # SKIP no readelf"
	exit 0
}
# The sanitizers' runtime is a shared library.
if nm "$vonk" 2>/dev/null | grep -q __asan_init; then
	echo "1..0 # SKIP built with sanitizers"
	exit 0
fi

readelf -Wl "$vonk" >"$tmp/phdr" 2>&1
grep -q LOAD "$tmp/phdr"
ok $? "it is an ELF file"
! grep -q INTERP "$tmp/phdr"
ok $? "no program interpreter"
! grep -q DYNAMIC "$tmp/phdr"
ok $? "no dynamic section"
! grep -E '^ +[A-Z_]+ +0x.* RWE ' "$tmp/phdr"
ok $? "no segment that is writable and executable"
grep -E '^ +GNU_STACK .* RW +0x' "$tmp/phdr" >/dev/null
ok $? "a stack that is not executable"
grep -q GNU_RELRO "$tmp/phdr"
ok $? "what is only written at the start is read-only afterwards (RELRO)"
if "$vonk" -version | grep -q '^libc: glibc'; then
	nm "$vonk" 2>/dev/null | awk '{ print $NF }' >"$tmp/all"
	grep -q __stack_chk_fail "$tmp/all"
	ok $? "functions with buffers check their stack"
	grep -qE '^_*(memcpy|read|snprintf|vsnprintf|fprintf|memset)_chk$' "$tmp/all"
	ok $? "copies of known sizes are checked (FORTIFY)"
	# The handlers have no frames to check: they are left alone.
	! objdump -dr "${O:-obj}"/arch/sparc/exec-part.o "${O:-obj}"/arch/sparc/exec-fused-0.o 2>/dev/null | grep -q __stack_chk_fail
	ok $? "the handlers are not slowed by it"
fi
# Each of these checks sees what it is for.
sed 's/R E/RWE/' "$tmp/phdr" | grep -qE '^ +[A-Z_]+ +0x.* RWE '
ok $? "a segment that was both would be noticed"

here=$(pwd -P)
! LC_ALL=C grep -qaF "$here" "$vonk"
ok $? "the path of the tree is not in it"
! LC_ALL=C grep -qaE '/(home|build|tmp|root|usr/src)/[A-Za-z0-9._/-]*\.[ch]($|[^a-z])' "$vonk"
ok $? "nor another absolute path of a source"

# Static glibc warns of these when it links them: they want shared libraries at run time.
nm "$vonk" 2>/dev/null | awk '{ print $NF }' >"$tmp/syms"
if [ -s "$tmp/syms" ]; then
	bad=$(grep -xE 'getaddrinfo|gethostbyname(_r)?|getservbyname(_r)?|getpw(nam|uid)(_r)?|getgr(nam|gid)(_r)?' "$tmp/syms")
	[ -z "$bad" ]
	ok $? "it looks up no names and no users${bad:+: $bad}"
	! grep -xE 'system|popen|wordexp' "$tmp/syms"
	ok $? "it starts no shell"
	! grep -qxE 'gets|mktemp|tmpnam|rand|random' "$tmp/syms"
	ok $? "no function that nobody should call"
fi

# It runs where there is nothing: no files, no environment.
mkdir "$tmp/root" && cp "$vonk" "$tmp/root/vonk"
if [ "$(id -u)" -eq 0 ] && command -v chroot >/dev/null 2>&1 && chroot "$tmp/root" /vonk -version >/dev/null 2>&1; then
	env -i "$(command -v chroot)" "$tmp/root" /vonk -append selftest </dev/null >"$tmp/out" 2>&1
	[ $? -eq 0 ] && grep -q '^selftest: .* 0 failed' "$tmp/out"
	ok $? "it runs in an empty directory as root directory"
	# What is missing there it looks for, and tells where, and how it can be had.
	want='vonk: openbios-sparc32: not found in /roms, /usr/share/qemu, /usr/share/openbios, /usr/local/share/vonk;'
	[ "$(chroot "$tmp/root" /vonk -L /roms -bios openbios-sparc32 2>&1)" = "$want Debian: apt-get install openbios-sparc" ]
	ok $? "firmware that is not there: where it was looked for, and how to get it"
else
	env -i "$tmp/root/vonk" -append selftest </dev/null >"$tmp/out" 2>&1
	[ $? -eq 0 ] && grep -q '^selftest: .* 0 failed' "$tmp/out"
	ok $? "it runs without an environment"
fi

size=$(wc -c <"$vonk")
echo "# $size octets"
if command -v strip >/dev/null 2>&1 && strip -o "$tmp/stripped" "$vonk" 2>/dev/null; then
	stripped=$(wc -c <"$tmp/stripped")
	echo "# $stripped octets without symbols"
	[ "$stripped" -lt 5000000 ]
	ok $? "below 5 MB without symbols"
	"$tmp/stripped" -version >/dev/null
	ok $? "and it runs so"
fi
done_testing
