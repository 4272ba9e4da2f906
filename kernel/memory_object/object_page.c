/*
 * Exercise 4.7: getting a page of an object. The contract is in memory_object.h.
 */
#include "cairn/error.h"
#include "frames/frames.h"
#include "memory_object/memory_object.h"
#include "plain/plain.h"

//@exercise 4.7 Get a page
int object_page_get(struct memory_object *object, uint64_t number, bool write,
                    struct object_page *page)
{
    uint64_t *slot = page_index_slot(&object->index, number);
    uint64_t old = slot == NULL ? 0 : *slot;
    bool shared = old != 0 && object_frame_is_shared(old);
    uint64_t frame;
    int error;

    if (old != 0 && !(write && shared)) {
        *page = (struct object_page){.physical = old, .writable = !shared, .replaced = 0};
        return OK;
    }
    error = object_frame_allocate(object, old == 0, &frame);
    if (error != OK)
        return error;
    error = page_index_set_at(&object->index, slot, number, frame);
    if (error != OK) {
        frame_release(frame);
        return error;
    }
    if (old != 0)
        object_frame_copy(object, frame, old);
    *page = (struct object_page){.physical = frame, .writable = true, .replaced = old};
    return OK;
}
//@stub
// int object_page_get(struct memory_object *object, uint64_t number, bool write,
//                     struct object_page *page)
// {
//     (void)object;
//     (void)number;
//     (void)write;
//     (void)page;
//     todo("4.7");
//     return ERROR_NOT_IMPLEMENTED;
// }
//@end
