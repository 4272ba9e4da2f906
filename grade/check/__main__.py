"""Runs every check and prints what each one found.

Usage: python3 -m check DATABASES

DATABASES is a folder that holds <arch>/check.json, a compilation database for each architecture.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from check import analysers, contract_rules, include_rules, lab_rules, text_rules
from check.address_spaces import check_address_spaces
from check.compiler import ClangChecks, read_databases
from check.tree import Complaint, Rule, Tree

RULES: list[Rule] = [
    *text_rules.RULES, *include_rules.RULES, *contract_rules.RULES, *lab_rules.RULES]


def all_rules(tree: Tree) -> Iterable[Complaint]:
    for rule in RULES:
        yield from rule(tree)


def run(name: str, check: Callable[[], Iterable[Complaint]]) -> int:
    """Runs one check, prints what it found, and returns how much that was."""
    start = time.monotonic()
    found = sorted(set(check()))
    seconds = time.monotonic() - start
    result = "ok" if not found else f"{len(found)} found"
    print(f"  {name:<36} {result:<10} {seconds:5.1f} s", flush=True)
    for complaint in found:
        print(f"    {complaint}", flush=True)
    return len(found)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("databases", type=Path)
    options = parser.parse_args()

    tree = Tree.of_repository(Path.cwd())
    databases = read_databases(options.databases)
    clang = "clang: " + ", ".join(database.arch for database in databases)
    checks: list[tuple[str, Callable[[], Iterable[Complaint]]]] = [
        ("the project's rules", lambda: all_rules(tree)),
        ("clang-format", lambda: analysers.check_format(tree)),
        (clang, ClangChecks(tree, databases).run),
        ("sparse: address spaces", check_address_spaces(tree.top, databases)),
        ("cppcheck", lambda: analysers.check_cppcheck(tree)),
        ("mypy", lambda: analysers.check_mypy(tree)),
        ("flake8", lambda: analysers.check_flake8(tree)),
        ("shellcheck", lambda: analysers.check_shell(tree)),
    ]
    found = sum(run(name, check) for name, check in checks)
    print(f"{found} found" if found else "Everything is in order.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
