#!/bin/sh
# SPDX-License-Identifier: MIT
# -expect, -fail and -report with small guests: statuses, the same end each time, well-formed reports, whatever the
# guest says; the words of sis; and the commands of tools/doc/testing-firmware.md.
cd "$(dirname "$0")/.." || exit 1
. t/guest/tap.sh
need_cross
guest_make guest-lib
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT

# main NAME < body of main
main() {
	{
		printf '#include <stdio.h>\nint main(void)\n{\n'
		cat
		printf '}\n'
	} | program "$1"
}

# run ARGUMENT...: $status, $out and $err
run() {
	timeout 100 "$VONK" -nographic -limit insns=5000000 "$@" </dev/null >"$dir/out" 2>"$dir/err"
	status=$?
	out=$(tr -d '\r' <"$dir/out")
	err=$(cat "$dir/err")
}

main good <<'E'
printf("BEGIN one\nchecking\nEND OF TEST\nnever shown\n");
for (;;)
	;
E
main bad <<'E'
printf("BEGIN one\nFAIL: valve 3\nEND OF TEST\n");
return 0;
E
main quiet <<'E'
printf("nothing\n");
return 0;
E
main seven <<'E'
printf("nothing\n");
return 7;
E
main prompt <<'E'
printf("0 > ");
while (!(*(volatile unsigned char *)0x71100004 & 1)) /* a character has come? */
	;
return 3;
E
main unended <<'E'
printf("PASS");
return 0;
E
main odd <<'E'
printf("a<b>&\"c\" ]]> # \\ \x1b[1m\001\nutf \xc3\xa4 \xff\xc3(\xed\xa0\x80)\ntail\rx\n");
return 0;
E
main long <<'E'
for (int i = 0; i < 300; i++)
	printf("%03d789\n", i);
for (int i = 0; i < 1050000; i++)
	*(volatile unsigned char *)0x71100006 = i & 1023 ? 'a' + (i & 15) : '\n';
printf("\nend\n");
return 0;
E

run -expect 'END OF TEST$' "$dir/good"
is "$status" 0 "-expect: status 0"
is "$out" "BEGIN one
checking
END OF TEST" "and the machine stops behind that line"
is "$err" "" "without a word"
run -expect '^END' -expect '^BEGIN (one|two)$' "$dir/good"
is "$status" 0 "several, in any order"
run -expect END -expect nowhere "$dir/good"
is "$status" 124 "one is not seen: the limit's status"
is "$err" "vonk: -expect: not seen: /nowhere/" "and which"
run -expect '^ND' "$dir/good"
is "$status" 124 "^ is the line's begin"
run -expect 'BEGIN.*END' "$dir/good"
is "$status" 124 "no match goes beyond a line"
run -expect END "$dir/quiet"
is "$status" 2 "the guest ends well, but has not said it"
run -expect END "$dir/seven"
is "$status" 7 "the guest's own failure counts"
run -expect END -fail '^FAIL' "$dir/bad"
is "$status" 2 "-fail: status 2"
is "$out" "BEGIN one
FAIL: valve 3" "at once"
is "$err" "vonk: -fail: the output has /^FAIL/" "and why"
run -expect FAIL -fail valve "$dir/bad"
is "$status" 2 "in one line, failure wins"
run -fail FATAL "$dir/bad"
is "$status" 0 "-fail alone, not seen: the guest's status"
run -fail FATAL "$dir/seven"
is "$status" 7 "whatever that is"
run -expect '^0 > $' "$dir/prompt"
is "$status" 0 "a prompt has no line's end"
run -expect PASS "$dir/unended"
is "$status" 0 "nor has what is said last"
run -fail PASS "$dir/unended"
is "$status" 2 "of which -fail takes notice"
run -expect 299789 -stats "$dir/long"
is "$status" 0 "some way into much output"
first=$(sed 's/"host_seconds.*mips": [0-9.]*//' "$dir/err")
run -expect 299789 -stats -d ref "$dir/long"
is "$(sed 's/"host_seconds.*mips": [0-9.]*//' "$dir/err")" "$first" "the same end by the other interpreter"
case $first in *'"insns": '*) ok 0 "which has a count" ;; *) ok 1 "which has a count" ;; esac

# Reports.
run -expect '^END' -report "$dir/r.tap" -name 'a #1' "$dir/good"
sed 's/insns: .*/insns: N/; s/_ns: .*/_ns: N/; s/hash: .*/hash: H/; s/\r$//' "$dir/r.tap" >"$dir/got"
cat >"$dir/want" <<'E'
TAP version 13
1..2
ok 1 - a \#1
  ---
  status: 0
  reason: "the output has all that is expected"
  insns: N
  virtual_ns: N
  state_hash: H
  ...
ok 2 - output has /^END/
# BEGIN one
# checking
# END OF TEST
E
is "$(cat "$dir/got")" "$(cat "$dir/want")" "TAP"
run -fail valve -expect '<&"' -report "$dir/r.xml" -name n "$dir/bad"
is "$status" 2 "with a report the status is the same"
sed 's/time="[^"]*"/time="T"/; /"insns"\|"virtual_ns"\|"state_hash"/s/value="[^"]*"/value="V"/' "$dir/r.xml" |
	sed 's/after [0-9]* ins/after N ins/' >"$dir/got"
