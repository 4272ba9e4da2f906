/*
 * The frames behind an object's pages.
 */
#include "memory_object/object_frame.h"

#include "address_map/address_map.h"
#include "arch/page_copy.h"
#include "frames/frames.h"

int object_frame_allocate_large(const struct memory_object *object, bool zeroed, uint64_t *physical)
{
    const struct frame_request request = {.count = object_frames(object, 1),
                                          .alignment = page_level_size(object->page_level),
                                          .owner = FRAME_MEMORY_OBJECT,
                                          .zeroed = zeroed};

    return frames_allocate(&request, physical);
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
