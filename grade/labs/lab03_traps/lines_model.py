"""Scripts for a simulated chip, and the judgement of what a solution did to it.

The probe lines.run (kernel/probe/probe_lines.c) runs the script; the log's encoding is described in
kernel/probe/simulated_lines.h.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from cairn.protocol import Reply
from cairn.requests import Request, request
from labs.lab01_boot.errors import OK, name
from labs.lab01_boot.facts import number, numbers, signed
from labs.lab01_boot.teaching import count_of, differs

from .lines_chips import TRIGGERS, WORD, Chip, Registers, Shape

CONFIGURE, MASK, UNMASK, PRESET = "configure", "mask", "unmask", "preset"
STORY_MAX = 14


@dataclass(frozen=True)
class Access:
    """One access to the chip."""

    write: bool
    offset: int
    value: int

    def __str__(self) -> str:
        return f"{'write to' if self.write else 'read of'} 0x{self.offset:x}: 0x{self.value:08x}"


@dataclass
class Call:
    """A call of a script, what it returned, and what it did."""

    verb: str
    arguments: tuple[int, ...]
    result: int = OK
    accesses: list[Access] = field(default_factory=list)

    @property
    def line(self) -> int:
        return self.arguments[0]

    def story(self) -> str:
        """The accesses in their order."""
        shown = [str(access) for access in self.accesses[:STORY_MAX]]
        more = ", …" if len(self.accesses) > STORY_MAX else ""
        return f"the accesses, by offset: {', '.join(shown) or 'none'}{more}"


@dataclass
class Script:
    """Calls on one chip, in their order."""

    chip: Chip
    shape: Shape
    seed: int
    asked: list[Call] = field(default_factory=list)

    def _add(self, verb: str, *arguments: int) -> Script:
        self.asked.append(Call(verb, arguments))
        return self

    def configure(self, line: int, number_: int, target: int, trigger: int) -> Script:
        return self._add(CONFIGURE, line, number_, target, trigger)

    def mask(self, line: int) -> Script:
        return self._add(MASK, line)

    def unmask(self, line: int) -> Script:
        return self._add(UNMASK, line)

    def preset(self, register: int, value: int) -> Script:
        return self._add(PRESET, register, value)

    def request(self) -> Request:
        words: list[int | str] = [self.chip.kind, self.seed, *self.shape]
        for call in self.asked:
            words += [call.verb, *call.arguments]
        return request("lines.run", *words).titled(
            f"make {count_of(len(self.asked), 'call')} on {self.told()}")

    def told(self) -> str:
        """The chip, in words."""
        context = f", context {self.shape.context}" if self.shape.context else ""
        return (f"a simulated {self.chip.name} with {count_of(self.shape.lines, 'line')} from "
                f"{self.shape.first} on{context}")

    def describe(self, call: Call) -> str:
        """A call, in words."""
        if call.verb != CONFIGURE:
            return f"line_{call.verb}({call.line}) on {self.told()}"
        line, number_, target, trigger = call.arguments
        return (f"line_configure() of line {line}, number {number_}, target 0x{target:x}, "
                f"{TRIGGERS[trigger]}, on {self.told()}")

    def read(self, reply: Reply) -> None:
        """Takes what came into the calls."""
        if number(reply, "full") or number(reply, "records") != len(numbers(reply, "accesses")):
            differs(f"make {count_of(len(self.asked), 'call')} on {self.told()}",
                    "a few accesses a call", count_of(number(reply, "records"), "access"))
        for call, result in zip(self.asked, numbers(reply, "results"), strict=True):
            call.result = signed(result)
            call.accesses = []
        at = 0
        for record in numbers(reply, "accesses"):
            if record >> 63:
                at = record & WORD
            else:
                self.asked[at].accesses.append(
                    Access(bool(record >> 62 & 1), record >> 32 & 0x3fff_ffff, record & WORD))


@dataclass
class Moment:
    """The chip after one write of a call."""

    call: Call
    access: Access
    changed: dict[int, int]  # bits that the write changed, by register


class Replay:
    """Goes through a script's accesses, and knows what the chip holds at each moment."""

    def __init__(self, script: Script) -> None:
        self.script, self.chip, self.shape = script, script.chip, script.shape
        self.registers = Registers(script.seed)
        self.before = Registers(script.seed)  # what they held when the call began
        self.chip.reset(self.registers)

    def calls(self) -> Iterator[Call]:
        """Each call, before what it did."""
        for call in self.script.asked:
            self.before = Registers(self.script.seed, dict(self.registers.held))
            if call.verb == PRESET:
                self.registers[call.line] = call.arguments[1]
            else:
                yield call

    def moments(self, call: Call) -> Iterator[Moment]:
        """Each write of a call, after it was done."""
        for access in call.accesses:
            if self.chip.target_of(access.offset) is None:
                differs(self.script.describe(call), f"accesses to the {self.chip.name}'s registers",
                        f"an access to offset 0x{access.offset:x}", call.story())
            if not access.write:
                continue
            changed = {}
            for register, value in self.chip.write(self.registers, access.offset,
                                                   access.value).items():
                changed[register] = self.registers[register] ^ value
                self.registers[register] = value
            yield Moment(call, access, changed)

    def finish(self, call: Call) -> None:
        """Does all of a call's writes."""
        for _ in self.moments(call):
            pass

    # --- what is judged --------------------------------------------------------------------------

    def check_result(self, call: Call, expected: int = OK) -> None:
        if call.result != expected:
            differs(self.script.describe(call), name(expected), name(call.result))

    def check_fields(self, call: Call) -> None:
        """The line's registers hold what was asked for."""
        line, number_, target, trigger = call.arguments
        for title, register, mask, value in self.chip.fields(self.shape, line, number_, target,
                                                             trigger):
            if self.registers[register] & mask != value:
                differs(self.script.describe(call),
                        f"{title}: {self.chip.register} 0x{register:x} & 0x{mask:x} = 0x{value:x}",
                        f"0x{self.registers[register] & mask:x}", call.story())

    def check_mask(self, call: Call, masked: bool) -> None:
        """The line is held back, or not."""
        if self.chip.is_masked(self.registers, self.shape, call.line) is not masked:
            words = ("let through", "masked")
            differs(self.script.describe(call), f"the line {words[masked]} afterwards",
                    f"it is {words[not masked]}", call.story())

    def check_others(self, moment: Moment) -> None:
        """A write changed nothing but the line's own bits, or its mask alone."""
        call = moment.call
        own = self.chip.own(self.shape, call.line)
        if call.verb != CONFIGURE:
            register, bit, _ = self.chip.mask_bit(self.shape, call.line)
            own = {register: bit}
        for register, bits in moment.changed.items():
            foreign = bits & ~own.get(register, 0)
            if foreign:
                what = "the line's own bits" if call.verb == CONFIGURE else "the line's mask"
                differs(self.script.describe(call), f"only {what} changed",
                        f"bits 0x{foreign:x} of {self.chip.register} 0x{register:x} changed by "
                        f"the {moment.access}", call.story())

    def check_masked_meanwhile(self, moment: Moment) -> None:
        """As soon as anything differs from what was, the line is held back."""
        call = moment.call
        mask_register, mask_bit, _ = self.chip.mask_bit(self.shape, call.line)
        for register, bits in self.chip.own(self.shape, call.line).items():
            bits &= ~mask_bit if register == mask_register else WORD
            if (self.registers[register] ^ self.before[register]) & bits and \
                    not self.chip.is_masked(self.registers, self.shape, call.line):
                differs(self.script.describe(call),
                        "the line masked before anything else of it changes",
                        f"{self.chip.register} 0x{register:x} changed while the line could ring, "
                        f"by the {moment.access}", call.story())

    def check_no_write(self, call: Call) -> None:
        """A call that is refused does not write to the chip."""
        for access in call.accesses:
            if access.write and not self.chip.is_harmless(access.offset):
                differs(self.script.describe(call), "no write to the chip", str(access),
                        "check all arguments before the first write")
