/**
 * @file
 * What the trap path asks of the GIC. Private to the AArch64 port.
 */
#ifndef AARCH64_GIC_H
#define AARCH64_GIC_H

/** Serves every interrupt that the GIC has for this processor. Context: the trap path. */
void gic_serve(void);

#endif
