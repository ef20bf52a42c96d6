#!/bin/sh
# SPDX-License-Identifier: MIT
# The tree keeps to its layers, and check-layers notices when it does not.
cd "$(dirname "$0")/.." || exit 1
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
. t/tap.sh

tools/check-layers . >"$tmp/out"
ok $? "the tree is clean"
sed 's/^/# /' "$tmp/out"

# A small tree of its own, clean to begin with.
tree=$tmp/tree
spdx='/* SPDX-License-Identifier: MIT */'
mkdir -p "$tree/lib" "$tree/snap" "$tree/dev" "$tree/arch/sparc" "$tree/machine/demo/fw" \
	"$tree/tools" "$tree/t"
for h in lib/types lib/host snap/field dev/device arch/sparc/cpu machine/machine t/tap; do
	echo "$spdx" >"$tree/$h.h"
done
printf '%s\n' "$spdx" '#include <errno.h>' '#include <stdlib.h>' '#include <zlib.h>' \
	'#include "lib/types.h"' '#include "snap/field.h"' >"$tree/snap/good.c"
printf '%s\n' "$spdx" '/* abort() and fopen() are not for us. */' \
	'int f(void) { return g("exit(1)") + s.time(0) + p->remove(1) + -ENOENT; }' >"$tree/dev/good.c"
printf '%s\n' "$spdx" '#include <unistd.h>' 'int f(void) { exit(errno); }' >"$tree/lib/host-good.c"
cp "$tree/lib/host-good.c" "$tree/machine/main.c"
printf '%s\n' "$spdx" '#include "guest.h"' 'typedef struct s t;' >"$tree/machine/demo/fw/good.c"
printf '%s\n' "$spdx" '#include <zlib.h>' '#include "dev/device.h"' '#include "machine/machine.h"' \
	>"$tree/t/good.c"
printf '#!/bin/sh\n# SPDX-License-Identifier: MIT\n' >"$tree/tools/good"
tools/check-layers "$tree" >"$tmp/out"
ok $? "a clean tree of all layers"
sed 's/^/# /' "$tmp/out"

# One violation in FILE, made of the licence line and TEXT: found, at that place, and nothing else.
planted() # FILE LINE MESSAGE TEXT
{
	printf '%s\n%b\n' "$spdx" "$4" >"$tree/$1"
	tools/check-layers "$tree" >"$tmp/out"
	status=$?
	rm "$tree/$1"
	[ $status -eq 1 ] && [ "$(cat "$tmp/out")" = "$1:$2: $3" ]
	ok $? "$1: $3"
	[ $status -eq 1 ] || sed 's/^/# /' "$tmp/out"
}

planted lib/x.c 2 'lib must not include snap ("snap/field.h")' '#include "snap/field.h"'
planted lib/x.h 3 'lib must not include dev ("dev/device.h")' '\n#include "dev/device.h"'
planted snap/x.c 2 'snap must not include dev ("dev/device.h")' '#include "dev/device.h"'
planted snap/x.c 2 'snap must not include machine ("machine/machine.h")' '#include "machine/machine.h"'
planted dev/x.c 2 'dev must not include arch/sparc ("arch/sparc/cpu.h")' '# include "arch/sparc/cpu.h"'
planted dev/x.c 2 'dev must not include machine ("machine/machine.h")' '#include "machine/machine.h"'
planted dev/x.c 2 'dev must not include arch/sparc ("decode.h")' '#include "decode.h"'
planted arch/sparc/x.c 2 'arch/sparc must not include dev ("dev/device.h")' '#include "dev/device.h"'
planted tools/x.c 2 'tools must not include machine ("machine/machine.h")' '#include "machine/machine.h"'
planted machine/x.c 2 'machine must not include t ("t/tap.h")' '#include "t/tap.h"'
planted dev/x.c 2 '"device.h" does not start at the root' '#include "device.h"'
planted dev/x.c 2 '<stdio.h> does not belong in dev' '#include <stdio.h>'
planted dev/x.c 2 '<zlib.h> does not belong in dev' '#include <zlib.h>'
planted arch/sparc/x.c 2 '<math.h> does not belong in arch/sparc' '#include <math.h>'
planted snap/x.c 2 '<unistd.h> does not belong in snap' '#include <unistd.h>'
planted lib/x.c 2 '<sys/mman.h> does not belong in lib' '#include <sys/mman.h>'
planted machine/x.c 2 '<time.h> does not belong in machine' '#include <time.h>'
planted machine/main.c 2 '<zlib.h> does not belong in machine' '#include <zlib.h>'
planted dev/x.c 3 'abort() does not belong in dev' 'int f(int i)\n{ if (i) abort(); }'
planted machine/x.c 3 'fopen() does not belong in machine' '/* two\nlines */ int f(void) { return fopen ("x"); }'
planted snap/x.c 2 'assert() does not belong in snap' 'void f(int i) { assert(i); }'
planted machine/x.c 2 'exit() does not belong in machine' 'void f(int i) { exit(i); }'
planted dev/x.c 2 'errno does not belong in dev' 'int f(void) { return errno; }'
planted lib/x.c 2 'typedef of a struct' 'typedef struct x { int i; } x;'

printf 'int i;\n' >"$tree/dev/x.c"
tools/check-layers "$tree" >"$tmp/out"
[ $? -eq 1 ] && grep -q "^dev/x.c:1: does not begin with '/\* SPDX" "$tmp/out"
ok $? "a source without a licence"
rm "$tree/dev/x.c"
printf '#!/bin/sh\n' >"$tree/tools/x"
tools/check-layers "$tree" >"$tmp/out"
[ $? -eq 1 ] && grep -q "^tools/x:1: does not begin with '# SPDX" "$tmp/out"
ok $? "a script without a licence"
rm "$tree/tools/x"
tools/check-layers "$tmp" >/dev/null 2>&1
[ $? -ne 0 ]
ok $? "a place without sources is an error"

done_testing
