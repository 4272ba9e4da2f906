"""Stages: which files and lines each lab's tree has, and what is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cairn.architectures import PROJECT
from selftest.synthetic_course import AFTER, LABS, NEXT, commit, git, make_course

from cairn_labs.course.checks import problems
from cairn_labs.course.leaks import checked_stage, scan_tree, secrets_of
from cairn_labs.course.repository import scan_repository
from cairn_labs.course.sources import Course
from cairn_labs.course.stage import KINDS, Tree, make_stage, write_tree
from cairn_labs.errors import SourceError
from cairn_labs.markers import Source

ADD = "kernel/tally/tally_add.c"
MAIN = "kernel/init/main.c"


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    return Course(make_course(tmp_path_factory.mktemp("course") / "cairn"))


@pytest.fixture
def folder(course: Course) -> Iterator[Path]:
    """The course's folder; what a test changes in it is undone."""
    yield course.project
    git(course.project, "checkout", "--quiet", ".")
    git(course.project, "clean", "--quiet", "-d", "--force")


def text_of(tree: Tree, name: str) -> str:
    return tree[name].data.decode()


# --- what a tree holds -------------------------------------------------------------------------


def test_the_project_s_own_sources_are_sound() -> None:
    assert [str(problem) for problem in problems(Course(PROJECT))] == []


@pytest.mark.parametrize("lab", LABS)
@pytest.mark.parametrize("kind", KINDS)
def test_no_tree_holds_a_secret_or_a_marker(course: Course, lab: int, kind: str) -> None:
    assert problems(course) == []
    tree, leaks = checked_stage(course, lab, kind)
    assert [str(leak) for leak in leaks] == []
    assert not [name for name in tree if "mutants" in name or name.startswith("grade/selftest/")]
    assert "#@" not in text_of(tree, "Makefile") and "<!--@" not in text_of(tree, "README.md")


def test_files_come_and_go_with_their_labs(course: Course) -> None:
    last, tally, queue = (set(make_stage(course, lab, "handout")) for lab in LABS[-3:])
    assert tally - last == {name for name in course.names if name not in last
                            and not course.is_kept(name) and course.owner(name).number == NEXT}
    assert {ADD, TOML, "kernel/tally/tally_note.c"} <= tally - last
    assert tally - queue == {"kernel/tally/tally_note.c"}
    assert "kernel/queue/queue_note.c" in queue - tally


def test_lines_come_and_go_without_gaps(course: Course) -> None:
    ends = {1: ";\n\n/* Before there is a queue. */\n",
            NEXT: ";\n\n/* Before there is a queue. */\n",
            AFTER: ";\n\n/* Now that there is a queue. */\n"}
    for lab, end in ends.items():
        tree = make_stage(course, lab, "handout")
        assert text_of(tree, MAIN).endswith(end)
        errors = text_of(tree, "kernel/include/cairn/errors.def")
        assert errors.endswith('"full")\n') == (lab >= NEXT) and errors.endswith(")\n")


@pytest.mark.parametrize("kind, lab, solved", [
    ("handout", NEXT, 0), ("start", NEXT, NEXT - 1), ("solution", NEXT, NEXT),
    ("start", AFTER, NEXT), ("solution", 1, 1),
])
def test_a_kind_says_which_exercises_are_solved(course: Course, kind: str, lab: int,
                                                solved: int) -> None:
    tree = make_stage(course, lab, kind)
    for owner, exercise in course.exercises.values():
        if owner.number > lab:
            continue
        for name in {name for names in exercise.files.values() for name in names}:
            is_stub = f'todo("{exercise.id}")' in text_of(tree, name)
            assert is_stub == (owner.number > solved), name


@pytest.mark.parametrize("lab", LABS)
def test_kinds_differ_in_the_exercises_files_alone(course: Course, lab: int) -> None:
    solution = make_stage(course, lab, "solution")
    for kind in ("handout", "start"):
        tree = make_stage(course, lab, kind)
        assert tree.keys() == solution.keys()
        for name in tree.keys() - course.exercise_files:
            assert tree[name] == solution[name], name


def test_the_text_of_an_exercise_is_the_same_in_all_later_stages(course: Course) -> None:
    trees = [make_stage(course, lab, "solution") for lab in LABS]
    for name in course.sources:
        if course.sources[name].exercises:
            assert len({tree[name].data for tree in trees if name in tree}) == 1


def test_a_tree_speaks_of_its_own_lab(course: Course) -> None:
    tree = make_stage(course, NEXT, "start")
    readme = text_of(tree, "README.md")
    assert f"## This is lab {NEXT:02}: Tally" in readme
    assert f"| {NEXT}.1 Add to a tally | 1 | 60 |" in readme
    assert "| 1.4" not in readme and "grade-selftest" not in readme
    assert f"##title Lab {NEXT:02}: Tally." in text_of(tree, "labs/stage.mk")


