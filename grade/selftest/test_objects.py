"""What the grader refuses to boot: students' objects that reach for its own parts."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from cairn.architectures import tool
from cairn.objects import Refused, check_objects

SOLUTION = "kernel/format/format_number.c"
OWN = "kernel/own/mine.c"
OTHERS = {
    "kernel/probe/protocol.c": "void probe_secret(void) { }",
    "kernel/ramdisk/ramdisk.c": "int ramdisk_find(void) { return 0; }",
    "kernel/log/log.c": "void log_info(void) { }",
}


def refusal(arch: str, folder: Path, sources: dict[str, str]) -> str:
    """Compiles sources and gives the grader's complaint, or "" when it has none."""
    for name, text in {**OTHERS, **sources}.items():
        target = folder / f"{name}.o"
        target.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run([tool(arch, "gcc"), "-ffreestanding", "-ffunction-sections", "-O1", "-g",
                        "-x", "c", "-c", "-", "-o", str(target)], input=text, text=True, check=True)
    try:
        check_objects(folder, [SOLUTION, OWN], arch)
    except Refused as error:
        return str(error)
    return ""


SOUND = {
    "code alone": "int format_number(int n) { return n + 1; }",
    "constants and variables": 'static int n; const char *text(void) { n++; return "abc"; }',
    "another part of the kernel": "void log_info(void); void f(void) { log_info(); }",
}
UNSOUND = {
    "a function of the probes": ("void probe_secret(void); void f(void) { probe_secret(); }",
                                 "uses probe_secret, which belongs to kernel/probe"),
    "the ramdisk": ("int ramdisk_find(void); int f(void) { return ramdisk_find(); }",
                    "uses ramdisk_find, which belongs to kernel/ramdisk"),
    "a table": ('__attribute__((section(".table.probes.a"), used)) static const int entry = 1;',
                "the section '.table.probes.a'"),
    "the table's ends": ("extern const int probes_table_start[]; "
                         "const int *f(void) { return probes_table_start; }",
                         "uses probes_table_start"),
    "the start of the image": ('__attribute__((section(".head"), used)) static void f(void) { }',
                               "the section '.head'"),
}


@pytest.mark.parametrize("what", SOUND)
@pytest.mark.parametrize("file", [SOLUTION, OWN])
def test_given_ordinary_code_then_it_is_graded(arch: str, tmp_path: Path, file: str,
                                               what: str) -> None:
    assert refusal(arch, tmp_path, {file: SOUND[what]}) == ""


@pytest.mark.parametrize("what", UNSOUND)
@pytest.mark.parametrize("file", [SOLUTION, OWN])
def test_given_a_way_to_the_grader_then_it_is_refused(arch: str, tmp_path: Path, file: str,
                                                      what: str) -> None:
    text, complaint = UNSOUND[what]
    message = refusal(arch, tmp_path, {file: text})
    assert "this kernel is not graded" in message
    assert file in message and complaint in message


def test_given_code_that_sets_the_counters_then_it_is_refused(arch: str, tmp_path: Path) -> None:
    instruction = {"x86_64": "wrmsr", "aarch64": "msr pmevcntr0_el0, xzr"}.get(arch)
    if instruction is None:
        pytest.skip("only the firmware can set the counters there")
    text = f'void f(void) {{ __asm__ volatile("{instruction}"); }}'
    assert "counters can be set" in refusal(arch, tmp_path, {SOLUTION: text})


def test_given_a_helper_of_ones_own_then_it_may_have_any_name(arch: str, tmp_path: Path) -> None:
    sources = {OWN: "void probe_mine(void) { }",
               SOLUTION: "void probe_mine(void); void f(void) { probe_mine(); }"}
    assert refusal(arch, tmp_path, sources) == ""


def test_given_a_weak_helper_of_the_probes_name_then_it_is_refused(arch: str,
                                                                   tmp_path: Path) -> None:
    sources = {OWN: "__attribute__((weak)) void probe_secret(void) { }",
               SOLUTION: "void probe_secret(void); void f(void) { probe_secret(); }"}
    assert "uses probe_secret" in refusal(arch, tmp_path, sources)


def test_given_a_monitor_command_then_only_own_files_may_have_it(arch: str,
                                                                 tmp_path: Path) -> None:
    entry = ('__attribute__((section(".table.monitor_commands.a"), used)) '
             "static const int entry = 1;")
    assert refusal(arch, tmp_path / "own", {OWN: entry}) == ""
    assert "monitor_commands" in refusal(arch, tmp_path / "solution", {SOLUTION: entry})
