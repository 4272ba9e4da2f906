"""What the kernel heap does about its callers' mistakes: it reports each once, and goes on.

These tests carry no points: they need most exercises of the lab at once. They are marked as
negative so that they hold back nobody's points.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from cairn.lab import Lab, Run
from labs.lab01_boot.elf import functions_of
from labs.lab01_boot.facts import all_data
from labs.lab01_boot.teaching import count_of, differs

from .heap_model import (ALIGNED, BUILT, HEAP, PAGES, SIZE_MAX, SMALL, Action, HeapTrace, Source)

pytestmark = pytest.mark.negative

# The functions of the probe that call the heap: what reports have to name.
ALLOCATOR, RELEASER, TOUCHER = "probe_heap_allocate", "probe_heap_free", "probe_heap_touch"


@dataclass(frozen=True)
class Mistake:
    """A mistake of a trace, and the places of the results that tell about it."""

    title: str
    allocated: int | None  # where its address is among the results; None for a variable's
    before: int  # heap_mistakes() before and after it
    after: int
    distance: int = 0  # of the address that is reported, from the piece's
    words: tuple[str, ...] = ()  # what the report must say


class MistakenTrace(HeapTrace):
    """A trace with mistakes in it."""

    def __init__(self) -> None:
        super().__init__()
        self.mistakes: list[Mistake] = []

    def victim(self, source: Source, size: int) -> tuple[int, int]:
        """Allocates a piece. Returns its number and the place of its address."""
        return self.allocate(size, source), len(self.steps) - 1

    def count(self) -> int:
        return self.do("heap_mistakes()", Action.MISTAKES)

    def wrong_free(self, title: str, place: int, piece: int, words: tuple[str, ...],
                   distance: int = 0, source: Source = HEAP) -> None:
        """Frees at a distance from a piece what may not be freed."""
        before = self.count()
        self.do(title, Action.FREE_WRONG, piece=piece, number=distance, source=source)
        self.mistakes.append(Mistake(title, place, before, self.count(), distance,
                                     (*words, RELEASER)))

    def judge_mistakes(self, results: Sequence[int], run: Run) -> None:
        """Fails the test unless each mistake was counted and reported once."""
        reports = [text for text in reports_of(run.console) if text.startswith("heap:")]
        for mistake in self.mistakes:
            counted = results[mistake.after] - results[mistake.before]
            if counted != 1:
                differs(mistake.title, "1 more from heap_mistakes()", str(counted))
            if mistake.allocated is None:
                continue
            address = f"{results[mistake.allocated] + mistake.distance:x}"
            about = [text for text in reports if address in text.partition("\n")[0]]
            if len(about) != 1:
                differs(f"{mistake.title}, at 0x{address}", "one report of it in the log",
                        f"{len(about)}: {about}")
            for word in mistake.words:
                if word not in about[0]:
                    differs(f"{mistake.title}, at 0x{address}", f"a report that says {word!r}",
                            about[0])


def reports_of(console: str) -> list[str]:
    """The reports on the console: a line of the heap's, and the indented ones after it."""
    reports: list[str] = []
    for line in console.splitlines():
        text = re.sub(r"^\[ *\d+\.\d+\] (error: )?", "", line)
        if text.startswith(("heap:", "sanitizer:")):
            reports.append(text)
        elif text.startswith("  ") and reports:
            reports[-1] += "\n" + text
    return reports


def wrong_frees(trace: MistakenTrace, source: Source, size: int, cache: str) -> None:
    """Frees of what is no object, or not one of that cache; the piece itself stays good."""
    piece, place = trace.victim(source, size)
    called = f"the piece of {count_of(source.size or size, 'byte')}"
    trace.wrong_free(f"free one byte into {called}", place, piece, (cache,), 1, source)
    other = SMALL if source is not SMALL else HEAP
    trace.wrong_free(f"free {called} as one of {other.name}", place, piece, (cache,), 0, other)
    trace.verify(piece)
    trace.free(piece)


@pytest.mark.parametrize("kind", ["plain", "checked"])
def test_reports_wrong_pointers(lab: Lab, kind: str) -> None:
    """Given pointers that are no object's, when they are freed, then a report, and no harm."""
    trace = MistakenTrace()
    for source, size, cache in ((HEAP, 60, "heap"), (HEAP, SIZE_MAX, "heap"),
                                (BUILT, 0, BUILT.name), (PAGES, 0, PAGES.name)):
        wrong_frees(trace, source, size, cache)
    for source in (HEAP, BUILT):
        before = trace.count()
        trace.do("free a variable", Action.FREE_STATIC, source=source)
        trace.mistakes.append(Mistake("free a variable", None, before, trace.count()))
    for size in (1, 60, SIZE_MAX):
        trace.allocate(size)
    trace.free_all()
    results, run = trace.run(lab, f"heap={kind}")
    trace.judge_mistakes(results, run)


def damage(trace: MistakenTrace, title: str, source: Source, size: int, distance: int, *,
           freed: bool = False, found_by_free: bool = False) -> int:
    """Changes a byte that is not the caller's. Returns the place of the piece's address."""
    piece, place = trace.victim(source, size)
    if freed:
        trace.free(piece)
    before = trace.count()
    trace.do(title, Action.POKE, piece=piece, number=distance)
    if found_by_free:
        trace.free(piece)
    trace.do("heap_check()", Action.CHECK)
    cache = source.name if source.size else "heap"
    words = (cache, ALLOCATOR, *((RELEASER,) if freed or found_by_free else ()))
    trace.mistakes.append(Mistake(title, place, before, trace.count(), words=words))
    if not freed and not found_by_free:
        trace.free(piece)
    trace.do("heap_check()", Action.CHECK)
    return place


