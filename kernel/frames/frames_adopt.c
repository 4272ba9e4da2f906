/*
 * Memory that becomes free after start-up.
 */
#include "frames/zone.h"

uint64_t frames_adopt(uint64_t base, uint64_t end)
{
    uint64_t adopted = 0;

    for (uint64_t physical = base; physical < end; physical += PAGE_SIZE) {
        struct zone *zone = zone_find(physical);
        if (zone == NULL)
            continue;
        spinlock_acquire(&zone->lock);
        if (zone_is_reserved(zone, physical)) {
            zone_add_frames(zone, physical, physical + PAGE_SIZE);
            zone->usable++;
            adopted++;
        }
        spinlock_release(&zone->lock);
    }
    return adopted;
}
