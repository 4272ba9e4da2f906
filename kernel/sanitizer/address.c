/*
 * The kernel address sanitizer: SAN=1 builds call __asan_load8(address) before each load of 8
 * bytes, and so on for the other sizes and for stores. These functions look the address up in the
 * *shadow*, which has a byte for each 8 bytes of memory:
 *
 *   0         all 8 may be accessed
 *   1 to 7    so many of them, the first ones
 *   0x80 up   none; the value tells why
 *
 * What has a shadow:
 * - each chunk of 2 MiB of memory with a slab of the kernel heap, from its first slab on. The
 *   shadow of a chunk takes 64 frames. The heap opens and closes its objects (heap/shadow.h).
 * - the image's constants and variables, of which the compiler lists those with a red zone behind
 *   them: it lays them out so that there is one.
 *
 * Accesses to anything else, stacks and devices among them, are not checked. Nor are accesses by
 * assembly, by this folder, and by kernel/heap/checked*.c, whose work is to fill what others must
 * not touch. A bad access is reported and counted, and then it happens.
 *
 * Source: the calls are GCC's, gcc/sanitizer.def, in the variants that return ("noabort"); the
 * encoding is that of Serebryany and others, AddressSanitizer, USENIX 2012, section 3.1.
 */
#define __SANITIZE_ADDRESS__ 1 /* for heap/shadow.h: this file supplies what it declares */

#include "address_map/address_map.h"
#include "boot/boot.h"
#include "cairn/error.h"
#include "caller/caller.h"
#include "frames/frames.h"
#include "heap/report.h"
#include "heap/shadow.h"
#include "init/init.h"
#include "log/log.h"
#include "percpu/percpu.h"

enum shadow_value {
    SHADOW_OPEN = 0,
    SHADOW_GLOBAL = 0xf9, /* behind a global variable */
    SHADOW_SLAB = 0xfa,   /* in a slab, but of no object that was ever in use; or a red zone */
    SHADOW_FREED = 0xfd,  /* an object that was freed */
};

enum { GRANULE = 8, IMAGE_COVERED = 2 * 1024 * 1024 };

/* By number of the chunk: its shadow, or NULL. */
static uint8_t **chunk_shadows;
static uint64_t chunk_count;

static uint8_t image_shadow[IMAGE_COVERED / GRANULE];
extern const char rodata_start[], image_end[];

static uint64_t reports;
/* A report on this processor is under way: accesses by the report itself are not reported. */
static PERCPU(bool, sanitizer_reports_now);

uint64_t sanitizer_reports(void)
{
    return __atomic_load_n(&reports, __ATOMIC_RELAXED);
}

/* The shadow of the granule that an address lies in; NULL when it has none. */
static inline uint8_t *shadow_at(uintptr_t address)
{
    uint64_t physical = address - DIRECT_MAP_BASE;
    uintptr_t offset = address - (uintptr_t)rodata_start;

    if (physical >> CHUNK_SHIFT < chunk_count) {
        uint8_t *shadow = chunk_shadows[physical >> CHUNK_SHIFT];
        return shadow != NULL ? shadow + (physical & (CHUNK_SIZE - 1)) / GRANULE : NULL;
    }
    return offset < IMAGE_COVERED ? &image_shadow[offset / GRANULE] : NULL;
}

/* The first byte of [address, end) that must not be accessed; end when all may. */
static uintptr_t first_closed(uintptr_t address, uintptr_t end)
{
    while (address < end) {
        const uint8_t *shadow = shadow_at(address);
        if (shadow == NULL || *shadow == SHADOW_OPEN)
            address = align_down(address, GRANULE) + GRANULE;
        else if (*shadow > GRANULE || address % GRANULE >= *shadow)
            return address;
        else
            address++;
    }
    return end;
}

static const char *reason(uintptr_t address)
{
    const uint8_t *shadow = shadow_at(address);

    if (address - (uintptr_t)rodata_start < IMAGE_COVERED)
        return "memory behind a variable";
    switch (shadow != NULL ? *shadow : SHADOW_OPEN) {
    case SHADOW_FREED:
        return "memory that was freed";
    case SHADOW_SLAB:
        return "memory of the heap that is not in use";
    default:
        return "memory past the end of what is in use";
    }
}

static __attribute__((noinline)) void report(uintptr_t address, size_t size, bool is_store,
                                             uintptr_t site)
{
    if (percpu(sanitizer_reports_now))
        return;
    percpu(sanitizer_reports_now) = true;
    uintptr_t bad = first_closed(address, address + size);
    (void)__atomic_fetch_add(&reports, 1, __ATOMIC_RELAXED);
    log_error("sanitizer: %s of %zu bytes at %#llx: %s", is_store ? "a store" : "a load", size,
              (unsigned long long)address, reason(bad));
    heap_describe((const void *)bad);
    caller_log(site);
    percpu(sanitizer_reports_now) = false;
}

static inline void check(uintptr_t address, size_t size, bool is_store, uintptr_t site)
{
    const uint8_t *shadow = shadow_at(address);

    /* Nearly always: one granule, all of it open. */
    if (shadow == NULL || (*shadow == SHADOW_OPEN && address % GRANULE + size <= GRANULE))
        return;
    if (first_closed(address, address + size) != address + size)
        report(address, size, is_store, site);
}

#define CHECKED_ACCESS(call, is_store, size, ...)                                                  \
    void __asan_##call##_noabort(__VA_ARGS__);                                                     \
    void __asan_##call##_noabort(__VA_ARGS__)                                                      \
    {                                                                                              \
        check(address, size, is_store, (uintptr_t)__builtin_return_address(0));                    \
    }
