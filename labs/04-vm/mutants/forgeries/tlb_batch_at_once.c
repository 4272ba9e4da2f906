/*
 * A wrong solution of exercise 4.4: it is safe, but holds nothing back, so there is no batch.
 */
#include "tlb/tlb_batch.h"

void tlb_batch_page(struct tlb_batch *batch, uint64_t virtual)
{
    (void)virtual;
    batch->flusher->everything(batch->context);
}

void tlb_batch_free(struct tlb_batch *batch, uint64_t physical)
{
    batch->flusher->release(batch->context, physical);
}

void tlb_batch_finish(struct tlb_batch *batch)
{
    batch->page_count = 0;
}
