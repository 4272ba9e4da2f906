/* Pages on the host. */
#pragma once

#include <string.h>

#include "lib/util.h"

static inline void page_clear(void *page)
{
    memset(page, 0, PAGE_SIZE);
}

static inline void page_copy(void *to, const void *from)
{
    memcpy(to, from, PAGE_SIZE);
}
