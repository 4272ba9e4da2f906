"""Sparse over all C: pointers to a device's registers are never mixed with pointers to memory."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from check.compiler import Database
from check.tree import Complaint

CONSTANTS = Path(__file__).parent / "sparse.h"
KEPT = ("-I", "-D", "-std=", "-ffreestanding")
# Undeclared symbols are the compiler's business: -Wmissing-prototypes.
WARNINGS = ["-Wsparse-error", "-Waddress-space", "-Wno-decl"]
MESSAGE = re.compile(r"(?P<path>[^:\n]+):(?P<line>\d+):\d+: (?:error|warning): (?P<text>.*)")
DETAIL = re.compile(r"[^:\n]+:\d+:\d+:    (?P<text>(?:expected|got) .*)")


def compiler_headers(compiler: str) -> str:
    """The folder of the compiler's own headers, the only ones that the kernel may have."""
    done = subprocess.run([compiler, "-print-file-name=include"], capture_output=True, text=True,
                          check=True)
    return done.stdout.strip()


def complaints_in(text: str) -> list[Complaint]:
    """What sparse says; lines that say more about the one before are put behind it."""
    found: list[Complaint] = []
    for line in text.splitlines():
        detail = DETAIL.match(line)
        message = MESSAGE.match(line)
        if detail and found:
            last = found.pop()
            words = " ".join(detail["text"].split())
            found.append(Complaint(last.path, last.line, f"{last.text}; {words}"))
        elif message:
            found.append(Complaint(message["path"].removeprefix("./"), int(message["line"]),
                                   message["text"]))
    return found


def run_sparse(top: Path, arguments: list[str]) -> list[Complaint]:
    """Complaints about one source."""
    done = subprocess.run(["sparse", *arguments], cwd=top, capture_output=True, text=True)
    found = complaints_in(done.stderr)
    if done.returncode != 0 and not found:
        said = done.stderr.strip() or f"exit status {done.returncode}"
        found.append(Complaint("sparse", 0, said))
    return found


def check_address_spaces(top: Path, databases: Iterable[Database]) -> Callable[[], list[Complaint]]:
    """The check, over every source of every architecture."""
    def check() -> list[Complaint]:
        if shutil.which("sparse") is None:
            return [Complaint("sparse", 0, "is not installed; run `make deps`")]
        jobs = []
        for database in databases:
            flags = [f"--arch={database.arch}", "-nostdinc", "-include", str(CONSTANTS), *WARNINGS,
                     "-isystem", compiler_headers(database.compiler),
                     *(flag for flag in database.flags if flag.startswith(KEPT))]
            jobs += [[*flags, source] for source in database.sources]
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            results = pool.map(lambda job: run_sparse(top, job), jobs)
        return sorted({complaint for found in results for complaint in found})
    return check
