"""Exercise 1.6: naming an address."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import pytest
from cairn.lab import Lab
from cairn.requests import request

from .elf import functions_of, some_rows
from .symbol_model import Answer, Entry, Line, SymbolFile, answers, check_pointers, judge
from .teaching import differs

BASE = 0xffff_ffff_8010_0000
# Of a lookup in two tables of 8,192 entries. By halves it takes some 500 instructions; one by one,
# 40,000 and more.
INSTRUCTIONS_MAX = 6_000


def check(lab: Lab, questions: list[tuple[SymbolFile, Sequence[int]]]) -> None:
    """Every address is named as the table says."""
    run = lab.run([table.request(asked) for table, asked in questions])
    for (table, addresses), reply in zip(questions, run.replies):
        check_pointers(f"look up in {table}", reply)
        for address, (result, came) in zip(addresses, answers(reply)):
            judge(f"look up {table.near(address)}", table.answer(address), result, came)


def functions_apart(random: Random, count: int, start: int = 0) -> list[Entry]:
    """Functions with and without gaps between them."""
    entries = []
    for i in range(count):
        start += random.choice([0, 0, random.randrange(1, 40)])
        size = random.randrange(1, 200)
        entries.append(Entry(start, size, f"function_{i}"))
        start += size
    return entries


def lines_of(random: Random, count: int, step: int = 40) -> list[Line]:
    """Lines of several files, some of them not known."""
    starts = sorted(random.sample(range(count * step), count))
    return [Line(start, *random.choice([("a.c", i + 1), ("folder/b.c", i + 1), ("", 0)]))
            for i, start in enumerate(starts)]


def around(places: Sequence[int], base: int) -> list[int]:
    """The addresses just before, at and behind each place."""
    return [(base + place + step) % (1 << 64) for place in places for step in (-1, 0, 1)]


def test_names_the_function(lab: Lab) -> None:
    """Given tables of 0 to 60 functions, then name and offset for every first and last byte."""
    questions: list[tuple[SymbolFile, Sequence[int]]] = []
    for count in (1, 2, 3, 4, 7, 8, 60):
        entries = functions_apart(lab.random, count, lab.random.randrange(50))
        end = entries[-1].start + entries[-1].size
        inside = [BASE + e.start + step for e in entries for step in (0, e.size // 2, e.size - 1)]
        questions.append((SymbolFile(BASE, end, entries), inside[-200:]))
    check(lab, questions)


def test_knows_where_functions_end(lab: Lab) -> None:
    """Given gaps before, between and behind functions, then no name for addresses in them."""
    table = SymbolFile(BASE, 0x1000, [Entry(0x10, 0x10, "first"), Entry(0x20, 0x10, "second"),
                                      Entry(0x40, 1, "one_byte"), Entry(0x80, 0x100, "last")])
    far = SymbolFile(0x1000, 0xffff_fff0, [Entry(0, 0x10, "first"),
                                           Entry(0xffff_ff00, 0xf0, "last")])
    entries = functions_apart(lab.random, 50)
    chance = SymbolFile(BASE, entries[-1].start + 1000, entries)
    ends = [place for e in entries for place in (e.start, e.start + e.size)]
    places = [0, 0x10, 0x20, 0x30, 0x40, 0x41, 0x80, 0x180, 0x1000]
    check(lab, [(table, around(places, BASE)), (chance, around(ends[:70], BASE)),
                (far, around([0, 0x10, 0xffff_ff00, 0xffff_fff0], far.base))])


def test_names_file_and_line(lab: Lab) -> None:
    """Given line entries, then each reaches to the next one, and the last to the code's end."""
    lines, entries = lines_of(lab.random, 60), functions_apart(lab.random, 20)
    limit = max(lines[-1].start + 100, entries[-1].start + entries[-1].size)
    both = SymbolFile(BASE, limit, entries, lines)
    only_lines = SymbolFile(BASE, limit, [], lines)
    one = SymbolFile(BASE, 0x100, [], [Line(0x10, "one.c", 7)])
    hole = SymbolFile(BASE, 0x100, [Entry(0x40, 0x10, "f")],
                      [Line(0, "a.c", 1), Line(0x20, "", 0), Line(0x48, "a.c", 9),
                       Line(0x60, "", 0)])
    starts = [line.start for line in lines]
    check(lab, [(both, around(starts[:60], BASE)),
                (only_lines, around(starts[-40:] + [limit], BASE)),
                (one, around([0, 0x10, 0x11, 0xff, 0x100], BASE)),
                (hole, around([0, 0x20, 0x40, 0x48, 0x50, 0x60, 0x100], BASE))])


