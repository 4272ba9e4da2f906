/**
 * @file
 * Address spaces: pointers that must not be mixed with pointers to memory.
 *
 * `make check` runs a static analyser, sparse, which follows these marks and complains where a
 * pointer goes from one space to another, so that no device's registers are ever given to memcpy().
 * The compiler sees no address spaces; it sees that registers are volatile.
 *
 *     DEVICE struct watchdog_registers *registers = device_map(address, sizeof(*registers));
 *
 * Physical addresses are no pointers at all: they are uint64_t. Where a change of the space is
 * meant, the cast goes through uintptr_t, and a comment says why.
 */
#pragma once

#ifdef __CHECKER__
/** What a pointer to a device's registers points to: each access has an effect on the device. */
#define DEVICE volatile __attribute__((address_space(__device)))
/** What a pointer of a user program points to: never followed, only given to copying functions. */
#define USER __attribute__((noderef, address_space(__user)))
#else
#define DEVICE volatile
#define USER
#endif
