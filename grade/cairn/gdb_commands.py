"""Runs inside GDB: shows the guest's console as it comes, and adds a few commands."""

# GDB brings this module along; it exists nowhere else.
import gdb  # type: ignore[import]
import os
import socket
import threading

# Where the kernel's generic start begins, and where it gives up.
START = "kernel_main"
ENDS = ("panic_at", "panic_trap")


class Console(threading.Thread):
    """Copies the guest's console to the terminal."""

    def __init__(self, path: str) -> None:
        super().__init__(daemon=True)
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)

    def run(self) -> None:
        while data := self.socket.recv(4096):
            os.write(1, data)


class Type(gdb.Command):  # type: ignore[misc]
    """type TEXT: type a line on the guest's console before it runs on."""

    def __init__(self, console: Console) -> None:
        super().__init__("type", gdb.COMMAND_USER)
        self._console = console

    def invoke(self, argument: str, _from_tty: bool) -> None:
        self._console.socket.sendall(argument.encode() + b"\r")


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
