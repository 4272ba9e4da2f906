/*
 * Exercise 2.7, another way: taking and giving share the choice of a magazine. Both first look for
 * one that does not hold a certain number of objects: none for taking, all for giving.
 */
#include "heap/magazine.h"

typedef struct magazine *exchange(struct magazine_depot *depot, struct magazine *old);

static bool serves(const struct magazine *magazine, size_t useless)
{
    return magazine != NULL && magazine->rounds != useless;
}

/*
 * Sees to it that the loaded magazine is one whose rounds are not `useless`.
 */
static bool choose(struct magazine_pair *pair, struct magazine_depot *depot, size_t useless,
                   exchange *ask)
{
    struct magazine_pair swapped = {.loaded = pair->previous, .previous = pair->loaded};

    if (serves(pair->loaded, useless))
        return true;
    if (!serves(swapped.loaded, useless)) {
        swapped.loaded = ask(depot, swapped.loaded);
        if (!swapped.loaded)
            return false;
    }
    *pair = swapped;
    return true;
}

void *magazine_take(struct magazine_pair *pair, struct magazine_depot *depot)
{
    if (!choose(pair, depot, 0, depot_exchange_for_full))
        return NULL;

    struct magazine *from = pair->loaded;
    from->rounds -= 1;
    return from->objects[from->rounds];
}

bool magazine_give(struct magazine_pair *pair, struct magazine_depot *depot, void *object)
{
    if (!choose(pair, depot, MAGAZINE_ROUNDS, depot_exchange_for_empty))
        return false;

    struct magazine *to = pair->loaded;
    to->objects[to->rounds] = object;
    to->rounds += 1;
    return true;
}
