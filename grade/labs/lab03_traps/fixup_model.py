"""Tables of fix-ups, and the model of kernel/trap/fixup.h's fixup_find()."""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from random import Random
from typing import NamedTuple

from cairn.lab import Lab
from cairn.protocol import Reply
from cairn.requests import Request, hexbytes, request
from labs.lab01_boot.facts import numbers, signed
from labs.lab01_boot.teaching import differs

LAST = (1 << 64) - 1
NONE, ELSEWHERE = -1, -2
# A message tells so many entries before and behind the one that matters.
NEIGHBOURS = 2
# Of a request's words, less its table and its name.
ADDRESSES_MAX = 100


class Fixup(NamedTuple):
    """The range [begin, end) of an entry."""

    begin: int
    end: int

    def __str__(self) -> str:
        return f"[0x{self.begin:x}, 0x{self.end:x})"


def answer(table: Sequence[Fixup], address: int) -> int:
    """The number of the entry that holds an address, or NONE."""
    return next((i for i, entry in enumerate(table) if entry.begin <= address < entry.end), NONE)


def find_request(table: Sequence[Fixup], addresses: Sequence[int]) -> Request:
    """Looks addresses up in a table that is sent along."""
    packed = b"".join(struct.pack("<QQ", *entry) for entry in table)
    return request("fixup.find", hexbytes(packed), *addresses).titled(
        f"look up {len(addresses)} addresses in a table of {len(table)} entries")


def borders(table: Iterable[Fixup]) -> list[int]:
    """The addresses just before, at and behind each border, and those at both ends of all."""
    places = {place + step for entry in table for place in entry for step in (-1, 0, 1)}
    return sorted(place for place in places | {0, 1, LAST - 1, LAST} if 0 <= place <= LAST)


def random_table(random: Random, count: int, start: int, bits: int = 12) -> list[Fixup]:
    """Ranges of all sizes below 2^bits, some of which touch."""
    table = []
    for _ in range(count):
        start += random.choice([0, 0, 1, random.randrange(1, 1 << random.randrange(1, bits))])
        end = start + random.choice([1, 2, random.randrange(1, 1 << random.randrange(1, bits))])
        table.append(Fixup(start, end))
        start = end
    return table


def near(table: Sequence[Fixup], address: int) -> str:
    """The entries around an address; dots stand for those before and behind."""
    at = bisect_right([entry.begin for entry in table], address)
    first, end = max(at - 1 - NEIGHBOURS, 0), min(at + NEIGHBOURS, len(table))
    shown = [f"{i}: {table[i]}" for i in range(first, end)]
    return ", ".join([*(["…"] if first else []), *shown, *(["…"] if end < len(table) else [])])


def told(place: int) -> str:
    """What fixup_find() returned, in words."""
    if place == NONE:
        return "NULL"
    return "a pointer to no entry of the table" if place == ELSEWHERE else f"entry {place}"


def judge(table: Sequence[Fixup], addresses: Sequence[int], reply: Reply) -> None:
    """Fails the test unless every address is found where it is."""
    for address, came in zip(addresses, map(signed, numbers(reply, "found")), strict=True):
        expected = answer(table, address)
        if came != expected:
            differs(f"look 0x{address:x} up among {len(table)} entries ({near(table, address)})",
                    told(expected), told(came))


def check(lab: Lab, questions: Sequence[tuple[Sequence[Fixup], Sequence[int]]]) -> None:
    """Asks and judges, in one boot."""
    parts = [(table, addresses[i:i + ADDRESSES_MAX]) for table, addresses in questions
             for i in range(0, len(addresses), ADDRESSES_MAX)]
    run = lab.run([find_request(table, addresses) for table, addresses in parts])
    for (table, addresses), reply in zip(parts, run.replies, strict=True):
        judge(table, addresses, reply)
