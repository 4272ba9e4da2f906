"""ACPI tables, built byte by byte: right, or wrong in one place."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

BASE = 0x10_0000

# Entry types of the MADT and the SRAT (ACPI Specification 6.5, 5.2.12 and 5.2.16).
LOCAL_APIC, IO_APIC, OVERRIDE, APIC_ADDRESS, X2APIC = 0, 1, 2, 5, 9
NODE_PROCESSOR, NODE_MEMORY, NODE_X2APIC = 0, 1, 2


def checksummed(table: bytes, at: int) -> bytes:
    """Sets the byte at an offset so that all bytes add up to 0."""
    fixed = bytearray(table)
    fixed[at] = 0
    fixed[at] = -sum(fixed) & 0xFF
    return bytes(fixed)


def table(signature: str, body: bytes, revision: int = 1, length: int | None = None) -> bytes:
    """A table with its header; @p length is what it claims."""
    told = 36 + len(body) if length is None else length
    head = struct.pack("<4sIBB", signature.encode(), told, revision, 0)
    head += struct.pack("<6s8sI4sI", b"CAIRN", b"TEST", 1, b"TEST", 1)
    return checksummed(head + body, 9)


def entry(kind: int, body: bytes, length: int | None = None) -> bytes:
    """An entry of MADT or SRAT; @p length is what it claims."""
    return struct.pack("<BB", kind, 2 + len(body) if length is None else length) + body


def local_apic(processor: int, apic: int, flags: int = 1) -> bytes:
    """A processor."""
    return entry(LOCAL_APIC, struct.pack("<BBI", processor, apic, flags))


def x2apic(processor: int, apic: int, flags: int = 1) -> bytes:
    """A processor with an ID of 32 bits."""
    return entry(X2APIC, struct.pack("<HIII", 0, apic, flags, processor))


def io_apic(address: int, first: int) -> bytes:
    """An I/O APIC."""
    return entry(IO_APIC, struct.pack("<BBII", 0, 0, address, first))


def override(legacy: int, to: int, flags: int, bus: int = 0) -> bytes:
    """An interrupt source override."""
    return entry(OVERRIDE, struct.pack("<BBIH", bus, legacy, to, flags))


def madt(*entries: bytes, address: int = 0xFEE00000) -> bytes:
    """Multiple APIC description table."""
    return table("APIC", struct.pack("<II", address, 1) + b"".join(entries))


def node_processor(domain: int, apic: int, flags: int = 1) -> bytes:
    """Which node a processor is in."""
    high = (domain >> 8).to_bytes(3, "little")
    return entry(
        NODE_PROCESSOR, struct.pack("<BBIB3sI", domain & 0xFF, apic, flags, 0, high, 0)
    )


def node_x2apic(domain: int, apic: int, flags: int = 1) -> bytes:
    """Which node a processor with an ID of 32 bits is in."""
    return entry(NODE_X2APIC, struct.pack("<HIIIII", 0, domain, apic, flags, 0, 0))


def node_memory(domain: int, base: int, size: int, flags: int = 1) -> bytes:
    """Which node memory is in."""
    return entry(NODE_MEMORY, struct.pack("<IHQQIIQ", domain, 0, base, size, 0, flags, 0))


def srat(*entries: bytes, revision: int = 3) -> bytes:
    """System resource affinity table."""
    return table("SRAT", bytes(12) + b"".join(entries), revision)


def slit(rows: list[list[int]], told: int | None = None) -> bytes:
    """System locality information table; @p told is the number of localities it claims."""
    count = len(rows) if told is None else told
    return table("SLIT", struct.pack("<Q", count) + b"".join(bytes(row) for row in rows))


def mcfg(*entries: tuple[int, int, int, int]) -> bytes:
    """PCI configuration space: base, segment, first bus, last bus."""
    packed = (struct.pack("<QHBBI", *fields, 0) for fields in entries)
    return table("MCFG", bytes(8) + b"".join(packed))


def hpet(address: int, space: int = 0) -> bytes:
    """High-precision timer."""
    return table("HPET", struct.pack("<IBBBBQBHB", 0, space, 64, 0, 0, address, 0, 100, 0))


def generic_address(space: int, address: int) -> bytes:
    """Generic address structure."""
    return struct.pack("<BBBBQ", space, 8, 0, 1, address)


@dataclass
class Fadt:
    """The fields of the FADT that matter here."""

    dsdt: int = 0
    x_dsdt: int = 0
    pm1a: int = 0x604
    pm1b: int = 0
    x_pm1a: bytes = bytes(12)
    x_pm1b: bytes = bytes(12)
    flags: int = 1 << 10
    reset: bytes = field(default_factory=lambda: generic_address(1, 0xCF9))
    reset_value: int = 0x0F

    def build(self, size: int = 276) -> bytes:
        """The table, cut to a size for older revisions."""
        body = bytearray(276)
        struct.pack_into("<I", body, 40, self.dsdt)
        struct.pack_into("<II", body, 64, self.pm1a, self.pm1b)
        struct.pack_into("<I", body, 112, self.flags)
        body[116:128] = self.reset
        body[128] = self.reset_value
        struct.pack_into("<Q", body, 140, self.x_dsdt)
        body[172:184] = self.x_pm1a
        body[184:196] = self.x_pm1b
        return table("FACP", bytes(body[36:size]), 6)


def sleep_package(type_a: bytes = b"\x0a\x05", type_b: bytes = b"\x0a\x05") -> bytes:
    """AML for `Name (_S5, Package () {a, b, 0, 0})`."""
    elements = b"\x04" + type_a + type_b + b"\x00\x00"
    return b"\x08_S5_\x12" + bytes([len(elements) + 1]) + elements


@dataclass
class Memory:
    """Physical memory from BASE on, with tables in it. The root pointer comes first."""

    content: bytearray = field(default_factory=lambda: bytearray(64))
    entries: list[int] = field(default_factory=list)

    def place(self, content: bytes) -> int:
        """Puts bytes into memory; returns their address."""
        self.content += b"\0" * (-len(self.content) % 16)
        address = BASE + len(self.content)
        self.content += content
        return address

    def add(self, *tables: bytes) -> Memory:
        """Puts tables into memory and into the root table."""
        self.entries += [self.place(content) for content in tables]
        return self

    def image(self, old: bool = False, xsdt: int | None = None, rsdt: int | None = None) -> bytes:
        """The memory, with root tables; addresses of the root tables may be given."""
        if rsdt is None:
            low = struct.pack(f"<{len(self.entries)}I", *(e & 0xFFFFFFFF for e in self.entries))
            rsdt = self.place(table("RSDT", low))
        if xsdt is None:
            xsdt = self.place(table("XSDT", struct.pack(f"<{len(self.entries)}Q", *self.entries)))
        root = struct.pack("<8sB6sBI", b"RSD PTR ", 0, b"CAIRN", 0 if old else 2, rsdt)
        root = checksummed(root, 8)
        if not old:
            root = checksummed(root + struct.pack("<IQB3s", 36, xsdt, 0, bytes(3)), 32)
        self.content[: len(root)] = root
        return bytes(self.content)


def machine(**changes: bytes) -> Memory:
    """A machine with two processors in two nodes; tables may be exchanged by name."""
    memory = Memory()
    dsdt = memory.place(table("DSDT", bytes(20) + sleep_package() + bytes(20)))
    tables = {
        "fadt": Fadt(dsdt=dsdt, x_dsdt=dsdt).build(),
        "madt": madt(
            local_apic(0, 0),
            local_apic(1, 2),
            io_apic(0xFEC00000, 0),
            override(0, 2, 0),
            override(9, 9, 0xD),
        ),
        "srat": srat(
            node_processor(0, 0),
            node_processor(1, 2),
            node_memory(0, 0, 0x8000000),
            node_memory(1, 0x8000000, 0x8000000),
        ),
        "slit": slit([[10, 20], [21, 10]]),
        "mcfg": mcfg((0xB0000000, 0, 0, 255)),
        "hpet": hpet(0xFED00000),
    }
    assert not changes.keys() - tables.keys()
    tables.update(changes)
    return memory.add(*(content for content in tables.values() if content))
