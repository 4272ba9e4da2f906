/**
 * @file
 * @defgroup device_tree Device tree
 * Reads what start-up needs of a flattened device tree.
 * Source: Devicetree Specification 0.4; the Linux bindings of the devices that are read.
 * @{
 */
#pragma once

#include "boot/boot.h"

/** The largest device tree that is accepted, in bytes. */
#define DEVICE_TREE_MAX (2 * MIB)

/**
 * The size that a blob's header claims, for a caller that must map it first.
 * @param header at least 40 readable bytes, any alignment
 * @return the size in bytes, at most DEVICE_TREE_MAX, or ERROR_CORRUPT
 */
int device_tree_size(const void *header);

/**
 * Fills @p info from a flattened device tree: memory, reservations, command line, ramdisk,
 * processors, nodes, interrupt controllers, timer, PCI host, console, power, seed, machine name.
 *
 * A node or property that is malformed is reported by boot_warn() and skipped. Nothing outside
 * [blob, blob + size) is ever read.
 * @param blob the tree, any alignment
 * @param size readable bytes at @p blob
 * @return OK, or ERROR_CORRUPT when header or structure can't be used; then @p info holds what was
 *         read before the damage
 * Context: start-up, boot processor; also builds for the host.
 */
int device_tree_parse(struct boot_info *info, const void *blob, size_t size);

/** @} */
