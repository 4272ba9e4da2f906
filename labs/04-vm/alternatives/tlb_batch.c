/*
 * Another solution of exercise 4.4: the batch is copied as a whole and begun anew, and the copy is
 * worked off.
 */
#include "tlb/tlb_batch.h"

static void work_off(struct tlb_batch copy)
{
    if (copy.everything)
        copy.flusher->everything(copy.context);
    if (!copy.everything && copy.page_count != 0)
        copy.flusher->pages(copy.context, copy.pages, copy.page_count);
    const uint64_t *frame = copy.frames;
    while (copy.frame_count-- > 0)
        copy.flusher->release(copy.context, *frame++);
}

void tlb_batch_page(struct tlb_batch *batch, uint64_t virtual)
{
    if (batch->everything)
        return;
    if (batch->page_count == TLB_BATCH_PAGES) {
        batch->everything = true;
        batch->page_count = 0;
        return;
    }
    batch->pages[batch->page_count] = virtual;
    batch->page_count++;
}

void tlb_batch_finish(struct tlb_batch *batch)
{
    struct tlb_batch copy = *batch;

    tlb_batch_begin(batch, copy.flusher, copy.context);
    work_off(copy);
}

void tlb_batch_free(struct tlb_batch *batch, uint64_t physical)
{
    if (batch->frame_count < TLB_BATCH_FRAMES) {
        batch->frames[batch->frame_count] = physical;
        batch->frame_count++;
        return;
    }
    tlb_batch_finish(batch);
    tlb_batch_free(batch, physical);
}
