/**
 * @file
 * Finding functions by name in the kernel's symbol table, and addresses given by name. Private to
 * the monitor.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/**
 * The address of the function of that name, the first one when several have it.
 * @return OK or ERROR_NOT_FOUND
 */
int symbol_find(const char *name, uint64_t *address);

/**
 * Reads an address: a number, or the name of a function, in both cases perhaps followed by
 * `+number`.
 * @return OK; ERROR_NOT_FOUND for a name that no function has; ERROR_USAGE
 */
int symbol_parse_address(const char *word, uint64_t *address);

/** The name of the @p index-th function, for completion; NULL past the last. */
const char *symbol_name(size_t index);

/** Completes a word that is an address: for commands whose first argument is one. */
const char *symbol_complete_first(int count, size_t index);
