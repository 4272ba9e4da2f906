# The host's tools: compilers by architecture, a Python that has what the project needs, and what to
# say when one is missing. The table of tools is in kernel/tools/host-tools.list.
#
# A rule that uses tools names their group as an order-only prerequisite: host-tools-build, -python,
# -run, -test, -gdb, -check, -docs, -course. That costs a few milliseconds when all is there, and no network.

HOST_ARCH := $(shell uname -m | sed 's/arm64/aarch64/')

# cross ARCH is the prefix of the compiler for ARCH; on a machine of that kind it is the native one.
cross = $(if $(filter $(1),$(HOST_ARCH)),,$(subst _,-,$(1))-linux-gnu-)
CC_FOR_ARCH      := $(call cross,$(ARCH))gcc
OBJCOPY_FOR_ARCH := $(call cross,$(ARCH))objcopy
READELF_FOR_ARCH := $(call cross,$(ARCH))readelf
QEMU             := qemu-system-$(ARCH)
GDB              := gdb-multiarch

# What this run will need in all, so that a person is asked once.
GOAL_GROUPS := build python \
    $(if $(filter run gdb,$(MAKECMDGOALS)),run) $(if $(filter gdb replay test grade-selftest,$(MAKECMDGOALS)),gdb) \
    $(if $(filter test host-test coverage grade grade-handin grade-selftest replay bench size course,$(MAKECMDGOALS)),run test) \
    $(if $(filter check format,$(MAKECMDGOALS)),check) $(if $(filter docs,$(MAKECMDGOALS)),docs) \
    $(if $(filter course mutants grade-selftest,$(MAKECMDGOALS)),course)

PYTHON_ASKED := $(PYTHON)
YES          ?= 0
HOST_TOOLS   := ARCH='$(ARCH)' BUILD='$(BUILD)' PYTHON='$(PYTHON_ASKED)' GOAL_GROUPS='$(strip $(GOAL_GROUPS))' \
                YES='$(YES)' kernel/tools/host-tools.sh

# The first interpreter that has the modules. Looked up when it is used, not before: the rules that
# use it depend on host-tools-python, which may just have installed it.
override PYTHON = $(shell $(HOST_TOOLS) python)
# Python's own cache stays out of the tree. Without one, each program compiles all that it imports.
export PYTHONPYCACHEPREFIX := $(CURDIR)/$(BUILD)/pycache
export PYTHONDONTWRITEBYTECODE :=

HOST_TOOL_GROUPS := build python run test gdb check docs course
.PHONY: $(HOST_TOOL_GROUPS:%=host-tools-%)
$(HOST_TOOL_GROUPS:%=host-tools-%): host-tools-%:
	@$(HOST_TOOLS) need $*

.PHONY: doctor deps help
doctor: ##build Check every tool and its version, and say what to do about each difference
	@$(HOST_TOOLS) doctor

deps: ##build Install by apt what is missing; asks first at a terminal, unless YES=1
	@$(HOST_TOOLS) deps
