"""A student's tree without the course's history: what is not as the course gave it is told."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from cairn.architectures import PROJECT
from selftest.synthetic_course import commit, git, run

from cairn_labs.course.sources import Course
from cairn_labs.course.stage import KINDS, Tree, make_stage, write_tree
from cairn_labs.manifest import MANIFEST, read_manifest
from cairn_labs.road.submission import Submission, assemble
from cairn_labs.road.work import Trouble, Work

ARCH = os.environ.get("CAIRN_ARCH", "x86_64")
PLAIN = "kernel/plain/plain.c"
LINE = "kernel/boot/command_line.c"
TOOL = "kernel/tools/host-tools.sh"


@pytest.fixture(scope="module")
def handout() -> Tree:
    return make_stage(Course(PROJECT), 1, "handout")


@pytest.fixture
def folder(handout: Tree, tmp_path: Path) -> Path:
    """A handout as it comes out of a zip."""
    write_tree(handout, tmp_path / "lab01")
    return tmp_path / "lab01"


def submission(folder: Path) -> Submission:
    return assemble(Work(folder), 1, "own")


def change(folder: Path, name: str, text: str = "/* mine */\n") -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)


@pytest.mark.parametrize("kind", KINDS)
def test_the_list_names_what_is_given(handout: Tree, kind: str) -> None:
    course = Course(PROJECT)
    tree = make_stage(course, 1, kind)
    assert tree[MANIFEST] == handout[MANIFEST]
    own = {name for name in tree if name in course.exercise_files
           or name.startswith(("answers/", "own/", "kernel/own/", "user/own/"))}
    assert set(read_manifest(tree[MANIFEST].data.decode())) == set(tree) - own - {MANIFEST}
    assert {LINE, "own/config.mk", "answers/01.md"} <= own


def test_the_list_is_what_sha256sum_reads(folder: Path) -> None:
    assert run(folder, "sha256sum", "--quiet", "--check", MANIFEST) == ""


def own_files_only(folder: Path) -> None:
    for name in (LINE, "kernel/own/mine.c", "answers/01.md", "own/config.mk", "build/x", "a.pyc",
                 "compile_commands.json", "labs/cairn_labs/__pycache__/x.py"):
        change(folder, name)


@pytest.mark.parametrize("do", [lambda folder: None, own_files_only])
def test_own_files_are_graded_in_place(folder: Path, do: Callable[[Path], None]) -> None:
    do(folder)
    got = submission(folder)
    assert (got.folder, got.ignored, got.altered) == (folder, (), ())


def test_added_files_are_left_out(folder: Path) -> None:
    for name in (LINE, "kernel/probe/forged.c", "notes.txt", "kernel/build/x.c"):
        change(folder, name)
    got = submission(folder)
    assert got.ignored == ("kernel/build/x.c", "kernel/probe/forged.c", "notes.txt")
    assert got.altered == () and got.folder == folder / "build/submission"
    assert not (got.folder / "kernel/probe/forged.c").exists()
    assert (got.folder / LINE).read_text() == "/* mine */\n"
    assert os.access(got.folder / TOOL, os.X_OK)
    assert submission(got.folder) == Submission(got.folder, (), got.hash)


def test_changed_files_are_named(folder: Path) -> None:
    change(folder, PLAIN)
    (folder / "docs/glossary.md").unlink()
    got = submission(folder)
    assert got == Submission(folder, (), got.hash, ("docs/glossary.md", PLAIN))
    change(folder, "notes.txt")
    got = submission(folder)
    assert got.altered == ("docs/glossary.md", PLAIN) and got.ignored == ("notes.txt",)
    assert (got.folder / PLAIN).read_text() == "/* mine */\n"


def test_the_student_s_own_repository_may_have_the_originals(folder: Path, handout: Tree) -> None:
    git(folder, "init", "--quiet")
    change(folder, "README.md")
    commit(folder, "As it came, nearly")
    change(folder, PLAIN)
    commit(folder, "More")
    (folder / TOOL).unlink()
    got = submission(folder)
    assert got.ignored == (PLAIN, TOOL) and got.altered == ("README.md",)
    assert (got.folder / PLAIN).read_bytes() == handout[PLAIN].data
    assert (got.folder / TOOL).read_bytes() == handout[TOOL].data
    assert os.access(got.folder / TOOL, os.X_OK)
    assert (got.folder / "README.md").read_text() == "/* mine */\n"


def test_a_list_that_is_gone_is_named(folder: Path) -> None:
    (folder / MANIFEST).unlink()
    assert submission(folder).altered == (MANIFEST,)
    change(folder, MANIFEST, "nonsense\n")
    assert submission(folder) == Submission(folder, (), submission(folder).hash, (MANIFEST,))


def test_the_reference_needs_the_history(folder: Path) -> None:
    with pytest.raises(Trouble, match="no history of the course"):
        assemble(Work(folder), 1, "reference")


def test_the_report_tells_both(folder: Path) -> None:
    change(folder, PLAIN, (folder / PLAIN).read_text() + "\n/* mine */\n")
    change(folder, "notes.txt")
    report = folder / "build" / "report.json"
    done = subprocess.run(
        ["make", "-C", str(folder), "grade", "TEST=1.3", f"ARCH={ARCH}", "SEED=3", "JOBS=1",
         f"JSON={report}"], capture_output=True, text=True, check=False, timeout=300)
    facts = json.loads(report.read_text())
    assert (facts["ignored_files"], facts["altered_files"]) == (["notes.txt"], [PLAIN])
    ignored, _, altered = done.stdout.partition("OFFICIAL MARK WILL USE THE ORIGINALS")
    assert "\n  notes.txt\n" in ignored and f"\n  {PLAIN}\n" in altered
    assert "exercise 1.3 is not implemented" in done.stdout and facts["points"] == 0
