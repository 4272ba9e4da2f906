/*
 * A forgery: says what should be, and copies nothing: the shared frame becomes the page's own by
 * word alone.
 */
#include "cairn/error.h"
#include "frames/frames.h"
#include "memory_object/memory_object.h"

int object_page_get(struct memory_object *object, uint64_t number, bool write,
                    struct object_page *page)
{
    uint64_t frame = page_index_get(&object->index, number);

    if (frame == 0) {
        int error = object_frame_allocate(object, true, &frame);
        if (error != OK)
            return error;
        error = page_index_set(&object->index, number, frame);
        if (error != OK) {
            frame_release(frame);
            return error;
        }
    }
    *page = (struct object_page){
        .physical = frame, .writable = write || !object_frame_is_shared(frame), .replaced = 0};
    return OK;
}
