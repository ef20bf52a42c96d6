#!/bin/sh
# SPDX-License-Identifier: MIT
# The same sources give the same binary, whatever the directory, umask, locale, time zone, user's
# home and number of jobs. It builds twice, so it runs with VONK_ALL=1 only.
cd "$(dirname "$0")/.." || exit 1
[ -n "${VONK_ALL:-}" ] || {
	echo "1..0 # SKIP it builds twice: VONK_ALL=1"
	exit 0
}
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
n=0
failed=0

ok() # STATUS NAME
{
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		failed=1
	fi
}

# The sources, as git knows them and as they are now; without git all but what was built.
sources()
{
	if git ls-files >/dev/null 2>&1; then
		git ls-files -co --exclude-standard
	else
		find . -name .git -prune -o -path ./obj -prune -o -path ./vonk -o -type f -print
	fi | while read -r f; do
		[ -f "$f" ] && printf '%s\n' "$f"
	done
}
sources >"$tmp/list"
one=$tmp/a
two="$tmp/another-directory/with/a-much-longer-name-than-the-first-one-had"
mkdir -p "$one" "$two"
tar -cf "$tmp/tar" -T "$tmp/list"
tar -xf "$tmp/tar" -C "$one"
tar -xf "$tmp/tar" -C "$two"
# Another age, and another order in the directory.
find "$two" -type f -exec touch -d '2001-02-03 04:05:06' {} +

build() # DIRECTORY, its environment before: make without what this make told us
{
	(cd "$1" && unset MAKEFLAGS MFLAGS MAKELEVEL O VONK && shift && "$@") >"$tmp/log" 2>&1
	status=$?
	[ $status -eq 0 ] || tail -n 20 "$tmp/log" | sed 's/^/# /'
	return $status
}

umask 022
build "$one" env LC_ALL=C TZ=UTC HOME=/ make -j1
ok $? "built in a directory"
umask 077
build "$two" env LC_ALL=C.UTF-8 TZ=Pacific/Kiritimati HOME=/nonexistent USER=somebody make -j4
ok $? "built in another one"
[ -s "$one/vonk" ] && cmp "$one/vonk" "$two/vonk" >"$tmp/cmp" 2>&1
ok $? "the same binary, octet for octet"
[ -s "$tmp/cmp" ] && sed 's/^/# /' "$tmp/cmp"
# What is built in the second directory is not a copy.
! grep -qaF "$two" "$two/vonk"
ok $? "the path is not in it"
echo "# $(sha256sum <"$one/vonk" | cut -c1-64)"
# Nothing but the build's own places was written to.
(cd "$one" && find . -path ./obj -prune -o -newer "$tmp/tar" -type f -print) | grep -v '^\./vonk$' >"$tmp/new"
[ ! -s "$tmp/new" ]
ok $? "nothing else was written than obj/ and vonk"
sed 's/^/# /' "$tmp/new"
echo "1..$n"
exit $failed
