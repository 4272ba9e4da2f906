"""How many instructions the start of the kernel takes, or one function of it.

A recording machine counts its instructions; it is stopped at a first place and at a second one. For
the whole start these are the kernel's first instruction, after all firmware, and where the monitor
first asks for a key, its prompt already printed.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from elftools.elf.elffile import ELFFile

from bench.gdb_stub import GdbStub, StubError
from cairn.architectures import ARCHITECTURES, Hardware, boot_arguments, hardware_arguments
from cairn.lanes import Exact
from cairn.process import spawn
from cairn.ramdisk import write_ramdisk
from cairn.session import Session

SECONDS = 60.0
PROMPT = "console_read"


def entry_address(elf_path: Path) -> int:
    """The first instruction's address, physical."""
    with elf_path.open("rb") as stream:
        elf = ELFFile(stream)
        entry: int = elf["e_entry"]
        for segment in elf.iter_segments("PT_LOAD"):
            if 0 <= entry - segment["p_vaddr"] < segment["p_memsz"]:
                entry += segment["p_paddr"] - segment["p_vaddr"]
                break
    return entry


def function_address(elf_path: Path, name: str) -> int:
    """Where a function begins."""
    with elf_path.open("rb") as stream:
        symbols = ELFFile(stream).get_section_by_name(".symtab").get_symbol_by_name(name)
    functions = [entry for entry in symbols or [] if entry["st_info"]["type"] == "STT_FUNC"]
    if len(functions) != 1:
        raise StubError(f"the kernel has {len(functions)} functions {name}")
    address: int = functions[0]["st_value"]
    return address


def instructions_so_far(stub: GdbStub) -> int:
    """What the machine has counted since it was started."""
    found = re.search(r"instruction count = (\d+)", stub.monitor("info replay"))
    if found is None:
        raise StubError("the machine does not count its instructions")
    return int(found.group(1))


def memory_arguments(size: str) -> tuple[str, ...]:
    """Memory that the host need not have: what the guest never touches costs nothing."""
    return ("-object", f"memory-backend-ram,id=memory,size={size},reserve=off",
            "-machine", "memory-backend=memory")


def wait_for_socket(path: Path, process: subprocess.Popen[bytes], log: Path,
                    seconds: float) -> None:
    """Returns when QEMU listens; says why when it ends instead."""
    deadline = time.monotonic() + seconds
    while not path.exists():
        if process.poll() is not None:
            raise StubError(f"QEMU ended: {log.read_text(errors='replace').strip()}")
        if time.monotonic() > deadline:
            raise StubError("QEMU does not start")
        time.sleep(0.01)


@contextmanager
def halted_machine(session: Session, memory: str) -> Iterator[GdbStub]:
    """A machine without a script that has not begun yet."""
    machine = ARCHITECTURES[session.arch]
    hardware = Hardware(memory=memory, devices=memory_arguments(memory))
    seconds = SECONDS * session.host_factor
    # A socket's path must be short.
    with tempfile.TemporaryDirectory(prefix="cairn-") as name:
        private = Path(name)
        ramdisk = private / "ramdisk.tar"
        write_ramdisk(ramdisk, {"symbols": (session.folder / "symbols").read_bytes()})
        process = spawn([
            *hardware_arguments(machine, hardware),
            *boot_arguments(session.image, ramdisk, ""),
            *Exact(session.seed, record=f",rr=record,rrfile={private}/recording").arguments(1),
            *("-no-reboot", "-S", "-gdb", f"unix:{private}/gdb,server=on,wait=off"),
            *("-serial", f"file:{private}/console"),
        ], stderr=private / "qemu.log")
        try:
            wait_for_socket(private / "gdb", process, private / "qemu.log", seconds)
            stub = GdbStub(private / "gdb", seconds)
            yield stub
            stub.close()
        finally:
            process.kill()
            process.wait()


def measure_boot(session: Session, memory: str) -> int:
    """From the kernel's first instruction to the prompt."""
    with halted_machine(session, memory) as stub:
        stub.run_to(entry_address(session.elf))
        began = instructions_so_far(stub)
        stub.run_to(function_address(session.elf, PROMPT))
        return instructions_so_far(stub) - began


def measure_function(session: Session, name: str, memory: str) -> int:
    """From a function's first instruction to its return; start-up calls it."""
    with halted_machine(session, memory) as stub:
        stub.run_to(function_address(session.elf, name))
        began = instructions_so_far(stub)
        stub.run_to(stub.return_address(session.arch))
        return instructions_so_far(stub) - began
