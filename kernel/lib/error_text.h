/**
 * @file
 * Error codes for people.
 *
 * @addtogroup error
 * @{
 */
#ifndef LIB_ERROR_TEXT_H
#define LIB_ERROR_TEXT_H

/** What @p error, a code of cairn/error.h, means: "out of memory". Never NULL. Any context. */
const char *error_text(int error);

/** @} */

#endif
