# Host tests of lab 02: the allocators on a machine made of host memory. Part of grade/host/host.mk.

FRAMES_HOST  := labs/02-frames/host
FRAMES_PURE  := $(sort $(wildcard kernel/frames/*.c kernel/heap/*.c)) kernel/sync/spinlock.c \
    kernel/boot/command_line_option.c
FRAMES_FUZZERS := $(patsubst $(FRAMES_HOST)/%.c,%,$(sort $(wildcard $(FRAMES_HOST)/fuzz_*.c)))
# With the parsers' objects come boot_info, strings and formatted text.
FRAMES_OBJECTS := $(FRAMES_PURE:%=$(HOST_OUT)/fuzz-objects/%.o) \
    $(patsubst %,$(HOST_OUT)/fuzz-objects/%.o,$(filter-out $(FRAMES_HOST)/fuzz_%,$(wildcard $(FRAMES_HOST)/*.c))) \
    $(HOST_PURE:%=$(HOST_OUT)/fuzz-objects/%.o) \
    $(HOST_OUT)/fuzz-objects/grade/host/tables/outside.c.o

# Headers of the machine take the place of the kernel's.
# Fields of structs can name no lock in this clang, and nothing is analysed here.
FRAMES_FLAGS := -iquote $(FRAMES_HOST)/include -I$(FRAMES_HOST)/include -DCAIRN_GRADE=1 -DCAIRN_CHECKED=1 -U__clang__
$(FRAMES_PURE:%=$(HOST_OUT)/fuzz-objects/%.o): HOST_KIND := $(HOST_KERNEL_FLAGS) $(FRAMES_FLAGS)
$(HOST_OUT)/fuzz-objects/$(FRAMES_HOST)/%.o: HOST_KIND := $(FRAMES_FLAGS)
$(FRAMES_PURE:%=$(HOST_OUT)/fuzz-objects/%.o): FUZZ_SANITIZE := $(FUZZ_CALLED)
# The fuzzers look for new ways through the kernel, not through the models.
$(HOST_OUT)/fuzz-objects/$(FRAMES_HOST)/%.o: FUZZ_SANITIZE := $(HOST_SANITIZE)

# An archive, so that each fuzzer gets what it calls and may have parts of its own.
FRAMES_ARCHIVE := $(HOST_OUT)/fuzz-objects/frames.a
$(FRAMES_ARCHIVE): $(FRAMES_OBJECTS)
	$(Q)rm -f $@
	$(Q)ar -rcs $@ $^

$(FRAMES_FUZZERS:%=$(HOST_OUT)/%): $(HOST_OUT)/%: $(HOST_OUT)/fuzz-objects/$(FRAMES_HOST)/%.c.o \
    $(FRAMES_ARCHIVE)
	$(call say,FUZZLD,$@)
	$(Q)$(FUZZ_CC) $(FUZZ_LINK) $^ -o $@

host-tables: $(FRAMES_FUZZERS:%=$(HOST_OUT)/%)

-include $(FRAMES_OBJECTS:.o=.d) $(FRAMES_FUZZERS:%=$(HOST_OUT)/fuzz-objects/$(FRAMES_HOST)/%.c.d)
