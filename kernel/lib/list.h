/**
 * @file
 * @defgroup list Doubly linked lists
 * Lists whose links lie in the things that they link, so that no operation needs memory or fails.
 *
 * A list is a ring: its head is a link too, and an empty list's head points at itself. So adding
 * and removing need no special case at either end.
 *
 *        +---------------------------------------------+
 *        |    head          first            last      |
 *        +-> [next] ------> [next] --------> [next] ---+
 *            [previous] <-- [previous] <---- [previous]
 *
 * Takes no lock: whoever owns the list says which one protects it. Any context.
 * @{
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "lib/util.h"

/** A link, part of the thing that is in a list; or a list's head. */
struct list_link {
    struct list_link *next;
    struct list_link *previous;
};

/** A list. */
struct list {
    struct list_link head;
};

/** An empty list at @p list, as an initialiser for variables. */
#define LIST(list)                                                                                 \
    {                                                                                              \
        {                                                                                          \
            &(list).head, &(list).head                                                             \
        }                                                                                          \
    }

/** Makes @p list empty, whatever it was. */
static inline void list_init(struct list *list)
{
    list->head.next = &list->head;
    list->head.previous = &list->head;
}

/** Whether nothing is in @p list. */
static inline bool list_is_empty(const struct list *list)
{
    return list->head.next == &list->head;
}

/** Puts @p link, which is in no list, between two neighbours. */
static inline void list_insert_between(struct list_link *link, struct list_link *previous,
                                       struct list_link *next)
{
    link->previous = previous;
    link->next = next;
    previous->next = link;
    next->previous = link;
}

/** Puts @p link, which is in no list, first into @p list. */
static inline void list_add_first(struct list *list, struct list_link *link)
{
    list_insert_between(link, &list->head, list->head.next);
}

/** Puts @p link, which is in no list, last into @p list. */
static inline void list_add_last(struct list *list, struct list_link *link)
{
    list_insert_between(link, list->head.previous, &list->head);
}

/** Takes @p link out of the list that it is in. */
static inline void list_remove(struct list_link *link)
{
    link->previous->next = link->next;
    link->next->previous = link->previous;
    link->next = NULL;
    link->previous = NULL;
}

/** Takes the first link out of @p list. @return it, or NULL when the list is empty */
static inline struct list_link *list_take_first(struct list *list)
{
    struct list_link *first = list->head.next;

    if (first == &list->head)
        return NULL;
    list_remove(first);
    return first;
}

/** The first entry of @p list, a `struct type` with its link in @p member; the list isn't empty. */
#define list_first(list, type, member) container_of((list)->head.next, struct type, member)

/**
 * Walks over @p list from first to last; @p entry is a `struct type *`. The list must not change
 * within the loop, except that the loop may be left after a change.
 */
#define LIST_FOR_EACH(type, entry, list, member)                                                   \
    for (struct type *entry = list_first(list, type, member); &entry->member != &(list)->head;     \
         entry = container_of(entry->member.next, struct type, member))

/** @} */
