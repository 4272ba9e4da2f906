"""The exact lane: one seed, one run, on a quiet host and on a busy one."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest

from cairn.lab import Lab
from cairn.requests import request
from cairn.session import Session
from selftest.bare_guest import expected_report, guest_setup, run_guest
from selftest.busy import busy_host

RUNS = 10


def transcript_of(session: Session, folder: Path) -> tuple[object, ...]:
    """All that a boot tells: status, facts and instructions of each reply, and the console."""
    lab = Lab(session, "selftest::exact", "make grade-selftest", folder)
    asked = [request("hostile.spin", n) for n in (1, 1000, 1_000_000)]
    asked += [request("hostile.console_garbage"), request("no.such.probe")]
    run = lab.run(asked)
    replies = [(reply.status, reply.fact_list, reply.instructions) for reply in run.replies]
    return replies, run.console_bytes, lab.instructions


@pytest.mark.parametrize("host", ["quiet", "busy"])
def test_given_one_seed_then_ten_runs_are_one(session: Session, tmp_path: Path, host: str) -> None:
    first = transcript_of(session, tmp_path / "first")
    with busy_host() if host == "busy" else nullcontext():
        others = [transcript_of(session, tmp_path / str(n)) for n in range(RUNS - 1)]
    assert all(other == first for other in others)


def test_given_another_seed_then_the_secrets_differ(session: Session, tmp_path: Path) -> None:
    scripts = set()
    for seed in (1, 2):
        lab = Lab(replace(session, seed=seed), "selftest::seed", "", tmp_path / str(seed))
        lab.run([request("hostile.spin", 1)])
        ramdisk = lab.setups[0].ramdisk
        assert ramdisk is not None
        scripts.add(ramdisk.read_bytes())
    assert len(scripts) == 2


@pytest.mark.parametrize("host", ["quiet", "busy"])
def test_given_four_processors_that_never_pause_then_runs_are_one(
    arch: str, tmp_path: Path, host: str
) -> None:
    with busy_host() if host == "busy" else nullcontext():
        consoles = {
            run_guest(guest_setup(arch, tmp_path, seed=5), tmp_path / str(n)) for n in range(RUNS)
        }
    assert len(consoles) == 1
    text = consoles.pop().decode("ascii")
    assert text.endswith(expected_report())
    for letter in "abcd":
        assert text.count(letter) >= 16, "every processor told of each round"


def test_given_other_seeds_then_four_processors_take_turns_differently(
    arch: str, tmp_path: Path
) -> None:
    consoles = {
        run_guest(guest_setup(arch, tmp_path, seed), tmp_path / str(seed)) for seed in range(6)
    }
    assert len(consoles) > 1
    assert all(console.decode("ascii").endswith(expected_report()) for console in consoles)


def test_given_no_heartbeat_then_processors_that_never_pause_are_not_alternated(
    arch: str, tmp_path: Path
) -> None:
    """The heartbeat is what lets the four alternate: without it each one runs to its end."""
    setup = guest_setup(arch, tmp_path, seed=5, heartbeat=False)
    text = run_guest(setup, tmp_path / "still", seconds=5.0).decode("ascii", "replace")
    turns = text.rpartition("\r\n")[2].partition("\n")[0]  # Behind the firmware's own output.
    switches = sum(a != b for a, b in zip(turns, turns[1:]))
    assert switches <= 4
