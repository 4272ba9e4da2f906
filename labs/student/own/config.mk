# Your machine: x86_64, aarch64 or riscv64. make builds, runs and grades for it when ARCH= is not given,
# and your marks are given for it.
ARCH ?= x86_64
