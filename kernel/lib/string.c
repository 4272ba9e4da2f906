/*
 * Plain loops: the compiler turns struct copies into calls of these, so they must not be compiled
 * into calls of themselves (-ffreestanding with -fno-tree-loop-distribute-patterns sees to that).
 */
#include "lib/string.h"

#include <stdint.h>

void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
    return memmove(to, from, size);
}

typedef uint64_t __attribute__((may_alias)) word;

static bool word_aligned(const void *left, const void *right)
{
    return (((uintptr_t)left | (uintptr_t)right) & (sizeof(uint64_t) - 1)) == 0;
}

static void copy_forward(char *to, const char *from, size_t size)
{
    if (word_aligned(to, from)) {
        for (; size >= sizeof(word); size -= sizeof(word)) {
            *(word *)(void *)to = *(const word *)(const void *)from;
            to += sizeof(word);
            from += sizeof(word);
        }
    }
    while (size-- > 0)
        *to++ = *from++;
}

void *memmove(void *to, const void *from, size_t size)
{
    char *target = to;
    const char *source = from;

    if ((uintptr_t)target - (uintptr_t)source >= size) {
        copy_forward(target, source, size);
    } else {
        while (size-- > 0)
            target[size] = source[size];
    }
    return to;
}

void *memset(void *to, int byte, size_t size)
{
    char *target = to;

    if (word_aligned(to, NULL)) {
        word pattern = UINT64_C(0x0101010101010101) * (uint8_t)byte;
        for (; size >= sizeof(word); size -= sizeof(word)) {
            *(word *)(void *)target = pattern;
            target += sizeof(word);
        }
    }
    while (size-- > 0)
        *target++ = (char)byte;
    return to;
}

int memcmp(const void *left, const void *right, size_t size)
{
    const unsigned char *a = left;
    const unsigned char *b = right;

    for (size_t i = 0; i < size; i++) {
        if (a[i] != b[i])
            return a[i] - b[i];
    }
    return 0;
}

size_t strlen(const char *text)
{
    return strnlen(text, SIZE_MAX);
}

size_t strnlen(const char *text, size_t limit)
{
    size_t length = 0;

    while (length < limit && text[length] != '\0')
        length++;
    return length;
}

int strncmp(const char *left, const char *right, size_t limit)
{
    for (size_t i = 0; i < limit; i++) {
        unsigned char a = (unsigned char)left[i];
        unsigned char b = (unsigned char)right[i];
        if (a != b)
            return a - b;
        if (a == '\0')
            break;
    }
    return 0;
}

bool string_equal(const char *left, const char *right)
{
    return strncmp(left, right, SIZE_MAX) == 0;
}

size_t string_copy(char *to, const char *from, size_t size)
{
    size_t length = strlen(from);
    size_t copied = length < size ? length : size - 1;

    memcpy(to, from, copied);
    to[copied] = '\0';
    return length;
}

static int digit_value(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F')
        return digit - 'A' + 10;
    return 16;
}

bool string_to_number(const char *text, unsigned long long *value)
{
    int base = 10;
    unsigned long long number = 0;

    if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
        base = 16;
        text += 2;
    }
    if (*text == '\0')
        return false;
    for (; *text != '\0'; text++) {
        int digit = digit_value(*text);
        if (digit >= base || __builtin_mul_overflow(number, base, &number) ||
            __builtin_add_overflow(number, digit, &number))
            return false;
    }
    *value = number;
    return true;
}
