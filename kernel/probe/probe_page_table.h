/*
 * For tables that no processor uses: nothing is flushed, frames are given back. Defined in
 * probe_page_table.c.
 */
#pragma once

#include "tlb/tlb_batch.h"

extern const struct tlb_flusher probe_flusher;
