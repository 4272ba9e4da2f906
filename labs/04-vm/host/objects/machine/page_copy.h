/* Pages on the host. */
#include "../../../../02-frames/host/include/machine/page_copy.h"
