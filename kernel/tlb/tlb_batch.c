/*
 * Exercise 4.4: changed pages are forgotten before their frames are freed. The contracts are in
 * tlb_batch.h.
 */
#include "tlb/tlb_batch.h"

#include "plain/plain.h"

//@exercise 4.4 Flush, then free
/* Forgets what was noted; afterwards nothing is. */
static void flush(struct tlb_batch *batch)
{
    size_t count = batch->page_count;
    bool everything = batch->everything;

    batch->page_count = 0;
    batch->everything = false;
    if (everything)
        batch->flusher->everything(batch->context);
    else if (count > 0)
        batch->flusher->pages(batch->context, batch->pages, count);
}

void tlb_batch_page(struct tlb_batch *batch, uint64_t virtual)
{
    if (batch->page_count < TLB_BATCH_PAGES)
        batch->pages[batch->page_count++] = virtual;
    else
        batch->everything = true;
}

void tlb_batch_free(struct tlb_batch *batch, uint64_t physical)
{
    /* Again, should the releases have filled it. */
    while (batch->frame_count == TLB_BATCH_FRAMES)
        tlb_batch_finish(batch);
    batch->frames[batch->frame_count++] = physical;
}

void tlb_batch_finish(struct tlb_batch *batch)
{
    uint64_t frames[TLB_BATCH_FRAMES];
    size_t count = batch->frame_count;

    flush(batch);
    /* A release() may use the batch again, so it has to be empty before the first one. */
    for (size_t i = 0; i < count; i++)
        frames[i] = batch->frames[i];
    batch->frame_count = 0;
    for (size_t i = 0; i < count; i++)
        batch->flusher->release(batch->context, frames[i]);
}
//@stub
// void tlb_batch_page(struct tlb_batch *batch, uint64_t virtual)
// {
//     (void)batch;
//     (void)virtual;
//     todo("4.4");
// }
//
// void tlb_batch_free(struct tlb_batch *batch, uint64_t physical)
// {
//     (void)batch;
//     (void)physical;
//     todo("4.4");
// }
//
// void tlb_batch_finish(struct tlb_batch *batch)
// {
//     (void)batch;
//     todo("4.4");
// }
//@end
