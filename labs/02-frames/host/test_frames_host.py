"""The allocators on the host, with models in the fuzzers: long random runs, then fuzzing."""

from __future__ import annotations

import os
import random
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from host.tests.broken import SEED

HERE = Path(__file__).parent
SECONDS = int(os.environ.get("FUZZ_SECONDS", "3"))
# How many operations a long run has at least, and the bytes of one input.
OPERATIONS = int(os.environ.get("HOST_OPERATIONS", "1000000"))
INPUT_BYTES = 4000
INPUTS = 5
# Fuzzers that run on a machine: which one, and with which command line.
WHOLE = [
    *[("fuzz_frames", machine, "") for machine in range(7)],
    *[("fuzz_frames_lies", machine, "") for machine in (0, 2, 3)],
    *[("fuzz_heap", machine, f"heap={kind}")
      for machine in (0, 2) for kind in ("plain", "checked")],
]
# Those that try single parts.
PARTS = [(name, 0, "") for name in ("fuzz_frame_parts", "fuzz_heap_parts", "fuzz_lock")]


def run(name: str, machine: int, line: str, *arguments: str | Path) -> str:
    """Runs a fuzzer, which must end well; what it said."""
    host_out = Path(os.environ["HOST_OUT"])
    done = subprocess.run(
        [
            host_out / name,
            f"-seed={SEED}",
            "-timeout=60",
            "-rss_limit_mb=3000",
            "-len_control=0",
            f"-max_len={INPUT_BYTES}",
            f"-artifact_prefix={host_out}/{name}-{machine}-",
            *arguments,
        ],
        capture_output=True,
        text=True,
        timeout=600,
        env={**os.environ, "HOST_MACHINE": str(machine), "COMMAND_LINE": line},
    )
    assert done.returncode == 0, done.stderr[-6000:]
    return done.stderr


def random_inputs(folder: Path, name: str, numbers: Sequence[int]) -> list[Path]:
    """Files of random bytes, of which the first one, by which fuzzers choose a part, is not."""
    paths = []
    for number in numbers:
        rng = random.Random(f"{name} {number} {SEED}")
        paths.append(folder / str(number))
        paths[-1].write_bytes(bytes([number % 256]) + rng.randbytes(INPUT_BYTES - 1))
    return paths


def operations_in(said: str) -> int:
    """What a fuzzer counted."""
    found = re.search(r"^operations: (\d+)$", said, re.MULTILINE)
    assert found is not None, said[-2000:]
    return int(found.group(1))


def test_every_fuzzer_is_run() -> None:
    """Given the fuzzers of this folder, each has its tests."""
    names = {name for name, _, _ in WHOLE + PARTS}
    assert {path.stem for path in HERE.glob("fuzz_*.c")} == names


@pytest.mark.parametrize("name, machine, line", WHOLE)
def test_long_random_runs(tmp_path: Path, name: str, machine: int, line: str) -> None:
    """Given a share of a million random operations on each machine, no promise is broken."""
    share = sum(name == other for other, _, _ in WHOLE)
    done = first = 0
    while done < OPERATIONS // share:
        numbers = range(first, first + INPUTS)
        inputs = random_inputs(tmp_path, f"{name} {machine} {line}", numbers)
        done += operations_in(run(name, machine, line, *inputs))
        first += INPUTS


@pytest.mark.parametrize("name, machine, line", WHOLE + PARTS)
def test_fuzz(tmp_path: Path, name: str, machine: int, line: str) -> None:
    """Given some seconds of inputs that reach ever more of the code, no promise is broken."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    random_inputs(corpus, name, range(4))
    operations_in(run(name, machine, line, f"-max_total_time={SECONDS}", corpus))
