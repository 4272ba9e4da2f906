# How the kernel is built: every source below kernel/ that the variant includes, found by folder.
#
# Three variants of one source:
#   debug    what `make run` boots: monitor, assertions
#   grade    the same with the probes, and with a second serial port that speaks the grader's protocol
#   release  neither monitor nor probes, optimised for size: what `make size` measures
# SAN=1 adds the undefined-behaviour sanitizer to any of them, and the address sanitizer.

VARIANT  ?= debug
VARIANTS := debug grade release
ifeq ($(filter $(VARIANT),$(VARIANTS)),)
$(error VARIANT=$(VARIANT) is not understood; choose one of: $(VARIANTS))
endif

OUT := $(BUILD)/$(ARCH)/$(VARIANT)$(if $(filter 1,$(SAN)),-san)

include kernel/arch/$(ARCH)/arch.mk

# --- sources -------------------------------------------------------------------------------------
# Folders that only some variants have; what the monitor alone asks of an architecture is in a folder
# of that one. Files checked* are what watches over a subsystem.
VARIANT_SKIPS_debug   := kernel/probe
VARIANT_SKIPS_grade   :=
VARIANT_SKIPS_release := kernel/probe kernel/monitor kernel/arch/*/monitor kernel/*/checked*
KERNEL_SKIPS := $(VARIANT_SKIPS_$(VARIANT)) $(if $(filter 1,$(SAN)),,kernel/sanitizer) \
                $(foreach a,$(filter-out $(ARCH),$(ARCHES)),kernel/arch/$(a)) kernel/tools

# PROBES=dir adds an instructor's own probes (and the sources of the grader's own tests).
PROBES ?=
KERNEL_DIRS := kernel $(if $(filter grade,$(VARIANT)),$(PROBES))
KERNEL_SOURCES := $(sort $(shell find $(KERNEL_DIRS) \
    $(foreach d,$(KERNEL_SKIPS),-path '$(d)' -prune -o) \( -name '*.c' -o -name '*.S' \) -print))
KERNEL_OBJECTS := $(KERNEL_SOURCES:%=$(OUT)/objects/%.o)

# --- flags ---------------------------------------------------------------------------------------
WARNINGS := -Wall -Wextra -Werror -Wshadow -Wundef -Wvla -Wpointer-arith -Wcast-qual \
            -Wmissing-prototypes -Wstrict-prototypes -Wold-style-definition -Wredundant-decls \
            -Wwrite-strings -Wformat=2 -Wimplicit-fallthrough -Wdate-time -Wnull-dereference -Wframe-larger-than=4000
# -O2 for speed; the release build is optimised for size, except for the files that a subsystem's
# hot.mk adds to HOT_SOURCES.
OPTIMISE_debug   := -O2
OPTIMISE_grade   := -O2
OPTIMISE_release := -Os

KERNEL_INCLUDES := -Ikernel -Ikernel/include -Ikernel/arch/$(ARCH)/include
KERNEL_CFLAGS := -std=gnu11 -ffreestanding -fno-pic -fno-pie -fno-common -fno-strict-aliasing \
    -fno-stack-protector -fno-omit-frame-pointer -fno-optimize-sibling-calls \
    -fno-asynchronous-unwind-tables -fno-tree-loop-distribute-patterns -fno-delete-null-pointer-checks \
    -ffunction-sections -fdata-sections -g -gdwarf-4 -ffile-prefix-map=$(CURDIR)=. \
    $(OPTIMISE_$(VARIANT)) $(WARNINGS) $(ARCH_CFLAGS) $(KERNEL_INCLUDES) \
    $(if $(filter grade,$(VARIANT)),-DCAIRN_GRADE=1,-DCAIRN_GRADE=0) \
    $(if $(filter release,$(VARIANT)),-DCAIRN_CHECKED=0,-DCAIRN_CHECKED=1)
SAN_CFLAGS := $(if $(filter 1,$(SAN)),-fsanitize=undefined -fno-sanitize=vptr)
# The address sanitizer, once there is a heap to watch: calls, not inline checks, because its shadow
# is where kernel/sanitizer/address.c says. Files checked* go without it: their work is to
# fill what nobody may touch. Global variables are watched by constructors, which the grader refuses.
ADDRESS_CFLAGS := $(if $(filter 1,$(SAN)),$(if $(wildcard kernel/sanitizer/address.c),-fsanitize=kernel-address \
    --param asan-instrumentation-with-call-threshold=0 --param asan-stack=0 --param asan-globals=$(if $(filter grade,$(VARIANT)),0,1)))
# Nor do trap.c, traps.c and debug*.c: what is called there can't be stopped by a debugger.
# source_sanitizers SOURCE: what a file is watched for.
source_sanitizers = $(if $(filter kernel/sanitizer/%,$(1)),,$(SAN_CFLAGS) \
    $(if $(or $(findstring /checked,$(1)),$(findstring /debug,$(1)),$(filter %/trap.c %/traps.c,$(1))),,$(ADDRESS_CFLAGS)))
