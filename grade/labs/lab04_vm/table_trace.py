"""Traces that the probe page_table.trace runs, and their judgement by the model."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from struct import iter_unpack, pack

from cairn.lab import Lab
from cairn.protocol import Reply
from cairn.requests import Request, hexbytes, request
from labs.lab01_boot.errors import name
from labs.lab01_boot.facts import all_data, number, numbers, signed
from labs.lab01_boot.teaching import count_of, differs

from .entry_model import FORMATS, READ, WRITE, Format, flags_text, level_size
from .table_model import (U64, Absent, BadTables, Outcome, Page, State, Tables, size_name)

# kernel/probe/probe_page_table.c
LOOK, MAP, CHANGE, FAIL, SET, TRANSLATE, PRUNE = range(7)
STEPS_BYTES_MAX, SHOWN = 3900, 6
NO_OUTCOME = Outcome({"OK"})
KIB, MIB, GIB = 1 << 10, 1 << 20, 1 << 30


def canonical(virtual: int) -> int:
    """An address of 48 bits as the kernel writes it."""
    return virtual | U64 - (1 << 48) if virtual >> 47 & 1 else virtual


def size_text(size: int) -> str:
    """A size in the largest unit that fits."""
    for unit, text in ((GIB, "GiB"), (MIB, "MiB"), (KIB, "KiB")):
        if size % unit == 0:
            return f"{size // unit} {text}"
    return f"{size} bytes"


@dataclass(frozen=True)
class Answers:
    """The facts of a trace, in the order of the steps."""

    results: Iterator[int]
    noted: Iterator[bytes]
    states: Iterator[bytes]


@dataclass(frozen=True)
class Step:
    """A step: how the probe is told, people are, and what it does to the model.

    `judge` gets the words of all that was asked so far.
    """

    code: bytes
    words: str
    judge: Callable[[str, Answers], None]


def ignore(_asked: str, _answers: Answers) -> None:
    """A step of which nothing comes."""


class Trace:
    """Steps on empty tables. With `noting`, the pages that are noted are judged too."""

    def __init__(self, arch: str, *, noting: bool = False) -> None:
        self.known: Format = FORMATS[arch]
        self.noting = noting
        self.steps: list[Step] = []
        self.model = Tables()
        self.outcome = NO_OUTCOME
        # What the tables are while steps are added: enough to know whether a call will fail.
        self.ahead = Tables()

    def _step(self, code: bytes, words: str,
              judge: Callable[[str, Answers], None] = ignore) -> Trace:
        self.steps.append(Step(code, words, judge))
        return self

    # --- setting up, without the functions under test --------------------------------------------

    def page(self, level: int, virtual: int, physical: int, flags: int = READ | WRITE,
             count: int = 1) -> Trace:
        """Pages side by side, of memory side by side."""
        size = level_size(level)
        value = self.known.leaf(physical, level, flags)
        distance = self.known.table(size) - self.known.table(0)

        def judge(_asked: str, _answers: Answers) -> None:
            for i in range(count):
                self.model.put(virtual + i * size, level, Page(physical + i * size, flags))
        several = f"{count} pages" if count > 1 else "a page"
        return self._set(level, count, virtual, value, distance, judge,
                         f"(set up: {several} of {size_name(level)} at {virtual:#x}, memory "
                         f"{physical:#x}, {flags_text(flags)})")

    def table(self, level: int, virtual: int) -> Trace:
        """An empty table of a level."""
        def judge(_asked: str, _answers: Answers) -> None:
            self.model.reach(virtual, level)
        return self._set(level, 1, virtual, 0, 0, judge,
                         f"(set up: an empty table of level {level} for {virtual:#x})")

    def absent(self, level: int, virtual: int, value: int, count: int = 1) -> Trace:
        """Entries that are not present."""
        def judge(_asked: str, _answers: Answers) -> None:
            for i in range(count):
                self.model.put(virtual + i * level_size(level), level,
                               Absent(value) if value else None)
        return self._set(level, count, virtual, value, 0, judge,
                         f"(set up: the entry {value:#x} of level {level} for {virtual:#x})")

    def _set(self, level: int, count: int, virtual: int, value: int, distance: int,
             judge: Callable[[str, Answers], None], words: str) -> Trace:
        return self._step(pack("<BBHQQQ", SET, level, count, virtual, value, distance % U64),
                          words, judge)

    # --- the calls -------------------------------------------------------------------------------

    def _fail(self, fail_at: int) -> str:
        if fail_at:
            self._step(pack("<BB", FAIL, fail_at), "")
        return f", with no memory for table {fail_at} and later ones" if fail_at else ""

    def map(self, virtual: int, physical: int, size: int, flags: int = READ | WRITE,
            largest: int = 2, *, fail_at: int = 0) -> Trace:
        """page_table_map()."""
        how = self._fail(fail_at)

        def judge(asked: str, answers: Answers) -> None:
            self.outcome = self.model.map(virtual, physical, size, flags, largest, fail_at)
            judge_result(asked, self.outcome, next(answers.results))
        return self._step(
            pack("<BBBQQQ", MAP, flags, largest, canonical(virtual), physical, size),
            f"map {size_text(size)} at {virtual:#x}, memory {physical:#x}, {flags_text(flags)}, "
            f"pages up to {size_name(largest)}{how}", judge)

    def map_and_look(self, virtual: int, physical: int, size: int, flags: int, largest: int = 2,
                     *, fail_at: int = 0) -> Trace:
        """The same; when it fails, what tables were added is looked up before anything else."""
        outcome = self.ahead.map(virtual, physical, size, flags, largest, fail_at)
        self.map(virtual, physical, size, flags, largest, fail_at=fail_at)
        return self.look() if fail_at or "OK" not in outcome.results else self

    def change_and_look(self, virtual: int, size: int, flags: int, *, fail_at: int = 0) -> Trace:
        """The same with page_table_change()."""
        self.ahead.change(virtual, size, flags, fail_at)
        self.change(virtual, size, flags, fail_at=fail_at)
        return self.look() if fail_at else self

    def change(self, virtual: int, size: int, flags: int, *, fail_at: int = 0) -> Trace:
        """page_table_change()."""
        how = self._fail(fail_at)

        def judge(asked: str, answers: Answers) -> None:
            self.outcome, noted = self.model.change(virtual, size, flags, fail_at)
            judge_result(asked, self.outcome, next(answers.results))
            data = next(answers.noted)
            if self.noting:
                judge_noted(asked, noted, data)
        what = f"to {flags_text(flags)}" if flags else "to 0, nothing"
        return self._step(pack("<BBQQ", CHANGE, flags, canonical(virtual), size),
                          f"change {size_text(size)} at {virtual:#x} {what}{how}", judge)

    def unmap(self, virtual: int, size: int, *, fail_at: int = 0) -> Trace:
        """page_table_change() that takes pages away."""
        return self.change(virtual, size, 0, fail_at=fail_at)

    def translate(self, virtual: int) -> Trace:
        """page_table_translate()."""
        def judge(asked: str, answers: Answers) -> None:
            result, physical, level, flags = (next(answers.results) for _ in range(4))
            _, at, entry = self.model.find(virtual)
            came = f"{name(signed(result))}, {physical:#x}, level {level}, {flags_text(flags)}"
            if not isinstance(entry, Page):
                if name(signed(result)) != "ERROR_NOT_FOUND":
                    differs(asked, "ERROR_NOT_FOUND", came)
                return
            there = entry.physical + virtual % level_size(at)
            wanted = f"OK, {there:#x}, level {at}, {flags_text(entry.flags)}"
            if came != wanted:
                differs(asked, wanted, came)
        return self._step(pack("<BQ", TRANSLATE, canonical(virtual)),
                          f"translate {virtual:#x}", judge)

    def prune(self, virtual: int, size: int) -> Trace:
        """page_table_prune()."""
        def judge(_asked: str, _answers: Answers) -> None:
            self.model.prune(virtual, size)
        return self._step(pack("<BQQ", PRUNE, canonical(virtual), size),
                          f"prune {size_text(size)} at {virtual:#x}", judge)

    def look(self) -> Trace:
        """Compares all tables with the model."""
        def judge(asked: str, answers: Answers) -> None:
            data = next(answers.states)
            try:
                state = State.read(data, self.known)
            except BadTables as error:
                differs(asked, "tables in frames of their own", str(error))
            for at, wanted, came in self.model.differences(state.root, self.outcome):
                differs(f"{asked}; then entries were read back", f"for {at:#x}: {wanted}",
                        f"for {at:#x}: {came}")
            if state.tables != len(state.frames):
                differs(asked, f"`tables` is {len(state.frames)}, as many as there are below the "
                        "root", str(state.tables))
            self.outcome = NO_OUTCOME
        return self._step(bytes([LOOK]), "", judge)

    # --- asking and judging ----------------------------------------------------------------------

    @property
    def size(self) -> int:
        """Bytes of the steps so far."""
        return sum(len(step.code) for step in self.steps)

    def request(self, budget_ms: int) -> Request:
        code = b"".join(step.code for step in self.steps)
        assert len(code) <= STEPS_BYTES_MAX, f"the trace is too long for a request: {len(code)}"
        return request("page_table.trace", hexbytes(code), budget_ms=budget_ms).titled(
            self._asked(len(self.steps)))

    def _asked(self, count: int) -> str:
        """What was asked in the first steps; of many, the last ones."""
        words = [step.words for step in self.steps[:count] if step.words]
        left_out = f"… ({count_of(len(words) - SHOWN, 'step')}); " if len(words) > SHOWN else ""
        return left_out + "; ".join(words[-SHOWN:])

    def judge(self, reply: Reply) -> None:
        """Fails the test at the first step of which something else came."""
        answers = Answers(iter(numbers(reply, "results")), iter(all_data(reply, "noted")),
                          iter(all_data(reply, "state")))
        for place, step in enumerate(self.steps, 1):
            step.judge(self._asked(place), answers)
        leaked = signed(number(reply, "leaked"))
        if leaked:
            differs(self._asked(len(self.steps)), "in the end, every frame of a table is reached "
                    "from the root", f"{count_of(leaked, 'frame')} can't be reached any more")


def judge_result(asked: str, outcome: Outcome, result: int) -> None:
    """One of those that may come."""
    came = name(signed(result))
    if came not in outcome.results:
        differs(asked, " or ".join(sorted(outcome.results)), came)


def judge_noted(asked: str, pages: Sequence[tuple[int, int]], data: bytes) -> None:
    """Each page once, by any address in it."""
    left = {(level, at): 0 for at, level in pages}
    for first, distance, count in iter_unpack("<3Q", data):
        for i in range(count):
            address = (first + i * distance) % (1 << 48)
            page = next(((level, address & -level_size(level)) for level in range(3)
                         if (level, address & -level_size(level)) in left), None)
            if page is None:
                differs(asked, "pages of the range that were mapped are noted, and no others",
                        f"{address:#x} is noted")
            left[page] += 1
    for (level, at), times in left.items():
        if times != 1:
            differs(asked, f"the page of {size_name(level)} at {at:#x} is noted once",
                    f"it is noted {times} times" if times else "it is not noted")


def check(lab: Lab, traces: Sequence[Trace], budget_ms: int = 40) -> list[Reply]:
    """Every trace goes as the contract says."""
    run = lab.run([trace.request(budget_ms) for trace in traces])
    for trace, reply in zip(traces, run.replies):
        trace.judge(reply)
    return run.replies