def double_free(trace: MistakenTrace, source: Source, size: int) -> int:
    """Frees a piece twice. Returns the place of its address."""
    piece, place = trace.victim(source, size)
    trace.free(piece)
    cache = source.name if source.size else "heap"
    trace.wrong_free(f"free a piece of {cache} twice", place, piece, (cache, ALLOCATOR),
                     source=source)
    return place


def test_checked_heap_finds_damage(lab: Lab) -> None:
    """Given writes around an object and after its end of life, then a report that names the cache
    and who allocated it, and the object is not used again."""
    trace = MistakenTrace()
    places = []
    kinds = ((HEAP, 60), (HEAP, 64), (HEAP, 1), (HEAP, SIZE_MAX), (BUILT, 0), (ALIGNED, 0))
    for source, size in kinds:
        end = source.size or size
        what = f"{source.name}, {count_of(end, 'byte')}"
        places += [
            damage(trace, f"write the byte after the end of {what}", source, size, end),
            damage(trace, f"write the byte before {what}", source, size, -1, found_by_free=True),
            damage(trace, f"write to {what}, after it was freed", source, size, end // 2,
                   freed=True)]
    damaged = trace.do("heap_check()", Action.CHECK)
    counted = trace.count()
    for source, size in kinds:
        double_free(trace, source, size)
    later = len(trace.steps)
    for source, size in kinds:
        for _ in range(100):
            trace.allocate(size, source)
    trace.free_all()
    again = trace.do("heap_check()", Action.CHECK)
    last = trace.count()
    results, run = trace.run(lab, "heap=checked", budget_ms=200)
    trace.judge_mistakes(results, run)
    for place in (damaged, again):
        if results[place] != len(places):
            differs("heap_check() at last", f"{len(places)} damaged objects", str(results[place]))
    if results[last] != results[counted] + len(kinds):
        differs("mistakes after all damage and double frees", str(results[counted] + len(kinds)),
                str(results[last]), "each is reported once")
    reused = {results[place] for place in places} & set(results[later:again])
    if reused:
        differs("allocate more of the same", "no object that was damaged",
                ", ".join(map(hex, sorted(reused))))


def test_checked_heap_lists_leaks(lab: Lab) -> None:
    """Given objects that are not freed, then they are listed with their cache and the caller."""
    trace = HeapTrace()
    for size in (10, 100, 1000):
        trace.allocate(size)
    first = trace.do("heap_serial()", Action.SERIAL)
    wanted = {}
    for place, (source, size) in enumerate(((HEAP, 60), (BUILT, 0), (SMALL, 0), (HEAP, 5000))):
        kept, freed = trace.allocate(size, source), trace.allocate(size, source)
        wanted[kept] = (2 * place, source.name if source.size else "heap")
        trace.free(freed)
    all_ = trace.do("heap_leaks() since then", Action.LEAKS, len(wanted))
    trace.do("heap_leaks() since later", Action.LEAKS, 2, number=3)
    results, run = trace.run(lab, "heap=checked")
    functions = functions_of(lab.session.elf)
    leaks = run.replies[0].all("leak")[:results[all_]]
    caches = all_data(run.replies[0], "leak_cache")
    came = {}
    for leak, name in zip(leaks, caches):
        assert isinstance(leak, list)
        came[leak[0]] = (name.decode(), functions.name_at(leak[1]), leak[2])
    serial = results[first]
    for piece, (number, cache) in wanted.items():
        address = trace.addresses[piece]
        found = came.get(address, ("no such leak", "", 0))
        if not (found[0].startswith(cache) and found[1:] == (ALLOCATOR, serial + number)):
            differs(f"the leaks, with piece {piece} at 0x{address:x}",
                    f"cache {cache}, allocated by {ALLOCATOR}, as number {serial + number}",
                    str(found))


def test_sanitizer_reports_bad_accesses(lab: Lab) -> None:
    """Given reads and writes just outside of pieces, then the sanitizer reports each, with SAN=1;
    and without it there is no report."""
    trace = MistakenTrace()
    bad: list[tuple[str, int, int]] = []
    for source, size in ((HEAP, 60), (HEAP, 64), (HEAP, 1), (BUILT, 0), (PAGES, 0)):
        end = source.size or size
        for title, action, distance in (("read", Action.PEEK, end), ("copy", Action.COPY, end + 1),
                                        ("read", Action.PEEK, end - 1)):
            piece, place = trace.victim(source, size)
            text = f"{title} byte {distance} of {count_of(end, 'byte')}"
            trace.do(text, action, piece=piece, number=distance)
            if distance >= end:
                bad.append((text, place, end))
            trace.free(piece)
        piece, place = trace.victim(source, size)
        trace.free(piece)
        text = f"read {count_of(end, 'byte')} after they were freed"
        trace.do(text, Action.PEEK, piece=piece)
        bad.append((text, place, 0))
    results, run = trace.run(lab, "heap=checked" if lab.session.sanitized else "heap=plain")
    reports = [text for text in reports_of(run.console) if text.startswith("sanitizer:")]
    wanted = len(bad) if lab.session.sanitized else 0
    if len(reports) != wanted:
        differs(f"{len(bad)} bad accesses, {'with' if wanted else 'without'} the sanitizer",
                count_of(wanted, "report"), f"{len(reports)}: {reports[-1:]}")
    for report, (what, place, distance) in zip(reports, bad):
        address = f"{results[place] + distance:x}"
        if address not in report or TOUCHER not in report:
            differs(f"{what}, at 0x{address}", f"a report of that address and {TOUCHER}", report)
