"""`make course`: what it proves, what it makes of what it finds, and what it keeps."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cairn.architectures import PROJECT
from rich.console import Console
from selftest.synthetic_course import LABS, NEXT, run

from cairn_labs.course.sources import Course
from cairn_labs.course.stage import File, Tree, make_stage
from cairn_labs.description import read_labs
from cairn_labs.errors import SourceError
from cairn_labs.mutants import read_alternatives
from cairn_labs.proof.choice import ARCHES, changed_files, choose, in_rotation, narrowed
from cairn_labs.proof.judge import Want, judge
from cairn_labs.proof.keys import grading_key, scheme_of, sources_key
from cairn_labs.proof.prover import Outcome, Prover, State
from cairn_labs.proof.report import print_end
from cairn_labs.proof.roads import (GIT, School, Student, messy_solutions, messy_text, walk_messily,
                                    walk_tidily)
from cairn_labs.proof.schedule import run_steps
from cairn_labs.proof.steps import ALONE, MESSY, Step, plan
from cairn_labs.proof.workbench import Processes, Workbench, Wrong

UNDONE = "exercise 1.2 is not implemented (kernel/a.c:7)"


# --- what is proved ------------------------------------------------------------------------------


def owners(name: str) -> list[int]:
    """The labs of a course of four, of which three bring files."""
    return {"kernel/log/log.c": [1], "kernel/frames/frames.c": [2], "Makefile": [1],
            "kernel/arch/aarch64/mmu.c": [2], "kernel/queue/queue.c": [4]}.get(name, [])


def every(lab: int) -> set[tuple[int, str]]:
    return {(lab, arch) for arch in ARCHES}


@pytest.mark.parametrize("changed, full", [
    (["docs/use.md", "labs/02-f/README.md", ".ci/run", "labs/01-boot/mutants/1.1.toml"], set()),
    (["kernel/frames/frames.c"], every(2) | {(4, "riscv64")}),
    (["kernel/log/log.c", "kernel/frames/frames.c"], every(1) | every(2) | {(4, "riscv64")}),
    (["kernel/arch/aarch64/mmu.c"], {(2, "aarch64"), (2, "riscv64"), (4, "riscv64")}),
    (["kernel/queue/queue.c"], every(4)),
    (["grade/cairn/lab.py", "labs/cairn_labs/markers.py"], {(4, "riscv64")}),
    (["kernel/nobody.c"], {(4, "riscv64")}),
    (None, every(1) | every(2) | every(3) | every(4)),
])
def test_a_change_decides_what_is_proved(changed: list[str] | None,
                                         full: set[tuple[int, str]]) -> None:
    choice = choose([1, 2, 3, 4], owners, changed, "riscv64")
    assert choice.full == full
    rest = {(lab, "riscv64") for lab in (1, 2, 3, 4)} - full
    assert choice.canary == rest
    assert {arch for _, arch in narrowed(choice, [2], "aarch64").full} <= {"aarch64"}


def test_every_architecture_has_its_turn() -> None:
    assert {in_rotation(commits) for commits in (41, 42, 43)} == set(ARCHES)


def test_a_change_is_what_differs_and_what_is_new(tmp_path: Path) -> None:
    def commit(name: str) -> None:
        (tmp_path / name).write_text(name)
        run(tmp_path, "git", "add", "--all")
        run(tmp_path, "git", "commit", "--quiet", "--message", name)

    run(tmp_path, "git", "init", "--quiet")
    commit("first")
    assert changed_files(tmp_path, "") is None
    commit("second")
    commit("third")
    (tmp_path / "first").write_text("changed")
    (tmp_path / "new").write_text("new")
    assert changed_files(tmp_path, "") == ["first", "new", "third"]
    assert changed_files(tmp_path, "HEAD~2") == ["first", "new", "second", "third"]
    with pytest.raises(SourceError, match="gone"):
        changed_files(tmp_path, "gone")


def test_a_full_proof_has_every_lab_kind_and_exercise() -> None:
    labs = read_labs(PROJECT)
    steps = plan(labs, choose([lab.number for lab in labs], owners, None, "x86_64"))
    for lab in labs:
        for arch in ARCHES:
            mine = [step for step in steps if (step.lab, step.arch) == (lab.number, arch)]
            assert {step.kind for step in mine} == {"handout", "start", "solution", ALONE, MESSY}
            assert [step.exercise for step in mine if step.kind == ALONE] == [
                exercise.id for exercise in lab.exercises]
    assert len(set(steps)) == len(steps)


# --- what is made of marks -----------------------------------------------------------------------


def exercise(number: str, *tests: tuple[int, int, str]) -> dict[str, Any]:
    """An exercise of a report: for each test points, most points, message."""
    return {"id": number, "points": sum(test[0] for test in tests),
            "max_points": sum(test[1] for test in tests),
            "tests": [{"id": f"test_{place}", "passed": not message, "points": points,
                       "message": message} for place, (points, _, message) in enumerate(tests)]}


def judged(*exercises: dict[str, Any], stub: str = "", problems: tuple[str, ...] = ()) -> str:
    """What is said of a grading in which 1.2 is a stub and all others are solved."""
    report = {"exercises": list(exercises), "problems": list(problems)}
    return "\n".join(judge(report, lambda number: Want.NOTHING if number == "1.2" else Want.FULL,
                           stub))


GOOD = exercise("1.1", (3, 3, ""), (2, 2, ""))
STUB = exercise("1.2", (0, 5, UNDONE))


def test_what_is_as_it_should_be_is_not_told() -> None:
    assert judged(GOOD, STUB) == "" and judged(GOOD, STUB, stub="1.2") == ""


@pytest.mark.parametrize("said, text", [
    (judged(GOOD, exercise("1.2", (0, 5, UNDONE), (2, 2, ""))),
     "exercise 1.2 is a stub and earns 2 of 7 points, by test_1"),
    (judged(exercise("1.1", (3, 3, ""), (0, 2, "asked: 7\nexpected: 8")), STUB),
     "exercise 1.1 earns 3 of 5 points. test_1:\n    asked: 7\n    expected: 8"),
    (judged(exercise("1.1", (0, 3, "lost")), STUB, stub="1.2"),
     "exercise 1.1, while 1.2 alone is a stub, earns 0 of 3 points. test_0:\n    lost"),
    (judged(GOOD, exercise("1.2", (0, 5, f"{UNDONE}\nthe kernel panicked: NULL"))),
     f"the kernel panics in test_0:\n    {UNDONE}\n    the kernel panicked: NULL"),
    (judged(GOOD, exercise("1.2", (0, 5, "wrong number")), stub="1.2"),
     "test_0 fails and does not tell that exercise 1.2 is not implemented:\n    wrong number"),
    (judged(GOOD, STUB, problems=("test_x is in no lab.toml",)), "the grader has a problem"),
    (judged(), "no exercise was graded"),
])
def test_what_is_wrong_with_marks_is_told(said: str, text: str) -> None:
    assert text in said and said.count("\n") <= text.count("\n") + 1


def test_a_stub_that_fails_without_a_word_is_told() -> None:
    silent = exercise("1.2", (0, 5, UNDONE))
    silent["tests"][0]["message"] = ""
    assert judged(GOOD, silent) == "test_0 fails without a word"


# --- building, grading, keeping ------------------------------------------------------------------

MAKEFILE = """.PHONY: kernel
kernel:
\t@mkdir -p build/$(ARCH)/$(VARIANT)/objects
\t@if grep broken kernel/a.c; then echo "a.c:3: error: broken"; exit 1; fi
\t@if [ ! -e build/$(ARCH)/$(VARIANT)/objects/a.o ] && [ -e kernel/old.S ]; then \\
\t    echo "old.S:1: Warning: old"; fi
\t@touch build/$(ARCH)/$(VARIANT)/objects/a.o
\t@cp kernel/a.c build/$(ARCH)/$(VARIANT)/kernel.elf
"""
GRADER = """import pathlib, shutil, sys
pathlib.Path("build/gradings").open("a").write("1")
if not pathlib.Path("grade/cairn/report.json").exists():
    sys.exit("cairn: this kernel is not graded: forged")
