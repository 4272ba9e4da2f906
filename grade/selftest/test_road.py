"""The student's road, walked through real git: tidily, messily, late, from a zip."""

from __future__ import annotations

import io
import json
import os
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from selftest.synthetic_course import AFTER, LABS, NEXT, commit, git, make_course, run

from cairn_labs.course.publish import correct, publish
from cairn_labs.course.sources import Course
from cairn_labs.course.stage import make_stage, write_tree
from cairn_labs.road.submission import Submission, assemble
from cairn_labs.road.work import Work

ARCH = os.environ.get("CAIRN_ARCH", "x86_64")
PLAIN = "kernel/plain/plain.c"
LINE = "kernel/boot/command_line.c"
ADD = "kernel/tally/tally_add.c"

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("road")]


@dataclass
class Class:
    """A course whose labs are all released, and lab 01 corrected since."""

    course: Course
    to: Path
    first: str  # lab/01 before the correction


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Class:
    folder = tmp_path_factory.mktemp("school")
    source, to = make_course(folder / "cairn"), folder / "class.git"
    publish(Course(source), str(to), 1, "handout")
    first = git(to, "rev-parse", "lab/01").strip()
    for lab in LABS[1:]:
        publish(Course(source), str(to), lab, "handout")
    for lab in LABS[1:]:
        publish(Course(source), str(to), lab, "start")
    path = source / PLAIN
    path.write_text(path.read_text().replace("/*\n", "/*\n * Corrected.\n", 1))
    (source / "labs/student/ERRATA.md").write_text("# Corrections\n\nLab 01: a comment.\n")
    commit(source, "Correct lab 01")
    correct(Course(source), str(to))
    return Class(Course(source), to, first)


class Student:
    """A student's folder, and what they type in it."""

    def __init__(self, school: Class, folder: Path, branch: str = "lab/01") -> None:
        self.school = school
        self.folder = folder
        git(folder.parent, "clone", "--quiet", "--branch", branch, str(school.to), folder.name)
        git(folder, "checkout", "--quiet", "-b", "mine")

    def road(self, *words: str, status: int = 0) -> str:
        """Types one of the road's commands."""
        return run(self.folder, "env", f"PYTHONPATH={self.folder / 'labs'}", sys.executable, "-m",
                   "cairn_labs.road", *words, status=status)

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def read(self, name: str) -> str:
        return (self.folder / name).read_text()

    def solve(self, lab: int) -> None:
        """Writes the reference into the files of a lab's exercises."""
        tree = make_stage(self.school.course, lab, "solution")
        for name, owner in Work(self.folder).exercise_files.items():
            if owner == lab:
                (self.folder / name).write_bytes(tree[name].data)

    def commit(self, message: str = "My work") -> None:
        commit(self.folder, message)

    def submission(self, lab: int, base: str = "own") -> Submission:
        return assemble(Work(self.folder), lab, base)

    def has_all_of(self, lab: int) -> bool:
        """Whether every given file is what the course has in its branch today."""
        changed = git(self.folder, "diff", "--name-only", f"origin/lab/{lab:02}").split()
        work = Work(self.folder)
        return not [name for name in changed if not work.is_own(name)]


@pytest.fixture
def student(school: Class, tmp_path: Path) -> Student:
    made = Student(school, tmp_path / "me")
    git(made.folder, "reset", "--quiet", "--hard", school.first)
    return made


def messy(student: Student) -> None:
    """Other correct solutions, helpers above and below, an extra include, own files, notes."""
    student.solve(1)
    text = student.read(LINE).replace('#include "plain/plain.h"\n',
                                      '#include "lib/string.h"\n#include "plain/plain.h"\n'
                                      '#include "own/mine.h"\n\nstatic int helper_above(void);\n')
    student.write(LINE, text + "\n/* Below. */\nstatic int helper_above(void)\n{\n"
                  "    return MINE;\n}\n\nint mine_below(void)\n{\n    return helper_above();\n}\n")
    student.write("kernel/own/mine.h", "enum { MINE = 1 };\nint mine_below(void);\n")
    student.write("kernel/own/mine.c", '#include "own/mine.h"\n\nint mine_twice(void);\n\n'
                  "int mine_twice(void)\n{\n    return 2 * mine_below();\n}\n")
    student.write("answers/01.md", "# Lab 01\n")
    student.write("NOTES.md", "To do: sleep.\n")
    student.write("own/config.mk", f"ARCH ?= {ARCH}\n")
    student.commit()


