/**
 * @file
 * @defgroup boot Boot information
 * What the firmware told us, in one form for all machines.
 *
 * The architecture's start code fills boot_info from PVH and ACPI tables or from a device tree;
 * everything after it reads only this. Nothing in here points into firmware memory. What was
 * missing or malformed is noted by boot_warn() and replaced by the safest usable value; zero means
 * "not told" unless a field says otherwise.
 *
 * boot_info is written by the boot processor before init level `core` and constant afterwards, so
 * reading it needs no lock.
 * @{
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/util.h"

#define BOOT_MEMORY_RANGES 128
#define BOOT_PROCESSORS    256
#define BOOT_NODES         16
#define BOOT_NODE_RANGES   64
#define BOOT_CONTROLLERS   32
#define BOOT_COMMAND_LINE  1024
#define BOOT_WARNINGS      32

/** What a range of physical memory is; where ranges overlap, the later kind in this list wins. */
enum memory_kind {
    MEMORY_USABLE,    /**< Free to use. */
    MEMORY_RECLAIM,   /**< Firmware tables; usable once they have been read. */
    MEMORY_BOOT_DATA, /**< Device tree, boot structures. */
    MEMORY_RAMDISK,   /**< The ramdisk. */
    MEMORY_KERNEL,    /**< The kernel's image. */
    MEMORY_RESERVED,  /**< The firmware keeps it, or it is a device; never touch it. */
    MEMORY_BROKEN,    /**< Reported as faulty. */
    MEMORY_KINDS
};

/** The physical addresses [base, base + size). */
struct memory_range {
    uint64_t base;
    uint64_t size;
    enum memory_kind kind;
};

/** A list of ranges. */
struct memory_map {
    size_t count;
    struct memory_range ranges[BOOT_MEMORY_RANGES];
};

/** A processor, in the order in which the firmware lists them. */
struct boot_processor {
    uint64_t hardware_id; /**< Local APIC ID, MPIDR affinity, or hart ID. */
    uint32_t firmware_id; /**< ACPI processor UID, or 0. */
    uint32_t node;        /**< NUMA node, an index below boot_info.node_count. */
    uint32_t context;     /**< RISC-V: 1 + the number of its PLIC context or IMSIC file. */
    bool usable;          /**< False when the firmware has disabled it. */
};

/** A range of memory that belongs to a NUMA node. */
struct boot_node_range {
    uint64_t base;
    uint64_t size;
    uint32_t node;
};

/** Interrupt controllers. */
enum boot_controller_kind {
    BOOT_CONTROLLER_NONE,
    BOOT_LOCAL_APIC,      /**< address: its registers. */
    BOOT_IO_APIC,         /**< address; first_interrupt: its first global interrupt. */
    BOOT_GIC_DISTRIBUTOR, /**< address, size. */
    BOOT_GIC_REDISTRIBUTOR,
    BOOT_GIC_ITS,
    BOOT_PLIC, /**< address, size; interrupts: number of sources. */
    BOOT_CLINT,
    BOOT_APLIC, /**< first_interrupt 1 for the supervisor's domain, else 0. */
    BOOT_IMSIC, /**< likewise; stride: bytes from one processor's file to the next. */
};

/** One interrupt controller. */
struct boot_controller {
    enum boot_controller_kind kind;
    uint32_t first_interrupt;
    uint32_t interrupts;
    uint32_t stride;
    uint64_t address;
    uint64_t size;
};

/** A legacy interrupt whose number, polarity or trigger differs from the default (MADT). */
struct boot_interrupt_override {
    uint8_t legacy;
    uint8_t active_low;
    uint8_t level_triggered;
    uint32_t global;
};

/** Clocks and timers. */
struct boot_timer {
    uint64_t frequency_hz;  /**< Of cpu_timestamp(); 0 when it must be measured. */
    uint32_t interrupts[4]; /**< AArch64: secure, non-secure, virtual, hypervisor timer. */
    uint64_t hpet_address;  /**< x86: HPET registers. */
    uint64_t clock_address; /**< A real-time clock: PL031 or Goldfish; 0 for the x86 CMOS clock. */
};

/** Addresses that a PCI host bridge passes on to its bus; size 0 when not told. */
struct boot_pci_window {
    uint64_t address; /**< As the processor sees it. */
    uint64_t bus;     /**< As the bus sees it. */
    uint64_t size;
};

