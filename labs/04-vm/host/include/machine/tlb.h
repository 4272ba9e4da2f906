/* In place of a processor's TLB on the host: there is none. */
#pragma once

/* How many entries that lead to tables were made visible. */
static unsigned tables_published;

static inline void tlb_publish_table(void)
{
    tables_published++;
}

static inline void tlb_publish(uint64_t virtual)
{
    (void)virtual;
}
