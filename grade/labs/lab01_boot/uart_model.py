"""A UART script, the log of what the driver did to the simulated UART, and the two chips' rules.

The probe uart.run (kernel/probe/probe_uart.c) runs the script; the log's encoding is described in
kernel/probe/simulated_uart.h.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from cairn.protocol import Reply
from cairn.requests import Request, request

from .facts import numbers, signed
from .teaching import count_of

START, SEND, RECEIVE, FULL, ARRIVE, REGISTER = range(1, 7)
CALLS = (START, SEND, RECEIVE)

# How a received byte is damaged.
FRAMING, PARITY, BREAK, OVERRUN = 0x100, 0x200, 0x400, 0x800
DAMAGES = {FRAMING: "a framing error", PARITY: "a parity error", BREAK: "a break",
           OVERRUN: "an overrun"}

NO_REGISTER = 0xff
# As many polls as UART_PATIENCE in kernel/console/console.h, and a transmitter that never has room.
PATIENCE = 100_000
FOR_EVER = 0xffff_ffff


@dataclass(frozen=True)
class Access:
    """One or more equal accesses to a register, in a row."""

    write: bool
    register: int
    value: int
    had_room: bool
    had_byte: bool
    count: int

    def __str__(self) -> str:
        what = f"write 0x{self.value:02x} to" if self.write else f"read 0x{self.value:02x} from"
        times = f" ({self.count} times)" if self.count > 1 else ""
        return f"{what} register {self.register}{times}"


@dataclass(frozen=True)
class Step:
    """One step of a script."""

    action: int
    argument: int = 0

    @property
    def word(self) -> int:
        return self.action << 32 | self.argument


@dataclass
class Call:
    """A step that called the driver: what came back, and what it did meanwhile."""

    step: Step
    result: int
    accesses: list[Access]

    def data_writes(self, chip: Chip) -> list[Access]:
        return [a for a in self.accesses if a.write and a.register == chip.data]

    def data_reads(self, chip: Chip) -> list[Access]:
        return [a for a in self.accesses if not a.write and a.register == chip.data]

    def polls(self, chip: Chip) -> int:
        """How often the driver looked at the status while it found the transmitter full."""
        return sum(a.count for a in self.accesses
                   if not a.write and a.register == chip.status and not a.had_room)

    def story(self) -> str:
        """The accesses, for a message."""
        shown = [str(access) for access in self.accesses[:12]]
        more = len(self.accesses) - len(shown)
        return ", ".join(shown) + (f", and {more} more" if more else "") or "no register access"


@dataclass(frozen=True)
class Chip:
    """What a driver may touch, by register number."""

    driver: str
    data: int
    status: int
    strides: tuple[int, ...]
    clears_errors: tuple[int, ...]  # registers that receive() may write


NS16550 = Chip("ns16550", data=0, status=5, strides=(1, 2, 4), clears_errors=())
PL011 = Chip("pl011", data=0, status=6, strides=(4,), clears_errors=(1, 17))
CHIPS = {"x86_64": NS16550, "riscv64": NS16550, "aarch64": PL011}


@dataclass
class Script:
    """Steps for one simulated UART."""

    chip: Chip
    base: int = 0x3f8
    stride: int = 0
    clock: int = 0
    baud: int = 115_200
    steps: list[Step] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.stride = self.stride or self.chip.strides[0]

    def start(self) -> Script:
        return self._add(START)

    def send(self, data: Iterable[int]) -> Script:
        for byte in data:
            self._add(SEND, byte)
        return self

    def receive(self, times: int = 1) -> Script:
        for _ in range(times):
            self._add(RECEIVE)
        return self

    def full(self, polls: int) -> Script:
        """The transmitter is full for so many polls from here on."""
        return self._add(FULL, polls)

    def arrive(self, data: Iterable[int]) -> Script:
        """Bytes arrive, each with its damage added."""
        for byte in data:
            self._add(ARRIVE, byte)
        return self

    def register(self, number: int, value: int) -> Script:
        """The register holds this, left by the firmware."""
        return self._add(REGISTER, number << 16 | value)

    def _add(self, action: int, argument: int = 0) -> Script:
        self.steps.append(Step(action, argument))
        return self

    def request(self, budget_ms: int = 20) -> Request:
        return request("uart.run", self.chip.driver, self.base, self.stride, self.clock, self.baud,
                       *[step.word for step in self.steps], budget_ms=budget_ms).titled(str(self))

    def __str__(self) -> str:
        times = {action: sum(step.action == action for step in self.steps) for action in CALLS}
        calls = [*(["start it"] if times[START] else []),
                 *([f"send {count_of(times[SEND], 'byte')}"] if times[SEND] else []),
                 *([f"receive, {count_of(times[RECEIVE], 'time')}"] if times[RECEIVE] else [])]
        return (f"drive a {self.chip.driver} at 0x{self.base:x}, registers "
                f"{count_of(self.stride, 'byte')} apart: {', '.join(calls)}")

    def calls(self, reply: Reply) -> list[Call]:
        """The reply, taken apart by call."""
        results = [signed(value) for value in numbers(reply, "results")]
        flat = numbers(reply, "accesses")
        by_step: dict[int, list[Access]] = {}
        step = 0
        for word, count in zip(flat[::2], flat[1::2]):
            if word >> 63:
                step = word & 0xffff_ffff
            else:
                by_step.setdefault(step, []).append(decode(word, count))
        calls = [(i, s) for i, s in enumerate(self.steps) if s.action in CALLS]
        return [Call(s, result, by_step.get(i, [])) for (i, s), result in zip(calls, results)]


def decode(word: int, count: int) -> Access:
    """An access out of the simulated UART's log."""
    return Access(write=bool(word >> 40 & 1), register=word >> 32 & 0xff, value=word & 0xffff_ffff,
                  had_room=bool(word >> 41 & 1), had_byte=bool(word >> 42 & 1), count=count)


