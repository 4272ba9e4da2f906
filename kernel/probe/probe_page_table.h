/*
 * For tables that no processor uses: nothing is flushed, frames are given back. Defined in
 * probe_page_table.c.
 */
#ifndef PROBE_PROBE_PAGE_TABLE_H
#define PROBE_PROBE_PAGE_TABLE_H

#include "tlb/tlb_batch.h"

extern const struct tlb_flusher probe_flusher;

#endif
