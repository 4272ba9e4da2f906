"""The bare guest of four processors (guests/<arch>.S): building it, running it, what it prints."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, replace
from pathlib import Path

from cairn.architectures import ARCHITECTURES, Hardware, tool
from cairn.lanes import Exact
from cairn.machine import CONSOLE, Machine, Setup

GUESTS = Path(__file__).resolve().parent / "guests"
PROCESSORS = 4
ROUNDS = 16
STEPS = 20_000

LOADED_AT = {"x86_64": "0x200000", "aarch64": "0x40200000", "riscv64": "0x80200000"}
FLAGS: dict[str, list[str]] = {
    "x86_64": [],
    "aarch64": ["-march=armv8.1-a"],
    "riscv64": ["-march=rv64imac_zicsr_zifencei", "-mabi=lp64"],
}


@dataclass(frozen=True)
class Still(Exact):
    """The exact lane without its heartbeat."""

    def arguments(self, processors: int) -> list[str]:
        return super().arguments(1)


def build_guest(arch: str, folder: Path) -> Path:
    """Assembles the guest. Returns the file that QEMU boots."""
    elf, image = folder / "guest.elf", folder / ARCHITECTURES[arch].image
    link = f"-Wl,-Ttext={LOADED_AT[arch]},--build-id=none,-N,-e,start,--no-warn-rwx-segments"
    command = [tool(arch, "gcc"), "-nostdlib", "-static", "-no-pie", *FLAGS[arch], link]
    subprocess.run([*command, str(GUESTS / f"{arch}.S"), "-o", str(elf)], check=True)
    kind = ["--strip-debug"] if arch == "x86_64" else ["-O", "binary"]
    subprocess.run([tool(arch, "objcopy"), *kind, str(elf), str(image)], check=True)
    return image


def guest_setup(arch: str, folder: Path, seed: int, heartbeat: bool = True) -> Setup:
    """A machine of four processors with that guest."""
    hardware = Hardware(processors=PROCESSORS, memory="128M")
    setup = Setup(arch, build_guest(arch, folder), hardware=hardware, lane=Exact(seed))
    return setup if heartbeat else replace(setup, lane=Still(seed))


def run_guest(setup: Setup, folder: Path, seconds: float = 60.0) -> bytes:
    """Runs it to its end, or for so long. Returns what it printed."""
    with Machine(setup, folder) as machine:
        machine.finish(lambda: seconds)
        return machine.output(CONSOLE)


def result_of(processor: int) -> int:
    """What a processor computes: the model of the guest's loop."""
    state = processor
    for _ in range(ROUNDS * STEPS):
        state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
    return state


def expected_report() -> str:
    """The last lines that the guest prints."""
    return "\n" + "".join(f"{result_of(number):08x}\n" for number in range(PROCESSORS))
