"""The frame allocator as a whole. These tests carry no points: each needs several exercises.

They are marked negative, so that they never cost the points of an exercise's own negative tests.
"""

from __future__ import annotations

import re

import pytest
from cairn.architectures import Node as HardwareNode
from cairn.lab import Lab
from cairn.protocol import Reply
from cairn.requests import Request, request
from labs.lab01_boot.errors import OK
from labs.lab01_boot.facts import number, numbers, signed
from labs.lab01_boot.teaching import differs

from .frames_model import (ALLOCATE_ONE, CHUNK, CHUNK_FRAMES, COUNT, CROOKED, DRAIN, FAIL,
                           FILL, FREE, FREE_ONE, FREE_OWNER, HEAP, INVALID, KERNEL, LOOK, LOW_END,
                           NO_MEMORY, OWNERS, PAGE, REFERENCE, RELEASE, RESERVE_EMPTY, RESERVE_FILL,
                           RESERVE_TAKE, STACK, UNTOUCHED, Live, Machine, Wish, act, differing,
                           hoard, nodes_of, result_name, run_steps, unhoard)
from .frames_trace import Trace
from .node_order_model import order
from .scattered_memory import memory_base, with_reservations

pytestmark = pytest.mark.negative

INFO = request("boot.info")
DRAINED = run_steps(act(DRAIN))
# Four nodes, none as far from another as the next.
FOUR = [HardwareNode("64M", str(processor)) for processor in range(4)]
DISTANCES = [word for a, b, far in ((0, 1, 40), (0, 2, 15), (0, 3, 30), (1, 2, 25), (1, 3, 12),
                                    (2, 3, 50))
             for word in ("-numa", f"dist,src={a},dst={b},val={far}")]
# QEMU 7.2 can't make more than two such nodes with RISC-V's older interrupt controller.
MANY_NODES = {"riscv64": ["-machine", "aia=aplic-imsic"]}
HUGE = ["-object", "memory-backend-ram,id=all,size=64G,reserve=off", "-machine",
        "memory-backend=all"]


def four_devices(lab: Lab) -> list[str]:
    """What QEMU is told besides, for a machine of four nodes."""
    return [*DISTANCES, *MANY_NODES.get(lab.arch, [])]


def check_same(asked: str, before: Reply, after: Reply) -> None:
    """All memory is as it was: nothing lost, and blocks as large as before."""
    wrong = differing(nodes_of(before), nodes_of(after))
    if wrong:
        differs(asked, "afterwards, all is as it was at first", wrong)


def serve_traces(lab: Lab, traces: list[Trace], nodes: list[HardwareNode]) -> None:
    """Every trace is served without a mistake, and leaves nothing behind."""
    asked: list[Request] = [INFO, DRAINED, COUNT]
    for trace in traces:
        asked += [*trace.requests, DRAINED, COUNT]
    run = lab.run(asked, processors=len(nodes) or 1, nodes=nodes,
                  memory=f"{64 * len(nodes)}M" if nodes else "256M",
                  devices=four_devices(lab) if nodes == FOUR else [])
    replies = iter(run.replies)
    machine = Machine.of(next(replies))
    next(replies)
    before = next(replies)
    reserved = max(node.metadata for node in nodes_of(before)) * PAGE
    for trace in traces:
        answers = [number for _ in trace.requests for number in numbers(next(replies), "results")]
        trace.judge(machine, answers, reserved)
        next(replies)
        after = next(replies)
        check_same(f"free all that a trace of {len(trace.calls)} calls allocated", before, after)
        if number(after, "mistakes"):
            differs("free only what was allocated", "no mistake reported",
                    f"{number(after, 'mistakes')} mistakes")


def test_whole_serves_any_trace(lab: Lab) -> None:
    """Given long random traces, then no overlap, all conditions kept, and nothing lost."""
    machines: list[list[HardwareNode]] = [[], FOUR[:2], FOUR]
    for nodes in machines:
        traces = [Trace(lab.random, calls, len(nodes) or 1) for calls in (60, 400, 900)]
        serve_traces(lab, traces, nodes)


