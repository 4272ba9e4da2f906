# `make mutants`: every wrong solution of the labs is found out, every other right one is accepted.
#
# Without FULL=1 a few of each exercise are tried. A verdict that is as it should be is kept in
# build/mutants/kept until something changes that decides it, unless FRESH=1.
# All messages: build/mutants/ARCH.md.

EXERCISE ?=

.PHONY: mutants
mutants: | host-tools-run host-tools-test host-tools-course ##course Try wrong and other right solutions (LAB=, EXERCISE=, FULL=1)
	$(if $(TEST),$(error TEST= says nothing here; choose by EXERCISE=, as in: make mutants EXERCISE=2.1))
	@env -u MAKEFLAGS $(COMPILED_ONCE) PYTHONPATH=labs:grade PYTHONPYCACHEPREFIX=$(CURDIR)/$(BUILD)/pycache $(PYTHON) -m cairn_labs.mutation \
	    --arch $(ARCH) $(if $(LAB),--lab '$(LAB)') $(if $(EXERCISE),--exercise '$(EXERCISE)') \
	    $(if $(filter 1,$(FULL)),--full) $(if $(filter 1,$(FRESH)),--fresh) \
	    $(if $(SEED),--seed '$(SEED)') $(if $(JOBS),--jobs '$(JOBS)')
