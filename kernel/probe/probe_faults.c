/*
 * Probes that fault on purpose.
 *
 *   traps.fixup ADDRESS...   reads words by an instruction that has a fix-up of its own: list
 *                            `resumed`, 1 for each that went on there; list `values`, else 0
 *   traps.jump ADDRESS       calls what is at ADDRESS
 *   traps.trap               runs the compiler's own trap instruction
 */
#include "probe/probe.h"
#include "trap/fixup.h"

/* Reads a word. Nothing but the table of fix-ups knows where this goes on after a fault. */
__attribute__((noinline, noclone, no_sanitize("undefined"),
               no_sanitize("kernel-address"))) static bool
read_with_fixup(const volatile uint64_t *address, uint64_t *value)
{
    __asm__ volatile("probe_fixup_begin:" ::: "memory");
    uint64_t word = *address;
    __asm__ goto(".pushsection .table.fixups.probe, \"a\"\n\t"
                 ".balign 8\n\t"
                 ".quad probe_fixup_begin, probe_fixup_end, %l[faulted]\n\t"
                 ".popsection\n"
                 "probe_fixup_end:"
                 :
                 :
                 : "memory"
                 : faulted);
    *value = word;
    return true;
faulted:
    return false;
}

static int run_fixup(struct probe_request *request)
{
    static uint64_t resumed[PROBE_WORDS_MAX], values[PROBE_WORDS_MAX];
    static const struct fixup any = {.begin = 1, .end = 2};
    uint64_t address;

    /* While exercise 3.1 is a stub, the first fault would be the kernel's end. */
    if (fixup_find(&any, 1, 1) != &any)
        return ERROR_NOT_IMPLEMENTED;
    for (int i = 0; i < request->count; i++) {
        values[i] = 0;
        if (!probe_number(request, i, &address))
            return ERROR_USAGE;
        resumed[i] = !read_with_fixup((const volatile uint64_t *)(uintptr_t)address, &values[i]);
    }
    probe_fact_list(request, "resumed", resumed, (size_t)request->count);
    probe_fact_list(request, "values", values, (size_t)request->count);
    return OK;
}
PROBE(traps_fixup)
= {.name = "traps.fixup", .run = run_fixup};

static int run_jump(struct probe_request *request)
{
    uint64_t address;

    if (!probe_number(request, 0, &address))
        return ERROR_USAGE;
    ((void (*)(void))(uintptr_t)address)();
    return OK;
}
PROBE(traps_jump)
= {.name = "traps.jump", .run = run_jump};

static int run_trap(struct probe_request *request)
{
    (void)request;
    __builtin_trap();
}
PROBE(traps_trap)
= {.name = "traps.trap", .run = run_trap};
