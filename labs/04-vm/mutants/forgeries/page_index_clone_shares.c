/*
 * A forgery: both indices look the same, since they are the same nodes; only the frames are
 * counted.
 */
#include "cairn/error.h"
#include "frames/frames.h"
#include "memory_object/page_index.h"

int page_index_clone(struct page_index *to, const struct page_index *from)
{
    uint64_t end = UINT64_C(1) << 52;

    for (uint64_t page = 0; (page = page_index_next(from, page, end)) < end; page++)
        frame_reference(page_index_get(from, page));
    *to = *from;
    return OK;
}
