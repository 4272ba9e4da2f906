/**
 * @file
 * From the bytes that a terminal sends to keys. Private to the monitor.
 *
 * Cursor and function keys arrive as escape sequences of several bytes. The decoder is a state
 * machine that takes one byte at a time and comes back to its ground state from any garbage: a
 * control character ends a sequence and counts as itself, and a sequence has a longest length.
 *
 * Source: ECMA-48, 5th edition (1991), section 5.4 "Control sequences"; XTerm Control Sequences,
 * "PC-Style Function Keys" and "VT220-Style Function Keys".
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/** What was pressed. A printable ASCII character stands for itself, 0x20 to 0x7e. */
enum key {
    KEY_NONE = 0,      /**< Nothing yet: within a sequence, or a byte without meaning. */
    KEY_UNKNOWN = 256, /**< A whole key, and none that the editor knows. */
    KEY_ENTER,
    KEY_TAB,
    KEY_LEFT,
    KEY_RIGHT,
    KEY_UP,
    KEY_DOWN,
    KEY_HOME,
    KEY_END,
    KEY_WORD_LEFT,
    KEY_WORD_RIGHT,
    KEY_BACKSPACE,
    KEY_DELETE,
    KEY_DELETE_WORD_LEFT,  /**< Up to a space: Ctrl-W. */
    KEY_DELETE_WORD_RIGHT, /**< Alt-D. */
    KEY_DELETE_TO_START,
    KEY_DELETE_TO_END,
    KEY_INSERT_DELETED, /**< Ctrl-Y: puts back what the last of the deletions above took. */
    KEY_SWAP,           /**< Ctrl-T: swaps two characters. */
    KEY_CLEAR_SCREEN,
    KEY_ABANDON, /**< Ctrl-C: gives the line up. */
};

enum key_state {
    KEY_STATE_GROUND,
    KEY_STATE_ESCAPE,   /**< After ESC. */
    KEY_STATE_SEQUENCE, /**< After ESC [. */
    KEY_STATE_SINGLE,   /**< After ESC O: one more byte. */
    KEY_STATE_CONSOLE,  /**< After ESC [ [, the Linux console's function keys: one more byte. */
};

/** A decoder; all zero is its ground state. */
struct key_decoder {
    enum key_state state;
    bool after_return;      /**< The last byte was CR: an LF right after it is part of it. */
    bool is_strange;        /**< The sequence has bytes that no key's sequence has. */
    unsigned length;        /**< Bytes of the sequence so far. */
    unsigned parameter;     /**< Which parameter is being read. */
    unsigned parameters[2]; /**< The sequence's first two numbers. */
};

/** Takes one byte. @return a printable character or an enum key; KEY_NONE when none is complete */
int key_decode(struct key_decoder *decoder, uint8_t byte);
