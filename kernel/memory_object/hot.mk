# What every fault runs through, and the copying of an index.
HOT_SOURCES += $(addprefix kernel/memory_object/,object_frame.c object_page.c page_index.c \
    page_index_clone.c)
