/*
 * Included in front of every source that sparse reads: the macros for constants that GCC's own
 * <stdint.h> takes from the compiler, which sparse does not know. All architectures are LP64.
 */
#pragma once

#define __INT8_C(constant)    constant
#define __INT16_C(constant)   constant
#define __INT32_C(constant)   constant
#define __INT64_C(constant)   constant##L
#define __INTMAX_C(constant)  constant##L
#define __UINT8_C(constant)   constant
#define __UINT16_C(constant)  constant
#define __UINT32_C(constant)  constant##U
#define __UINT64_C(constant)  constant##UL
#define __UINTMAX_C(constant) constant##UL