# --- from lab to lab ---------------------------------------------------------------------------


def test_tidy_work_merges_every_lab(student: Student) -> None:
    for lab in LABS:
        if lab > 1:
            assert "Done" in student.road("merge", "--lab", str(lab))
        student.solve(lab)
        student.commit(f"Lab {lab}")
    assert "Corrected." in student.read(PLAIN) and student.has_all_of(AFTER)
    submission = student.submission(AFTER)
    assert submission == Submission(student.folder, (), submission.hash)
    assert "already have all" in student.road("merge")


def test_messy_work_merges_every_lab(student: Student) -> None:
    messy(student)
    mine = student.read(LINE)
    for lab in LABS[1:]:
        student.road("merge", "--lab", str(lab))
        student.solve(lab)
        student.commit()
    assert student.read(LINE) == mine and student.read("NOTES.md") == "To do: sleep.\n"
    assert student.submission(AFTER).ignored == ("NOTES.md",)


def test_a_correction_reaches_a_student_who_has_come_further(student: Student,
                                                             school: Class) -> None:
    student.solve(1)
    student.commit()
    old = git(student.folder, "rev-list", "--reverse", f"origin/lab/{NEXT:02}", "--not",
              f"origin/lab/{NEXT - 1:02}").split()[0]
    git(student.folder, "merge", "--quiet", "--no-edit", old)
    student.solve(NEXT)
    student.commit()
    assert "Corrected." not in student.read(PLAIN)
    student.road("merge", "--lab", str(NEXT))
    assert "Corrected." in student.read(PLAIN) and "a comment" in student.read("ERRATA.md")
    assert student.submission(NEXT).ignored == ()


def test_a_late_start_goes_on_from_the_solutions(school: Class, tmp_path: Path) -> None:
    student = Student(school, tmp_path / "late", f"lab/{NEXT:02}-start")
    student.solve(NEXT)
    student.commit()
    student.road("merge", "--lab", str(AFTER))
    assert 'todo("1.3")' not in student.read(LINE) and f'todo("{AFTER}.1")' in student.read(
        "kernel/queue/queue_put.c")
    assert student.submission(AFTER).ignored == ()


def test_a_zip_is_adopted(school: Class, tmp_path: Path) -> None:
    folder = tmp_path / "zip"
    folder.mkdir()
    run(tmp_path, "git", "-C", str(school.to), "archive", "--output", str(tmp_path / "tree.tar"),
        school.first)
    run(folder, "tar", "--extract", "--file", str(tmp_path / "tree.tar"))
    zipped = Student.__new__(Student)
    zipped.school, zipped.folder = school, folder
    assert "not a git repository yet" in zipped.road("merge", "--lab", str(NEXT), status=1)
    git(folder, "init", "--quiet")
    zipped.solve(1)
    zipped.commit()
    assert "name the class's repository" in zipped.road("merge", "--lab", str(NEXT), status=1)
    for wrong, why in ((tmp_path / "nowhere", "does not appear to be a git repository"),
                       (folder, "it has no branch whose name begins with lab/")):
        said = zipped.road("merge", "--lab", str(NEXT), "--course", str(wrong), status=1)
        assert f"COURSE={wrong} is not the class's repository" in said and why in said
        assert git(folder, "remote") == ""
    said = zipped.road("merge", "--lab", str(NEXT), "--course", str(school.to))
    assert "it is lab 01's handout, with 0 of the course's files changed" in said
    assert 'todo("1.3")' not in zipped.read(LINE) and f'todo("{NEXT}.1")' in zipped.read(ADD)
    assert zipped.submission(NEXT).ignored == ()


def test_only_the_student_s_own_files_are_formatted(student: Student) -> None:
    for name in (PLAIN, LINE, "kernel/own/mine.c"):
        student.write(name, "int  wide( void );\n")
    run(student.folder, "make", "format")
    assert student.read(LINE) == student.read("kernel/own/mine.c") == "int wide(void);\n"
    assert student.read(PLAIN) == "int  wide( void );\n"


