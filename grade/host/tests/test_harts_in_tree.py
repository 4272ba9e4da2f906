"""Interrupt controllers of RISC-V in device trees, and where in them each hart is."""

from __future__ import annotations

from typing import Any

import pytest

from host.tests.host_tables import OK, Tables, warnings_of
from host.tests.trees import RISCV, board, qemu_tree


def parse(tables: Tables, blob: bytes) -> tuple[dict[str, Any], list[str]]:
    """What was read from a tree, and the warnings."""
    answer = tables.ask("device-tree", blob)
    assert answer["result"] == OK
    return answer["info"], warnings_of(answer)


def contexts(info: dict[str, Any]) -> list[int]:
    """Where each processor is at the interrupt controller of its kind, from 1 on; 0 for nowhere."""
    return [processor["context"] for processor in info["processors"]]


def test_riscv_contexts(tables: Tables) -> None:
    """Given QEMU's virt machine, supervisor mode is each hart's second context."""
    info, warnings = parse(tables, qemu_tree(*RISCV, "-smp", "3"))
    assert (contexts(info), warnings) == ([2, 4, 6], [])


def test_riscv_message_interrupts(tables: Tables) -> None:
    """Given the advanced interrupt architecture, each controller's domain is known."""
    info, _ = parse(tables, qemu_tree("riscv64", "virt,aia=aplic-imsic", "-smp", "2"))
    domains = {(c["kind"], c["first_interrupt"]): c for c in info["controllers"]}
    assert domains["aplic", 0]["address"] == 0xC000000
    assert domains["aplic", 1]["address"] == 0xD000000
    assert domains["aplic", 1]["interrupts"] == 96
    assert domains["imsic", 0]["address"] == 0x24000000
    assert domains["imsic", 1]["address"] == 0x28000000
    assert domains["imsic", 1]["interrupts"] == 255
    assert domains["imsic", 1]["stride"] == 0x1000
    assert contexts(info) == [1, 2]


def test_riscv_files_of_guests(tables: Tables) -> None:
    """Given files for guests behind each hart's own, the next hart's is as much further."""
    tree = qemu_tree("riscv64", "virt,aia=aplic-imsic,aia-guests=3", "-smp", "2")
    domains = {(c["kind"], c["first_interrupt"]): c for c in parse(tables, tree)[0]["controllers"]}
    assert domains["imsic", 1]["stride"] == 0x4000
    assert domains["imsic", 1]["size"] == 2 * 0x4000


def test_riscv_contexts_in_any_order(tables: Tables) -> None:
    """Given harts that differ, named in another order, each gets the place where it is named."""
    harts = "".join(
        f"""cpu@{hart} {{ device_type = "cpu"; reg = <{hart}>; phandle = <{20 + hart}>;
            interrupt-controller {{ compatible = "riscv,cpu-intc"; #interrupt-cells = <1>;
                interrupt-controller; phandle = <{10 + hart}>; }}; }};"""
        for hart in range(1, 5)
    )
    body = f"""cpus {{ {harts} }}; intc@8000 {{ compatible = "sifive,plic-1.0.0";
        riscv,ndev = <9>; reg = <0 0x8000 0 0x400000>;
        interrupts-extended = <&{{/cpus/cpu@1/interrupt-controller}} 11>, <14 9>, <12 0xffffffff>,
            <12 9>, <11 9>, <21 9>, <14 9>, <99 9>; }};"""
    assert contexts(parse(tables, board(body))[0]) == [0, 5, 4, 0, 2]


@pytest.mark.parametrize("entries", ["", "<10>", "<9 9>, <10>", "<10 10>, <9 9>", "[00]"])
def test_contexts_cut_short(tables: Tables, entries: str) -> None:
    """Given a list of harts that ends too early or names none, no hart has a context."""
    body = f"""cpus {{ interrupt-controller {{ compatible = "riscv,cpu-intc"; phandle = <9>; }};
            cpu@0 {{
                interrupt-controller {{ compatible = "riscv,cpu-intc"; phandle = <10>; }}; }}; }};
        interrupt-controller {{ compatible = "riscv,cpu-intc"; phandle = <11>; }};
        intc@8000 {{ compatible = "riscv,plic0"; riscv,ndev = <1>; reg = <0 0x8000 0 0x10000>;
            {f"interrupts-extended = {entries};" if entries else ""} }};"""
    info, _ = parse(tables, board(body))
    assert [processor["context"] for processor in info["processors"]] == [0]


def test_too_many_files_of_guests(tables: Tables) -> None:
    """Given an IMSIC with more files a hart than can be, it is not used."""
    body = """imsic@28000000 { compatible = "riscv,imsics"; riscv,num-ids = <63>;
        riscv,guest-index-bits = <8>; reg = <0 0x28000000 0 0x1000>; };"""
    info, warnings = parse(tables, board(body))
    assert info["controllers"] == []
    assert any("files of guests" in warning for warning in warnings)
