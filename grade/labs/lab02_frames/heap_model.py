"""The model of kernel/heap/heap.h, and traces of it that the probe heap.run runs.

A trace is written before it runs, so it speaks of pieces of memory by number. Where they lie is
judged from what came: aligned, none over another, and what was written into a piece still there.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from struct import pack

from cairn.lab import Lab, Run
from cairn.protocol import Reply
from cairn.requests import Request, hexbytes, request
from labs.lab01_boot.facts import numbers
from labs.lab01_boot.teaching import count_of, differs

# kernel/heap/heap.h
SIZE_MAX, ALIGNMENT, PAGE = 8192, 16, 4096

# kernel/probe/probe_heap.c
PIECES, STEPS_MAX = 1024, 300


class Action(IntEnum):
    """What a step does."""

    (ALLOCATE, FREE, VERIFY, FREE_WRONG, FREE_STATIC, POKE, PEEK, COPY, FAIL, SHRINK, CHECK,
     MISTAKES, SERIAL, LEAKS, HEAP_FRAMES, FREE_FRAMES, CONSTRUCTED, EXHAUST, RELEASE) = range(19)


@dataclass(frozen=True)
class Source:
    """Where memory comes from: the heap, or a cache of the probe's."""

    number: int
    name: str
    size: int = 0  # of a cache's objects
    alignment: int = ALIGNMENT

    def alignment_of(self, size: int) -> int:
        """What every address is a multiple of."""
        if not self.size and 64 <= size <= PAGE and size & (size - 1) == 0:
            return size
        return self.alignment


HEAP, ZEROED = Source(0, "heap_allocate"), Source(1, "heap_allocate_zeroed")
SMALL, BUILT = Source(2, "probe-small", 20), Source(3, "probe-built", 100)
ALIGNED, PAGES = Source(4, "probe-aligned", 72, 256), Source(5, "probe-pages", 5000)
CACHES = (SMALL, BUILT, ALIGNED, PAGES)

# Says what is wrong with a step's result: what was expected, or "" when it is right.
Judge = Callable[[int], str]


@dataclass(frozen=True)
class Step:
    """One step and how its result is judged."""

    text: str
    code: bytes
    judge: Judge


@dataclass
class Live:
    """The pieces in use, by address."""

    ranges: list[tuple[int, int, int]] = field(default_factory=list)  # start, end, piece

    def add(self, start: int, size: int, piece: int) -> int | None:
        """Adds a piece. Returns another one that it lies over."""
        place = bisect_left(self.ranges, (start, 0, 0))
        for other in self.ranges[max(place - 1, 0):place + 1]:
            if other[0] < start + size and start < other[1]:
                return other[2]
        self.ranges.insert(place, (start, start + size, piece))
        return None

    def remove(self, piece: int) -> None:
        self.ranges = [entry for entry in self.ranges if entry[2] != piece]


