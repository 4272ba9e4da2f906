"""Exercise 2.5: which NUMA nodes are asked, and in which order."""

from __future__ import annotations

from collections.abc import Sequence

from cairn.lab import Lab
from cairn.protocol import Reply
from labs.lab01_boot.facts import number
from labs.lab01_boot.teaching import count_of, differs

from .node_order_model import (FAR, NEAR, NODES_MAX, Question, Table, all_nodes, even_table,
                               explain, listed, order, random_table)


def check(lab: Lab, questions: Sequence[Question]) -> None:
    """Every order is the one that the contract asks for."""
    run = lab.run([question.request() for question in questions])
    for question, reply in zip(questions, run.replies):
        check_answer(question, reply)


def check_answer(question: Question, reply: Reply) -> None:
    orders = [value for value in reply.all("order") if isinstance(value, list)]
    for node, came in zip(question.nodes, orders, strict=True):
        expected = order(question.table, node)
        if came != expected:
            asked = (f"{question.title}: what node {node} asks, whose distances are "
                     f"{listed(question.table[node])}")
            differs(asked, listed(expected), listed(came), explain(question.table, node, came))
    changed = number(reply, "changed")
    if changed:
        differs(question.title, "the table and what lies behind the order left alone",
                f"{count_of(changed, 'place')} of them changed")


def with_row(count: int, node: int, row: list[int]) -> Table:
    """A table in which one node's distances count, and the way back is another."""
    table = even_table(count, far=30)
    table[node] = row
    for other in range(count):
        if other != node:
            table[other][node] = 200 - 9 * other
    return table


def test_asks_the_node_itself_first(lab: Lab) -> None:
    """Given any own distance, also one that lies, then the node itself comes before all others."""
    questions = [Question("a machine of one node", [[near]], (0,)) for near in (NEAR, 0, 255)]
    for near in (NEAR, 0, 1, FAR, FAR + 1, 200, 255):
        for count in (2, 5, NODES_MAX):
            table = even_table(count, near=near)
            title = f"{count} nodes, each {near} from itself and {FAR} from the others"
            questions.append(Question(title, table, all_nodes(table)))
    check(lab, questions)


def test_asks_nearer_nodes_before_farther_ones(lab: Lab) -> None:
    """Given different distances, then they alone decide; those from the node, not those to it."""
    questions = []
    for count in (2, 3, 4, 8, NODES_MAX):
        for node in {0, 1, count // 2, count - 1}:
            others = [11 + 15 * i for i in range(count)]
            lab.random.shuffle(others)
            for row in (others, sorted(others), sorted(others, reverse=True)):
                asked = [NEAR if other == node else far for other, far in enumerate(row)]
                questions.append(Question(f"{count} nodes at different distances",
                                          with_row(count, node, asked), (node,)))
    extremes = [1, 255, 2, 254, 127, 128, 10, 11, 9]
    questions.append(Question("the least and the greatest distances",
                              with_row(9, 6, extremes), (6,)))
    check(lab, questions)


def test_breaks_ties_around_the_ring(lab: Lab) -> None:
    """Given nodes equally far, then the next in the ring from the asking one on is first."""
    questions = []
    for count in range(2, NODES_MAX + 1):
        table = even_table(count)
        questions.append(Question(f"{count} nodes, all {FAR} apart", table, all_nodes(table)))
    for count in (4, 6, 12, NODES_MAX):
        pairs = [[NEAR if a == b else 15 if a // 2 == b // 2 else 40 for b in range(count)]
                 for a in range(count)]
        questions.append(Question(f"{count} nodes in pairs", pairs, all_nodes(pairs)))
        halves = [[NEAR if a == b else 12 + 9 * ((a ^ b) & 1) for b in range(count)]
                  for a in range(count)]
        questions.append(Question(f"{count} nodes, the even ones near each other", halves,
                                  all_nodes(halves)))
    check(lab, questions)


def test_takes_a_missing_distance_for_far(lab: Lab) -> None:
    """Given distances of 0, then they count as 20: farther than 19, nearer than 21."""
    questions = []
    for count in (3, 4, 7, NODES_MAX):
        none = even_table(count, far=0, near=0)
        questions.append(Question(f"{count} nodes of which no distance is told", none,
                                  all_nodes(none)))
        for node in {0, 1, count - 1}:
            row = [(0, FAR - 1, FAR + 1, FAR)[(other - node) % 4] for other in range(count)]
            questions.append(Question(f"{count} nodes, some at a distance that is not told",
                                      with_row(count, node, row), (node,)))
    check(lab, questions)


def test_orders_any_nodes(lab: Lab) -> None:
    """Given random tables, then what the contract says."""
    questions = []
    for _ in range(60):
        count = lab.random.randrange(1, NODES_MAX + 1)
        some = [lab.random.randrange(256) for _ in range(lab.random.randrange(1, 12))]
        table = random_table(lab.random, count, [*some, 0, FAR])
        questions.append(Question(f"{count} nodes at any distances", table, all_nodes(table)))
    check(lab, questions)
