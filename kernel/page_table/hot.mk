# Files that a release optimises for speed: what each page fault runs through.
HOT_SOURCES += $(addprefix kernel/page_table/,page_table_walk.c page_table_map.c page_table_change.c)
