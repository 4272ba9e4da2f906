/**
 * @file
 * The grader's script: what to do in this boot, from the file `script` in the ramdisk.
 */
#pragma once

#include <stdint.h>

/** What stands at the head of a script. */
struct script_head {
    uint64_t nonce;
    uint8_t key[16];
    uint64_t budget_ms; /**< Guest time until the first request. */
};

/**
 * Finds the script and reads its head.
 * @return OK; ERROR_NOT_FOUND when the ramdisk has none; ERROR_CORRUPT when its head is wrong
 */
int script_open(struct script_head *head);
