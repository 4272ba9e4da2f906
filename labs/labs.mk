# The labs as data: labs/cairn_labs reads labs/NN-name/lab.toml and the markers in the sources.
#
# A student's tree has labs/stage.mk, which says which lab it is.

-include labs/stage.mk

##variable COURSE= The class's repository, for merge, restart and adopt; needed once
##variable EXERCISE= The exercise, for hint and adopt
LABS_TOOL = PYTHONPATH=labs $(PYTHON) -m cairn_labs
COURSE   ?=
EXERCISE ?=

# need NAME,EXAMPLE stops when a variable has no value.
need = $(if $($(1)),,$(error say $(1)=, as in: make $(2)))
road = $(LABS_TOOL).road $(1) $(if $(LAB),--lab '$(LAB)') $(if $(COURSE),--course '$(COURSE)')

.PHONY: merge restart adopt hint handin
merge: | host-tools-python ##labs Take a lab, or corrections of it, into your work (LAB=, COURSE=)
	@$(call road,merge)

restart: | host-tools-python ##labs Take all files but your own from the course (LAB=)
	@$(call road,restart)

adopt: | host-tools-python ##labs Take the released solution of an exercise of an earlier lab (EXERCISE=)
	$(call need,EXERCISE,adopt EXERCISE=1.4)
	@$(LABS_TOOL).road adopt '$(EXERCISE)' $(if $(COURSE),--course '$(COURSE)')

hint: | host-tools-python ##labs Tell a hint; each call tells one more (EXERCISE=)
	$(call need,EXERCISE,hint EXERCISE=1.4)
	@$(LABS_TOOL).road hint '$(EXERCISE)'

handin: | host-tools-python ##labs Pack your own files (LAB=)
	@$(call road,handin)
#@instructor

##variable KIND=handout The kind of tree for stage: handout, start or solution
##variable OUT= The folder that stage writes a tree into
##variable HANDIN= What a student handed in, for grade-handin: a .tar or .tar.gz file
##variable TO= The class's repository, for release and errata: a path or an address
##variable STUB= For stage: further exercises that shall be stubs, as in STUB=1.3,1.4
KIND ?= handout
TO   ?=
HANDIN ?=
STUB ?=

.PHONY: stage release release-start release-solution errata grade-handin
stage: | host-tools-python ##course Write the tree of one lab (LAB=, KIND=, STUB=, OUT=new folder)
	$(if $(filter command line,$(origin OUT)),,$(error say where to: make stage LAB=1 KIND=handout OUT=../lab01))
	$(call need,LAB,stage LAB=1 OUT=../lab01)
	@$(LABS_TOOL) stage --lab '$(LAB)' --kind '$(KIND)' $(if $(STUB),--stub '$(STUB)') '$(OUT)'

release: | host-tools-python ##course Publish a lab's handout in the class's repository (LAB=, TO=)
	$(call need,LAB,release LAB=1 TO=../class.git)
	$(call need,TO,release LAB=1 TO=../class.git)
	@$(LABS_TOOL) release --lab '$(LAB)' '$(TO)'

# Solutions leave the instructor's hands by these two steps only.
release-start: | host-tools-python ##course Publish the solutions before a lab, as a fresh start (LAB=, TO=)
	$(call need,LAB,release-start LAB=2 TO=../class.git)
	$(call need,TO,release-start LAB=2 TO=../class.git)
	@$(LABS_TOOL) release --lab '$(LAB)' --kind start '$(TO)'

release-solution: | host-tools-python ##course Publish a lab's solutions (LAB=, TO=)
	$(call need,LAB,release-solution LAB=1 TO=../class.git)
	$(call need,TO,release-solution LAB=1 TO=../class.git)
	@$(LABS_TOOL) release --lab '$(LAB)' --kind solution '$(TO)'

errata: | host-tools-python ##course Publish corrections of released labs, told in ERRATA.md (TO=)
	$(call need,TO,errata TO=../class.git)
	@$(LABS_TOOL) errata '$(TO)'

# The machine is the student's choice, unless ARCH= is given.
grade-handin: | host-tools-run host-tools-test ##course Grade what a student handed in (HANDIN=file, LAB=, JSON=)
	$(call need,HANDIN,grade-handin HANDIN=lab01-0123456789ab.tar)
	@$(LABS_TOOL) grade-handin $(if $(LAB),--lab '$(LAB)') \
	    $(if $(filter command line,$(origin ARCH)),--arch '$(ARCH)') '$(HANDIN)' -- \
	    $(if $(filter 1,$(SAN)),--sanitized) $(GRADE_OPTIONS) $(REPORT_OPTIONS)
#@end
