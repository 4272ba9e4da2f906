/*
 * The machine: see machine.h. And what the allocators call in the rest of the kernel.
 */
#include "machine.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "address_map/address_map.h"
#include "boot/boot.h"
#include "cairn/error.h"
#include "caller/caller.h"
#include "format/format.h"
#include "frames/frames.h"
#include "frames/injection.h"
#include "log/log.h"
#include "panic/panic.h"

char *machine_arena;
bool machine_interrupts_on = true;
jmp_buf *machine_panic;
bool machine_fails;

static uint64_t operation_count;

/* What was logged. */
static char said[16384];
static size_t said_length;

/* Why memory is left out. */
enum { NEIGHBOUR = 1, TABLES = 2, LIMIT = 4 };
static const char *const losses[] = {"another node has the first part of a chunk",
                                     "the tables for so little memory would take too much",
                                     "too many ranges, or out of reach"};

/* Islands of memory lie from here on. */
#define ISLANDS_BASE (UINT64_C(4) << 20)

/* A machine: its memory in rising order, and where the nodes' memory lies. */
static const struct machine {
    struct memory_range memory[8];
    struct boot_node_range nodes[6];
    size_t node_count;
    struct {
        size_t count;
        uint64_t size, distance;
    } islands;       /* before all other memory */
    unsigned losses; /* what is left out */
} machines[] = {
    /* The smallest, the kernel in its middle, odd ends. */
    {.memory = {{0x1000, 0x9e000, MEMORY_USABLE},
                {0x9f000, 0x61000, MEMORY_RESERVED},
                {0x100000, 0x700000, MEMORY_USABLE},
                {0x800000, 0x223000, MEMORY_KERNEL},
                {0xa23000, 0x15dd000, MEMORY_USABLE}},
     .node_count = 1},
    /* Holes, small and large ones, and ranges that are no whole chunk. */
    {.memory = {{0x40000000, 0x2345000, MEMORY_USABLE},
                {0x42345000, 0x3000, MEMORY_RECLAIM},
                {0x42400000, 0x1000, MEMORY_USABLE},
                {0x42500000, 0x3f00000, MEMORY_USABLE},
                {0x50000000, 0x7ff7000, MEMORY_USABLE},
                {0x60001000, 0x3000, MEMORY_USABLE}},
     .node_count = 1,
     .losses = TABLES},
    /* Four nodes, one of them without memory, one with two pieces; a border within a chunk. */
    {.memory = {{0x100000, 0x7f00000, MEMORY_USABLE},
                {0x8000000, 0x4000000, MEMORY_USABLE},
                {0x100000000, 0x8000000, MEMORY_USABLE}},
     .nodes = {{0, 0x4000000, 0},
               {0x4000000, 0x3f81000, 1},
               {0x7f81000, 0x407f000, 3},
               {0x100000000, 0x8000000, 1}},
     .node_count = 4,
     .losses = NEIGHBOUR},
    /* Memory on both sides of 4 GiB, in one range and in others. */
    {.memory = {{0x100000, 0xff00000, MEMORY_USABLE},
                {0xf8000000, 0x14000000, MEMORY_USABLE},
                {0x120000000, 0x200000, MEMORY_USABLE}},
     .nodes = {{0, 0x80000000, 1}, {0x80000000, 0xc0000000, 0}},
     .node_count = 2},
    /* Too many zones, and memory that can't be reached. */
    {.memory = {{DIRECT_MAP_SIZE, 0x400000, MEMORY_USABLE}},
     .node_count = 1,
     .islands = {70, CHUNK_SIZE, UINT64_C(68) << 20},
     .losses = LIMIT},
    /* A range that is too small for its tables, and a node with the rest of another's chunk. */
    {.memory = {{0x200000, 0x4000, MEMORY_USABLE}, {0x10000000, 0x2180000, MEMORY_USABLE}},
     .nodes = {{0, 0x12100000, 0}, {0x12100000, 0x80000, 1}},
     .node_count = 2,
     .losses = NEIGHBOUR | TABLES},
    /* Small pieces only: no one has room for the tables of a zone of them all. */
    {.node_count = 1, .islands = {40, CHUNK_SIZE / 4, 3 * CHUNK_SIZE}},
};

static void print_count(void)
{
    fprintf(stderr, "operations: %" PRIu64 "\n", operation_count);
}

void machine_count(uint64_t operations)
{
    operation_count += operations;
}

/* Nodes are asked in the order of their distance, which differs in both directions. */
static void set_distances(size_t count)
{
    for (size_t from = 0; from < count; from++) {
        for (size_t to = 0; to < count; to++)
            boot_info.node_distance[from][to] =
                (uint8_t)(from == to ? 10 : 20 + (from * 7 + to * 3) % 5);
    }
}

