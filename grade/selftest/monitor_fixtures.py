"""Fixtures of the monitor's tests: the kernel, its ELF file, and machines at the prompt."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile

from selftest.monitor_session import Monitor, build_kernel


@pytest.fixture(scope="module", name="kernel")
def build_debug_kernel(arch: str) -> Path:
    return build_kernel(arch, "debug")


@pytest.fixture(scope="module", name="elf")
def open_elf(kernel: Path) -> Iterator[ELFFile]:
    with (kernel / "kernel.elf").open("rb") as file:
        yield ELFFile(file)


@pytest.fixture(scope="module", name="monitor")
def boot_monitor(
    arch: str, kernel: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Monitor]:
    """One machine for all tests that leave it as it was."""
    folder = tmp_path_factory.mktemp("monitor")
    with Monitor(arch, kernel, folder, command_line='log=debug note="two words"') as monitor:
        yield monitor


@pytest.fixture(name="fresh")
def boot_fresh_monitor(arch: str, kernel: Path, tmp_path: Path) -> Iterator[Monitor]:
    """A machine of the test's own, for tests that end it."""
    with Monitor(arch, kernel, tmp_path / "machine") as monitor:
        yield monitor
