"""Processes that keep the host's processors busy while something else is tried."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from cairn.process import die_with_parent


@contextmanager
def busy_host(processes: int = 2) -> Iterator[None]:
    """Keeps so many processors busy. The processes end with this one, whatever happens."""
    parent = os.getpid()
    started = [
        subprocess.Popen(
            [sys.executable, "-c", "while True: pass"],
            preexec_fn=lambda: die_with_parent(parent),
        )
        for _ in range(processes)
    ]
    try:
        yield
    finally:
        for process in started:
            process.kill()
            process.wait()