def test_whole_keeps_devices_memory_below_4_gib(lab: Lab) -> None:
    """Given memory above 4 GiB, then it is used first, and what must be low is low."""
    low = Wish(64 * CHUNK_FRAMES, low=True)
    run = lab.run([INFO, DRAINED, COUNT, hoard(Wish(5), 20), unhoard(), hoard(low), unhoard(),
                   hoard(Wish(3, low=True), 20), unhoard(),
                   hoard(Wish(1, low=True, zeroed=True), 20), unhoard(), DRAINED, COUNT],
                  memory="6G", budget_ms=2000)
    machine = Machine.of(run.replies[0])
    for at, wish in ((3, Wish(5)), (5, low), (7, Wish(3, low=True)), (9, Wish(1, low=True))):
        check_hoard(machine, wish, numbers(run.replies[at], "taken"))
    first = numbers(run.replies[3], "taken")
    if any(address < LOW_END for address in first):
        differs("allocate 5 frames with memory free above 4 GiB", "memory above 4 GiB",
                f"0x{min(first):x}")
    if signed_result(run.replies[5]) != NO_MEMORY:
        differs(f"allocate {low}, until none is left", "ERROR_NO_MEMORY",
                result_name(signed_result(run.replies[5])))
    check_same("free all of it", run.replies[2], run.replies[-1])


def signed_result(reply: Reply) -> int:
    return number(reply, "result")


def check_hoard(machine: Machine, wish: Wish, taken: list[int]) -> None:
    """Nothing overlaps, and all is as asked for."""
    if not taken:
        differs(f"allocate {wish}", "a block", "none at all")
    last = -1
    for address in sorted(taken):
        wrong = Live(machine).wrong(wish, address)
        if not wrong and address < last:
            wrong = f"0x{address:x} was given out twice, or overlaps the one before"
        if wrong:
            differs(f"allocate {wish}, again and again", "memory of our own", f"0x{address:x}",
                    wrong)
        last = address + wish.size


def test_whole_gives_out_all_there_is(lab: Lab) -> None:
    """Given a small machine, then every frame is given out once, and then an error."""
    one = Wish(1)
    run = lab.run([INFO, DRAINED, COUNT, hoard(one), COUNT,
                   run_steps(Wish(2).step(), act(ALLOCATE_ONE), Wish(600).step(),
                             Wish(1, low=True).step()),
                   unhoard(0, 2), COUNT, unhoard(1, 2), DRAINED, COUNT,
                   hoard(Wish(CHUNK_FRAMES)), unhoard(), DRAINED, COUNT], memory="32M")
    machine = Machine.of(run.replies[0])
    before, empty = nodes_of(run.replies[2])[0], nodes_of(run.replies[4])[0]
    taken = numbers(run.replies[3], "taken")
    check_hoard(machine, one, taken)
    asked = "allocate single frames until there are none"
    if len(taken) != before.free + before.cached or empty.free or empty.cached:
        differs(asked, f"{before.free + before.cached:,} frames, and none left",
                f"{len(taken):,} frames, {empty.free + empty.cached:,} left")
    if empty.owned[KERNEL] - before.owned[KERNEL] != len(taken):
        differs(asked, f"{len(taken):,} more frames owned by the kernel",
                f"{empty.owned[KERNEL] - before.owned[KERNEL]:,}")
    for i, (result, physical) in enumerate(pairs(numbers(run.replies[5], "results"))):
        if (result, physical) != (NO_MEMORY, UNTOUCHED):
            differs(f"{asked}, and then more ({i})", "ERROR_NO_MEMORY, and *physical unchanged",
                    f"{result_name(result)}, 0x{physical:x}")
    half = nodes_of(run.replies[7])[0]
    if half.free + half.cached != (len(taken) + 1) // 2:
        differs(f"free every second of {len(taken):,} frames", f"{(len(taken) + 1) // 2:,} free",
                f"{half.free + half.cached:,}")
    check_same("free every second frame, then the others", run.replies[2], run.replies[10])
    check_hoard(machine, Wish(CHUNK_FRAMES), numbers(run.replies[11], "taken"))
    check_same("allocate and free all whole chunks", run.replies[2], run.replies[14])


