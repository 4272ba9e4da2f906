"""The page-table walker on the host, with the entries of each architecture: long random runs, then
fuzzing."""

from __future__ import annotations

import os
import random
import re
import subprocess
from pathlib import Path

import pytest

from host.tests.broken import SEED

SECONDS = int(os.environ.get("FUZZ_SECONDS", "3"))
OPERATIONS = int(os.environ.get("HOST_OPERATIONS", "1000000"))
INPUT_BYTES = 40_000
INPUTS = 20
ARCHES = ("x86_64", "aarch64", "riscv64")


def run(arch: str, *arguments: str | Path) -> int:
    """Runs a fuzzer, which must end well; how many operations it counted."""
    host_out = Path(os.environ["HOST_OUT"])
    name = f"fuzz_page_table_{arch}"
    done = subprocess.run(
        [host_out / name, f"-seed={SEED}", "-timeout=120", "-len_control=0",
         f"-max_len={INPUT_BYTES}", f"-artifact_prefix={host_out}/{name}-", *arguments],
        capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr[-6000:]
    found = re.search(r"^operations: (\d+)$", done.stderr, re.MULTILINE)
    assert found is not None, done.stderr[-2000:]
    return int(found.group(1))


def random_inputs(folder: Path, arch: str, first: int, count: int, size: int) -> list[Path]:
    """Files of random bytes."""
    paths = []
    for number in range(first, first + count):
        paths.append(folder / str(number))
        paths[-1].write_bytes(random.Random(f"pages {arch} {number} {SEED}").randbytes(size))
    return paths


@pytest.mark.parametrize("arch", ARCHES)
def test_page_table_long_random_runs(tmp_path: Path, arch: str) -> None:
    """Given a third of a million random operations for each architecture, the contract is kept."""
    done = first = 0
    while done < OPERATIONS // len(ARCHES):
        done += run(arch, *random_inputs(tmp_path, arch, first, INPUTS, INPUT_BYTES))
        first += INPUTS


@pytest.mark.parametrize("arch", ARCHES)
def test_page_table_fuzz(tmp_path: Path, arch: str) -> None:
    """Given some seconds of inputs that reach ever more of the code, the contract is kept."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    random_inputs(corpus, arch, 0, 4, 2000)
    run(arch, f"-max_total_time={SECONDS}", corpus)
