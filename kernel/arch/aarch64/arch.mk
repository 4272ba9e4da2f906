# AArch64: the virt machine, entered as a flat image with the arm64 header.
ARCH_CFLAGS  := -march=armv8.1-a -mgeneral-regs-only -mno-outline-atomics -mno-omit-leaf-frame-pointer -mbranch-protection=none
# An image of less than 1 MiB, .bss included, finds everything by shorter instructions.
ARCH_CFLAGS  += $(if $(filter release0,$(VARIANT)$(SAN)),-mcmodel=tiny)
# No Cortex-A53 has the instructions of Armv8.1. Around an unlucky address its cure adds 4 KiB.
ARCH_LDFLAGS := -mno-fix-cortex-a53-843419
ARCH_IMAGE   := kernel.bin
