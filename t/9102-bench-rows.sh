#!/bin/sh
# SPDX-License-Identifier: MIT
# tools/bench: a session gives a row for each program between its two lines. A shell script plays
# the emulators. No figure is asserted.
cd "$(dirname "$0")/.." || exit 1
. t/guest/tap.sh
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
mkdir "$dir/o" "$dir/guest"
touch "$dir/guest/image" "$dir/guest/initrd.gz"
cat >"$dir/play" <<'END'
#!/bin/sh
case "$*" in
*-version*) echo play 1 ;;
*vonk.rows=*)
	last=
	for last; do :; done
	echo "$last" >>"$PLAY_LOG"
	for row in $(echo "${last##*vonk.rows=}" | tr , ' '); do
		echo "row $row begin"
		i=0
		while [ $i -lt 2000 ]; do i=$((i + 1)); done
		case ${0##*/}:$row in "$PLAY_FAIL") echo "row $row end 1" ;; *) echo "row $row end 0" ;; esac
	done
	;;
*) echo '{"insns": 5, "state_hash": "0"}' >&2 ;;
esac
END
chmod +x "$dir/play"
ln -s play "$dir/peer"
bench() {
	O=$dir/o VONK=$dir/play VONK_QEMU=$dir/peer VONK_GUESTS=$dir/guest TMPDIR=$dir tools/bench -p qemu "$@" \
		>"$dir/out" 2>"$dir/err"
}

PLAY_LOG=$dir/log
export PLAY_LOG
bench -n 2 -k '^linux/(fork|disk)$'
ok $? "two rows of a session"
sed 's/^/# /' "$dir/err"
got=$(sed -n 's/^| \(linux[^ ]*\) .*/\1/p' "$dir/out" | tr '\n' ' ')
is "$got" "linux/fork linux/disk " "a line of the table for each"
got=$(perl -MJSON::PP -e 'local $/; my $j = decode_json(<STDIN>);
	print join " ", map { my $r = $_; map { scalar @{$r->{peers}{$_}{cpu}} } qw(vonk qemu) } @{$j->{rows}}' \
	<"$dir/o/bench.json")
is "$got" "2 2 2 2" "as many times as rounds"
PLAY_FAIL=play:disk
export PLAY_FAIL
bench -n 1 -k '^linux/(fork|disk)$'
[ $? = 1 ] && grep -q '^FAILED: linux (vonk: disk ended with status 1)' "$dir/out"
ok $? "a program that fails fails the session"
PLAY_FAIL=peer:disk
bench -n 2 -k '^linux/(fork|disk)$'
[ $? = 1 ] && grep -q '^FAILED: linux (qemu: disk ended with status 1)' "$dir/out"
ok $? "one that fails in a peer is told"
got=$(perl -MJSON::PP -e 'local $/; my $j = decode_json(<STDIN>);
	print join " ", map { my $r = $_; "$r->{name} " . join(" ", map { scalar @{$r->{peers}{$_}{cpu} // []} } qw(vonk qemu)) }
	@{$j->{rows}}' <"$dir/o/bench.json")
is "$got" "linux/fork 2 1 linux/disk 2 0" "and the rows have what there is"
unset PLAY_FAIL
: >"$dir/log"
bench -n 2 -k '^linux-out/'
[ $? = 0 ] && grep -q '^| linux-out/network ' "$dir/out"
ok $? "a session with something at its other end"
is "$(grep -c ' vonk.mib=[0-9]* vonk.rows=network$' "$dir/log")" 4 "which tells each run its words"
running=$(cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\0' ' ')
case $running in *"far-end $dir/"*) false ;; esac
ok $? "and goes with it"
plan
