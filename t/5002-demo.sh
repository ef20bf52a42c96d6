#!/bin/sh
# SPDX-License-Identifier: MIT
# The demonstration: its self-test on every board, power-off with status 0, its prompt.
cd "$(dirname "$0")/.." || exit 1
. t/guest/tap.sh

# Every test of the firmware has a line; a new one has to be counted here.
tests=14
for m in SS-5 SS-4 LX Voyager SPARCClassic SPARCbook SS-10 SS-20 SS-600MP; do
	guest -M $m
	is "$status" 0 "$m: powered off"
	is "$(echo "$out" | sed -n '/^selftest:/p')" "selftest: $tests passed, 0 failed" "$m: self-test"
	is "$(echo "$out" | grep -c '^  .* ok')" $tests "$m: a line for each test"
done

# Anything else on its command line leads to the prompt.
type() {
	# shellcheck disable=SC2059
	out=$(printf "$1" | timeout 60 "$VONK" -nographic -limit time=100 -append prompt 2>&1 | tr -d '\r')
	out=$(echo "$out" | sed '1,/^selftest:/d')
}

type 'regs\rpoweroff\r'
echo "$out" | grep -q '^psr 0440.*wim '
ok $? "regs"
type 'mem 4000 10\rmem\rpoweroff\r'
want=$(sed -n '/^const/,$s/^\t//p' machine/demo/demo-image.c | head -n 1 |
	sed 's/0x\(..\),/\1/g; s/\(.. .. .. ..\) /\1  /g')
echo "$out" | grep -q "^00004000  $want "
ok $? "mem shows the firmware itself"
echo "$out" | grep -q '^00004010  '
ok $? "mem goes on where it ended"
type 'help\rpoweroff\r'
is "$(echo "$out" | grep -c '^  [a-z]')" 8 "help"
type 'rex\177\177egs\rpoweroff\r'
echo "$out" | grep -q '^psr 0440'
ok $? "rubbing out"
type 'nonsense\025regx\027regs\r\033[A\rpoweroff\r'
is "$(echo "$out" | grep -c '^psr 0440')" 2 "killing a line, a word; the last line again"
type 'what\rpoweroff\r'
echo "$out" | grep -q '^what: what?'
ok $? "an unknown command"
type 'bench\rpoweroff\r'
echo "$out" | grep -q 'after the first 100000: 676821fa$'
ok $? "bench has the right checksum"
first=$(echo "$out" | grep loops)
type 'bench\rpoweroff\r'
is "$(echo "$out" | grep loops)" "$first" "bench is the same twice: time is the instruction count"
type 'reset\r'
is "$(echo "$out" | grep -c '^selftest: .* 0 failed')" 1 "reset comes back to the self-test"
plan
