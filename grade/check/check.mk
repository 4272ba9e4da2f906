# `make check`: formatting, static analysis, and the project's own rules.

.PHONY: check
check: | host-tools-check host-tools-python ##check Check formatting, locks, types and the project's rules
	$(Q)$(foreach a,$(ARCHES),$(MAKE) --no-print-directory ARCH=$(a) VARIANT=grade SAN=1 \
	    COMPILE_COMMANDS=$(BUILD)/check/$(a)/check.json compile_commands.json;)
	$(Q)PYTHONPATH=grade:labs $(PYTHON) -m check $(BUILD)/check
