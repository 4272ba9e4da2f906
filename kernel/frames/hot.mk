# Files that a release optimises for speed: what most calls of the frame allocator run through.
HOT_SOURCES += $(addprefix kernel/frames/,frame.c frame_cache.c frame_reference.c)
