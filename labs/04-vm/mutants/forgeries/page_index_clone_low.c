/*
 * Copies page by page, which gives a lower index when the highest pages are gone.
 */
#include "cairn/error.h"
#include "frames/frames.h"
#include "memory_object/page_index.h"

int page_index_clone(struct page_index *to, const struct page_index *from)
{
    struct page_index copy = {0};
    uint64_t end = UINT64_C(1) << 52;

    for (uint64_t page = 0; (page = page_index_next(from, page, end)) < end; page++) {
        uint64_t frame = page_index_get(from, page);
        if (page_index_set(&copy, page, frame) != OK) {
            page_index_clear(&copy);
            return ERROR_NO_MEMORY;
        }
        frame_reference(frame);
    }
    *to = copy;
    return OK;
}
