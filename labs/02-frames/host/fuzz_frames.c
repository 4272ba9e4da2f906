/*
 * Fuzzing the frame allocator as a whole: the input is a list of operations; a bitmap of what is
 * free is the model (frames_model.h).
 *
 * After each input everything is freed, and the allocator must be as it was at the start: what was
 * freed can be allocated again as the same blocks.
 */
#include <stdlib.h>
#include <string.h>

#include "address_map/address_map.h"
#include "cairn/error.h"
#include "frames/report.h"
#include "frames_model.h"

enum { UNCHANGED = 0x5ca1ab1e };

/* The allocator's own start. */
int machine_frames_init(void);

static struct frame_reserve reserve;
static struct frame_statistics at_start[BOOT_NODES];

static void free_live(size_t index)
{
    struct live entry = live[index];

    check_mark(&entry);
    forget_live(index);
    machine_count(1);
    if (entry.count == 1)
        frame_free(entry.physical);
    else
        frames_free(entry.physical, entry.count);
}

static enum frame_owner take_owner(struct bytes *bytes)
{
    return (enum frame_owner)(FRAME_FREE + 1 + bytes_below(bytes, FRAME_OWNERS - 1));
}

static void allocate_one(struct bytes *bytes)
{
    enum frame_owner owner = take_owner(bytes);
    uint64_t physical = UNCHANGED;

    if (live_count == LIVE_MAX)
        return;
    int error = frame_allocate(owner, &physical);
    machine_count(1);
    if (error == OK) {
        REQUIRE(!machine_fails);
        add_live(physical, 1, owner);
        return;
    }
    REQUIRE(error == ERROR_NO_MEMORY && physical == UNCHANGED);
    REQUIRE(machine_fails || free_frames == 0);
}

static void check_allocation(const struct frame_request *request, uint64_t physical)
{
    unsigned node = request->has_node ? request->node : frames_local_node();

    REQUIRE(physical % (request->alignment > PAGE_SIZE ? request->alignment : PAGE_SIZE) == 0);
    REQUIRE(!request->low || physical + request->count * PAGE_SIZE <= FRAMES_LOW_END);
    REQUIRE(!request->only_node || machine_node(physical) == node);
    if (request->zeroed) {
        const char *contents = physical_pointer(physical);
        for (uint64_t i = 0; i < request->count * PAGE_SIZE; i += 512)
            REQUIRE(contents[i] == 0);
    }
}

/* Sizes: small runs, runs, blocks, and what no machine has. */
static uint64_t take_count(struct bytes *bytes)
{
    switch (bytes_take(bytes) % 8) {
    case 0:
    case 1:
    case 2:
        return 1 + bytes_below(bytes, 16);
    case 3:
    case 4:
        return 1 + bytes_below(bytes, CHUNK_FRAMES);
    case 5:
        return CHUNK_FRAMES * (1 + bytes_below(bytes, 16));
    case 6:
        return 1 + bytes_below(bytes, UINT64_C(1) << bytes_below(bytes, 20));
    default:
        return (UINT64_C(1) << bytes_below(bytes, 64)) - bytes_below(bytes, 3);
    }
}

static bool is_sensible(const struct frame_request *request)
{
    return request->count != 0 && request->owner != FRAME_FREE && request->owner < FRAME_OWNERS &&
           (request->alignment & (request->alignment - 1)) == 0 &&
           (!request->has_node || request->node < boot_info.node_count);
}

