/*
 * Objects under watch: what is done to them, and what must be found out. See heap_model.h.
 */
#include "heap_model.h"

/* Each damaged object is lost for good: so many are damaged in all. */
enum { DAMAGED_MAX = 100 };

bool checked;
size_t damaged_count;

void check_damage(void)
{
    REQUIRE(heap_check() == damaged_count);
}

/* Writes one byte before or behind a piece. */
static void overrun(struct bytes *bytes)
{
    size_t index = bytes_below(bytes, piece_count);
    struct piece *piece = &pieces[index];
    uint64_t before = heap_mistakes();
    uint8_t distance = bytes_take(bytes);
    bool in_front = distance % 2 == 0;
    size_t far = distance / 2 % 16;

    if (piece->damaged)
        return;
    check_damage();
    machine_forget();
    char *byte = in_front ? piece->address - 1 - far : piece->address + piece->size + far;
    *byte = (char)(distance < 32 ? 0 : *byte ^ 1);
    piece->damaged = true;
    damaged_count++;
    if (distance % 3 != 0)
        check_damage();
    struct piece gone = remove_piece(index);
    give_back(gone.cache, gone.address);
    REQUIRE(heap_mistakes() == before + 1);
    REQUIRE(machine_said(in_front ? "the memory before it was written"
                                  : "it was written past its end"));
    REQUIRE(machine_said("should be 0xbd") && machine_said("allocated as number"));
    if (distance < 32)
        REQUIRE(machine_said(" is 0x00 and"));
    check_damage();
}

/* Frees a piece, writes to it, and sees that somebody notices. */
static void use_after_free(struct bytes *bytes)
{
    size_t index = bytes_below(bytes, piece_count);
    struct piece piece = pieces[index];
    size_t offset = bytes_below(bytes, piece.size);

    check_damage();
    free_piece(index);
    machine_forget();
    piece.address[offset] ^= 0x40;
    damaged_count++;
    check_damage();
    REQUIRE(machine_said("it was written after it was freed") && machine_said("  freed by"));
    REQUIRE((piece.cache != NULL && piece.cache->constructor != NULL) ||
            machine_said("should be 0xdd"));
}

/* Frees a piece twice. */
static void free_twice(struct bytes *bytes)
{
    struct piece piece = pieces[bytes_below(bytes, piece_count)];

    free_piece((size_t)(find_piece(piece.address) - pieces));
    must_be_mistake(piece.cache, piece.address, "it is free already");
    REQUIRE(machine_said("  freed by"));
}

/* Lists what is in use since some allocation. */
void list_leaks(struct bytes *bytes)
{
    static struct heap_leak leaks[64];
    uint64_t since = bytes_below(bytes, heap_serial() + 1);
    size_t wanted = 0;

    if (piece_count > 0 && since % 2 == 0)
        since = pieces[since % piece_count].serial;
    for (size_t i = 0; i < piece_count; i++)
        wanted += checked && pieces[i].serial >= since;
    size_t count = heap_leaks(since, leaks, ARRAY_COUNT(leaks));
    REQUIRE(count == wanted);
    for (size_t i = 0; i < count && i < ARRAY_COUNT(leaks); i++) {
        const struct piece *piece = find_piece(leaks[i].object);
        REQUIRE(piece != NULL && piece->serial == leaks[i].serial && leaks[i].site != 0);
        REQUIRE(leaks[i].cache == piece->home);
    }
}

void do_damage(struct bytes *bytes)
{
    uint8_t kind = bytes_take(bytes);

    if (!checked || piece_count == 0)
        return;
    if (kind % 4 == 0)
        free_twice(bytes);
    else if (damaged_count < DAMAGED_MAX && kind % 4 == 1)
        use_after_free(bytes);
    else if (damaged_count < DAMAGED_MAX)
        overrun(bytes);
}
