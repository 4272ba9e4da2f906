/*
 * Opening a flattened device tree: the header, and where the blocks lie.
 */
#include "device_tree/tree.h"
#include "cairn/error.h"
#include "device_tree/device_tree.h"
#include "lib/string.h"

/* The header, chapter 5.2; all fields are big-endian. */
struct tree_header {
    uint32_t magic;
    uint32_t total_size;
    uint32_t structure_offset;
    uint32_t strings_offset;
    uint32_t reservations_offset;
    uint32_t version;
    uint32_t last_compatible_version;
    uint32_t boot_processor;
    uint32_t strings_size;
    uint32_t structure_size; /* from version 17 on */
};
_Static_assert(sizeof(struct tree_header) == 40, "device tree header");

#define HEADER_MAGIC UINT32_C(0xd00dfeed)

enum {
    VERSION_OLDEST = 16,
    VERSION_STRUCTURE_SIZE = 17, /* the first with the size of the structure; also the newest */
};

static int read_header(struct tree_header *header, const uint8_t *bytes)
{
    uint32_t cells[sizeof(*header) / sizeof(uint32_t)];

    for (size_t i = 0; i < ARRAY_COUNT(cells); i++)
        cells[i] = tree_cell(bytes + i * sizeof(uint32_t));
    memcpy(header, cells, sizeof(cells));
    if (header->magic != HEADER_MAGIC || header->total_size < sizeof(*header) ||
        header->total_size > DEVICE_TREE_MAX || header->version < VERSION_OLDEST ||
        header->last_compatible_version > VERSION_STRUCTURE_SIZE)
        return ERROR_CORRUPT;
    return OK;
}

int device_tree_size(const void *header)
{
    struct tree_header fields;

    return read_header(&fields, header) == OK ? (int)fields.total_size : ERROR_CORRUPT;
}

/* Says where the blocks of a blob lie, as far as they lie in its first @p limit bytes. */
static void place_blocks(struct tree *tree, const uint8_t *bytes, const struct tree_header *header,
                         uint32_t limit)
{
    uint32_t room = limit - header->structure_offset;
    tree->structure = bytes + header->structure_offset;
    tree->structure_size = room;
    if (header->version >= VERSION_STRUCTURE_SIZE && header->structure_size < room)
        tree->structure_size = header->structure_size;
    room = limit - header->strings_offset;
    tree->strings = (const char *)bytes + header->strings_offset;
    tree->strings_size = header->strings_size < room ? header->strings_size : room;
    while (tree->strings_size > 0 && tree->strings[tree->strings_size - 1] != '\0')
        tree->strings_size--;
    if (header->reservations_offset <= limit) {
        tree->reservations = bytes + header->reservations_offset;
        tree->reservations_size = limit - header->reservations_offset;
    }
}

int tree_open(struct tree *tree, struct boot_info *info, const void *blob, size_t size)
{
    const uint8_t *bytes = blob;
    struct tree_header header;
    int result = OK;

    *tree = (struct tree){.structure = bytes, .strings = "", .reservations = bytes};
    if (size < sizeof(header))
        return boot_warn(info, "device tree: too short for a header", size);
    if (read_header(&header, bytes) != OK)
        return boot_warn(info, "device tree: bad header", header.magic);
    uint32_t limit = header.total_size;
    if (limit > size) {
        boot_warn(info, "device tree: larger than the memory that holds it", limit);
        limit = (uint32_t)size;
        result = ERROR_CORRUPT;
    }
    if (header.structure_offset > limit || header.strings_offset > limit)
        return boot_warn(info, "device tree: structure or strings lie outside", limit);

    place_blocks(tree, bytes, &header, limit);
    int error = tree_check_structure(tree, info);
    return error != OK ? error : result;
}