cat >"$dir/want" <<'E'
<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
<testsuite name="n" tests="3" failures="3" errors="0" time="T">
<properties>
<property name="status" value="2"/>
<property name="reason" value="the output has what -fail names"/>
<property name="insns" value="V"/>
<property name="virtual_ns" value="V"/>
<property name="state_hash" value="V"/>
</properties>
<testcase classname="n" name="run" time="T">
<failure message="the output has what -fail names"/>
</testcase>
<testcase classname="n" name="output has no /valve/" time="T">
<failure message="seen after N instructions"/>
</testcase>
<testcase classname="n" name="output has /&lt;&amp;&quot;/" time="T">
<failure message="not seen"/>
</testcase>
<system-out>BEGIN one
FAIL: valve 3
</system-out>
</testsuite>
</testsuites>
E
is "$(cat "$dir/got")" "$(cat "$dir/want")" "JUnit"
cp "$dir/r.xml" "$dir/again.xml"
run -fail valve -expect '<&"' -report "$dir/r.xml" -name n "$dir/bad"
cmp -s "$dir/r.xml" "$dir/again.xml"
ok $? "the same run writes the same report"
run -report "$dir/odd.report,format=junit" "$dir/odd"
is "$(sed -n '/<system-out>/,/<.system-out>/p' "$dir/odd.report")" '<system-out>a&lt;b&gt;&amp;&quot;c&quot; ]]&gt; # \ \x1b[1m\x01
utf ä \xff\xc3(\xed\xa0\x80)
tail\x0dx
</system-out>' "what XML cannot hold"
if command -v python3 >/dev/null 2>&1; then
	python3 -c 'import sys, xml.dom.minidom as d; [d.parse(f) for f in sys.argv[1:]]' "$dir/odd.report" "$dir/r.xml"
	ok $? "a parser of XML takes them"
else
	ok 0 "a parser of XML # SKIP no python3"
fi
run -report "$dir/long.xml" -limit insns=100000000 "$dir/long"
sed -n '/<system-out>/,/<.system-out>/p' "$dir/long.xml" | sed '1d;$d' >"$dir/got"
is "$(tail -n 1 "$dir/got")" "$(tail -n 1 "$dir/out" | tr -d '\r')" "of much output the end"
size=$(wc -c <"$dir/long.xml")
[ "$size" -gt 900000 ] && [ "$size" -lt 1060000 ]
ok $? "and no more than a MiB of it ($size)"
run -report "$dir/none.xml" "$dir/no-such"
is "$status" 1 "no image: status 1"
grep -q '<error message=".*no-such' "$dir/none.xml" && grep -q 'errors="1"' "$dir/none.xml"
ok $? "and a report that says so"
run -report "$dir/no/such" "$dir/quiet"
is "$status:${err%%:*}" "1:vonk" "a report that cannot be written"
if [ -c /dev/full ]; then
	run -report /dev/full "$dir/quiet"
	is "$status:$err" "1:vonk: -report: the report is not complete" "a full disk"
fi

# Wrong usage.
run -expect '(' "$dir/quiet"
is "$status:${err%%:*}" "1:vonk" "no regular expression"
run -report "$dir/r,format=html" "$dir/quiet"
is "$status:$err" "1:vonk: -report: 'format' is not format=tap or format=junit" "no format of a report"

# sis and its runners.
run -r -nouartrx -m 4 -tlim 50 ms "$dir/good"
is "$status" 124 "-r -nouartrx -m 4 -tlim"
timeout 100 "$VONK" -r -tlim 5 ms -stats "$dir/good" </dev/null 2>"$dir/err" >"$dir/out"
is "$?:$(sed -n 's/.*"virtual_ns": \([0-9]*\).*/\1/p' "$dir/err")" "124:5000000" "-tlim 5 ms is 5 ms of the guest's time"
echo x | timeout 100 "$VONK" -nouartrx -tlim 5 ms "$dir/prompt" >"$dir/out"
is "$?:$(cat "$dir/out")" "124:0 > " "-nouartrx: the output is there"
for o in -leon3 '-freq 50' '-uart1 /dev/null' -rt '-tlim 3' '-tlim 3 h' '-tlim 0 s' '-tlim 99999999999999999999 s'; do
	# shellcheck disable=SC2086
	run $o "$dir/good"
	is "$status:$(grep -c "^vonk: ${o%% *}: " "$dir/err")" "1:1" "refused in a line: $o"
done

# The documentation's commands, with a shorter limit, a failed run recorded and replayed among them.
cp "$dir/good" "$dir/test.elf"
vonk=$(readlink -f "$VONK")
commands=$(sed -n 's/^    \$ vonk \(.*test.elf.*\)/\1/p' tools/doc/testing-firmware.md |
	sed 's/time=10 /insns=5000000 /')
is "$(echo "$commands" | wc -l)" 3 "the documentation has three commands"
got=$(cd "$dir" && echo "$commands" | while read -r line; do
	eval "timeout 100 $vonk $line" >/dev/null 2>&1
	printf '%s ' $?
done)
is "$got" "0 0 124 " "and these are their statuses"
cp "$dir/bad" "$dir/test.elf"
(cd "$dir" && eval "timeout 100 $vonk $(echo "$commands" | tail -n 1)") >/dev/null 2>&1
is $? 2 "a failure is recorded"
timeout 100 "$VONK" -replay "$dir/test.rec" </dev/null >"$dir/out" 2>"$dir/err"
is "$?:$(grep -c 'the same state' "$dir/err")" "2:1" "and fails again"
plan
