# STRETCHES=1 has a grading build measure how long interrupts stay off: see kernel/probe/stretches.c.
# It costs instructions wherever they are turned off, so nothing else should be measured with it.
ifeq ($(VARIANT)$(filter 1,$(STRETCHES)),grade1)
KERNEL_CFLAGS  += -DCAIRN_STRETCHES=1 -include kernel/probe/stretches.h
KERNEL_LDFLAGS += -Wl,--wrap=trap_interrupt -Wl,--wrap=cpu_sleep -Wl,--wrap=serve_line
# What probes do themselves doesn't count.
$(OUT)/objects/kernel/probe/%.o: private KERNEL_CFLAGS += -DSTRETCHES_APART
endif
