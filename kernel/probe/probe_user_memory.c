/*
 * Probes of user memory and of running address spaces.
 *
 *   user.copy TO FROM SIZE
 *
 * Copies bytes that follow from their place out to offset TO of a user page and back, to offset
 * FROM of a buffer. Facts: `results` of both copies; `bytes` that came back; `touched`, how many
 * bytes around them changed in the buffer. The cost is that of the second copy.
 *
 *   user.touch HOW
 *
 * With a page that user programs may write, reads it, see enum touch. Fact: `result`.
 *
 *   user.rotate SPACES LIMIT TURNS
 *
 * Lets so many address spaces run in turn, each with a page of its own at the same address, with no
 * more than LIMIT identifiers. Fact: `wrong`, a list of the turns in which a space did not find
 * what it had written, at most 16; `frames`, in use before and after.
 */
#include "address_space/address_space.h"
#include "arch/cpu.h"
#include "arch/trap.h"
#include "clock/clock.h"
#include "frames/frames.h"
#include "lib/string.h"
#include "probe/probe.h"
#include "timer/timer.h"
#include "tlb/identifier.h"
#include "user_memory/user_memory.h"

enum touch {
    TOUCH_GUARDED,   /* by memory_copy_guarded() */
    TOUCH_READ,      /* by a load, which should be the end */
    TOUCH_WRITE,     /* by a store, likewise */
    TOUCH_NULL,      /* by a load from address 8, likewise */
    TOUCH_INTERRUPT, /* by memory_copy_guarded(), in an interrupt that hits a copy */
    TOUCH_AFTER,     /* by memory_copy_guarded(), after a copy that failed */
    TOUCH_COPY_IN,  /* by user_copy_in() to a pointer of the kernel's that leads nowhere: the end */
    TOUCH_COPY_OUT, /* by user_copy_out() from there, likewise */
};

enum { PLACE = 0x40000000, ROOM = 64 * 1024, MARK = 0x5a, SPACES_MAX = 64, WRONG_MAX = 16 };

static struct address_space *spaces[SPACES_MAX];
static unsigned char buffer[ROOM + 2 * PAGE_SIZE] __attribute__((aligned(4096)));

static USER void *user_pointer(uint64_t address)
{
    return (USER void *)(uintptr_t)address;
}

/* A new address space, running, with ROOM bytes at PLACE. */
static int create(struct address_space **space)
{
    const struct map_request request = {
        .size = ROOM, .flags = PAGE_READ | PAGE_WRITE, .fixed = true, .address = PLACE};
    uint64_t address;
    int error = address_space_create(space);

    if (error != OK)
        return error;
    address_space_switch(*space);
    error = address_space_map(*space, &request, &address);
    if (error != OK) {
        address_space_switch(NULL);
        address_space_release(*space);
    }
    return error;
}

static void end(struct address_space *space)
{
    address_space_switch(NULL);
    address_space_release(space);
}

static uint64_t bytes_touched(const unsigned char *bytes, size_t size)
{
    uint64_t touched = 0;

    for (size_t i = 0; i < size; i++)
        touched += bytes[i] != MARK;
    return touched;
}

static int run_copy(struct probe_request *request)
{
    uint64_t to;
    uint64_t from;
    uint64_t size;
    uint64_t results[2];
    struct address_space *space;

    if (request->count != 3 || !probe_number(request, 0, &to) || !probe_number(request, 1, &from) ||
        !probe_number(request, 2, &size) || to > PAGE_SIZE || from > PAGE_SIZE || size > PAGE_SIZE)
        return ERROR_USAGE;
    int error = create(&space);
    if (error != OK)
        return error;
    for (size_t i = 0; i < size; i++)
        buffer[i] = (unsigned char)(i * 7 + i / 251);
    results[0] = (uint64_t)user_copy_out(user_pointer(PLACE + to), buffer, size);
    memset(buffer, MARK, sizeof(buffer));
    unsigned char *bytes = buffer + PAGE_SIZE / 2 + from;
    probe_count_begin();
    results[1] = (uint64_t)user_copy_in(bytes, user_pointer(PLACE + to), size);
    probe_count_end();
    probe_fact_list(request, "results", results, 2);
    probe_fact_bytes(request, "bytes", bytes, size);
    probe_fact(request, "touched",
               bytes_touched(buffer, (size_t)(bytes - buffer)) +
                   bytes_touched(bytes + size, (size_t)(buffer + sizeof(buffer) - bytes - size)));
    end(space);
    return OK;
}
PROBE(user_copy)
= {.name = "user.copy", .run = run_copy};

/* The user page, as if it were the kernel's own. */
static unsigned char *stray_pointer(uintptr_t address)
{
    /* Hidden from the compiler, which knows what is wrong with such pointers. */
    __asm__ volatile("" : "+r"(address));
    return (unsigned char *)address;
}

static int touch_guarded(void)
{
    unsigned char byte;

    return memory_copy_guarded(&byte, stray_pointer(PLACE), 1);
}

static struct timer_touch {
    struct timer timer;
    bool rung;
    int result;
} timer_touch;

