"""The files of the project, and complaints about them."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path


@dataclass(frozen=True, order=True)
class Complaint:
    """Something that breaks a rule, at a place."""

    path: str
    line: int
    text: str

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else self.path
        return f"{place}: {self.text}"


class SourceFile:
    """A file of the project; its name is relative to the project's top."""

    def __init__(self, top: Path, name: str) -> None:
        self.path = Path(name)
        self.name = name
        self._top = top

    @cached_property
    def data(self) -> bytes:
        return (self._top / self.path).read_bytes()

    @cached_property
    def text(self) -> str:
        return self.data.decode(errors="replace")

    @cached_property
    def lines(self) -> list[str]:
        return self.text.split("\n")

    @property
    def is_binary(self) -> bool:
        return b"\0" in self.data

    def within(self, *folders: str) -> bool:
        return any(self.name.startswith(folder.rstrip("/") + "/") for folder in folders)

    def complain(self, line: int, text: str) -> Complaint:
        return Complaint(self.name, line, text)


Rule = Callable[["Tree"], Iterable[Complaint]]


class Tree:
    """All files that belong to the project: tracked, or new and not ignored."""

    def __init__(self, top: Path, names: Iterable[str]) -> None:
        self.top = top
        self.files = [SourceFile(top, name) for name in sorted(names)]

    @classmethod
    def of_repository(cls, top: Path) -> Tree:
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=top, check=True, capture_output=True, text=True)
        names = [name for name in listed.stdout.split("\0") if name]
        return cls(top, [name for name in names if (top / name).is_file()])

    def with_suffix(self, *suffixes: str) -> list[SourceFile]:
        return [file for file in self.files if file.path.suffix in suffixes]

    def kernel_c(self) -> list[SourceFile]:
        """C and headers of the kernel, assembly too: what the preprocessor reads."""
        return [file for file in self.with_suffix(".c", ".h", ".S", ".ld", ".def")
                if file.within("kernel")]

    def find(self, name: str) -> SourceFile | None:
        return next((file for file in self.files if file.name == name), None)