def nearest(numerator: int, denominator: int) -> set[int]:
    """The quotient rounded to the nearest; both neighbours when it lies half-way."""
    quotient, rest = divmod(numerator, denominator)
    if 2 * rest == denominator:
        return {quotient, quotient + 1}
    return {quotient + (2 * rest > denominator)}


@dataclass
class Settings:
    """How a UART stands after start()."""

    interrupts: int
    line: int
    fifo: bool
    divisor: int
    control: int
    faults: list[str] = field(default_factory=list)


def settings_16550(before: dict[int, int], divisor: int, accesses: Iterable[Access]) -> Settings:
    """Plays the writes to a 16550; registers 0 and 1 are the divisor while the latch is open."""
    now = Settings(before[1], before[3], False, divisor, before[4])
    for access in accesses:
        if not access.write:
            continue
        latch, value = bool(now.line & 0x80), access.value & 0xff
        if access.register == 0 and latch:
            now.divisor = now.divisor & 0xff00 | value
        elif access.register == 1 and latch:
            now.divisor = now.divisor & 0x00ff | value << 8
        elif access.register == 0:
            now.faults.append(f"it sent the byte 0x{value:02x}")
        elif access.register == 1:
            now.interrupts = value
        elif access.register == 2:
            now.fifo = bool(value & 0x01)
        elif access.register == 3:
            now.line = value
        elif access.register == 4:
            now.control = value
    return now


def settings_pl011(before: dict[int, int], divisor: int, accesses: Iterable[Access]) -> Settings:
    """Plays the writes to a PL011; a write to the line control latches the divisor."""
    now = Settings(before[14], before[11], bool(before[11] & 0x10), divisor, before[12])
    integer, fraction = divmod(divisor, 64)
    for access in accesses:
        if not access.write:
            continue
        if access.register in (9, 10, 11) and now.control & 1:
            now.faults.append(f"it wrote register {access.register} while the UART was enabled")
        if access.register == 0:
            now.faults.append(f"it sent the byte 0x{access.value & 0xff:02x}")
        elif access.register == 9:
            integer = access.value & 0xffff
        elif access.register == 10:
            fraction = access.value & 0x3f
        elif access.register == 11:
            now.line = access.value & 0xff
            now.fifo = bool(access.value & 0x10)
            now.divisor = integer << 6 | fraction
        elif access.register == 12:
            now.control = access.value
        elif access.register == 14:
            now.interrupts = access.value
    return now