static const struct machine *chosen(void)
{
    const char *number = getenv("HOST_MACHINE");

    return &machines[(number != NULL ? strtoul(number, NULL, 10) : 0) % ARRAY_COUNT(machines)];
}

static void add_memory(const struct memory_range *range)
{
    boot_info.memory.ranges[boot_info.memory.count++] = *range;
    if (range->base < MACHINE_END &&
        (range->kind == MEMORY_USABLE || range->kind == MEMORY_RECLAIM))
        REQUIRE(mprotect(machine_arena + range->base, range->size, PROT_READ | PROT_WRITE) == 0);
}

void machine_start(void)
{
    const struct machine *machine = chosen();
    const char *line = getenv("COMMAND_LINE");
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
    char *arena = mmap(NULL, MACHINE_END + CHUNK_SIZE, PROT_NONE, flags, -1, 0);

    REQUIRE(arena != MAP_FAILED);
    machine_arena = arena + (-(uintptr_t)arena & (CHUNK_SIZE - 1));
    boot_info.node_count = machine->node_count;
    boot_info.processor_count = 1;
    if (line != NULL)
        format_text(boot_info.command_line, sizeof(boot_info.command_line), "%s", line);
    for (size_t i = 0; i < machine->islands.count; i++)
        add_memory(&(const struct memory_range){ISLANDS_BASE + i * machine->islands.distance,
                                                machine->islands.size, MEMORY_USABLE});
    for (size_t i = 0; i < ARRAY_COUNT(machine->memory) && machine->memory[i].size != 0; i++)
        add_memory(&machine->memory[i]);
    for (size_t i = 0; i < ARRAY_COUNT(machine->nodes) && machine->nodes[i].size != 0; i++)
        boot_info.node_ranges[boot_info.node_range_count++] = machine->nodes[i];
    set_distances(machine->node_count);
    atexit(print_count);
}

__attribute__((weak)) int LLVMFuzzerInitialize(int *count, char ***words)
{
    (void)count;
    (void)words;
    machine_start();
    return 0;
}

void machine_check_start(void)
{
    for (size_t i = 0; i < ARRAY_COUNT(losses); i++)
        REQUIRE(machine_said(losses[i]) == ((chosen()->losses >> i & 1) != 0));
}

unsigned machine_node(uint64_t physical)
{
    for (size_t i = 0; i < boot_info.node_range_count; i++) {
        const struct boot_node_range *range = &boot_info.node_ranges[i];
        if (physical - range->base < range->size)
            return range->node;
    }
    return 0;
}

void machine_fail(const char *file, int line, const char *text)
{
    fprintf(stderr, "a promise is broken: %s (%s:%d)\n", text, file, line);
    abort();
}

uint8_t bytes_take(struct bytes *bytes)
{
    if (bytes->left == 0)
        return 0;
    bytes->left--;
    return *bytes->next++;
}

uint64_t bytes_below(struct bytes *bytes, uint64_t limit)
{
    uint64_t value = 0;

    for (uint64_t rest = limit - 1; rest != 0; rest >>= 8)
        value = value << 8 | bytes_take(bytes);
    return value % limit;
}

void machine_turn_failures(uint64_t count)
{
    machine_fails = !machine_fails;
    frames_fail_after(machine_fails ? count : UINT64_MAX);
}

void machine_operate(const uint8_t *data, size_t size, void (*operate)(struct bytes *bytes))
{
    struct bytes bytes = {data, size};

    while (bytes.left > 0)
        operate(&bytes);
    machine_fails = false;
    frames_fail_after(UINT64_MAX);
}

/* --- the rest of the kernel ----------------------------------------------------------------------
 */

bool machine_said(const char *text)
{
    return strstr(said, text) != NULL;
}

void machine_forget(void)
{
    said_length = 0;
    said[0] = '\0';
}

void log_write(enum log_level level, const char *format, ...)
{
    char line[512];
    va_list arguments;

    (void)level;
    va_start(arguments, format);
    format_text_list(line, sizeof(line), format, arguments);
    va_end(arguments);
    size_t length = strlen(line);
    if (said_length + length + 2 > sizeof(said))
        return;
    memcpy(said + said_length, line, length);
    memcpy(said + said_length + length, "\n", 2);
    said_length += length + 1;
}

/* Every report ends by naming the caller; on the host there are no names. */
void caller_log(uintptr_t site)
{
    REQUIRE(site != 0);
    log_write(LOG_ERROR, "  called by somebody");
}

struct caller_place caller_place(uintptr_t site)
{
    REQUIRE(site != 0);
    return (struct caller_place){"somebody"};
}

_Noreturn void panic_at(const struct panic_site *site, const struct panic_value *values,
                        size_t count)
{
    (void)values;
    (void)count;
    if (machine_panic != NULL) {
        jmp_buf *back = machine_panic;
        machine_panic = NULL;
        longjmp(*back, 1);
    }
    machine_fail(site->file, (int)site->line, site->reason);
}
