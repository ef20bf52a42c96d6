# SPDX-License-Identifier: MIT
# Bare programs for the machine: runtime, demonstration firmware, benchmark kernels,
# processor tests. Included by the Makefile, or run alone: make -f t/guest/guest.mk guest
#
#   GUEST_CROSS   prefix of a SPARC cross compiler; what needs it is skipped without
#   GUEST_OPT     optimisation of the benchmark kernels (-O2)

O ?= obj
guest: guest-all
GUEST_CROSS = sparc64-linux-gnu-
GUEST_CC = $(GUEST_CROSS)gcc
GUEST_OPT = -O2
GUEST_O := $(O)/guest

# No path, date or identifier of the build may reach the output.
GUEST_ARCH := -m32 -mcpu=v8 -mlong-double-64
GUEST_CFLAGS := $(GUEST_ARCH) -std=gnu11 -fno-pie -fno-pic -fno-stack-protector -fno-common \
	-fno-asynchronous-unwind-tables -fno-ident -ffile-prefix-map=$(CURDIR)=. \
	-nostdinc -It/guest/include -It/guest/lib -isystem $(shell $(GUEST_CC) -print-file-name=include 2>/dev/null)
GUEST_RT_CFLAGS := $(GUEST_CFLAGS) -ffreestanding -fno-tree-loop-distribute-patterns \
	-Wall -Wextra -Wshadow -Werror
GUEST_LDFLAGS := $(GUEST_ARCH) -nostdlib -static -no-pie -Wl,--build-id=none -Wl,-z,max-page-size=4096 \
	-Wl,--no-warn-rwx-segments -T t/guest/lib/guest.ld

