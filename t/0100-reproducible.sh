#!/bin/sh
# SPDX-License-Identifier: MIT
# The same sources give the same binary and tar archive, whatever the directory, umask, locale, time zone,
# user's name and home, and number of jobs; with VONK_ALL=1 also whatever the date, the host's name and the
# order of files in a directory, where faketime, unshare and disorderfs are there to vary them. It builds
# twice, so it runs with VONK_REPRODUCIBLE=1 (make test) or VONK_ALL=1 (make reproducible, make soak) only.
cd "$(dirname "$0")/.." || exit 1
[ -n "${VONK_ALL:-}${VONK_REPRODUCIBLE:-}" ] || {
	echo "1..0 # SKIP it builds twice: VONK_REPRODUCIBLE=1"
	exit 0
}
tmp=$(mktemp -d) || exit 1
mounted=
trap '[ -z "$mounted" ] || fusermount -u "$mounted" 2>/dev/null || umount "$mounted"; rm -rf "$tmp"' EXIT
. t/tap.sh

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

# What else can be varied here: a word or more to put before the second build's command.
vary=
if [ -n "${VONK_ALL:-}" ]; then
	if command -v disorderfs >/dev/null 2>&1 && mkdir "$tmp/shuffled" &&
		disorderfs --shuffle-dirents=yes --multi-user=no "$two" "$tmp/shuffled" >/dev/null 2>&1; then
		two=$tmp/shuffled mounted=$tmp/shuffled
		echo "# files in another order"
	fi
	if unshare -u true 2>/dev/null; then
		vary="unshare -u sh -c 'hostname elsewhere; exec \"\$@\"' --"
		echo "# another name of the host"
	fi
	if command -v faketime >/dev/null 2>&1; then
		vary="$vary faketime -f +400d"
		echo "# another date"
	fi
fi

build() # DIRECTORY, its environment before: make without what this make told us
{
	(cd "$1" && unset MAKEFLAGS MFLAGS MAKELEVEL O VONK && shift && "$@") >"$tmp/log" 2>&1
	status=$?
	[ $status -eq 0 ] || tail -n 20 "$tmp/log" | sed 's/^/# /'
	return $status
}

# A language whose capital i is another letter, if it can be had.
locale=C.UTF-8
if mkdir "$tmp/locales" && localedef -i tr_TR -f UTF-8 "$tmp/locales/tr_TR.UTF-8" 2>/dev/null; then
	locale=tr_TR.UTF-8
	echo "# another language"
fi

umask 022
build "$one" env LC_ALL=C TZ=UTC HOME=/ make -j1
ok $? "built in a directory"
umask 077
eval "build \"\$two\" $vary env LOCPATH='$tmp/locales' LC_ALL=$locale TZ=Pacific/Kiritimati HOME=/proc/nonexistent USER=somebody make -j4"
ok $? "built in another one"
[ -s "$one/vonk" ] && cmp "$one/vonk" "$two/vonk" >"$tmp/cmp" 2>&1
ok $? "the same binary, octet for octet"
[ -s "$tmp/cmp" ] && sed 's/^/# /' "$tmp/cmp"
# What is built in the second directory is not a copy.
! grep -qaF "$two" "$two/vonk"
ok $? "the path is not in it"
for d in "$one" "$two"; do
	[ "$d" = "$one" ] && umask 022 || umask 077
	build "$d" make dist
	ok $? "a tar archive is made"
done
cmp "$one"/obj/vonk-*.tar.gz "$two"/obj/vonk-*.tar.gz
ok $? "the same archive, octet for octet"
cmp "$one/obj/libvonk.a" "$two/obj/libvonk.a"
ok $? "the same library, octet for octet"
echo "# $(sha256sum <"$one/vonk" | cut -c1-64)"
# Nothing but the build's own places was written to.
(cd "$one" && find . -path ./obj -prune -o -newer "$tmp/tar" -type f -print) | grep -v '^\./vonk$' >"$tmp/new"
[ ! -s "$tmp/new" ]
ok $? "nothing else was written than obj/ and vonk"
sed 's/^/# /' "$tmp/new"
done_testing
