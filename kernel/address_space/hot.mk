# Files that a release optimises for speed: the way of a page fault.
HOT_SOURCES += $(addprefix kernel/address_space/,address_space_fault.c address_space_tables.c)
