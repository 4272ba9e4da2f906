# RISC-V: the virt machine, entered in supervisor mode by SBI firmware as a flat image.
ARCH_CFLAGS  := -march=rv64imac_zicsr_zifencei -mabi=lp64 -mcmodel=medany
ARCH_LDFLAGS :=
ARCH_IMAGE   := kernel.bin
