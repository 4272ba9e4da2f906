"""The model of kernel/heap/magazine.h, and traces of it that the probe magazine.trace runs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from struct import pack, unpack

from cairn.protocol import Reply
from cairn.requests import Request, hexbytes, request
from labs.lab01_boot.facts import all_data, number, numbers
from labs.lab01_boot.teaching import count_of, differs

from .traces import joined, last_steps, named

ROUNDS = 14

# kernel/probe/probe_magazine.c
NO_MAGAZINE, STRANGE, STRANGE_OBJECT = 0xfe, 0xff, 0xffff
LOOK, TAKE, GIVE = range(3)
MAGAZINES, OBJECTS = 12, 1024
# Steps of a trace that a message repeats.
SHOWN = 8


def magazine_name(number_: int) -> str:
    return {NO_MAGAZINE: "NULL", STRANGE: "an address that is no magazine's"}.get(
        number_, f"magazine {number_}")


def object_name(number_: int) -> str:
    return {0: "NULL", STRANGE_OBJECT: "an address that is no object's"}.get(
        number_, f"object {number_}")


@dataclass
class Magazines:
    """A pair and its depot, as the contract describes them."""

    loaded: int
    previous: int
    full: set[int]
    empty: set[int]
    objects: dict[int, list[int]] = field(default_factory=dict)

    def rounds(self, magazine: int) -> int | None:
        """How many objects a magazine has; None for NULL."""
        return None if magazine == NO_MAGAZINE else len(self.objects[magazine])

    def has_object(self, magazine: int) -> bool:
        return (self.rounds(magazine) or 0) > 0

    def has_room(self, magazine: int) -> bool:
        return magazine != NO_MAGAZINE and len(self.objects[magazine]) < ROUNDS

    def load(self, giving: bool, chosen: int) -> bool:
        """Makes the loaded magazine one that can serve, if there is one.

        Which one the depot gives is its own affair: `chosen`, if it has that one.
        """
        can_serve = self.has_room if giving else self.has_object
        if can_serve(self.loaded):
            return True
        other = self.previous
        if not can_serve(other):
            source, rest = (self.empty, self.full) if giving else (self.full, self.empty)
            if not source:
                return False
            other = chosen if chosen in source else min(source)
            source.remove(other)
            if self.previous != NO_MAGAZINE:
                rest.add(self.previous)
        self.loaded, self.previous = other, self.loaded
        return True

    def take(self, chosen: int) -> int:
        """The object that comes out, or 0 for none."""
        return self.objects[self.loaded].pop() if self.load(False, chosen) else 0

    def give(self, object_: int, chosen: int) -> int:
        """Whether an object goes in, 1 or 0."""
        if not self.load(True, chosen):
            return 0
        self.objects[self.loaded].append(object_)
        return 1

    def place(self) -> str:
        """The pair and the depot's counts in words."""
        return place(self.loaded, self.previous, len(self.full), len(self.empty))


def place(loaded: int, previous: int, full: int, empty: int) -> str:
    return (f"{magazine_name(loaded)} is loaded, {magazine_name(previous)} the previous one, "
            f"and the depot has {full} full and {empty} empty")


@dataclass(frozen=True)
class Step:
    """One step of a trace: a number of an object to give, 0 to take, None to look."""

    object: int | None

    @property
    def code(self) -> bytes:
        if self.object is None:
            return pack("<B", LOOK)
        return pack("<BH", GIVE, self.object) if self.object else pack("<B", TAKE)

    def __str__(self) -> str:
        return f"give {object_name(self.object)}" if self.object else "take"


