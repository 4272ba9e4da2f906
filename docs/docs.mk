# The documentation: `make docs` builds it, warnings as errors.
#
# docs/book writes the generated pages, mends what doxygen made, and finds dead links.

DOCS      = build/docs
DOCS_TREE = .
BOOK      = PYTHONPATH=docs:labs $(PYTHON) -m

.PHONY: docs
docs: | host-tools-docs host-tools-python ##docs Build the book and the reference into build/docs/html
	$(call say,BOOK,$(DOCS)/html/index.html)
	$(Q)rm -rf $(DOCS)
#@instructor
	$(Q)$(BOOK) book.tree $(DOCS_TREE)
#@end
	$(Q)mkdir -p $(DOCS_TREE)/$(DOCS)
	$(Q)cd $(DOCS_TREE) && $(BOOK) book prepare $(DOCS)
	$(Q)cd $(DOCS_TREE) && doxygen Doxyfile
	$(Q)cd $(DOCS_TREE) && $(BOOK) book finish $(DOCS)
	$(Q)cd $(DOCS_TREE) && $(BOOK) book check $(DOCS)
#@instructor
	$(Q)mv $(DOCS_TREE)/$(DOCS)/html $(DOCS)/html
	$(Q)rm -rf $(DOCS_TREE)

# The instructor's book is made from the last handout, so it holds no solutions.
docs: DOCS_TREE = build/docs/tree
#@end
