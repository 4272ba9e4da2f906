"""The model of kernel/timer/timer.h's queue, and traces of it that timer_queue.trace runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from struct import pack, unpack_from

from cairn.protocol import Reply
from cairn.requests import Request, hexbytes, request
from labs.lab01_boot.errors import NO_SPACE, OK, name
from labs.lab01_boot.facts import all_data, number, numbers, signed
from labs.lab01_boot.teaching import count_of, differs

TIMERS_MAX = 4096
U64 = 1 << 64
# kernel/probe/probe_timer_queue.c
LOOK, ADD, REMOVE, ADD_MANY, REMOVE_MANY, DRAIN = range(6)
STRANGE = 0xffff
# What a line of the protocol holds, and how many steps a message repeats.
STEPS_MAX, SHOWN = 3900, 8


def time_name(time: int) -> str:
    """A deadline, short enough to be read."""
    return "TIMER_NEVER" if time == U64 - 1 else str(time) if time < 10**6 else f"{time:#x}"


@dataclass(frozen=True)
class State:
    """What the probe tells at a look: see report_state() there."""

    count: int
    next_sequence: int
    array: Sequence[int]
    places: Sequence[int]
    sequences: Sequence[int]

    @classmethod
    def read(cls, data: bytes, room: int, timers: int) -> State:
        """Out of the bytes of the fact."""
        count, next_sequence = unpack_from("<2Q", data)
        rest = unpack_from(f"<{(len(data) - 16) // 2}H", data, 16)
        held = min(count, room)
        return cls(count, next_sequence, rest[:held], rest[held:held + timers],
                   rest[held + timers:held + 2 * timers])


@dataclass
class Queue:
    """A queue as the contract describes it: which timers are set, whatever their places."""

    room: int
    deadlines: dict[int, int] = field(default_factory=dict)
    sequences: dict[int, int] = field(default_factory=dict)
    next_sequence: int = 0

    def add(self, timer: int, deadline: int) -> bool:
        """Whether there is room for it."""
        assert timer not in self.deadlines, f"a trace adds timer {timer}, which is set"
        if len(self.deadlines) == self.room:
            return False
        self.deadlines[timer] = deadline
        self.sequences[timer] = self.next_sequence
        self.next_sequence += 1
        return True

    def remove(self, timer: int) -> None:
        """Takes one out."""
        del self.deadlines[timer]

    def key(self, timer: int) -> tuple[int, int]:
        """What decides who is before whom."""
        return self.deadlines[timer], self.sequences[timer]

    def drain(self, count: int) -> list[int]:
        """Takes the first ones out."""
        first = sorted(self.deadlines, key=self.key)[:count]
        for timer in first:
            self.remove(timer)
        return first

    def described(self, timer: int) -> str:
        """A timer in words."""
        if timer == STRANGE:
            return "an address that is no timer's"
        if timer not in self.deadlines:
            return f"timer {timer}, which is not set"
        when = time_name(self.deadlines[timer])
        return f"timer {timer} (deadline {when}, sequence {self.sequences[timer]})"

    def faults(self, state: State) -> Iterator[tuple[str, str]]:
        """What should be and what is, in words, where they differ."""
        count = len(self.deadlines)
        if state.count != count:
            yield f"count {count}", f"count {state.count}"
        if sorted(state.array) != sorted(self.deadlines):
            yield from self._misfits(state)
        for index, timer in enumerate(state.array):
            parent = state.array[(index - 1) // 2]
            if index > 0 and self.key(timer) < self.key(parent):
                yield (f"a parent that is before {self.described(timer)}, at index {index}",
                       f"at index {(index - 1) // 2} is {self.described(parent)}")
        where = {timer: index + 1 for index, timer in enumerate(state.array)}
        for timer, place in enumerate(state.places):
            if place != where.get(timer, 0):
                yield f"place {where.get(timer, 0)} of {self.described(timer)}", f"place {place}"
        for timer, sequence in enumerate(state.sequences):
            if timer in self.deadlines and sequence != self.sequences[timer]:
                yield (f"sequence {self.sequences[timer]} of timer {timer}, counted from the "
                       "queue's first next_sequence on", f"sequence {sequence}")
        if state.next_sequence != self.next_sequence:
            yield (f"next_sequence {self.next_sequence}, counted from the first one on",
                   f"{state.next_sequence}")

    def _misfits(self, state: State) -> Iterator[tuple[str, str]]:
        for index, timer in enumerate(state.array):
            if timer not in self.deadlines:
                yield "only timers that are set", f"at index {index} {self.described(timer)}"
            elif timer in state.array[:index]:
                again = f"at index {index} again {self.described(timer)}"
                yield "each timer once in the array", again
        missing = sorted(set(self.deadlines) - set(state.array))
        if missing:
            yield f"{self.described(missing[0])} in the array", "it is not there"


@dataclass(frozen=True)
class Step:
    """One step of a trace."""

    kind: int
    code: bytes
    words: str
    timers: Sequence[int] = ()
    deadlines: Sequence[int] = ()


class Trace:
    """Steps on an empty queue; with `looking`, all there is to see is told after each."""

    def __init__(self, room: int = 64, *, first_sequence: int = 0, looking: bool = True) -> None:
        assert room <= TIMERS_MAX
        self.room, self.first_sequence, self.looking = room, first_sequence, looking
        self.steps: list[Step] = []
        self.timers = 0  # of the highest number, and one
        self.operations = 0

    def add(self, timer: int, deadline: int) -> Trace:
        return self._step(Step(ADD, pack("<HQ", timer, deadline),
                               f"add {timer} at {time_name(deadline)}", [timer], [deadline]))

    def add_all(self, deadlines: Sequence[int], first: int = 0) -> Trace:
        """Timers with numbers from `first` on."""
        for timer, deadline in enumerate(deadlines, first):
            self.add(timer, deadline)
        return self

    def remove(self, *timers: int) -> Trace:
        for timer in timers:
            self._step(Step(REMOVE, pack("<H", timer), f"remove {timer}", [timer]))
        return self

    def add_many(self, first: int, count: int, factor: int, base: int = 0,
                 shift: int = 0) -> Trace:
        """Timers with the deadlines (base + factor * i) >> shift, as 64-bit numbers."""
        deadlines = [(base + factor * i) % U64 >> shift for i in range(count)]
        code = pack("<HHBQQ", first, count, shift, factor % U64, base % U64)
        times = ", ".join(map(time_name, deadlines[:2]))
        words = f"add timers {first} to {first + count - 1} at {times}, …"
        return self._step(Step(ADD_MANY, code, words, range(first, first + count), deadlines))

    def remove_many(self, first: int, count: int, stride: int) -> Trace:
        timers = range(first, first + count * stride, stride)
        return self._step(Step(REMOVE_MANY, pack("<HHH", first, count, stride),
                               f"remove timers {first}, {first + stride}, …", timers))

    def drain(self, count: int = TIMERS_MAX) -> Trace:
        """Takes the first one out so many times."""
        return self._step(Step(DRAIN, pack("<H", count), f"take the first {count} out"))

    def look(self) -> Trace:
        self.steps.append(Step(LOOK, b"", ""))
        return self

    def _step(self, step: Step) -> Trace:
        self.steps.append(step)
        self.timers = max([self.timers, *(timer + 1 for timer in step.timers)])
        self.operations += len(step.timers)
        return self.look() if self.looking else self

    @property
    def code(self) -> bytes:
        return b"".join(
            bytes([step.kind]) + (pack("<H", self.timers) if step.kind == LOOK else step.code)
            for step in self.steps)

    def request(self, budget_ms: int) -> Request:
        code = self.code
        assert len(code) <= STEPS_MAX, f"the trace is too long for a request: {len(code)}"
        return request("timer_queue.trace", self.room, self.first_sequence, hexbytes(code),
                       budget_ms=budget_ms).titled(self.asked(len(self.steps)))

    def asked(self, count: int) -> str:
        """The steps before the one of this number, in words; of many, the last few."""
        words = [step.words for step in self.steps[:count] if step.kind != LOOK]
        left_out = f"… ({count_of(len(words) - SHOWN, 'step')}), " if len(words) > SHOWN else ""
        return f"{left_out}{', '.join(words[-SHOWN:])} (an array with room for {self.room})"

    # --- judging ---------------------------------------------------------------------------------

    def judge(self, reply: Reply) -> None:
        """Fails the test at the first step of which something else came."""
        model = Queue(self.room)
        results = iter(numbers(reply, "results"))
        states, drained = iter(all_data(reply, "state")), iter(all_data(reply, "drained"))
        for place, step in enumerate(self.steps, 1):
            asked = self.asked(place)
            if step.kind == LOOK:
                state = State.read(next(states), self.room, self.timers)
                for expected, came in model.faults(state):
                    differs(asked, expected, came)
            elif step.kind in (ADD, ADD_MANY):
                judge_adding(asked, step, model, signed(next(results)))
            elif step.kind == DRAIN:
                data = next(drained)
                judge_draining(asked, model, step, unpack_from(f"<{len(data) // 2}H", data))
            else:
                for timer in step.timers:
                    model.remove(timer)
        touched = number(reply, "touched")
        if touched:
            differs(self.asked(len(self.steps)), "nothing else changed", f"{touched} words around "
                    "the queue's array, deadlines or callbacks changed")


def judge_adding(asked: str, step: Step, model: Queue, result: int) -> None:
    """Everyone for whom there is room is added."""
    added = [model.add(timer, deadline) for timer, deadline in zip(step.timers, step.deadlines)]
    if step.kind == ADD_MANY:
        if result != sum(added):
            differs(asked, f"{sum(added)} of them added", f"{result} added")
        return
    expected = OK if added[0] else NO_SPACE
    if result != expected:
        differs(asked, f"{name(expected)} from the last step", name(result),
                f"the queue has {len(model.deadlines)} timers")


def judge_draining(asked: str, model: Queue, step: Step, came: Sequence[int]) -> None:
    """The earliest was at index 0 each time."""
    before = Queue(model.room, dict(model.deadlines), model.sequences)
    wanted = model.drain(int.from_bytes(step.code, "little"))
    for turn, (expected, timer) in enumerate(zip(wanted, came), 1):
        if timer != expected:
            differs(f"{asked}: number {turn}", before.described(expected), before.described(timer))
    if len(came) != len(wanted):
        differs(asked, f"{len(wanted)} taken out", f"only {len(came)}; then the queue was "
                "empty, or timers[0] was no timer that is set")