static void ring(struct timer *timer)
{
    (void)timer;
    timer_touch.result = touch_guarded();
    timer_touch.rung = true;
}

/* Copies for as long as it takes until the timer rings. */
static int touch_in_interrupt(void)
{
    enum { DELAY_NS = 30000, COPIES_MAX = 1000 };

    timer_touch = (struct timer_touch){.timer.callback = ring};
    int error = timer_set(&timer_touch.timer, clock_now() + DELAY_NS);
    cpu_interrupts_restore(true);
    for (unsigned i = 0;
         error == OK && i < COPIES_MAX && !__atomic_load_n(&timer_touch.rung, __ATOMIC_RELAXED);
         i++)
        error = user_copy_in(buffer, user_pointer(PLACE), ROOM);
    (void)cpu_interrupts_disable();
    return error != OK ? error : timer_touch.rung ? timer_touch.result : ERROR_TIMED_OUT;
}

static int touch(enum touch how)
{
    switch (how) {
    case TOUCH_GUARDED:
        return touch_guarded();
    case TOUCH_READ:
        return *stray_pointer(PLACE);
    case TOUCH_WRITE:
        *stray_pointer(PLACE) = 0;
        return OK;
    case TOUCH_NULL:
        return *stray_pointer(8);
    case TOUCH_INTERRUPT:
        return touch_in_interrupt();
    case TOUCH_AFTER:
        if (user_copy_in(buffer, user_pointer(PLACE + ROOM - 8), 16) != ERROR_FAULT)
            return ERROR_CORRUPT;
        return touch_guarded();
    case TOUCH_COPY_IN:
        return user_copy_in(stray_pointer((uintptr_t)-PAGE_SIZE), user_pointer(PLACE), 8);
    case TOUCH_COPY_OUT:
        return user_copy_out(user_pointer(PLACE), stray_pointer((uintptr_t)-PAGE_SIZE), 8);
    }
    return ERROR_USAGE;
}

static int run_touch(struct probe_request *request)
{
    uint64_t how;
    struct address_space *space;

    if (request->count != 1 || !probe_number(request, 0, &how) || how > TOUCH_COPY_OUT)
        return ERROR_USAGE;
    int error = create(&space);
    if (error != OK)
        return error;
    for (size_t at = 0; at < ROOM && error == OK; at += PAGE_SIZE)
        error = user_copy_out(user_pointer(PLACE + at), "cairn", 6);
    if (error == OK)
        probe_fact_signed(request, "result", touch((enum touch)how));
    end(space);
    return error;
}
PROBE(user_touch)
= {.name = "user.touch", .run = run_touch};

static uint64_t frames_used(void)
{
    struct frame_statistics statistics;
    uint64_t used = 0;

    if (frames_count(0, &statistics) != OK)
        return 0;
    used += statistics.owned[FRAME_PAGE_TABLE] + statistics.owned[FRAME_MEMORY_OBJECT];
    return used;
}

/* One turn: the space finds what it wrote at its last one, and writes something else. */
static bool take_turn(unsigned number, uint64_t turn, uint64_t count)
{
    uint64_t last = turn < count ? 0 : turn - count + 1;
    uint64_t found = UINT64_MAX;
    uint64_t next = turn + 1;

    address_space_switch(spaces[number]);
    return user_copy_in(&found, user_pointer(PLACE), sizeof(found)) == OK && found == last &&
           user_copy_out(user_pointer(PLACE), &next, sizeof(next)) == OK;
}

/* Goes on with so few, all of which are given out: the next switch begins a generation. */
static void limit_identifiers(uint32_t limit)
{
    if (tlb_pool.count <= limit)
        return;
    tlb_pool.count = limit;
    tlb_pool.next = 1;
    memset(tlb_pool.used, 0xff, (limit + 63) / 64 * sizeof(*tlb_pool.used));
}

static int run_rotate(struct probe_request *request)
{
    uint64_t count;
    uint64_t limit;
    uint64_t turns;
    uint64_t wrong[WRONG_MAX];
    size_t wrong_count = 0;
    unsigned made = 0;

    if (request->count != 3 || !probe_number(request, 0, &count) || count > SPACES_MAX ||
        count == 0 || !probe_number(request, 1, &limit) || limit < 3 || limit > UINT16_MAX ||
        !probe_number(request, 2, &turns))
        return ERROR_USAGE;
    limit_identifiers((uint32_t)limit);
    uint64_t frames[2] = {frames_used()};
    int error = OK;
    while (made < count && error == OK) {
        error = create(&spaces[made]);
        made += error == OK;
    }
    for (uint64_t turn = 0; error == OK && turn < turns; turn++) {
        if (!take_turn((unsigned)(turn % count), turn, count) && wrong_count < WRONG_MAX)
            wrong[wrong_count++] = turn;
    }
    address_space_switch(NULL);
    while (made > 0)
        address_space_release(spaces[--made]);
    frames[1] = frames_used();
    probe_fact_list(request, "wrong", wrong, wrong_count);
    probe_fact_list(request, "frames", frames, 2);
    return error;
}
PROBE(user_rotate)
= {.name = "user.rotate", .run = run_rotate};