def test_a_tree_is_written_with_its_modes(course: Course, tmp_path: Path) -> None:
    out = tmp_path / "out"
    tree = make_stage(course, 1, "handout")
    write_tree(tree, out)
    assert {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()} == set(tree)
    assert (out / "kernel/tools/host-tools.sh").stat().st_mode & 0o777 == 0o755
    assert (out / "Makefile").stat().st_mode & 0o777 == 0o644
    with pytest.raises(SourceError, match="not an empty folder"):
        write_tree(tree, out)


@pytest.mark.parametrize("text, lab, expected", [
    ("a\n\n//@lab 2\nb\n//@end\n\nc\n", 1, "a\n\nc\n"),
    ("a\n\n//@lab 2\nb\n//@end\n\nc\n", 2, "a\n\nb\n\nc\n"),
    ("a {\n//@lab 2\nb\n\n//@end\n\n    c\n\n//@until 2\nd\n//@end\n}\n", 2,
     "a {\nb\n\n    c\n}\n"),
    ("//@until 2\na\n//@end\n\n\nb\n", 2, "b\n"),
    ("a\n\n//@instructor\nb\n//@end\n", 9, "a\n"),
    ("a\n//@quote [tag]\nb\n", 1, "a\nb\n"),
    ("//@lab 2\n//@quote [tag]\nb\n//@end\n", 2, "b\n"),
    ("//@exercise 9.1 A\nsolved\n//@stub\n// todo\n//@end\n", 1, "todo\n"),
    ("a\n", 1, "a\n"),
])
def test_no_gap_stays_where_a_marker_was(text: str, lab: int, expected: str) -> None:
    assert Source("kernel/a.c", text).staged(lab, {"9.1"}) == expected


# --- what is refused ---------------------------------------------------------------------------


def replaced(name: str, old: str, new: str) -> Callable[[Path], None]:
    """A change of one file."""
    def change(folder: Path) -> None:
        text = (folder / name).read_text()
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1))
    return change


def stray_file(folder: Path) -> None:
    """A file that no lab has a glob for."""
    (folder / "stray.c").write_text("int a;\n")


TOML = f"labs/{NEXT:02}-tally/lab.toml"
SIGNATURE = "int tally_add(struct tally *tally, unsigned kind, uint64_t amount)\n"
WRONG: dict[str, tuple[Callable[[Path], None], str]] = {
    "unknown lab": (replaced("kernel/queue/queue.h", "#define QUEUE_SIZE 4\n",
                             "//@lab 77\n#define QUEUE_SIZE 4\n//@end\n"),
                    "kernel/queue/queue.h:12: @lab 77: there is no lab 77"),
    "lab before the file": (replaced("kernel/queue/queue.h", "#define QUEUE_SIZE 4\n",
                                     f"//@lab {NEXT}\n#define QUEUE_SIZE 4\n//@end\n"),
                            f"kernel/queue/queue.h:12: @lab {NEXT} in a file that only lab {AFTER} "
                            "brings"),
    "file in no lab": (stray_file,
                       "stray.c: is in no lab"),
    "file in two labs": (replaced(TOML, '"kernel/tally/**"', '"kernel/init/*"'),
                         f"{MAIN}: is in 2 labs: labs/01-boot/lab.toml:"),
    "file that is not there": (replaced(TOML, '"kernel/tally/**",', '"kernel/tally/x.c",'),
                               f"{TOML}:10: there is no file kernel/tally/x.c"),
    "until before": (replaced(TOML, f'note.c" = {AFTER}', f'note.c" = {NEXT}'),
                     f"{TOML}:14: lab {NEXT} can't replace kernel/tally/tally_note.c"),
    "given code": (replaced(ADD, "//@exercise", "extern int given;\n\n//@exercise"),
                   f"{ADD}:8: given code in the file of exercise {NEXT}.1"),
    "exercise that no lab lists": (replaced(ADD, f"//@exercise {NEXT}.1", f"//@exercise {NEXT}.7"),
                                   f"{ADD}:8: no lab.toml lists exercise {NEXT}.7"),
    "exercise that is not marked": (replaced(TOML, f'id = "{NEXT}.1"', f'id = "{NEXT}.9"'),
                                    f"{TOML}:17: exercise {NEXT}.9 is not marked in {ADD}"),
    "other title": (replaced(ADD, "Add to a tally", "Add"), f"{ADD}:8: is “Add” here"),
    "test that is not there": (replaced(TOML, "::test_adds", "::test_sums"),
                               f"{TOML}:23: grade/labs/lab{NEXT:02}_tally/test_{NEXT}_1_tally_add"
                               ".py has no"),
    "stub of another exercise": (replaced(ADD, f'todo("{NEXT}.1")', f'todo("{NEXT}.2")'),
                                 f'{ADD}:23: the stub does not call todo("{NEXT}.1")'),
    "stub that names nothing": (replaced(ADD, "//     (void)kind;", "//     tally_check(kind);"),
                                f"{ADD}:27: the stub names tally_check"),
    "stub that names a later lab": (
        replaced(ADD, "//     (void)kind;", "//     queue_put(NULL, kind);"),
        f"{ADD}:27: the stub names queue_put"),
}


