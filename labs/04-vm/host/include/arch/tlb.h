/* In place of kernel/arch/tlb.h on the host: the part that the walker calls. */
#ifndef HOST_ARCH_TLB_H
#define HOST_ARCH_TLB_H

#include <stdint.h>

#include "machine/tlb.h"

#endif
