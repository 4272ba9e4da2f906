/*
 * Requests that run the parsers of firmware tables.
 */
#include "harness.h"

#include <stdlib.h>
#include <string.h>

#include "acpi/acpi.h"
#include "arch/x86_64/pvh.h"
#include "device_tree/device_tree.h"

/* Starts from nothing, as the kernel does. */
static struct boot_info *fresh_info(void)
{
    memset(&boot_info, 0, sizeof(boot_info));
    return &boot_info;
}

static void print_result(FILE *out, int result)
{
    check_boot_info(&boot_info);
    fprintf(out, "\"result\":%d,\"info\":", result);
    print_boot_info(out, &boot_info);
}

static char *parse_device_tree(const uint8_t *blob, size_t size)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);

    if (out == NULL)
        abort();
    print_result(out, device_tree_parse(fresh_info(), blob, size));
    fclose(out);
    return text;
}

/*
 * device-tree: parses twice, once before the guard page and once in memory that the address
 * sanitizer watches on both sides; alignment must make no difference.
 */
void run_device_tree(FILE *out, const struct request *request)
{
    uint8_t *copy = malloc(request->size + 1);

    if (copy == NULL)
        abort();
    copy = memcpy(copy, request->blob, request->size);
    uint8_t *exact = realloc(copy, request->size > 0 ? request->size : 1);
    if (exact == NULL)
        abort();
    char *first = parse_device_tree(request->blob, request->size);
    char *second = parse_device_tree(exact, request->size);
    if (strcmp(first, second) != 0) {
        fputs("the device tree's place makes a difference\n", stderr);
        abort();
    }
    fputs(first, out);
    if (request->size >= 40)
        fprintf(out, ",\"header_size\":%d", device_tree_size(request->blob));
    free(first);
    free(second);
    free(exact);
}

/* acpi BASE RSDP: the blob is the memory at BASE. */
void run_acpi(FILE *out, const struct request *request)
{
    image_set(request_number(request, 0), request->blob, request->size);
    print_result(out, acpi_parse(fresh_info(), image_window, request_number(request, 1)));
    image_release();
}

/*
 * complete BOOT_ID NODES: what boot_complete() makes of the processors in the blob, nine bytes
 * each: the hardware's number, and whether it is usable.
 */
void run_complete(FILE *out, const struct request *request)
{
    struct boot_info *info = fresh_info();
    struct boot_processor processor = {0};

    info->boot_hardware_id = request_number(request, 0);
    info->node_count = request_number(request, 1);
    for (size_t at = 0; at + 9 <= request->size; at += 9) {
        memcpy(&processor.hardware_id, request->blob + at, sizeof(processor.hardware_id));
        processor.usable = request->blob[at + 8] != 0;
        boot_add_processor(info, &processor);
    }
    boot_complete(info);
    print_result(out, 0);
}

/* pvh BASE START: the blob is the memory at BASE. */
void run_pvh(FILE *out, const struct request *request)
{
    uint64_t rsdp = 0;

    image_set(request_number(request, 0), request->blob, request->size);
    print_result(out, pvh_parse(fresh_info(), image_window, request_number(request, 1), &rsdp));
    fprintf(out, ",\"rsdp\":%llu", (unsigned long long)rsdp);
    image_release();
}
