/*
 * Walking a flattened device tree (Devicetree Specification 0.4, chapter 5).
 *
 * A walk visits the nodes in the order in which they stand in the blob and keeps those that are
 * open, so every node leads to the nodes above it. Everything that follows a reference (a path, a
 * phandle) is a walk from the root that stops at the right node:
 *
 *     nodes[0]  /                 #address-cells and #size-cells for /soc
 *     nodes[1]  /soc              the same for its children, and ranges up to /
 *     nodes[2]  /soc/serial@...   the node where the walk stands: depth is 3
 *
 * A node is good until its walk moves on.
 */
#pragma once

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

/** What is left to read of a property's value: big-endian cells, strings, or bytes. */
struct tree_property {
    const uint8_t *value; /**< NULL when there is no such property. */
    uint32_t size;
};

/** An open node of a walk. */
struct tree_node {
    const struct tree *tree;
    const struct tree_node *parent; /**< NULL for the root. */
    const char *name;
    uint32_t properties; /**< Offset of the first property in the structure block. */
};

/** A place in the tree; begins as `{.tree = tree}`, before the root. */
struct tree_walk {
    const struct tree *tree;
    uint32_t next;  /**< Offset of the next token. */
    uint32_t depth; /**< Open nodes. */
    struct tree_node nodes[TREE_DEPTH];
};

/** Reads the four bytes of a cell. */
static inline uint32_t tree_cell(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/**
 * Checks a blob's header and structure.
 * @return OK, or ERROR_CORRUPT; @p tree is usable (perhaps empty) in any case
 */
int tree_open(struct tree *tree, struct boot_info *info, const void *blob, size_t size);

/**
 * Reads the whole structure and cuts it off where the first token is damaged or makes no sense.
 * @return OK, or ERROR_CORRUPT when something was cut off
 */
int tree_check_structure(struct tree *tree, struct boot_info *info);

/** Moves to the next node. @return it, or NULL at the end of the tree */
const struct tree_node *tree_walk_next(struct tree_walk *walk);

/**
 * The node with this absolute path, or NULL; unit addresses may be left out, and a colon ends the
 * path. @param walk what keeps the node
 */
const struct tree_node *tree_find_path(struct tree_walk *walk, const struct tree *tree,
                                       const char *path);

/** The node whose phandle is a property's first cell, or NULL. @param walk what keeps the node */
const struct tree_node *tree_find_reference(struct tree_walk *walk, const struct tree_node *node,
                                            const char *name);

/* --- properties; a node that is NULL has none --- */

/** Finds a property. */
struct tree_property tree_property(const struct tree_node *node, const char *name);

/** A property's text, or NULL when it is absent, empty or not terminated. */
const char *tree_property_text(const struct tree_node *node, const char *name);

/** A property's first cell, or @p otherwise when it is absent or shorter than a cell. */
uint32_t tree_property_cell(const struct tree_node *node, const char *name, uint32_t otherwise);

/** Whether a property is @p text. */
bool tree_property_is(const struct tree_node *node, const char *name, const char *text);

/** Whether neither the node nor a node above has a `status` that says no. */
bool tree_is_enabled(const struct tree_node *node);

/** What is known of the devices that call themselves compatible with something. */
struct tree_match {
    const char *compatible;
    unsigned kind;
    void (*read)(struct boot_info *info, const struct tree_node *node);
};

/** The match for the first of the node's `compatible` strings that has one, or NULL. */
const struct tree_match *tree_match(const struct tree_node *node, const struct tree_match *table,
                                    size_t count);

/**
 * Takes the next string off a list of strings.
 * @return NULL at the end; a string that is not terminated ends the list
 */
const char *tree_next_string(struct tree_property *property);

/**
 * Takes a number of @p cells cells off a property.
 * @return false when the property ends before it, or when it does not fit into 64 bits
 */
bool tree_read(struct tree_property *property, uint32_t cells, uint64_t *value);

/* --- addresses and interrupts --- */

/** The cells of an address, and of a size, as the children of @p bus give them. */
uint32_t tree_address_cells(const struct tree_node *bus);
uint32_t tree_size_cells(const struct tree_node *bus);

/**
 * Reads an entry of the node's `reg` and translates it to a physical address.
 * @param index which entry, from 0
 * @return OK; ERROR_NOT_FOUND when there are not so many entries; ERROR_CORRUPT when it is
 *         malformed, reaches past 2^64 or lies in no range of a bus above
 */
int tree_register(const struct tree_node *node, uint32_t index, uint64_t *address, uint64_t *size);

/**
 * Translates an address as the children of @p bus see it.
 * @return false when @p bus or one above does not pass it on
 */
bool tree_translate(const struct tree_node *bus, uint64_t *address, uint64_t size);

/**
 * Reads an interrupt of the node: a GIC's number (private ones from 16, shared ones from 32), or
 * the source number of a PLIC or APLIC.
 * @return false when there are not so many or its controller can't be found
 */
bool tree_interrupt(const struct tree_node *node, uint32_t index, uint32_t *number);
