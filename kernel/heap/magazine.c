/*
 * Exercise 2.7: two magazines for each processor. The contracts are in magazine.h.
 */
#include "heap/magazine.h"

#include "plain/plain.h"

//@exercise 2.7 Two magazines
static bool has_object(const struct magazine *magazine)
{
    return magazine != NULL && magazine->rounds > 0;
}

static bool has_room(const struct magazine *magazine)
{
    return magazine != NULL && magazine->rounds < MAGAZINE_ROUNDS;
}

/* Loads another magazine; the loaded one becomes the previous one. */
static void load(struct magazine_pair *pair, struct magazine *magazine)
{
    pair->previous = pair->loaded;
    pair->loaded = magazine;
}

static inline void *pop(struct magazine *magazine)
{
    return magazine->objects[--magazine->rounds];
}

static inline void push(struct magazine *magazine, void *object)
{
    magazine->objects[magazine->rounds++] = object;
}

/* The two seldom ways are functions of their own, so that the usual ways have nothing to keep. */
static __attribute__((noinline)) void *load_and_take(struct magazine_pair *pair,
                                                     struct magazine_depot *depot)
{
    struct magazine *other = pair->previous;

    if (!has_object(other))
        other = depot_exchange_for_full(depot, other);
    if (other == NULL)
        return NULL;
    load(pair, other);
    return pop(other);
}

static __attribute__((noinline)) bool load_and_give(struct magazine_pair *pair,
                                                    struct magazine_depot *depot, void *object)
{
    struct magazine *other = pair->previous;

    if (!has_room(other))
        other = depot_exchange_for_empty(depot, other);
    if (other == NULL)
        return false;
    load(pair, other);
    push(other, object);
    return true;
}

void *magazine_take(struct magazine_pair *pair, struct magazine_depot *depot)
{
    if (!has_object(pair->loaded))
        return load_and_take(pair, depot);
    return pop(pair->loaded);
}

bool magazine_give(struct magazine_pair *pair, struct magazine_depot *depot, void *object)
{
    if (!has_room(pair->loaded))
        return load_and_give(pair, depot, object);
    push(pair->loaded, object);
    return true;
}
//@stub
// void *magazine_take(struct magazine_pair *pair, struct magazine_depot *depot)
// {
//     (void)pair;
//     (void)depot;
//     todo("2.7");
//     return NULL;
// }
//
// bool magazine_give(struct magazine_pair *pair, struct magazine_depot *depot, void *object)
// {
//     (void)pair;
//     (void)depot;
//     (void)object;
//     todo("2.7");
//     return false;
// }
//@end
