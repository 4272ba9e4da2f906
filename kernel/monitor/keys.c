/*
 * The decoder of terminal keys: see keys.h.
 *
 *              ESC            '['             final byte
 *   GROUND -----------> ESCAPE ------> SEQUENCE ------> GROUND
 *                         |  'O'                |  '['
 *                         +------> SINGLE       +------> CONSOLE     one byte, then GROUND
 */
#include "monitor/keys.h"

#include "lib/util.h"

enum {
    BYTE_ESCAPE = 0x1b,
    BYTE_RUBOUT = 0x7f,
    SEQUENCE_MAX = 16,    /* a longer sequence is noise */
    PARAMETER_MAX = 9999, /* larger numbers stay here */
};

#define CONTROL(letter) ((letter)&0x1f)

static const uint16_t control_keys[32] = {
    [CONTROL('A')] = KEY_HOME,
    [CONTROL('B')] = KEY_LEFT,
    [CONTROL('C')] = KEY_ABANDON,
    [CONTROL('D')] = KEY_DELETE,
    [CONTROL('E')] = KEY_END,
    [CONTROL('F')] = KEY_RIGHT,
    [CONTROL('H')] = KEY_BACKSPACE,
    [CONTROL('I')] = KEY_TAB,
    [CONTROL('J')] = KEY_ENTER,
    [CONTROL('K')] = KEY_DELETE_TO_END,
    [CONTROL('L')] = KEY_CLEAR_SCREEN,
    [CONTROL('M')] = KEY_ENTER,
    [CONTROL('N')] = KEY_DOWN,
    [CONTROL('P')] = KEY_UP,
    [CONTROL('T')] = KEY_SWAP,
    [CONTROL('U')] = KEY_DELETE_TO_START,
    [CONTROL('W')] = KEY_DELETE_WORD_LEFT,
    [CONTROL('Y')] = KEY_INSERT_DELETED,
};

/* ESC and one character: what terminals send for Alt with a key. */
static int alt_key(uint8_t byte)
{
    switch (byte) {
    case 'b':
    case 'B':
        return KEY_WORD_LEFT;
    case 'f':
    case 'F':
        return KEY_WORD_RIGHT;
    case 'd':
    case 'D':
        return KEY_DELETE_WORD_RIGHT;
    case BYTE_RUBOUT:
        return KEY_DELETE_WORD_LEFT;
    default:
        return KEY_UNKNOWN;
    }
}

/* The last byte of ESC [ … or ESC O …, when it is a letter. */
static int letter_key(uint8_t final, bool with_modifier)
{
    switch (final) {
    case 'A':
        return KEY_UP;
    case 'B':
        return KEY_DOWN;
    case 'C':
        return with_modifier ? KEY_WORD_RIGHT : KEY_RIGHT;
    case 'D':
        return with_modifier ? KEY_WORD_LEFT : KEY_LEFT;
    case 'F':
        return KEY_END;
    case 'H':
        return KEY_HOME;
    case 'c': /* rxvt's Ctrl-Right and Ctrl-Left */
        return KEY_WORD_RIGHT;
    case 'd':
        return KEY_WORD_LEFT;
    default:
        return KEY_UNKNOWN;
    }
}

/* ESC [ number ~ */
static int numbered_key(unsigned number)
{
    switch (number) {
    case 1:
    case 7:
        return KEY_HOME;
    case 3:
        return KEY_DELETE;
    case 4:
    case 8:
        return KEY_END;
    default:
        return KEY_UNKNOWN;
    }
}

static int end_sequence(struct key_decoder *decoder, uint8_t final)
{
    decoder->state = KEY_STATE_GROUND;
    if (decoder->is_strange)
        return KEY_UNKNOWN;
    if (final == '~')
        return numbered_key(decoder->parameters[0]);
    /* The second number is 1 plus the modifiers that are held: Shift 1, Alt 2, Ctrl 4. */
    return letter_key(final, decoder->parameters[1] > 2);
}

static int decode_ground(struct key_decoder *decoder, uint8_t byte)
{
    bool after_return = decoder->after_return;

    decoder->after_return = byte == '\r';
    decoder->state = KEY_STATE_GROUND;
    if (byte == BYTE_ESCAPE) {
        *decoder = (struct key_decoder){.state = KEY_STATE_ESCAPE};
        return KEY_NONE;
    }
    if (byte == BYTE_RUBOUT)
        return KEY_BACKSPACE;
    if (byte >= 0x80) /* UTF-8: only the first byte of a character counts */
        return byte < 0xc0 ? KEY_NONE : KEY_UNKNOWN;
    if (byte >= ' ')
        return byte;
    if (byte == '\0' || (byte == '\n' && after_return))
        return KEY_NONE;
    return control_keys[byte] != 0 ? control_keys[byte] : KEY_UNKNOWN;
}

static int decode_escape(struct key_decoder *decoder, uint8_t byte)
{
    switch (byte) {
    case '[':
        decoder->state = KEY_STATE_SEQUENCE;
        return KEY_NONE;
    case 'O':
        decoder->state = KEY_STATE_SINGLE;
        return KEY_NONE;
    default:
        decoder->state = KEY_STATE_GROUND;
        return alt_key(byte);
    }
}

static void add_digit(struct key_decoder *decoder, unsigned digit)
{
    if (decoder->is_strange)
        return;
    unsigned *number = &decoder->parameters[decoder->parameter];
    *number = 10 * *number + digit;
    if (*number > PARAMETER_MAX)
        *number = PARAMETER_MAX;
}

static int decode_sequence(struct key_decoder *decoder, uint8_t byte)
{
    if (decoder->length == 0 && byte == '[') {
        decoder->state = KEY_STATE_CONSOLE;
        return KEY_NONE;
    }
    if (byte >= 0x40)
        return end_sequence(decoder, byte);
    if (++decoder->length > SEQUENCE_MAX) {
        decoder->state = KEY_STATE_GROUND;
        return KEY_UNKNOWN;
    }
    if (byte >= '0' && byte <= '9')
        add_digit(decoder, byte - '0');
    else if (byte != ';' || ++decoder->parameter == ARRAY_COUNT(decoder->parameters))
        decoder->is_strange = true;
    return KEY_NONE;
}

int key_decode(struct key_decoder *decoder, uint8_t byte)
{
    /* Control characters and bytes that are not ASCII end any sequence; Alt-Backspace is one. */
    bool ends =
        byte < ' ' || byte >= 0x80 || (byte == BYTE_RUBOUT && decoder->state != KEY_STATE_ESCAPE);

    if (ends)
        return decode_ground(decoder, byte);
    switch (decoder->state) {
    case KEY_STATE_ESCAPE:
        return decode_escape(decoder, byte);
    case KEY_STATE_SEQUENCE:
        return decode_sequence(decoder, byte);
    case KEY_STATE_SINGLE:
        decoder->state = KEY_STATE_GROUND;
        return letter_key(byte, false);
    case KEY_STATE_CONSOLE:
        decoder->state = KEY_STATE_GROUND;
        return KEY_UNKNOWN;
    case KEY_STATE_GROUND:
    default:
        return decode_ground(decoder, byte);
    }
}
