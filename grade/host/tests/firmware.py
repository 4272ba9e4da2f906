"""The ACPI tables that real firmware leaves in the memory of a PC that QEMU makes."""

from __future__ import annotations

import functools
import json
import socket
import subprocess
import tempfile
import time
from pathlib import Path

# The memory that is taken: from the area where firmware puts the root pointer to the end.
FIRMWARE_AREA = 0xE0000
MEMORY = 16 << 20
PATIENCE_SECONDS = 60.0


class Monitor:
    """QEMU's machine protocol, as far as it takes to copy memory."""

    def __init__(self, connection: socket.socket) -> None:
        self._file = connection.makefile("rw")
        self._file.readline()  # the greeting
        self.execute("qmp_capabilities")

    def execute(self, command: str, **arguments: object) -> None:
        """Runs a command to its end."""
        self._file.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
        self._file.flush()
        while True:
            line = self._file.readline()
            answer = json.loads(line) if line else {"error": "the connection ended"}
            assert "error" not in answer, answer
            if "return" in answer:
                return


@functools.lru_cache(maxsize=None)
def firmware_memory(*options: str) -> bytes:
    """Starts a PC without a disk, waits for its tables, and takes its memory from 0xe0000 on."""
    ours, theirs = socket.socketpair()
    command = ["qemu-system-x86_64", "-machine", "q35", "-m", "16M", "-nodefaults", *options]
    command += ["-display", "none", "-chardev", f"socket,id=qmp,fd={theirs.fileno()}"]
    command += ["-mon", "chardev=qmp,mode=control"]
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "memory"
        inherited = [theirs.fileno()]
        with subprocess.Popen(command, pass_fds=inherited, stdin=subprocess.DEVNULL) as qemu:
            try:
                theirs.close()
                ours.settimeout(PATIENCE_SECONDS)
                monitor = Monitor(ours)
                deadline = time.monotonic() + PATIENCE_SECONDS
                while time.monotonic() < deadline:
                    time.sleep(0.3)
                    size = MEMORY - FIRMWARE_AREA
                    monitor.execute("pmemsave", val=FIRMWARE_AREA, size=size, filename=str(target))
                    memory = target.read_bytes()
                    if b"RSD PTR " in memory[:0x20000]:
                        return memory
            finally:
                qemu.kill()
                ours.close()
    raise AssertionError("the firmware left no root pointer")
