/*
 * Exercise 2.6: objects from slabs. The contracts are in slab.h.
 */
#include "heap/slab.h"

#include "cairn/error.h"
#include "lib/util.h"
#include "plain/plain.h"

//@exercise 2.6 Objects from slabs
/* Moves a slab, whose number of used objects has just changed from before, to its right list. */
static void move_slab(struct slab_set *set, struct slab *slab, unsigned before)
{
    struct list *list = slab->used == 0             ? &set->empty
                        : slab->used == slab->count ? &set->full
                                                    : &set->partial;

    if (list == &set->partial && before != 0 && before != slab->count)
        return;
    list_remove(&slab->link);
    list_add_first(list, &slab->link);
    set->empty_count += slab->used == 0;
    set->empty_count -= before == 0;
}

void slab_add(struct slab_set *set, struct slab *slab)
{
    slab->used = 0;
    slab->first_free = 0;
    for (unsigned i = 0; i < slab->count; i++)
        slab->next[i] = (uint16_t)(i + 1);
    slab->next[slab->count - 1] = SLAB_END;
    list_add_first(&set->empty, &slab->link);
    set->empty_count++;
}

void *slab_take(struct slab_set *set)
{
    struct list *from = list_is_empty(&set->partial) ? &set->empty : &set->partial;

    if (list_is_empty(from))
        return NULL;
    struct slab *slab = list_first(from, slab, link);
    unsigned index = slab->first_free;
    slab->first_free = slab->next[index];
    slab->next[index] = SLAB_USED;
    slab->used++;
    move_slab(set, slab, slab->used - 1u);
    return slab->objects + (size_t)index * slab->object_bytes;
}

int slab_give(struct slab_set *set, struct slab *slab, void *object)
{
    uintptr_t offset = (uintptr_t)object - (uintptr_t)slab->objects;
    uintptr_t index = offset / slab->object_bytes;

    if (index >= slab->count || offset % slab->object_bytes != 0)
        return ERROR_FAULT;
    if (slab->next[index] != SLAB_USED)
        return ERROR_NOT_FOUND;
    slab->next[index] = slab->first_free;
    slab->first_free = (uint16_t)index;
    slab->used--;
    move_slab(set, slab, slab->used + 1u);
    return OK;
}
//@stub
// void slab_add(struct slab_set *set, struct slab *slab)
// {
//     (void)set;
//     (void)slab;
//     todo("2.6");
// }
//
// void *slab_take(struct slab_set *set)
// {
//     (void)set;
//     todo("2.6");
//     return NULL;
// }
//
// int slab_give(struct slab_set *set, struct slab *slab, void *object)
// {
//     (void)set;
//     (void)slab;
//     (void)object;
//     todo("2.6");
//     return ERROR_NOT_IMPLEMENTED;
// }
//@end
