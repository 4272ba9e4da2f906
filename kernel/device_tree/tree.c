/*
 * The structure of a flattened device tree: header, tokens, nodes, properties.
 *
 * tree_open() reads every token once and cuts the structure block off where the first damaged one
 * stands. All later reading goes through the same next_token(), which checks every bound again.
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

/* Tokens of the structure block, chapter 5.4.1. */
enum token_kind {
    TOKEN_BEGIN_NODE = 1,
    TOKEN_END_NODE = 2,
    TOKEN_PROPERTY = 3,
    TOKEN_NOP = 4,
    TOKEN_END = 9,
    TOKEN_DAMAGED = -1,
};

/* One token, with what belongs to it. */
struct token {
    enum token_kind kind;
    const char *name; /* of the node or property; "" for a property whose name is out of bounds */
    struct tree_property property;
};

static uint32_t read_cell(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static void read_header(struct tree_header *header, const uint8_t *bytes)
{
    uint32_t cells[sizeof(*header) / sizeof(uint32_t)];

    for (size_t i = 0; i < ARRAY_COUNT(cells); i++)
        cells[i] = read_cell(bytes + i * sizeof(uint32_t));
    memcpy(header, cells, sizeof(cells));
}

static int check_header(const struct tree_header *header)
{
    if (header->magic != HEADER_MAGIC || header->total_size < sizeof(*header) ||
        header->total_size > DEVICE_TREE_MAX || header->version < VERSION_OLDEST ||
        header->last_compatible_version > VERSION_STRUCTURE_SIZE)
        return ERROR_CORRUPT;
    return OK;
}

int device_tree_size(const void *header)
{
    struct tree_header fields;

    read_header(&fields, header);
    return check_header(&fields) == OK ? (int)fields.total_size : ERROR_CORRUPT;
}

/*
 * --- tokens ---
 */

/* Moves *offset past @p size bytes and the padding to the next token. */
static bool skip(const struct tree *tree, uint32_t *offset, uint32_t size)
{
    if (!range_within(*offset, align_up(size, sizeof(uint32_t)), tree->structure_size))
        return false;
    *offset += (uint32_t)align_up(size, sizeof(uint32_t));
    return true;
}

static bool take_node(const struct tree *tree, uint32_t *offset, struct token *token)
{
    size_t room = tree->structure_size - *offset;

    token->name = (const char *)tree->structure + *offset;
    size_t length = strnlen(token->name, room);
    return length < room && skip(tree, offset, (uint32_t)length + 1);
}

static bool take_property(const struct tree *tree, uint32_t *offset, struct token *token)
{
    const uint8_t *head = tree->structure + *offset;

    if (!skip(tree, offset, 2 * sizeof(uint32_t)))
        return false;
    uint32_t name = read_cell(head + sizeof(uint32_t));
    token->name = name < tree->strings_size ? tree->strings + name : "";
    token->property.size = read_cell(head);
    token->property.value = tree->structure + *offset;
    return skip(tree, offset, token->property.size);
}

/* Reads the token at *offset and moves past it; a damaged one leaves *offset where it was. */
static struct token next_token(const struct tree *tree, uint32_t *offset)
{
    struct token token = {.kind = TOKEN_DAMAGED, .name = ""};
    uint32_t next = *offset;
    bool good = false;

    if (!skip(tree, &next, sizeof(uint32_t)))
        return token;
    uint32_t kind = read_cell(tree->structure + *offset);
    if (kind == TOKEN_BEGIN_NODE)
        good = take_node(tree, &next, &token);
    else if (kind == TOKEN_PROPERTY)
        good = take_property(tree, &next, &token);
    else
        good = kind == TOKEN_END_NODE || kind == TOKEN_NOP || kind == TOKEN_END;
    if (good) {
        token.kind = (enum token_kind)kind;
        *offset = next;
    }
    return token;
}

/*
 * Reads all tokens; the structure ends where the first one is damaged or makes no sense.
 */
static int check_structure(struct tree *tree, struct boot_info *info)
{
    uint32_t offset = 0;
    uint32_t depth = 0;
    bool rooted = false;
    bool deep = false;
    uint32_t unnamed = 0;

    for (;;) {
        uint32_t start = offset;
        struct token token = next_token(tree, &offset);
        bool outside =
            depth == 0 && (token.kind == TOKEN_END_NODE || token.kind == TOKEN_PROPERTY ||
                           (token.kind == TOKEN_BEGIN_NODE && rooted));

        if (token.kind == TOKEN_END && depth == 0 && rooted)
            break;
        if (token.kind == TOKEN_DAMAGED || token.kind == TOKEN_END || outside) {
            boot_warn(info, "device tree: the structure is damaged at this offset", start);
            tree->structure_size = start;
            return ERROR_CORRUPT;
        }
        if (token.kind == TOKEN_PROPERTY && token.name[0] == '\0')
            unnamed++;
        rooted = true;
        depth += token.kind == TOKEN_BEGIN_NODE;
        depth -= token.kind == TOKEN_END_NODE;
        deep = deep || depth > TREE_DEPTH;
    }
    if (deep)
        boot_warn(info, "device tree: nodes nested deeper than this are left out", TREE_DEPTH);
    if (unnamed > 0)
        boot_warn(info, "device tree: properties without a name", unnamed);
    return OK;
}

int tree_open(struct tree *tree, struct boot_info *info, const void *blob, size_t size)
{
    const uint8_t *bytes = blob;
    struct tree_header header;
    int result = OK;

    *tree = (struct tree){.structure = bytes, .strings = "", .reservations = bytes};
    if (size < sizeof(header)) {
        boot_warn(info, "device tree: too short for a header", size);
        return ERROR_CORRUPT;
    }
    read_header(&header, bytes);
    if (check_header(&header) != OK) {
        boot_warn(info, "device tree: bad header", header.magic);
        return ERROR_CORRUPT;
    }
    uint32_t limit = header.total_size;
    if (limit > size) {
        boot_warn(info, "device tree: larger than the memory that holds it", limit);
        limit = (uint32_t)size;
        result = ERROR_CORRUPT;
    }
    if (header.structure_offset > limit || header.strings_offset > limit) {
        boot_warn(info, "device tree: structure or strings lie outside", limit);
        return ERROR_CORRUPT;
    }

    uint32_t room = limit - header.structure_offset;
    tree->structure = bytes + header.structure_offset;
    tree->structure_size = room;
    if (header.version >= VERSION_STRUCTURE_SIZE && header.structure_size < room)
        tree->structure_size = header.structure_size;
    room = limit - header.strings_offset;
    tree->strings = (const char *)bytes + header.strings_offset;
    tree->strings_size = header.strings_size < room ? header.strings_size : room;
    while (tree->strings_size > 0 && tree->strings[tree->strings_size - 1] != '\0')
        tree->strings_size--;
    if (header.reservations_offset <= limit) {
        tree->reservations = bytes + header.reservations_offset;
        tree->reservations_size = limit - header.reservations_offset;
    }
    int error = check_structure(tree, info);
    return error != OK ? error : result;
}

/*
 * --- walks ---
 */

void tree_walk_begin(struct tree_walk *walk, const struct tree *tree)
{
    walk->tree = tree;
    walk->next = 0;
    walk->depth = 0;
}

/* Fills in the level of a node that was just opened. */
static void open_level(struct tree_walk *walk, const char *name)
{
    const struct tree_level *parent = walk->depth > 1 ? &walk->levels[walk->depth - 2] : NULL;
    struct tree_level *level = &walk->levels[walk->depth - 1];

    level->name = name;
    level->properties = walk->next;
    level->address_cells = tree_property_cell(walk, "#address-cells", 2);
    level->size_cells = tree_property_cell(walk, "#size-cells", 1);
    level->interrupt_parent =
        tree_property_cell(walk, "interrupt-parent", parent != NULL ? parent->interrupt_parent : 0);
    const char *status = tree_property_text(walk, "status");
    level->enabled = (parent == NULL || parent->enabled) &&
                     (status == NULL || string_equal(status, "okay") || string_equal(status, "ok"));
}

bool tree_walk_next(struct tree_walk *walk)
{
    /* The depth as the tokens say, which may be beyond what levels[] holds. */
    uint32_t depth = walk->depth;

    for (;;) {
        struct token token = next_token(walk->tree, &walk->next);

        if (token.kind == TOKEN_BEGIN_NODE && ++depth <= TREE_DEPTH) {
            walk->depth = depth;
            open_level(walk, token.name);
            return true;
        }
        if (token.kind == TOKEN_END_NODE && depth > 0)
            depth--;
        if (token.kind == TOKEN_END || token.kind == TOKEN_DAMAGED) {
            walk->depth = 0;
            return false;
        }
    }
}

/*
 * --- properties ---
 */

bool tree_property(const struct tree_walk *walk, const char *name, struct tree_property *property)
{
    uint32_t offset = tree_node(walk)->properties;

    for (;;) {
        struct token token = next_token(walk->tree, &offset);
        if (token.kind == TOKEN_NOP)
            continue;
        if (token.kind != TOKEN_PROPERTY)
            return false;
        if (string_equal(token.name, name)) {
            *property = token.property;
            return true;
        }
    }
}

const char *tree_property_text(const struct tree_walk *walk, const char *name)
{
    struct tree_property property;
    const char *text;

    if (!tree_property(walk, name, &property))
        return NULL;
    text = (const char *)property.value;
    return strnlen(text, property.size) < property.size ? text : NULL;
}

bool tree_read(const struct tree_property *property, uint32_t *cursor, uint32_t cells,
               uint64_t *value)
{
    uint64_t result = 0;

    if (*cursor > property->size || cells > (property->size - *cursor) / sizeof(uint32_t))
        return false;
    for (; cells > 0; cells--) {
        if (result >> 32 != 0)
            return false;
        result = result << 32 | read_cell(property->value + *cursor);
        *cursor += sizeof(uint32_t);
    }
    *value = result;
    return true;
}

uint32_t tree_property_cell(const struct tree_walk *walk, const char *name, uint32_t otherwise)
{
    struct tree_property property;
    uint32_t cursor = 0;
    uint64_t value;

    if (!tree_property(walk, name, &property) || !tree_read(&property, &cursor, 1, &value))
        return otherwise;
    return (uint32_t)value;
}

bool tree_property_lists(const struct tree_walk *walk, const char *name, const char *text)
{
    struct tree_property property;

    if (!tree_property(walk, name, &property))
        return false;
    for (uint32_t offset = 0; offset < property.size;) {
        const char *entry = (const char *)property.value + offset;
        size_t room = property.size - offset;
        size_t length = strnlen(entry, room);
        if (length < room && string_equal(entry, text))
            return true;
        offset += (uint32_t)length + 1;
    }
    return false;
}

bool tree_has_type(const struct tree_walk *walk, const char *type)
{
    const char *text = tree_property_text(walk, "device_type");

    return text != NULL && string_equal(text, type);
}