@pytest.mark.parametrize("case", WRONG)
def test_mistakes_are_named_with_their_place(folder: Path, case: str) -> None:
    change, says = WRONG[case]
    change(folder)
    found = [str(problem) for problem in problems(Course(folder))]
    assert any(text.startswith(says) for text in found), found


@pytest.mark.parametrize("old, new, says", [
    (f"[exercise.tests]\n\"test_{NEXT}_2_tally_scale.py::test_scales\" = 40", "[exercise.tests]",
     f"exercise {NEXT}.2 has no tests"),
    ("hours = 1", "hours = []", "needs a hours"),
])
def test_a_lab_that_can_t_be_read_is_refused(folder: Path, old: str, new: str, says: str) -> None:
    replaced(TOML, old, new)(folder)
    with pytest.raises(SourceError, match=says):
        Course(folder)


# --- the search for secrets --------------------------------------------------------------------


@pytest.mark.parametrize("name, text, says", [
    ("docs/hint.md", "Call sum_that_fits() for it.\n", "names sum_that_fits, which only"),
    ("docs/a.md", "> int tally_add(struct tally *tally, unsigned kind, uint64_t amount)\n"
     "> if (kind >= TALLY_KINDS || sum_that_fits(tally->counts[kind], amount, &after) != OK)\n"
     "> tally->counts[kind] = after;\n", f"holds three lines of the solution of exercise {NEXT}.1"),
    ("docs/b.md", "uint64_t *count = &tally->counts[kind % TALLY_KINDS];\n\n"
     "if (amount > UINT64_MAX - *count || kind >= TALLY_KINDS)\n    return ERROR_TALLY_FULL;\n"
     "*count = *count + amount;\n", f"holds three lines of labs/{NEXT:02}-tally/alternatives/"),
    ("kernel/a.c", f"//@lab {AFTER}\nint a;\n//@end\n", "holds a marker"),
    ("kernel/queue/queue.h", "", f"is a file of lab {AFTER}"),
    (f"labs/{NEXT:02}-tally/mutants/{NEXT}.1.toml", "", "is a file for the instructor alone"),
    ("kernel/own/list", "\x7fELF", "is a prebuilt object"),
])
def test_a_secret_is_found(course: Course, name: str, text: str, says: str) -> None:
    secrets = secrets_of(course, NEXT, {f"{NEXT}.1", f"{NEXT}.2"})
    found = [str(error) for error in scan_tree([(name, text.encode())], secrets)]
    assert any(error.startswith(name) and says in error for error in found), found


def test_another_lab_s_file_is_known_by_its_content(course: Course) -> None:
    data = (course.project / "kernel/queue/queue.h").read_bytes()
    found = scan_tree([("kernel/own/mine.h", data)], secrets_of(course, NEXT, ()))
    assert [f"is kernel/queue/queue.h, a file of lab {AFTER}"] == [error.text for error in found]


def test_a_solved_lab_is_no_secret(course: Course) -> None:
    text = (course.project / ADD).read_bytes().replace(b"//@", b"// ")
    assert scan_tree([("kernel/own/mine.c", text)], secrets_of(course, NEXT, {f"{NEXT}.2"})) == []


def test_every_object_of_a_repository_is_searched(course: Course, tmp_path: Path) -> None:
    write_tree(make_stage(course, NEXT, "handout"), tmp_path / "class")
    git(tmp_path / "class", "init", "--quiet")
    commit(tmp_path / "class", "The next lab")
    secrets = secrets_of(course, NEXT, {exercise for exercise in course.exercises})
    assert scan_repository(tmp_path / "class", secrets) == []
    path = tmp_path / "class" / ADD
    path.write_bytes(make_stage(course, NEXT, "solution")[ADD].data)
    git(tmp_path / "class", "add", ADD)  # An object that no commit reaches.
    found = [str(error) for error in scan_repository(tmp_path / "class", secrets)]
    assert found and all(f"exercise {NEXT}.1" in error for error in found)
    git(tmp_path / "class", "commit", "--quiet", "--message", "Oh: sum_that_fits()")
    git(tmp_path / "class", "reset", "--quiet", "--hard", "HEAD~1")
    found = [str(error) for error in scan_repository(tmp_path / "class", secrets)]
    assert any(error.startswith("commit ") for error in found)
    assert any(error.startswith(f"{ADD} (") for error in found)
