"""The labs' own tool: markers, lab.toml, and sources with a solution or its stub."""

from __future__ import annotations

from pathlib import Path

import pytest
from cairn.architectures import PROJECT

from cairn_labs.description import read_lab, read_labs
from cairn_labs.errors import SourceError
from cairn_labs.markers import Source
from cairn_labs.mutants import read_mutants
from cairn_labs.tree import tracked_files

SOLVED = """/* Counting. */
int one(void)
{
    return 1;
}
"""
STUBBED = """/* Counting. */
int one(void)
{
    todo("9.1");

    return 0;
}
"""
MARKED = """/* Counting. */
//@exercise 9.1 Count to one
int one(void)
{
    return 1;
}
//@stub
// int one(void)
// {
//     todo("9.1");
//
//     return 0;
// }
//@end
"""


def test_a_source_comes_with_its_solution_or_its_stub() -> None:
    source = Source("kernel/count.c", MARKED)
    assert source.render(()) == SOLVED
    assert source.render({"9.1"}) == STUBBED
    assert [(r.number, r.title) for r in source.exercises] == [("9.1", "Count to one")]


def test_other_comments_have_markers_too() -> None:
    text = "#@exercise 9.2 Sum up\nreturn a + b\n#@stub\n#     todo()\n#@end\n"
    assert Source("a.py", text).render({"9.2"}) == "    todo()\n"
    text = "<!--@lab 3-->\nText.\n<!--@end-->\n"
    assert Source("a.md", text).render(()) == text


def test_a_file_that_can_hold_no_marker_is_left_alone() -> None:
    assert Source("picture.svg", MARKED).render({"9.1"}) == MARKED


@pytest.mark.parametrize("text, line, says", [
    ("//@exercise 9.1 A\n//@stub\n", 1, "without its @end"),
    ("//@exercise 9.1 A\n//@end\n", 1, "has no @stub"),
    ("//@exercise 9.1 A\n//@stub\nreturn;\n//@end\n", 3, "a stub's line"),
    ("//@exercise 9.1 A\n//@exercise 9.2 B\n", 2, "within the region of line 1"),
    ("//@exercise 9.1 A\n//@lab 4\n", 2, "within the region of line 1"),
    ("//@stub\n", 1, "makes no sense here"),
    ("int a;\n//@end\n", 2, "makes no sense here"),
    ("//@exercise 9.1\n", 1, "makes no sense here"),
    ("//@lab 2\n//@end\nint a;\n//@exercise 9.1 A\n//@stub\n//@end\n", 1, "within 2 lines"),
])
def test_bad_markers_are_refused_with_their_place(text: str, line: int, says: str) -> None:
    with pytest.raises(SourceError) as caught:
        Source("kernel/bad.c", text).render({"9.1"})
    assert str(caught.value).startswith(f"kernel/bad.c:{line}: ") and says in str(caught.value)


def test_a_region_three_lines_from_an_exercise_is_fine() -> None:
    text = "//@lab 2\n//@end\n\n\n//@exercise 9.1 A\n//@stub\n//@end\n"
    assert Source("kernel/good.c", text).render(()) == "//@lab 2\n//@end\n\n\n"


@pytest.mark.parametrize("old, new, says", [
    ('title = "Boot"', 'title = Boot', ":6: "),
    ('id = "1.2"', 'id = "1.1"', "exercise 1.1 is there twice"),
    ("hours = 4", 'hours = "many"', "needs a hours"),
    ('files = ["kernel/symbols/symbol_lookup.c"]', "files = [7]", "list of strings"),
])
def test_a_bad_description_is_refused(tmp_path: Path, old: str, new: str, says: str) -> None:
    text = (PROJECT / "labs/01-boot/lab.toml").read_text()
    assert old in text
    bad = tmp_path / "lab.toml"
    bad.write_text(text.replace(old, new))
    with pytest.raises(SourceError) as caught:
        read_lab(bad)
    assert says in str(caught.value)


def test_every_exercise_is_in_the_files_that_its_lab_names() -> None:
    for lab in read_labs(PROJECT):
        for exercise in lab.exercises:
            for arch in ("x86_64", "aarch64", "riscv64"):
                names = exercise.files_for(arch)
                assert names, f"exercise {exercise.id} has no file on {arch}"
                for name in names:
                    source = Source(name, (PROJECT / name).read_text())
                    assert [r.number for r in source.exercises] == [exercise.id]
                    assert [r.title for r in source.exercises] == [exercise.title]


def test_every_file_belongs_to_a_lab() -> None:
    labs = read_labs(PROJECT)
    strays = [name for name in tracked_files(PROJECT) if not any(lab.adds(name) for lab in labs)]
    assert not strays


def test_every_mutant_fits_its_solution() -> None:
    mutants = read_mutants(PROJECT)
    for mutant in mutants:
        source = Source(mutant.file, (PROJECT / mutant.file).read_text())
        solution = source.render(())
        assert mutant.apply(solution) != solution
        assert [r.number for r in source.exercises] == [mutant.exercise]
    for lab in read_labs(PROJECT):
        for exercise in lab.exercises:
            assert sum(mutant.exercise == exercise.id for mutant in mutants) >= 4
