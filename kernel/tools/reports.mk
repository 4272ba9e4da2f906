# What tells about the project: help, size, bench, and the compiler's view of the sources.
#
##variable ARCH=x86_64 The machine: x86_64, aarch64 or riscv64; `all` for size, bench and check
##variable VARIANT=debug What to build: debug, grade (with probes) or release (smallest)
##variable SAN=0 1 builds with the undefined-behaviour sanitizer
##variable V=0 1 shows every command
##variable JSON= A file that gets the result as JSON, for size, bench and grade
##variable LAB= The lab to grade or to measure: a number, or `all`
##variable TEST= A part of a test's name: grade or replay only that
##variable SEED= What random requests are drawn from
##variable JOBS= How many machines may run side by side
##variable JUNIT= A file that gets the marks as JUnit XML
##variable GRADESCOPE= A file that gets the marks as Gradescope reads them
##variable GRADE_EXTRA= A folder with an instructor's own tests and probes
##variable PROCESSORS=1 How many processors the machine has, for run and gdb
##variable MEMORY=256M How much memory it has
##variable COMMAND_LINE= The kernel's command line
##variable PYTHON= A Python interpreter to try before the others
##variable YES=0 1 installs what is missing without asking

.PHONY: help size bench format compile_commands.json

help: ##build Show this list
	@awk -f kernel/tools/help.awk $(MAKEFILE_LIST)

JSON ?=
REPORT_JSON = $(if $(JSON),--json '$(JSON)')

# sub_make ARCH,VARIANT,TARGET builds something of another architecture or variant.
sub_make = $(MAKE) --no-print-directory ARCH=$(1) VARIANT=$(2) SAN=0 $(3)

size: | host-tools-test ##check Count the kernel's lines and its image's bytes, against their budgets
	$(Q)$(foreach a,$(WANTED_ARCHES),$(call sub_make,$(a),release,$(BUILD)/$(a)/release/kernel.elf);)
	$(Q)$(PYTHON) kernel/tools/size.py $(REPORT_JSON) $(WANTED_ARCHES:%=$(BUILD)/%/release/kernel.elf)

bench: | host-tools-test ##check Count the instructions of the kernel's operations, against their budgets
	$(Q)PYTHONPATH=grade:labs $(PYTHON) -m bench $(if $(LAB),--lab '$(LAB)') $(REPORT_JSON) $(WANTED_ARCHES)

COMPILE_COMMANDS ?= compile_commands.json
compile_commands.json: | host-tools-python ##build Write the compiler's commands for editors and clangd
	$(Q)$(PYTHON) kernel/tools/compile_commands.py --output '$(COMPILE_COMMANDS)' \
	    --c '$(CC_FOR_ARCH) $(KERNEL_CFLAGS)' --assembly '$(CC_FOR_ARCH) $(KERNEL_ASFLAGS)' \
	    $(KERNEL_SOURCES)

# Formatting differs between versions of the formatter, so the project names one.
CLANG_FORMAT := $(firstword $(shell command -v clang-format-14 clang-format))
# In a student's tree only what is the student's: a change of the course's files does not count, and
# stands in the way of merges.
FORMATTED = $(if $(wildcard labs/stage.mk),$(filter %.c %.h,$(shell $(LABS_TOOL).road own)),\
    $(shell find kernel user drivers grade labs -name '*.[ch]'))
format: | host-tools-check host-tools-python ##check Format all C in place; in a student's tree, their own
	$(Q)$(CLANG_FORMAT) -i $(FORMATTED)
