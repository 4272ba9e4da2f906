# `make course`: every tree of every lab is what a student should get (labs/cairn_labs/proof).
#
# Without FULL=1 it proves what the change since SINCE= touches, and a canary for the rest. What was
# proved before and has not changed is taken from build/course/kept, unless FRESH=1.

##variable SINCE= For course: the commit that a change began at; else HEAD~1
##variable FRESH= For course and mutants: FRESH=1 takes nothing from earlier runs
SINCE ?=
FRESH ?=
# All architectures, unless one was asked for: that of own/config.mk does not count here.
course_arch   = $(if $(filter command environment,$(origin ARCH)),$(ARCH))
course_arches = $(or $(course_arch),$(ARCHES))

# The course's tools build hundreds of kernels from the same sources. With this in its environment a
# program compiles each of them once: ccache stands before all compilers and knows what they made of
# a source with all its headers, in whatever folder.
COMPILED_ONCE = PATH=/usr/lib/ccache:$$PATH CCACHE_DIR=$(CURDIR)/$(BUILD)/ccache CCACHE_DEPEND=1

.PHONY: course
course: | host-tools-run host-tools-test host-tools-course ##course Prove the labs' trees, stubs and merges (LAB=, ARCH=, FULL=1)
	@$(foreach a,$(course_arches),$(MAKE) ARCH=$(a) host-tools-build host-tools-run;)
	@env -u MAKEFLAGS $(COMPILED_ONCE) PYTHONPATH=labs:grade PYTHONPYCACHEPREFIX=$(CURDIR)/$(BUILD)/pycache $(PYTHON) -m cairn_labs.proof \
	    $(if $(LAB),--lab '$(LAB)') $(if $(course_arch),--arch '$(course_arch)') $(if $(filter 1,$(FULL)),--full) \
	    $(if $(filter 1,$(FRESH)),--fresh) $(if $(SINCE),--since '$(SINCE)') \
	    $(if $(SEED),--seed '$(SEED)') $(if $(JOBS),--jobs '$(JOBS)')
