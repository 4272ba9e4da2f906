"""The kernel heap as a whole: real memory, real slabs and magazines.

These tests carry no points: they need most exercises of the lab at once. They are marked as
negative so that they hold back nobody's points.
"""

from __future__ import annotations

from random import Random

import pytest
from cairn.lab import Lab
from labs.lab01_boot.teaching import differs

from .heap_model import (ALIGNED, BUILT, CACHES, HEAP, PAGES, SIZE_MAX, ZEROED, Action,
                         HeapTrace)

pytestmark = pytest.mark.negative

# Around each power of two: where one size's cache ends and the next one's begins.
EDGES = sorted({size + step for size in (1 << shift for shift in range(14)) for step in (-1, 0, 1)
                if 1 <= size + step <= SIZE_MAX})

#: What the address sanitizer keeps for each chunk: a byte for every eight.
SHADOW_FRAMES = 64


def test_serves_every_size(lab: Lab) -> None:
    """Given sizes from 1 to 8192, then memory, aligned and apart; and NULL for any other size."""
    trace = HeapTrace()
    others = [lab.random.randrange(1, SIZE_MAX) for _ in range(40)]
    for source in (HEAP, ZEROED):
        # The second time in memory that was used before.
        for size in [*EDGES, *range(1, 130, 3), *others]:
            trace.allocate(size, source)
        trace.free_all()
    for size in (0, SIZE_MAX + 1, 1 << 16, 1 << 32, (1 << 32) + 64, 1 << 63, (1 << 64) - 1):
        trace.cannot_allocate(size, HEAP)
        trace.cannot_allocate(size, ZEROED)
    trace.run(lab)


def random_steps(trace: HeapTrace, random: Random, count: int) -> None:
    """Pieces of all sizes and from all caches, that come and go in waves."""
    filling = 0.7
    for _ in range(count):
        if random.random() < 0.01:
            filling = random.choice([0.3, 0.5, 0.7])
        if not trace.sizes or random.random() < filling and len(trace.sizes) < 900:
            size = random.randrange(1, 1 << random.randrange(1, 14))
            trace.allocate(min(size, SIZE_MAX), random.choice([HEAP, HEAP, ZEROED, *CACHES]))
        elif random.random() < 0.01:
            trace.do("heap_shrink()", Action.SHRINK)
        elif random.random() < 0.05:
            trace.verify(random.choice(list(trace.sizes)))
        else:
            trace.free(random.choice(list(trace.sizes)))


@pytest.mark.parametrize("kind", ["plain", "checked"])
def test_keeps_every_piece_apart(lab: Lab, kind: str) -> None:
    """Given long random traces, then no piece lies over another, and each keeps what is in it."""
    trace = HeapTrace()
    random_steps(trace, lab.random, 900)
    trace.free_all()
    damaged = trace.do("heap_check()", Action.CHECK)
    mistakes = trace.do("heap_mistakes()", Action.MISTAKES)
    results, run = trace.run(lab, f"heap={kind}", budget_ms=200)
    if results[damaged] or results[mistakes]:
        differs("a trace without a mistake", "no report of one",
                f"{results[damaged]} damaged objects, {results[mistakes]} mistakes",
                run.console[-500:])


def test_constructs_each_object_once(lab: Lab) -> None:
    """Given objects that are freed and allocated again, then they are as constructed, and the
    constructor did not run again."""
    trace = HeapTrace()
    counts = []
    for source, many in ((BUILT, 200), (PAGES, 30)):
        for _ in range(4):
            pieces = [trace.allocate(source=source) for _ in range(many)]
            lab.random.shuffle(pieces)
            for piece in pieces:
                trace.free(piece)
            counts.append(trace.do("count constructors", Action.CONSTRUCTED, source=source))
    results, _ = trace.run(lab)
    for first in (0, 4):
        came = [results[place] for place in counts[first:first + 4]]
        if len(set(came)) != 1 or came[0] == 0:
            differs("allocate and free the same objects four times", "each constructed once",
                    f"constructors ran {came} times in all after each round")


