# Running, debugging and grading the kernel: the grader is the Python package grade/cairn, and knows
# alone how QEMU is called.
#
# Options: LAB=number|all TEST=name SEED=number JOBS=number JSON=, JUNIT=, GRADESCOPE=file
#          GRADE_EXTRA=dir for grade; PROCESSORS= MEMORY= COMMAND_LINE= QEMU_EXTRA= for run and gdb.

#@instructor
include grade/host/host.mk

.PHONY: grade-selftest
#@end

LAB         ?=
TEST        ?=
SEED        ?=
JOBS        ?=
JSON        ?=
JUNIT       ?=
GRADESCOPE  ?=
GRADE_EXTRA ?=
PROCESSORS  ?= 1
MEMORY      ?= 256M
COMMAND_LINE ?=
QEMU_EXTRA  ?=
SLOW        ?=
FULL        ?=

CAIRN := PYTHONPATH=grade:labs PYTHONPYCACHEPREFIX=$(CURDIR)/$(BUILD)/pycache
cairn  = $(CAIRN) $(PYTHON) -m cairn $(1) --arch $(ARCH) $(if $(filter 1,$(SAN)),--sanitized)

GRADE_OPTIONS = $(if $(TEST),--test '$(TEST)') $(if $(SEED),--seed '$(SEED)') $(if $(JOBS),--jobs '$(JOBS)') \
    $(if $(GRADE_EXTRA),--extra '$(GRADE_EXTRA)')
REPORT_OPTIONS = $(if $(JSON),--json '$(JSON)') $(if $(JUNIT),--junit '$(JUNIT)') \
    $(if $(GRADESCOPE),--gradescope '$(GRADESCOPE)')
MACHINE_OPTIONS = --variant $(VARIANT) --processors $(PROCESSORS) --memory $(MEMORY) \
    --append '$(COMMAND_LINE)' --qemu='$(QEMU_EXTRA)'

# A student's tree is graded with only the student's own files laid over the course's: what counts in
# the end counts at once. BASE=reference takes the released solutions for the labs before.
##variable BASE=own On whose earlier labs a lab is graded: own or reference (in a student's tree)
BASE   ?= own
grader  = $(if $(wildcard labs/stage.mk),PYTHONPATH=labs $(PYTHON) -m cairn_labs.road grade \
    $(if $(filter-out all,$(LAB)),--lab '$(LAB)') --base '$(BASE)' -- \
    --arch $(ARCH) $(if $(filter 1,$(SAN)),--sanitized),$(call cairn,grade))

.PHONY: run gdb grade replay test
run: kernel | host-tools-run ##run Boot Cairn to the monitor prompt (PROCESSORS=, MEMORY=, COMMAND_LINE=)
	@exec env $(call cairn,run) $(MACHINE_OPTIONS)

gdb: kernel | host-tools-run host-tools-gdb ##run Boot Cairn halted, with GDB attached
	@env $(call cairn,gdb) $(MACHINE_OPTIONS)

grade: | host-tools-run host-tools-test ##grade Grade a lab (LAB=number|all, TEST=, SEED=, JSON=file)
	@env $(grader) $(if $(LAB),--lab '$(LAB)') $(GRADE_OPTIONS) $(REPORT_OPTIONS)

replay: | host-tools-run host-tools-test host-tools-gdb ##grade Run one test again under GDB (TEST=name, SEED=)
	@env $(call cairn,replay) $(if $(LAB),--lab '$(LAB)') $(GRADE_OPTIONS)

#@instructor
# SLOW=1 tries releases and the roads of students too. `make course` proves stubs and stages.
grade-selftest: | host-tools-run host-tools-test host-tools-gdb host-tools-course ##check Test the grader itself, with hostile kernels (SLOW=1, FULL=1)
	@env -u MAKEFLAGS -u TEST -u SEED -u LAB FULL='$(FULL)' $(COMPILED_ONCE) $(CAIRN) PYTHONPATH=grade:labs:docs PYTEST_DISABLE_PLUGIN_AUTOLOAD=1 CAIRN_ARCH=$(ARCH) $(PYTHON) -m pytest -q \
	    -c grade/pytest.ini --rootdir grade -p no:cacheprovider -p xdist.plugin -n $(or $(JOBS),2) --dist loadgroup \
	    $(if $(filter 1,$(SLOW) $(FULL)),,-m 'not slow') $(if $(TEST),-k '$(TEST)') grade/selftest

test: host-test grade-selftest
#@end
test: ##grade Run every test: all labs of this tree, and before them the course's own
	@env $(grader) --lab all $(if $(SEED),--seed '$(SEED)') $(if $(JOBS),--jobs '$(JOBS)') $(REPORT_OPTIONS)
