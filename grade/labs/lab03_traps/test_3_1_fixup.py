"""Exercise 3.1: finding the fix-up of an instruction that faulted."""

from __future__ import annotations

import pytest
from cairn.lab import Lab
from cairn.requests import request
from labs.lab01_boot.teaching import differs

from .fixup_model import LAST, Fixup, borders, check, judge, random_table

CODE = 0xffff_ffff_8010_0000
# Of a lookup in a table of 4,096 entries. By halves it takes some 100 instructions; one by one,
# 10,000 and more.
INSTRUCTIONS_MAX = 600


def test_finds_the_range_of_an_address(lab: Lab) -> None:
    """Given tables of 1 to 150 entries, then the first, a middle and the last address of each."""
    questions = []
    for count in (1, 2, 3, 4, 5, 7, 8, 9, 150):
        table = random_table(lab.random, count, CODE + lab.random.randrange(1 << 20))
        inside = [address for entry in table
                  for address in (entry.begin, (entry.begin + entry.end) // 2, entry.end - 1)]
        questions.append((table, inside))
    check(lab, questions)


def test_knows_where_ranges_begin_and_end(lab: Lab) -> None:
    """Given gaps, ranges that touch and ranges of one byte, then the addresses at each border."""
    tables = [
        [Fixup(0x1000, 0x1010), Fixup(0x1010, 0x1020), Fixup(0x1030, 0x1031), Fixup(0x1031, 0x1040),
         Fixup(0x2000, 0x9000)],
        [Fixup(0, 1), Fixup(1, 2), Fixup(3, 4)],
        [Fixup(0, 1 << 63), Fixup(1 << 63, LAST)],
        [Fixup(0x10, 0x20), Fixup(LAST - 0x20, LAST - 0x10), Fixup(LAST - 1, LAST)],
        [Fixup((1 << 32) - 8, (1 << 32) + 8), Fixup((1 << 63) - 8, (1 << 63) + 8)],
        [Fixup(LAST - 1, LAST)],
        [Fixup(0, LAST)],
        random_table(lab.random, 30, lab.random.randrange(1 << 50), 50),
    ]
    check(lab, [(table, borders(table)) for table in tables])


@pytest.mark.negative
def test_finds_nothing_elsewhere(lab: Lab) -> None:
    """Given no entry, or addresses before, between and behind them all, then NULL."""
    gaps = [Fixup(CODE + 0x40 * i, CODE + 0x40 * i + 0x20) for i in range(100)]
    between = [entry.end + lab.random.randrange(0x20) for entry in gaps]
    table = random_table(lab.random, 20, CODE)
    before = [0, 1, CODE - 1, *(lab.random.randrange(CODE) for _ in range(20))]
    behind = [LAST, LAST - 1, *(lab.random.randrange(table[-1].end, LAST) for _ in range(20))]
    check(lab, [([], [0, 1, CODE, LAST]), ([Fixup(CODE, CODE + 4)], before), (gaps, between),
                (table, [address for address in before + behind if address != CODE])])


def test_searches_by_halves(lab: Lab) -> None:
    """Given 4,096 entries, then a lookup takes a number of steps that is their logarithm."""
    count, step, size = 4096, 64, 40
    table = [Fixup(CODE + step * i, CODE + step * i + size) for i in range(count)]
    places = [0, 1, count // 2 - 1, count // 2, count - 2, count - 1]
    places += [lab.random.randrange(count) for _ in range(58)]
    addresses = [CODE + step * place + lab.random.randrange(step) for place in places]
    run = lab.run([request("fixup.large", count, CODE, step, size, *addresses).titled(
        f"look up {len(addresses)} addresses in a table of {count} entries")])
    judge(table, addresses, run.replies[0])
    each = run.replies[0].instructions // len(addresses)
    if each > INSTRUCTIONS_MAX * lab.session.budget_scale:
        differs(f"look up {len(addresses)} addresses in a table of {count} entries",
                f"up to {INSTRUCTIONS_MAX} instructions each", f"{each} instructions each",
                "halve the range that is left instead of trying one entry after the other")
