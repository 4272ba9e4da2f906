"""Batches of changed pages, and identifiers, on the host: long random runs, then fuzzing."""

from __future__ import annotations

import os
import random
import re
import subprocess
from pathlib import Path

from host.tests.broken import SEED

SECONDS = int(os.environ.get("FUZZ_SECONDS", "3"))
OPERATIONS = int(os.environ.get("HOST_OPERATIONS", "1000000"))
INPUT_BYTES = 4000
INPUTS = 50
NAME = "fuzz_tlb"


def run(*arguments: str | Path) -> int:
    """Runs the fuzzer, which must end well; how many operations it counted."""
    host_out = Path(os.environ["HOST_OUT"])
    done = subprocess.run(
        [host_out / NAME, f"-seed={SEED}", "-timeout=60", "-len_control=0",
         f"-max_len={INPUT_BYTES}", f"-artifact_prefix={host_out}/{NAME}-", *arguments],
        capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-6000:]
    found = re.search(r"^operations: (\d+)$", done.stderr, re.MULTILINE)
    assert found is not None, done.stderr[-2000:]
    return int(found.group(1))


def random_inputs(folder: Path, first: int, count: int) -> list[Path]:
    """Files of random bytes; every other one for the batch, every other one for the pool."""
    paths = []
    for number in range(first, first + count):
        rng = random.Random(f"{NAME} {number} {SEED}")
        paths.append(folder / str(number))
        paths[-1].write_bytes(bytes([number % 2]) + rng.randbytes(INPUT_BYTES - 1))
    return paths


def test_tlb_long_random_runs(tmp_path: Path) -> None:
    """Given a million random operations, the contracts are kept."""
    done = first = 0
    while done < OPERATIONS:
        done += run(*random_inputs(tmp_path, first, INPUTS))
        first += INPUTS


def test_tlb_fuzz(tmp_path: Path) -> None:
    """Given some seconds of inputs that reach ever more of the code, the contracts are kept."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    random_inputs(corpus, 0, 4)
    run(f"-max_total_time={SECONDS}", corpus)
