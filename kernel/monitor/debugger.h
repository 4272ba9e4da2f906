/**
 * @file
 * Stopping the kernel at places, looking at it, and letting it go on. Private to the monitor.
 */
#pragma once

#include <stdint.h>

#include "arch/debug.h"

/** The most breakpoints and watchpoints; processors may have fewer. */
#define DEBUGGER_POINTS_MAX 16

/** A breakpoint or watchpoint; its number is its place in the table and 1. */
struct debugger_point {
    bool is_set;
    struct debug_point place;
    uint64_t hits;
    uint64_t value; /**< What the watched memory held when the kernel last went on. */
};

/**
 * Sets a point.
 * @param[out] number by which it is deleted
 * @return OK, or ERROR_NO_SPACE or ERROR_NOT_SUPPORTED as debug_arm()
 */
int debugger_add(const struct debug_point *place, unsigned *number);

/** Deletes a point. @return OK or ERROR_NOT_FOUND */
int debugger_delete(uint64_t number);

/** The point of a number from 1 to DEBUGGER_POINTS_MAX, or NULL when there is none. */
const struct debugger_point *debugger_point(uint64_t number);

/** Whether that is code on the way from a trap to the debugger and back. */
bool debugger_is_own_way(uintptr_t address);

/** Shows the registers of the stopped code. @return OK, or ERROR_NOT_FOUND when none is stopped */
int debugger_show_registers(void);

/**
 * Ends the stop after the command that runs.
 * @param steps how many instructions from now on the kernel stops again; 0 for not because of that
 * @return OK; ERROR_NOT_FOUND when nothing is stopped; ERROR_NOT_SUPPORTED for steps on the
 *         debugger's own way
 */
int debugger_go_on(uint64_t steps);
