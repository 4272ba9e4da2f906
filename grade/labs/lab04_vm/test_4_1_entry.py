"""Exercise 4.1: reading page-table entries."""

from __future__ import annotations

from collections.abc import Iterable

from cairn.lab import Lab
from cairn.requests import Request, request
from labs.lab01_boot.facts import numbers
from labs.lab01_boot.teaching import count_of, differs

from .entry_model import FORMATS, LEVELS, Kind, flags_text

# A request has at most 255 words.
ENTRIES_MAX = 200


def requests_for(level: int, entries: list[int]) -> list[Request]:
    """Requests that read all the entries."""
    return [request("page_entry.flags", level, *entries[at:at + ENTRIES_MAX]).titled(
        f"read {count_of(len(entries[at:at + ENTRIES_MAX]), 'entry')} of level {level}")
        for at in range(0, len(entries), ENTRIES_MAX)]


def check(lab: Lab, wanted: Iterable[tuple[int, list[int]]]) -> None:
    """Every entry of every level says what the manual says."""
    known = FORMATS[lab.arch]
    parts = [(level, entries[at:at + ENTRIES_MAX]) for level, entries in wanted
             for at in range(0, len(entries), ENTRIES_MAX)]
    run = lab.run([asked for level, entries in parts for asked in requests_for(level, entries)])
    for (level, entries), reply in zip(parts, run.replies):
        for entry, came in zip(entries, numbers(reply, "flags")):
            decoded = known.decode(entry, level)
            if came != decoded.flags:
                note = "" if decoded.kind is Kind.LEAF else \
                    f"to the processor this is {decoded.kind.value}"
                differs(f"page_entry_flags({entry:#018x}, {level})", flags_text(decoded.flags),
                        flags_text(came), note)


def physical(lab: Lab, level: int) -> int:
    """Any address of a page of a level, not too high for a machine."""
    return lab.random.randrange(1, 1 << 44 - 12 - 9 * level) << 12 + 9 * level


def test_reads_rights(lab: Lab) -> None:
    """Given pages of every size with every set of rights, then the rights."""
    known = FORMATS[lab.arch]
    sets = [flags for flags in known.flag_sets() if flags < 16]
    check(lab, [(level, [known.leaf(physical(lab, level), level, flags) for flags in sets])
                for level in LEVELS])


def test_reads_memory_types(lab: Lab) -> None:
    """Given pages of every memory type with every right, then the type, where entries tell it."""
    known = FORMATS[lab.arch]
    check(lab, [(level, [known.leaf(physical(lab, level), level, flags)
                         for flags in known.flag_sets()]) for level in LEVELS])


def test_tells_pages_from_tables(lab: Lab) -> None:
    """Given entries that are not present, tables, and forms that are neither, then 0; a page beside
    them says what it is."""
    known = FORMATS[lab.arch]
    tables = [known.table(lab.random.randrange(1, 1 << 24) << 12) for _ in range(8)]
    check(lab, [(level, [*known.odd_forms(level), *tables]) for level in LEVELS])


def test_ignores_what_means_nothing(lab: Lab) -> None:
    """Given pages with any of the bits that say nothing of them, then the same; and any entry."""
    known = FORMATS[lab.arch]
    ignored = [1 << bit for bit in range(64) if known.ignored >> bit & 1]
    wanted = []
    for level in LEVELS:
        pages = [known.leaf(physical(lab, level), level, flags)
                 for flags in lab.random.sample(known.flag_sets(), 4)]
        noisy = [page ^ bit for page in pages for bit in [0, known.ignored, *ignored]]
        anything = [known.random(lab.random, level) for _ in range(100)]
        wanted.append((level, noisy + anything))
    check(lab, wanted)
