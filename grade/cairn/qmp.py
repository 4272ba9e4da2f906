"""QEMU's machine protocol over a pair of connected sockets: no names, no ports."""

from __future__ import annotations

import json
import socket
from dataclasses import dataclass, field
from typing import Any

BUFFER_MAX = 1 << 22


@dataclass
class Qmp:
    """One end of the connection. QEMU gets the other by inheriting its descriptor."""

    events: list[dict[str, Any]] = field(default_factory=list)
    answers: dict[int, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.socket, self.remote = socket.socketpair()
        self.closed = False
        self._rest = b""
        self._next = 0
        self.send("qmp_capabilities")

    def arguments(self) -> list[str]:
        """QEMU's arguments for its end."""
        return [
            *("-chardev", f"socket,id=qmp,fd={self.remote.fileno()}"),
            *("-mon", "chardev=qmp,mode=control"),
        ]

    def send(self, command: str, **arguments: Any) -> int:
        """Sends a command, which QEMU reads when it is ready. Returns the answer's number."""
        self._next += 1
        message = {"execute": command, "id": self._next, "arguments": arguments}
        try:
            self.socket.sendall(json.dumps(message).encode() + b"\n")
        except OSError:
            self.closed = True
        return self._next

    def receive(self) -> None:
        """Reads what has come; call it when the socket is readable."""
        try:
            data = self.socket.recv(65536)
        except OSError:
            data = b""
        if not data:
            self.closed = True
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > BUFFER_MAX:
            raise ValueError("a QMP message without end")
        for line in lines:
            if line.strip():
                self._message(json.loads(line))

    def _message(self, message: dict[str, Any]) -> None:
        if "event" in message:
            self.events.append(message)
        elif "id" in message:
            self.answers[int(message["id"])] = message

    def event(self, name: str) -> dict[str, Any] | None:
        """The data of the first event of that name, if there was one."""
        for event in self.events:
            if event["event"] == name:
                return dict(event.get("data", {}))
        return None

    def close(self) -> None:
        """Closes both ends."""
        self.socket.close()
        self.remote.close()
