"""`make grade-handin`: hostile archives are refused and harm nothing; a sound one gets its mark."""

from __future__ import annotations

import gzip
import io
import json
import os
import struct
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from cairn.architectures import PROJECT

from cairn_labs.course.archive import MOST_BYTES, MOST_FILES, read_archive
from cairn_labs.course.handin import notes, read_handin, tree_of
from cairn_labs.course.sources import Course
from cairn_labs.course.stage import make_stage
from cairn_labs.errors import SourceError
from cairn_labs.road.exercises import packed
from cairn_labs.road.submission import hash_of

ARCH = os.environ.get("CAIRN_ARCH", "x86_64")
LINE = "kernel/boot/command_line.c"
GIB = 1 << 30
MEMORY = GIB  # what a reader of hostile archives may take


@pytest.fixture(scope="module")
def course() -> Course:
    return Course(PROJECT)


def facts(files: dict[str, bytes], **other: object) -> bytes:
    return json.dumps({"lab": 1, "hash": hash_of(files), **other}).encode()


def handin(path: Path, files: dict[str, bytes], **other: object) -> Path:
    """A file as `make handin` packs it."""
    path.write_bytes(packed({**files, "handin.json": facts(files, **other)}))
    return path


# --- hostile archives --------------------------------------------------------------------------


