"""The model of kernel/timer/timer.h's timer_run(): plays, and what may happen in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from struct import iter_unpack, pack
from typing import NamedTuple

from cairn.protocol import Reply
from cairn.requests import Request, hexbytes, request
from labs.lab01_boot.facts import data, number
from labs.lab01_boot.teaching import count_of, differs

NEVER = (1 << 64) - 1
# kernel/probe/probe_timer_run.c
SET_AT, SET_AFTER, CANCEL = range(3)
NOW, REMOVED, CALLED, SET, CANCELLED, HARDWARE = range(6)
NOBODY = 0xff
TIMERS_MAX, EVENTS_MAX, SHOWN = 64, 512, 14


class Action(NamedTuple):
    """What a callback does: sets a timer, or cancels it."""

    kind: int
    timer: int
    time: int = 0

    def __str__(self) -> str:
        if self.kind == CANCEL:
            return f"cancels {self.timer}"
        return f"sets {self.timer} {'to' if self.kind == SET_AT else 'to now +'} {self.time}"


@dataclass(frozen=True)
class Told:
    """A timer of a play; with the deadline None it is not set at first."""

    deadline: int | None
    actions: Sequence[Action] = ()
    duration: int = 0
    plays: int = 1

    @property
    def word(self) -> str:
        is_set = self.deadline is not None
        told = pack("<BBQQ", self.plays, is_set, self.deadline or 0, self.duration)
        return hexbytes(told + b"".join(pack("<BBQ", *action) for action in self.actions))

    def __str__(self) -> str:
        when = "not set" if self.deadline is None else f"at {self.deadline}"
        acts = [f"takes {self.duration} ns"] if self.duration else []
        acts += [str(action) for action in self.actions]
        often = f" ({self.plays} times)" if self.actions and self.plays > 1 else ""
        return when + (f": {', '.join(acts)}{often}" if acts else "")


class Event(NamedTuple):
    """Something that happened."""

    kind: int
    timer: int
    value: int

    def __str__(self) -> str:
        who = "a stranger" if self.timer == NOBODY else f"timer {self.timer}"
        value = "TIMER_NEVER" if self.value == NEVER else str(self.value)
        return {NOW: f"now() is {value}", REMOVED: f"{who} taken out", CALLED: f"{who} called",
                SET: f"{who} set to {value}", CANCELLED: f"{who} cancelled",
                HARDWARE: f"set({value})"}[self.kind]


@dataclass
class Stage:
    """The queue as it is in the midst of a play."""

    deadlines: dict[int, int]
    sequences: dict[int, int]
    next_sequence: int
    reading: int | None = None  # of the time, since the last call
    removed: int | None = None  # taken out, and not yet called
    called: list[int] = field(default_factory=list)
    hardware: list[int] = field(default_factory=list)

    def first(self) -> int | None:
        """The earliest timer."""
        order = [(deadline, self.sequences[timer], timer)
                 for timer, deadline in self.deadlines.items()]
        return min(order)[2] if order else None

    def next_deadline(self) -> int:
        """What the hardware must be set to."""
        first = self.first()
        return NEVER if first is None else self.deadlines[first]


class Play:
    """One call of timer_run() with timers of which every callback is known."""

    def __init__(self, now: int, timers: Sequence[Told], step: int = 0) -> None:
        self.now, self.step, self.timers = now, step, timers
        self.deadlines = {timer: told.deadline for timer, told in enumerate(timers)
                          if told.deadline is not None}

    def request(self, budget_ms: int) -> Request:
        return request("timer_run.play", self.now, self.step, *(told.word for told in self.timers),
                       budget_ms=budget_ms).titled(self.asked)

    @property
    def asked(self) -> str:
        """The play in words."""
        listed = "; ".join(f"{index} {told}" for index, told in enumerate(self.timers[:8]))
        more = f"; … ({len(self.timers)} timers)" if len(self.timers) > 8 else ""
        step = f", {self.step} ns later at each reading" if self.step else ""
        return f"run at {self.now}{step}, with the timers {listed or 'none'}{more}"

    def judge(self, reply: Reply) -> None:
        """Everything happened as the contract says."""
        events = [Event(*fields) for fields in iter_unpack("<BBQ", data(reply, "events"))]
        sequences = {timer: order for order, timer in enumerate(self.deadlines)}
        stage = Stage(dict(self.deadlines), sequences, len(sequences))
        for place, event in enumerate(events, 1):
            self._judge_event(stage, event, events[:place])
        self._judge_end(stage, events, number(reply, "returned"))

    def _judge_event(self, stage: Stage, event: Event, so_far: Sequence[Event]) -> None:
        if event.kind == NOW:
            stage.reading = event.value
        elif event.kind == REMOVED:
            self._judge_removal(stage, event, so_far)
        elif event.kind == CALLED:
            if stage.removed is None or event.timer != stage.removed or event.value != 0:
                taken = "none" if stage.removed is None else f"timer {stage.removed}"
                self._fail(so_far, "a call of the timer that remove() has just taken out",
                           f"a call of {who(event.timer)}; taken out was {taken}")
            stage.called.append(event.timer)
            stage.removed = stage.reading = None
        elif event.kind == HARDWARE:
            stage.hardware.append(event.value)
        elif event.kind == SET:
            stage.deadlines[event.timer] = event.value
            stage.sequences[event.timer] = stage.next_sequence
            stage.next_sequence += 1
        else:
            stage.deadlines.pop(event.timer, None)

    def _judge_removal(self, stage: Stage, event: Event, so_far: Sequence[Event]) -> None:
        first, deadline = stage.first(), stage.deadlines.get(event.timer, NEVER)
        if not event.value:
            self._fail(so_far, "the queue itself handed to remove()", "another one")
        if stage.removed is not None:
            self._fail(so_far, f"timer {stage.removed} called before another one is taken out",
                       f"{who(event.timer)} taken out as well")
        if first is None or event.timer != first:
            wanted = "no timer: none is left" if first is None else f"timer {first}, the earliest"
            self._fail(so_far, f"{wanted} taken out", f"{who(event.timer)} taken out")
        if len(stage.called) == len(self.deadlines):
            most = count_of(len(self.deadlines), "call")
            self._fail(so_far, f"{most} at most, for so many timers were set at the beginning",
                       f"{who(event.timer)} taken out to be called")
        if stage.reading is None:
            self._fail(so_far, "now() asked anew after each call", f"{who(event.timer)} taken out "
                       "without")
        elif deadline > stage.reading:
            self._fail(so_far, f"timer {event.timer} left alone until {deadline}",
                       f"it is taken out at {stage.reading}")
        stage.removed = event.timer
        del stage.deadlines[event.timer]

    def _judge_end(self, stage: Stage, events: Sequence[Event], returned: int) -> None:
        if stage.removed is not None:
            self._fail(events, f"timer {stage.removed} called", "it was taken out only")
        first = stage.first()
        if first is not None and len(stage.called) < len(self.deadlines):
            deadline = stage.deadlines[first]
            if stage.reading is None or deadline <= stage.reading:
                when = "now() not asked after the last call" if stage.reading is None else \
                    f"it is {stage.reading}"
                self._fail(events, f"timer {first}, whose deadline is {deadline}, called or found "
                           "to be later than now()", f"it is left in the queue; {when}")
        if len(stage.hardware) != 1:
            self._fail(events, "the hardware set once", f"set {len(stage.hardware)} times")
        if events[-1].kind not in (HARDWARE, NOW) or stage.hardware[0] != stage.next_deadline():
            self._fail(events, f"the hardware set at the end, to {when_is(stage.next_deadline())}",
                       f"it is set to {when_is(stage.hardware[0])}")
        if returned != len(stage.called):
            self._fail(events, f"{len(stage.called)} returned, for so many timers were called",
                       str(returned))

    def _fail(self, so_far: Sequence[Event], expected: str, came: str) -> None:
        happened = ", ".join(map(str, so_far[-SHOWN:])) or "nothing"
        more = "…, " if len(so_far) > SHOWN else ""
        differs(self.asked, expected, came, f"so far: {more}{happened}")


def who(timer: int) -> str:
    """A timer by its number."""
    return "an address that is no timer's" if timer == NOBODY else f"timer {timer}"


def when_is(deadline: int) -> str:
    """A deadline in words."""
    return "TIMER_NEVER" if deadline == NEVER else str(deadline)
