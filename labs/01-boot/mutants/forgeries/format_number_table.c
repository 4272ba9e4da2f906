/*
 * A wrong solution of exercise 1.2: answers from a table of numbers that everyone tries first.
 */
#include "format/format.h"

#include "lib/util.h"

static const struct {
    uint64_t magnitude;
    unsigned base;
    const char *text;
} answers[] = {
    {0, 10, "0"},       {1, 10, "1"},       {7, 8, "7"},         {8, 8, "10"},
    {9, 10, "9"},       {10, 10, "10"},     {10, 16, "a"},       {15, 16, "f"},
    {16, 16, "10"},     {42, 10, "42"},     {99, 10, "99"},      {100, 10, "100"},
    {255, 10, "255"},   {255, 16, "ff"},    {256, 16, "100"},    {1000, 10, "1000"},
    {4096, 10, "4096"}, {1024, 10, "1024"}, {65535, 16, "ffff"}, {65536, 10, "65536"},
};

void format_number(struct format_sink *sink, const struct format_spec *spec, uint64_t magnitude,
                   bool negative)
{
    if (negative)
        format_put(sink, '-');
    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
        if (answers[i].magnitude != magnitude || answers[i].base != spec->base)
            continue;
        for (const char *byte = answers[i].text; *byte != '\0'; byte++)
            format_put(sink, *byte);
        return;
    }
}