def pairs(flat: list[int]) -> list[tuple[int, int]]:
    return [(signed(result), physical) for result, physical in zip(flat[::2], flat[1::2])]


def test_whole_asks_the_nodes_in_order(lab: Lab) -> None:
    """Given four nodes, then the nearest that has memory serves, down to the last frame of each."""
    chunks = [Wish(CHUNK_FRAMES, node=node) for node in range(4)]
    asked = [INFO, DRAINED, COUNT]
    for wish in chunks:
        asked += [hoard(wish), unhoard(), DRAINED, COUNT]
    asked += [hoard(Wish(7, node=2, only_node=True)), COUNT, unhoard(), DRAINED, COUNT,
              run_steps(act(ALLOCATE_ONE, 1), Wish(1, node=3).step(2), Wish(1, node=0).step(3),
                        act(FREE_ONE, 2), act(ALLOCATE_ONE, 2),
                        *(act(FREE, slot) for slot in (1, 2, 3))), DRAINED, COUNT]
    run = lab.run(asked, processors=4, nodes=FOUR, devices=four_devices(lab),
                  budget_ms=500)
    machine = Machine.of(run.replies[0])
    for node, wish in enumerate(chunks):
        taken = numbers(run.replies[3 + 4 * node], "taken")
        check_hoard(machine, wish, taken)
        came = list(dict.fromkeys(machine.node_at(address) for address in taken))
        expected = order(machine.distances, node)
        if came != expected:
            differs(f"allocate {wish}, until none is left; distances {machine.distances[node]}",
                    f"memory of the nodes {expected}, in this order", str(came))
        check_same("free all of it", run.replies[2], run.replies[6 + 4 * node])
    check_only_node(machine, run.replies[19], run.replies[20])
    check_same("free all of it", run.replies[2], run.replies[23])
    ones = [machine.node_at(physical) for _, physical in pairs(numbers(run.replies[24], "results"))]
    if ones != [0, 3, 0, 0]:
        differs("allocate one frame on node 0, one for node 3, one for node 0; free node 3's, and "
                "allocate one on node 0", "[0, 3, 0, 0]", str(ones))
    check_same("free all of it", run.replies[2], run.replies[26])


def check_only_node(machine: Machine, taken: Reply, counted: Reply) -> None:
    wish = Wish(7, node=2, only_node=True)
    check_hoard(machine, wish, numbers(taken, "taken"))
    left = nodes_of(counted)[2]
    # Runs of 7 leave at most six frames of each run's chunk, and of a chunk at an edge of memory.
    if left.free > 8 * (left.partial_chunks + 1) or signed_result(taken) != NO_MEMORY:
        differs(f"allocate {wish}, until none is left", "ERROR_NO_MEMORY when hardly any is left",
                f"{result_name(signed_result(taken))} with {left.free} frames free")


def test_whole_fills_with_zeros_when_asked(lab: Lab) -> None:
    """Given frames with other contents, then zeroed ones are zero, singly and together."""
    wishes = [Wish(1), Wish(1, alignment=8 * PAGE), Wish(3), Wish(100), Wish(CHUNK_FRAMES)]
    steps = []
    for wish in wishes:
        steps += [wish.step(1), act(FILL, 1), act(FREE, 1), wish._replace(zeroed=True).step(1),
                  act(LOOK, 1), act(FREE, 1)]
    run = lab.run([run_steps(*steps)])
    results = numbers(run.replies[0], "results")
    for i, wish in enumerate(wishes):
        first, _, second, again, others = results[5 * i:5 * i + 5]
        if signed(first) or signed(second) or others:
            differs(f"fill {wish} with a pattern, free them, allocate as many zeroed ones",
                    "OK, and only zeros", f"{result_name(signed(second))}, at 0x{again:x} "
                                          f"{others} words that are not zero")


