"""The line table of an ELF file: which line of which file each address comes from.

It is read as section 6.2 of the DWARF standard, version 4, describes it. A general library takes
two seconds for a kernel's table, which every build would wait for.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import NamedTuple

# Opcodes. One that is not here has no part in addresses and lines; its operands are skipped.
EXTENDED, COPY, ADVANCE_PC, ADVANCE_LINE, SET_FILE = range(5)
CONST_ADD_PC, FIXED_ADVANCE_PC = 8, 9
END_SEQUENCE, SET_ADDRESS = 1, 2


class Row(NamedTuple):
    """From `address` on, code comes from a line; the last row of a run only tells its end."""

    address: int
    file: str
    line: int
    is_end: bool


class Reader:
    """Takes numbers and texts from a section, one after the other."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def byte(self) -> int:
        self.at += 1
        return self.data[self.at - 1]

    def number(self, size: int) -> int:
        self.at += size
        return int.from_bytes(self.data[self.at - size:self.at], "little")

    def unsigned(self) -> int:
        """A number in ULEB128: seven bits a byte, the lowest first."""
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def signed(self) -> int:
        """The same with a sign, which is the highest of its bits."""
        start = self.at
        value, bits = self.unsigned(), 7 * (self.at - start)
        return value - (1 << bits) if value >> (bits - 1) else value

    def text(self) -> str:
        start, self.at = self.at, self.data.index(0, self.at) + 1
        return self.data[start:self.at - 1].decode()


def read_names(reader: Reader) -> list[str]:
    """A unit's files. Directories and files count from 1."""
    directories = ["", *iter(reader.text, "")]
    names = ["?"]
    while name := reader.text():
        names.append(posixpath.join(directories[reader.unsigned()], name))
        reader.unsigned()  # when it was changed
        reader.unsigned()  # its length
    return names


def read_unit(reader: Reader) -> Iterator[Row]:
    """The rows of the unit at which the reader is, in their order. Raises ValueError."""
    length = reader.number(4)
    end = reader.at + length
    version = reader.number(2)
    if not 2 <= version <= 4:
        raise ValueError(f"it has a line table of DWARF {version}, not of DWARF 4")
    length = reader.number(4)
    program = reader.at + length
    unit = reader.byte()  # what addresses are counted in
    reader.at += 2 if version == 4 else 1  # operations in an instruction; is_stmt at first
    line_base = (reader.byte() ^ 0x80) - 0x80
    line_range = reader.byte()
    opcode_base = reader.byte()
    operands = [0, *(reader.byte() for _ in range(opcode_base - 1))]
    names = read_names(reader)
    reader.at = program
    address, file, line = 0, 1, 1
    while reader.at < end:
        opcode = reader.byte()
        if opcode >= opcode_base:
            steps, lines = divmod(opcode - opcode_base, line_range)
            address += steps * unit
            line += line_base + lines
            yield Row(address, names[file], line, False)
        elif opcode == COPY:
            yield Row(address, names[file], line, False)
        elif opcode == ADVANCE_PC:
            address += reader.unsigned() * unit
        elif opcode == ADVANCE_LINE:
            line += reader.signed()
        elif opcode == SET_FILE:
            file = reader.unsigned()
        elif opcode == CONST_ADD_PC:
            address += (255 - opcode_base) // line_range * unit
        elif opcode == FIXED_ADVANCE_PC:
            address += reader.number(2)
        elif opcode == EXTENDED:
            length = reader.unsigned()
            following = reader.at + length
            kind = reader.byte()
            if kind == END_SEQUENCE:
                yield Row(address, "", 0, True)
                address, file, line = 0, 1, 1
            elif kind == SET_ADDRESS:
                address = reader.number(length - 1)
            reader.at = following
        else:
            for _ in range(operands[opcode]):
                reader.unsigned()


def read_rows(section: bytes) -> Iterator[Row]:
    """The rows of every unit in a `.debug_line` section, in their order. Raises ValueError."""
    reader = Reader(section)
    while reader.at < len(section):
        yield from read_unit(reader)
