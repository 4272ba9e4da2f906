"""The model of kernel/page_table/page_table.h: a tree of tables, and what may come of each call."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from struct import iter_unpack, unpack_from

from .entry_model import Decoded, Format, Kind, flags_text, level_size

ENTRIES = 512
ROOT_LEVEL = 3
ADDRESS_END = 1 << 48
U64 = 1 << 64
PAGE = 4096
#: In a place of the probe's report: the entry leads to a table, which follows.
FOLLOWED = 4


def size_name(level: int) -> str:
    """The size of a level's pages."""
    return ("4 KiB", "2 MiB", "1 GiB", "512 GiB")[level]


@dataclass(frozen=True)
class Page:
    """A leaf."""

    physical: int
    flags: int

    def text(self, level: int) -> str:
        return f"a page of {size_name(level)} at {self.physical:#x}, {flags_text(self.flags)}"

    def part(self, level: int, index: int) -> Page:
        """What an entry of the level below maps once it is split."""
        return replace(self, physical=self.physical + index * level_size(level - 1))


@dataclass(frozen=True)
class Absent:
    """An entry that is not present, with a value that is not zero."""

    value: int

    def text(self, _level: int) -> str:
        return f"the entry {self.value:#x}, which is not present"


@dataclass
class Table:
    """A table; what it does not have is zero."""

    entries: dict[int, Page | Absent | Table] = field(default_factory=dict)

    def text(self, level: int) -> str:
        return f"a table of entries for {size_name(level - 1)} each"

    def is_empty(self) -> bool:
        """Whether it leads to nothing."""
        return all(isinstance(entry, Table) and entry.is_empty() for entry in self.entries.values())

    def count(self) -> int:
        """How many tables there are below."""
        return sum(1 + entry.count() for entry in self.entries.values()
                   if isinstance(entry, Table))


Entry = Page | Absent | Table


def entry_text(entry: Entry | None, level: int) -> str:
    """An entry in words."""
    return "nothing" if entry is None else entry.text(level)


def index_of(virtual: int, level: int) -> int:
    """The place of an address in a table."""
    return virtual >> 12 + 9 * level & ENTRIES - 1


class BadTables(Exception):
    """What the probe found is no tree of tables."""


@dataclass(frozen=True)
class State:
    """What the probe read from memory."""

    root: Table
    tables: int
    frames: list[int]

    @classmethod
    def read(cls, data: bytes, known: Format) -> State:
        """Out of the fact's bytes: see report_state() in kernel/probe/probe_page_table.c."""
        physical, tables = unpack_from("<2Q", data)
        root = Table()
        current = {ROOT_LEVEL: root}
        frames = [physical]
        for place, first, distance, count in iter_unpack("<4Q", data[16:]):
            level, base = place & 3, place & -PAGE
            for number in range(count):
                virtual = base + number * level_size(level)
                value = (first + number * distance) % U64
                entry = cls._entry(value, virtual, level, known, bool(place & FOLLOWED))
                if isinstance(entry, Table):
                    current[level - 1] = entry
                    frames.append(known.decode(value, level).physical)
                current[level].entries[index_of(virtual, level)] = entry
        if len(set(frames)) != len(frames):
            raise BadTables("a frame is a table twice")
        return cls(root, tables, frames[1:])

    @staticmethod
    def _entry(value: int, virtual: int, level: int, known: Format, followed: bool) -> Entry:
        decoded: Decoded = known.decode(value, level)
        if decoded.kind is Kind.ABSENT:
            return Absent(value)
        if decoded.kind is Kind.LEAF:
            return Page(decoded.physical, decoded.flags)
        if not followed:
            raise BadTables(f"the entry {value:#x} for {virtual:#x} leads to no page table")
        return Table()


@dataclass
class Outcome:
    """What may come of a call."""

    results: set[str]
    #: In these addresses empty tables may have been added.
    added: range = range(0)
    #: The pages that are at these addresses may have been split.
    split: tuple[int, ...] = ()