#define CHECKED_ACCESSES(suffix, size, ...)                                                        \
    CHECKED_ACCESS(load##suffix, false, size, __VA_ARGS__)                                         \
    CHECKED_ACCESS(store##suffix, true, size, __VA_ARGS__)
CHECKED_ACCESSES(1, 1, uintptr_t address)
CHECKED_ACCESSES(2, 2, uintptr_t address)
CHECKED_ACCESSES(4, 4, uintptr_t address)
CHECKED_ACCESSES(8, 8, uintptr_t address)
CHECKED_ACCESSES(16, 16, uintptr_t address)
CHECKED_ACCESSES(N, size, uintptr_t address, size_t size)

/* Functions that don't return leave stack frames behind; those are not watched. */
void __asan_handle_no_return(void);
void __asan_handle_no_return(void)
{
}

/* A global variable, as the compiler tells of it. */
struct asan_global {
    uintptr_t begin;
    size_t size;
    size_t size_with_red_zone;
    const char *name;
    const char *module;
    size_t has_dynamic_init;
    const void *location;
    uintptr_t odr_indicator;
};

/* Says something of a granule, if it has a shadow. */
static void mark(uintptr_t address, uintptr_t value)
{
    uint8_t *shadow = shadow_at(address);

    if (shadow != NULL)
        *shadow = (uint8_t)value;
}

/* Closes [from, to) but for the bytes before `from` in its granule; `to` is a granule's end. */
static void close(uintptr_t from, uintptr_t to, enum shadow_value value)
{
    if (from % GRANULE != 0)
        mark(from, from % GRANULE);
    for (from = align_up(from, GRANULE); from < to; from += GRANULE)
        mark(from, value);
}

static void open(uintptr_t from, uintptr_t to)
{
    for (; from + GRANULE <= to; from += GRANULE)
        mark(from, SHADOW_OPEN);
    if (from < to)
        mark(from, to - from);
}

void __asan_register_globals(const struct asan_global *globals, size_t count);
void __asan_register_globals(const struct asan_global *globals, size_t count)
{
    for (size_t i = 0; i < count; i++)
        close(globals[i].begin + globals[i].size, globals[i].begin + globals[i].size_with_red_zone,
              SHADOW_GLOBAL);
}

void __asan_unregister_globals(const struct asan_global *globals, size_t count);
void __asan_unregister_globals(const struct asan_global *globals, size_t count)
{
    (void)globals;
    (void)count;
}

static int sanitizer_init(void)
{
    extern void (*const init_array_start[])(void), (*const init_array_end[])(void);

    for (void (*const *function)(void) = init_array_start; function < init_array_end; function++)
        (*function)();
    if ((size_t)(image_end - rodata_start) > IMAGE_COVERED)
        log_warning("sanitizer: %zu bytes of variables are not watched",
                    (size_t)(image_end - rodata_start) - IMAGE_COVERED);
    return OK;
}
INIT_CALL(boot, sanitizer_init);

static void *zeroed_frames(uint64_t bytes)
{
    const struct frame_request request = {
        .count = (bytes + PAGE_SIZE - 1) / PAGE_SIZE, .owner = FRAME_KERNEL, .zeroed = true};
    uint64_t physical;

    return frames_allocate(&request, &physical) == OK ? physical_pointer(physical) : NULL;
}

/* Makes the list of chunks; false when there is no memory for it. */
static bool have_chunks(void)
{
    const struct memory_map *map = &boot_info.memory;

    if (chunk_shadows != NULL || map->count == 0)
        return chunk_shadows != NULL;
    uint64_t end = 0;
    for (size_t i = 0; i < map->count; i++) {
        const struct memory_range *range = &map->ranges[i];
        if (range->kind == MEMORY_USABLE && range->base + range->size > end)
            end = range->base + range->size;
    }
    uint64_t count = (end + CHUNK_SIZE - 1) / CHUNK_SIZE;
    chunk_shadows = zeroed_frames(count * sizeof(*chunk_shadows));
    chunk_count = chunk_shadows != NULL ? count : 0;
    return chunk_shadows != NULL;
}

void shadow_slab_made(const void *base, size_t bytes, const void *objects, size_t object_bytes)
{
    uint64_t chunk = ((uintptr_t)base - DIRECT_MAP_BASE) >> CHUNK_SHIFT;

    (void)bytes;
    if (!have_chunks() || chunk >= chunk_count)
        return;
    /* Without memory for it, this chunk is not watched. */
    if (chunk_shadows[chunk] == NULL)
        chunk_shadows[chunk] = zeroed_frames(CHUNK_SIZE / GRANULE);
    close((uintptr_t)objects, (uintptr_t)objects + object_bytes, SHADOW_SLAB);
}

void shadow_slab_freed(const void *base, size_t bytes)
{
    open((uintptr_t)base, (uintptr_t)base + bytes);
}

void shadow_allocated(const void *object, size_t size)
{
    open((uintptr_t)object, (uintptr_t)object + size);
}

void shadow_freed(const void *object, size_t size)
{
    close((uintptr_t)object, align_up((uintptr_t)object + size, GRANULE), SHADOW_FREED);
}

bool shadow_is_free(const void *object)
{
    const uint8_t *shadow = shadow_at((uintptr_t)object);

    return shadow != NULL && (*shadow == SHADOW_FREED || *shadow == SHADOW_SLAB);
}
