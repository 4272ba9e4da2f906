"""A short run of each fuzzer, from good input on."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from host.tests.acpi_builder import machine
from host.tests.broken import SEED
from host.tests.test_pvh import Start
from host.tests.test_ramdisk import FILES, archive
from host.tests.test_symbols import LINES, SYMBOLS, symbol_file
from host.tests.trees import ARM, NUMA, RISCV, compact, qemu_tree

SECONDS = int(os.environ.get("FUZZ_SECONDS", "3"))

# What each fuzzer starts from: the fuzzers' own addresses begin at 0 or at FUZZ_BASE.
ACPI_BASE_DIFFERENCE = 0x10_0000 - 0x1_0000


def acpi_input() -> bytes:
    """The hand-made machine, with its addresses moved to where the fuzzer puts it."""
    memory = machine()
    image = bytearray(memory.image())
    for at in range(0, len(image) - 4):
        value = int.from_bytes(image[at : at + 4], "little")
        if 0x10_0000 <= value < 0x10_0000 + len(image):
            image[at : at + 4] = (value - ACPI_BASE_DIFFERENCE).to_bytes(4, "little")
    return bytes(image)


def inputs(name: str) -> list[bytes]:
    """Good input for a fuzzer."""
    if name == "device_tree":
        options = ("-smp", "4", "-m", "256M", *NUMA)
        return [compact(qemu_tree(*kind, *options)) for kind in (ARM, RISCV)]
    if name == "acpi":
        return [acpi_input()]
    if name == "pvh":
        return [Start().image()]
    if name == "ramdisk":
        return [archive(FILES), archive({"a": b"1"}, links=True)]
    if name == "symbols":
        return [symbol_file(SYMBOLS, LINES)]
    if name == "memory_map":
        return [bytes(17 * 4), bytes(range(17 * 15))]
    assert name == "command_line"
    return [b"log\0log=debug panic=halt", b'root\0 "root=my disk" x=1']


NAMES = ["device_tree", "acpi", "pvh", "ramdisk", "symbols", "memory_map", "command_line"]


def test_every_fuzzer_is_run(host_out: Path) -> None:
    """Given the fuzzers that were built, each has a test here."""
    sources = (Path(__file__).parent.parent / "fuzz").glob("fuzz_*.c")
    assert sorted(path.stem for path in sources) == sorted(f"fuzz_{name}" for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_fuzz(name: str, host_out: Path, tmp_path: Path) -> None:
    """Given some seconds of inputs that reach ever more of the code, no promise is broken."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for number, content in enumerate(inputs(name)):
        (corpus / f"good{number}").write_bytes(content)
    done = subprocess.run(
        [
            host_out / f"fuzz_{name}",
            f"-max_total_time={SECONDS}",
            f"-seed={SEED}",
            "-timeout=10",
            "-rss_limit_mb=1024",
            "-print_final_stats=1",
            f"-artifact_prefix={host_out}/{name}-",
            corpus,
        ],
        capture_output=True,
        text=True,
        timeout=SECONDS + 120,
    )
    assert done.returncode == 0, done.stderr[-6000:]
    assert "stat::number_of_executed_units" in done.stderr
