"""Other people's analysers: clang-format, cppcheck, mypy, flake8, shellcheck."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from check.tree import Complaint, Tree

HERE = Path(__file__).parent
CLANG_FORMAT_MAJOR = 14


def _lines(command: list[str], top: Path) -> tuple[int, list[str]]:
    done = subprocess.run(command, cwd=top, capture_output=True, text=True)
    return done.returncode, (done.stdout + done.stderr).splitlines()


def _complaints(command: list[str], top: Path, pattern: str) -> list[Complaint]:
    """Runs a tool and reads what it says; pattern has the groups path, line and text."""
    status, lines = _lines(command, top)
    matches = (re.match(pattern, line) for line in lines)
    found = [Complaint(m["path"].removeprefix("./"), int(m["line"]), m["text"])
             for m in matches if m]
    if status != 0 and not found:
        found.append(Complaint(command[0], 0, "\n".join(lines) or f"exit status {status}"))
    return found


def clang_format() -> str | None:
    """The formatter of the version that the project's format is defined by."""
    for name in (f"clang-format-{CLANG_FORMAT_MAJOR}", "clang-format"):
        if shutil.which(name):
            version = subprocess.run([name, "--version"], capture_output=True, text=True).stdout
            found = re.search(r"version (\d+)", version)
            if found and int(found.group(1)) == CLANG_FORMAT_MAJOR:
                return name
    return None


def check_format(tree: Tree) -> list[Complaint]:
    tool = clang_format()
    if tool is None:
        print(f"  note: formatting was not checked; that needs clang-format {CLANG_FORMAT_MAJOR}",
              file=sys.stderr)
        return []
    files = [file.name for file in tree.with_suffix(".c", ".h")]
    pattern = r"(?P<path>[^:]+):(?P<line>\d+):\d+: error: (?P<text>code should be clang-formatted)"
    found = _complaints([tool, "--dry-run", "-Werror", *files], tree.top, pattern)
    first = {complaint.path: complaint for complaint in reversed(found)}
    return [Complaint(c.path, c.line, "is not formatted; run `make format`") if c.line else c
            for c in first.values()]


def check_cppcheck(tree: Tree) -> list[Complaint]:
    folders = ["-Ikernel", "-Ikernel/include"]
    files = [file.name for file in tree.with_suffix(".c")
             if file.within("kernel", "user", "drivers")]
    command = [
        "cppcheck", "--quiet", "--std=c11", "--platform=unix64", "-j2", "--inline-suppr",
        "--enable=warning,performance,portability", f"--suppressions-list={HERE / 'cppcheck.txt'}",
        "--error-exitcode=1", "--template={file}:{line}: {message} [{id}]",
        "-D__GNUC__=12", "-DCAIRN_GRADE=1", "-DCAIRN_CHECKED=1", *folders, *files]
    return _complaints(command, tree.top, r"(?P<path>[^:]+):(?P<line>\d+): (?P<text>.*)")


def _python_files(tree: Tree) -> list[str]:
    return [file.name for file in tree.with_suffix(".py")]


def check_mypy(tree: Tree) -> list[Complaint]:
    command = ["mypy", f"--config-file={HERE / 'mypy.ini'}", "--cache-dir=build/mypy",
               *_python_files(tree)]
    return _complaints(command, tree.top, r"(?P<path>[^:]+):(?P<line>\d+): (?P<text>error: .*)")


def check_flake8(tree: Tree) -> list[Complaint]:
    command = ["flake8", f"--config={HERE / 'flake8.ini'}", *_python_files(tree)]
    return _complaints(command, tree.top, r"(?P<path>[^:]+):(?P<line>\d+):\d+: (?P<text>.*)")


def check_shell(tree: Tree) -> list[Complaint]:
    files = [file.name for file in tree.files
             if file.lines[0].startswith("#!") and re.search(r"\b(ba)?sh$", file.lines[0])]
    command = ["shellcheck", "--format=gcc", "--external-sources", "--exclude=SC1091", *files]
    return _complaints(command, tree.top, r"(?P<path>[^:]+):(?P<line>\d+):\d+: (?P<text>.*)")
