"""The model of kernel/tlb/tlb_batch.h, and traces of it that tlb_batch.trace runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from struct import pack, unpack_from

from cairn.protocol import Reply
from cairn.requests import Request, hexbytes, request
from labs.lab01_boot.facts import data, number
from labs.lab01_boot.teaching import count_of, differs

# kernel/tlb/tlb_batch.h
PAGES, FRAMES = 32, 64
# kernel/probe/probe_tlb_batch.c
LOOK, PAGE, FREE, FINISH, REACT = range(5)
E_STEP, E_PAGES, E_EVERYTHING, E_RELEASE, E_STATE, E_STRANGE = range(6)
LOG_MAX, STEPS_MAX, SHOWN = 64 * 1024, 3900, 8
PAGE_SIZE = 4096


@dataclass(frozen=True)
class Event:
    """A call of the flusher, or what a look at the batch has told."""

    kind: int
    numbers: tuple[int, ...] = ()

    def __str__(self) -> str:
        if self.kind == E_PAGES:
            few = ", ".join(map(hex, self.numbers[:4]))
            return (f"pages() with {count_of(len(self.numbers), 'page')}: "
                    f"{few}{', …' if len(self.numbers) > 4 else ''}")
        if self.kind == E_EVERYTHING:
            return "everything()"
        if self.kind == E_RELEASE:
            return f"release({self.numbers[0]:#x})"
        if self.kind == E_STATE:
            pages, everything, frames = self.numbers
            noted = "everything" if everything else count_of(pages, "page")
            return f"a batch with {noted} noted and {count_of(frames, 'frame')} held"
        return "a call with another context, or with more pages than a batch has"


NOTHING = "no further call of the flusher"


def read_log(log: bytes) -> Iterator[list[Event]]:
    """The events of each step."""
    events: list[Event] = []
    at = 0
    while at < len(log):
        kind = log[at]
        at += 1
        if kind == E_STEP:
            if at > 1:
                yield events
            events = []
        elif kind == E_PAGES:
            count, = unpack_from("<H", log, at)
            events.append(Event(kind, unpack_from(f"<{count}Q", log, at + 2)))
            at += 2 + 8 * count
        elif kind == E_RELEASE:
            events.append(Event(kind, unpack_from("<Q", log, at)))
            at += 8
        elif kind == E_STATE:
            pages, everything, frames = unpack_from("<3H", log, at)
            # What `page_count` says does not count once everything is meant.
            events.append(Event(kind, (0 if everything else pages, everything, frames)))
            at += 6
        else:
            events.append(Event(kind))
    yield events


@dataclass
class Batch:
    """A batch as the contract describes it."""

    pages: list[int] = field(default_factory=list)
    everything: bool = False
    frames: list[int] = field(default_factory=list)
    reactions: list[tuple[int, int, int]] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    def apply(self, kind: int, what: int) -> None:
        if kind == PAGE:
            if len(self.pages) < PAGES:
                self.pages.append(what)
            else:
                self.everything = True
        elif kind == FREE:
            while len(self.frames) == FRAMES:
                self.finish()
            self.frames.append(what)
        else:
            self.finish()

    def finish(self) -> None:
        if self.everything:
            self.events.append(Event(E_EVERYTHING))
        elif self.pages:
            self.events.append(Event(E_PAGES, tuple(self.pages)))
        frames, self.frames = self.frames, []
        self.pages, self.everything = [], False
        for frame in frames:
            self.events.append(Event(E_RELEASE, (frame,)))
            mine = [reaction for reaction in self.reactions if reaction[0] == frame]
            for reaction in mine:
                if reaction in self.reactions:
                    self.reactions.remove(reaction)
                    self.apply(*reaction[1:])

    def look(self) -> None:
        pages = 0 if self.everything else len(self.pages)
        self.events.append(Event(E_STATE, (pages, int(self.everything), len(self.frames))))


@dataclass(frozen=True)
class Step:
    """One step of a trace."""

    kind: int
    code: bytes
    words: str
    numbers: Sequence[int] = ()


class Trace:
    """Steps on an empty batch."""

    def __init__(self) -> None:
        self.steps: list[Step] = []

    def _many(self, kind: int, does: str, thing: str, first: int, count: int) -> Trace:
        code = bytes([kind]) + pack("<HQQ", count, first, PAGE_SIZE)
        numbers = range(first, first + count * PAGE_SIZE, PAGE_SIZE)
        words = (f"{does} {thing} {first:#x}" if count == 1
                 else f"{does} {count} {thing}s from {first:#x} on")
        self.steps.append(Step(kind, code, words, numbers))
        return self

    def page(self, first: int, count: int = 1) -> Trace:
        return self._many(PAGE, "note", "page", first, count)

    def free(self, first: int, count: int = 1) -> Trace:
        return self._many(FREE, "give", "frame", first, count)

    def finish(self) -> Trace:
        self.steps.append(Step(FINISH, bytes([FINISH]), "finish"))
        return self

    def look(self) -> Trace:
        self.steps.append(Step(LOOK, bytes([LOOK]), "look at the batch"))
        return self

    def react(self, frame: int, kind: int, what: int = 0) -> Trace:
        """When `frame` is released, release() does that."""
        does = {PAGE: f"note page {what:#x}", FREE: f"give frame {what:#x}",
                FINISH: "finish the batch"}[kind]
        self.steps.append(Step(REACT, pack("<BQBQ", REACT, frame, kind, what),
                               f"let release({frame:#x}) {does}", (frame, kind, what)))
        return self

    @property
    def code(self) -> bytes:
        return b"".join(step.code for step in self.steps)

    def request(self) -> Request:
        code = self.code
        assert len(code) <= STEPS_MAX, f"the trace is too long for a request: {len(code)}"
        return request("tlb_batch.trace", hexbytes(code)).titled(self.asked(len(self.steps)))

    def asked(self, count: int) -> str:
        """The steps up to the one of this number, in words; of many, the last few."""
        words = [step.words for step in self.steps[:count]]
        left_out = f"… ({count_of(len(words) - SHOWN, 'step')}), " if len(words) > SHOWN else ""
        return left_out + ", ".join(words[-SHOWN:])

    def expected(self) -> list[list[Event]]:
        """What must come of each step."""
        batch = Batch()
        expected = []
        for step in self.steps:
            batch.events = []
            if step.kind == LOOK:
                batch.look()
            elif step.kind == REACT:
                frame, kind, what = step.numbers
                batch.reactions.append((frame, kind, what))
            elif step.kind == FINISH:
                batch.finish()
            else:
                for what in step.numbers:
                    batch.apply(step.kind, what)
            expected.append(batch.events)
        return expected

    def judge(self, reply: Reply) -> None:
        """Fails the test at the first call that is another one, missing or too many."""
        log = data(reply, "log")
        assert len(log) < LOG_MAX - 8 * PAGES, "the trace is too long for the probe's log"
        came = list(read_log(log))
        for place, expected in enumerate(self.expected()):
            events = came[place] if place < len(came) else []
            for turn, (should, is_) in enumerate(zip_longest(expected, events)):
                if should == is_:
                    continue
                before = f" after {expected[turn - 1]}" if turn else ""
                differs(self.asked(place + 1), f"{should or NOTHING}{before}",
                        f"{is_ or NOTHING}", hint(should, is_))
        touched = number(reply, "touched")
        if touched:
            differs(self.asked(len(self.steps)), "nothing else changed",
                    f"{count_of(touched, 'word')} around the batch, its flusher or its context "
                    "changed")


def hint(should: Event | None, came: Event | None) -> str:
    """What the difference may mean."""
    if came is not None and came.kind == E_RELEASE and should is not None:
        if should.kind in (E_PAGES, E_EVERYTHING):
            return "a processor may still write to a frame whose page it has not forgotten"
    if should is not None and should.kind == E_RELEASE and came is None:
        return "a frame that is never released is lost"
    if came is not None and should is None and came.kind in (E_PAGES, E_EVERYTHING):
        return "what is forgotten once need not be forgotten again"
    return ""