class HeapTrace:
    """Steps on the kernel heap, for one boot. Each method adds a step."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.live = Live()
        self.sizes: dict[int, int] = {}  # of the pieces in use, in the order of their allocation
        self.addresses: dict[int, int] = {}
        self.unused = list(range(PIECES))

    # --- allocating and freeing ------------------------------------------------------------------

    def allocate(self, size: int = 0, source: Source = HEAP) -> int:
        """Allocates a piece. Returns its number."""
        piece, size = self.unused.pop(0), source.size or size
        self.sizes[piece] = size

        def judge(address: int) -> str:
            if address == 0:
                return "an address"
            self.addresses[piece] = address
            alignment = source.alignment_of(size)
            if address % alignment:
                return f"a multiple of {alignment}"
            other = self.live.add(address, size, piece)
            return "" if other is None else f"memory that piece {other} does not use"

        self._step(f"piece {piece} = {self._call(size, source)}", Action.ALLOCATE, judge, source,
                   piece, size)
        return piece

    def cannot_allocate(self, size: int, source: Source = HEAP) -> None:
        """Allocates what can't be had."""
        self._step(self._call(size, source), Action.ALLOCATE, self._exactly(0, "NULL"), source,
                   PIECES - 1, size)

    def may_allocate(self, size: int = 0, source: Source = HEAP) -> int:
        """Allocates a piece, or gets NULL. Returns its number."""
        piece = self.allocate(size, source)
        judge = self.steps[-1].judge
        self.steps[-1] = Step(self.steps[-1].text, self.steps[-1].code,
                              lambda address: judge(address) if address else "")
        return piece

    def free(self, piece: int) -> None:
        def judge(wrong: int) -> str:
            self.live.remove(piece)
            return self._kept(wrong)

        self._step(f"free piece {piece}", Action.FREE, judge, piece=piece)
        del self.sizes[piece]
        self.unused.append(piece)

    def free_all(self) -> None:
        for piece in list(self.sizes):
            self.free(piece)

    def verify(self, piece: int) -> None:
        self._step(f"look at piece {piece}", Action.VERIFY, self._kept, piece=piece)

    # --- anything else ---------------------------------------------------------------------------

    def do(self, text: str, action: Action, expected: int | None = None, *, source: Source = HEAP,
           piece: int = 0, number: int = 0) -> int:
        """Any step, whose result must be `expected` if that is given. Returns its place."""
        judge = (lambda came: "") if expected is None else self._exactly(expected)
        return self._step(text, action, judge, source, piece, number)

    def requests(self, budget_ms: int, each: int = STEPS_MAX) -> list[Request]:
        """The steps as requests of a single boot."""
        parts = [self.steps[i:i + each] for i in range(0, len(self.steps), each)]
        return [request("heap.run", hexbytes(b"".join(step.code for step in part)),
                        budget_ms=budget_ms)
                .titled(f"{part[0].text}, and {count_of(len(part) - 1, 'more step')}")
                for part in parts]

    def run(self, lab: Lab, command_line: str = "heap=plain", budget_ms: int = 100,
            memory: str = "256M", each: int = STEPS_MAX) -> tuple[list[int], Run]:
        """Runs the trace and judges it. Returns the results of all steps, and all that came."""
        run = lab.run(self.requests(budget_ms, each), command_line=command_line, memory=memory)
        return self.judge(run.replies), run

    def judge(self, replies: Iterable[Reply]) -> list[int]:
        """Fails the test at the first step with a wrong result. Returns all of them."""
        results: list[int] = []
        for reply in replies:
            came = numbers(reply, "results")
            for place, value in enumerate(came, len(results)):
                expected = self.steps[place].judge(value)
                if expected:
                    found = f"0x{value:x}" if value > 9 else str(value)
                    differs(self.asked(place), expected, found)
            for fact in reply.all("wrong_at_first"):
                assert isinstance(fact, list)
                first = len(results)
                steps = [step.text for step in self.steps[first:first + len(came)]]
                text = next(text for text in steps if text.startswith(f"piece {fact[0]} ="))
                differs(text, "memory that is zeroed, or as constructed",
                        f"{count_of(fact[1], 'byte')} of it not so")
            results += came
        return results

    def asked(self, place: int) -> str:
        """The steps up to one, in words; of many, the last few."""
        first = max(0, place - 5)
        left_out = f"… ({count_of(first, 'step')}), " if first else ""
        return left_out + ", ".join(step.text for step in self.steps[first:place + 1])

    # --- helpers ---------------------------------------------------------------------------------

    def _step(self, text: str, action: Action, judge: Judge, source: Source = HEAP, piece: int = 0,
              number: int = 0) -> int:
        code = pack("<BBHQ", action, source.number, piece, number % (1 << 64))
        self.steps.append(Step(text, code, judge))
        return len(self.steps) - 1

    @staticmethod
    def _call(size: int, source: Source) -> str:
        return f"object_allocate({source.name})" if source.size else f"{source.name}({size})"

    @staticmethod
    def _kept(wrong: int) -> str:
        return "every byte as it was written" if wrong else ""

    @staticmethod
    def _exactly(expected: int, text: str = "") -> Judge:
        return lambda came: "" if came == expected else text or str(expected)
