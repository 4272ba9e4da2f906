"""Publishing to a class: branches that only grow, corrections that flow up, nothing secret."""

from __future__ import annotations

from pathlib import Path

import pytest
from selftest.synthetic_course import LABS, NEXT, commit, git, make_course

from cairn_labs.course.publish import correct, publish
from cairn_labs.course.sources import Course
from cairn_labs.course.stage import make_stage
from cairn_labs.errors import SourceError

PLAIN = "kernel/plain/plain.c"

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("release")]


class Class:
    """An instructor's course and the class's repository."""

    def __init__(self, folder: Path) -> None:
        self.source = make_course(folder / "cairn")
        self.to = folder / "class.git"

    @property
    def course(self) -> Course:
        return Course(self.source)

    def publish(self, lab: int, kind: str = "handout") -> list[str]:
        return [entry.branch for entry in publish(self.course, str(self.to), lab, kind)]

    def correct(self) -> list[str]:
        return [entry.branch for entry in correct(self.course, str(self.to))]

    def change(self, name: str, old: str, new: str, note: str = "") -> None:
        """Changes a source, with a note in ERRATA.md or without."""
        path = self.source / name
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new, 1))
        if note:
            notes = self.source / "labs/student/ERRATA.md"
            notes.write_text(notes.read_text() + f"\n{note}\n")
        commit(self.source, f"Change {name}")

    def show(self, branch: str, name: str) -> str:
        return git(self.to, "show", f"{branch}:{name}")


@pytest.fixture
def school(tmp_path: Path) -> Class:
    return Class(tmp_path)


def test_each_lab_has_a_branch_on_top_of_the_one_before(school: Class) -> None:
    assert school.publish(1) == ["lab/01"]
    assert school.publish(2) == ["lab/02"]
    names = git(school.to, "ls-tree", "-r", "--name-only", "lab/02").split()
    assert set(names) == set(make_stage(school.course, 2, "handout"))
    git(school.to, "merge-base", "--is-ancestor", "lab/01", "lab/02")
    assert git(school.to, "symbolic-ref", "HEAD").strip() == "refs/heads/lab/01"
    assert school.publish(2) == []


def test_labs_are_released_in_order(school: Class) -> None:
    with pytest.raises(SourceError, match="has no lab/01 yet"):
        school.publish(2)
    with pytest.raises(SourceError, match="has no lab/01 yet"):
        school.publish(1, "solution")


def test_solutions_need_a_step_of_their_own(school: Class) -> None:
    for lab in LABS[:-1]:
        school.publish(lab)
    branch = f"lab/{NEXT:02}"
    assert git(school.to, "branch", "--list", "*-*") == ""
    assert school.publish(NEXT, "start") == [f"{branch}-start"]
    assert "tally_add(struct" in school.show(f"{branch}-start", "kernel/tally/tally_add.c")
    assert "sum_that_fits" not in school.show(f"{branch}-start", "kernel/tally/tally_add.c")
    assert school.publish(NEXT, "solution") == [f"{branch}-solution"]
    git(school.to, "merge-base", "--is-ancestor", branch, f"{branch}-solution")


def test_a_correction_flows_up_and_only_appends(school: Class) -> None:
    for lab in (1, 2):
        school.publish(lab)
    school.publish(2, "start")
    old = {name: git(school.to, "rev-parse", name).strip() for name in ("lab/01", "lab/02")}
    school.change(PLAIN, "/*\n", "/*\n * Corrected.\n", note="Lab 01: a comment.")
    with pytest.raises(SourceError, match="run `make errata` first"):
        school.publish(3)
    assert school.correct() == ["lab/01", "lab/02", "lab/02-start"]
    for name in ("lab/01", "lab/02", "lab/02-start"):
        assert "Corrected." in school.show(name, PLAIN)
        assert "a comment" in school.show(name, "ERRATA.md")
    for name, commit_before in old.items():
        git(school.to, "merge-base", "--is-ancestor", commit_before, name)
    git(school.to, "merge-base", "--is-ancestor", "lab/01", "lab/02")
    assert school.correct() == []
    assert school.publish(3) == ["lab/03"]


def test_a_correction_is_told(school: Class) -> None:
    school.publish(1)
    school.change(PLAIN, "/*\n", "/*\n * Corrected.\n")
    with pytest.raises(SourceError, match="ERRATA.md: does not tell"):
        school.correct()


def test_a_changed_stub_is_refused(school: Class) -> None:
    school.publish(1)
    school.change("kernel/boot/command_line.c", '//     todo("1.3");\n',
                  '//     todo("1.3"); /* here */\n', note="Lab 01: a stub.")
    with pytest.raises(SourceError, match="stub of exercise 1.3 has changed since lab/01"):
        school.correct()
    assert "here" not in school.show("lab/01", "kernel/boot/command_line.c")


def test_what_is_not_committed_is_not_published(school: Class) -> None:
    (school.source / "docs" / "new.md").write_text("# New\n")
    with pytest.raises(SourceError, match="not committed"):
        school.publish(1)


def test_a_rewrite_is_refused(school: Class, tmp_path: Path) -> None:
    school.publish(1)
    git(school.source, "commit", "--quiet", "--amend", "--message", "Another history")
    with pytest.raises(SourceError, match="they were rewritten"):
        school.publish(2)


def test_a_branch_that_somebody_else_pushed_to_is_refused(school: Class, tmp_path: Path) -> None:
    school.publish(1)
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", str(school.to), str(clone))
    (clone / "more.md").write_text("# More\n")
    commit(clone, "More")
    git(clone, "push", "--quiet", "origin", "lab/01")
    with pytest.raises(SourceError, match="was not made by `make release`"):
        school.publish(2)


def test_a_solution_in_any_object_is_refused(school: Class, tmp_path: Path) -> None:
    school.publish(1)
    text = (school.source / "kernel/boot/memory_map_normalise.c").read_text()
    secret = tmp_path / "secret"
    secret.write_text(text.replace("//@", "// "))
    git(school.to, "hash-object", "-w", str(secret))
    with pytest.raises(SourceError, match="exercise 1.4"):
        school.publish(2)
    assert git(school.to, "branch", "--list", "lab/02") == ""
