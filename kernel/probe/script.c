/*
 * Reading and running the grader's script. docs/protocol.md describes its lines.
 */
#include "probe/script.h"

#include <stdbool.h>
#include <stddef.h>

#include "arch/cpu.h"
#include "arch/machine.h"
#include "init/init.h"
#include "lib/string.h"
#include "probe/decode.h"
#include "probe/protocol.h"
#include "probe/serve.h"
#include "probe/transport.h"
#include "probe/watchdog.h"
#include "ramdisk/ramdisk.h"

/* The part of the script that has not been read yet. */
static const char *script_at;
static const char *script_end;

static char line[PROBE_LINE_MAX];
static char *words[REQUEST_WORDS_MAX];

/* Copies the next line of the script. @return whether there is one that fits */
static bool script_next_line(void)
{
    size_t length = 0;
    size_t left = (size_t)(script_end - script_at);

    while (length < left && script_at[length] != '\n')
        length++;
    if (length == left || length >= sizeof(line))
        return false;
    memcpy(line, script_at, length);
    line[length] = 0;
    script_at += length + 1;
    return true;
}

/* Reads the next line, which must be @p name and one word more. @return that word or NULL */
static char *script_head_word(const char *name)
{
    if (!script_next_line())
        return NULL;
    return decode_words(line, words, 2) == 2 && string_equal(words[0], name) ? words[1] : NULL;
}

int script_open(struct script_head *head)
{
    struct ramdisk_file file;
    int result = ramdisk_find("script", &file);
    if (result != OK)
        return result;
    script_at = file.data;
    script_end = script_at + file.size;

    const char *version = script_head_word("cairn-script");
    if (version == NULL || !string_equal(version, "1"))
        return ERROR_CORRUPT;
    char *nonce = script_head_word("nonce");
    if (nonce == NULL || !decode_hex_number(nonce, &head->nonce))
        return ERROR_CORRUPT;
    char *key = script_head_word("key");
    size_t size = 0;
    if (key == NULL || !decode_bytes(key, &size) || size != sizeof(head->key))
        return ERROR_CORRUPT;
    memcpy(head->key, key, sizeof(head->key));
    char *budget = script_head_word("budget");
    if (budget == NULL || !decode_number(budget, &head->budget_ms))
        return ERROR_CORRUPT;
    return OK;
}

/* Reads a line from the port; what doesn't fit is cut. */
static void port_read_line(void)
{
    size_t length = 0;

    for (;;) {
        int byte = transport_get();
        if (byte < 0) {
            cpu_relax();
            continue;
        }
        if (byte == '\n')
            break;
        if (length < sizeof(line) - 1)
            line[length++] = (char)byte;
    }
    line[length] = 0;
}

static _Noreturn void script_finish(void)
{
    protocol_open("bye");
    protocol_close();
    machine_power_off(0);
}

/* Serves requests from the port until `quit`. */
static _Noreturn void script_interactive(void)
{
    for (;;) {
        port_read_line();
        int count = decode_words(line, words, REQUEST_WORDS_MAX);
        if (count == 1 && string_equal(words[0], "quit"))
            script_finish();
        serve_line(count, words);
        watchdog_set(WATCHDOG_IDLE_MS);
    }
}

static int script_run(void)
{
    if (!protocol_started())
        return OK;
    while (script_next_line()) {
        int count = decode_words(line, words, REQUEST_WORDS_MAX);
        if (count == 2 && string_equal(words[0], "end")) {
            if (string_equal(words[1], "poweroff"))
                script_finish();
            watchdog_set(WATCHDOG_IDLE_MS);
            if (string_equal(words[1], "interactive"))
                script_interactive();
            return OK;
        }
        serve_line(count, words);
    }
    return ERROR_CORRUPT;
}

INIT_CALL(script, script_run);