shutil.copy("grade/cairn/report.json", sys.argv[sys.argv.index("--json") + 1])
"""


def small_tree(**more: str) -> Tree:
    """A tree that builds and is graded in no time, with full marks."""
    report = json.dumps({"exercises": [exercise("1.1", (3, 3, ""))], "problems": []})
    texts = {"Makefile": MAKEFILE, "kernel/a.c": "int a;\n", "docs/a.md": "# A\n",
             "grade/cairn/__main__.py": GRADER, "grade/cairn/report.json": report, **more}
    return {name: File(text.encode()) for name, text in texts.items() if text}


@pytest.fixture
def prove(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Outcome]:
    """Proves that a small tree is a solution, as a new run of `make course` would."""
    def prove_tree(fresh: bool = False, kind: str = "solution", **more: str) -> Outcome:
        course = Course(PROJECT)
        monkeypatch.setattr(course, "project", tmp_path)
        prover = Prover(course, 7, 1, fresh, Processes())
        monkeypatch.setattr(prover, "tree", lambda step: small_tree(**more))
        return prover.prove(Step(kind, 1, "x86_64"))

    return prove_tree


def test_what_was_proved_is_kept(prove: Callable[..., Outcome], tmp_path: Path) -> None:
    assert prove().state is State.PROVED
    assert prove().state is State.KEPT
    assert prove(**{"docs/a.md": "# B\n"}).state is State.KEPT
    assert prove(**{"kernel/a.c": "int b;\n"}).state is State.PROVED
    assert prove(**{"kernel/a.c": "int b;\n"}).state is State.KEPT
    assert prove(**{"grade/cairn/more.py": "\n"}).state is State.PROVED
    assert prove(kind="handout").state is State.KEPT, "the solution was built in all variants"
    assert len((tmp_path / "build/course/bench0/build/gradings").read_text()) == 3
    assert prove(**{"kernel/b.c": "not linked\n"}).state is State.PROVED, "it was built"
    assert len((tmp_path / "build/course/bench0/build/gradings").read_text()) == 3, "and kept"
    assert prove(fresh=True).state is State.PROVED
    for path in (tmp_path / "build/course/kept").iterdir():
        path.write_text("{")
    assert prove().state is State.PROVED


@pytest.mark.parametrize("more, says, command", [
    ({"kernel/a.c": "broken\n"}, "does not build (VARIANT=debug):\n    a.c:3: error: broken",
     "make -C ../look kernel ARCH=x86_64 VARIANT=debug"),
    ({"kernel/old.S": "old\n"},
     "does not build without a warning (VARIANT=debug):\n    old.S:1: Warning: old",
     "make -C ../look kernel ARCH=x86_64 VARIANT=debug"),
    ({"Makefile": "kernel:\n\t@true\n"}, "builds, and there is no kernel (VARIANT=debug)",
     "make -C ../look kernel ARCH=x86_64 VARIANT=debug"),
    ({"grade/cairn/report.json": ""}, "can't be graded (status 1):\n    cairn: this kernel is not",
     "make -C ../look grade LAB=all ARCH=x86_64 SEED=7"),
    ({"grade/cairn/report.json": json.dumps({"exercises": [
        exercise("1.1", (0, 3, "lost"))], "problems": []})},
     "exercise 1.1 earns 0 of 3 points. test_0:\n    lost",
     "make -C ../look grade LAB=all ARCH=x86_64 SEED=7"),
])
def test_a_broken_tree_is_told_each_time(prove: Callable[..., Outcome], more: dict[str, str],
                                         says: str, command: str,
                                         monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Prover, "graded_lab", lambda self, step: "all")
    for _ in range(2):
        outcome = prove(**more)
        assert outcome.state is State.FAILED and outcome.complaints[0].startswith(says)
        assert outcome.commands == ("make stage LAB=1 KIND=solution OUT=../look", command)


def test_an_interrupted_build_begins_again(tmp_path: Path) -> None:
    bench = Workbench(tmp_path / "bench", Processes())
    bench.lay_out(small_tree())
    bench.build("x86_64", "grade")
    bench.lay_out(small_tree(**{"kernel/old.S": "old\n"}))
    bench.build("x86_64", "grade")  # Its one object is there already: no warning.
    bench.mark.touch()
    with pytest.raises(Wrong, match="Warning: old"):
        bench.build("x86_64", "grade")


def test_only_what_can_matter_decides_what_is_kept() -> None:
    course = Course(PROJECT)
    tree = make_stage(course, 1, "solution")

    def changed(name: str, old: str, new: str) -> Tree:
        text = tree[name].data.decode()
        assert old in text
        return {**tree, name: File(text.replace(old, new, 1).encode())}

    def key(other: Tree) -> str:
        return grading_key(other, "image", "x86_64", ["01-boot"], 7, "QEMU")

    toml = "labs/01-boot/lab.toml"
    assert sources_key(changed("README.md", "#", "##")) == sources_key(tree)
    assert sources_key(changed("kernel/init/main.c", "Cairn", "Carn")) != sources_key(tree)
    assert sources_key(changed("labs/labs.mk", "merge", "marge")) != sources_key(tree)
    assert key(changed(toml, "hours = 3", "hours = 9")) == key(tree)
    assert key(changed(toml, '_in_order" = 4', '_in_order" = 5')) != key(tree)
    assert key(changed("grade/labs/lab01_boot/test_1_2_format.py", "def", "def ")) != key(tree)
    assert key(changed("kernel/boot/command_line.c", "int", "long")) != key(tree)
    assert "hints" not in scheme_of(tree[toml].data)


# --- steps side by side --------------------------------------------------------------------------


def test_what_needs_a_failed_step_is_not_tried_and_all_else_is() -> None:
    first, other = Step("solution", 1, "x86_64"), Step("solution", 1, "aarch64")
    second = Step(ALONE, 1, "x86_64", "1.1", (first,))
    third = Step(MESSY, 1, "x86_64", needs=(second,))
    tried = []

    def prove_step(step: Step) -> Outcome:
        tried.append(step)
        return Outcome(step, State.FAILED if step is first else State.PROVED, 1.0, ("broken",))

    found = list(run_steps([third, second, first, other], prove_step, 2, lambda: None))
    assert {each.step: each.state for each in found} == {
        first: State.FAILED, other: State.PROVED, second: State.SKIPPED, third: State.SKIPPED}
    assert sorted(tried, key=str) == sorted([first, other], key=str)
    output = io.StringIO()
    print_end(Console(file=output, width=100), found, 3.0)
    assert "needs" not in output.getvalue() and "lab 01, solution, x86_64" in output.getvalue()
    assert "4 steps in 3 s: 1 proved, 0 of them kept from earlier; 1 failed, 2 not tried" \
        in output.getvalue()


def test_an_interruption_stops_what_runs() -> None:
    stopped = []

    def interrupt(step: Step) -> Outcome:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(run_steps([Step("release")], interrupt, 2, lambda: stopped.append(True)))
    assert stopped


# --- roads ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> School:
    folder = tmp_path_factory.mktemp("school") / "road"
    with pytest.MonkeyPatch.context() as patch:
        for name, value in GIT.items():
            patch.setenv(name, value)
        made = School(PROJECT, folder, Processes())
        made.release(LABS[-3])
    return made


@pytest.fixture
def student(school: School, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Student:
    for name, value in GIT.items():
        monkeypatch.setenv(name, value)
    return Student(school, tmp_path / "me")


@pytest.mark.slow
@pytest.mark.xdist_group("proof")
def test_both_students_reach_the_next_lab(student: Student, tmp_path: Path) -> None:
    walk_tidily(student, 1)
    messy = Student(student.school, tmp_path / "messy")
    tree = walk_messily(messy, 1)
    line = tree["kernel/boot/command_line.c"].data.decode()
    assert "helper_above" in line and "NOTES.md" not in tree and "kernel/own/mine.c" in tree
    other = (PROJECT / "labs/01-boot/alternatives/command_line.c").read_text()
    assert line == messy_text(other, "kernel/boot/command_line.c", int(line.split("mine_")[-1]
                                                                       .partition("(")[0]))


@pytest.mark.slow
@pytest.mark.xdist_group("proof")
def test_a_conflict_is_told_with_its_lines(student: Student) -> None:
    student.begin()
    name = "labs/stage.mk"
    student.write(name, (student.folder / name).read_text().replace("##title Lab", "##title My"))
    student.school.commit(student.folder, "Changes")
    with pytest.raises(Wrong, match="does not merge with lab") as caught:
        student.merge(NEXT)
    assert name in str(caught.value) and "<<<<<<<" in str(caught.value)
    assert caught.value.command == f"make merge LAB={NEXT}"


@pytest.mark.slow
@pytest.mark.xdist_group("proof")
def test_a_tree_that_is_not_the_next_start_is_told(student: Student) -> None:
    student.begin()
    student.write("kernel/plain/plain.c", "/* other */\n")
    student.school.commit(student.folder, "A change that merges")
    with pytest.raises(Wrong, match="is not lab 01's solution") as caught:
        walk_tidily(student, 1)
    assert "kernel/plain/plain.c" in str(caught.value)


@pytest.mark.parametrize("count", [0, 1, 99])
def test_the_messy_student_takes_another_solution_where_there_is_one(
        count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    course = Course(PROJECT)
    others = [other for other in read_alternatives(PROJECT) if other.exercise.startswith("1.")]
    monkeypatch.setattr("cairn_labs.proof.roads.read_alternatives", lambda _: others[:count])
    solution = make_stage(course, 1, "solution")
    texts = messy_solutions(course, 1)
    assert set(texts) == {name for name in course.exercise_files if course.owner(name).number == 1}
    differ = {name for name, text in texts.items() if text != solution[name].data.decode()}
    assert differ == {other.file for other in others[:count]}