/** A PCI Express host bridge. */
struct boot_pci {
    uint64_t ecam_address; /**< Configuration space of first_bus; 0 when there is no PCI. */
    uint16_t segment;
    uint8_t first_bus;
    uint8_t last_bus;
    struct boot_pci_window io;
    struct boot_pci_window memory;   /**< Below 4 GiB on the bus. */
    struct boot_pci_window memory64; /**< Anywhere. */
};

enum boot_console_kind {
    BOOT_CONSOLE_NONE,
    BOOT_CONSOLE_NS16550,
    BOOT_CONSOLE_PL011,
    BOOT_CONSOLE_KINDS
};

/** The serial port that is the console. */
struct boot_console {
    enum boot_console_kind kind;
    bool is_port;       /**< address is an x86 port number. */
    uint8_t width;      /**< Bytes of a register access: 1 or 4. */
    uint8_t stride;     /**< Bytes from register to register. */
    uint64_t address;   /**< Physical address of the registers. */
    uint32_t clock_hz;  /**< 0 when not told. */
    uint32_t baud;      /**< 0 when not told. */
    uint32_t interrupt; /**< 0 when not told. */
};

/** How to switch the machine off or start it anew. */
struct boot_power {
    bool psci_uses_hvc;    /**< AArch64: PSCI by HVC; else by SMC. */
    bool psci;             /**< AArch64: there is PSCI. */
    uint64_t test_device;  /**< RISC-V: SiFive test device; 0 for none. */
    uint16_t pm1a_control; /**< x86: PM1a control port; 0 for none. */
    uint16_t pm1b_control;
    uint8_t s5_type_a; /**< x86: SLP_TYPa and SLP_TYPb of the S5 state. */
    uint8_t s5_type_b;
    bool has_s5;
    uint8_t reset_value; /**< x86: what starts the machine anew when written to reset_port. */
    uint16_t reset_port; /**< 0 for none. */
};

/** Something that was missing or wrong, to be logged when there is a log. */
struct boot_warning {
    const char *text;
    uint64_t value;
};

/** All that is known about the machine. */
struct boot_info {
    const char *source;                /**< "PVH and ACPI", "device tree". */
    char machine[64];                  /**< The machine's name, "" when not told. */
    struct memory_map firmware_memory; /**< As told, with everything the start code added. */
    struct memory_map memory;          /**< The same, normalised; filled at init level `memory`. */
    char command_line[BOOT_COMMAND_LINE];
    uint64_t ramdisk; /**< Physical address; meaningless when ramdisk_size is 0. */
    uint64_t ramdisk_size;
    size_t processor_count;
    struct boot_processor processors[BOOT_PROCESSORS];
    uint64_t boot_hardware_id; /**< hardware_id of the processor that runs now. */
    size_t node_count;         /**< At least 1. */
    size_t node_range_count;   /**< 0 when all memory is in node 0. */
    struct boot_node_range node_ranges[BOOT_NODE_RANGES];
    uint8_t node_distance[BOOT_NODES][BOOT_NODES]; /**< 10 is local; 0 when not told. */
    size_t controller_count;
    struct boot_controller controllers[BOOT_CONTROLLERS];
    size_t override_count;
    struct boot_interrupt_override overrides[16];
    struct boot_timer timer;
    struct boot_pci pci;
    struct boot_console console;
    struct boot_power power;
    uint64_t seed[4]; /**< From the firmware, for random numbers; all 0 for none. */
    size_t warning_count;
    struct boot_warning warnings[BOOT_WARNINGS];
};

extern struct boot_info boot_info;

/**
 * Notes that something was missing or wrong. Of too many, the last place counts those dropped.
 * @param text a literal: it is kept by address
 * @param value a number to show with it
 * @return ERROR_CORRUPT, for who gives up because of it
 */
int boot_warn(struct boot_info *info, const char *text, uint64_t value);

/**
 * Adds a range to the firmware's map, unless it is empty. A full map is a warning; then the
 * smallest usable range is lost, so that nothing reserved is ever taken for free.
 */
void boot_add_memory(struct boot_info *info, uint64_t base, uint64_t size, enum memory_kind kind);

/** Adds the kernel's image to boot_info's memory map: the firmware doesn't list it. */
void boot_add_image(void);

