"""A conversation with a running kernel, in the ordered lane: requests one by one, and typed keys.

Answers come in host time, so a test may judge facts and their order, never how long they took.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from cairn.explain import Asked
from cairn.machine import CONSOLE, PROTOCOL, Machine
from cairn.protocol import Reply, Transcript
from cairn.requests import Request


class Silence(Exception):
    """The guest did not do in time what it was waited for, or its machine has ended."""


@dataclass
class Talk:
    """What a test holds while it talks to a machine. Lab.talk() makes it."""

    machine: Machine
    transcript: Transcript
    asked: Asked
    seconds: float  # the back-stop of one answer, in host time
    requests: list[Request] = field(default_factory=list)
    _read: int = 0

    def follow(self) -> None:
        """Takes what has come from the protocol port."""
        data = self.machine.output(PROTOCOL)
        self.transcript.feed(data[self._read :])
        self._read = len(data)

    def _wait(self, until: Callable[[], bool]) -> None:
        def done() -> bool:
            self.follow()
            return self.transcript.fault_count > 0 or until()

        came = self.machine.wait(done, self.seconds)
        if not came or self.transcript.fault_count > 0:
            raise Silence

    def ask(self, request: Request) -> Reply:
        """Sends a request and waits for its answer."""
        number = len(self.requests)
        self.requests.append(request)
        # What comes before the kernel has set up its port would be lost.
        self._wait(lambda: self.transcript.hello is not None)
        line = request.line(number, self.asked.budget_ms, self.asked.scale)
        self.machine.type(PROTOCOL, line.encode("ascii") + b"\n")
        replies = self.transcript.replies
        self._wait(lambda: len(replies) > number and replies[number].ended)
        return replies[number]

    def type(self, text: str) -> None:
        """Types on the console."""
        self.machine.type(CONSOLE, text.encode("utf-8"))

    def wait_console(self, text: str) -> None:
        """Waits until the console shows a text."""
        wanted = text.encode("utf-8")
        self._wait(lambda: wanted in self.machine.output(CONSOLE))

    def finish(self) -> None:
        """Ends the conversation: the kernel says goodbye and switches the machine off."""
        self._wait(lambda: self.transcript.hello is not None)
        self.machine.type(PROTOCOL, b"quit\n")
        self._wait(lambda: self.machine.end is not None)
        self.follow()
