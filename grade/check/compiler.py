"""Clang over all C: lock annotations, headers that stand alone, stubs that build without a warning.

The kernel is built by GCC; its flags come from compilation databases, one for each architecture,
and are turned into what clang understands.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from cairn_labs.errors import SourceError
from cairn_labs.markers import Source

from check.include_rules import ARCHES, arch_folder
from check.tree import Complaint, SourceFile, Tree

# Flags that clang does not have, or that make no difference to what it checks.
GCC_ONLY = re.compile(
    r"-fno-tree-loop-distribute-patterns|-fno-optimize-sibling-calls|-g.*|-O.|-ffile-prefix-map=.*"
    r"|-mno-outline-atomics|-mno-omit-leaf-frame-pointer|-fcf-protection=.*|-W.*|-c")
CLANG_WARNINGS = [
    "-Wall", "-Wextra", "-Werror", "-Wthread-safety", "-Wthread-safety-beta", "-Wshadow", "-Wundef",
    "-Wmissing-prototypes", "-Wstrict-prototypes", "-Wimplicit-fallthrough", "-Wcast-qual",
    "-Wno-unused-command-line-argument",
    # A header by itself has functions that nobody calls yet.
    "-Wno-unused-function", "-Wno-undefined-inline", "-Wno-undefined-internal",
    # GCC has attributes that clang has not.
    "-Wno-unknown-attributes",
]
DIAGNOSTIC = re.compile(
    r"(?P<path>[^:\n]+):(?P<line>\d+):\d+: (?:error|fatal error|warning): (?P<text>.*)")


@dataclass(frozen=True)
class Database:
    """How the sources are compiled for one architecture."""

    arch: str
    compiler: str
    flags: tuple[str, ...]
    sources: tuple[str, ...]

    @classmethod
    def read(cls, path: Path, arch: str) -> Database:
        commands = [entry for entry in json.loads(path.read_text()) if entry["file"].endswith(".c")]
        flags = [f"--target={arch}-linux-gnu", "-ffreestanding"]
        for flag in commands[0]["arguments"][1:-2]:
            if flag.startswith("-march=rv64"):
                # Clang names the base set only; the extensions that GCC splits off are part of it.
                flags.append(flag.split("_")[0])
            elif not GCC_ONLY.fullmatch(flag):
                flags.append(flag)
        sources = tuple(entry["file"] for entry in commands)
        return cls(arch, commands[0]["arguments"][0], tuple(flags), sources)


def run_clang(top: Path, arguments: list[str], source: str | None = None) -> list[Complaint]:
    """Complaints of one run; source is what the compiler reads instead of a file."""
    command = ["clang", "-fsyntax-only", "-fno-caret-diagnostics", "-fno-color-diagnostics",
               *arguments, *CLANG_WARNINGS]
    done = subprocess.run(command, cwd=top, capture_output=True, text=True, input=source)
    found = [Complaint(match["path"].removeprefix("./"), int(match["line"]), match["text"])
             for match in DIAGNOSTIC.finditer(done.stderr)]
    if done.returncode != 0 and not found:
        found.append(Complaint("clang", 0, done.stderr.strip() or f"exit status {done.returncode}"))
    return found


def stubbed(file: SourceFile) -> str | None:
    """A file with its exercise as a stub; None when it holds none, or its markers make no sense."""
    try:
        source = Source(file.name, file.text)
        numbers = [region.number for region in source.exercises]
        return source.render(numbers) if numbers else None
    except SourceError:
        return None  # check.lab_rules tells that.


class ClangChecks:
    """All runs of clang, side by side."""

    def __init__(self, tree: Tree, databases: list[Database]) -> None:
        self._tree = tree
        self._databases = databases

    def _sources(self, database: Database) -> Iterator[list[str]]:
        for source in database.sources:
            yield [*database.flags, source]

    def _headers(self, database: Database) -> Iterator[tuple[list[str], str]]:
        """A header that includes what it needs compiles alone."""
        for file in self._tree.with_suffix(".h"):
            # A machine header is the end of a contract header, not one of its own.
            if not file.within("kernel") or file.path.parent.name == "machine":
                continue
            # Generic headers are the same everywhere: once is enough.
            generic = not file.within("kernel/arch")
            if (database is not self._databases[0] if generic
                    else arch_folder(file) not in (None, database.arch)):
                continue
            # A user of the ABI has the ABI's folder only.
            abi = file.within("kernel/include")
            flags = [flag for flag in database.flags if not abi or not flag.startswith("-I")]
            extra = ["-Ikernel/include"] if abi else []
            yield [*flags, *extra, "-x", "c", "-"], f'#include "{file.name}"\n'

    def _stubs(self, database: Database) -> Iterator[tuple[list[str], str]]:
        for source in database.sources:
            file = self._tree.find(source)
            text = stubbed(file) if file else None
            if file and text is not None:
                text = f'#line 1 "{source} (stub)"\n' + text
                yield [*database.flags, f"-I{file.path.parent}", "-x", "c", "-"], text

    def run(self) -> list[Complaint]:
        jobs: list[tuple[list[str], str | None]] = []
        for database in self._databases:
            jobs += [(arguments, None) for arguments in self._sources(database)]
            jobs += [(["-I.", *arguments], text) for arguments, text in self._headers(database)]
            jobs += list(self._stubs(database))
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            results = pool.map(lambda job: run_clang(self._tree.top, *job), jobs)
        return sorted({complaint for found in results for complaint in found})


def read_databases(folder: Path) -> list[Database]:
    return [Database.read(folder / arch / "check.json", arch) for arch in ARCHES
            if (folder / arch / "check.json").exists()]