/** Adds an interrupt controller; too many is a warning. */
void boot_add_controller(struct boot_info *info, const struct boot_controller *controller);

/**
 * Finds an interrupt controller of boot_info.
 * @param after the one found before, or NULL for the first of its kind
 * @return NULL when there is no further one
 * Context: start-up; this code does not stay.
 */
const struct boot_controller *boot_find_controller(enum boot_controller_kind kind,
                                                   const struct boot_controller *after);

/** Finds a processor. @return NULL when there is none. Context: start-up, as above */
struct boot_processor *boot_find_processor(struct boot_info *info, uint64_t hardware_id);

/** Adds a processor; too many, or one whose hardware_id is there already, is a warning. */
void boot_add_processor(struct boot_info *info, const struct boot_processor *processor);

/**
 * The NUMA node with the firmware's number @p id, which becomes known by this call.
 * @return @p id, or 0 with a warning when it is BOOT_NODES or more
 */
uint32_t boot_node(struct boot_info *info, uint64_t id);

/**
 * Says how far node @p to is from node @p from; as long as the way back is not told, it is as far.
 * A distance that can't be is a warning.
 */
void boot_set_distance(struct boot_info *info, uint64_t from, uint64_t to, uint64_t distance);

/** Says that memory belongs to a node; too many ranges, or one that overlaps, is a warning. */
void boot_add_node_range(struct boot_info *info, uint64_t base, uint64_t size, uint32_t node);

/**
 * Fills in what the firmware left out although every machine has it: one node, and the processor
 * that runs now. Called once by the start code, after the parsers and with boot_hardware_id set.
 */
void boot_complete(struct boot_info *info);

/**
 * Reads physical memory for a parser of firmware tables.
 * @return a pointer to @p size readable bytes that hold what is at @p address, not necessarily
 *         aligned, or NULL when that memory can't be read
 */
typedef const void *boot_window(uint64_t address, uint64_t size);

/** Copies @p size bytes of physical memory. @return false when that memory can't be read */
bool boot_read_physical(boot_window *window, uint64_t address, void *to, size_t size);

/**
 * Fills boot_info from the device tree at a physical address, 0 for none, and maps the ramdisk that
 * it names. What is wrong is said by plain output too. @return whether all of it could be read
 */
bool boot_read_device_tree(uint64_t physical);

/**
 * Puts a memory map in order. *Exercise 1.4*
 *
 * The input is what firmware gives: in any order, with overlaps, with holes, with empty ranges,
 * with ends past 2^64 (such a range reaches to the last page, 2^64 - 4096 exclusive). The output
 *
 * - consists of whole pages of PAGE_SIZE bytes: usable ranges are shrunk to the pages that lie
 *   wholly in them, all other ranges are grown to all pages that they touch;
 * - says of every page one thing: where ranges overlap after that, the later kind in
 *   enum memory_kind wins;
 * - is sorted by base, has no empty range and no overlap, and neighbours that touch differ in kind.
 *
 * A page that no input range covers is in no output range.
 *
 * @param in the ranges as told, not changed
 * @param[out] out the ranges in order; unspecified on failure; does not overlap @p in
 * @return OK, or ERROR_NO_SPACE when the result needs more than BOOT_MEMORY_RANGES ranges
 */
int memory_map_normalise(const struct memory_map *in, struct memory_map *out);

/** The name of a kind of memory, for people. */
const char *memory_kind_name(enum memory_kind kind);

/**
 * Finds an option on a command line. *Exercise 1.3*
 *
 * A command line is words separated by spaces. A word is `key` or `key=value`. Double quotes, which
 * are not part of the text, keep spaces within a word: `root="my disk"` or `"root=my disk"`; a
 * quote that is never closed reaches to the end of the line. The key is everything before the first
 * `=`. When a key occurs more than once, the last one counts. Keys match whole and case counts.
 *
 * @param line the command line, terminated
 * @param key what to look for, not empty, without `=`
 * @param[out] value the text after the `=`, without quotes, terminated, or "" for a bare key;
 *             unspecified on failure
 * @param size room at @p value in bytes, at least 1
 * @return the value's length; ERROR_NOT_FOUND; ERROR_NO_SPACE when @p value is too small for it
 */
int command_line_find(const char *line, const char *key, char *value, size_t size);

/** command_line_find() on the machine's own command line. */
int command_line_option(const char *key, char *value, size_t size);

/** @} */
