/*
 * Walking a flattened device tree (Devicetree Specification 0.4, chapter 5).
 *
 * A walk visits the nodes in the order in which they stand in the blob and knows, for every open
 * node, where its properties are. Everything that follows a reference (a path, a phandle) is a
 * walk from the root that stops at the right node, so there are no parent pointers to get wrong:
 *
 *     levels[0]  /                 #address-cells and #size-cells for /soc
 *     levels[1]  /soc              the same for its children, and ranges up to /
 *     levels[2]  /soc/serial@...   the node where the walk stands: depth is 3
 */
#ifndef DEVICE_TREE_TREE_H
#define DEVICE_TREE_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "boot/boot.h"

/** Nodes nested deeper than this are passed over. */
#define TREE_DEPTH 16

/** A blob whose header has been checked. */
struct tree {
    const uint8_t *structure;
    uint32_t structure_size; /**< Bytes up to the end, or up to the first damage. */
    const char *strings;
    uint32_t strings_size; /**< The last byte of the strings is 0, unless there are none. */
    const uint8_t *reservations;
    uint32_t reservations_size; /**< Bytes from there to the end of the blob. */
};

/** The value of a property: big-endian cells, strings, or bytes. */
struct tree_property {
    const uint8_t *value;
    uint32_t size;
};

/** An open node of a walk. */
struct tree_level {
    const char *name;
    uint32_t properties; /**< Offset of the first property in the structure block. */
};

/** A place in the tree: the node at levels[depth - 1]. */
struct tree_walk {
    const struct tree *tree;
    uint32_t next;  /**< Offset of the next token. */
    uint32_t depth; /**< Open nodes; 0 before the root and after the end. */
    struct tree_level levels[TREE_DEPTH];
};

/**
 * Checks a blob's header and structure.
 * @return OK, or ERROR_CORRUPT; @p tree is usable (perhaps empty) in any case
 */
int tree_open(struct tree *tree, struct boot_info *info, const void *blob, size_t size);

/** Begins a walk before the root. */
void tree_walk_begin(struct tree_walk *walk, const struct tree *tree);

/** Moves to the next node. @return false at the end of the tree */
bool tree_walk_next(struct tree_walk *walk);

/** The node where the walk stands. */
static inline const struct tree_level *tree_node(const struct tree_walk *walk)
{
    return &walk->levels[walk->depth - 1];
}

/**
 * Puts the walk on the node with this absolute path; unit addresses may be left out, and a colon
 * ends the path.
 */
bool tree_find_path(struct tree_walk *walk, const struct tree *tree, const char *path);

/** Puts the walk on the node with this phandle. */
bool tree_find_phandle(struct tree_walk *walk, const struct tree *tree, uint32_t phandle);

/* --- properties of the node where the walk stands --- */

/** Finds a property. @return false when there is none of that name */
bool tree_property(const struct tree_walk *walk, const char *name, struct tree_property *property);

/** A property's text, or NULL when it is absent, empty or not terminated. */
const char *tree_property_text(const struct tree_walk *walk, const char *name);

/** A property's first cell, or @p otherwise when it is absent or shorter than a cell. */
uint32_t tree_property_cell(const struct tree_walk *walk, const char *name, uint32_t otherwise);

/** Whether neither the node nor a node above has a `status` that says no. */
bool tree_is_enabled(const struct tree_walk *walk);

/** Whether a property is @p text. */
bool tree_property_is(const struct tree_walk *walk, const char *name, const char *text);

/** What is known of the devices that call themselves compatible with something. */
struct tree_match {
    const char *compatible;
    unsigned kind;
    void (*read)(struct boot_info *info, const struct tree_walk *walk);
};

/** The match for the first of the node's `compatible` strings that has one, or NULL. */
const struct tree_match *tree_match(const struct tree_walk *walk, const struct tree_match *table,
                                    size_t count);

/**
 * Steps through a list of strings.
 * @param[in,out] cursor 0 to begin; moved past the string that is returned
 * @return the next string, or NULL at the end; one that is not terminated ends the list
 */
const char *tree_next_string(const struct tree_property *property, uint32_t *cursor);

/**
 * Reads a number of @p cells cells from a property and moves @p cursor past it.
 * @return false when the property ends before it, or when it does not fit into 64 bits
 */
bool tree_read(const struct tree_property *property, uint32_t *cursor, uint32_t cells,
               uint64_t *value);

/* --- addresses and interrupts --- */

/** The cells of an address, and of a size, as the children of levels[level] give them. */
uint32_t tree_address_cells(const struct tree_walk *walk, uint32_t level);
uint32_t tree_size_cells(const struct tree_walk *walk, uint32_t level);

/**
 * Reads an entry of the node's `reg` and translates it to a physical address.
 * @param index which entry, from 0
 * @return OK; ERROR_NOT_FOUND when there are not so many entries; ERROR_CORRUPT when it is
 *         malformed, reaches past 2^64 or lies in no range of a bus above
 */
int tree_register(const struct tree_walk *walk, uint32_t index, uint64_t *address, uint64_t *size);

/**
 * Translates an address as the children of levels[level] see it.
 * @return false when a bus above does not pass it on
 */
bool tree_translate(const struct tree_walk *walk, uint32_t level, uint64_t *address, uint64_t size);

/**
 * Reads an interrupt of the node: a GIC's number (private ones from 16, shared ones from 32), or
 * the source number of a PLIC or APLIC.
 * @return false when there are not so many or its controller can't be found
 */
bool tree_interrupt(const struct tree_walk *walk, uint32_t index, uint32_t *number);

#endif
