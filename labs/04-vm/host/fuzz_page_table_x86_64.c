/* The walker with the page-table entries of x86-64, which host.mk puts in the way of machine/. */
#include "page_table_fuzz.h"
