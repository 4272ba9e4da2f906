/**
 * @file
 * What the trap path asks of the PLIC. Private to the RISC-V port.
 */
#ifndef RISCV64_PLIC_H
#define RISCV64_PLIC_H

/** Serves every interrupt that the PLIC has for this processor. Context: the trap path. */
void plic_serve(void);

#endif
