"""Random ranges for the tests of page tables."""

from __future__ import annotations

from random import Random

from .entry_model import EXECUTE, READ, USER, WRITE, level_size
from .table_model import PAGE
from .table_trace import GIB, STEPS_BYTES_MAX, Trace

USER_END = 1 << 47
MEMORY_END = 1 << 43
LARGE = 2 << 20
FLAGS = [READ | write | execute | user
         for write in (0, WRITE) for execute in (0, EXECUTE) for user in (0, USER)]


def random_page(random: Random, end: int = USER_END) -> int:
    """An address of a page."""
    return random.randrange(end // PAGE) * PAGE


class Arena:
    """Addresses on both sides of the border of two entries of the root; ranges there often touch
    or overlap an earlier one."""

    SIZE = 32 * GIB

    def __init__(self, random: Random) -> None:
        self.random = random
        self.base = (random.randrange(1, 256) << 39) - self.SIZE // 2
        self._earlier: list[int] = []

    def range(self) -> tuple[int, int]:
        """Address and size of a range, mostly of such a kind that large pages fit."""
        random = self.random
        unit = level_size(random.choice([0, 0, 0, 1, 1, 1, 1, 2]))
        virtual = self.base + random.randrange(self.SIZE // unit) * unit
        if self._earlier and random.random() < 0.3:
            virtual = random.choice(self._earlier) + random.choice([0, 0, 0, -PAGE, PAGE, -unit])
        elif random.random() < 0.2:
            virtual += random.choice([-PAGE, PAGE, 511 * PAGE])
        size = random.choice([1, 1, 2, random.randrange(1, 6)]) * unit
        size += random.choice([0, 0, 0, PAGE, 5 * PAGE])
        virtual = min(max(virtual, self.base), self.base + self.SIZE - size)
        self.note(virtual, size)
        return virtual, size

    def note(self, virtual: int, size: int) -> None:
        """Something is there."""
        self._earlier += [virtual, virtual + size]

    def memory(self, virtual: int, size: int) -> int:
        """Memory for a range, mostly such that large pages fit; always for one of many pages."""
        least = 0 if size < 4 * LARGE else 1
        unit = level_size(max(least, self.random.choice([0, 1, 1, 2, 2])))
        start = self.random.randrange(1, (MEMORY_END - size) // unit - 1) * unit
        return start + virtual % unit if unit > PAGE else start


def is_full(trace: Trace) -> bool:
    """Whether the trace has no room for a few more steps."""
    return trace.size > STEPS_BYTES_MAX // 3