def test_switching_the_architecture_needs_one_line(student: Student) -> None:
    student.solve(1)
    student.write("own/config.mk", "ARCH ?= riscv64\n")
    student.commit()
    student.road("merge", "--lab", str(NEXT))
    said = run(student.folder, "make", "--dry-run", "clean", "V=1")
    assert student.read("own/config.mk") == "ARCH ?= riscv64\n" and said
    printed = run(student.folder, "make", "--eval=show: ; @echo $(ARCH)", "show")
    assert printed.strip() == "riscv64"
    student.write("own/config.mk", "ARCH ?= riscv64  # the simplest\n")
    assert "riscv64-linux-gnu-gcc" in run(student.folder, "make", "--dry-run", "V=1")
    assert "aarch64" in run(student.folder, "make", "--eval=show: ; @echo $(ARCH)", "show",
                            "ARCH=aarch64")


def reformat(student: Student) -> None:
    """Gives every C file another style, as an editor might."""
    for path in student.folder.glob("kernel/**/*.[ch]"):
        path.write_text(path.read_text().replace("    ", "\t"))
    path = student.folder / PLAIN
    path.write_text(path.read_text().replace("/*\n", "/* \n"))
    student.commit("Tabs!")


def test_a_reformatted_tree_explains_itself_and_restarts(student: Student) -> None:
    messy(student)
    reformat(student)
    mine, before = student.read(LINE), Work(student.folder).head()
    said = student.road("merge", "--lab", str(NEXT), status=1)
    assert "These files are the course's" in said and PLAIN in said
    assert f"make restart LAB={NEXT}" in said
    assert Work(student.folder).head() == before
    assert git(student.folder, "status", "--porcelain") == ""
    said = student.road("restart", "--lab", str(NEXT))
    assert "To undo: git reset --hard before-restart-" in said and "NOTES.md" in said
    assert student.read(LINE) == mine and student.has_all_of(NEXT)
    assert student.read("answers/01.md") == "# Lab 01\n"
    assert git(student.folder, "show", f"before-restart-{before[:8]}:NOTES.md")
    assert student.submission(NEXT).ignored == ()
    student.road("merge", "--lab", str(AFTER))


# --- safe on a dirty tree ----------------------------------------------------------------------


@pytest.mark.parametrize("words", [("merge", "--lab", str(NEXT)), ("restart", "--lab", str(NEXT)),
                                   ("adopt", "1.3"), ("handin",)])
def test_uncommitted_work_is_never_touched(student: Student, words: tuple[str, ...]) -> None:
    student.write(LINE, "/* half done */\n")
    student.write("kernel/own/new.c", "/* new */\n")
    before = Work(student.folder).head()
    said = student.road(*words, status=1)
    assert "not committed" in said and "git add --all && git commit" in said
    assert student.read(LINE) == "/* half done */\n"
    assert student.read("kernel/own/new.c") == "/* new */\n"
    assert Work(student.folder).head() == before


# --- adopting, hints, handing in ---------------------------------------------------------------


def test_who_falls_behind_adopts_an_old_exercise(student: Student) -> None:
    student.road("merge", "--lab", str(NEXT))
    assert "not released yet" in student.road("restart", "--lab", str(AFTER + 1), status=1)
    assert "there is no exercise" in student.road("adopt", "99.1", status=1)
    said = student.road("adopt", "1.3")
    assert LINE in said and "To undo" in said
    assert 'todo("1.3")' not in student.read(LINE) and student.read("own/adopted") == "1.3\n"
    assert 'todo("1.4")' in student.read("kernel/boot/memory_map_normalise.c")
    assert git(student.folder, "status", "--porcelain") == ""
    assert "already have" in student.road("adopt", "1.3")
    student.road("merge", "--lab", str(AFTER))


def test_each_call_tells_one_more_hint(student: Student) -> None:
    hints = Work(student.folder).exercise("1.4")[1].hints
    for count in (1, 2, 3, 3):
        said = student.road("hint", "1.4")
        assert [text in said for text in hints] == [place < count for place in range(3)]
    assert git(student.folder, "status", "--porcelain") == ""


