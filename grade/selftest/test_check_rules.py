"""The rules of `make check`, each on a small tree that breaks it and on one that does not."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from check import contract_rules, include_rules, lab_rules, text_rules
from check.address_spaces import check_address_spaces
from check.compiler import Database, stubbed
from check.include_rules import ARCHES
from check.tree import Rule, Tree

EXERCISE = """/* Exercise 9.1. */
#include "lib/util.h"

//@exercise 9.1 Count
int count(void)
{
    return 1;
}
//@stub
// int count(void)
// {
//     todo("9.1");
//     return 0;
// }
//@end
"""
LAB = """# A small lab.

[lab]
number = 9
name = "09-count"
title = "Count"
files = ["**"]
"""
TABLE = """[[exercise]]
id = "9.1"
title = "Count"
hours = 1
files = ["kernel/lib/count.c"]
hints = ["a", "b", "c"]
[exercise.tests]
"test_9_1.py::test_counts" = 100
"""


def complaints(rule: Rule, folder: Path, files: dict[str, str]) -> list[str]:
    """What a rule says of a tree that holds these files."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text.encode())
    return [str(complaint) for complaint in rule(Tree(folder, files))]


@pytest.mark.parametrize("text, says", [
    ("int a; \n", "blanks at the end"),
    ("int a;\r\n", "CR LF"),
    ("\tint a;\n", "tab"),
    ("int a;", "no newline"),
    ("int a;\n\n", "blank line at the end"),
])
def test_untidy_text_is_found(tmp_path, text, says):
    found = complaints(text_rules.check_text, tmp_path, {"kernel/a.c": text})
    assert len(found) == 1 and says in found[0]


def test_makefiles_may_have_tabs(tmp_path):
    assert not complaints(text_rules.check_text, tmp_path, {"Makefile": "a:\n\ttrue\n"})


def test_only_known_names_lie_at_the_top(tmp_path):
    files = {"Makefile": "a\n", ".ci/run": "a\n", "notes.txt": "a\n"}
    assert complaints(text_rules.check_top_level, tmp_path, files) == [
        "notes.txt: does not belong at the top level"]


def test_a_long_file_is_found(tmp_path):
    files = {"kernel/a.c": "int a;\n" * 401, "kernel/b.c": "int a;\n" * 400}
    assert complaints(text_rules.check_length, tmp_path, files) == [
        "kernel/a.c: has 401 lines; a file has at most 400"]


def test_marks_of_unfinished_work_are_found_and_todo_calls_are_not(tmp_path):
    files = {"kernel/a.c": "/* TO" "DO: more */\n", "kernel/b.c": 'todo("1.1");\n'}
    found = complaints(text_rules.check_marks, tmp_path, files)
    assert len(found) == 1 and found[0].startswith("kernel/a.c:1:")


@pytest.mark.parametrize("line", [
    "#ifdef __x86_64__", "#if defined(__riscv)", "#elif __aarch64__",
    'if (strcmp(arch_name, "x86_64") == 0)',
])
def test_generic_code_must_not_ask_for_the_architecture(tmp_path, line):
    files = {"kernel/log/log.c": line + "\n", "kernel/arch/x86_64/cpu.c": line + "\n"}
    found = complaints(include_rules.check_arch_conditions, tmp_path, files)
    assert len(found) == 1 and found[0].startswith("kernel/log/log.c:1:")


def test_an_include_guard_is_no_conditional_on_the_architecture(tmp_path):
    files = {"kernel/arch/cpu.h": "#ifndef ARCH_CPU_H\n"}
    assert not complaints(include_rules.check_arch_conditions, tmp_path, files)


def test_abi_headers_include_only_abi_headers(tmp_path):
    files = {
        "kernel/log/log.h": "\n",
        "kernel/include/cairn/error.h": "\n",
        "kernel/include/cairn/good.h": '#include <stdint.h>\n#include "cairn/error.h"\n',
        "kernel/include/cairn/bad.h": '#include "log/log.h"\n',
    }
    assert complaints(include_rules.check_abi_headers, tmp_path, files) == [
        "kernel/include/cairn/bad.h:1: an ABI header includes log/log.h, which is private"]


def test_private_headers_stay_in_their_folder(tmp_path):
    files = {
        "kernel/log/log.h": "\n",
        "kernel/log/log_hot.h": "\n",
        "kernel/log/ring.h": "\n",
        "kernel/log/log.c": '#include "log/log.h"\n#include "log/ring.h"\n',
        "kernel/panic/panic.c": '#include "log/log.h"\n#include "log/ring.h"\n',
        "kernel/heap/heap.c": '#include "log/log_hot.h"\n',
    }
    assert complaints(include_rules.check_private_headers, tmp_path, files) == [
        "kernel/panic/panic.c:2: includes log/ring.h, which is private to kernel/log"]


def test_machine_headers_are_included_through_the_contract(tmp_path):
    files = {"kernel/log/log.c": '#include "machine/cpu.h"\n',
             "kernel/arch/cpu.h": '#include "machine/cpu.h"\n'}
    found = complaints(include_rules.check_private_headers, tmp_path, files)
    assert len(found) == 1 and found[0].startswith("kernel/log/log.c:1:")


