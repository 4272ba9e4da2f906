"""Random traces of address spaces: everything that can be done to them, in any order."""

from __future__ import annotations

from random import Random

from .space_facts import FAR, FAR_EACH, FAR_END
from .space_model import EXECUTE, GIB, MIB, PAGE, PRIVATE, READ, USER_END, USER_START, WRITE
from .space_trace import NONE, SLOTS, WINDOW, SpaceTrace

# Where regions are put: first pages, at the borders of tables of each level, last pages.
ARENA_PAGES = 48
ARENAS = [USER_START, 4 * MIB - 20 * PAGE, GIB - 24 * PAGE, 512 * GIB - 30 * PAGE,
          USER_END - ARENA_PAGES * PAGE]
LARGE_ARENA, LARGE = 64 * GIB, 2 * MIB
RIGHTS_USUAL = (READ, READ | WRITE, READ | WRITE, READ | WRITE, READ | EXECUTE,
                READ | WRITE | EXECUTE, 0)


class RandomTrace:
    """Adds random steps to a trace."""

    def __init__(self, trace: SpaceTrace, random: Random, large: bool = True) -> None:
        self.trace, self.random = trace, random
        self.large = large
        # By space: what was mapped at random places; addresses of the model, and pages.
        self.places: dict[int, list[tuple[int, int]]] = {}

    def steps(self, count: int) -> None:
        """Adds so many steps, and a look at everything now and then."""
        for number in range(count):
            self.step()
            if number % 40 == 39:
                self.trace.regions(self.space())
                self.trace.count()

    def step(self) -> None:
        """Adds one step."""
        if not self.trace.spaces:
            self.trace.create(0)
        kinds = [(self.map, 16), (self.unmap, 10), (self.protect, 10), (self.write, 26),
                 (self.read, 26), (self.fault, 6), (self.look, 6), (self.clone, 3),
                 (self.release, 2), (self.create, 1), (self.object, 2), (self.object_release, 1),
                 (self.prune, 1), (self.switch, 2)]
        self.random.choices([kind for kind, _ in kinds], [weight for _, weight in kinds])[0]()

    def space(self) -> int:
        return self.random.choice(sorted(self.trace.spaces))

    # --- where -----------------------------------------------------------------------------------

    def _arena(self, space: int) -> tuple[int, int, int]:
        """A stretch of addresses: its start, its pages, their size."""
        places = [(start, pages, PAGE) for start, pages in self.places.get(space, [])]
        arenas = [(start, ARENA_PAGES, PAGE) for start in ARENAS]
        large = [(LARGE_ARENA, 4, LARGE)] if self.large else []
        return self.random.choice(arenas * 2 + large + places[-6:])

    def range_of(self, space: int) -> tuple[int, int]:
        """Whole pages: address and size."""
        start, pages, each = self._arena(space)
        first = self.random.randrange(pages)
        count = min(self.random.choice([1, 1, 2, 3, 5, 9, 17, 40]), pages - first)
        if each == LARGE and self.random.randrange(4) == 0:
            return start + first * each + PAGE, PAGE
        return start + first * each, count * each

    def bytes_of(self, space: int) -> tuple[int, int]:
        """Any bytes: address and size. Most of them lie within one region."""
        start, pages, each = self._arena(space)
        size = min(self.random.choice([1, 7, 64, 600, PAGE, 3 * PAGE]), pages * each)
        regions = self.trace.spaces[space].within(start, start + pages * each)
        if regions and self.random.randrange(5):
            region = self.random.choice(regions)
            start, length = region.start, region.end - region.start
        else:
            length = pages * each
        size = min(self.random.randrange(1, size + 1), length)
        return start + self.random.randrange(length - size + 1), size

    # --- what ------------------------------------------------------------------------------------

    def create(self) -> None:
        free = sorted(set(range(6)) - set(self.trace.spaces))
        if free:
            self.trace.create(free[0])
            self.places[free[0]] = []

    def clone(self) -> None:
        space, free = self.space(), sorted(set(range(6)) - set(self.trace.spaces))
        if free:
            self.trace.clone(space, free[0])
            self.places[free[0]] = list(self.places.get(space, []))

    def release(self) -> None:
        if len(self.trace.spaces) > 2:
            self.trace.release(self.space())

    def switch(self) -> None:
        self.trace.switch(self.random.choice([*self.trace.spaces, NONE]))

    def prune(self) -> None:
        self.trace.prune(self.space())

    def object(self) -> None:
        free = sorted(set(range(SLOTS)) - set(self.trace.objects))
        if not free:
            return
        kind = self.random.randrange(6)
        if kind == 0:
            pages = self.random.randrange(1, 5)
            offset = self.random.randrange(WINDOW // PAGE - pages + 1) * PAGE
            self.trace.object_window(free[0], offset, pages * PAGE)
        elif kind == 1 and self.large:
            self.trace.object(free[0], self.random.randrange(1, 4) * LARGE, 1)
        else:
            self.trace.object(free[0], self.random.randrange(1, 60) * PAGE)

    def object_release(self) -> None:
        if self.trace.objects:
            self.trace.object_release(self.random.choice(sorted(self.trace.objects)))

    def map(self) -> None:
        space, trace = self.space(), self.trace
        address, size = self.range_of(space)
        flags, number, offset = self.random.choice(RIGHTS_USUAL), NONE, 0
        if self.random.randrange(3) and flags:
            flags |= PRIVATE
        if trace.objects and self.random.randrange(2):
            number = self.random.choice(sorted(trace.objects))
            target = trace.objects[number]
            each = LARGE if target.level else PAGE
            size = min(max(size, each), target.size)
            offset = self.random.randrange((target.size - size) // each + 1) * each
            if target.window is not None and self.random.randrange(8):
                flags &= ~PRIVATE
            if target.level and self.random.randrange(8):
                address, _ = LARGE_ARENA + self.random.randrange(4) * LARGE, 0
        if not FAR <= address < FAR_END and self.random.randrange(4):
            trace.map(space, flags, size, address, object=number, offset=offset)
        elif trace.places < 200:
            self._map_anywhere(space, flags, size, number, offset)

    def _map_anywhere(self, space: int, flags: int, size: int, number: int, offset: int) -> None:
        trace = self.trace
        alignment = self.random.choice([0, 0, 0, 2 * PAGE, 64 * PAGE, LARGE, GIB])
        if trace.map(space, flags, size, object=number, offset=offset, fixed=False,
                     alignment=alignment) == 0:
            self.places.setdefault(space, []).append(
                (FAR + trace.places * FAR_EACH, size // PAGE))

    def unmap(self) -> None:
        space = self.space()
        self.trace.unmap(space, *self.range_of(space))

    def protect(self) -> None:
        space = self.space()
        address, size = self.range_of(space)
        regions = self.trace.spaces[space].within(address, address + size)
        if regions and self.random.randrange(4):
            address = max(address, regions[0].start)
            size = min(address + size, regions[0].end) - address
        self.trace.protect(space, address, size, self.random.choice(RIGHTS_USUAL))

    def write(self) -> None:
        space = self.space()
        address, size = self.bytes_of(space)
        self.trace.write(space, address, size, self.random.getrandbits(60))

    def read(self) -> None:
        space = self.space()
        self.trace.read(space, *self.bytes_of(space))

    def fault(self) -> None:
        space = self.space()
        address, _ = self.bytes_of(space)
        self.trace.fault(space, address, self.random.choice([READ, WRITE, EXECUTE]))

    def look(self) -> None:
        space = self.space()
        address, _ = self.bytes_of(space)
        self.trace.mapping(space, address)
