"""A machine under test: QEMU with its ports, its monitor and its limits, from start to end."""

from __future__ import annotations

import os
import select
import shlex
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

from cairn.architectures import ARCHITECTURES, Hardware, boot_arguments, hardware_arguments
from cairn.lanes import Exact, Lane
from cairn.process import spawn
from cairn.qmp import Qmp

CONSOLE = "console"
PROTOCOL = "protocol"

# How long QEMU gets to obey `quit` before it is killed.
QUIT_SECONDS = 3.0
ANSWER_SECONDS = 10.0
POLL_SECONDS = 0.05


class End(Enum):
    """How a machine came to its end."""

    OFF = "was switched off"
    RESET = "was reset"
    WATCHDOG = "used up its budget of guest time"
    FLOOD = "sent more output than a run may send"
    BACKSTOP = "did not finish in the host time it got"
    CRASH = "was lost: QEMU itself ended"
    STOPPED = "was stopped by the grader"


class MachineError(Exception):
    """The machine could not be tried at all: not the guest's fault."""


@dataclass(frozen=True)
class Setup:
    """All that decides how a machine runs."""

    arch: str
    image: Path | None  # None for an empty machine
    ramdisk: Path | None = None
    command_line: str = ""
    hardware: Hardware = field(default_factory=Hardware)
    lane: Lane = field(default_factory=lambda: Exact(seed=1))
    watchdog: str = "poweroff"  # or "pause", to look at the guest where it hangs
    output_limit: int = 512 << 10  # bytes on each port
    recorded: bool = False  # for `make replay`
    extra: tuple[str, ...] = ()