static void allocate(struct bytes *bytes)
{
    struct frame_request request = {.count = take_count(bytes), .owner = take_owner(bytes)};
    uint8_t flags = bytes_take(bytes);
    uint64_t physical = UNCHANGED;

    request.low = (flags & 1) != 0;
    request.only_node = (flags & 2) != 0;
    request.has_node = (flags & 4) != 0;
    request.zeroed = (flags & 8) != 0 && request.count <= 16;
    if ((flags & 16) != 0)
        request.alignment = UINT64_C(1) << bytes_below(bytes, (flags & 32) != 0 ? 64 : 24);
    if (request.has_node)
        request.node = (unsigned)bytes_below(bytes, boot_info.node_count);
    if ((flags & 0xc0) == 0xc0) {
        /* Sometimes nonsense. */
        uint8_t wrong = bytes_take(bytes);
        request.alignment += wrong & 3;
        request.node += wrong >> 4 & 7;
        request.owner = (wrong & 8) != 0 ? (enum frame_owner)(wrong >> 5) : request.owner;
        request.count = (wrong & 4) != 0 ? 0 : request.count;
    }
    if (live_count == LIVE_MAX)
        return;
    int error = frames_allocate(&request, &physical);
    machine_count(1);
    if (error == OK) {
        REQUIRE(is_sensible(&request) && !machine_fails);
        check_allocation(&request, physical);
        add_live(physical, request.count, request.owner);
        return;
    }
    REQUIRE(physical == UNCHANGED);
    REQUIRE(is_sensible(&request) == (error != ERROR_INVALID_ARGUMENT));
    REQUIRE(error == ERROR_INVALID_ARGUMENT || error == ERROR_NO_MEMORY);
    if (error == ERROR_NO_MEMORY && !machine_fails)
        REQUIRE(!could_serve(&request));
}

static void free_some(struct bytes *bytes)
{
    if (live_count > 0)
        free_live(bytes_below(bytes, live_count));
}

static void refer(struct bytes *bytes)
{
    if (live_count == 0)
        return;
    size_t index = bytes_below(bytes, live_count);
    struct live *entry = &live[index];
    if (bytes_take(bytes) % 2 == 0) {
        frame_reference(entry->physical);
        entry->references++;
        return;
    }
    uint64_t physical = entry->physical;
    uint32_t left = --entry->references;
    if (left == 0) {
        check_mark(entry);
        forget_live(index);
    }
    frame_release(physical);
    if (left != 0)
        REQUIRE(frame_at(physical)->references == left);
}

static void use_reserve(struct bytes *bytes)
{
    size_t before = reserve.count;
    size_t count = bytes_below(bytes, 18);

    if (bytes_take(bytes) % 2 == 0) {
        uint64_t had[16];
        memcpy(had, reserve.frames, sizeof(had));
        int error = frame_reserve_fill(&reserve, count);
        REQUIRE((count > 16) == (error == ERROR_INVALID_ARGUMENT));
        REQUIRE(error == OK ? reserve.count == (count > before ? count : before)
                            : reserve.count == before);
        REQUIRE(memcmp(had, reserve.frames, before * sizeof(had[0])) == 0);
        for (size_t i = before; i < reserve.count; i++) {
            model_set(reserve.frames[i], 1, false);
            owned[machine_node(reserve.frames[i])][FRAME_KERNEL]++;
        }
    } else if (before > 0 && live_count < LIVE_MAX) {
        enum frame_owner owner = take_owner(bytes);
        uint64_t physical = frame_reserve_take(&reserve, owner);
        model_set(physical, 1, true);
        owned[machine_node(physical)][FRAME_KERNEL]--;
        add_live(physical, 1, owner);
    }
}

static void empty_reserve(void)
{
    for (size_t i = 0; i < reserve.count; i++) {
        model_set(reserve.frames[i], 1, true);
        owned[machine_node(reserve.frames[i])][FRAME_KERNEL]--;
    }
    frame_reserve_empty(&reserve);
    REQUIRE(reserve.count == 0);
}

/* What the zones' chunks tell is what the zones tell, and that of all of a node's is the node's. */
static void check_zones(unsigned node, const struct frame_statistics *sum)
{
    uint64_t usable = sum->usable, free_in_all = sum->free, cached = sum->cached;

    for (size_t index = 0; index < zone_count; index++) {
        struct frame_statistics zone = {0};
        uint32_t chunk_usable, chunk_free;
        uint64_t alike, chunk;
        if (zones[index].node != node)
            continue;
        zone_add_up(&zones[index], &zone);
        usable -= zone.usable;
        free_in_all -= zone.free;
        cached -= zone.cached;
        for (chunk = 0; chunk < zones[index].count; chunk += alike) {
            alike = zone_chunks_alike(&zones[index], chunk, &chunk_usable, &chunk_free);
            REQUIRE(chunk_free <= chunk_usable && chunk_usable <= CHUNK_FRAMES);
            zone.usable -= alike * chunk_usable;
            zone.free -= alike * chunk_free;
        }
        REQUIRE(chunk == zones[index].count);
        REQUIRE(zone.usable == 0 && zone.free == 0);
    }
    REQUIRE(usable == 0 && free_in_all == 0 && cached == 0);
}