@pytest.mark.negative
def test_finds_nothing_outside_the_code(lab: Lab) -> None:
    """Given addresses beside the code or 4 GiB and more from it, or empty tables, then nothing."""
    table = SymbolFile(BASE, 0x200, [Entry(0, 0x200, "all")], [Line(0, "all.c", 1)])
    empty = SymbolFile(BASE, 0x200)
    far = [0, 1, BASE - 1, BASE + 0x200, BASE + 0x201, BASE - (1 << 32), BASE - (1 << 32) + 16,
           (1 << 64) - 1, BASE & 0xffff_ffff, BASE ^ 1 << 63]
    low = SymbolFile(0x1000, 0x200, [Entry(0, 0x200, "all")], [Line(0, "all.c", 1)])
    beyond = [0xfff, 0x1200, *(0x1000 + (n << 32) + n for n in (1, 2, 16, 500)), 0, 1 << 63]
    check(lab, [(table, far), (empty, [BASE, BASE + 0x1ff, *far]), (low, beyond)])


def test_searches_by_halves(lab: Lab) -> None:
    """Given tables of 8,192 entries, then a lookup takes few instructions, wherever it ends."""
    count, step, size = 8192, 16, 12
    places = [0, step * (count - 1), step * (count // 2)]
    places += [lab.random.randrange(step * count) for _ in range(5)]
    run = lab.run([request("symbols.large", count, place, budget_ms=20) for place in places])
    for place, reply in zip(places, run.replies):
        asked = f"look up 0x{place:x} among {count} functions of {size} bytes, one every {step}"
        known = place % step < size
        expected = Answer("function" if known else "", place % step if known else 0, "file.c",
                          place // step + 1)
        [(result, came)] = answers(reply)
        judge(asked, expected, result, came)
        most = INSTRUCTIONS_MAX * lab.session.budget_scale
        if reply.instructions > most:
            differs(asked, f"at most {most} instructions", f"{reply.instructions}",
                    "halve the range that is left instead of trying one entry after the other")


def test_names_the_kernel_s_own_code(lab: Lab) -> None:
    """Given addresses in this very kernel, then what its ELF file says of them."""
    functions = functions_of(lab.session.elf)
    chosen = lab.random.sample(functions.all, k=40)
    rows = lab.random.sample(some_rows(lab.session.elf, lab.random, functions, least=400), k=60)
    inside = [lab.random.randrange(f.start, f.start + f.size) for f in chosen]
    by_line = [lab.random.randrange(row.start, row.end) for row in rows]
    run = lab.run([request("symbols.kernel", *inside), request("symbols.kernel", *by_line)])
    for address, function, (_, came) in zip(inside, chosen, answers(run.replies[0])):
        if came.name not in function.names or came.offset != address - function.start:
            differs(f"look up the kernel's own address 0x{address:x}",
                    f"{function.names[0]}+0x{address - function.start:x}", str(came))
    for address, row, (_, came) in zip(by_line, rows, answers(run.replies[1])):
        if (came.file.rpartition("/")[2], came.line) != (row.file, row.line):
            differs(f"look up the kernel's own address 0x{address:x}", f"{row.file}:{row.line}",
                    str(came))