def test_whole_refuses_requests_without_sense(lab: Lab) -> None:
    """Given no frames, no owner, an odd alignment, no such node, then an error at once."""
    wishes = [Wish(0), Wish(1, owner=FREE_OWNER), Wish(5, owner=FREE_OWNER), Wish(2, owner=OWNERS),
              Wish(2, owner=255), Wish(2, alignment=CROOKED), Wish(1, node=1), Wish(9, node=15)]
    sense = [Wish(2, alignment=1), Wish(2, alignment=1 << 11), Wish(1, node=0, only_node=True)]
    large = [Wish((1 << 24) - 1), Wish(1, alignment=1 << 45), Wish(1, alignment=1 << 63)]
    steps = [wish.step(slot) for slot, wish in enumerate([*wishes, *large, *sense])]
    steps += [act(ALLOCATE_ONE, 99, owner=owner) for owner in (FREE_OWNER, OWNERS, 255)]
    run = lab.run([DRAINED, COUNT, run_steps(*steps, *(act(FREE, slot) for slot in (11, 12, 13))),
                   DRAINED, COUNT])
    came = [result for result, _ in pairs(numbers(run.replies[2], "results"))]
    expected = [INVALID] * len(wishes) + [NO_MEMORY] * len(large) + [OK] * 3 + [INVALID] * 3
    for wish, wanted, result in zip([*wishes, *large, *sense, *[Wish(1)] * 3], expected, came):
        if wanted != result:
            differs(f"allocate {wish} (owner {wish.owner}, alignment 0x{wish.alignment:x})",
                    result_name(wanted), result_name(result))
    check_same("free what was allocated", run.replies[1], run.replies[-1])


def test_whole_counts_references(lab: Lab) -> None:
    """Given references, then the last one that goes frees the frames; the frame says so."""
    run = lab.run([DRAINED, COUNT, run_steps(
        act(ALLOCATE_ONE, 1, owner=HEAP), Wish(5, owner=STACK).step(2),
        Wish(700, owner=KERNEL).step(3), *(act(REFERENCE, slot) for slot in (1, 2, 2, 3)))])
    places = [physical for _, physical in pairs(numbers(run.replies[2], "results"))]
    # The same seed and script: the next boot allocates the same frames.
    at = request("frames.at", *places)
    asked = [DRAINED, COUNT, run_steps(
        act(ALLOCATE_ONE, 1, owner=HEAP), Wish(5, owner=STACK).step(2),
        Wish(700, owner=KERNEL).step(3), *(act(REFERENCE, slot) for slot in (1, 2, 2, 3))), at,
        run_steps(*(act(RELEASE, slot) for slot in (1, 2, 2, 3))), at,
        run_steps(*(act(RELEASE, slot) for slot in (1, 2, 3))), DRAINED, COUNT]
    run = lab.run(asked)
    again = [physical for _, physical in pairs(numbers(run.replies[2], "results"))]
    if again != places:
        differs("boot twice and allocate the same", str(places), str(again))
    expected = ([[2, 1, HEAP], [3, 5, STACK], [2, 0, KERNEL]],
                [[1, 1, HEAP], [1, 5, STACK], [1, 0, KERNEL]])
    for reply, wanted in zip((run.replies[3], run.replies[5]), expected):
        came = reply.all("frame")
        if came != wanted:
            differs("add and take references of 1, 5 and 700 frames; references, count and owner",
                    str(wanted), str(came))
    check_same("take the last references away", run.replies[1], run.replies[-1])
    if number(run.replies[-1], "mistakes"):
        differs("use references rightly", "no mistake", f"{run.console[-800:]}")