def frames_in_use(trace: HeapTrace) -> tuple[int, int]:
    """Gives back what can be; the places of two results: the heap's frames, and free ones."""
    for cache in CACHES:
        trace.do(f"object_cache_shrink({cache.name})", Action.SHRINK, source=cache)
    trace.do("heap_shrink()", Action.SHRINK)
    return (trace.do("count the heap's frames", Action.HEAP_FRAMES),
            trace.do("count free frames", Action.FREE_FRAMES))


@pytest.mark.parametrize("kind", ["plain", "checked"])
def test_gives_all_memory_back(lab: Lab, kind: str) -> None:
    """Given that everything was freed, when caches are shrunk, then as many frames are free as
    before."""
    trace = HeapTrace()
    places = []
    for _ in range(3):
        random_steps(trace, lab.random, 250)
        trace.free_all()
        places.append(frames_in_use(trace))
    results, _ = trace.run(lab, f"heap={kind}", budget_ms=200)
    came = [(results[heap], results[free]) for heap, free in places]
    # The first round makes what stays: each cache's magazines, for one. The address sanitizer keeps
    # a table for each chunk that the heap ever used, too.
    table = SHADOW_FRAMES if lab.session.sanitized else came[0][1] + 1
    if any(heap != came[0][0] or free > came[0][1] or (came[0][1] - free) % table
           for heap, free in came[1:]):
        differs("the same work three times, then shrink all caches",
                f"{came[0][0]} frames of the heap and {came[0][1]} free ones, as after the first",
                f"{came[1:]} after the others")
    if came[0][0] > 64:
        differs("free everything and shrink all caches", "at most 64 frames left with the heap",
                str(came[0][0]))


def test_survives_exhaustion(lab: Lab) -> None:
    """Given a small machine whose memory is used up, then NULL; and all is well afterwards."""
    trace = HeapTrace()
    counts = []
    # What stays for ever, such as each cache's magazines, comes first.
    random_steps(trace, lab.random, 100)
    trace.free_all()
    frames_in_use(trace)
    kinds = ((HEAP, SIZE_MAX), (HEAP, 500), (ALIGNED, 0), (HEAP, SIZE_MAX), (HEAP, 500))
    for source, size in kinds:
        name = source.name if source.size else f"{source.name}({size})"
        counts.append(trace.do(f"{name} until NULL", Action.EXHAUST, source=source, number=size))
        trace.cannot_allocate(SIZE_MAX)
        trace.do("free all that", Action.RELEASE, source=source)
        trace.allocate(source.size or size, source)
        trace.free_all()
        frames_in_use(trace)
    results, _ = trace.run(lab, budget_ms=400, memory="32M", each=2)
    came = [results[place] for place in counts]
    for count, (source, size) in zip(came, kinds):
        each = max(source.size or size, source.alignment)
        if count * each < 16 << 20:
            differs(f"pieces of {each} bytes until NULL, on a machine with 32M",
                    "at least 16 MiB of them", f"{count} pieces")
    # The address sanitizer's tables for chunks that were used in between stay.
    lost = [first - again for first, again in zip(came[:2], came[3:])]
    allowed = SHADOW_FRAMES if lab.session.sanitized else 0
    if not all(0 <= each <= allowed for each in lost):
        differs("the same until NULL once more, after all was freed",
                f"{came[:2]} pieces", f"{came[3:]}")


def test_survives_any_failing_allocation(lab: Lab) -> None:
    """Given that the n-th request for frames fails, for each n, then nothing is lost."""
    trace = HeapTrace()
    random_steps(trace, lab.random, 300)
    trace.free_all()
    before = frames_in_use(trace)
    sizes = [lab.random.randrange(1, SIZE_MAX) for _ in range(6)]
    for count in range(1, 24):
        trace.do(f"let allocation {count} of frames fail", Action.FAIL, number=count)
        for size in sizes:
            for source in (HEAP, ZEROED, *CACHES):
                trace.may_allocate(size, source)
        trace.do("let no allocation fail", Action.FAIL, number=(1 << 64) - 1)
        trace.free_all()
        frames_in_use(trace)
    after = frames_in_use(trace)
    results, _ = trace.run(lab)
    for place, what in enumerate(("frames of the heap", "free frames")):
        wanted, came = results[before[place]], results[after[place]]
        if wanted != came:
            differs("allocate while frames are refused, then free all",
                    f"{wanted} {what}, as before", str(came))
