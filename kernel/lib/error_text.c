/* The texts of the error codes, from their one list. */
#include "lib/error_text.h"

#include "cairn/error.h"

const char *error_text(int error)
{
    switch (error) {
    case OK:
        return "success";
#define ERROR(name, code, text)                                                                    \
    case -(code):                                                                                  \
        return text;
#include "cairn/errors.def"
#undef ERROR
    default:
        return "unknown error";
    }
}
