"""Reading a tar archive: from Python's tarfile, odd, and damaged."""

from __future__ import annotations

import io
import tarfile

import pytest

from host.tests.broken import mutations, truncations
from host.tests.host_tables import CORRUPT, NOT_FOUND, Tables

FILES = {
    "symbols": bytes(range(256)) * 5,
    "empty": b"",
    "script": b"cairn-script 1\n",
    "one-block": b"x" * 512,
    "n" * 100: b"a name that fills its field",
}
SIZE_AT = 124
CHECKSUM_AT = 148


def archive(files: dict[str, bytes], links: bool = False) -> bytes:
    """An archive in the ustar format; with entries that are no files before and between them."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, content in files.items():
            if links:
                folder = tarfile.TarInfo("folder")
                folder.type = tarfile.DIRTYPE
                tar.addfile(folder)
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return out.getvalue()


def told(files: dict[str, bytes]) -> list[list[object]]:
    """What the command answers about files: name, size, sum."""
    result: list[list[object]] = []
    for name, content in files.items():
        total = 0
        for byte in content:
            total = (total * 31 + byte) & 0xFFFFFFFF
        result.append([name, len(content), total])
    return result


def with_size(blob: bytes, field: bytes) -> bytes:
    """The archive with another size in its first header, and the checksum put right."""
    header = bytearray(blob[:512])
    header[SIZE_AT : SIZE_AT + 12] = field
    header[CHECKSUM_AT : CHECKSUM_AT + 8] = b" " * 8
    header[CHECKSUM_AT : CHECKSUM_AT + 8] = b"%06o\0 " % sum(header)
    return bytes(header) + blob[512:]


@pytest.mark.parametrize("links", [False, True])
def test_every_file_is_found(tables: Tables, links: bool) -> None:
    """Given a good archive, its files are told in order, whole, and nothing else."""
    answer = tables.ask("ramdisk", archive(FILES, links))
    assert answer["files"] == told(FILES)
    assert answer["result"] == NOT_FOUND


def test_no_archive(tables: Tables) -> None:
    """Given nothing, or less than a header, there are no files."""
    for size in (0, 1, 511):
        assert tables.ask("ramdisk", bytes(size))["result"] == NOT_FOUND
    assert tables.ask("ramdisk", b"\xff" * 512)["result"] == CORRUPT


@pytest.mark.parametrize(
    "field",
    [
        b"77777777777\0",
        b"777777777777",
        b"\x80" + b"\xff" * 11,
        b"-0000000001\0",
        b"\0" * 12,
        b" " * 12,
        b"00000000x10\0",
        b"00000100000\0",
    ],
)
def test_odd_sizes(tables: Tables, field: bytes) -> None:
    """Given a size that is no number or past the archive's end, the archive is corrupt."""
    answer = tables.ask("ramdisk", with_size(archive({"a": b"12345"}), field))
    assert answer["result"] == CORRUPT
    assert answer["files"] == []


def test_damaged_header(tables: Tables) -> None:
    """Given a header with any byte wrong, the archive is corrupt from there on."""
    blob = archive({"a": b"12345", "b": b"67890"})
    # The last byte of the checksum's field only ends it, and may be anything.
    for at in sorted(set(range(512)) - {CHECKSUM_AT + 7}):
        damaged = bytearray(blob)
        damaged[1024 + at] ^= 0x40
        answer = tables.ask("ramdisk", bytes(damaged))
        assert answer["files"] == told({"a": b"12345"}), at
        assert answer["result"] == CORRUPT, at


def test_cut_at_every_length(tables: Tables) -> None:
    """Given an archive cut anywhere, whole files are told and nothing is read behind the end."""
    blob = archive({"a": b"12345", "b": b"x" * 700})
    for cut in truncations(blob[:3072]):
        names = [name for name, _, _ in tables.ask("ramdisk", cut)["files"]]
        assert names == ["a", "b"][: (len(cut) >= 517) + (len(cut) >= 1536 + 700)], len(cut)


def test_random_damage(tables: Tables) -> None:
    """Given random damage, nothing is read outside."""
    for blob in mutations(archive(FILES), "ramdisk"):
        tables.ask("ramdisk", blob)
