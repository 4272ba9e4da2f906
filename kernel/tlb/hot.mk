# Every switch of address spaces and every changed page goes through these.
HOT_SOURCES += $(addprefix kernel/tlb/,tlb.c tlb_batch.c)