/* What is free, cached and owned is all there is, by node. */
static void check_counts(void)
{
    uint64_t free_in_all = 0;

    for (unsigned node = 0; node < boot_info.node_count; node++) {
        struct frame_statistics now;
        uint64_t used = 0;
        REQUIRE(frames_count(node, &now) == OK);
        for (unsigned owner = 1; owner < FRAME_OWNERS; owner++) {
            REQUIRE(now.owned[owner] == owned[node][owner]);
            used += now.owned[owner];
        }
        REQUIRE(now.free + now.cached + used == now.usable);
        REQUIRE(now.usable == at_start[node].usable && now.metadata == at_start[node].metadata);
        check_zones(node, &now);
        free_in_all += now.free + now.cached;
    }
    REQUIRE(free_in_all == free_frames);
}

/* Singles until memory or the list is full, or half of it. */
static void allocate_many(struct bytes *bytes)
{
    struct bytes none = {NULL, 0};

    for (uint64_t left = 64 * (uint64_t)bytes_take(bytes); left > 0 && live_count < LIVE_MAX;
         left--)
        allocate_one(&none);
}

static void free_many(struct bytes *bytes)
{
    size_t step = 1 + bytes_below(bytes, 4);

    for (size_t index = live_count; index >= step; index -= step)
        free_live(index - step);
}

/* Fragmentation: of eight frames, those go that a byte tells. */
static void free_pattern(struct bytes *bytes)
{
    uint8_t pattern = bytes_take(bytes);

    for (size_t index = live_count; index > 0; index--) {
        if ((pattern >> live[index - 1].physical / PAGE_SIZE % 8 & 1) != 0)
            free_live(index - 1);
    }
}

static void operate(struct bytes *bytes)
{
    uint8_t kind = bytes_take(bytes);

    if (kind < 80)
        allocate_one(bytes);
    else if (kind < 140)
        allocate(bytes);
    else if (kind < 215)
        free_some(bytes);
    else if (kind < 225)
        make_mistake(bytes);
    else if (kind < 232)
        refer(bytes);
    else if (kind < 238)
        use_reserve(bytes);
    else if (kind < 243)
        check_counts();
    else if (kind < 246)
        frames_drain();
    else if (kind < 249)
        allocate_many(bytes);
    else if (kind < 250)
        free_many(bytes);
    else if (kind < 252)
        free_pattern(bytes);
    else
        machine_turn_failures(1);
}

/* All is free again, and in as large blocks as at the start. */
static void check_end(void)
{
    frames_drain();
    check_counts();
    for (unsigned node = 0; node < boot_info.node_count; node++) {
        struct frame_statistics now;
        REQUIRE(frames_count(node, &now) == OK);
        REQUIRE(memcmp(&now, &at_start[node], sizeof(now)) == 0);
    }
    REQUIRE(machine_interrupts_on);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    machine_operate(data, size, operate);
    empty_reserve();
    while (live_count > 0)
        free_live(live_count - 1);
    check_end();
    return 0;
}

/* Every frame is allocated once, so that the model knows which frames there are. */
static void learn_frames(void)
{
    uint64_t first = UINT64_MAX, usable = 0, physical;

    while (frame_allocate(FRAME_KERNEL, &physical) == OK) {
        model_learn(physical);
        /* The frames themselves keep the list of what must be freed. */
        memcpy(physical_pointer(physical), &first, sizeof(first));
        first = physical;
    }
    while (first != UINT64_MAX) {
        physical = first;
        memcpy(&first, physical_pointer(physical), sizeof(first));
        frame_free(physical);
    }
    for (unsigned node = 0; node < boot_info.node_count; node++)
        usable += at_start[node].usable;
    REQUIRE(usable == free_frames && usable == frames_usable() && frames_mistakes() == 0);
}

int LLVMFuzzerInitialize(int *count, char ***words)
{
    (void)count;
    (void)words;
    machine_start();
    REQUIRE(machine_frames_init() == OK);
    machine_check_start();
    for (unsigned node = 0; node < boot_info.node_count; node++)
        REQUIRE(frames_count(node, &at_start[node]) == OK);
    REQUIRE(frames_count((unsigned)boot_info.node_count, &at_start[0]) == ERROR_NOT_FOUND);
    learn_frames();
    check_end();
    return 0;
}
