/*
 * Starting the ITS: the tables that it and the processor's redistributor work with.
 *
 * All are in ordinary cached memory. A GIC that can't take part in the caches' protocol is not used
 * for messages: then a register does not keep what was written. Neither is one that firmware has
 * left running, with tables of its own.
 *
 * Source: Arm IHI 0069, 12.11 (redistributors) and 12.19 (ITS).
 */
#include "its.h"

#include "address_map/address_map.h"
#include "boot/boot.h"
#include "cairn/error.h"
#include "frames/frames.h"
#include "log/log.h"

enum {
    ITS_BYTES = 0x20000,
    INTID_BITS = 14, /* the fewest that LPIs come with */
    PROPERTIES_BYTES = (1 << INTID_BITS) - LPI_FIRST,
    TABLES = 8,
    TABLE_DEVICES = 1,
    TABLE_COLLECTIONS = 4,
    CONTROL_ON = 1 << 0, /* in GITS_CTLR; in GICR_CTLR for LPIs */
    TYPER_LPIS = 1 << 0, /* in GITS_TYPER and GICR_TYPER */
    TYPER_BY_ADDRESS = 1 << 19,
};

/* Memory that is write-back cached and shared with the processors, in the registers' two ways. */
#define ITS_MEMORY   (ITS_VALID | UINT64_C(7) << 59 | UINT64_C(1) << 10)
#define LPI_MEMORY   (UINT64_C(7) << 7 | UINT64_C(1) << 10)
#define TABLE_ZEROED (UINT64_C(1) << 62)
/* The fields of GITS_BASER that tell what a table is for and how large its entries are. */
#define BASER_TOLD (UINT64_C(0x71f) << 48)

static uint32_t field(uint64_t value, unsigned shift, unsigned bits)
{
    return (uint32_t)(value >> shift) & ((UINT32_C(1) << bits) - 1);
}

/* Writes a register. @return whether it has kept the value */
static bool keeps(DEVICE char *place, uint64_t value)
{
    *(DEVICE uint64_t *)place = value;
    return *(DEVICE uint64_t *)place == value;
}

/* Zeroed memory for a table, aligned as the strictest needs it; 0 when there is none. */
static uint64_t table_memory(uint64_t frames)
{
    const struct frame_request request = {
        .count = frames, .alignment = 65536, .owner = FRAME_KERNEL, .zeroed = true};
    uint64_t physical = 0;

    return frames_allocate(&request, &physical) == OK ? physical : 0;
}

/* Gives the ITS its tables of devices and collections, in pages of 4 KiB. */
static bool give_tables(void)
{
    for (uint32_t i = 0; i < TABLES; i++) {
        DEVICE char *place = its.registers + GITS_BASER + 8 * i;
        uint64_t told = *(DEVICE uint64_t *)place & BASER_TOLD;
        uint32_t type = field(told, 56, 3);
        uint32_t frames = type == TABLE_DEVICES ? 16 : 1;
        if (type != TABLE_DEVICES && type != TABLE_COLLECTIONS)
            continue;
        uint64_t table = table_memory(frames);
        if (table == 0 || !keeps(place, told | table | ITS_MEMORY | (frames - 1)))
            return false;
        if (type == TABLE_DEVICES)
            its.devices = frames * (uint32_t)PAGE_SIZE / (field(told, 48, 5) + 1);
    }
    if (its.devices > ITS_DEVICES_MAX)
        its.devices = ITS_DEVICES_MAX;
    return its.devices > 0;
}

static bool give_queue(void)
{
    uint64_t queue = table_memory(ITS_QUEUE_BYTES / PAGE_SIZE);

    its.queue = physical_pointer(queue);
    return queue != 0 && keeps(its.registers + GITS_CBASER, queue | ITS_MEMORY) &&
           keeps(its.registers + GITS_CWRITER, 0);
}

/* Tells the redistributor where LPIs are configured, and where they are kept while pending. */
static bool give_lpi_tables(DEVICE char *redistributor)
{
    uint64_t properties = table_memory(PROPERTIES_BYTES / PAGE_SIZE);
    uint64_t pending = table_memory(1);

    if (properties == 0 || pending == 0 ||
        !keeps(redistributor + GICR_PROPBASER, properties | LPI_MEMORY | (INTID_BITS - 1)))
        return false;
    its.properties = (uint8_t *)physical_pointer(properties) + MESSAGE_FIRST;
    *(DEVICE uint64_t *)(redistributor + GICR_PENDBASER) = pending | LPI_MEMORY | TABLE_ZEROED;
    __asm__ volatile("dsb sy" ::: "memory");
    *(DEVICE uint32_t *)(redistributor + GICR_CTLR) |= CONTROL_ON;
    return true;
}

/* Whether redistributor and ITS have what their use here relies on. */
static bool is_usable(DEVICE char *redistributor, uint64_t typer)
{
    uint64_t its_typer = *(DEVICE uint64_t *)(its.registers + GITS_TYPER);
    uint32_t running = *(DEVICE uint32_t *)(redistributor + GICR_CTLR) |
                       *(DEVICE uint32_t *)(its.registers + GITS_CTLR);

    if ((its_typer & TYPER_BY_ADDRESS) == 0)
        its.target = (uint64_t)field(typer, 8, 16) << 16;
    return (its_typer & typer & TYPER_LPIS) != 0 && (running & CONTROL_ON) == 0 &&
           field(its_typer, 4, 4) < ITS_EVENT_BYTES_MAX &&
           field(its_typer, 8, 5) >= ITS_EVENT_BITS - 1;
}

const struct message_controller *its_start(DEVICE char *redistributor, uint64_t physical)
{
    const struct boot_controller *told = boot_find_controller(BOOT_GIC_ITS, NULL);

    if (told == NULL || told->size < ITS_BYTES)
        return NULL;
    its.registers = device_map(told->address, told->size);
    its.translater = told->address + GITS_TRANSLATER;
    its.target = physical;
    if (its.registers == NULL)
        return NULL;
    if (is_usable(redistributor, *(DEVICE uint64_t *)(redistributor + GICR_TYPER)) &&
        give_tables() && give_queue() && give_lpi_tables(redistributor)) {
        *(DEVICE uint32_t *)(its.registers + GITS_CTLR) = CONTROL_ON;
        if (its_command(ITS_MAPC, 0, its.target | ITS_COLLECTION | ITS_VALID) == OK)
            return &its_messages;
    }
    log_warning("the GIC's ITS can't be used; there are no messages");
    return NULL;
}
