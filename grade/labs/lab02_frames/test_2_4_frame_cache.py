"""Exercise 2.4: each processor's stack of frames."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

import pytest
from cairn.lab import Lab
from cairn.protocol import Reply
from labs.lab01_boot.facts import number, numbers
from labs.lab01_boot.teaching import count_of, differs

from .frame_cache_model import (BATCH, PUT, ROOM, TAKE, Event, Trace, events_of, frame_names,
                                in_use_again)


def check(lab: Lab, traces: Sequence[Trace]) -> None:
    """Every trace happens as the contract says."""
    run = lab.run([trace.request() for trace in traces])
    for trace, reply in zip(traces, run.replies):
        check_trace(trace, reply)


def before(events: Sequence[Event]) -> str:
    """The last few things that happened."""
    return "; ".join(map(str, events[-3:])) or "nothing yet"


def check_trace(trace: Trace, reply: Reply) -> None:
    expected, held = trace.expected()
    came = events_of(reply)
    for i, (should, does) in enumerate(zip_longest(expected, came)):
        if should != does:
            asked = f"{trace.title}; step by step, until: {before(came[:i])}"
            differs(asked, str(should or "nothing more"), str(does or "nothing more"),
                    in_use_again(came[:i + 1]))
    overruns = number(reply, "overruns")
    if overruns:
        differs(trace.title, "nothing changed but the stack's count and frames",
                f"{count_of(overruns, 'word')} beside them changed")
    if number(reply, "count") != len(held) or numbers(reply, "held") != held:
        differs(f"{trace.title}; what is in the stack in the end, oldest first",
                frame_names(held), f"count {number(reply, 'count')}, "
                                   f"{frame_names(numbers(reply, 'held'))}")


def test_gives_out_the_newest_first(lab: Lab) -> None:
    """Given frames in the stack, then they come out in the other direction, source unasked."""
    traces = [Trace(f"take all of {count_of(held, 'frame')}", [TAKE] * held, held)
              for held in (1, 2, BATCH, BATCH + 1, ROOM - 1, ROOM)]
    traces += [Trace(f"put in {count_of(count, 'frame')} and take as many",
                     [PUT] * count + [TAKE] * count)
               for count in (1, 2, 3, BATCH, ROOM - 1, ROOM)]
    traces += [Trace(f"put in and take in turn, over {held} frames", [PUT, TAKE] * 40, held)
               for held in (0, 1, BATCH, ROOM - 1)]
    traces += [Trace(f"take and put in in turn, over {held} frames", [TAKE, PUT] * 40, held)
               for held in (1, BATCH, ROOM)]
    check(lab, traces)


def test_refills_an_empty_stack_with_one_batch(lab: Lab) -> None:
    """Given an empty stack, then the source is asked once for a batch; its last one goes first."""
    traces = [Trace(f"take {count_of(count, 'frame')} from an empty stack", [TAKE] * count,
                    grants=[BATCH] * 4)
              for count in (1, 2, BATCH - 1, BATCH, BATCH + 1, 2 * BATCH, 3 * BATCH + 5)]
    traces += [Trace(f"take {held + 1} frames, of which the stack holds {held}",
                     [TAKE] * (held + 1), held, [BATCH]) for held in (1, BATCH, ROOM)]
    traces.append(Trace("take two frames and put one in, again and again",
                        [TAKE, TAKE, PUT] * 80, grants=[BATCH] * 8))
    check(lab, traces)


def test_is_content_with_less(lab: Lab) -> None:
    """Given a source with less than a batch, then whatever comes is used, and nothing else."""
    traces = [Trace(f"take {count_of(given, 'frame')}, which is what the source has",
                    [TAKE] * given, grants=[given]) for given in (1, 2, 3, BATCH - 1)]
    traces += [Trace(f"take frames of a source that gives {', '.join(map(str, grants))}",
                     [TAKE] * sum(grants), grants=grants)
               for grants in ([1, 1, 1, 1], [1, BATCH, 2], [BATCH - 1, 1, BATCH], [5, 4, 3, 2])]
    check(lab, traces)


def test_relieves_a_full_stack_of_its_oldest(lab: Lab) -> None:
    """Given a full stack, then the oldest batch goes back in one call; the rest keep order."""
    traces = [Trace(f"put in {count_of(more, 'frame')} on top of {held}, then take what there is",
                    [PUT] * more + [TAKE] * min(held + more, BATCH + more), held)
              for held, more in ((ROOM, 1), (ROOM, 2), (ROOM - 1, 2), (ROOM, BATCH))]
    traces += [Trace(f"put in {count} frames", [PUT] * count)
               for count in (ROOM, ROOM + 1, ROOM + BATCH, ROOM + BATCH + 1, 5 * ROOM + 3)]
    traces += [Trace(f"put in {ROOM + 1} frames and take {BATCH + 1}",
                     [PUT] * (ROOM + 1) + [TAKE] * (BATCH + 1)),
               Trace(f"put in one over {ROOM} frames, take it, and put in more",
                     [PUT, TAKE] + [PUT] * (BATCH + 2) + [TAKE] * ROOM, ROOM)]
    check(lab, traces)


@pytest.mark.negative
def test_says_when_there_is_nothing(lab: Lab) -> None:
    """Given an empty stack and a source without frames, then an error, and asked anew next time."""
    check(lab, [
        Trace("take a frame when there is none", [TAKE]),
        Trace("take frames when there are none", [TAKE] * 5),
        Trace("take two of one frame", [TAKE] * 2, held=1),
        Trace("take until the source has none, then when it has some again",
              [TAKE] * 8, grants=[2, 0, 3, 0, 1]),
        Trace("take when there is none, put one in, take again", [TAKE, PUT, TAKE, TAKE]),
    ])


def test_serves_any_order_of_requests(lab: Lab) -> None:
    """Given long random traces, also with a source that is often short, then as the model."""
    traces = []
    for _ in range(8):
        steps: list[int] = []
        while len(steps) < 600:
            steps += [lab.random.choice([TAKE, PUT])] * lab.random.choice([1, 2, 5, 40, 90])
        grants = [lab.random.choice([0, 1, BATCH - 1, BATCH, BATCH]) for _ in range(60)]
        traces.append(Trace("put in and take frames in any order", steps,
                            lab.random.randrange(ROOM + 1), grants))
    check(lab, traces)
