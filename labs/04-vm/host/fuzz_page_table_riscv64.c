/* The walker with the page-table entries of RISC-V, which host.mk puts in the way of machine/. */
#include "page_table_fuzz.h"