class Machine:
    """A running machine; use it in a `with` statement, which ends it.

    Ports that the lane connects by sockets are read by step() and typed on by type(); ports that go
    to files are read by output(). `folder` is private to this machine.
    """

    def __init__(self, setup: Setup, folder: Path) -> None:
        self.setup = setup
        self.folder = folder
        self.arch = ARCHITECTURES[setup.arch]
        self.end: End | None = None
        self.exit_status: int | None = None
        self._received: dict[str, bytearray] = {}
        self._sockets: dict[str, socket.socket] = {}
        self._flooded = False
        self._qmp = Qmp()
        self._process: subprocess.Popen[bytes] | None = None
        self._started = time.monotonic()

    # --- starting and ending ---------------------------------------------------------------------

    def __enter__(self) -> Machine:
        if shutil.which(self.arch.emulator) is None:
            raise MachineError(f"{self.arch.emulator} is not installed; `make deps` installs it")
        self.folder.mkdir(parents=True, exist_ok=True)
        for port in (CONSOLE, PROTOCOL):
            (self.folder / port).unlink(missing_ok=True)
        remotes = [self._qmp.remote]
        arguments = self._arguments(remotes)
        (self.folder / "command").write_text(shlex.join(arguments) + "\n")
        limit = self.setup.output_limit if self.setup.lane.output_to_files else None
        try:
            self._process = spawn(
                arguments,
                stderr=self.folder / "qemu.log",
                pass_fds=[remote.fileno() for remote in remotes],
                output_limit=limit,
            )
        except BaseException:
            self._qmp.close()
            raise
        finally:
            for remote in remotes:
                remote.close()
        self._pidfd = os.pidfd_open(self._process.pid)
        self._qmp.send("cont")
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            if self._process.poll() is None:
                self._process.kill()
            self._process.wait()
            os.close(self._pidfd)
        self._qmp.close()
        for end in self._sockets.values():
            end.close()

    def arguments_without_control(self) -> list[str]:
        """QEMU's arguments for the same machine, for GDB to start; ports go to files."""
        return self._machine_arguments([])

    def _arguments(self, remotes: list[socket.socket]) -> list[str]:
        # Stopped at first, so that no event is missed; `cont` is already on its way.
        return [*self._machine_arguments(remotes), "-S", *self._qmp.arguments()]

    def _machine_arguments(self, remotes: list[socket.socket]) -> list[str]:
        setup = self.setup
        arguments = hardware_arguments(self.arch, setup.hardware)
        if setup.image is not None:
            arguments += boot_arguments(setup.image, setup.ramdisk, setup.command_line)
        arguments += setup.lane.arguments(setup.hardware.processors)
        arguments += ["-no-reboot", "-device", "i6300esb", "-action", f"watchdog={setup.watchdog}"]
        arguments += self._ports(remotes)
        return arguments + list(setup.extra)

    def _ports(self, remotes: list[socket.socket]) -> list[str]:
        """The two serial ports. Of a recording, the console must be one that is recorded too."""
        if self.setup.recorded:
            arguments = ["-serial", f"file:{self.folder / CONSOLE}"]
            if self.arch.two_serial:
                return [*arguments, "-serial", f"file:{self.folder / PROTOCOL}"]
        else:
            chardev = self._chardev(CONSOLE, remotes)
            arguments = ["-chardev", chardev, "-serial", f"chardev:{CONSOLE}"]
        arguments += ["-chardev", self._chardev(PROTOCOL, remotes)]
        return arguments + [word.format(chardev=PROTOCOL) for word in self.arch.second_port]

    def _chardev(self, port: str, remotes: list[socket.socket]) -> str:
        if self.setup.lane.output_to_files:
            return f"file,id={port},path={self.folder / port}"
        here, there = socket.socketpair()
        remotes.append(there)
        self._sockets[port] = here
        self._received[port] = bytearray()
        return f"socket,id={port},fd={there.fileno()}"

    # --- while it runs ---------------------------------------------------------------------------

    def output(self, port: str) -> bytes:
        """What has come from a port so far."""
        if port in self._received:
            return bytes(self._received[port])
        path = self.folder / port
        return path.read_bytes() if path.exists() else b""

    def type(self, port: str, data: bytes) -> None:
        """Sends bytes to a port that the lane connects by a socket."""
        try:
            self._sockets[port].sendall(data)
        except OSError:
            pass  # The machine has ended; the next step() says how.

    def command(self, name: str, **arguments: Any) -> Any:
        """Runs a QMP command and returns its result. Not in the exact lane while the guest runs."""
        number = self._qmp.send(name, **arguments)
        self.wait(lambda: number in self._qmp.answers, ANSWER_SECONDS)
        answer = self._qmp.answers.get(number)
        if answer is None:
            raise MachineError(f"QEMU did not answer {name}")
        if "error" in answer:
            raise MachineError(f"QEMU refused {name}: {answer['error'].get('desc')}")
        return answer.get("return")

    def saw(self, event: str) -> bool:
        """Whether QMP has told of that event."""
        return self._qmp.event(event) is not None

    def step(self, seconds: float) -> bool:
        """Waits at most that long for something to happen. Returns whether the machine runs."""
        if self.end is not None:
            return False
        assert self._process is not None
        readers: list[Any] = [self._pidfd, *self._sockets.values()]
        if not self._qmp.closed:
            readers.append(self._qmp.socket)
        ready, _, _ = select.select(readers, [], [], max(seconds, 0.0))
        for port, end in list(self._sockets.items()):
            if end in ready:
                self._receive(port, end)
        if self._qmp.socket in ready:
            self._qmp.receive()
        if self._pidfd in ready:
            self._finish()
        elif self._is_flooded():
            self.stop(End.FLOOD)
        return self.end is None

    def wait(self, until: Callable[[], bool], seconds: float) -> bool:
        """Waits until a condition holds. Returns whether it does."""
        deadline = time.monotonic() + seconds
        while not until():
            left = deadline - time.monotonic()
            if left <= 0 or not self.step(min(left, POLL_SECONDS)):
                return until()
        return True

    def finish(self, seconds: Callable[[], float]) -> End:
        """Waits for the machine's end; `seconds` is the limit in host time since the start."""
        while self.step(POLL_SECONDS):
            if time.monotonic() - self._started > seconds():
                self.stop(End.BACKSTOP)
        assert self.end is not None
        return self.end

    def quit(self) -> None:
        """Ends the machine in good order, from outside."""
        self._qmp.send("quit")
        self.wait(lambda: self.end is not None, QUIT_SECONDS)
        self.stop(End.STOPPED)

    def stop(self, end: End) -> None:
        """Kills the machine and says why."""
        if self.end is None:
            assert self._process is not None
            self._process.kill()
            self._process.wait()
            self.end = end

    # --- the end ---------------------------------------------------------------------------------

    def _receive(self, port: str, end: socket.socket) -> None:
        try:
            data = end.recv(65536)
        except OSError:
            data = b""
        if not data:
            end.close()
            del self._sockets[port]
            return
        self._received[port] += data
        if len(self._received[port]) > self.setup.output_limit:
            self._flooded = True

    def _is_flooded(self) -> bool:
        """Whether a port has carried all that it may. A file simply grows no further."""
        if not self.setup.lane.output_to_files:
            return self._flooded
        limit = self.setup.output_limit
        paths = (self.folder / CONSOLE, self.folder / PROTOCOL)
        return any(path.exists() and path.stat().st_size >= limit for path in paths)

    def _drain(self) -> None:
        """Reads what the machine sent before it ended."""
        while not self._qmp.closed:
            self._qmp.receive()
        for port, end in list(self._sockets.items()):
            while port in self._sockets:
                self._receive(port, end)

    def _finish(self) -> None:
        assert self._process is not None
        self.exit_status = self._process.wait()
        self._drain()
        shutdown = self._qmp.event("SHUTDOWN")
        if self._qmp.event("RESUME") is None:
            errors = (self.folder / "qemu.log").read_text(errors="replace").strip()
            raise MachineError(f"QEMU did not start (status {self.exit_status}): {errors}")
        if self._is_flooded():
            self.end = End.FLOOD
        elif self._qmp.event("WATCHDOG") is not None:
            self.end = End.WATCHDOG
        elif self.exit_status < 0:
            self.end = End.CRASH
        elif shutdown is not None and shutdown.get("reason") == "guest-reset":
            self.end = End.RESET
        elif shutdown is not None and shutdown.get("reason") == "host-qmp-quit":
            self.end = End.STOPPED
        else:
            self.end = End.OFF


def keep_logs(folder: Path, keep: Path, names: Sequence[str] = ("command", "qemu.log")) -> None:
    """Copies a machine's logs to a place that stays."""
    keep.mkdir(parents=True, exist_ok=True)
    for name in (CONSOLE, PROTOCOL, *names):
        if (folder / name).exists():
            shutil.copyfile(folder / name, keep / name)
