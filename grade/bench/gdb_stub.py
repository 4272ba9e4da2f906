"""A small client of QEMU's debug stub: breakpoints, and the monitor's commands.

Source: Debugging with GDB, appendix E "GDB Remote Serial Protocol".
"""

from __future__ import annotations

import socket
import struct
import time
from pathlib import Path

# The stub's numbers of the stack pointer (x86-64) and of the return address's registers.
RETURN_REGISTERS = {"x86_64": 7, "aarch64": 30, "riscv64": 1}


class StubError(Exception):
    """The stub did not do what it was asked."""


class GdbStub:
    """A connection to the stub of one machine."""

    def __init__(self, path: Path, seconds: float) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(seconds)
        self._rest = b""
        deadline = time.monotonic() + seconds
        while True:
            try:
                self._socket.connect(str(path))
                return
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.01)

    def close(self) -> None:
        """Ends the connection; the machine goes on."""
        self._socket.close()

    def _send(self, packet: str) -> None:
        data = packet.encode("ascii")
        self._socket.sendall(b"$" + data + b"#%02x" % (sum(data) % 256))

    def _receive(self) -> str:
        while True:
            start = self._rest.find(b"$")
            end = self._rest.find(b"#", start)
            if start >= 0 and 0 <= end <= len(self._rest) - 3:
                packet = self._rest[start + 1:end]
                self._rest = self._rest[end + 3:]
                self._socket.sendall(b"+")
                return packet.decode("ascii")
            data = self._socket.recv(4096)
            if not data:
                raise StubError("the machine has ended")
            self._rest += data

    def _ask(self, packet: str) -> str:
        self._send(packet)
        return self._receive()

    def run_to(self, address: int) -> None:
        """Lets the machine run until a processor is about to execute the code at that address."""
        if self._ask(f"Z1,{address:x},1") != "OK":
            raise StubError(f"no breakpoint at {address:#x}")
        stopped = self._ask("c")
        if not stopped.startswith("T"):
            raise StubError(f"{address:#x} was not reached: {stopped}")
        self._ask(f"z1,{address:x},1")

    def return_address(self, arch: str) -> int:
        """Where the function returns to at whose first instruction the processor stands."""
        # All registers at once: the packet for a single one needs more of a debugger.
        registers = bytes.fromhex(self._ask("g"))
        address, = struct.unpack_from("<Q", registers, 8 * RETURN_REGISTERS[arch])
        if arch == "x86_64":  # what the register says is where in memory to look
            address, = struct.unpack("<Q", bytes.fromhex(self._ask(f"m{address:x},8")))
        return int(address)

    def monitor(self, command: str) -> str:
        """What a command of QEMU's monitor prints."""
        text = ""
        answer = self._ask("qRcmd," + command.encode("ascii").hex())
        while answer.startswith("O") and answer != "OK":
            text += bytes.fromhex(answer[1:]).decode("ascii", "replace")
            answer = self._receive()
        return text
