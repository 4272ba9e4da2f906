/*
 * Promises of frames.
 */
#include "cairn/error.h"
#include "frames/frames.h"
#include "panic/panic.h"

int frame_reserve_fill(struct frame_reserve *reserve, size_t count)
{
    size_t before = reserve->count;
    int error = OK;

    if (count > ARRAY_COUNT(reserve->frames))
        return ERROR_INVALID_ARGUMENT;
    while (error == OK && reserve->count < count) {
        error = frame_allocate(FRAME_KERNEL, &reserve->frames[reserve->count]);
        reserve->count += error == OK;
    }
    if (error == OK)
        return OK;
    /* All or nothing, so that one who gives up needs to undo nothing. */
    while (reserve->count > before)
        frame_free(reserve->frames[--reserve->count]);
    return error;
}

uint64_t frame_reserve_take(struct frame_reserve *reserve, enum frame_owner owner)
{
    ASSERT(reserve->count > 0 && owner != FRAME_FREE && (unsigned)owner < FRAME_OWNERS);
    uint64_t physical = reserve->frames[--reserve->count];
    frame_at(physical)->owner = (uint8_t)owner;
    return physical;
}

void frame_reserve_empty(struct frame_reserve *reserve)
{
    while (reserve->count > 0)
        frame_free(reserve->frames[--reserve->count]);
}
