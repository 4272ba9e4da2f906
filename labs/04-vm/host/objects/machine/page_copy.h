/* Pages on the host. */
#ifndef HOST_PAGE_COPY_H
#define HOST_PAGE_COPY_H

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

#endif
