"""Reading a file that a student handed in, without trusting any byte of it.

All is read into memory, up to a limit; nothing is written. Only plain files and folders are taken,
with names that stay below the folder they are unpacked in.
"""

from __future__ import annotations

import gzip
import io
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from cairn_labs.errors import SourceError

MOST_BYTES = 16 << 20  # of the whole archive, unpacked
MOST_FILES = 2000
MOST_NAME = 200
GZIP = b"\x1f\x8b"
BLOCK = 512
KINDS = {
    tarfile.LNKTYPE: "a hard link", tarfile.SYMTYPE: "a symbolic link",
    tarfile.CHRTYPE: "a device", tarfile.BLKTYPE: "a device",
    tarfile.FIFOTYPE: "a pipe", tarfile.GNUTYPE_SPARSE: "a sparse file",
}
PLAIN = (tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.DIRTYPE)


class Refused(Exception):
    """The archive holds what no handin has."""


class Entry(tarfile.TarInfo):
    """One header. It is judged before anything behind it is read."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Entry:
        entry = super().frombuf(buf, encoding, errors)
        if entry.type not in PLAIN:
            kind = KINDS.get(entry.type, "an entry of a kind that `make handin` does not write")
            raise Refused(f"holds {kind}: {entry.name!r}")
        if not 0 <= entry.size <= MOST_BYTES:
            raise Refused(f"holds a file of {entry.size} bytes: {entry.name!r}")
        return entry


def unpacked(path: Path) -> bytes:
    """The tar file itself, whether it came compressed or not."""
    try:
        if not path.is_file():
            raise Refused("is no file")
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
        if data.startswith(GZIP):
            data = gzip.GzipFile(fileobj=io.BytesIO(data)).read(MOST_BYTES + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise Refused(f"is damaged: {error}") from error
    except OSError as error:
        raise Refused(f"can't be read: {error.strerror or error}") from error
    if len(data) > MOST_BYTES:
        raise Refused(f"is larger than {MOST_BYTES >> 20} MiB, which no handin is")
    return data


def plain_name(name: str) -> str:
    """A name without `./`; refuses one that leads elsewhere or that can't be shown."""
    parts = name.split("/")
    if name.startswith("/") or "\\" in name or ".." in parts or not name.isprintable():
        raise Refused(f"holds a name that leads elsewhere: {name!r}")
    if len(name) > MOST_NAME:
        raise Refused(f"holds a name of {len(name)} characters")
    return "/".join(part for part in parts if part not in ("", "."))


def entries(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Every plain file of a tar file, and a check that there is nothing else to it."""
    end = 0
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:", tarinfo=Entry) as archive:
        for count, entry in enumerate(archive):
            if count >= MOST_FILES:
                raise Refused(f"holds more than {MOST_FILES} files")
            name = plain_name(entry.name)
            end = entry.offset_data + -(-entry.size // BLOCK) * BLOCK
            if entry.isreg():
                yield name, data[entry.offset_data:entry.offset_data + entry.size]
    # tarfile takes a damaged header for the end.
    if data[end:].strip(b"\0") or len(data) < end + BLOCK:
        raise Refused("is damaged: it breaks off, or goes on behind its end")


def read_archive(path: Path) -> dict[str, bytes]:
    """The files of an archive by their names. Raises SourceError with all that is wrong with it."""
    files: dict[str, bytes] = {}
    try:
        for name, data in entries(unpacked(path)):
            if name in files:
                raise Refused(f"holds {name} twice")
            files[name] = data
        for name in files:
            for at, letter in enumerate(name):
                if letter == "/" and name[:at] in files:
                    raise Refused(f"holds {name[:at]} as a file and as a folder")
        if not files:
            raise Refused("holds no files")
    except Refused as error:
        raise SourceError(str(path), 0, str(error)) from error
    except (tarfile.TarError, ValueError) as error:
        raise SourceError(str(path), 0, f"is not a tar file that can be read: {error}") from error
    return files
