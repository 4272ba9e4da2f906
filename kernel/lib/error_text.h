/**
 * @file
 * Error codes for people.
 *
 * @addtogroup error
 * @{
 */
#pragma once

/** What @p error, a code of cairn/error.h, means: "out of memory". Never NULL. Any context. */
const char *error_text(int error);

/** @} */
