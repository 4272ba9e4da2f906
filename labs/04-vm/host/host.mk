# Host tests of lab 04: single parts, each against a model in its fuzzer. Part of grade/host/host.mk.
#
# A fuzzer fuzz_NAME.c says in VM_SOURCES_NAME which of the kernel's files it tries.

VM_HOST := labs/04-vm/host
VM_FUZZERS := $(patsubst $(VM_HOST)/fuzz_%.c,%,$(sort $(wildcard $(VM_HOST)/fuzz_*.c)))

VM_SOURCES_region := kernel/region/region_tree.c kernel/region/region_gap.c
VM_SOURCES_tlb := kernel/tlb/tlb_batch.c kernel/tlb/identifier_assign.c
$(patsubst %,$(HOST_OUT)/fuzz-objects/%.o,$(VM_SOURCES_region) $(VM_SOURCES_tlb)): FUZZ_SANITIZE := $(FUZZ_CALLED)

# The fuzzers look for new ways through the kernel, not through the models.
$(HOST_OUT)/fuzz-objects/$(VM_HOST)/%.o: FUZZ_SANITIZE := $(HOST_SANITIZE)

# Memory objects are part of their fuzzer, with headers of the host in place of the machine's.
$(HOST_OUT)/fuzz-objects/$(VM_HOST)/fuzz_object.c.o: HOST_KIND := -DCAIRN_GRADE=1 -U__clang__ \
    -iquote $(VM_HOST)/objects -I$(VM_HOST) -I$(VM_HOST)/objects -Ikernel/arch/x86_64/include
$(HOST_OUT)/fuzz-objects/$(VM_HOST)/fuzz_object.c.o: FUZZ_SANITIZE := $(FUZZ_CALLED)

# The walker is part of its fuzzer: once for the entries of each architecture.
define vm_walker
$(HOST_OUT)/fuzz-objects/$(VM_HOST)/fuzz_page_table_$(1).c.o: HOST_KIND := -DCAIRN_GRADE=1 \
    -iquote $(VM_HOST)/include -I$(VM_HOST)/include -Ikernel/arch/$(1)/include -Ikernel/arch/$(1)
$(HOST_OUT)/fuzz-objects/$(VM_HOST)/fuzz_page_table_$(1).c.o: FUZZ_SANITIZE := $(FUZZ_CALLED)
endef
$(foreach arch,$(ARCHES),$(eval $(call vm_walker,$(arch))))

define vm_fuzzer
$(HOST_OUT)/fuzz_$(1): $(HOST_OUT)/fuzz-objects/$(VM_HOST)/fuzz_$(1).c.o \
    $(VM_SOURCES_$(1):%=$(HOST_OUT)/fuzz-objects/%.o)
	$$(call say,FUZZLD,$$@)
	$$(Q)$$(FUZZ_CC) $$(FUZZ_LINK) $$^ -o $$@

-include $(HOST_OUT)/fuzz-objects/$(VM_HOST)/fuzz_$(1).c.d $(VM_SOURCES_$(1):%=$(HOST_OUT)/fuzz-objects/%.d)
endef
$(foreach name,$(VM_FUZZERS),$(eval $(call vm_fuzzer,$(name))))

host-tables: $(VM_FUZZERS:%=$(HOST_OUT)/fuzz_%)
