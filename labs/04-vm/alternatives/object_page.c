/*
 * Exercise 4.7, another way: one function for each of the cases.
 */
#include "cairn/error.h"
#include "frames/frames.h"
#include "memory_object/memory_object.h"

static int get_new(struct memory_object *object, uint64_t number, struct object_page *page)
{
    int error = object_frame_allocate(object, true, &page->physical);

    page->writable = true;
    page->replaced = 0;
    if (error == OK) {
        error = page_index_set(&object->index, number, page->physical);
        if (error != OK)
            frame_release(page->physical);
    }
    return error;
}

static int get_copy(struct memory_object *object, uint64_t number, uint64_t old,
                    struct object_page *page)
{
    int error = object_frame_allocate(object, false, &page->physical);

    if (error != OK)
        return error;
    object_frame_copy(object, page->physical, old);
    page->writable = true;
    page->replaced = old;
    return page_index_set(&object->index, number, page->physical);
}

int object_page_get(struct memory_object *object, uint64_t number, bool write,
                    struct object_page *page)
{
    uint64_t frame = page_index_get(&object->index, number);

    if (frame == 0)
        return get_new(object, number, page);
    if (write && object_frame_is_shared(frame))
        return get_copy(object, number, frame, page);
    page->physical = frame;
    page->writable = write || !object_frame_is_shared(frame);
    page->replaced = 0;
    return OK;
}