class Trace:
    """Steps on a pair of magazines with so many objects each (None: NULL), and a depot."""

    def __init__(self, loaded: int | None, previous: int | None, full: int = 0, empty: int = 0, *,
                 looking: bool = True, memory: bool = True) -> None:
        self.rounds = (loaded, previous)
        self.depot = (full, empty)
        self.looking, self.memory = looking, memory
        self.steps: list[Step] = []
        self.count = 2 + full + empty
        assert self.count <= MAGAZINES
        self.next_object = MAGAZINES * ROUNDS + 1
        self.model = self.fresh()

    def fresh(self) -> Magazines:
        """The model as it is before the first step."""
        full, empty = self.depot
        lengths = [*(rounds or 0 for rounds in self.rounds), *[ROUNDS] * full, *[0] * empty]
        pair = [place_ if rounds is not None else NO_MAGAZINE
                for place_, rounds in enumerate(self.rounds)]
        objects = {magazine: [magazine * ROUNDS + 1 + i for i in range(length)]
                   for magazine, length in enumerate(lengths)
                   if magazine >= 2 or self.rounds[magazine] is not None}
        return Magazines(pair[0], pair[1], set(range(2, 2 + full)),
                         set(range(2 + full, self.count)), objects)

    def take(self, times: int = 1) -> Trace:
        for _ in range(times):
            self.model.take(0)
            self._step(Step(0))
        return self

    def give(self, times: int = 1) -> Trace:
        """Gives objects that were in no magazine before."""
        for _ in range(times):
            self.model.give(self.next_object, 0)
            self._step(Step(self.next_object))
            self.next_object += 1
        return self

    def look(self) -> Trace:
        self.steps.append(Step(None))
        return self

    def can_give(self) -> bool:
        """Whether a gift does not need a new magazine."""
        model = self.model
        return (model.has_room(model.loaded) or model.has_room(model.previous)
                or bool(model.empty)) and self.next_object <= OBJECTS

    @property
    def code_size(self) -> int:
        return sum(len(step.code) for step in self.steps)

    def request(self, budget_ms: int) -> Request:
        code = joined(step.code for step in self.steps)
        pair = (0xff if rounds is None else rounds for rounds in self.rounds)
        return request("magazine.trace", *pair, *self.depot, int(self.memory), hexbytes(code),
                       budget_ms=budget_ms).titled(self.asked(len(self.steps)))

    def asked(self, number_: int) -> str:
        """The steps before the one of this number, in words; of many, the last few."""
        words = [str(step) for step in self.steps[:number_] if step.object is not None]
        begin = self.fresh()
        pair = " and ".join(
            f"{magazine_name(which)} with {count_of(begin.rounds(which) or 0, 'object')}"
            if which != NO_MAGAZINE else "NULL" for which in (begin.loaded, begin.previous))
        scarce = "" if self.memory else ", without memory for more"
        return (f"{last_steps(words, SHOWN)} (loaded and previous were {pair}; "
                f"the depot had {self.depot[0]} full and {self.depot[1]} empty{scarce})")

    def _step(self, step: Step) -> None:
        self.steps.append(step)
        if self.looking:
            self.look()

    # --- judging ---------------------------------------------------------------------------------

    def judge(self, reply: Reply) -> None:
        """Fails the test at the first step of which something else came."""
        model = self.fresh()
        results = iter(numbers(reply, "results"))
        states = iter(all_data(reply, "state"))
        for place_, step in enumerate(self.steps, 1):
            if step.object is None:
                for expected, found in differences(model, read_state(next(states), self.count)):
                    differs(self.asked(place_), expected, found)
            else:
                self._judge_step(place_, step.object, model, next(results))
        touched = number(reply, "touched")
        if touched:
            differs(self.asked(len(self.steps)), "nothing but the magazines and the pair changed",
                    f"{count_of(touched, 'byte')} of the objects or around the magazines changed")

    def _judge_step(self, place_: int, object_: int, model: Magazines, value: int) -> None:
        result, loaded, previous = value & 0xffff, value >> 16 & 0xff, value >> 24 & 0xff
        asked = self.asked(place_)
        if object_:
            expected = model.give(object_, loaded)
            if result != expected:
                differs(asked, f"{bool(expected)} from the last step".lower(),
                        str(bool(result)).lower(), model.place() + " would be right")
        else:
            expected = model.take(loaded)
            if result != expected:
                differs(asked, f"{object_name(expected)} from the last step", object_name(result),
                        "then " + model.place())
        came = place(loaded, previous, value >> 32 & 0xff, value >> 40 & 0xff)
        if came != model.place():
            differs(asked, "then " + model.place(), came)


def read_state(data: bytes, count: int) -> dict[str, list[int]]:
    """What the probe tells of a state: see report_state() there."""
    words = iter(unpack(f"<{len(data) // 2}H", data))
    state: dict[str, list[int]] = {}
    for kind in ("full forwards", "full backwards", "empty forwards", "empty backwards"):
        state[kind] = []
        while (magazine := next(words)) != NO_MAGAZINE:
            state[kind].append(magazine)
            if magazine == STRANGE:
                break
    for magazine in range(count):
        rounds = next(words)
        state[f"rounds {magazine}"] = [rounds]
        state[f"objects {magazine}"] = [next(words) for _ in range(min(rounds, ROUNDS))]
    return state


def differences(model: Magazines, came: dict[str, list[int]]) -> Iterator[tuple[str, str]]:
    """What should be and what is, where they differ, in words."""
    for kind, wanted in (("full", model.full), ("empty", model.empty)):
        for way in ("forwards", "backwards"):
            found = came[f"{kind} {way}"]
            if sorted(found) != sorted(wanted):
                where = f"then the depot's {kind} magazines, followed {way}: "
                yield where + named(sorted(wanted), magazine_name), named(found, magazine_name)
    for magazine, objects in model.objects.items():
        name = magazine_name(magazine)
        rounds, found = came[f"rounds {magazine}"][0], came[f"objects {magazine}"]
        if rounds != len(objects):
            yield f"then rounds of {name} {len(objects)}", str(rounds)
        for index, (expected, object_) in enumerate(zip(objects, found)):
            if expected != object_:
                yield (f"then objects[{index}] of {name} {object_name(expected)}",
                       object_name(object_))
