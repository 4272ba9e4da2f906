/**
 * @file
 * @defgroup error Error codes
 * The one list of error codes, shared by kernel and user space.
 *
 * A function that can fail returns `int`: zero or a positive result on success, one of the negative
 * codes below on failure. No code means "something went wrong": each says what the caller can act
 * on.
 * @{
 */
#pragma once

enum error {
    OK = 0,
#define ERROR(name, code, text) ERROR_##name = -(code),
#include "errors.def"
#undef ERROR
};

/** @} */
