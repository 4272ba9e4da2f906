/*
 * Making, cloning and freeing memory objects.
 *
 * Each page of an object has a promise of its own from the beginning, touched or not, until
 * memory_object_give_back(). So no page can ever use up another's.
 */
#include "memory_object/memory_object.h"

#include "arch/mmu.h"
#include "cairn/error.h"
#include "frames/frames.h"
#include "heap/heap.h"
#include "memory_object/commit.h"
#include "memory_object/object_frame.h"

/* What any of the three architectures can address. */
enum { PHYSICAL_BITS = 48 };

static OBJECT_CACHE(memory_object_cache, "memory object", sizeof(struct memory_object), NULL);

/* Makes an object as `model` says, with what is promised to it. */
static int make(const struct memory_object *model, struct memory_object **object)
{
    int error = memory_promise(model->reserved);

    if (error != OK)
        return error;
    struct memory_object *made = object_allocate(&memory_object_cache);
    if (made == NULL) {
        memory_unpromise(model->reserved);
        return ERROR_NO_MEMORY;
    }
    *made = *model;
    made->references = 1;
    made->lock = (struct spinlock)SPINLOCK("memory object");
    list_init(&made->regions);
    *object = made;
    return OK;
}

int memory_object_create(uint64_t size, unsigned page_level, struct memory_object **object)
{
    if (page_level > 2)
        return ERROR_INVALID_ARGUMENT;
    if (page_level > mmu_largest_leaf())
        return ERROR_NOT_SUPPORTED;
    uint64_t rounded = align_up(size, page_level_size(page_level));
    if (rounded == 0) /* also when it wrapped */
        return ERROR_INVALID_ARGUMENT;
    return make(&(struct memory_object){.kind = MEMORY_OBJECT_ANONYMOUS,
                                        .page_level = page_level,
                                        .size = rounded,
                                        .reserved = rounded / PAGE_SIZE},
                object);
}

int memory_object_create_physical(uint64_t physical, uint64_t size, unsigned page_flags,
                                  struct memory_object **object)
{
    uint64_t rounded = align_up(size, PAGE_SIZE);

    if (rounded == 0 || physical % PAGE_SIZE != 0 ||
        !range_within(physical, rounded, UINT64_C(1) << PHYSICAL_BITS) ||
        (page_flags != PAGE_DEVICE && page_flags != PAGE_COMBINE && page_flags != 0))
        return ERROR_INVALID_ARGUMENT;
    return make(&(struct memory_object){.kind = MEMORY_OBJECT_PHYSICAL,
                                        .size = rounded,
                                        .physical = physical,
                                        .page_flags = page_flags},
                object);
}

void memory_object_reference(struct memory_object *object)
{
    /* Relaxed: whoever adds a reference has one already. */
    if (object != NULL)
        __atomic_fetch_add(&object->references, 1, __ATOMIC_RELAXED);
}

void memory_object_release(struct memory_object *object)
{
    /* Release what was done with it; acquire what the others did, paired with their releases. */
    if (object == NULL || __atomic_fetch_sub(&object->references, 1, __ATOMIC_ACQ_REL) != 1)
        return;
    page_index_clear(&object->index);
    memory_unpromise(object->reserved);
    object_free(&memory_object_cache, object);
}

int memory_object_clone(struct memory_object *object, struct memory_object **clone)
{
    struct memory_object *copy;

    if (object->kind != MEMORY_OBJECT_ANONYMOUS)
        return ERROR_NOT_SUPPORTED;
    spinlock_acquire(&object->lock);
    int error = make(&(struct memory_object){.kind = object->kind,
                                             .page_level = object->page_level,
                                             .size = object->size,
                                             .reserved = object->reserved},
                     &copy);
    if (error == OK) {
        /* First nobody writes to the frames any more; only then are they shared. */
        error = object_mappings_protect(object);
        if (error == OK)
            error = page_index_clone(&copy->index, &object->index);
        if (error != OK)
            memory_object_release(copy);
    }
    spinlock_release(&object->lock);
    if (error == OK)
        *clone = copy;
    return error;
}

/* Frees the pages in a range, which nothing maps any more. */
static void free_pages(struct memory_object *object, uint64_t offset, uint64_t size)
    REQUIRES(object->lock)
{
    uint64_t page_size = page_level_size(object->page_level);
    uint64_t number = offset / page_size;
    uint64_t end = number + size / page_size;

    while ((number = page_index_next(&object->index, number, end)) < end)
        frame_release(page_index_remove(&object->index, number));
}

void memory_object_discard(struct memory_object *object, uint64_t offset, uint64_t size)
{
    if (object->kind != MEMORY_OBJECT_ANONYMOUS)
        return;
    spinlock_acquire(&object->lock);
    /* What may still be mapped must stay. */
    if (object_mappings_unmap(object, offset, size) == OK)
        free_pages(object, offset, size);
    spinlock_release(&object->lock);
}

void memory_object_give_back(struct memory_object *object, uint64_t offset, uint64_t size)
{
    spinlock_acquire(&object->lock);
    free_pages(object, offset, size);
    object->reserved -= size / PAGE_SIZE;
    spinlock_release(&object->lock);
    memory_unpromise(size / PAGE_SIZE);
}
