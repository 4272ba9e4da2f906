"""Why a boot failed, in words that a student can act on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cairn.machine import End, Machine, MachineError, Setup
from cairn.protocol import Reply, Todo, Transcript, show
from cairn.requests import Request
from cairn.session import Session
from cairn.symbols import Symbols

if TYPE_CHECKING:
    from cairn.lab import Run

CONSOLE_LINES = 20
CONSOLE_COLUMNS = 160
HANG_SECONDS = 30.0
HANG_CALLERS = 4


class GuestFailure(AssertionError):
    """The kernel under test did not answer as a sound kernel does."""


@dataclass(frozen=True)
class Asked:
    """What a boot was asked to do, and the guest time it got."""

    requests: Sequence[Request]
    budget_ms: int
    boot_budget_ms: int
    scale: int

    def budget_of(self, number: int) -> int:
        """The milliseconds that a request may take."""
        if number >= len(self.requests):
            return self.budget_ms * self.scale
        return (self.requests[number].budget_ms or self.budget_ms) * self.scale

    @property
    def guest_seconds(self) -> float:
        """The guest time that all requests may take."""
        return sum(self.budget_of(number) for number in range(len(self.requests))) / 1000


def tail(console: bytes) -> list[str]:
    """The console's last lines, safe to print."""
    lines = [line for line in console[-16384:].replace(b"\r", b"").split(b"\n") if line.strip()]
    return [show(line, CONSOLE_COLUMNS) for line in lines[-CONSOLE_LINES:]]


def where(asked: Asked, transcript: Transcript) -> str:
    """What the kernel was busy with."""
    replies = transcript.replies
    if transcript.hello is None:
        return "before the kernel greeted the grader"
    if replies and not replies[-1].ended:
        number = replies[-1].id
        known = number < len(asked.requests)
        return f"in request {number}: {asked.requests[number] if known else 'never asked'}"
    if len(replies) >= len(asked.requests):
        return "after the last request"
    before = f"before request {len(replies)}: {asked.requests[len(replies)]}"
    return before if replies else f"while it started up, {before}"


def budget_text(asked: Asked, transcript: Transcript) -> str:
    """The guest time that ran out."""
    replies: list[Reply] = transcript.replies
    budget = asked.budget_of(replies[-1].id) if replies else asked.boot_budget_ms * asked.scale
    return f"{budget} ms ({budget} million instructions)"


def headline(asked: Asked, transcript: Transcript, run: Run) -> str:
    """What happened, in a sentence."""
    place = where(asked, transcript)
    if transcript.fault_count > 0:
        return f"The grader's port carried {transcript.faults[0]}"
    if len(run.replies) > len(asked.requests):
        return f"The guest answered {len(run.replies)} requests; it was asked {len(asked.requests)}"
    if run.panic is not None:
        return f"The kernel panicked {place}\n  {run.panic}"
    if run.end is End.WATCHDOG:
        return f"The guest hung: it used up {budget_text(asked, transcript)} {place}"
    if run.end is End.FLOOD:
        return f"The guest flooded its output {place}"
    if run.end is End.RESET:
        return f"The machine was reset (a reboot, or a fault that nothing handled) {place}"
    if run.end is End.BACKSTOP:
        return (
            f"The guest did not come to an end in the host time it got, {place}\n"
            "  Its clock may stand still: that is so when a fault handler faults at once, for ever"
        )
    if run.end is End.OFF and run.exit_status:
        return f"The machine was switched off with status {run.exit_status} {place}"
    return f"The machine {run.end.value} {place}"


def explain(
    session: Session, asked: Asked, transcript: Transcript, run: Run, rerun: str, hang: str
) -> str:
    """The whole message for a boot that failed; with_stubs() adds what is not implemented."""
    lines = [headline(asked, transcript, run)]
    lines += [f"  {fault}" for fault in transcript.faults[1:5]]
    if transcript.fault_count > 5:
        lines.append(f"  … and {transcript.fault_count - 5} more such lines")
    if hang:
        lines.append(f"It was found at {hang}")
    if transcript.unfinished:
        lines.append(f"Its last record broke off: {show(transcript.unfinished)}")
    answered = sum(reply.ended for reply in run.replies)
    lines.append(f"{answered} of {len(asked.requests)} requests were answered.")
    console = Symbols(session.elf, session.arch).annotate(tail(run.console_bytes))
    lines += ["The console's last lines:" if console else "The console stayed empty."]
    lines += [f"  | {line}" for line in console]
    lines.append(f"Repeat it: {rerun}")
    return "\n".join(lines)


def with_stubs(text: str, todos: Sequence[Todo], exercise: str) -> str:
    """A message with the stubs that the kernel came upon.

    Those of the exercise under test are the likely cause and come first, the others last.
    """
    own = dict.fromkeys(str(todo) for todo in todos if todo.exercise == exercise)
    others = sorted({todo.exercise for todo in todos if todo.exercise != exercise})
    last = [f"Exercises that are not implemented and were called too: {', '.join(others)}"]
    return "\n".join([*own, text, *(last if others else [])])


def where_it_hangs(setup: Setup, folder: Path, session: Session) -> str:
    """Runs the same boot again up to the hang and looks where the boot processor is.

    This is for the message alone: the verdict was made by the first run.
    """
    try:
        with Machine(replace(setup, watchdog="pause"), folder) as machine:
            limit = HANG_SECONDS * session.host_factor
            if not machine.wait(lambda: machine.saw("STOP"), limit):
                return ""
            found = code_addresses(machine)
            machine.quit()
    except MachineError:
        return ""
    symbols = Symbols(session.elf, session.arch)
    # A return address may lie just behind the call that ends a function.
    places = [symbols.describe(address - (number > 0)) for number, address in enumerate(found)]
    return "\n  called from ".join(places)


def ask_monitor(machine: Machine, line: str) -> str:
    """What QEMU's monitor for people says."""
    command: dict[str, Any] = {"command-line": line}
    return str(machine.command("human-monitor-command", **command))


def code_addresses(machine: Machine) -> list[int]:
    """Where the boot processor is, and where from: a few return addresses, innermost first."""
    registers = ask_monitor(machine, "info registers")

    def register(name: str) -> int:
        match = re.search(rf"(?<!\w){re.escape(name)}\s*=?\s*([0-9a-f]{{8,16}})", registers)
        return int(match[1], 16) if match else 0

    found = [register(machine.arch.register)]
    frame = register(machine.arch.frame_register)
    for _ in range(HANG_CALLERS):
        record = frame + machine.arch.frame_record
        words = re.findall(r"0x([0-9a-f]{16})", ask_monitor(machine, f"x /2gx 0x{record:x}"))
        if len(words) != 2 or int(words[1], 16) >> 63 == 0 or int(words[0], 16) <= frame:
            break
        frame, address = int(words[0], 16), int(words[1], 16)
        found.append(address)
    return found if found[0] else []
