/*
 * A wrong solution of exercise 2.6: it knows how a single slab of a few objects looks that is
 * filled once, and shows that. Nothing ever comes back.
 */
#include "heap/slab.h"

#include "cairn/error.h"

void slab_add(struct slab_set *set, struct slab *slab)
{
    slab->used = 0;
    slab->first_free = 0;
    for (unsigned i = 0; i < slab->count; i++)
        slab->next[i] = (uint16_t)(i + 1 < slab->count ? i + 1 : SLAB_END);
    list_add_first(&set->empty, &slab->link);
    set->empty_count++;
}

void *slab_take(struct slab_set *set)
{
    struct list *list = list_is_empty(&set->partial) ? &set->empty : &set->partial;

    if (list_is_empty(list))
        return NULL;
    struct slab *slab = list_first(list, slab, link);
    unsigned index = slab->used++;
    set->empty_count -= index == 0;
    slab->next[index] = SLAB_USED;
    slab->first_free = (uint16_t)(slab->used == slab->count ? SLAB_END : slab->used);
    list_remove(&slab->link);
    list_add_first(slab->used == slab->count ? &set->full : &set->partial, &slab->link);
    return slab->objects + (size_t)index * slab->object_bytes;
}

int slab_give(struct slab_set *set, struct slab *slab, void *object)
{
    (void)set;
    return (char *)object < slab->objects ? ERROR_FAULT : OK;
}
