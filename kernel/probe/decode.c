/*
 * Decoding the words of requests.
 */
#include "probe/decode.h"

#include "lib/string.h"

static int hex_digit(char digit)
{
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    return -1;
}

int decode_words(char *text, char **words, int max)
{
    int count = 0;

    for (;;) {
        while (*text == ' ')
            *text++ = 0;
        if (*text == 0)
            return count;
        if (count == max)
            return max + 1;
        words[count++] = text;
        while (*text != ' ' && *text != 0)
            text++;
    }
}

bool decode_number(const char *word, uint64_t *value)
{
    unsigned long long number;

    if (!string_to_number(word, &number))
        return false;
    *value = number;
    return true;
}

bool decode_hex_number(const char *word, uint64_t *value)
{
    size_t length = strlen(word);
    uint64_t number = 0;

    if (length == 0 || length > 16)
        return false;
    for (; *word != 0; word++) {
        int digit = hex_digit(*word);
        if (digit < 0)
            return false;
        number = number << 4 | (unsigned)digit;
    }
    *value = number;
    return true;
}

bool decode_bytes(char *word, size_t *size)
{
    size_t digits = strlen(word);

    if (string_equal(word, "-"))
        digits = 0;
    if (digits % 2 != 0)
        return false;
    for (size_t i = 0; i < digits / 2; i++) {
        int high = hex_digit(word[2 * i]);
        int low = hex_digit(word[2 * i + 1]);
        if (high < 0 || low < 0)
            return false;
        word[i] = (char)(high << 4 | low);
    }
    word[digits / 2] = 0;
    *size = digits / 2;
    return true;
}
