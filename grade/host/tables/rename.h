/*
 * Included in front of every kernel source that is built for the host: the kernel's own string
 * functions get names beside those of the C library, so that both can be in one program and the
 * kernel's are tried too.
 */
#pragma once

#define memcpy  kernel_memcpy
#define memmove kernel_memmove
#define memset  kernel_memset
#define memcmp  kernel_memcmp
#define strlen  kernel_strlen
#define strnlen kernel_strnlen
#define strncmp kernel_strncmp
