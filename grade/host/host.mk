# Host tests: the kernel's parsers and other pure code, built for this machine with sanitizers and
# tried on real, odd and broken input. Targets: host-test, host-tables, coverage.
#
# A lab adds host tests in labs/NN-name/host/: a host.mk and files test_*.py.
#
# HOST_SEED and HOST_MUTATIONS (in the environment) choose what is broken at random, and how often.

HOST_OUT ?= $(BUILD)/host
HOST_CC  ?= gcc
FUZZ_CC  ?= clang
# Seconds that each fuzzer runs in host-test.
FUZZ_SECONDS ?= 3

# Code that needs no machine: it compiles with these includes only.
HOST_PURE := $(sort $(wildcard kernel/device_tree/*.c kernel/acpi/*.c)) \
    kernel/arch/x86_64/pvh.c kernel/boot/boot_info.c kernel/boot/command_line.c \
    kernel/boot/memory_kind.c kernel/boot/memory_map_normalise.c \
    kernel/format/format.c kernel/format/format_number.c \
    kernel/lib/string.c kernel/ramdisk/tar.c kernel/symbols/symbol_lookup.c kernel/symbols/symbols.c
HOST_HARNESS := $(sort $(wildcard grade/host/tables/*.c))
# The fuzzers share everything but the command's own requests.
FUZZ_HARNESS := grade/host/tables/check.c grade/host/tables/memory.c grade/host/tables/outside.c
FUZZERS := $(patsubst grade/host/fuzz/%.c,%,$(sort $(wildcard grade/host/fuzz/fuzz_*.c)))

HOST_CFLAGS := -std=gnu11 -g -O1 -fno-omit-frame-pointer -fno-strict-aliasing \
    -Wall -Wextra -Werror -Wshadow -Wmissing-prototypes -Wstrict-prototypes \
    -Ikernel -Ikernel/include
HOST_KERNEL_FLAGS := -ffreestanding -include grade/host/tables/rename.h
HOST_SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=all
FUZZ_SANITIZE := -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
# For code that is called as an input tells, instead of reading it: its comparisons say nothing of the
# input, and tracing them would take two thirds of the time.
FUZZ_CALLED := $(FUZZ_SANITIZE) -fno-sanitize-coverage=trace-cmp
FUZZ_LINK := -fsanitize=fuzzer,address,undefined

HOST_TABLES  := $(HOST_OUT)/tables
HOST_OBJECTS := $(HOST_PURE:%=$(HOST_OUT)/objects/%.o) $(HOST_HARNESS:%=$(HOST_OUT)/objects/%.o)
FUZZ_OBJECTS := $(HOST_PURE:%=$(HOST_OUT)/fuzz-objects/%.o) \
    $(FUZZ_HARNESS:%=$(HOST_OUT)/fuzz-objects/%.o)
FUZZ_MAINS   := $(FUZZERS:%=$(HOST_OUT)/fuzz-objects/grade/host/fuzz/%.c.o)

$(HOST_OUT)/objects/kernel/%.o $(HOST_OUT)/fuzz-objects/kernel/%.o: HOST_KIND := $(HOST_KERNEL_FLAGS)

$(HOST_OUT)/objects/%.c.o: %.c grade/host/host.mk | host-tools-test
	$(call say,HOSTCC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(HOST_CC) $(HOST_CFLAGS) $(HOST_KIND) $(HOST_SANITIZE) -MMD -MP -c $< -o $@

$(HOST_OUT)/fuzz-objects/%.c.o: %.c grade/host/host.mk | host-tools-test
	$(call say,FUZZCC,$<)
	$(Q)mkdir -p $(@D)
	$(Q)$(FUZZ_CC) $(HOST_CFLAGS) $(HOST_KIND) $(FUZZ_SANITIZE) -MMD -MP -c $< -o $@

$(HOST_TABLES): $(HOST_OBJECTS)
	$(call say,HOSTLD,$@)
	$(Q)$(HOST_CC) $(HOST_SANITIZE) $^ -o $@

$(FUZZERS:%=$(HOST_OUT)/%): $(HOST_OUT)/%: $(HOST_OUT)/fuzz-objects/grade/host/fuzz/%.c.o $(FUZZ_OBJECTS)
	$(call say,FUZZLD,$@)
	$(Q)$(FUZZ_CC) $(FUZZ_LINK) $^ -o $@

.PHONY: host-tables host-test
host-tables: $(HOST_TABLES) $(FUZZERS:%=$(HOST_OUT)/%)

host-test: | host-tools-test ##grade Try the parsers on this machine, on broken tables too
	$(Q)$(MAKE) $(if $(findstring jobserver,$(MAKEFLAGS)),,-j$$(nproc)) host-tables
	$(Q)PYTHONPATH=$(CURDIR)/grade:$(CURDIR)/grade/host/tests HOST_OUT=$(CURDIR)/$(HOST_OUT) \
	    FUZZ_SECONDS=$(FUZZ_SECONDS) $(PYTHON) -m pytest -q -n 2 -p no:cacheprovider \
	    --import-mode=importlib --rootdir=grade/host -c /dev/null $(HOST_TEST_ARGS) grade/host/tests $(wildcard labs/[0-9][0-9]-*/host)

# The same tests again, over programs that note which lines they reach, and without sanitizers.
COVERAGE := $(BUILD)/coverage
COVERAGE_FLAGS := -fprofile-instr-generate -fcoverage-mapping
.PHONY: coverage
coverage: | host-tools-test ##check Show which lines the host tests reach, and fail below 95 % of a file
	$(Q)rm -rf $(COVERAGE)/profiles
	$(Q)LLVM_PROFILE_FILE='$(CURDIR)/$(COVERAGE)/profiles/%4m.profraw' $(MAKE) host-test \
	    HOST_OUT=$(COVERAGE)/host HOST_CC=$(FUZZ_CC) HOST_SANITIZE='$(COVERAGE_FLAGS)' \
	    FUZZ_SANITIZE='-fsanitize=fuzzer-no-link $(COVERAGE_FLAGS)' \
	    FUZZ_LINK='-fsanitize=fuzzer $(COVERAGE_FLAGS)'
	$(Q)PYTHONPATH=grade $(PYTHON) -m host.coverage $(REPORT_JSON) $(COVERAGE)

-include $(HOST_OBJECTS:.o=.d) $(FUZZ_OBJECTS:.o=.d) $(FUZZ_MAINS:.o=.d)

include grade/host/editor/editor.mk
include $(wildcard labs/[0-9][0-9]-*/host/host.mk)
