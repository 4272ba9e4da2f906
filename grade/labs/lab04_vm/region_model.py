"""The model of kernel/region/region.h: where regions are, and where a new one may go."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from struct import pack
from typing import NamedTuple

from cairn.protocol import Reply
from cairn.requests import Request, hexbytes, request
from labs.lab01_boot.errors import CODES, NO_SPACE, OK, name
from labs.lab01_boot.facts import numbers, signed
from labs.lab01_boot.teaching import differs

PAGE = 4096
U64 = 1 << 64
UNTOUCHED = 0x5a5a5a5a5a5a5a5a
EXISTS = CODES["ERROR_EXISTS"]
# What a line of the protocol holds.
REGIONS_MAX, WISHES_MAX = 450, 110
MANY_MAX = 8192
SHOWN = 4


class Region(NamedTuple):
    """From its first byte to the first one behind it."""

    start: int
    end: int

    def __str__(self) -> str:
        return f"[{self.start:#x}, {self.end:#x})"


@dataclass(frozen=True)
class Wish:
    """A struct region_wish."""

    low: int
    high: int
    size: int = PAGE
    alignment: int = PAGE

    @property
    def code(self) -> bytes:
        return pack("<4Q", self.low, self.high, self.size, self.alignment)

    def place(self, regions: Sequence[Region]) -> int | None:
        """The answer, by a look at every gap; the regions are in order."""
        free = 0
        for region in [*regions, Region(U64, U64)]:
            start = -(-max(free, self.low) // self.alignment) * self.alignment
            if start + self.size <= min(region.start, self.high):
                return start
            free = region.end
        return None

    def __str__(self) -> str:
        words = f"{self.size:#x} bytes in [{self.low:#x}, {self.high:#x})"
        return words + (f", aligned to {self.alignment:#x}" if self.alignment > PAGE else "")


@dataclass(frozen=True)
class Draw:
    """How many regions there are drawn on both sides, and of what sizes, in pages."""

    count: int
    seed: int
    gaps: int
    sizes: int

    def pages(self) -> Iterator[int]:
        state = self.seed
        while True:
            state = (state * 6364136223846793005 + 1442695040888963407) % U64
            yield state >> 33

    def regions(self, base: int) -> list[Region]:
        drawn, end = self.pages(), base
        regions = []
        for _ in range(self.count):
            start = end + next(drawn) % (self.gaps + 1) * PAGE
            end = start + (1 + next(drawn) % self.sizes) * PAGE
            regions.append(Region(start, end))
        return regions


@dataclass
class Forest:
    """A tree of regions, and the wishes that are tried on it."""

    regions: list[Region]
    filling: Request
    wishes: list[Wish] = field(default_factory=list)

    @staticmethod
    def of(pages: Sequence[tuple[int, int]], base: int = 0, stride: int = 1) -> Forest:
        """Regions by the pages that are free before each, and that each has."""
        regions, end = [], base
        for free, used in pages:
            regions.append(Region(end + free * PAGE, end + (free + used) * PAGE))
            end = regions[-1].end
        code = b"".join(pack("<2I", free, used) for free, used in pages)
        return Forest(regions, request("region.fill", base, stride, hexbytes(code)))

    @staticmethod
    def drawn(draw: Draw, base: int = 0, stride: int = 1) -> Forest:
        """Regions of which only the seed is sent."""
        filling = request("region.fill_many", base, stride, draw.count, draw.seed, draw.gaps,
                          draw.sizes, budget_ms=500)
        return Forest(draw.regions(base), filling)

    def wish(self, *wishes: Wish) -> Forest:
        self.wishes += wishes
        return self

    @property
    def edges(self) -> list[int]:
        """Where regions start and end."""
        return [edge for region in self.regions for edge in region]

    def asking(self, budget_ms: int = 20) -> list[Request]:
        """The requests: the tree, then the wishes."""
        asked = [self.filling]
        for at in range(0, len(self.wishes), WISHES_MAX):
            some = self.wishes[at:at + WISHES_MAX]
            code = b"".join(wish.code for wish in some)
            asked.append(request("region.gap", hexbytes(code), budget_ms=budget_ms).titled(
                f"find gaps among {self.described()}"))
        return asked

    def described(self) -> str:
        """The regions in words; of many, their number."""
        if not self.regions:
            return "no regions"
        if len(self.regions) <= SHOWN:
            return " ".join(map(str, self.regions))
        return (f"{len(self.regions)} regions from {self.regions[0].start:#x} "
                f"to {self.regions[-1].end:#x}")

    def near(self, address: int) -> str:
        """The regions around an address, in words."""
        below = [region for region in self.regions if region.start < address][-2:]
        above = [region for region in self.regions if region.start >= address][:2]
        return "regions there: " + (" ".join(map(str, below + above)) or "none")

    def judge(self, replies: Sequence[Reply]) -> None:
        """Fails the test at the first wrong answer."""
        flat = [number for reply in replies[1:] for number in numbers(reply, "results")]
        for wish, result, start in zip(self.wishes, flat[::2], flat[1::2], strict=True):
            self._judge(wish, signed(result), start)

    def _judge(self, wish: Wish, result: int, start: int) -> None:
        place = wish.place(self.regions)
        asked = f"{wish}; {self.described()}"
        if place is None:
            if (result, start) != (NO_SPACE, UNTOUCHED):
                differs(asked, "ERROR_NO_SPACE, and *start unchanged",
                        name(result) + (f" and {start:#x}" if start != UNTOUCHED else ""))
        elif (result, start) != (OK, place):
            came = f"{start:#x}" if result == OK else name(result)
            differs(asked, f"{place:#x}", came, self._why(wish, result, start, place))

    def _why(self, wish: Wish, result: int, start: int, place: int) -> str:
        if result != OK:
            return self.near(place)
        end = start + wish.size
        hit = [region for region in self.regions if start < region.end and region.start < end]
        if start % wish.alignment:
            return "the start is not aligned"
        if start < wish.low or end > wish.high:
            return "it is not within low and high"
        return f"it overlaps {hit[0]}" if hit else f"it is not the lowest; {self.near(place)}"


def random_wish(random: Random, forest: Forest, alignment: int = PAGE) -> Wish:
    """Ends within regions, at their edges and anywhere."""
    edges = forest.edges or [0, 1 << 30]
    first, last = min(edges), max(edges)
    ends = [random.choice([random.choice(edges), random.choice(edges) + PAGE,
                           max(random.choice(edges) - PAGE, 0),
                           random.randrange(first, last + 64 * PAGE) // PAGE * PAGE])
            for _ in range(2)]
    low, high = min(ends), max(ends)
    return Wish(low, high, random.choice([1, 1, 2, 3, 5, 8, 13, 40]) * PAGE, alignment)
