"""Processors besides the usual one: each runs the kernel, or is refused in one sentence."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from cairn.architectures import ARCHITECTURES, Hardware
from cairn.lanes import Exact
from cairn.machine import CONSOLE, End, Machine, Setup

from selftest.monitor_session import SECONDS, Monitor

pytest_plugins = ["selftest.monitor_fixtures"]

ARCH = os.environ.get("CAIRN_ARCH", "x86_64")

#: With less than the usual processor has, or with more.
SERVED = {
    "x86_64": ["qemu64", "qemu64,-rdrand,-smep", "Conroe", "Nehalem", "max"],
    "aarch64": ["cortex-a76", "max"],
    "riscv64": ["rv64,svpbmt=on", "rv64,sstc=off", "rv64,f=off,d=off", "rv64,v=on", "sifive-u54"],
}
#: What the sentence must name.
REFUSED = {
    "x86_64": {"qemu64,-nx": "no-execute", "qemu64,-lm": "64-bit mode"},
    "aarch64": {"cortex-a53": "LSE", "cortex-a57": "LSE", "cortex-a72": "LSE"},
    # Without an MMU satp ignores every mode, as it does Sv48 on a processor with Sv39 only.
    "riscv64": {"rv64,mmu=off": "Sv48"},
}
# Some firmware adds a carriage return of its own.
REFUSAL = re.compile(rb"^Cairn needs a processor with .+; this one lacks them\.\r+\n", re.MULTILINE)


@pytest.mark.parametrize("processor", SERVED[ARCH])
def test_it_runs_on(arch: str, kernel: Path, tmp_path: Path, processor: str) -> None:
    with Monitor(arch, kernel, tmp_path, devices=("-cpu", processor)) as monitor:
        assert "usable" in monitor.banner
        *areas, tables = monitor.ask("pages")
        assert any("read execute" in area for area in areas), areas
        assert tables.endswith("nothing can be written and executed")
        assert monitor.last_words("poweroff")[0] is End.OFF


@pytest.mark.parametrize("processor", REFUSED[ARCH])
def test_it_refuses(arch: str, kernel: Path, tmp_path: Path, processor: str) -> None:
    setup = Setup(
        arch=arch,
        image=kernel / ARCHITECTURES[arch].image,
        ramdisk=kernel / "ramdisk.tar",
        hardware=Hardware(devices=("-cpu", processor)),
        lane=Exact(seed=1),
    )
    with Machine(setup, tmp_path) as machine:
        assert machine.wait(lambda: REFUSAL.search(machine.output(CONSOLE)) is not None, SECONDS)
        said = machine.output(CONSOLE)
    found = REFUSAL.search(said)
    assert found is not None and REFUSED[arch][processor].encode() in found[0], said
    # The firmware may speak before it, but the kernel says nothing else.
    assert said.endswith(found[0]) and said.count(b"Cairn") == 1
