/*
 * What memory objects call in the rest of the kernel, for fuzz_object.c, which includes this once:
 * frames out of an arena, of which any allocation may fail; a heap and locks that are counted; and
 * mappings that are not there.
 */
#pragma once

#include <string.h>

#include "cairn/error.h"
#include "frames/injection.h"
#include "fuzz.h"
#include "log/log.h"
#include "memory_object/object_frame.h"
#include "plain/plain.h"

/* Single frames from the arena's second page on; above them blocks of 2 MiB. */
enum {
    FRAMES = 1024,
    BLOCKS = 4,
    BLOCK_FRAMES = 512,
    ARENA_FRAMES = FRAMES + BLOCKS * BLOCK_FRAMES
};

char *arena;
uint64_t frames_fail_from;
static struct frame frames[ARENA_FRAMES];
static unsigned frames_used, heap_used, locks_held;

bool frames_injected(void)
{
    if (frames_fail_from == 1)
        return true;
    frames_fail_from--;
    return false;
}

bool frames_shall_fail(void)
{
    return frames_injecting() && frames_injected();
}

static int give_out(unsigned first, unsigned step, unsigned end, uint64_t *physical)
{
    if (frames_injecting() && frames_injected())
        return ERROR_NO_MEMORY;
    for (unsigned i = first; i < end; i += step) {
        if (frames[i].references == 0) {
            frames[i].references = 1;
            frames_used++;
            *physical = i * PAGE_SIZE;
            return OK;
        }
    }
    return ERROR_NO_MEMORY;
}

int frame_allocate(enum frame_owner owner, uint64_t *physical)
{
    CHECK(owner == FRAME_MEMORY_OBJECT);
    return give_out(1, 1, FRAMES, physical);
}

int frames_allocate(const struct frame_request *request, uint64_t *physical)
{
    bool one = request->count == 1;

    CHECK((one || request->count == BLOCK_FRAMES) && request->owner == FRAME_MEMORY_OBJECT);
    CHECK(request->alignment == request->count * PAGE_SIZE);
    int error = one ? give_out(1, 1, FRAMES, physical)
                    : give_out(FRAMES, BLOCK_FRAMES, ARENA_FRAMES, physical);
    if (error == OK && request->zeroed)
        memset(arena + *physical, 0, request->count * PAGE_SIZE);
    return error;
}

struct frame *frame_at(uint64_t physical)
{
    CHECK(physical % PAGE_SIZE == 0 && physical / PAGE_SIZE < ARENA_FRAMES);
    CHECK(frames[physical / PAGE_SIZE].references > 0);
    return &frames[physical / PAGE_SIZE];
}

void frame_reference(uint64_t physical)
{
    frame_at(physical)->references++;
}

/* Whoever still looks at a free frame finds nonsense at its ends. */
void frame_release(uint64_t physical)
{
    uint64_t frame = physical / PAGE_SIZE;
    size_t size = frame < FRAMES ? PAGE_SIZE : BLOCK_FRAMES * PAGE_SIZE;

    if (--frame_at(physical)->references > 0)
        return;
    frames_used--;
    memset(arena + physical, 0xa5, 64);
    memset(arena + physical + size - 64, 0xa5, 64);
}

uint64_t frames_usable(void)
{
    return 1400;
}

void *object_allocate(struct object_cache *cache)
{
    void *object = frames_injecting() && frames_injected() ? NULL : malloc(cache->size);

    if (object != NULL) {
        memset(object, 0xa5, cache->size);
        heap_used++;
    }
    return object;
}

void object_free(struct object_cache *cache, void *object)
{
    (void)cache;
    CHECK(object != NULL);
    heap_used--;
    free(object);
}

void spinlock_acquire(struct spinlock *lock)
{
    CHECK(!lock->held);
    lock->held = true;
    locks_held++;
}

void spinlock_release(struct spinlock *lock)
{
    CHECK(lock->held);
    lock->held = false;
    locks_held--;
}

unsigned mmu_largest_leaf(void)
{
    return 1;
}

static const char *option;

int command_line_option(const char *key, char *value, size_t size)
{
    CHECK(strcmp(key, "overcommit") == 0);
    if (option == NULL)
        return ERROR_NOT_FOUND;
    snprintf(value, size, "%s", option);
    return (int)strlen(option);
}

bool string_to_number(const char *text, unsigned long long *value)
{
    char *end;

    *value = strtoull(text, &end, 10);
    return *text != '\0' && *end == '\0';
}

void log_write(enum log_level level, const char *format, ...)
{
    (void)level;
    (void)format;
}

void todo_report(unsigned char *said, const char *exercise, const char *file, unsigned line)
{
    (void)said;
    (void)exercise;
    (void)file;
    (void)line;
    abort();
}

/* Mappings: their number, and whether they can be changed. */
static unsigned protected, unmapped;
static bool mappings_fail;

int object_mappings_protect(const struct memory_object *object)
{
    CHECK(object->lock.held);
    protected++;
    return mappings_fail ? ERROR_NOT_IMPLEMENTED : OK;
}

int object_mappings_unmap(const struct memory_object *object, uint64_t offset, uint64_t size)
{
    CHECK(object->lock.held && range_within(offset, size, object->size));
    unmapped++;
    return mappings_fail ? ERROR_NOT_IMPLEMENTED : OK;
}
