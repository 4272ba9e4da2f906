# The labs as data: labs/cairn_labs reads labs/NN-name/lab.toml and the markers in the sources.
#
# A student's tree has labs/stage.mk, which says which lab it is.

-include labs/stage.mk

LABS_TOOL = PYTHONPATH=labs $(PYTHON) -m cairn_labs
#@instructor

##variable KIND=handout The kind of tree for stage: handout, start or solution
##variable OUT= The folder that stage writes a tree into
KIND ?= handout

.PHONY: stage
stage: | host-tools-python ##course Write the tree of one lab (LAB=number, KIND=, OUT=new folder)
	$(if $(filter command line,$(origin OUT)),,$(error say where to: make stage LAB=1 KIND=handout OUT=../lab01))
	$(if $(LAB),,$(error say which lab: make stage LAB=1 KIND=$(KIND) OUT=$(OUT)))
	@$(LABS_TOOL) stage --lab '$(LAB)' --kind '$(KIND)' '$(OUT)'
#@end
