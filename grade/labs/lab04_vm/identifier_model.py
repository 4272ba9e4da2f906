"""The model of kernel/tlb/identifier.h, and traces of it that identifier.trace runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from struct import pack, unpack_from

from cairn.protocol import Reply
from cairn.requests import Request, hexbytes, request
from labs.lab01_boot.facts import all_data, number, numbers
from labs.lab01_boot.teaching import count_of, differs

# kernel/probe/probe_identifier.c
LOOK, ASSIGN, RUN, FORGET, SET, FILL, USED = range(7)
HOLDERS_MAX, NOBODY = 512, 0xffff
STEPS_MAX, SHOWN = 3900, 8


@dataclass
class Holder:
    """What a holder has."""

    generation: int = 0
    identifier: int = 0

    def __str__(self) -> str:
        return f"identifier {self.identifier} of generation {self.generation}"


@dataclass
class Pool:
    """A pool as the contract describes it."""

    count: int
    processors: int
    generation: int = 1
    next: int = 1
    used: set[int] = field(default_factory=set)
    holders: list[Holder] = field(default_factory=list)
    running: dict[int, int] = field(default_factory=dict)
    must_flush: set[int] = field(default_factory=set)

    def holder(self, index: int) -> Holder:
        """The holder of a number; there are as many as are named."""
        while len(self.holders) <= index:
            self.holders.append(Holder())
        return self.holders[index]

    def free_from(self, first: int) -> int | None:
        return next((i for i in range(first, self.count) if i not in self.used), None)

    def begin_generation(self) -> None:
        ending, self.generation = self.generation, self.generation + 1
        self.used = set()
        for index in self.running.values():
            holder = self.holder(index)
            if holder.generation == ending:
                self.used.add(holder.identifier)
        for index in set(self.running.values()):
            if self.holder(index).generation == ending:
                self.holder(index).generation = self.generation
        self.must_flush = set(range(self.processors))

    def assign(self, index: int) -> bool:
        """Whether a generation began."""
        holder = self.holder(index)
        if holder.generation == self.generation:
            return False
        found = self.free_from(self.next) or self.free_from(1)
        began = found is None
        if found is None:
            self.begin_generation()
            found = self.free_from(1)
        assert found is not None, "there are more identifiers than processors"
        self.used.add(found)
        holder.identifier, holder.generation = found, self.generation
        self.next = found + 1 if found + 1 < self.count else 1
        return began


@dataclass(frozen=True)
class State:
    """What the probe tells at a look."""

    generation: int
    next: int
    must_flush: set[int]
    holders: list[Holder]

    @classmethod
    def read(cls, told: bytes) -> State:
        generation, following, flush = unpack_from("<3Q", told)
        words = unpack_from(f"<{len(told) // 8 - 3}Q", told, 24)
        holders = [Holder(*words[i:i + 2]) for i in range(0, len(words), 2)]
        return cls(generation, following, {i for i in range(64) if flush >> i & 1}, holders)


def named(processors: set[int]) -> str:
    """Processors by their numbers."""
    return ", ".join(map(str, sorted(processors))) or "none"


def faults(pool: Pool, state: State) -> Iterator[tuple[str, str]]:
    """What should be and what is, in words, where they differ."""
    if state.generation != pool.generation:
        yield f"generation {pool.generation} of the pool", str(state.generation)
    for index, (should, has) in enumerate(zip(pool.holders, state.holders)):
        if should.generation != has.generation or (
                should.generation and should.identifier != has.identifier):
            yield f"holder {index} with {should}", str(has)
    if state.next != pool.next:
        yield f"next {pool.next}", str(state.next)
    if state.must_flush != pool.must_flush:
        yield (f"must_flush set for processors {named(pool.must_flush)}",
               f"for {named(state.must_flush)}")


@dataclass(frozen=True)
class Step:
    """One step of a trace."""

    kind: int
    code: bytes
    words: str
    numbers: Sequence[int] = ()


class Trace:
    """Steps on a pool with all identifiers free; with `looking`, all is told after each."""

    def __init__(self, count: int, processors: int = 1, *, generation: int = 1, following: int = 1,
                 looking: bool = True) -> None:
        assert count > 2 * processors
        self.pool = Pool(count, processors, generation, following)
        self.first = (count, processors, generation, following)
        self.looking = looking
        self.steps: list[Step] = []
        self.holders = 0

    def _step(self, step: Step, look: bool = True) -> Trace:
        self.steps.append(step)
        return self.look() if self.looking and look else self

    def _named(self, holder: int) -> int:
        self.holders = max(self.holders, holder + 1)
        assert self.holders <= HOLDERS_MAX
        return holder

    def assign(self, *holders: int) -> Trace:
        for holder in holders:
            code = pack("<BH", ASSIGN, self._named(holder))
            self._step(Step(ASSIGN, code, f"assign to holder {holder}", (holder,)))
        return self

    def run(self, processor: int, holder: int | None) -> Trace:
        """Whose tables a processor runs with."""
        index = NOBODY if holder is None else self._named(holder)
        code = pack("<BHH", RUN, processor, index)
        who = "nobody" if holder is None else f"holder {holder}"
        return self._step(Step(RUN, code, f"processor {processor} runs {who}", (processor, index)),
                          False)

    def forget(self, processor: int) -> Trace:
        code = pack("<BH", FORGET, processor)
        return self._step(Step(FORGET, code, f"processor {processor} forgets", (processor,)), False)

    def set(self, holder: int, identifier: int, generation: int) -> Trace:
        code = pack("<BHHQ", SET, self._named(holder), identifier, generation)
        words = f"holder {holder} has {Holder(generation, identifier)}"
        return self._step(Step(SET, code, words, (holder, identifier, generation)), False)

    def drop(self, holder: int) -> Trace:
        """The holder has no identifier any more, although the pool has given one out."""
        return self.set(holder, 0, 0)

    def fill(self, first: int, count: int) -> Trace:
        """These were given out to others."""
        words = f"{count} from {first} on are given out"
        code = pack("<BII", FILL, first, count)
        return self._step(Step(FILL, code, words, (first, count)), False)

    def look(self) -> Trace:
        self.steps.append(Step(LOOK, b"", ""))
        return self

    def used(self) -> Trace:
        """Looks at what is given out."""
        self.steps.append(Step(USED, bytes([USED]), ""))
        return self

    @property
    def code(self) -> bytes:
        return b"".join(pack("<BH", LOOK, self.holders) if step.kind == LOOK else step.code
                        for step in self.steps)

    def request(self) -> Request:
        code = self.code
        assert len(code) <= STEPS_MAX, f"the trace is too long for a request: {len(code)}"
        return request("identifier.trace", *self.first, hexbytes(code)).titled(
            self.asked(len(self.steps)))

    def asked(self, count: int) -> str:
        """The steps up to the one of this number, in words; of many, the last few."""
        words = [step.words for step in self.steps[:count] if step.words]
        left_out = f"… ({count_of(len(words) - SHOWN, 'step')}), " if len(words) > SHOWN else ""
        size, processors, *_ = self.first
        return (f"{left_out}{', '.join(words[-SHOWN:])} (a pool of {size} for "
                f"{count_of(processors, 'processor')})")

    def judge(self, reply: Reply) -> None:
        """Fails the test at the first step of which something else came."""
        pool = self.pool
        pool.holder(self.holders - 1)
        results = iter(numbers(reply, "results"))
        states, used = iter(all_data(reply, "state")), iter(all_data(reply, "used"))
        for place, step in enumerate(self.steps, 1):
            asked = self.asked(place)
            if step.kind == LOOK:
                for expected, came in faults(pool, State.read(next(states))):
                    differs(asked, expected, came)
            elif step.kind == USED:
                judge_used(asked, pool, next(used))
            elif step.kind == ASSIGN:
                began, told = pool.assign(step.numbers[0]), bool(next(results))
                if began is not told:
                    differs(asked, f"{str(began).lower()} from the last step", str(told).lower(),
                            "it tells whether a new generation began")
            else:
                apply(pool, step)
        touched = number(reply, "touched")
        if touched:
            differs(self.asked(len(self.steps)), "nothing else changed",
                    f"{count_of(touched, 'place')} in or around the pool's tables changed")


def apply(pool: Pool, step: Step) -> None:
    """What a step of the test's own does."""
    if step.kind == RUN:
        processor, holder = step.numbers
        pool.running.pop(processor, None)
        if holder != NOBODY:
            pool.running[processor] = holder
    elif step.kind == FORGET:
        pool.must_flush.discard(step.numbers[0])
    elif step.kind == SET:
        index, identifier, generation = step.numbers
        pool.holders[index] = Holder(generation, identifier)
    else:
        first, count = step.numbers
        pool.used |= set(range(first, first + count))


def judge_used(asked: str, pool: Pool, bits: bytes) -> None:
    """What the pool says is given out, but for bit 0."""
    came = {i for i in range(1, pool.count) if bits[i // 8] >> i % 8 & 1}
    should = pool.used - {0}
    for wrong in sorted(came ^ should)[:1]:
        differs(asked, f"identifier {wrong} {'given out' if wrong in should else 'free'} in `used`",
                "it is free there" if wrong in should else "it is given out there")
