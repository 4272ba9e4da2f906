/*
 * Exercise 2.6, another way: one table of lists by the kind of a slab, and the chain built from its
 * end. A slab is moved by comparing its kind before and after.
 */
#include "heap/slab.h"

#include "cairn/error.h"

enum kind { EMPTY, PARTIAL, FULL };

static enum kind kind_of(const struct slab *slab)
{
    if (slab->first_free == SLAB_END)
        return FULL;
    return slab->used > 0 ? PARTIAL : EMPTY;
}

static struct list *list_of(struct slab_set *set, enum kind kind)
{
    if (kind == EMPTY)
        return &set->empty;
    return kind == FULL ? &set->full : &set->partial;
}

/* Puts a slab where it belongs if that is not where it was. */
static void sort_in(struct slab_set *set, struct slab *slab, enum kind old)
{
    enum kind now = kind_of(slab);

    if (now == old)
        return;
    if (old == EMPTY)
        set->empty_count -= 1;
    if (now == EMPTY)
        set->empty_count += 1;
    list_remove(&slab->link);
    list_add_first(list_of(set, now), &slab->link);
}

void slab_add(struct slab_set *set, struct slab *slab)
{
    uint16_t following = SLAB_END;

    for (uint16_t i = slab->count; i-- > 0; following = i)
        slab->next[i] = following;
    slab->first_free = following;
    slab->used = 0;
    set->empty_count += 1;
    list_add_first(&set->empty, &slab->link);
}

static void *take_from(struct slab_set *set, struct slab *slab)
{
    enum kind old = kind_of(slab);
    uint16_t *place = &slab->next[slab->first_free];
    void *object = &slab->objects[(size_t)slab->first_free * slab->object_bytes];

    slab->first_free = *place;
    *place = SLAB_USED;
    slab->used += 1;
    sort_in(set, slab, old);
    return object;
}

void *slab_take(struct slab_set *set)
{
    if (!list_is_empty(&set->partial))
        return take_from(set, list_first(&set->partial, slab, link));
    if (!list_is_empty(&set->empty))
        return take_from(set, list_first(&set->empty, slab, link));
    return NULL;
}

int slab_give(struct slab_set *set, struct slab *slab, void *object)
{
    uintptr_t first = (uintptr_t)slab->objects;
    uintptr_t last = first + (uintptr_t)(slab->count - 1) * slab->object_bytes;
    uintptr_t address = (uintptr_t)object;

    if (address < first || address > last || (address - first) % slab->object_bytes > 0)
        return ERROR_FAULT;
    enum kind old = kind_of(slab);
    uint16_t index = (uint16_t)((address - first) / slab->object_bytes);
    if (slab->next[index] != SLAB_USED)
        return ERROR_NOT_FOUND;
    slab->next[index] = slab->first_free;
    slab->first_free = index;
    slab->used -= 1;
    sort_in(set, slab, old);
    return OK;
}
