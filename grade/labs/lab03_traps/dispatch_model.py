"""Scripts for chains of handlers, and the model of interrupt.h's interrupt_dispatch().

The probe interrupt.dispatch (kernel/probe/probe_dispatch.c) runs the script.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from cairn.protocol import Reply
from cairn.requests import Request, request
from labs.lab01_boot.facts import number, numbers
from labs.lab01_boot.teaching import count_of, differs

NUMBERS, NONE = 1024, 0xffff_ffff
STRAY = 128

CHAIN, HANDLER, DISPATCH = range(1, 4)
CLAIM, DETACH, REUSE, ONCE = 1, 2, 4, 8
BEHAVIOURS = {CLAIM: "answers true", DETACH: "detaches itself",
              REUSE: "uses its entry for something else then", ONCE: "answers true once"}


@dataclass
class Handler:
    """A handler of a chain."""

    index: int
    behaviour: int
    count: int

    def __str__(self) -> str:
        words = [text for bit, text in BEHAVIOURS.items() if self.behaviour & bit]
        return f"{self.index}: {' and '.join(words) or 'answers false'}"


@dataclass(frozen=True)
class Call:
    """One interrupt_dispatch(), and what must come of it."""

    asked: str
    result: bool
    handlers: list[int]
    spurious: int
    unclaimed: int


@dataclass
class Script:
    """Handlers and calls in their order; the model runs along."""

    words: list[int] = field(default_factory=list)
    chains: dict[int, list[Handler]] = field(default_factory=dict)
    handlers: list[Handler] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)

    def chain(self, at: int, behaviours: Iterable[int], first_count: int = 0) -> Script:
        """Adds handlers to the end of a number's chain."""
        self.words.append(CHAIN << 32 | at)
        for behaviour in behaviours:
            self.words.append(HANDLER << 32 | first_count << 8 | behaviour)
            handler = Handler(len(self.handlers), behaviour, first_count)
            self.handlers.append(handler)
            self.chains.setdefault(at, []).append(handler)
        return self

    def dispatch(self, *which: int) -> Script:
        """Calls interrupt_dispatch() for each number."""
        for at in which:
            self.words.append(DISPATCH << 32 | at)
            self.calls.append(self._expected(at))
        return self

    def _expected(self, at: int) -> Call:
        chain = self.chains.get(at, [])
        told = f"a chain of {len(chain)}" if chain else "an empty chain"
        if at >= NUMBERS:
            told = "INTERRUPT_NONE" if at == NONE else "no such number"
        asked = f"dispatch {at if at < NUMBERS else hex(at)} ({told})"
        if chain:
            asked += f" [{'; '.join(map(str, chain[:8]))}{'; …' if len(chain) > 8 else ''}]"
        before = self.calls[-1] if self.calls else Call("", False, [], 0, 0)
        called = [handler.index for handler in chain]
        result = False
        for handler in list(chain):
            if handler.behaviour & (CLAIM | ONCE):
                handler.count += 1
                result = True
            handler.behaviour &= ~ONCE
            if handler.behaviour & DETACH:
                chain.remove(handler)
        return Call(asked, result, called, before.spurious + (at == NONE),
                    before.unclaimed + (at != NONE and not result))

    def request(self) -> Request:
        return request("interrupt.dispatch", *self.words).titled(
            f"make {count_of(len(self.calls), 'call')} with {len(self.handlers)} handlers")


def names(handlers: list[int]) -> str:
    """Handlers by their numbers."""
    shown = ["one that is in no chain" if index == STRAY else str(index) for index in handlers]
    return f"handlers {', '.join(shown)}" if shown else "no handler"


def judge(script: Script, reply: Reply) -> None:
    """Fails the test unless every call did what the contract says."""
    results, calls = numbers(reply, "results"), numbers(reply, "calls")
    spurious, unclaimed = numbers(reply, "spurious"), numbers(reply, "unclaimed")
    for i, call in enumerate(script.calls):
        called = [word & 0xffff_ffff for word in calls if word >> 32 == i]
        if called != call.handlers:
            differs(call.asked, f"{names(call.handlers)} called, in that order", names(called))
        if bool(results[i]) is not call.result:
            differs(call.asked, str(call.result).lower(), str(bool(results[i])).lower())
        check_count(call.asked, "spurious", call.spurious, spurious[i])
        check_count(call.asked, "unclaimed", call.unclaimed, unclaimed[i])
    for handler, count in zip(script.handlers, numbers(reply, "counts"), strict=True):
        if count != handler.count:
            differs(f"the count of handler {handler.index} after {len(script.calls)} calls",
                    str(handler.count), str(count), "it is raised when the handler answers true")
    if number(reply, "changed"):
        differs(f"the table after {count_of(len(script.calls), 'call')}",
                "chains and entries as their handlers left them, but for the counts",
                f"{count_of(number(reply, 'changed'), 'place')} that differ")


def check_count(asked: str, name: str, expected: int, came: int) -> None:
    """The table's own counts, by how much they have grown since the first call."""
    if came != expected:
        differs(asked, f"`{name}` grown by {expected} since the first call", f"by {came}")
