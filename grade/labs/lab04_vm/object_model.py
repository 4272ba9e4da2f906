"""The model of object_page_get() (kernel/memory_object/memory_object.h), and traces of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from struct import pack

from cairn.protocol import Reply
from cairn.requests import Request, hexbytes, request
from labs.lab01_boot.errors import CODES, OK, name
from labs.lab01_boot.facts import numbers, signed
from labs.lab01_boot.teaching import count_of, differs

PAGE, U64 = 4096, 1 << 64
UNTOUCHED = 0x5a5a5a5a5a5a5a5a
NO_MEMORY = CODES["ERROR_NO_MEMORY"]
OWNER = 5  # FRAME_MEMORY_OBJECT
# kernel/probe/probe_object_page.c
(MAKE, PUT, SHARE, GET, RELEASE, LOOK, LOOK_REPLACED, FAIL, DIRTY, MEMORY, END) = range(11)
OBJECTS = 8
STEPS_MAX, SHOWN = 150, 6


@lru_cache(maxsize=4096)
def sum_of(pattern: int, level: int = 0) -> int:
    """What the probe adds up of a page that a pattern fills; 0 is a page of zeros."""
    total = 0
    for place in range(PAGE // 8 << 9 * level if pattern else 0):
        total = (total * 31 + pattern * (2 * place + 1)) % U64
    return total


@dataclass(frozen=True)
class Step:
    """One step of a trace."""

    action: int
    object: int = 0
    words: str = ""
    flag: int = 0
    count: int = 0
    number: int = 0
    pattern: int = 0

    @property
    def code(self) -> bytes:
        return pack("<BBHIQQ", self.action, self.object, self.flag, self.count, self.number,
                    self.pattern)


class Trace:
    """Steps on objects; in the end all is given back."""

    def __init__(self, pages: int = 1 << 20, level: int = 0, objects: int = 1) -> None:
        self.steps: list[Step] = []
        self.level = level
        for number in range(objects):
            self.steps.append(Step(MAKE, number, "", level, pages))

    def _add(self, step: Step) -> Trace:
        self.steps.append(step)
        return self

    def put(self, page: int, pattern: int, references: int = 0, which: int = 0) -> Trace:
        """Gives a page a frame with contents, which others refer to."""
        words = f"page {page:#x} of object {which} has a frame with " \
            f"{count_of(references + 1, 'reference')}"
        return self._add(Step(PUT, which, words, 0, references, page, pattern))

    def share(self, page: int, source: int, which: int) -> Trace:
        words = f"object {which} shares page {page:#x} of object {source}"
        return self._add(Step(SHARE, which, words, source, 0, page))

    def get(self, page: int, write: bool, which: int = 0) -> Trace:
        words = f"get page {page:#x} of object {which} for {'writing' if write else 'reading'}"
        return self._add(Step(GET, which, words, int(write), 0, page))

    def read(self, page: int, which: int = 0) -> Trace:
        return self.get(page, False, which)

    def write(self, page: int, which: int = 0) -> Trace:
        return self.get(page, True, which)

    def release(self) -> Trace:
        """What the last get replaced."""
        return self._add(Step(RELEASE))

    def look(self, *pages: int, which: int = 0) -> Trace:
        for page in pages:
            self._add(Step(LOOK, which, "", 0, 0, page))
        return self

    def look_replaced(self, which: int = 0) -> Trace:
        return self._add(Step(LOOK_REPLACED, which))

    def fail(self, count: int) -> Trace:
        words = f"allocation {count} fails, and all later ones" if count else "no more fail"
        return self._add(Step(FAIL, 0, words, 0, count))

    def dirty(self, count: int = 20) -> Trace:
        """Frames that are allocated next have been used."""
        return self._add(Step(DIRTY, 0, "", self.level, count))

    def memory(self, which: int = 0) -> Trace:
        return self._add(Step(MEMORY, which))

    def requests(self, budget_ms: int = 50) -> list[Request]:
        self._add(Step(END)).memory()
        parts = [self.steps[at:at + STEPS_MAX] for at in range(0, len(self.steps), STEPS_MAX)]
        return [request("object_page.run", hexbytes(b"".join(step.code for step in part)),
                        budget_ms=budget_ms).titled("get pages") for part in parts]

    def asked(self, count: int) -> str:
        """The first steps, in words; of many, the last few."""
        words = [step.words for step in self.steps[:count] if step.words]
        left_out = f"… ({count_of(len(words) - SHOWN, 'step')}), " if len(words) > SHOWN else ""
        return left_out + ", ".join(words[-SHOWN:])

    def judge(self, replies: Sequence[Reply]) -> None:
        """Fails the test at the first step of which something else came."""
        judge = Judge(self.level, [each for reply in replies
                                   for each in numbers(reply, "results")])
        for count, step in enumerate(self.steps, 1):
            judge.step(self.asked(count), step)


@dataclass
class Judge:
    """Follows a trace with a model: which frame has which page, what is in it, who refers to it."""

    level: int
    results: Sequence[int]
    at: int = 0
    pages: dict[tuple[int, int], int] = field(default_factory=dict)  # (object, page): frame
    references: Counter[int] = field(default_factory=Counter)
    extras: Counter[int] = field(default_factory=Counter)
    patterns: dict[int, int] = field(default_factory=dict)  # by frame
    replaced: int = 0
    failing: int = 0  # the number of the allocation that fails
    heap: int = -1

    def _next(self, count: int) -> Sequence[int]:
        self.at += count
        return self.results[self.at - count:self.at]

    def step(self, asked: str, step: Step) -> None:
        key = step.object, step.number
        if step.action == PUT:
            frame, = self._next(1)
            if signed(frame) < 0:
                differs(asked, "a frame", name(signed(frame)))
            self.pages[key] = frame
            self._own(frame, step.pattern)
            self.references[frame] += step.count
            self.extras[frame] += step.count
        elif step.action == SHARE:
            self.pages[key] = self.pages[step.flag, step.number]
            self.references[self.pages[key]] += 1
        elif step.action == GET:
            self._get(asked, key, bool(step.flag))
        elif step.action == RELEASE:
            self.references[self.replaced] -= self.replaced != 0
            self.replaced = 0
        elif step.action == LOOK:
            self._look(f"{asked}; then look at page {step.number:#x} of object {step.object}",
                       self.pages.get(key, 0))
        elif step.action == LOOK_REPLACED:
            self._look(f"{asked}; then look at the frame that was replaced", self.replaced)
        elif step.action == FAIL:
            self.failing = step.count
        elif step.action == MEMORY:
            self._memory(asked, step.object)
        elif step.action == END:
            self.references.subtract(self.pages.values())
            self.references.subtract(self.extras)
            self.pages.clear()

    def _own(self, frame: int, pattern: int) -> None:
        self.references[frame] = 1
        self.patterns[frame] = pattern

    def _get(self, asked: str, key: tuple[int, int], write: bool) -> None:
        result, *answer = self._next(4)
        old = self.pages.get(key, 0)
        shared = old != 0 and self.references[old] > 1
        self.replaced = 0
        if old == 0 or (write and shared):
            self._get_new(asked, key, signed(result), answer)
            return
        expected = [old, not shared, 0]
        if (signed(result), answer) != (OK, expected):
            differs(asked, page_words(OK, expected), page_words(signed(result), answer),
                    f"its frame has {count_of(self.references[old], 'reference')}")

    def _get_new(self, asked: str, key: tuple[int, int], result: int,
                 answer: Sequence[int]) -> None:
        """The page needs a frame: any that was free."""
        old = self.pages.get(key, 0)
        # A page that had no frame may need nodes of the index besides.
        may_fail, must_fail = self.failing > 0, self.failing == 1
        if must_fail and result == OK:
            differs(asked, "ERROR_NO_MEMORY", page_words(result, answer))
        if result == NO_MEMORY and may_fail:
            return
        physical, writable, replaced = answer
        good = result == OK and writable == 1 and replaced == old and \
            physical not in (0, UNTOUCHED) and physical % (PAGE << 9 * self.level) == 0
        if not good or self.references[physical] > 0:
            in_use = result == OK and self.references[physical] > 0
            why = "that frame is in use" if in_use else "the page had no frame" if old == 0 else \
                f"its frame has {count_of(self.references[old], 'reference')}"
            differs(asked, page_words(OK, ["another frame", 1, old]), page_words(result, answer),
                    why)
        self.pages[key] = physical
        self.replaced = old
        self._own(physical, self.patterns[old] if old else 0)

    def _look(self, asked: str, frame: int) -> None:
        came, references, owner, total = self._next(4)
        if came != frame:
            differs(asked, f"frame {frame:#x}", f"{came:#x}")
        if frame and (references, owner) != (self.references[frame], OWNER):
            differs(asked, f"frame {frame:#x} with "
                    f"{count_of(self.references[frame], 'reference')}, of a memory object",
                    f"{count_of(references, 'reference')}, owner {owner}")
        expected = sum_of(self.patterns[frame], self.level) if frame else 0
        if total != expected:
            what = "nothing but zeros" if self.patterns[frame] == 0 else "the contents it had"
            differs(asked, what, "something else", f"sum {total:#x} instead of {expected:#x}")

    def _memory(self, asked: str, which: int) -> None:
        frames, heap, pages = self._next(3)
        used = sum(count > 0 for count in self.references.values()) << 9 * self.level
        if frames != used:
            differs(asked, f"{used} frames in use", str(frames), "each frame is released as often "
                    "as it was referred to")
        mine = sum(object == which for object, _ in self.pages)
        if pages != mine:
            differs(asked, f"{count_of(mine, 'page')} in the object's index", str(pages))


def page_words(result: int, answer: Sequence[int | str]) -> str:
    """A result and a struct object_page in words."""
    if result != OK:
        return name(result)
    physical, writable, replaced = answer
    where = physical if isinstance(physical, str) else f"{physical:#x}"
    return f"OK, {where}, writable {bool(writable)}, replaced {replaced:#x}"


def patterns(seed: int) -> Iterator[int]:
    """Patterns that all differ, and are odd."""
    while True:
        seed = (seed * 6364136223846793005 + 1442695040888963407) % U64
        yield seed | 1