def test_whole_keeps_promises(lab: Lab) -> None:
    """Given a reserve, then it is filled wholly or not at all, and taking never fails."""
    run = lab.run([DRAINED, COUNT, run_steps(
        act(RESERVE_FILL, count=17), act(RESERVE_FILL, count=5), act(FAIL, count=3),
        act(RESERVE_FILL, count=12), act(RESERVE_FILL, count=5),
        *(act(RESERVE_TAKE, slot, owner=STACK) for slot in range(5)),
        act(RESERVE_FILL, count=1), act(FAIL), act(RESERVE_FILL, count=16),
        *(act(FREE_ONE, slot) for slot in range(5)), act(RESERVE_EMPTY)), DRAINED, COUNT])
    results = numbers(run.replies[2], "results")
    fills = pairs(results[:8]) + pairs(results[13:])
    expected = [(INVALID, 0), (OK, 5), (NO_MEMORY, 5), (OK, 5), (NO_MEMORY, 0), (OK, 16)]
    if fills != expected:
        differs("fill a reserve with 17, 5, 12 (the third allocation fails), 5; take 5; fill with "
                "1 (which fails), 16", str(expected), str(fills))
    if len(set(results[8:13])) != 5:
        differs("take five frames out of a reserve", "five frames", str(results[8:13]))
    check_same("free the five, and empty the reserve", run.replies[1], run.replies[-1])


def test_whole_survives_the_failure_of_any_allocation(lab: Lab) -> None:
    """Given that the n-th allocation fails, for every n, then an error, and nothing leaks."""
    wishes = [Wish(1), Wish(3), Wish(1, alignment=4 * PAGE), Wish(CHUNK_FRAMES), Wish(1100)]
    asked = [DRAINED, COUNT]
    for fails in range(1, len(wishes) + 1):
        steps = [act(FAIL, count=fails), *(wish.step(i) for i, wish in enumerate(wishes)),
                 act(FAIL), *(act(FREE, slot) for slot in range(fails - 1)), act(DRAIN)]
        asked += [run_steps(*steps), COUNT]
    run = lab.run(asked)
    for fails in range(1, len(wishes) + 1):
        came = [result for result, _ in pairs(numbers(run.replies[2 * fails], "results"))]
        expected = [OK] * (fails - 1) + [NO_MEMORY] * (len(wishes) - fails + 1)
        if came != expected:
            differs(f"let allocation {fails} and the later ones fail",
                    " ".join(map(result_name, expected)), " ".join(map(result_name, came)))
        check_same(f"free what came before allocation {fails}, which failed", run.replies[1],
                   run.replies[2 * fails + 1])


def mistakes_with(single: int, run5: int, block: int, machine: Machine) -> list[Request]:
    """One wrong call after the other: none may have an effect."""
    reserved = next(base for base in range(machine.usable[0][1], 1 << 48, PAGE)
                    if not machine.is_memory(base, PAGE))
    beyond = max(high for _, high in machine.usable) + CHUNK
    frames = [(single, 2), (single, 0), (single + 1, 1), (run5, 4), (run5, 6), (run5, 1),
              (run5 + PAGE, 4), (block, 700), (block, CHUNK_FRAMES), (block + CHUNK, CHUNK_FRAMES),
              (block + PAGE, 1), (reserved, 1), (beyond, 1), (beyond, CHUNK_FRAMES), (1 << 60, 1),
              ((1 << 64) - PAGE, 1)]
    asked = [request("frames.bad_free", *each) for each in frames]
    for probe in ("frames.bad_free_one", "frames.bad_reference", "frames.bad_release"):
        asked += [request(probe, address) for address in
                  (run5 + PAGE, block + CHUNK, single + 8, reserved, beyond, (1 << 64) - PAGE)]
    return asked + [request("frames.bad_free_one", run5), request("frames.bad_free_one", block)]


