#!/bin/sh
# SPDX-License-Identifier: MIT
# Every fuzzing target takes its whole corpus, and everything that was ever found with it, without a finding.
# Without a corpus it takes at least the empty input and some blind ones.
O=${O:-obj}
n=0 failed=0

check() { # STATUS TEXT OUTPUT
	n=$((n + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		printf '%s\n' "$3" | tail -20 | sed 's/^/# /'
		failed=1
	fi
}

for source in t/fuzz/*.c; do
	name=$(basename "$source" .c)
	bin=$O/t/fuzz/$name
	files=
	if [ ! -x "$bin" ]; then
		check 1 "$name" "$bin was not built: make check builds it"
		continue
	fi
	for f in t/fuzz/"$name"/*; do
		case ${f##*/} in
		'*' | options | seeds | dict | NOTES) continue ;;
		esac
		files="$files $f"
		# One line for each of them says what it was.
		[ "${f##*/}" = corpus ] || grep -q "^${f##*/}: " "t/fuzz/$name/NOTES" 2>/dev/null ||
			check 1 "$name" "$f has no line in t/fuzz/$name/NOTES"
	done
	# shellcheck disable=SC2013 # words
	for other in $(cat t/fuzz/"$name"/seeds 2>/dev/null); do
		files="$files t/fuzz/$other/corpus"
	done
	# One that has to find its first input by itself may never get past what checks come first.
	[ -n "$files" ] || check 1 "$name" "it has no corpus and no seeds"
	# shellcheck disable=SC2086 # words
	out=$(timeout 300 "$bin" $files 2>&1)
	check $? "$name: $(printf '%s' "$out" | tail -1)" "$out"
	# shellcheck disable=SC2086
	out=$(timeout 300 "$bin" -blind "${VONK_FUZZ_BLIND:-100}" 1 $files 2>&1)
	check $? "$name: and ${VONK_FUZZ_BLIND:-100} blind variations" "$out"
done

# The replay does not pass over a finding: a target that crashes is one that fails.
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
printf 'vonkfuzz\0\0\0\5abc' >"$tmp/corpus"
"$O/t/fuzz/mmio" "$tmp/corpus" >/dev/null 2>&1
check $((!$?)) "a damaged corpus is an error" ""
mkdir "$tmp/a" "$tmp/b"
printf 'one' >"$tmp/a/x"
: >"$tmp/a/y"
"$O/t/fuzz/mmio" -pack "$tmp/packed" "$tmp/a" && "$O/t/fuzz/mmio" -unpack "$tmp/packed" "$tmp/b"
[ "$(cat "$tmp/b/000001")" = one ] && [ ! -s "$tmp/b/000000" ]
check $? "packing and unpacking keep every input" ""
echo "1..$n"
exit $failed
