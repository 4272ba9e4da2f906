"""The kernel monitor on the other end of a serial line: types commands and reads the answers."""

from __future__ import annotations

from pathlib import Path

from cairn.architectures import ARCHITECTURES, PROJECT, Hardware, build_folder
from cairn.build import locked, make
from cairn.lanes import Ordered
from cairn.machine import CONSOLE, End, Machine, Setup

PROMPT = "cairn> "
#: Against hangs only: what takes a moment gets this much host time.
SECONDS = 60.0


def build_kernel(arch: str, variant: str, sanitized: bool = False) -> Path:
    """Builds a variant of the kernel. Returns the folder where its files are."""
    with locked(PROJECT / "build" / f"{variant}-{arch}.lock"):
        make("kernel", f"ARCH={arch}", f"VARIANT={variant}", f"SAN={int(sanitized)}")
    return build_folder(arch, variant, sanitized)


class Monitor:
    """A machine at the monitor's prompt; use it in a `with` statement."""

    def __init__(
        self,
        arch: str,
        kernel: Path,
        folder: Path,
        command_line: str = "",
        processors: int = 1,
        devices: tuple[str, ...] = (),
    ) -> None:
        setup = Setup(
            arch=arch,
            image=kernel / ARCHITECTURES[arch].image,
            ramdisk=kernel / "ramdisk.tar",
            command_line=command_line,
            hardware=Hardware(processors=processors, devices=devices),
            lane=Ordered(seed=1),
        )
        self.machine = Machine(setup, folder)
        self.banner = ""
        self._read = 0

    def __enter__(self) -> Monitor:
        self.machine.__enter__()
        try:
            self.banner = self.read_to_prompt()
        except BaseException:
            self.machine.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.machine.quit()
        self.machine.__exit__()

    def _unread(self) -> str:
        return self.machine.output(CONSOLE)[self._read :].decode("ascii", "replace")

    def type(self, keys: str) -> None:
        """Sends keystrokes."""
        self.machine.type(CONSOLE, keys.encode("latin1"))

    def read_until(self, text: str) -> str:
        """Waits for that text. Returns all up to it and with it."""
        found = self.machine.wait(lambda: text in self._unread(), SECONDS)
        assert found, f"{text!r} did not come, but {self._unread()!r} (machine: {self.machine.end})"
        unread = self._unread()
        answer = unread[: unread.index(text) + len(text)]
        self._read += len(answer)
        return answer

    def read_to_prompt(self) -> str:
        """Waits for the next prompt, at the start of a line. Returns what came before it."""
        return self.read_until("\n" + PROMPT)[: -len(PROMPT)].replace("\r\n", "\n")

    def ask(self, line: str) -> list[str]:
        """Types a line and Enter. Returns the answer's lines."""
        self.type(line + "\r")
        echo, *answer = self.read_to_prompt().splitlines()
        assert echo == line, f"{line!r} was echoed as {echo!r}"
        return answer

    def last_words(self, line: str) -> tuple[End, str]:
        """Types a line that ends the machine. Returns how it ended and what it said."""
        self.type(line + "\r")
        end = self.machine.finish(lambda: SECONDS)
        return end, self._unread().replace("\r\n", "\n")
