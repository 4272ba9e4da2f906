"""The model of kernel/heap/slab.h, and traces of it that the probe slab.trace runs."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from struct import pack, unpack

from cairn.protocol import Reply
from cairn.requests import Request, hexbytes, request

from labs.lab01_boot.errors import CODES, NOT_FOUND, OK, name as name_of_error
from labs.lab01_boot.facts import all_data, number, numbers, signed
from labs.lab01_boot.teaching import count_of, differs

from .traces import joined, last_steps, named

USED, END = 0xffff, 0xfffe
OBJECTS_MAX = 512
FAULT = CODES["ERROR_FAULT"]
LISTS = ("partial", "full", "empty")

# kernel/probe/probe_slab.c
SLABS, STRANGE = 8, 0xffff
LOOK, ADD, TAKE, GIVE, GIVE_RAW = range(5)
NOTHING, ELSEWHERE = (1 << 64) - 1, (1 << 64) - 2
# Steps of a trace that a message repeats.
SHOWN = 10


def slab_name(slab: int) -> str:
    return chr(ord("A") + slab) if slab < SLABS else "an address that is no slab's"


def index_name(index: int) -> str:
    return {USED: "SLAB_USED", END: "SLAB_END"}.get(index, str(index))


@dataclass
class Slab:
    """What is told about one slab."""

    used: int
    first_free: int
    next: list[int]


@dataclass
class Slabs:
    """A set of slabs, as the contract describes it."""

    count: int
    lists: dict[str, list[int]] = field(default_factory=lambda: {kind: [] for kind in LISTS})
    slabs: dict[int, Slab] = field(default_factory=dict)

    def add(self, slab: int) -> None:
        self.slabs[slab] = Slab(0, 0, [*range(1, self.count), END])
        self.lists["empty"].insert(0, slab)

    def take(self) -> tuple[int, int] | None:
        """Slab and index of the object that comes next; None when there is none."""
        ready = self.lists["partial"] or self.lists["empty"]
        if not ready:
            return None
        number, slab = ready[0], self.slabs[ready[0]]
        index = slab.first_free
        slab.first_free, slab.next[index] = slab.next[index], USED
        self._count_used(number, 1)
        return number, index

    def give(self, number: int, index: int) -> int:
        """The result of giving back an object of a slab."""
        slab = self.slabs[number]
        if slab.next[index] != USED:
            return NOT_FOUND
        slab.next[index], slab.first_free = slab.first_free, index
        self._count_used(number, -1)
        return OK

    def in_use(self) -> list[tuple[int, int]]:
        """Every object that is not free."""
        return [(number, index) for number, slab in self.slabs.items()
                for index, following in enumerate(slab.next) if following == USED]

    def _kind(self, slab: Slab) -> str:
        return {0: "empty", self.count: "full"}.get(slab.used, "partial")

    def _count_used(self, number: int, change: int) -> None:
        slab = self.slabs[number]
        before = self._kind(slab)
        slab.used += change
        if self._kind(slab) != before:
            self.lists[before].remove(number)
            self.lists[self._kind(slab)].insert(0, number)


@dataclass(frozen=True)
class Step:
    """One step of a trace, and what should come of it."""

    text: str
    code: bytes
    expected: str | Slabs  # a result's name, or the state that a look should find


class Trace:
    """Steps on a set of slabs of its own. With `looking`, the state is looked at after each."""

    def __init__(self, count: int, size: int = 32, looking: bool = True) -> None:
        self.count, self.size, self.looking = count, size, looking
        self.model = Slabs(count)
        self.steps: list[Step] = []

    def add(self, *slabs: int) -> Trace:
        for slab in slabs:
            self.model.add(slab)
            self._step(f"add slab {slab_name(slab)}", pack("<BB", ADD, slab), name_of_error(OK))
        return self

    def take(self, times: int = 1) -> Trace:
        for _ in range(times):
            came = self.model.take()
            self._step("take", pack("<B", TAKE), self._object(came))
        return self

    def give(self, *objects: tuple[int, int]) -> Trace:
        """Gives objects back, right or free already."""
        for slab, index in objects:
            result = self.model.give(slab, index)
            self._give(slab, index * self.size, f"give {self._object((slab, index))}", result)
        return self

    def give_wrong(self, slab: int, distance: int, what: str) -> Trace:
        """Gives what is no object of the slab, so many bytes from its first one."""
        self._give(slab, distance, f"give slab {slab_name(slab)} {what}", FAULT)
        return self

    def give_raw(self, slab: int, address: int, what: str) -> Trace:
        """Gives an address as it is; 1 means where the slab itself lies."""
        code = pack("<BBQ", GIVE_RAW, slab, address)
        self._step(f"give slab {slab_name(slab)} {what}", code, name_of_error(FAULT))
        return self

    def look(self) -> Trace:
        self.steps.append(Step("", pack("<B", LOOK), deepcopy(self.model)))
        return self

    @property
    def code_size(self) -> int:
        return sum(len(step.code) for step in self.steps)

    def request(self, budget_ms: int) -> Request:
        code = joined(step.code for step in self.steps)
        return request("slab.trace", self.count, self.size, hexbytes(code),
                       budget_ms=budget_ms).titled(self.asked(len(self.steps)))

    def asked(self, number: int) -> str:
        """The steps before the one of this number, in words; of many, the last few."""
        words = [step.text for step in self.steps[:number] if step.text]
        kind = f" (slabs of {count_of(self.count, 'object')} of {count_of(self.size, 'byte')})"
        return last_steps(words, SHOWN) + kind

    def _give(self, slab: int, distance: int, text: str, result: int) -> None:
        code = pack("<BBQ", GIVE, slab, distance % (1 << 64))
        self._step(text, code, name_of_error(result))

    def _step(self, text: str, code: bytes, expected: str) -> None:
        self.steps.append(Step(text, code, expected))
        if self.looking:
            self.look()

    def _object(self, came: tuple[int, int] | None) -> str:
        return "NULL" if came is None else f"{slab_name(came[0])}[{came[1]}]"

    # --- judging ---------------------------------------------------------------------------------

    def judge(self, reply: Reply) -> None:
        """Fails the test at the first step of which something else came."""
        results = iter(numbers(reply, "results"))
        states = iter(all_data(reply, "state"))
        for place, step in enumerate(self.steps, 1):
            if isinstance(step.expected, Slabs):
                came = read_state(next(states), step.expected)
                for expected, found in differences(step.expected, came):
                    differs(self.asked(place), expected, found)
            else:
                result = self._result(step, next(results))
                if result != step.expected:
                    differs(self.asked(place), f"{step.expected} from the last step", result)
        touched, altered = number(reply, "touched"), number(reply, "altered")
        asked = self.asked(len(self.steps))
        if touched:
            differs(asked, "no byte of the objects and around the slabs changed",
                    f"{count_of(touched, 'byte')} of them changed",
                    "a free object keeps what its constructor made of it")
        if altered:
            differs(asked, "cache, objects, object_bytes and count of every slab left alone",
                    f"{count_of(altered, 'slab')} changed")

    def _result(self, step: Step, value: int) -> str:
        if step.code[0] != TAKE:
            return name_of_error(signed(value))
        if value in (NOTHING, ELSEWHERE):
            return "NULL" if value == NOTHING else "an address in none of the slabs"
        slab, distance = value >> 32, value & 0xffffffff
        text = self._object((slab, distance // self.size))
        within = distance % self.size
        return f"{count_of(within, 'byte')} into {text}" if within else text


def read_state(data: bytes, model: Slabs) -> Iterator[tuple[str, list[int]]]:
    """What the probe tells of a state: see report_state() there."""
    words = iter(unpack(f"<{len(data) // 2}H", data))
    yield "empty_count", [next(words)]
    for kind in LISTS:
        for way in ("forwards", "backwards"):
            slabs = []
            while (slab := next(words)) != SLABS:
                slabs.append(slab)
                if slab == STRANGE:
                    break
            yield f"{kind} {way}", slabs
    for slab in sorted(model.slabs):
        yield f"used {slab}", [next(words)]
        yield f"first_free {slab}", [next(words)]
        yield f"next {slab}", [next(words) for _ in range(model.count)]


def differences(model: Slabs, state: Iterator[tuple[str, list[int]]]) -> Iterator[tuple[str, str]]:
    """What should be and what is, where they differ, in words."""
    came = dict(state)
    for kind in LISTS:
        wanted = model.lists[kind]
        for way, slabs in (("forwards", wanted), ("backwards", wanted[::-1])):
            found = came[f"{kind} {way}"]
            if found != slabs:
                where = f"then the {kind} slabs, followed {way}: "
                yield where + named(slabs, slab_name), named(found, slab_name)
    count, came_count = len(model.lists["empty"]), came["empty_count"][0]
    if came_count != count:
        yield f"then empty_count {count}", str(came_count)
    for number_, slab in model.slabs.items():
        yield from slab_differences(slab_name(number_), slab, came[f"used {number_}"][0],
                                    came[f"first_free {number_}"][0], came[f"next {number_}"])


def slab_differences(name: str, slab: Slab, used: int, first_free: int,
                     following: list[int]) -> Iterator[tuple[str, str]]:
    """The same for what one slab tells of itself."""
    if used != slab.used:
        yield f"then {name}->used {slab.used}", str(used)
    if first_free != slab.first_free:
        yield f"then {name}->first_free {index_name(slab.first_free)}", index_name(first_free)
    for index, (wanted, found) in enumerate(zip(slab.next, following)):
        if wanted != found:
            yield f"then {name}->next[{index}] {index_name(wanted)}", index_name(found)
