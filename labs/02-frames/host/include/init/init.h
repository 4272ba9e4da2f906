/**
 * @file
 * In place of kernel/init/init.h on the host: an init call gets a name that others can call.
 */
#pragma once

#define INIT_CALL(level, call)                                                                     \
    int machine_##call(void);                                                                      \
    int machine_##call(void)                                                                       \
    {                                                                                              \
        return call();                                                                             \
    }                                                                                              \
    _Static_assert(1, #level)
