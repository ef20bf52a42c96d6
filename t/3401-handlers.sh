#!/bin/sh
# SPDX-License-Identifier: MIT
# Handlers save no registers: disassembled, all but those that call the general FPU, decode, change
# modes, or are seldom met (MULScc as a delay instruction) have no push, no pop and no access to the stack, and go on with
# an indirect jump. Handlers of whole loops may use the stack, which they do once for all turns, and save rbp, but jump
# on as well, and call nothing but the FPU.
# That is asked of what gcc made, and of clang's where it has preserve_none: of all that was built with it, or else of a
# part compiled here, with VONK_FULL of all. A clang that has not got it cannot be told which registers need not
# be saved and has nine in a handler: of what it makes the plain handlers are looked at, and those that want
# more registers may save them.
cd "$(dirname "$0")/.." || exit 1
o=${O:-obj}/arch/sparc
objs="$o/exec-part.o $o/exec-fused-*.o"
if ! command -v objdump >/dev/null 2>&1 || ! objdump -f "$o/exec-part.o" 2>/dev/null | grep -q x86-64; then
	echo "1..0 # SKIP no objdump, or no x86-64 $o/exec-part.o"
	exit 0
fi
# shellcheck disable=SC2086
if nm $objs | grep -q -e __asan_ -e __gcov_; then
	echo "1..0 # SKIP instrumented"
	exit 0
fi

# "name what" of handlers that are not as they should be, and how many there are.
check() # MORE OBJECT...: a pattern of handlers that are not looked at besides, or -
{
	more=$1
	shift
	objdump -d --no-show-raw-insn "$@" | awk -v more="^($more)\$" '
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
			    name ~ /^op_(rdpsr|fpop|f(add|sub|mul|div|sqrt|cmp|cmpe)[sd])/ || name ~ more)
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

count=0
status=0
judge() # WHAT LEAST: of $tmp/out
{
	n=$(sed -n 's/^handlers //p' "$tmp/out")
	bad=$(sed '/^handlers /d; s/ .*//' "$tmp/out" | sort -u | wc -l)
	count=$((count + 1))
	if [ "$bad" = 0 ] && [ "${n:-0}" -gt "$2" ]; then
		echo "ok $count - $1: $n handlers, $bad that save a register or do not jump on"
	else
		echo "not ok $count - $1: $n handlers, $bad that save a register or do not jump on"
		head -n 60 "$tmp/out" | sed 's/^/# /'
		status=1
	fi
}

# The same of loops.
check_loops() # OBJECT...
{
	objdump -dr --no-show-raw-insn "$@" | awk '
		function done() { if (name != "" && !jumps) print name, "no indirect jump" }
		/^[0-9a-f]+ <.*>:$/ { done(); name = substr($2, 2, length($2) - 3); jumps = 0; if (name !~ /\.cold/) n++; else name = "" }
		call != "" && !(/R_X86_64_P/ && $3 ~ /^fpu_[a-z0-9_]*-0x4$/) { print name, call }
		{ call = "" }
		name != "" && (/\tret/ || /\tpush +%r(bx|1[2-5])/) { print name, $0 }
		name != "" && /\tcall/ { call = $0 }
		name != "" && /\tjmp +\*/ { jumps = 1 }
		END { done(); print "handlers", n }'
}

# Has this compiler a convention by which handlers save nothing?
has_preserve_none() # COMPILER
{
	# shellcheck disable=SC2086
	printf '#if !defined(__clang__) || !__has_attribute(preserve_none)\n#error\n#endif\n' |
		$1 -fsyntax-only -x c - >/dev/null 2>&1
}

compile() # COMPILER OBJECT SOURCE FLAG...
{
	with=$1
	shift
	$with -std=gnu11 -O2 -fno-strict-aliasing -fno-pie -fno-stack-protector -fomit-frame-pointer -fcf-protection=none \
		-foptimize-sibling-calls -I. -c -o "$@" -I"${O:-obj}/gen"
}

# Two addresses at once, two results, an icc of its own, or a delay instruction's target: too much for nine registers.
wide='op_(ldd|std|stb|sth|swap|ldf|lddf|stf|stdf|addcc|addxcc|subxcc|mulscc|jmpl|sdiv|udiv|save|restore)_r[ri]'
wide=$wide'|op_fmovs|op_fb_[a-z]*|op_.*_slot'

# What was built.
cc=${CC:-gcc}
built=gcc
case $cc in
*clang*) has_preserve_none "$cc" && built=$cc || built= ;;
esac
if [ -n "$built" ]; then
	# shellcheck disable=SC2086
	check - $objs >"$tmp/out"
	judge "$built" 500
	check_loops "$o"/exec-loops-*.o >"$tmp/out"
	judge "$built, loops" 1000
fi

# What clang would make.
nine=
if [ "$built" != clang ] && command -v clang >/dev/null 2>&1 &&
	compile clang "$tmp/clang.o" arch/sparc/exec-part.c -DEXEC_PLAIN; then
	has_preserve_none clang || nine=$wide
	check "${nine:--}" "$tmp/clang.o" >"$tmp/out"
	judge clang 100
fi

# What a clang that has it would make, where none made the objects.
other=
case $built in
*clang*) other=$built ;;
*)
	for cc in clang clang-19 clang-20 clang-21 clang-22; do
		has_preserve_none "$cc" && other=$cc && break
	done
	;;
esac
if [ -z "$other" ]; then
	for what in rows loops; do
		count=$((count + 1))
		echo "ok $count - clang with preserve_none, $what # SKIP no such clang, clang-19 for example"
	done
elif [ "$other" != "$built" ]; then
	rows='0 1 2 3 4 5'
	mkdir "$tmp/gen"
	if [ -z "$VONK_FULL" ]; then
		rows=4
		# Every eighth loop.
		"${O:-obj}/tools/mkloop" -few arch/sparc/exec-ops.h arch/sparc/loops.list >"$tmp/gen/loops.h"
	fi
	compile "$other" "$tmp/other-part.o" arch/sparc/exec-part.c -DEXEC_PLAIN
	for i in $rows; do
		compile "$other" "$tmp/other-fused-$i.o" "arch/sparc/exec-fused-$i.c"
	done
	for i in 0 1; do
		compile "$other" "$tmp/other-loops-$i.o" "arch/sparc/exec-loops-$i.c" -I"$tmp/gen"
	done
	check - "$tmp"/other-part.o "$tmp"/other-fused-*.o >"$tmp/out"
	judge "$other" 1000
	check_loops "$tmp"/other-loops-*.o >"$tmp/out"
	judge "$other, loops" 200
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
${CC:-gcc} -O2 -fcf-protection=none -c -o "$tmp/x.o" "$tmp/x.c" && check - "$tmp/x.o" >"$tmp/out" && check_loops "$tmp/x.o" >>"$tmp/out"
if grep -q 'op_bad.*push' "$tmp/out" && grep -q 'op_bad.*call' "$tmp/out" && grep -q 'op_ends no indirect jump' "$tmp/out" &&
	grep -q 'op_ends.*ret' "$tmp/out"; then
	echo "ok $((count + 1)) - planted ones are found"
else
	echo "not ok $((count + 1)) - planted ones are found"
	sed 's/^/# /' "$tmp/out"
	status=1
fi
echo "1..$((count + 1))"
exit $status