def test_whole_reports_mistakes_and_their_culprit(lab: Lab) -> None:
    """Given frames freed twice, never allocated or wrongly counted, then a report and no effect."""
    setup = [DRAINED, COUNT, run_steps(act(ALLOCATE_ONE, 1), Wish(5).step(2), Wish(600).step(3),
                                       act(ALLOCATE_ONE, 4), Wish(9).step(5), Wish(513).step(6),
                                       *(act(FREE, slot) for slot in (4, 5, 6)))]
    first = lab.run([INFO, *setup])
    machine = Machine.of(first.replies[0])
    places = [physical for _, physical in pairs(numbers(first.replies[3], "results"))]
    wrong = mistakes_with(places[0], places[1], places[2], machine)
    wrong += [request(f"frames.bad_{kind}", place, *words) for place in places[3:]
              for kind, words in (("free_one", ()), ("free", (1,)), ("release", ()))]
    run = lab.run([INFO, *setup, COUNT, *wrong, COUNT,
                   run_steps(*(act(FREE, slot) for slot in (1, 2, 3)), act(DRAIN)), COUNT])
    for i, (asked, reply) in enumerate(zip(wrong, run.replies[5:])):
        if number(reply, "mistakes") != i + 1:
            differs(f"do something wrong: {asked}", f"{i + 1} mistakes counted",
                    str(number(reply, "mistakes")))
    check_same("do only wrong things", run.replies[4], run.replies[5 + len(wrong)])
    check_same("free what was allocated", run.replies[2], run.replies[-1])
    culprits = len(re.findall(r"frames_culprit\+", run.console))
    if culprits < len(wrong):
        differs(f"do {len(wrong)} wrong things in frames_culprit()",
                "the console shows it in a backtrace each time",
                f"{culprits} times; the last lines: {run.console[-600:]}")


def start_cost(lab: Lab, memory: str, devices: list[str]) -> tuple[int, int]:
    """Microseconds from the memory map's line in the log to the allocator's; how many frames."""
    run = lab.run([COUNT], memory=memory, devices=devices)
    time = r"\[ *(\d+)\.(\d+)\] "
    found = re.search(rf"{time}\d+ KiB of memory are usable[^[]*{time}frames: ", run.console)
    assert found is not None, f"the allocator says nothing at its start:\n{run.console[-800:]}"
    before, after = (int(found[i]) * 10**6 + int(found[i + 1]) for i in (1, 3))
    nodes = nodes_of(run.replies[0])
    share = sum(node.metadata for node in nodes) / sum(node.usable for node in nodes)
    if share > 0.05:
        differs(f"start with {memory} of memory", "at most 5 % of it for the allocator's tables",
                f"{share:.1%}")
    return after - before, sum(node.usable for node in nodes)


def test_whole_starts_as_fast_with_much_memory(lab: Lab) -> None:
    """Given 64 GiB instead of 64 MiB, then the allocator starts hardly later."""
    small, _ = start_cost(lab, "64M", [])
    large, frames = start_cost(lab, "64G", HUGE)
    if frames * PAGE < 60 << 30:
        differs("start with 64 GiB", "at least 60 GiB usable", f"{frames * PAGE >> 30} GiB")
    more = 400 * lab.session.budget_scale  # The reference needs 30 more.
    if large > small + more:
        differs("start with 64 GiB instead of 64 MiB", f"at most {more:,} microseconds of guest "
                "time more, each a thousand instructions", f"{small:,} and {large:,} microseconds")


def test_whole_does_without_memory_that_is_not_mapped(lab: Lab) -> None:
    """Given more pieces of memory than start-up has page tables for, then errors, not a panic."""
    if memory_base(lab.arch) is None:
        pytest.skip("this machine has no device tree, which would describe such memory")
    lab.folder.mkdir(parents=True, exist_ok=True)
    scattered = with_reservations(lab.arch, lab.folder, "2G", 40)
    run = lab.run([COUNT, run_steps(act(ALLOCATE_ONE), Wish(5).step())], memory="2G",
                  devices=scattered)
    came = [result for result, _ in pairs(numbers(run.replies[1], "results"))]
    if came != [NO_MEMORY] * 2 or nodes_of(run.replies[0])[0].usable:
        differs("allocate frames where no memory could be mapped", "ERROR_NO_MEMORY, twice",
                " ".join(map(result_name, came)))