def test_every_architecture_defines_the_contract(tmp_path):
    header = ("extern const char arch_name[];\nextern char boot_stack[];\n"
              "_Noreturn void cpu_halt(void);\n")
    files = {"kernel/arch/cpu.h": header, "kernel/arch/stacks.S": "boot_stack:\n"}
    for arch in ARCHES:
        text = f'const char arch_name[] = "{arch}";\n'
        if arch != "riscv64":
            text += "_Noreturn void cpu_halt(void)\n{\n    for (;;) {\n    }\n}\n"
        files[f"kernel/arch/{arch}/cpu.c"] = text
    assert complaints(contract_rules.check_contract_complete, tmp_path, files) == [
        "kernel/arch/cpu.h: riscv64 does not define cpu_halt"]


def small_course(folder: Path, exercise: str = EXERCISE, table: str = TABLE) -> list[str]:
    """What the rules say of a course with one lab and one exercise."""
    files = {
        "kernel/lib/util.h": "void todo(const char *exercise);\n",
        "kernel/lib/count.c": exercise,
        "grade/labs/lab09_count/test_9_1.py": "def test_counts():\n    pass\n",
        "labs/09-count/lab.toml": LAB + table,
    }
    subprocess.run(["git", "init", "--quiet", str(folder)], check=True)
    return [text for rule in lab_rules.RULES for text in complaints(rule, folder, files)]


def test_a_good_exercise_passes_and_becomes_its_stub(tmp_path):
    assert not small_course(tmp_path)
    stub = stubbed(Tree(tmp_path, ["kernel/lib/count.c"]).files[0])
    assert stub and 'todo("9.1");\n    return 0;' in stub
    assert "return 1" not in stub and "@" not in stub
    assert stubbed(Tree(tmp_path, ["kernel/lib/util.h"]).files[0]) is None


@pytest.mark.parametrize("before, after, says", [
    ("//@end\n", "", "4: @exercise without its @end"),
    ("//@stub\n", "", "4: exercise 9.1 has no @stub"),
    ('todo("9.1")', 'todo("9.2")', "9: the stub does not call todo("),
    ("// }\n//@end", "}\n//@end", "14: a stub's line begins with"),
    ("//@end\n", "//@end\nint given;\n", "16: given code in the file of exercise 9.1"),
    ("//@exercise 9.1 Count", "//@exercise 9.1", "4: @exercise 9.1 makes no sense here"),
    ("int count", "//@lab 3\nint count", "5: @lab 3 within the region of line 4"),
    ("//@exercise", "//@until 3\n//@end\n//@exercise", "4: @until within 2 lines"),
])
def test_a_malformed_exercise_is_found(tmp_path, before, after, says):
    found = small_course(tmp_path, EXERCISE.replace(before, after, 1))
    assert any(text.startswith(f"kernel/lib/count.c:{says}") for text in found), found


@pytest.mark.parametrize("before, after, says", [
    ('"Count"', '"Other"', "kernel/lib/count.c:4: is “Count” here and “Other” in"),
    ('id = "9.1"', 'id = "9.2"', "labs/09-count/lab.toml:9: exercise 9.2 is not marked in"),
    ('files = ["kernel/lib/count.c"]', "files = []", "kernel/lib/count.c:4: no lab.toml lists"),
    ("test_counts", "test_adds", "labs/09-count/lab.toml:15: grade/labs/lab09_count/test_9_1.py"),
    ("100", "90", "labs/09-count/lab.toml:3: the points sum to 90, not 100"),
    ("hours = 1", "hours =", "labs/09-count/lab.toml:11: Invalid value"),
])
def test_lab_tables_and_markers_agree(tmp_path, before, after, says):
    found = small_course(tmp_path, table=TABLE.replace(before, after, 1))
    assert any(text.startswith(says) for text in found), found


def test_every_file_with_a_bad_marker_is_named(tmp_path):
    files = {"kernel/a.c": "//@end\n", "kernel/b.c": "//@stub\n", "kernel/c.c": "int c;\n"}
    assert [text.partition(":")[0] for text in complaints(lab_rules.check_markers, tmp_path, files)
            ] == ["kernel/a.c", "kernel/b.c"]


@pytest.mark.parametrize("line, says", [
    ("return (char *)registers;", "cast removes address space"),
    ("memcpy(to, registers, 4); return to;", "different address spaces"),
    ("return registers;", "different address spaces"),
    ("return to + *registers;", ""),
])
def test_device_pointers_stay_apart(tmp_path, line, says):
    sparse_says(tmp_path, "DEVICE char *registers", line, says)


@pytest.mark.parametrize("line, says", [
    ("return (char *)program;", "cast removes address space"),
    ("memcpy(to, program, 4); return to;", "different address spaces"),
    ("return program;", "different address spaces"),
    ("return to + *program;", "dereference of noderef expression"),
    ("return to + ((unsigned long)program & 7);", ""),
])
def test_user_pointers_are_never_followed(tmp_path, line, says):
    sparse_says(tmp_path, "USER char *program", line, says)


def sparse_says(tmp_path: Path, pointer: str, line: str, says: str) -> None:
    """Fails unless a function with that line and that pointer brings just this complaint."""
    source = tmp_path / "kernel/a.c"
    source.parent.mkdir()
    source.write_text(
        '#include "lib/address_space.h"\n'
        "void *memcpy(void *to, const void *from, unsigned long size);\n"
        f"char *wrong(char *to, {pointer});\n"
        f"char *wrong(char *to, {pointer})\n{{\n    {line}\n}}\n")
    kernel = Path(__file__).parents[2] / "kernel"
    database = Database(ARCHES[0], "gcc", (f"-I{kernel}",), ("kernel/a.c",))
    found = [str(complaint) for complaint in check_address_spaces(tmp_path, [database])()]
    assert len(found) == (says != "") and all(says in complaint for complaint in found), found
