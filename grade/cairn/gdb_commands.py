"""Runs inside GDB: shows the guest's console as it comes, and adds a few commands."""

# GDB brings this module along; it exists nowhere else.
import gdb  # type: ignore[import]
import os
import socket
import threading

# Where the kernel's generic start begins, and where it gives up.
START = "kernel_main"
ENDS = ("panic_at", "panic_trap")
# What the guest shows when it first listens: starting the console drops what came before.
PROMPT = b"cairn> "


class Console(threading.Thread):
    """Copies the guest's console to the terminal, and keeps what is typed before it listens."""

    def __init__(self, path: str) -> None:
        super().__init__(daemon=True)
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(path)
        self._lock = threading.Lock()
        self._kept = b""
        self._listens = False

    def run(self) -> None:
        shown = b""
        while data := self._socket.recv(4096):
            os.write(1, data)
            shown = (shown + data)[-len(data) - len(PROMPT):]
            if not self._listens and PROMPT in shown:
                with self._lock:
                    self._listens = True
                    self._socket.sendall(self._kept)

    def type(self, line: bytes) -> bool:
        """Sends a line, or keeps it until the guest listens; whether it was sent."""
        with self._lock:
            if self._listens:
                self._socket.sendall(line)
            else:
                self._kept += line
            return self._listens


class Type(gdb.Command):  # type: ignore[misc]
    """type TEXT: type a line on the guest's console, once the monitor shows its prompt."""

    def __init__(self, console: Console) -> None:
        super().__init__("type", gdb.COMMAND_USER)
        self._console = console

    def invoke(self, argument: str, _from_tty: bool) -> None:
        if not self._console.type(argument.encode() + b"\r"):
            print("This is typed when the monitor shows its prompt.")


class ToStart(gdb.Command):  # type: ignore[misc]
    """to-start: run up to kernel_main(), where the kernel's generic code begins."""

    def __init__(self) -> None:
        super().__init__("to-start", gdb.COMMAND_RUNNING)

    def invoke(self, _argument: str, _from_tty: bool) -> None:
        gdb.execute(f"thbreak {START}")
        gdb.execute("continue")


class ToPanic(gdb.Command):  # type: ignore[misc]
    """to-panic: run until the kernel panics."""

    def __init__(self) -> None:
        super().__init__("to-panic", gdb.COMMAND_RUNNING)

    def invoke(self, _argument: str, _from_tty: bool) -> None:
        for function in ENDS:
            gdb.execute(f"thbreak {function}")
        gdb.execute("continue")


ToStart()
ToPanic()
if "CAIRN_CONSOLE" in os.environ:
    console = Console(os.environ["CAIRN_CONSOLE"])
    console.start()
    Type(console)
