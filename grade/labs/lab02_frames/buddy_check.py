"""Judging buddy systems: what the tests of splitting and of merging share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from random import Random

from cairn.lab import Lab
from labs.lab01_boot.errors import OK
from labs.lab01_boot.errors import name as error_name
from labs.lab01_boot.teaching import differs

from .buddy_model import UNTOUCHED, Block, Free, Taken, Zone, answers_of, explain_free


# What one boot is asked to tell, by an estimate that is above the truth; it may send 512 KiB.
TOLD_MAX = 400_000
ANSWER_BYTES, BLOCK_BYTES = 100, 20


def told_bytes(zone: Zone) -> int:
    return sum(ANSWER_BYTES + (BLOCK_BYTES * len(answer.blocks) if isinstance(answer, Free) else 0)
               for _, answer in zone.expected)


def boots(zones: Sequence[Zone]) -> Iterator[list[Zone]]:
    """The zones in order, as many together as one boot can tell of."""
    part: list[Zone] = []
    for zone in zones:
        if part and sum(map(told_bytes, [*part, zone])) > TOLD_MAX:
            yield part
            part = []
        part.append(zone)
    yield part


def check(lab: Lab, zones: Sequence[Zone]) -> None:
    """Every step of every zone comes out as the contract says."""
    for zone in zones:
        zone.show()
    for part in boots(zones):
        run = lab.run([zone.request() for zone in part])
        for zone, reply in zip(part, run.replies):
            for asked, came in zip_longest(zone.expected, answers_of(reply)):
                assert asked is not None, "more answers than questions"
                judge(zone, asked[0], asked[1], came)


def judge(zone: Zone, number: int, expected: Free | Taken, came: Free | Taken | None) -> None:
    if expected == came:
        return
    asked = zone.told(number)
    if isinstance(expected, Free) and isinstance(came, Free):
        differs(f"{asked}. Which blocks are free?", str(expected), str(came),
                explain_free(zone, expected, came))
    if isinstance(expected, Taken) and isinstance(came, Taken):
        differs(asked, outcome(expected), outcome(came), explain_taken(expected, came))
    raise AssertionError(f"{asked}: no answer came")


def outcome(taken: Taken) -> str:
    if taken.result == OK:
        return f"OK and chunk {taken.chunk:,}" if taken.chunk != UNTOUCHED else "OK and no chunk"
    return error_name(taken.result) + (
        ", and *chunk as it was" if taken.chunk == UNTOUCHED else ", and *chunk is changed")


def explain_taken(expected: Taken, came: Taken) -> str:
    if expected.result != OK or came.result != OK or came.chunk == UNTOUCHED:
        return ""
    return ("the block comes from the front of the smallest order's list that has one; of a larger "
            "block, the lowest part is taken")


def random_blocks(random: Random, zone: Zone, orders: Sequence[int]) -> list[Block]:
    """Divides all of a zone into blocks of these orders, as far as that goes, else smaller ones."""
    blocks = []
    chunk = zone.first
    while chunk < zone.end:
        block = Block(random.choice(orders), chunk)
        while chunk % (1 << block.order) or not zone.holds(block):
            block = Block(block.order - 1, chunk)
        blocks.append(block)
        chunk = block.end
    return blocks


def random_zone(random: Random, title: str) -> Zone:
    """A zone anywhere, of any size."""
    first = random.choice([0, 1, random.randrange(1 << 12), random.randrange(1 << 42)])
    return Zone(title, first, random.choice([1, random.randrange(2, 40), random.randrange(40, 900),
                                             4096]))