KERNEL_ASFLAGS := -D__ASSEMBLER__ -fno-pic -fno-pie -g -gdwarf-4 -ffile-prefix-map=$(CURDIR)=. $(ARCH_CFLAGS) \
    $(KERNEL_INCLUDES)
KERNEL_LDFLAGS := -nostdlib -static -no-pie -Wl,--gc-sections -Wl,--build-id=none \
    -Wl,-z,max-page-size=4096 -Wl,-z,noexecstack -Wl,--no-warn-rwx-segments -Wl,--orphan-handling=error \
    -Wl,--fatal-warnings $(ARCH_LDFLAGS)

# --- rules ---------------------------------------------------------------------------------------
KERNEL_ELF  := $(OUT)/kernel.elf
KERNEL_IMAGE := $(OUT)/$(ARCH_IMAGE)
SYMBOLS     := $(OUT)/symbols
RAMDISK     := $(OUT)/ramdisk.tar

.PHONY: kernel
kernel: $(KERNEL_IMAGE) $(RAMDISK)

# What the objects depend on besides their sources: a change of flags or of the compiler rebuilds.
$(OUT)/flags: FORCE
	$(Q)mkdir -p $(@D)
	$(Q)printf '%s\n' '$(CC_FOR_ARCH) $(KERNEL_CFLAGS) $(SAN_CFLAGS) $(ADDRESS_CFLAGS) $(KERNEL_ASFLAGS) $(KERNEL_LDFLAGS)' \
	    "$$($(CC_FOR_ARCH) --version | head -n 1)" | cmp -s - $@ || \
	    printf '%s\n' '$(CC_FOR_ARCH) $(KERNEL_CFLAGS) $(SAN_CFLAGS) $(ADDRESS_CFLAGS) $(KERNEL_ASFLAGS) $(KERNEL_LDFLAGS)' \
	    "$$($(CC_FOR_ARCH) --version | head -n 1)" > $@
.PHONY: FORCE
FORCE:

$(OUT)/objects/%.c.o: %.c $(OUT)/flags | host-tools-build
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC_FOR_ARCH) $(KERNEL_CFLAGS) $(call source_sanitizers,$<) -MMD -MP -c $< -o $@

HOT_SOURCES :=
-include $(wildcard kernel/*/hot.mk)
$(HOT_SOURCES:%=$(OUT)/objects/%.o): private KERNEL_CFLAGS += -O2 -fno-align-functions -fno-align-jumps -fno-align-loops

$(OUT)/objects/%.S.o: %.S $(OUT)/flags | host-tools-build
	$(call say,AS,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(CC_FOR_ARCH) $(KERNEL_ASFLAGS) -MMD -MP -c $< -o $@

$(OUT)/kernel.ld: kernel/kernel.ld $(OUT)/flags | host-tools-build
	$(Q)$(CC_FOR_ARCH) -E -P -x c $(KERNEL_ASFLAGS) -MMD -MP -MT $@ -MF $@.d $< -o $@

# The list of objects is a dependency too, so that a deleted source leaves the kernel.
$(OUT)/objects.list: FORCE
	$(Q)mkdir -p $(@D)
	$(Q)printf '%s\n' $(KERNEL_OBJECTS) | cmp -s - $@ || printf '%s\n' $(KERNEL_OBJECTS) > $@

$(KERNEL_ELF): $(KERNEL_OBJECTS) $(OUT)/kernel.ld $(OUT)/objects.list
	$(call say,LD,$@)
	$(Q)$(CC_FOR_ARCH) $(ARCH_CFLAGS) $(KERNEL_LDFLAGS) -Wl,-T,$(OUT)/kernel.ld -Wl,-Map,$(OUT)/kernel.map \
	    $(KERNEL_OBJECTS) -o $@

# Debug sections never leave the build machine: the machine boots the stripped image.
$(OUT)/kernel.stripped: $(KERNEL_ELF)
	$(Q)$(OBJCOPY_FOR_ARCH) --strip-all $< $@

# A flat binary, for machines whose loader wants one.
$(OUT)/kernel.bin: $(KERNEL_ELF)
	$(Q)$(OBJCOPY_FOR_ARCH) -O binary $< $@

$(SYMBOLS): $(KERNEL_ELF) kernel/tools/make_symbols.py | host-tools-python
	$(call say,SYMS,$@)
	$(Q)$(PYTHON) kernel/tools/make_symbols.py $(KERNEL_ELF) $@

$(RAMDISK): $(SYMBOLS) | host-tools-build
	$(call say,TAR,$@)
	$(Q)tar --create --format=ustar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=0444 \
	    --file=$@ --directory=$(OUT) symbols

-include $(KERNEL_OBJECTS:.o=.d) $(OUT)/kernel.ld.d
