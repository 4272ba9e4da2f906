"""How many instructions the kernel takes from its entry to the monitor's prompt.

A recording machine counts its instructions; it is stopped at the kernel's first instruction, after
all firmware, and again where the monitor first asks for a key, its prompt already printed.
"""

from __future__ import annotations

import re
import tempfile
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


def entry_addresses(elf_path: Path) -> tuple[int, int]:
    """The first instruction's address, physical, and that of the function that reads keys."""
    with elf_path.open("rb") as stream:
        elf = ELFFile(stream)
        entry = elf["e_entry"]
        symbols = elf.get_section_by_name(".symtab").get_symbol_by_name(PROMPT)
        for segment in elf.iter_segments("PT_LOAD"):
            if 0 <= entry - segment["p_vaddr"] < segment["p_memsz"]:
                entry += segment["p_paddr"] - segment["p_vaddr"]
    if not symbols:
        raise StubError(f"the kernel has no function {PROMPT}")
    return entry, symbols[0]["st_value"]


def instructions_so_far(stub: GdbStub) -> int:
    found = re.search(r"instruction count = (\d+)", stub.monitor("info replay"))
    if found is None:
        raise StubError("the machine does not count its instructions")
    return int(found.group(1))


def measure_boot(session: Session) -> int:
    """Boots without a script, and counts."""
    machine = ARCHITECTURES[session.arch]
    entry, prompt = entry_addresses(session.elf)
    seconds = SECONDS * session.host_factor
    # A socket's path must be short.
    with tempfile.TemporaryDirectory(prefix="cairn-") as name:
        private = Path(name)
        ramdisk = private / "ramdisk.tar"
        write_ramdisk(ramdisk, {"symbols": (session.folder / "symbols").read_bytes()})
        process = spawn([
            *hardware_arguments(machine, Hardware()),
            *boot_arguments(session.image, ramdisk, ""),
            *Exact(session.seed, record=f",rr=record,rrfile={private}/recording").arguments(1),
            *("-no-reboot", "-S", "-gdb", f"unix:{private}/gdb,server=on,wait=off"),
            *("-serial", f"file:{private}/console"),
        ], stderr=private / "qemu.log")
        try:
            stub = GdbStub(private / "gdb", seconds)
            stub.run_to(entry)
            began = instructions_so_far(stub)
            stub.run_to(prompt)
            ended = instructions_so_far(stub)
            stub.close()
        finally:
            process.kill()
            process.wait()
    return ended - began
