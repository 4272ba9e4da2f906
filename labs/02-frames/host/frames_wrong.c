/*
 * Wrong calls of the frame allocator, and what must be said of them. See frames_model.h.
 */
#include "frames_model.h"

/* A wrong call: it is counted and reported as what it is, and has no other effect. */
static void check_mistake(uint64_t before, const char *function, const char *wrong)
{
    REQUIRE(frames_mistakes() == before + 1);
    REQUIRE(machine_said(function) && machine_said(wrong) && machine_said("nothing was done"));
    REQUIRE(machine_said("called by"));
}

/* Frees an allocation, but not as it was allocated. */
static void free_wrongly(const struct live *entry, struct bytes *bytes)
{
    uint64_t before = frames_mistakes();
    uint8_t kind = bytes_take(bytes);

    switch (kind % 4) {
    case 0:
        frames_free(entry->physical, entry->count + 1 + bytes_take(bytes));
        check_mistake(before, "frames_free(", "it was allocated with another count");
        break;
    case 1:
        frames_free(entry->physical, entry->count - 1);
        check_mistake(before, "frames_free(",
                      entry->count == 1 ? "no frames are no allocation"
                                        : "it was allocated with another count");
        break;
    case 2:
        frames_free(entry->physical + 1 + bytes_below(bytes, PAGE_SIZE - 1), entry->count);
        check_mistake(before, "frames_free(", "it is not the address of a frame");
        break;
    default:
        if (entry->count == 1)
            return;
        frames_free(entry->physical + PAGE_SIZE * (1 + bytes_below(bytes, entry->count - 1)),
                    kind / 4 % 2 == 0 ? 1 : entry->count);
        check_mistake(before, "frames_free(", "it is in the middle of an allocation");
    }
}

/* Any address that is not in use, in all calls that want one that is. */
static void use_unused(struct bytes *bytes)
{
    uint64_t before = frames_mistakes();
    uint64_t physical = bytes_below(bytes, MACHINE_END / PAGE_SIZE) * PAGE_SIZE;
    uint8_t kind = bytes_take(bytes);
    bool is_free = model_is_free(physical);

    REQUIRE((frame_at(physical) != NULL) == model_is_managed(physical));
    REQUIRE(frame_at(physical + 1 + kind) == NULL);
    if (kind / 4 % 8 == 0) {
        physical = UINT64_MAX - kind;
        is_free = false;
    }
    if (model_is_managed(physical) && !is_free)
        return;
    const char *wrong = is_free ? "it is free already" : "it is no memory of the frame allocator";
    if (kind % 4 == 0) {
        frame_free(physical);
        check_mistake(before, "frame_free(", wrong);
    } else if (kind % 4 == 1) {
        frames_free(physical, 1 + bytes_take(bytes));
        check_mistake(before, "frames_free(", wrong);
    } else if (kind % 4 == 2) {
        frame_release(physical);
        check_mistake(before, "frame_release(", wrong);
    } else {
        frame_reference(physical);
        check_mistake(before, "frame_reference(", wrong);
    }
}

void make_mistake(struct bytes *bytes)
{
    machine_forget();
    if (bytes_take(bytes) % 2 == 0 && live_count > 0)
        free_wrongly(&live[bytes_below(bytes, live_count)], bytes);
    else
        use_unused(bytes);
}
