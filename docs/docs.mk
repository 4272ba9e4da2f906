# The documentation: `make docs` builds it, warnings as errors.

.PHONY: docs
docs: | host-tools-docs ##docs Build the book and the reference into build/docs/html
	$(call say,DOXYGEN,$(BUILD)/docs/html/index.html)
	$(Q)mkdir -p $(BUILD)/docs
	$(Q)doxygen Doxyfile
