"""`make gdb`: a machine that waits for GDB, and GDB at this terminal with the kernel's symbols."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from cairn.architectures import ARCHITECTURES, LIBRARY, PROJECT, build_folder
from cairn.machine import MachineError
from cairn.process import spawn
from cairn.run import machine_arguments

START_SECONDS = 20.0
HELP = """\
The machine is halted before its first instruction. Commands of this session, besides GDB's own:
  to-start    run up to kernel_main()
  to-panic    run until the kernel panics
  type TEXT   type a line on the guest's console; it is kept until the monitor's first prompt
Ctrl-C stops the guest; quit ends both. Breakpoints by name work: break memory_map_normalise"""


@contextmanager
def socket_folder() -> Iterator[Path]:
    """A private folder with a short path, as the names of sockets must be short."""
    with tempfile.TemporaryDirectory(prefix="cairn-") as name:
        yield Path(name)


def gdb_arguments(arch: str, elf: Path, stub: Path, commands: Sequence[str]) -> list[str]:
    """GDB's command line: our settings only, the kernel's symbols, the machine."""
    return [
        *("gdb-multiarch", "-nx", "-q"),
        *("-iex", "set confirm off", "-iex", "set pagination off"),
        *("-iex", f"set substitute-path . {PROJECT}"),
        *("-ex", f"set architecture {ARCHITECTURES[arch].gdb}"),
        *("-ex", f"directory {PROJECT}"),
        *("-ex", f"source {LIBRARY / 'gdb_commands.py'}"),
        *("-ex", f"target remote {stub}"),
        *(word for command in commands for word in ("-ex", command)),
        str(elf),
    ]


def wait_for(path: Path, process: subprocess.Popen[bytes], log: Path) -> None:
    """Waits until QEMU has made its socket."""
    deadline = time.monotonic() + START_SECONDS
    while not path.exists():
        if process.poll() is not None or time.monotonic() > deadline:
            raise MachineError(f"QEMU did not start: {log.read_text(errors='replace').strip()}")
        time.sleep(0.01)


def attach(
    arch: str, elf: Path, arguments: Sequence[str], folder: Path, commands: Sequence[str]
) -> int:
    """Starts QEMU stopped with a debug stub, runs GDB, and ends QEMU with it."""
    stub, log = folder / "gdb", folder / "qemu.log"
    process = spawn([*arguments, "-S", "-gdb", f"unix:{stub},server=on,wait=off"], stderr=log)
    environment = dict(os.environ)
    try:
        wait_for(stub, process, log)
        if (folder / "console").exists():
            environment["CAIRN_CONSOLE"] = str(folder / "console")
        # Ctrl-C is for GDB, which passes it on to the guest as a stop.
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            debugger = subprocess.Popen(
                gdb_arguments(arch, elf, stub, commands),
                env=environment,
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
            )
            return debugger.wait()
        finally:
            signal.signal(signal.SIGINT, before)
    finally:
        process.kill()
        process.wait()


def debug(options: argparse.Namespace) -> int:
    """Debugs a kernel from its first instruction on."""
    elf = build_folder(options.arch, options.variant, options.sanitized) / "kernel.elf"
    with socket_folder() as folder:
        console = f"socket,id=console,path={folder / 'console'},server=on,wait=off"
        arguments = [*machine_arguments(options), "-chardev", console, "-serial", "chardev:console"]
        print(HELP)
        return attach(options.arch, elf, arguments, folder, [])
