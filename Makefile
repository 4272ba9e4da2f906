# Cairn: an operating system that is also a course. `make help` lists what can be asked for.
#
# Each part of the tree brings its own rules: kernel/kernel.mk, grade/grade.mk, labs/labs.mk,
# docs/docs.mk.

MAKEFLAGS += --no-builtin-rules --no-print-directory
.SUFFIXES:
.DEFAULT_GOAL := all
SHELL         := /bin/bash
.SHELLFLAGS   := -eu -o pipefail -c
.DELETE_ON_ERROR:

ARCHES := x86_64 aarch64 riscv64
# The machine of a student's choice: `ARCH ?= …`.
-include own/config.mk
ARCH   ?= x86_64
# Before a comment at the end of that line make keeps the spaces.
ifeq ($(origin ARCH),file)
ARCH   := $(strip $(ARCH))
endif
SAN    ?= 0
V      ?= 0

# A few goals take ARCH=all; the rest of the makefiles then see the first architecture.
ALL_ARCHES_GOALS := size bench check course
WANTED_ARCHES    := $(ARCH)
ifeq ($(ARCH),all)
ifeq ($(if $(MAKECMDGOALS),$(filter-out $(ALL_ARCHES_GOALS),$(MAKECMDGOALS)),all),)
WANTED_ARCHES    := $(ARCHES)
override ARCH    := $(firstword $(ARCHES))
endif
endif

ifeq ($(filter $(ARCH),$(ARCHES)),)
$(error ARCH=$(ARCH) is not an architecture that Cairn runs on; choose one of: $(ARCHES))
endif
ifeq ($(filter $(SAN),0 1),)
$(error SAN=$(SAN) is not understood; use SAN=0 or SAN=1)
endif

Q := $(if $(filter 1,$(V)),,@)
# say TOOL,FILE prints one line a step, unless V=1 prints the commands themselves.
say = $(if $(filter 1,$(V)),,@printf '  %-7s %s\n' '$(1)' '$(2)')

BUILD := build

include kernel/tools/host.mk
include kernel/kernel.mk
include kernel/tools/reports.mk
include grade/grade.mk
include labs/labs.mk
include docs/docs.mk
#@instructor
include grade/check/check.mk
include labs/course.mk
include labs/mutants.mk
#@end

.PHONY: all clean
all: kernel ##build Build the kernel for ARCH

clean: ##build Remove everything that was built
	$(Q)rm -rf $(BUILD) compile_commands.json
