# What every fault looks up, and every mapping finds.
HOT_SOURCES += $(addprefix kernel/region/,region_tree.c region_gap.c)
