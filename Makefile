# SPDX-License-Identifier: MIT
# vonk: a SPARC machine in one static binary. `make help` lists the targets.
#
#   V=1          show the commands
#   DEVELOPER=1  strict warnings, all of them errors
#   SANITIZE=1   AddressSanitizer and UBSan (objects under obj/san/)
#   CC=clang     any gcc or clang; objects of different settings do not mix: make clean
#   ZLIB=DIR     zlib's include/ and lib/, where the compiler has none (tools/zlib-for makes them)

CC = gcc
AR = ar
HOSTCC = $(CC)
PREFIX = /usr/local
VERSION := 0.1.0

-include config.mak

O := obj$(if $(SANITIZE),/san)
$(if $(filter-out 1,$(words $(O))),$(error O='$(O)': make knows no names with blanks in them))
CFLAGS = -O2 -g
ALL_CFLAGS = -std=gnu11 $(CFLAGS) -I. -I$(O)/gen -Wall -Wextra -Wno-missing-field-initializers -Wvla -Wmissing-prototypes \
	-Wstrict-prototypes -fno-strict-aliasing -fno-pie '-ffile-prefix-map=$(subst ','\'',$(CURDIR))=.' \
	-DVONK_VERSION='"$(VERSION)"' $(HARDEN) $(ZLIB:%=-isystem %/include)
