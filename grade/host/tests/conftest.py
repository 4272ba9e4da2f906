"""What all host tests share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from host.tests.host_tables import Tables


@pytest.fixture(scope="session")
def host_out() -> Path:
    """Where `make host-tables` put the programs."""
    return Path(os.environ["HOST_OUT"])


@pytest.fixture(scope="session")
def tables(host_out: Path) -> Iterator[Tables]:
    """The kernel's parsers."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    running = Tables(host_out / "tables", host_out / f"last-failure-{worker}.bin")
    yield running
    running.close()
