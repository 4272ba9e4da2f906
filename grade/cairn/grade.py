"""`make grade`: builds, runs the tests, tells the marks."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from cairn.outputs import (
    read_submission,
    report_facts,
    write_gradescope,
    write_json,
    write_junit,
)
from cairn.report import print_report
from cairn.results import run_tests, say_problems
from cairn.scheme import choose_labs
from cairn.session import open_session

EXIT_FULL = 0
EXIT_FAILED = 1
EXIT_TROUBLE = 2


def command_of(options: argparse.Namespace, test: str = "") -> str:
    """The make command that does the same again."""
    words = ["make", "grade"]
    words += [f"LAB={options.lab}"] if options.lab else []
    words += [f"ARCH={options.arch}", f"SEED={options.seed}"]
    words += ["SAN=1"] if options.sanitized else []
    words += [f"GRADE_EXTRA={options.extra}"] if options.extra else []
    words += [f"TEST={test}"] if test else []
    return " ".join(words)


def extra_probes(extra: Path | None) -> list[Path]:
    """The folder of further probes, if there is one."""
    if extra is None:
        return []
    if not extra.is_dir():
        raise OSError(f"GRADE_EXTRA={extra} is not a folder")
    return [extra / "probes"] if (extra / "probes").is_dir() else []


def grade(options: argparse.Namespace) -> int:
    """Grades. Exit status 0 only for full marks."""
    labs = choose_labs(options.lab)
    extra = options.extra.resolve() if options.extra else None
    probes = extra_probes(extra)
    with open_session(options.arch, options.sanitized, options.seed, probes) as session:
        results = run_tests(
            session,
            labs,
            extra=extra,
            wanted=options.test,
            jobs=options.jobs,
            first_failure=options.first_failure,
            rerun=command_of(options, "{test}"),
        )
        if not results.exercises and not results.extra and not results.problems:
            asked = ", ".join(str(lab.number) for lab in labs)
            print(f"cairn: no test is called {options.test!r} in lab {asked}"
                  + ("; LAB=number or LAB=all looks further" if len(labs) == 1 else ""),
                  file=sys.stderr)
            return EXIT_TROUBLE
        submission = read_submission(options.submission)
        report = report_facts(session, results, options.test, submission)
        if options.json:
            write_json(options.json, report)
        if options.junit:
            write_junit(options.junit, report)
        if options.gradescope:
            write_gradescope(options.gradescope, report)
        print_report(session, results, command_of(options), submission)
    say_problems(results.problems)
    if results.problems:
        return EXIT_TROUBLE
    return EXIT_FULL if results.full else EXIT_FAILED
