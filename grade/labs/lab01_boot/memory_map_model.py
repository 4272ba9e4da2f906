"""The model of kernel/boot/boot.h's memory_map_normalise()."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from cairn.protocol import Reply
from cairn.requests import Request, request

from .facts import numbers
from .teaching import differs

PAGE = 4096
# The last page is never part of a range.
LIMIT = (1 << 64) - PAGE
RANGES_MAX = 128

KINDS = ("usable", "reclaim", "boot data", "ramdisk", "kernel", "reserved", "broken")
USABLE, RECLAIM, BOOT_DATA, RAMDISK, KERNEL, RESERVED, BROKEN = range(7)


class Range(NamedTuple):
    """The physical addresses [base, base + size)."""

    base: int
    size: int
    kind: int

    @property
    def end(self) -> int:
        return self.base + self.size

    def __str__(self) -> str:
        kind = KINDS[self.kind] if self.kind < len(KINDS) else f"kind {self.kind}"
        return f"0x{self.base:x}-0x{self.end:x} {kind}"


def whole_pages(told: Range) -> Range:
    """The pages that a range counts for; of size 0 or less when there are none."""
    if told.size == 0:
        return told
    end = min(told.end, 1 << 64)
    if told.kind == USABLE:
        base, end = -(-told.base // PAGE) * PAGE, end // PAGE * PAGE
    else:
        base, end = told.base // PAGE * PAGE, -(-end // PAGE) * PAGE
    return Range(base, min(end, LIMIT) - base, told.kind)


def normalise(told: Iterable[Range]) -> list[Range]:
    """The map in order, however long it is."""
    pages = [r for r in map(whole_pages, told) if r.size > 0]
    borders = sorted({r.base for r in pages} | {r.end for r in pages})
    result: list[Range] = []
    for base, end in zip(borders, borders[1:]):
        kind = max((r.kind for r in pages if r.base <= base and end <= r.end), default=None)
        if kind is None:
            continue
        if result and result[-1].kind == kind and result[-1].end == base:
            base = result.pop().base
        result.append(Range(base, end - base, kind))
    return result


def normalise_request(told: Sequence[Range], budget_ms: int = 20) -> Request:
    return request("memory_map.normalise", *[f"0x{r.base:x}:0x{r.size:x}:{r.kind}" for r in told],
                   budget_ms=budget_ms).titled(f"put in order: {listed(told)}")


def ranges_of(reply: Reply) -> list[Range]:
    """The ranges that a reply lists."""
    columns = [numbers(reply, name) for name in ("bases", "sizes", "kinds")]
    return [Range(*parts) for parts in zip(*columns)]


def listed(ranges: Sequence[Range], limit: int = 16) -> str:
    shown = ", ".join(map(str, ranges[:limit])) or "no range"
    return shown + (f", and {len(ranges) - limit} more" if len(ranges) > limit else "")


def kind_at(ranges: Sequence[Range], address: int) -> str:
    found = [KINDS[r.kind] if r.kind < len(KINDS) else f"kind {r.kind}"
             for r in ranges if r.base <= address < r.end]
    return " and ".join(found) or "in no range"


def explain(expected: Sequence[Range], came: Sequence[Range]) -> str:
    """The first thing that is wrong, in one sentence."""
    for r in came:
        if r.size == 0:
            return f"the range at 0x{r.base:x} is empty"
        if r.base % PAGE or r.size % PAGE:
            return f"{r} does not consist of whole pages"
    for left, right in zip(came, came[1:]):
        if right.base < left.base:
            return f"{right} stands after {left}: they are not sorted"
        if right.base < left.end:
            return f"{left} and {right} overlap"
        if right.base == left.end and right.kind == left.kind:
            return f"{left} and {right} touch and are alike: they should be one"
    borders = sorted({a for r in (*expected, *came) for a in (r.base, r.end)})
    for address in borders:
        if kind_at(expected, address) != kind_at(came, address):
            return (f"the page at 0x{address:x} should be {kind_at(expected, address)}, "
                    f"and is {kind_at(came, address)}")
    return "the ranges differ"


def judge(asked: str, expected: list[Range], came: list[Range]) -> None:
    """Fails the test unless the two maps are the same."""
    if expected != came:
        differs(asked, listed(expected), listed(came), explain(expected, came))
