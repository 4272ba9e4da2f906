"""Trees of regions, and memory objects, on the host: long random runs, then fuzzing."""

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
INPUT_BYTES = 4000
INPUTS = 50
NAMES = ["fuzz_region", "fuzz_object"]


def run(name: str, *arguments: str | Path) -> int:
    """Runs a fuzzer, which must end well; how many operations it counted."""
    host_out = Path(os.environ["HOST_OUT"])
    done = subprocess.run(
        [host_out / name, f"-seed={SEED}", "-timeout=60", "-len_control=0",
         f"-max_len={INPUT_BYTES}", f"-artifact_prefix={host_out}/{name}-", *arguments],
        capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-6000:]
    found = re.search(r"^operations: (\d+)$", done.stderr, re.MULTILINE)
    assert found is not None, done.stderr[-2000:]
    return int(found.group(1))


def random_inputs(folder: Path, name: str, first: int, count: int) -> list[Path]:
    """Files of random bytes."""
    paths = []
    for number in range(first, first + count):
        rng = random.Random(f"{name} {number} {SEED}")
        paths.append(folder / str(number))
        paths[-1].write_bytes(rng.randbytes(INPUT_BYTES))
    return paths


@pytest.mark.parametrize("name", NAMES)
def test_long_random_runs(tmp_path: Path, name: str) -> None:
    """Given a million random operations, the contracts are kept."""
    done = first = 0
    while done < OPERATIONS:
        done += run(name, *random_inputs(tmp_path, name, first, INPUTS))
        first += INPUTS


@pytest.mark.parametrize("name", NAMES)
def test_fuzz(tmp_path: Path, name: str) -> None:
    """Given some seconds of inputs that reach ever more of the code, the contracts are kept."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    random_inputs(corpus, name, 0, 4)
    run(name, f"-max_total_time={SECONDS}", corpus)
