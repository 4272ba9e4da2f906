/*
 * What is read from a device tree, by topic. Each function gets a node of its kind, or the whole
 * tree where the topic spans several nodes.
 */
#pragma once

#include "device_tree/tree.h"

/* memory.c */

/** A node of type `memory`, whose ranges belong to a NUMA node, or a child of /reserved-memory. */
void read_memory(struct boot_info *info, const struct tree_node *node, enum memory_kind kind);
/** The reservation block in front of the structure. */
void read_reservations(struct boot_info *info, const struct tree *tree);
/** The node "numa-distance-map-v1". */
void read_distances(struct boot_info *info, const struct tree_node *node);

/* processors.c */

/** /cpus: what holds for all processors. */
void read_processors(struct boot_info *info, const struct tree_node *node);
/** A node of type `cpu`. */
void read_processor(struct boot_info *info, const struct tree_node *node);
/** The number of a processor. @return false when it has none */
bool read_processor_number(const struct tree_node *node, uint64_t *number);
void read_arm_timer(struct boot_info *info, const struct tree_node *node);

/* controllers.c */

void read_gic(struct boot_info *info, const struct tree_node *node);
/** A controller with one block of registers and nothing of its own. */
void read_controller(struct boot_info *info, const struct tree_node *node,
                     enum boot_controller_kind kind);
void read_aplic(struct boot_info *info, const struct tree_node *node);
void read_imsic(struct boot_info *info, const struct tree_node *node);
/** The harts' contexts of the PLIC or files of the IMSIC, when processors and controllers are
 * known. */
void read_contexts(struct boot_info *info, const struct tree *tree);

/* chosen.c */

/** /chosen: command line, ramdisk, random seed. */
void read_chosen(struct boot_info *info, const struct tree_node *node);
/** The root: the machine's name. */
void read_machine(struct boot_info *info, const struct tree_node *node);

/* console.c */

/** The serial port that /chosen names, or else the first one. */
void read_console(struct boot_info *info, const struct tree *tree);

/* devices.c */

void read_pci(struct boot_info *info, const struct tree_node *node);
void read_psci(struct boot_info *info, const struct tree_node *node);
void read_test_device(struct boot_info *info, const struct tree_node *node);
void read_syscon_power_off(struct boot_info *info, const struct tree_node *node);
void read_clock(struct boot_info *info, const struct tree_node *node);
