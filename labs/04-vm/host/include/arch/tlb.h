/* In place of kernel/arch/tlb.h on the host: the part that the walker calls. */
#pragma once

#include <stdint.h>

#include "machine/tlb.h"