def entry(name: str, size: int = 0, **facts: object) -> bytes:
    """One header, and as many bytes behind it as it says, up to a MiB."""
    info = tarfile.TarInfo(name)
    info.size = size
    for key, value in facts.items():
        setattr(info, key, value)
    return info.tobuf(tarfile.GNU_FORMAT) + b"x" * min(-(-size // 512) * 512, 1 << 20)


END = b"\0" * 1024
GOOD = entry("answers/01.md", 4)
ZEROS = gzip.compress(b"\0" * (64 << 20))


def negative_size() -> bytes:
    """A header whose size is less than nothing: readers have been led in circles by that."""
    header = bytearray(entry("answers/01.md"))
    header[124:136] = b"\xff" * 4 + struct.pack(">q", -512)
    header[148:156] = b"        "
    header[148:156] = b"%06o\0 " % sum(header)
    return bytes(header)


def pax_bomb() -> bytes:
    """An extended header of 10 GiB."""
    return entry("x", 10 * GIB, type=tarfile.XHDTYPE)


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "not a tar": (lambda: b"Dear teacher, the dog ate it. " * 40, "is not a tar file"),
    "empty file": (lambda: b"", "is not a tar file"),
    "no files": (lambda: END, "holds no files"),
    "broken gzip": (lambda: gzip.compress(GOOD + END)[:-12], "is damaged"),
    "gzip of something": (lambda: gzip.compress(b"something"), "is not a tar file"),
    "gzip with wrong bytes": (lambda: b"\x1f\x8b\x08" + b"\xff" * 90, "is damaged"),
    "10 GB of zeros": (lambda: ZEROS * 160, "is larger than 16 MiB"),
    "10 GB of zeros in a file": (
        lambda: gzip.compress(entry("answers/01.md", 10 * GIB)) + ZEROS * 160,
        "is larger than 16 MiB"),
    "a file that says 10 GB": (lambda: entry("answers/01.md", 10 * GIB),
                               "holds a file of 10737418240 bytes"),
    "a large file": (lambda: b"\0" * (MOST_BYTES + 1), "is larger than 16 MiB"),
    "less than nothing": (negative_size, "holds a file of -512 bytes"),
    "extended header": (pax_bomb, "of a kind that `make handin` does not write"),
    "sparse": (lambda: entry("answers/01.md", 512, type=tarfile.GNUTYPE_SPARSE), "holds a sparse"),
    "link out": (lambda: entry("answers/01.md", type=tarfile.SYMTYPE, linkname="/etc/passwd") + END,
                 "holds a symbolic link: 'answers/01.md'"),
    "link to a folder": (lambda: entry("answers/x", type=tarfile.SYMTYPE, linkname="../..") +
                         entry("answers/x/y", 4) + END, "holds a symbolic link: 'answers/x'"),
    "hard link": (lambda: GOOD + entry("answers/2", type=tarfile.LNKTYPE, linkname="/etc/passwd")
                  + END, "holds a hard link: 'answers/2'"),
    "device": (lambda: entry("answers/null", type=tarfile.CHRTYPE, devmajor=1, devminor=3) + END,
               "holds a device: 'answers/null'"),
    "disk": (lambda: entry("answers/sda", type=tarfile.BLKTYPE) + END, "holds a device"),
    "pipe": (lambda: entry("answers/pipe", type=tarfile.FIFOTYPE) + END, "holds a pipe"),
    "up": (lambda: entry("../../x", 4) + END, "leads elsewhere: '../../x'"),
    "up from below": (lambda: entry("answers/../../x", 4) + END, "leads elsewhere"),
    "folder that is up": (lambda: GOOD + entry("../x", type=tarfile.DIRTYPE) + END,
                          "leads elsewhere"),
    "absolute": (lambda: entry("/tmp/x", 4) + END, "leads elsewhere: '/tmp/x'"),
    "backslashes": (lambda: entry("answers\\..\\x", 4) + END, "leads elsewhere"),
    "line end": (lambda: entry("answers/a\nb", 4) + END, "leads elsewhere"),
    "not UTF-8": (lambda: GOOD.replace(b"answers", b"answer\xff") + END, "is not a tar file"),
    "twice": (lambda: GOOD + GOOD + END, "holds answers/01.md twice"),
    "file and folder": (lambda: GOOD + entry("answers/01.md/x", 4) + END,
                        "holds answers/01.md as a file and as a folder"),
    "many files": (lambda: b"".join(entry(f"answers/{n}") for n in range(MOST_FILES + 1)) + END,
                   "holds more than 2000 files"),
    "broken off": (lambda: GOOD, "is damaged"),
    "broken off within": (lambda: GOOD[:514], "can be read: unexpected end"),
    "damaged within": (lambda: GOOD + GOOD.replace(b"01.md", b"02.md") + END, "is damaged"),
    "nothing of a student's": (lambda: entry("Makefile", 4) + END, "names no lab: say LAB="),
    "facts that are none": (lambda: entry("handin.json", 4) + GOOD + END, "can't be read"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_archive_is_refused_and_harms_nothing(case: str, tmp_path: Path) -> None:
    make, says = HOSTILE[case]
    path = tmp_path / "deep" / "er" / "work.tar.gz"
    path.parent.mkdir(parents=True)
    path.write_bytes(make())
    before = sorted(tmp_path.rglob("*"))
    command = [sys.executable, "-m", "cairn_labs", "grade-handin", str(path)]
    done = subprocess.run(
        ["bash", "-c", f'ulimit -v {MEMORY // 1024}; exec "$@"', "bash", *command], timeout=60,
        cwd=path.parent, env={**os.environ, "PYTHONPATH": str(PROJECT / "labs")},
        capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, ""), done.stderr
    assert done.stderr.startswith(f"cairn_labs: {path}: ") and says in done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("path", [Path("/dev/zero"), Path("/nowhere.tar"), Path("/")])
def test_what_is_no_file_is_refused(path: Path) -> None:
    with pytest.raises(SourceError, match="is no file"):
        read_archive(path)


def test_a_compressed_archive_is_read(tmp_path: Path) -> None:
    path = tmp_path / "work.tar.gz"
    path.write_bytes(gzip.compress(entry("./answers", type=tarfile.DIRTYPE) +
                                   GOOD.replace(b"answers/01.md", b"answers//1.md") + END))
    with pytest.raises(SourceError):  # The header's checksum is wrong now.
        read_archive(path)
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT) as archive:
        archive.add(Path(__file__), arcname="./answers/01.md")
    path.write_bytes(gzip.compress(buffer.getvalue()))
    assert read_archive(path) == {"answers/01.md": Path(__file__).read_bytes()}


# --- what is taken -----------------------------------------------------------------------------


def test_only_the_student_s_own_files_are_taken(course: Course, tmp_path: Path) -> None:
    own = {LINE: b"int mine;\n", "answers/my notes.md": b"x", "kernel/own/a-b_1.c": b"x",
           "own/config.mk": b"ARCH ?= riscv64\n"}
    other = {"Makefile": b"x", "kernel/plain/plain.c": b"x", "kernel/own/$(touch x).c": b"x",
             "kernel/own/a b.c": b"x", "own2/a": b"x", "labs/stage.mk": b"x", ".git/config": b"x"}
    got = read_handin(course, handin(tmp_path / "a.tar", {**own, **other}), None)
    assert got.own == own and got.ignored == tuple(sorted(other)) and got.arch == "riscv64"
    tree = tree_of(course, got, "riscv64")
    given = make_stage(course, 1, "handout")
    assert {name for name in tree if tree[name] != given.get(name)} == set(own)
    assert not other.keys() & tree.keys() - given.keys()


@pytest.mark.parametrize("config, arch", [
    (b"ARCH ?= aarch64\n", "aarch64"), (b"# mine\nARCH:=riscv64 # yes\n", "riscv64"), (b"", ""),
    (b"$(shell touch x)\nARCH = x86_64\n", "x86_64"), (b"export ARCH=x86_64\n", ""),
])
def test_nothing_but_the_machine_is_taken_from_the_makefile(
        course: Course, tmp_path: Path, config: bytes, arch: str) -> None:
    got = read_handin(course, handin(tmp_path / "a.tar", {"own/config.mk": config}), None)
    assert got.arch == arch
    assert tree_of(course, got, "x86_64")["own/config.mk"].data == b"ARCH ?= x86_64\n"
    assert any("more than the machine" in note for note in notes(got)) == (
        b"$(" in config or b"export" in config)


@pytest.mark.parametrize("files, says", [
    ({"own/config.mk": b"ARCH ?= vax\n"}, "'vax' is no machine of the course"),
    ({"answers/README.md/x": b"x"}, "answers/README.md/x can't be where the course has answers/RE"),
    ({"Makefile": b"x"}, "holds no file that is a student's in lab 1"),
])
def test_what_can_t_be_graded_is_named(course: Course, tmp_path: Path, files: dict[str, bytes],
                                       says: str) -> None:
    with pytest.raises(SourceError, match=says):
        got = read_handin(course, handin(tmp_path / "a.tar", files), None)
        tree_of(course, got, got.arch)


def test_the_lab_is_the_one_that_is_asked_for(course: Course, tmp_path: Path) -> None:
    files = {"answers/01.md": b"x"}
    with pytest.raises(SourceError, match="there is no lab 7"):
        read_handin(course, handin(tmp_path / "a.tar", files, lab=7), None)
    assert read_handin(course, handin(tmp_path / "a.tar", files, lab=7), 1).lab.number == 1
    with pytest.raises(SourceError, match="say LAB="):
        read_handin(course, handin(tmp_path / "a.tar", files, lab=True), None)


def test_the_instructor_is_told_what_is_odd(course: Course, tmp_path: Path) -> None:
    files = {LINE: b"x", "own/adopted": b"1.5\n1.6\n", "answers/01.md": b"## 3. Rounding\n\nUp.\n"}
    said = list(notes(read_handin(course, handin(tmp_path / "a.tar", files), None)))
    assert len(said) == 3 and "'1.5, 1.6'" in said[0] and "format_number.c" in said[1]
    assert said[2].endswith("1 of 8 are answered in answers/01.md.")
    said = list(notes(read_handin(course, handin(tmp_path / "a.tar", files, hash="0"), None)))
    assert "the hash differs" in said[0]


# --- the mark ----------------------------------------------------------------------------------


def test_a_solution_gets_full_marks_and_a_makefile_runs_nothing(course: Course,
                                                                tmp_path: Path) -> None:
    evil, report = tmp_path / "evil", tmp_path / "report.json"
    solution = make_stage(course, 1, "solution")
    files = {name: solution[name].data for name in course.exercise_files & solution.keys()}
    files |= {"own/config.mk": f"ARCH ?= {ARCH}\n$(shell touch {evil})\n".encode(),
              "kernel/plain/plain.c": b"#error not graded\n"}
    path = handin(tmp_path / "work.tar", files)
    done = subprocess.run(
        [sys.executable, "-m", "cairn_labs", "grade-handin", path.name, "--", "--seed", "3",
         "--jobs", "1", "--json", str(report)], cwd=tmp_path, timeout=300, check=False,
        env={**os.environ, "PYTHONPATH": str(PROJECT / "labs")}, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    facts = json.loads(report.read_text())
    assert (facts["points"], facts["arch"]) == (100, ARCH)
    assert facts["ignored_files"] == ["kernel/plain/plain.c"] and not evil.exists()
    assert "kernel/plain/plain.c" in done.stdout and "more than the machine" in done.stdout
