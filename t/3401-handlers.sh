#!/bin/sh
# SPDX-License-Identifier: MIT
# Handlers save no registers: disassembled, all but those that call the general FPU, decode, change
# modes, or are seldom met (MULScc as a delay instruction) have no push, no pop and no access to the stack, and go on with an indirect jump.
cd "$(dirname "$0")/.." || exit 1
obj=${O:-obj}/arch/sparc/exec-part.o
case ${CC:-gcc} in
*clang*)
	echo "1..0 # SKIP clang cannot be told which registers need not be saved"
	exit 0
	;;
esac
if ! command -v objdump >/dev/null 2>&1 || ! objdump -f "$obj" 2>/dev/null | grep -q x86-64; then
	echo "1..0 # SKIP no objdump, or no x86-64 $obj"
	exit 0
fi
if nm "$obj" | grep -q -e __asan_ -e __gcov_; then
	echo "1..0 # SKIP instrumented"
	exit 0
fi

# "name what" of handlers that are not as they should be, and how many there are.
check() # OBJECT
{
	objdump -d --no-show-raw-insn "$1" | awk '
		function done() {
			if (name != "" && !jumps)
				print name, "no indirect jump"
		}
		/^[0-9a-f]+ <.*>:$/ {
			done()
			name = substr($2, 2, length($2) - 3)
			jumps = 0
			# Cold parts are ways out. The others do what no handler can without a call, or are rare.
			if (name !~ /^(op|fused)_[a-z0-9_]*$/ || name ~ /^op_(spin|mulscc_r[ri]_slot|slow.*)$/ ||
			    name ~ /^op_(rdpsr|fpop|f(add|sub|mul|div|sqrt|cmp|cmpe)[sd])/)
				name = ""
			else
				n++
			next
		}
		name == "" { next }
		/\t(push|pop|call|ret)/ || /%[re]?sp/ { print name, $0 }
		/\tjmp +\*/ || /\tjmp .*<(op_slow|op_slow_slot)>/ { jumps = 1 }
		END { done(); print "handlers", n }'
}
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT

check "$obj" >"$tmp/out"
n=$(sed -n 's/^handlers //p' "$tmp/out")
bad=$(sed '/^handlers /d; s/ .*//' "$tmp/out" | sort -u | wc -l)
if [ "$bad" = 0 ] && [ "${n:-0}" -gt 500 ]; then
	echo "ok 1 - $n handlers: $bad that save a register or do not jump on"
	status=0
else
	echo "not ok 1 - $n handlers: $bad that save a register or do not jump on"
	head -n 60 "$tmp/out" | sed 's/^/# /'
	status=1
fi

# One that keeps a value over a call, and one that returns.
cat >"$tmp/x.c" <<'END'
void other(void);
typedef void fn(long);
void op_bad(long a);
void op_ends(long a);
void op_bad(long a) { other(); ((fn *)a)(a); }
void op_ends(long a) { *(long *)a = 1; }
END
${CC:-gcc} -O2 -fcf-protection=none -c -o "$tmp/x.o" "$tmp/x.c" && check "$tmp/x.o" >"$tmp/out"
if grep -q 'op_bad.*push' "$tmp/out" && grep -q 'op_ends no indirect jump' "$tmp/out"; then
	echo "ok 2 - planted ones are found"
else
	echo "not ok 2 - planted ones are found"
	sed 's/^/# /' "$tmp/out"
	status=1
fi
echo "1..2"
exit $status