class Tables:
    """The tables as the contract has them."""

    def __init__(self) -> None:
        self.root = Table()

    # --- finding ---------------------------------------------------------------------------------

    def find(self, virtual: int) -> tuple[Table, int, Entry | None]:
        """The table, level and entry at which a walk ends."""
        table, level = self.root, ROOT_LEVEL
        entry = table.entries.get(index_of(virtual, level))
        while isinstance(entry, Table):
            table, level = entry, level - 1
            entry = table.entries.get(index_of(virtual, level))
        return table, level, entry

    def reach(self, virtual: int, level: int) -> Table:
        """The table of a level for an address, made with all that lead there."""
        table = self.root
        for at in range(ROOT_LEVEL, level, -1):
            entry = table.entries.get(index_of(virtual, at))
            assert entry is None or isinstance(entry, Table), "the trace sets what is in the way"
            if entry is None:
                table.entries[index_of(virtual, at)] = entry = Table()
            table = entry
        return table

    # --- the calls -------------------------------------------------------------------------------

    def put(self, virtual: int, level: int, entry: Entry | None) -> None:
        """Sets an entry."""
        table = self.reach(virtual, level)
        table.entries.pop(index_of(virtual, level), None)
        if entry is not None:
            table.entries[index_of(virtual, level)] = entry

    def _pieces(self, virtual: int, physical: int, size: int, largest: int
                ) -> Iterator[tuple[int, int, int, Entry | None]]:
        """Address, memory, level and the entry that is there, of each page of a range."""
        done = 0
        while done < size:
            at = virtual + done
            _, level, entry = self.find(at)
            if not isinstance(entry, Page):
                level = min(level, largest)
                while (at | physical + done) % level_size(level) or size - done < level_size(level):
                    level -= 1
            yield at, physical + done, level, entry
            done += level_size(level) - (at % level_size(level) if isinstance(entry, Page) else 0)

    def tables_wanted(self, places: list[tuple[int, int]]) -> int:
        """How many tables are missing for entries of these addresses and levels."""
        missing = set()
        for virtual, level in places:
            _, found, _ = self.find(virtual)
            missing |= {(at, virtual // level_size(at)) for at in range(found, level, -1)}
        return len(missing)

    def map(self, virtual: int, physical: int, size: int, flags: int, largest: int,
            fail_at: int) -> Outcome:
        """Does it, unless it must fail; then nothing has changed."""
        pieces = list(self._pieces(virtual, physical, size, largest))
        results = set()
        if any(isinstance(entry, Page) for *_, entry in pieces):
            results.add("ERROR_EXISTS")
        wanted = self.tables_wanted([(at, level) for at, _, level, entry in pieces
                                     if not isinstance(entry, Page)])
        if fail_at and wanted >= fail_at:
            results.add("ERROR_NO_MEMORY")
        if results:
            return Outcome(results, added=range(virtual, virtual + size))
        for at, memory, level, _ in pieces:
            self.put(at, level, Page(memory, flags))
        return Outcome({"OK"})

    def _split_at(self, virtual: int) -> int:
        """Splits until a page begins there. How many tables it takes."""
        splits = 0
        while virtual < ADDRESS_END:
            table, level, entry = self.find(virtual)
            if not isinstance(entry, Page) or virtual % level_size(level) == 0:
                break
            table.entries[index_of(virtual, level)] = split(entry, level)
            splits += 1
        return splits

    def change(self, virtual: int, size: int, flags: int, fail_at: int
               ) -> tuple[Outcome, list[tuple[int, int]]]:
        """Does it; also the pages that must be noted, as address and level."""
        if fail_at and Copy(self).splits(virtual, size) >= fail_at:
            return Outcome({"ERROR_NO_MEMORY"}, split=(virtual, virtual + size)), []
        self._split_at(virtual)
        self._split_at(virtual + size)
        noted = []
        for table, at, level in list(leaves(self.root, ROOT_LEVEL, 0, virtual, virtual + size)):
            page = table.entries.pop(index_of(at, level))
            assert isinstance(page, Page)
            noted.append((at, level))
            if flags:
                table.entries[index_of(at, level)] = replace(page, flags=flags)
        return Outcome({"OK"}), noted

    def prune(self, virtual: int, size: int) -> None:
        """Forgets empty tables for addresses of a range, but those of the root's upper half."""
        prune(self.root, ROOT_LEVEL, 0, virtual, virtual + size)

    # --- comparing -------------------------------------------------------------------------------

    def differences(self, found: Table, outcome: Outcome) -> Iterator[tuple[int, str, str]]:
        """Address, what should be there and what is; what may have changed is taken over."""
        yield from differences(self.root, found, ROOT_LEVEL, 0, outcome)


class Copy(Tables):
    """Tables on which one can try something."""

    def __init__(self, tables: Tables) -> None:
        super().__init__()
        self.root = copy_of(tables.root)

    def splits(self, virtual: int, size: int) -> int:
        """How many splits a change takes."""
        return self._split_at(virtual) + self._split_at(virtual + size)


def copy_of(table: Table) -> Table:
    """A table of its own; pages never change."""
    return Table({index: copy_of(entry) if isinstance(entry, Table) else entry
                  for index, entry in table.entries.items()})


def split(page: Page, level: int) -> Table:
    """The parts of a page."""
    return Table({index: page.part(level, index) for index in range(ENTRIES)})


def leaves(table: Table, level: int, base: int, first: int, end: int
           ) -> Iterator[tuple[Table, int, int]]:
    """The pages that begin in a range: the table that has each, its address and level."""
    for index, entry in sorted(table.entries.items()):
        at = base + index * level_size(level)
        if at >= end or at + level_size(level) <= first:
            continue
        if isinstance(entry, Table):
            yield from leaves(entry, level - 1, at, first, end)
        elif isinstance(entry, Page):
            yield table, at, level


def prune(table: Table, level: int, base: int, first: int, end: int) -> None:
    """Forgets empty tables below one."""
    for index, entry in list(table.entries.items()):
        at = base + index * level_size(level)
        if not isinstance(entry, Table) or at >= end or at + level_size(level) <= first:
            continue
        prune(entry, level - 1, at, first, end)
        if not entry.entries and not (level == ROOT_LEVEL and index >= ENTRIES // 2):
            del table.entries[index]


def differences(model: Table, found: Table, level: int, base: int, outcome: Outcome
                ) -> Iterator[tuple[int, str, str]]:
    """See Tables.differences()."""
    for index in sorted(model.entries.keys() | found.entries.keys()):
        wanted, came = model.entries.get(index), found.entries.get(index)
        at = base + index * level_size(level)
        end = at + level_size(level)
        if isinstance(came, Table) and may_be(wanted, came, level, range(at, end), outcome):
            model.entries[index] = wanted = split(wanted, level) if isinstance(wanted, Page) \
                else Table()
        if isinstance(wanted, Table) and isinstance(came, Table):
            yield from differences(wanted, came, level - 1, at, outcome)
        elif wanted != came:
            yield at, entry_text(wanted, level), entry_text(came, level)


def may_be(wanted: Entry | None, came: Table, level: int, place: range, outcome: Outcome) -> bool:
    """Whether a table may be here that the model does not know: after a call that failed."""
    added, cut = outcome.added, outcome.split
    if isinstance(wanted, Page):
        return any(place.start < address < place.stop for address in cut)
    return wanted is None and came.is_empty() and \
        added.start < place.stop and place.start < added.stop and level > 0
