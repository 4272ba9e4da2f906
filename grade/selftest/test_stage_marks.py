"""The trees of a lab, made and graded by the commands that a person types."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from cairn.architectures import PROJECT
from selftest.synthetic_course import run

ARCH = os.environ.get("CAIRN_ARCH", "x86_64")
#: A helper of the student's own, which an exercise may call.
OWN = """#include "lib/string.h"

size_t own_length(const char *text);

size_t own_length(const char *text)
{
    return strnlen(text, 10);
}
"""


@pytest.mark.slow
@pytest.mark.parametrize("kind, points", [("start", 0), ("solution", 100)])
def test_a_tree_of_lab_01_has_its_marks(tmp_path: Path, kind: str, points: int) -> None:
    tree, report = tmp_path / "tree", tmp_path / "report.json"
    run(PROJECT, "make", "stage", "LAB=1", f"KIND={kind}", f"OUT={tree}")
    assert "Lab 01: Boot" in run(tree, "make", "help")
    (tree / "kernel/own/helper.c").write_text(OWN)
    (tree / "own/config.mk").write_text(f"ARCH ?= {ARCH}\n")
    run(tree, "make", "grade", "SEED=3", f"JSON={report}", status=0 if points == 100 else 2)
    facts = json.loads(report.read_text())
    assert (facts["arch"], facts["lab"], facts["points"]) == (ARCH, 1, points)
    failed = [test for e in facts["exercises"] for test in e["tests"] if not test["points"]]
    assert all(test["message"] for test in failed if not test["passed"])
    assert (tree / "build" / ARCH / "grade/objects/kernel/own/helper.c.o").is_file()
