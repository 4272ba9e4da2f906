/*
 * The frames behind an object's pages.
 */
#include "memory_object/object_frame.h"

#include "address_map/address_map.h"
#include "arch/page_copy.h"
#include "cairn/error.h"
#include "frames/frames.h"
#include "memory_object/commit.h"

/* A page that was discarded is touched again: what was promised for it has been given back. */
static int promise_again(struct memory_object *object)
{
    uint64_t frames = object_frames(object, 1);
    int error = memory_promise(frames);

    if (error == OK)
        object->reserved += frames;
    return error;
}

int object_frame_allocate_slowly(struct memory_object *object, bool zeroed, uint64_t *physical)
{
    const struct frame_request request = {.count = object_frames(object, 1),
                                          .alignment = page_level_size(object->page_level),
                                          .owner = FRAME_MEMORY_OBJECT,
                                          .zeroed = zeroed};
    int error = OK;

    if (zeroed && object_frames(object, object->index.pages) >= object->reserved)
        error = promise_again(object);
    return error == OK ? frames_allocate(&request, physical) : error;
}

void object_frame_copy(const struct memory_object *object, uint64_t to, uint64_t from)
{
    for (uint64_t i = 0; i < object_frames(object, 1); i++)
        page_copy(physical_pointer(to + i * PAGE_SIZE), physical_pointer(from + i * PAGE_SIZE));
}

bool object_frame_is_shared(uint64_t physical)
{
    /*
     * Acquire, paired with frame_release(): whoever was the other one has done with the frame. And
     * no other comes: who has the only reference holds its object's lock.
     */
    return __atomic_load_n(&frame_at(physical)->references, __ATOMIC_ACQUIRE) > 1;
}
