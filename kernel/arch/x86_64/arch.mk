# x86-64: a q35 machine, entered through PVH, which wants an ELF file.
ARCH_CFLAGS  := -m64 -march=x86-64 -mcmodel=kernel -mno-red-zone -mgeneral-regs-only -fcf-protection=none
ARCH_LDFLAGS := -Wl,-m,elf_x86_64
ARCH_IMAGE   := kernel.stripped
