/*
 * What the files of the probe space.run share. Private.
 */
#pragma once

#include "address_space/address_space.h"
#include "probe/probe.h"

enum {
    PROBE_SPACES = 16,              /**< Spaces, and objects. */
    PROBE_SPACE_PLACES = 256,       /**< Place 0 is address 0. */
    PROBE_SPACE_NONE = 255,         /**< Instead of a number of a space or an object. */
    PROBE_SPACE_COPY_MAX = 1 << 16, /**< Bytes of user memory copied at once. */
};

/** A step, as it comes. */
struct probe_space_step {
    uint8_t action;
    uint8_t space;
    uint8_t other;
    uint8_t place;
    uint32_t flags;
    uint64_t address;
    uint64_t size;
    uint64_t offset;
    uint64_t alignment;
};

/** What is remembered. */
struct probe_space {
    const struct probe_request *request;
    struct address_space *spaces[PROBE_SPACES];
    struct memory_object *objects[PROBE_SPACES];
    uint64_t places[PROBE_SPACE_PLACES];
};

static inline struct address_space *probe_space_of(const struct probe_space *probe, unsigned number)
{
    return number == PROBE_SPACE_NONE ? NULL : probe->spaces[number];
}

/** Physical address of some memory that is not the frame allocator's: 32 KiB, all 0 at first. */
uint64_t probe_space_window(void);

/** Fact `bytes`: the checksum (CRC-32, as of zlib) of bytes. */
void probe_space_report_bytes(const struct probe_space *probe, const unsigned char *bytes,
                              size_t size);

/** Facts `region`: start, end, flags, offset, and a number for the object. @return how many */
int probe_space_report_regions(const struct probe_space *probe, struct address_space *space);

/** Fact `mapping`: physical address, level and flags, if there is one. */
int probe_space_report_mapping(const struct probe_space *probe, struct address_space *space,
                               uint64_t address);

/** Fact `use`: frames of objects, of page tables, all that are free; frames promised; the limit. */
void probe_space_report_use(const struct probe_space *probe);

/** A checksum of all regions. */
uint64_t probe_space_checksum(struct address_space *space);
