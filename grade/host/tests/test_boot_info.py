"""What every machine has, although its firmware left it out."""

from __future__ import annotations

import struct
from typing import Any

import pytest

from host.tests.host_tables import Tables, warnings_of

PROCESSORS_MAX = 256
NODES_MAX = 16


def completed(
    tables: Tables, running: int, told: list[tuple[int, bool]], nodes: int = 1
) -> dict[str, Any]:
    """The answer to a list of processors, by number and whether they may be used."""
    blob = b"".join(struct.pack("<Q?", *processor) for processor in told)
    return tables.ask("complete", blob, running, nodes)


def processors(answer: dict[str, Any]) -> list[tuple[int, bool]]:
    """Number and usability of all."""
    return [(each["hardware_id"], each["usable"]) for each in answer["info"]["processors"]]


def test_nothing_is_added_to_what_is_complete(tables: Tables) -> None:
    """Given the running processor among others, all stays as it was told."""
    answer = completed(tables, 7, [(3, True), (7, True), (9, False)])
    assert processors(answer) == [(3, True), (7, True), (9, False)]
    assert warnings_of(answer) == []


def test_the_running_processor_is_usable(tables: Tables) -> None:
    """Given that it is told to be off, it is usable all the same."""
    answer = completed(tables, 7, [(3, True), (7, False)])
    assert processors(answer) == [(3, True), (7, True)]
    assert len(warnings_of(answer)) == 1


@pytest.mark.parametrize("told", [0, 1, PROCESSORS_MAX - 1, PROCESSORS_MAX])
def test_the_running_processor_is_there(tables: Tables, told: int) -> None:
    """Given processors without the running one, it is added, or replaces the first."""
    answer = completed(tables, 1 << 40, [(number, True) for number in range(told)])
    found = processors(answer)
    assert (1 << 40, True) in found
    assert len(found) == min(told + 1, PROCESSORS_MAX)
    assert len(warnings_of(answer)) == 1


@pytest.mark.parametrize("told", [0, 1, 2, NODES_MAX])
def test_every_node_is_near_itself(tables: Tables, told: int) -> None:
    """Given any number of nodes, there is at least one, and each is at distance 10 from itself."""
    info = completed(tables, 0, [(0, True)], told)["info"]
    assert info["node_count"] == max(told, 1)
    for node in range(info["node_count"]):
        assert info["node_distance"][node][node] == 10
