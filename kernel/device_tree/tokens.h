/*
 * The tokens of a device tree's structure block (Devicetree Specification 0.4, 5.4.1).
 */
#ifndef DEVICE_TREE_TOKENS_H
#define DEVICE_TREE_TOKENS_H

#include "device_tree/tree.h"

/** The kinds of tokens. */
enum tree_token_kind {
    TOKEN_BEGIN_NODE = 1,
    TOKEN_END_NODE = 2,
    TOKEN_PROPERTY = 3,
    TOKEN_NOP = 4,
    TOKEN_END = 9,
    TOKEN_DAMAGED = -1,
};

/** One token, with what belongs to it. */
struct tree_token {
    enum tree_token_kind kind;
    const char *name; /**< "" for a property whose name is out of bounds. */
    struct tree_property property;
};

/** Reads the four bytes of a cell. */
static inline uint32_t tree_cell(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/**
 * Reads the token at *offset and moves past it, checking every bound.
 * @return the token; one that is damaged leaves *offset where it was
 */
struct tree_token tree_token_next(const struct tree *tree, uint32_t *offset);

#endif
