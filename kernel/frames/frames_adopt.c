/*
 * Memory that becomes free after start-up.
 */
#include "frames/zone.h"

/* Whether a frame is reserved: part of a hole, or of a split chunk but never free. */
static bool is_reserved(struct zone *zone, uint64_t physical) REQUIRES(zone->lock)
{
    uint64_t chunk = zone_chunk(zone, physical);
    uint8_t state = zone->table.states[chunk];

    return state == CHUNK_HOLE ||
           (state == CHUNK_SPLIT && zone_frame(zone, physical)->owner == FRAME_RESERVED);
}

uint64_t frames_adopt(uint64_t base, uint64_t end)
{
    uint64_t adopted = 0;

    for (uint64_t physical = base; physical < end; physical += PAGE_SIZE) {
        struct zone *zone = zone_find(physical);
        if (zone == NULL)
            continue;
        spinlock_acquire(&zone->lock);
        if (is_reserved(zone, physical)) {
            zone_add_frames(zone, physical, physical + PAGE_SIZE);
            zone->usable++;
            adopted++;
        }
        spinlock_release(&zone->lock);
    }
    return adopted;
}