def test_what_is_handed_in_is_the_student_s_own(student: Student) -> None:
    messy(student)
    said = student.road("handin", "--lab", str(AFTER), status=1)
    assert f"there is no lab {AFTER} here; choose one of: 1" in said
    assert not (student.folder / "build/handin").exists()
    said = student.road("handin", "--lab", "1")
    path = next((student.folder / "build/handin").iterdir())
    data = path.read_bytes()
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        names = set(archive.getnames())
        file = archive.extractfile("handin.json")
        assert file is not None
        facts = json.load(file)
    assert {LINE, "kernel/own/mine.c", "answers/01.md", "own/config.mk"} <= names
    assert "NOTES.md" not in names and PLAIN not in names
    assert facts["lab"] == 1 and facts["base"] == student.school.first
    assert facts["hash"] == student.submission(1).hash and LINE in said
    student.road("handin", "--lab", "1")
    assert path.read_bytes() == data


# --- what is graded ----------------------------------------------------------------------------


def test_only_the_student_s_own_files_are_graded(student: Student) -> None:
    messy(student)
    student.write(PLAIN, "/* mine now */\n")
    (student.folder / "grade/labs/lab01_boot/facts.py").unlink()
    student.write("kernel/probe/forged.c", "int forged;\n")
    student.write("kernel/own/new.c", "/* not committed yet */\n")
    submission = student.submission(1)
    assert submission.ignored == ("NOTES.md", "grade/labs/lab01_boot/facts.py",
                                  "kernel/plain/plain.c", "kernel/probe/forged.c")
    graded = submission.folder
    assert graded == student.folder / "build/submission"
    assert (graded / PLAIN).read_text() == git(student.school.to, "show",
                                               f"{student.school.first}:{PLAIN}")
    assert (graded / "grade/labs/lab01_boot/facts.py").is_file()
    assert not (graded / "kernel/probe/forged.c").exists()
    assert (graded / LINE).read_text() == student.read(LINE)
    assert (graded / "kernel/own/new.c").is_file()
    assert os.access(graded / "kernel/tools/host-tools.sh", os.X_OK)
    stamp = (graded / PLAIN).stat().st_mtime_ns
    (student.folder / "kernel/own/new.c").unlink()
    student.submission(1)
    assert not (graded / "kernel/own/new.c").exists()
    assert (graded / PLAIN).stat().st_mtime_ns == stamp


def test_the_reference_may_stand_for_earlier_labs(student: Student) -> None:
    student.road("merge", "--lab", str(NEXT))
    student.solve(NEXT)
    reference = student.submission(NEXT, "reference").folder
    assert 'todo("1.3")' in student.read(LINE)
    assert 'todo("1.3")' not in (reference / LINE).read_text()
    assert (reference / ADD).read_text() == student.read(ADD)


def test_a_local_mark_is_the_official_mark(student: Student, tmp_path: Path) -> None:
    messy(student)
    student.write(PLAIN, "#error this is not the course's\n")
    student.commit()
    report, official = tmp_path / "report.json", tmp_path / "official"
    said = run(student.folder, "make", "grade", "SEED=3", f"JSON={report}")
    facts = json.loads(report.read_text())
    assert facts["points"] == 100 and facts["ignored_files"] == ["NOTES.md", PLAIN]
    assert PLAIN in said and facts["submission_hash"] == student.submission(1).hash
    student.road("handin", "--lab", "1")
    write_tree(make_stage(student.school.course, 1, "handout"), official)
    with tarfile.open(next((student.folder / "build/handin").iterdir())) as archive:
        archive.extractall(official)
    run(official, "make", "grade", "SEED=3", f"JSON={report}")
    assert json.loads(report.read_text())["points"] == 100


def test_a_failure_that_an_earlier_lab_causes_is_named(student: Student, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    student.road("merge", "--lab", str(AFTER))
    for lab in LABS:
        student.solve(lab)
    student.write(ADD, student.read(ADD).replace("tally->counts[kind] = after;", "(void)after;"))
    student.write("own/config.mk", f"ARCH ?= {ARCH}\n")
    said = run(student.folder, "make", "grade", "SEED=3", f"JSON={report}", status=2)
    facts = json.loads(report.read_text())
    assert (facts["lab"], facts["points"]) == (AFTER, 0)
    assert "These failures come from your earlier labs" in said
    said = run(student.folder, "make", "grade", "SEED=3", "BASE=reference", f"JSON={report}")
    assert json.loads(report.read_text())["points"] == 100