# No PIE: the engine's ops hold 32-bit addresses of their handlers. See tools/doc/building.md.
HARDEN = $(if $(SANITIZE)$(COVER),,-fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
HARDEN_LD = -Wl,-z,relro,-z,now,-z,noexecstack,-z,separate-code -Wl,--build-id=sha1
ALL_LDFLAGS = $(LDFLAGS) -static $(HARDEN_LD) $(ZLIB:%=-L%/lib)
# snap/ and dev/ handle what guests and files say: every conversion there is a decision.
CONV := -Wconversion -Wsign-conversion
ifdef DEVELOPER
ALL_CFLAGS += -Werror -Wshadow -Wpointer-arith -Wcast-qual -Wwrite-strings -Wundef
endif
ifdef COVER
# What is inlined has its branches counted where it is called.
CFLAGS = -O1 -g -fno-inline --coverage -DVONK_LOOP=1 -DVONK_GCOV
endif
ifdef SANITIZE
CFLAGS = -O1 -g $(if $(FUZZ),-fsanitize=fuzzer-no-link)
ALL_CFLAGS += -fsanitize=address,undefined -fno-sanitize-recover=all -DVONK_LOOP=1
ALL_LDFLAGS = $(LDFLAGS) -fsanitize=address,undefined -no-pie
endif

ifeq ($(V),)
Q := @
say = @printf '  %-8s %s\n' '$(1)' '$(2)';
endif

# Everything but main.c is one archive that the binary, the tests and the fuzzers link.
SRC := $(filter-out machine/main.c,$(sort $(wildcard lib/*.c snap/*.c arch/sparc/*.c dev/*.c \
	machine/*.c machine/prom/*.c machine/demo/*.c)))
OBJ := $(SRC:%.c=$(O)/%.o)
GEN := $(O)/gen/decode.h $(O)/gen/fusion.h $(O)/gen/loops.h
TESTS_C := $(patsubst t/%.c,$(O)/t/%,$(sort $(wildcard t/[0-9]*.c)))
TESTS_SH := $(sort $(wildcard t/[0-9]*.sh t/[0-9]*.pl))

# Objects elsewhere take the binary with them.
VONK := $(if $(SANITIZE)$(COVER)$(filter-out obj,$(O)),$(O)/vonk,vonk)
RUN = $(if $(filter /%,$(VONK)),,./)$(VONK)

all: $(VONK)

$(VONK): $(O)/machine/main.o $(O)/libvonk.a
	$(call say,LD,$@) $(CC) $(ALL_CFLAGS) $^ -lz $(ALL_LDFLAGS) -o $@

$(O)/libvonk.a: $(OBJ)
	$(call say,AR,$@) rm -f $@; $(AR) rcD $@ $^

# The tools that decide the bytes: -version tells them.
$(O)/machine/main.o: ALL_CFLAGS += -DVONK_COMPILER='"$(shell LC_ALL=C $(CC) --version | head -n 1)"' \
	-DVONK_LINKER='"$(shell LC_ALL=C $(CC) -Wl,--version 2>/dev/null | head -n 1)"'
$(O)/snap/%.o $(O)/dev/%.o: ALL_CFLAGS += $(CONV)
# gcc would merge equal tails of handlers, which makes indirect jumps harder to predict.
NOMERGE := $(if $(findstring clang,$(CC)),,-fno-partial-inlining -fno-ipa-icf)
# The handlers: see arch/sparc/exec.h. Layout and sibling calls decide the speed.
# Six arguments leave three registers that a function may use without saving them. gcc can give the
# handlers the others too: enter_engine() in arch/sparc/cpu.c keeps them for its caller. clang has an
# attribute for that from version 19 on: __handler in arch/sparc/exec.h.
CALL_USED := $(if $(findstring clang,$(CC))$(SANITIZE)$(COVER),,$(if $(filter x86_64%,$(shell $(CC) -dumpmachine)),\
	$(patsubst %,-fcall-used-%,rbx r12 r13 r14 r15)))
EXEC_OBJ := $(patsubst arch/%.c,$(O)/arch/%.o,$(wildcard arch/sparc/exec-fused-*.c arch/sparc/exec-loops-*.c)) \
	$(patsubst %,$(O)/arch/sparc/exec%.o,-part -decode -loop -cover) $(O)/arch/sparc/exec.o
$(O)/arch/sparc/exec-loops-%.o: ALL_CFLAGS += $(if $(findstring clang,$(CC)),,-fno-align-loops -fno-align-jumps) -falign-functions=1
$(EXEC_OBJ): ALL_CFLAGS += -fno-stack-protector -fomit-frame-pointer -g1 \
	-fcf-protection=none -foptimize-sibling-calls $(NOMERGE) $(CALL_USED)

$(O)/%.o: %.c $(GEN) | $(O)/gen/zlib
	@mkdir -p $(@D)
	$(call say,CC,$<) $(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# Said before anything is compiled.
$(O)/gen/zlib:
	@mkdir -p $(@D)
	@command -v $(firstword $(CC)) >/dev/null || { \
		echo "*** there is no $(firstword $(CC)): a C compiler is needed. Debian: apt-get install gcc libc6-dev zlib1g-dev" >&2; exit 1; }
	@printf '#include <zlib.h>\nint main(void) { return !zlibVersion(); }\n' | \
		$(CC) $(ZLIB:%=-isystem %/include) -x c - -lz $(LDFLAGS) $(if $(SANITIZE),,-static) $(ZLIB:%=-L%/lib) -o $@ 2>$@.log || { $(if $(V),cat $@.log;) \
		echo "*** $(CC) finds no zlib with a static library, or links nothing statically (make V=1 shows what it says)." >&2; \
		echo "*** Debian: apt-get install gcc libc6-dev zlib1g-dev. Other compilers: make ZLIB=DIR, see tools/doc/building.md" >&2; \
		exit 1; }
	@rm -f $@.log

$(O)/gen/decode.h: arch/sparc/insns.decode $(O)/tools/mkdecode
	@mkdir -p $(@D)
	$(call say,GEN,$@) $(O)/tools/mkdecode $< > $@.tmp && mv $@.tmp $@

$(O)/gen/fusion.h: arch/sparc/exec-ops.h arch/sparc/fusion.list arch/sparc/fusion.first $(O)/tools/mkfuse
	@mkdir -p $(@D)
	$(call say,GEN,$@) $(O)/tools/mkfuse $(if $(SANITIZE)$(COVER),-few) $(filter arch/%,$^) > $@.tmp && mv $@.tmp $@

$(O)/gen/loops.h: arch/sparc/exec-ops.h arch/sparc/loops.list $(O)/tools/mkloop
	@mkdir -p $(@D)
	$(call say,GEN,$@) $(O)/tools/mkloop $(if $(SANITIZE)$(COVER),-few) arch/sparc/exec-ops.h arch/sparc/loops.list > $@.tmp && mv $@.tmp $@

$(O)/tools/%: tools/%.c | $(O)/gen/zlib
	@mkdir -p $(@D)
	$(call say,HOSTCC,$<) $(HOSTCC) -std=gnu11 -O1 -Wall -Wextra -I. -o $@ $<

$(O)/tools/mkfuse $(O)/tools/mkloop: tools/mkexec.h

# Tests write command lines as arrays of literals, which argv's type does not know as constant.
$(O)/t/% obj/fuzz/bin/%: ALL_CFLAGS += -Wno-write-strings
# Every allocation of these can fail.
$(O)/t/2020-snap-parts: ALL_LDFLAGS += $(foreach f,malloc calloc realloc,-Wl,--wrap=$f)
$(O)/t/7104-alloc: ALL_LDFLAGS += $(foreach f,malloc calloc realloc host_mem_new host_mem_small,-Wl,--wrap=$f)
$(O)/t/%: t/%.c $(O)/libvonk.a
	@mkdir -p $(@D)
	$(call say,LD,$@) $(CC) $(ALL_CFLAGS) -MMD -MP $< $(O)/libvonk.a -lz $(ALL_LDFLAGS) -o $@

-include $(OBJ:.o=.d) $(O)/machine/main.d $(TESTS_C:%=%.d)

# Who does not say -j has as many jobs as processors for what is built before a run or a test.
JOBS = $(if $(filter -j%,$(MAKEFLAGS)),,-j$(shell nproc 2>/dev/null || echo 1))
PARALLEL = $(Q)$(MAKE) --no-print-directory $(JOBS)

## run: build, and boot the demonstration (its self-test where nobody is at a terminal)
run:
	$(PARALLEL) $(VONK)
	$(RUN)

# Each t/fuzz/NAME.c is a fuzzing target; t/fuzz/NAME/ has its corpus and what was found with it. With the main of
# t/fuzz-replay.c it replays them (t/8001), with clang's libFuzzer it looks for more.
FUZZERS := $(patsubst t/fuzz/%.c,%,$(sort $(wildcard t/fuzz/*.c)))
FUZZ_REPLAY := $(FUZZERS:%=$(O)/t/fuzz/%)

# What every test may lean on. In some languages a-z lacks letters.
TEST_ENV = LC_ALL=C VONK=$(RUN) O=$(O) CC='$(CC)' ZLIB='$(ZLIB)'
# How long a test may take; in make soak some take hours.
TEST_SECONDS = 1800
# Jobs are shared among makes, not with tests.
PROVE = MAKEFLAGS='$(filter-out -j% --jobserver-%,$(MAKEFLAGS))' $(TEST_ENV) prove --exec 'timeout $(TEST_SECONDS)' --timer

need-prove:
	@command -v prove >/dev/null || { echo '*** prove runs the tests: Debian has it in perl; make test installs all they use' >&2; exit 1; }

test-programs: need-prove $(VONK) $(TESTS_C) $(FUZZ_REPLAY)

# What make check leaves to make test: systems and tools beside the product that take long to start.
LONG = t/0003-conversions.sh t/0008-completion.sh t/0102-folders.sh t/1406-progress-runs.pl t/3000-iu-model.pl \
	t/3402-fusion.pl t/3901-exactness.sh t/5103-bench-kernels.sh t/5104-csmith.sh t/5502-prom-kernel.pl \
	t/6204-gdb-systems.pl t/5404-idle.pl t/5602-clock.pl t/5901-tour.pl t/6002-linux-disk.pl \
	t/6003-linux-floppy.pl t/6004-linux-net.pl t/6005-linux-gzip.pl t/6006-screen.pl t/6007-linux-abuse.pl \
	t/6008-linux-pair.pl t/6009-linux-cpus.pl t/6010-linux-clock.pl t/6011-linux-nvram.pl \
	t/6012-linux-monitor.pl t/6013-linux-growth.pl t/8020-aflpp.pl t/8021-libafl.pl t/9101-bench.sh t/9102-bench-rows.sh

## check: the everyday tests, under two minutes, nothing downloaded
check:
	$(PARALLEL) test-programs
	$(Q)$(PROVE) -j2 $(TESTS_C) $(filter-out $(LONG),$(TESTS_SH))

## test: everything, with whatever the tests need installed first
test:
	$(Q)tools/install-deps
	$(Q)$(MAKE) --no-print-directory guests || \
		echo '*** the Linux guests could not be built: their tests are SKIPPED ***' >&2
	$(Q)t/softfloat/build >/dev/null || \
		echo '*** SoftFloat could not be built: t/3106 is SKIPPED ***' >&2
	$(Q)$(MAKE) --no-print-directory check-all

check-all: export VONK_LOCKSTEP = 100000000
check-all: export VONK_FPU_VECTORS = 10000000
check-all: export VONK_FAULTS = 1
check-all: export VONK_REPRODUCIBLE = 1
check-all: export VONK_CSMITH = 10
check-all:
	$(PARALLEL) test-programs
	$(Q)$(PROVE) -j2 $(TESTS_C) $(TESTS_SH)
	$(Q)$(MAKE) --no-print-directory SANITIZE=1 check-san

## guests: Linux and its userland from Debian's sources, cached in ~/.cache/vonk (VONK_CACHE)
guests:
	$(Q)t/linux/build

# The same tests under AddressSanitizer and UBSan, but of those that drive the binary only what is quick.
check-san:
	$(PARALLEL) test-programs
	$(Q)VONK_LOCKSTEP=3000000 VONK_FPU_VECTORS=300000 $(PROVE) -j2 $(TESTS_C) t/8001-fuzz-corpora.sh t/8010-fuzz-target.pl

## soak: what takes long: whole suites, both builds of the reproducibility test, full counts
soak: TEST_SECONDS = 14400
soak:
	$(PARALLEL) test-programs
	$(Q)VONK_ALL=1 VONK_FULL=1 VONK_LOCKSTEP=1000000000 VONK_FPU_VECTORS=100000000 \
		VONK_FPU_EXHAUSTIVE=1 VONK_SYSTEM_PROGRAMS=500 VONK_QEMU_INSNS=100000000 VONK_QEMU_SYSTEM_INSNS=100000000 \
		$(PROVE) -j2 $(TESTS_C) $(TESTS_SH)

## style: formatting, layers, and the strict warnings of both compilers
style:
	$(Q)tools/check-style
	$(Q)tools/check-layers

## bench: the table beside qemu-system-sparc, in about BENCH_MINUTES (12); BENCH=ARGUMENTS of tools/bench
BENCH_MINUTES = 12
bench: $(VONK)
	$(Q)$(TEST_ENV) tools/bench -T $(BENCH_MINUTES) $(BENCH)

FUZZ_ENGINE = -fsanitize=fuzzer
FUZZ_SECONDS = 60

$(O)/t/fuzz-replay.o: t/fuzz-replay.c
	@mkdir -p $(@D)
	$(call say,CC,$<) $(CC) $(ALL_CFLAGS) -c -o $@ $<

$(O)/t/fuzz/%: t/fuzz/%.c $(O)/t/fuzz-replay.o $(O)/libvonk.a
	@mkdir -p $(@D)
	$(call say,LD,$@) $(CC) $(ALL_CFLAGS) -MMD -MP $< $(O)/t/fuzz-replay.o $(O)/libvonk.a -lz $(ALL_LDFLAGS) -o $@

obj/fuzz/bin/%: t/fuzz/%.c obj/fuzz/libvonk.a
	@mkdir -p $(@D)
	$(call say,LD,$@) $(CC) $(ALL_CFLAGS) -MMD -MP $(FUZZ_ENGINE) $< obj/fuzz/libvonk.a -lz $(ALL_LDFLAGS) -o $@

-include $(FUZZERS:%=$(O)/t/fuzz/%.d) $(FUZZERS:%=obj/fuzz/bin/%.d)

## fuzz: each target of t/fuzz for FUZZ_SECONDS (60) with clang, ASan and UBSan; FUZZ_KEEP=1 keeps what it learned
fuzz:
	$(Q)$(MAKE) --no-print-directory CC=clang SANITIZE=1 FUZZ=1 O=obj/fuzz $(FUZZERS:%=fuzz-%)

fuzz-%: obj/fuzz/bin/%
	$(Q)tools/fuzz $(if $(FUZZ_KEEP),-k) -t $(FUZZ_SECONDS) $*

# The binaries only, for whoever runs them in another way.
fuzz-bin:
	$(Q)$(MAKE) --no-print-directory CC=clang SANITIZE=1 FUZZ=1 O=obj/fuzz $(FUZZERS:%=obj/fuzz/bin/%)

## cover: run C tests and some scripts with gcov, compare with the goals in tools/cover; obj/cov/html has the lines
cover:
	$(Q)$(MAKE) --no-print-directory O=obj/cov COVER=1 cover-run
# Scripts that reach what the C tests do not.
COVER_SH = t/5002-demo.sh t/5101-torture-smoke.sh t/5102-cputest.sh t/6202-gdb-stops.pl \
	t/7004-snapshot-cli.sh t/8001-fuzz-corpora.sh t/8010-fuzz-target.pl
cover-run:
	$(PARALLEL) test-programs
	$(Q)find $(O) -name "*.gcda" -delete
	$(Q)$(PROVE) -j2 $(TESTS_C) $(COVER_SH)
	$(Q)tools/cover $(O)

## reproducible: build twice in every way that can be varied here, and compare
reproducible: $(VONK)
	$(Q)VONK_ALL=1 $(PROVE) -v t/0100-reproducible.sh t/0101-reprotest.sh

# The date of what carries one: that of the last commit, which make dist writes to .date, or of nothing in particular.
export SOURCE_DATE_EPOCH ?= $(shell cat .date 2>/dev/null || git log -1 --format=%ct 2>/dev/null || echo 946684800)
SHARE = $(DESTDIR)$(PREFIX)/share

## install: PREFIX and DESTDIR are honoured
BIN = $(DESTDIR)$(PREFIX)/bin
install: $(VONK) $(O)/vonk-snap.5
	install -D -m 755 $(VONK) "$(BIN)/vonk"
	install -D -m 644 tools/vonk.1 "$(SHARE)/man/man1/vonk.1"
	install -D -m 644 $(O)/vonk-snap.5 "$(SHARE)/man/man5/vonk-snap.5"
	install -D -m 644 tools/completion/vonk.bash "$(SHARE)/bash-completion/completions/vonk"
	install -D -m 644 tools/completion/_vonk "$(SHARE)/zsh/site-functions/_vonk"
	install -D -m 644 tools/completion/vonk.fish "$(SHARE)/fish/vendor_completions.d/vonk.fish"
	install -D -m 644 LICENSE "$(SHARE)/doc/vonk/LICENSE"
	install -D -m 644 tools/NOTICES "$(SHARE)/doc/vonk/NOTICES"
	install -D -m 644 tools/licences/LGPL-2.1.txt "$(SHARE)/doc/vonk/LGPL-2.1"

## uninstall: remove what install with the same PREFIX and DESTDIR has put there
uninstall:
	rm -f "$(BIN)/vonk" "$(SHARE)/man/man1/vonk.1" "$(SHARE)/man/man5/vonk-snap.5"
	rm -f "$(SHARE)/bash-completion/completions/vonk" "$(SHARE)/zsh/site-functions/_vonk" \
		"$(SHARE)/fish/vendor_completions.d/vonk.fish"
	rm -rf "$(SHARE)/doc/vonk"

$(O)/vonk-snap.5: snap/FORMAT tools/format2man
	$(call say,GEN,$@) tools/format2man $< > $@

## dist: the sources as obj/vonk-VERSION.tar.gz
dist:
	$(Q)O=$(O) tools/dist $(VERSION)

## deb: a Debian package, in obj/deb
deb:
	$(Q)O=$(O) tools/deb $(VERSION)

## sbom: what the binary is made of, as obj/vonk.spdx.json
sbom: $(VONK)
	$(Q)tools/sbom $(RUN) > $(O)/vonk.spdx.json

help:
	@sed -n 's/^## //p' Makefile

.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: all run test-programs check test guests check-all check-san soak style bench fuzz fuzz-bin cover cover-run reproducible \
	need-prove install uninstall dist deb sbom help clean
## clean: remove everything that was built
# Elsewhere only what is called as builds call it, and only where something was built: O may be anybody's directory.
BUILT = arch dev gen lib machine snap t tools fuzz guest libvonk.a vonk-snap.5 vonk.spdx.json
clean:
ifneq ($(filter obj obj/%,$(O)),)
	rm -rf $(O) $(VONK)
else
	[ ! -e $(O)/gen/zlib ] || rm -rf $(BUILT:%=$(O)/%) $(VONK)
	rmdir $(O) 2>/dev/null || true
endif
