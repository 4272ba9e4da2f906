"""What the grader's own tests share: a kernel with hostile probes, and the architecture."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from cairn.lab import Lab
from cairn.session import Session, open_session

HERE = Path(__file__).resolve().parent
HOSTILE = HERE / "hostile"
SEED = 7

# Tests that fail on purpose: test_reports.py has them graded.
collect_ignore = ["hostile"]


@pytest.fixture(scope="session")
def arch() -> str:
    """The architecture to try the grader on: `make grade-selftest ARCH=…`."""
    return os.environ.get("CAIRN_ARCH", "x86_64")


@pytest.fixture(scope="session")
def session(arch: str) -> Iterator[Session]:
    """A grading session whose kernel has the hostile probes."""
    with open_session(arch, False, SEED, [HOSTILE / "probes"]) as opened:
        yield opened


@pytest.fixture
def lab(session: Session, request: pytest.FixtureRequest, tmp_path: Path) -> Lab:
    """What a test of a lab gets, on the hostile kernel."""
    return Lab(session, f"selftest::{request.node.name}", "make grade-selftest", tmp_path)