GUEST_RT := crt0 check windows board trap string stdio stdlib int64 float64 math
GUEST_RT_OBJ := $(GUEST_RT:%=$(GUEST_O)/lib/%.o)
GUEST_BENCH := $(patsubst t/guest/bench/%.c,%,$(sort $(wildcard t/guest/bench/*.c)))
GUEST_TRAIN := $(patsubst t/guest/train/%.c,%,$(sort $(wildcard t/guest/train/*.c)))
GUEST_IDIOM := $(patsubst t/guest/idiom/%.c,%,$(sort $(wildcard t/guest/idiom/*.c)))
GUEST_CPU := $(basename $(notdir $(sort $(wildcard t/guest/cputest/*.S t/guest/cputest/*.c))))

ifndef say
say = @printf '  %-8s %s\n' '$(1)' '$(2)';
Q := @
endif

.PHONY: guest guest-all guest-train guest-idiom guest-lib guest-bench guest-cputest guest-demo guest-prom guest-debug guest-fuzz
guest-all: guest-lib guest-bench guest-cputest guest-demo guest-prom guest-debug guest-fuzz
guest-lib: $(GUEST_O)/lib/crt0.o $(GUEST_O)/lib/libguest.a $(GUEST_O)/lib/rom.bin
guest-bench: $(GUEST_BENCH:%=$(GUEST_O)/bench/%.elf)
guest-train: $(foreach o,1 2 3 s,$(GUEST_TRAIN:%=$(GUEST_O)/train/%-O$o.elf))
guest-idiom: $(foreach o,2 s,$(GUEST_IDIOM:%=$(GUEST_O)/idiom/%-O$o.o))
guest-cputest: $(GUEST_CPU:%=$(GUEST_O)/cputest/%.elf)
guest-demo: $(GUEST_O)/demo/demo.elf
guest-prom: $(GUEST_O)/prom/kernel.elf
guest-fuzz: $(GUEST_O)/fuzz/packet.elf $(GUEST_O)/fuzz/inputs.elf
guest-debug: $(GUEST_O)/debug/stops.elf $(GUEST_O)/debug/corrupt.elf $(GUEST_O)/debug/profile.elf

$(GUEST_O)/lib/libguest.a: $(filter-out %/crt0.o,$(GUEST_RT_OBJ))
	$(call say,GAR,$@) rm -f $@; $(GUEST_CROSS)ar rcD $@ $^

$(GUEST_O)/lib/%.o: t/guest/lib/%.c $(wildcard t/guest/lib/*.h t/guest/include/*.h)
	@mkdir -p $(@D)
	$(call say,GCC,$<) $(GUEST_CC) $(GUEST_RT_CFLAGS) -O2 -ffunction-sections -fdata-sections -c -o $@ $<

$(GUEST_O)/%.o: t/guest/%.S t/guest/lib/psr.h $(wildcard t/guest/cputest/*.h)
	@mkdir -p $(@D)
	$(call say,GAS,$<) $(GUEST_CC) $(GUEST_CFLAGS) -c -o $@ $<

$(GUEST_O)/cputest/%.o: t/guest/cputest/%.c
	@mkdir -p $(@D)
	$(call say,GCC,$<) $(GUEST_CC) $(GUEST_CFLAGS) -O2 -Wall -Wextra -c -o $@ $<

# A kernel for the machine's own PROM.
$(GUEST_O)/prom/kernel.elf: t/guest/prom/start.S t/guest/prom/kernel.c t/guest/prom/kernel.ld
	@mkdir -p $(@D)
	$(call say,GCC,$@) $(GUEST_CC) $(GUEST_CFLAGS) -ffreestanding -fno-tree-loop-distribute-patterns -O2 -Wall -Wextra \
		-nostdlib -static -no-pie -Wl,--build-id=none -Wl,-z,max-page-size=4096 -Wl,--no-warn-rwx-segments \
		-T t/guest/prom/kernel.ld -o $@ t/guest/prom/start.S t/guest/prom/kernel.c

# The ROM starter: t/guest/mkrom puts it in front of a program.
$(GUEST_O)/lib/rom.bin: $(GUEST_O)/lib/rom.o
	$(call say,GOBJ,$@) $(GUEST_CROSS)objcopy -O binary -j .text $< $@

$(GUEST_O)/bench/%.elf: t/guest/bench/%.c t/guest/bench/bench.h $(GUEST_O)/lib/crt0.o $(GUEST_O)/lib/libguest.a \
		t/guest/lib/guest.ld
	@mkdir -p $(@D)
	$(call say,GCC,$<) $(GUEST_CC) $(GUEST_CFLAGS) $(GUEST_OPT) -Wall -Wextra $(GUEST_LDFLAGS) -o $@ \
		$(GUEST_O)/lib/crt0.o $< $(GUEST_O)/lib/libguest.a

# The same for sis, an ERC32 with 4 MiB of RAM: those that fit into it.
GUEST_SIS := $(filter-out strings,$(GUEST_BENCH))
$(GUEST_O)/sis/%.elf: t/guest/bench/%.c t/guest/bench/bench.h t/guest/sis/board.c $(GUEST_O)/lib/crt0.o \
		$(GUEST_O)/lib/libguest.a t/guest/lib/guest.ld
	@mkdir -p $(@D)
	$(call say,GCC,$@) $(GUEST_CC) $(GUEST_CFLAGS) $(GUEST_OPT) -Wall -Wextra $(GUEST_LDFLAGS) \
		-Wl,--defsym=guest_base=0x2000000,--defsym=guest_stack=0x2400000 -o $@ \
		$(GUEST_O)/lib/crt0.o t/guest/sis/board.c $< $(GUEST_O)/lib/libguest.a

# What arch/sparc/fusion.list is chosen from, at every level of optimisation.
define train_rule
$(GUEST_O)/train/%-O$1.elf: t/guest/train/%.c t/guest/train/train.h $(GUEST_O)/lib/crt0.o $(GUEST_O)/lib/libguest.a \
		t/guest/lib/guest.ld
	@mkdir -p $$(@D)
	$$(call say,GCC,$$@) $$(GUEST_CC) $$(GUEST_CFLAGS) -O$1 -Wall -Wextra $$(GUEST_LDFLAGS) -o $$@ \
		$(GUEST_O)/lib/crt0.o $$< $(GUEST_O)/lib/libguest.a
endef
$(foreach o,1 2 3 s,$(eval $(call train_rule,$o)))

# What arch/sparc/loops.list is chosen from: only its code is looked at.
define idiom_rule
$(GUEST_O)/idiom/%-O$1.o: t/guest/idiom/%.c t/guest/idiom/idiom.h
	@mkdir -p $$(@D)
	$$(call say,GCC,$$@) $$(GUEST_CC) $$(GUEST_RT_CFLAGS) -O$1 -c -o $$@ $$<
endef
$(foreach o,2 s,$(eval $(call idiom_rule,$o)))

$(GUEST_O)/cputest/%.elf: $(GUEST_O)/cputest/%.o $(GUEST_O)/lib/crt0.o $(GUEST_O)/lib/libguest.a \
		t/guest/lib/guest.ld
	$(call say,GLD,$@) $(GUEST_CC) $(GUEST_LDFLAGS) -o $@ $(GUEST_O)/lib/crt0.o $< $(GUEST_O)/lib/libguest.a

# Firmware to be fuzzed, with symbols.
$(GUEST_O)/fuzz/%.elf: t/guest/fuzz/%.c $(GUEST_O)/lib/crt0.o $(GUEST_O)/lib/libguest.a t/guest/lib/guest.ld
	@mkdir -p $(@D)
	$(call say,GCC,$<) $(GUEST_CC) $(GUEST_CFLAGS) -O1 -Wall -Wextra $(GUEST_LDFLAGS) -o $@ \
		$(GUEST_O)/lib/crt0.o $< $(GUEST_O)/lib/libguest.a

# With what a debugger wants to know.
$(GUEST_O)/debug/%.elf: t/guest/debug/%.c $(GUEST_O)/lib/crt0.o $(GUEST_O)/lib/libguest.a t/guest/lib/guest.ld
	@mkdir -p $(@D)
	$(call say,GCC,$<) $(GUEST_CC) $(GUEST_CFLAGS) -Og -g -gdwarf-4 -fno-builtin -fno-optimize-sibling-calls -Wall -Wextra \
		$(GUEST_LDFLAGS) -o $@ $(GUEST_O)/lib/crt0.o $< $(GUEST_O)/lib/libguest.a

# The demonstration firmware: small before fast.
DEMO_SRC := $(sort $(wildcard machine/demo/fw/*.c machine/demo/fw/*.S))
DEMO_RT := $(addprefix t/guest/lib/,crt0.S windows.S board.c trap.c string.c stdio.c int64.c)
$(GUEST_O)/demo/demo.elf: $(DEMO_SRC) $(DEMO_RT) $(wildcard machine/demo/fw/*.h t/guest/lib/*.h) \
		t/guest/lib/guest.ld
	@mkdir -p $(@D)
	$(call say,GCC,$@) $(GUEST_CC) $(GUEST_RT_CFLAGS) -Os -ffunction-sections -fdata-sections \
		-DGUEST_NO_FLOAT -Imachine/demo/fw $(GUEST_LDFLAGS) -Wl,--gc-sections -o $@ \
		$(DEMO_RT) $(DEMO_SRC)

GUEST_TOOLS = $(shell $(GUEST_CC) --version | head -n 1); $(shell $(GUEST_CROSS)as --version | head -n 1)

# Only by hand, after a change of the firmware: the array is reviewed and committed.
.PHONY: demo-image
demo-image: $(GUEST_O)/demo/demo.elf
	perl machine/demo/mkimage.pl $< "$(GUEST_TOOLS)" > machine/demo/demo-image.c

# For scripts: the value of a variable.
print-%:
	@echo '$($*)'
