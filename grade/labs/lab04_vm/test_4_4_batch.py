"""Exercise 4.4: pages are forgotten before their frames are freed."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

from cairn.lab import Lab

from .batch_model import FINISH, FRAMES, FREE, LOG_MAX, PAGE, PAGE_SIZE, PAGES, STEPS_MAX, Trace

USER, KERNEL = 0x4000_0000, 0xffff_c000_0000_0000
FRAME = 0x8000_0000


def check(lab: Lab, traces: Iterable[Trace]) -> None:
    """Every trace goes as the contract says."""
    traces = list(traces)
    run = lab.run([trace.request() for trace in traces])
    for trace, reply in zip(traces, run.replies, strict=True):
        trace.judge(reply)


def chance_page(random: Random) -> int:
    """Some page of either half."""
    return random.choice([USER, KERNEL]) + random.randrange(1 << 20) * PAGE_SIZE


def test_flushes_before_it_frees(lab: Lab) -> None:
    """Given pages and frames in any order, then the pages are forgotten first, all by one call."""
    traces = [Trace().page(USER).free(FRAME).finish().look(),
              Trace().free(FRAME).page(USER).finish().look(),
              Trace().page(KERNEL, 3).free(FRAME, 5).page(USER).free(FRAME + 64 * PAGE_SIZE)
              .look().finish().look()]
    for _ in range(8):
        trace = Trace()
        for _ in range(lab.random.randrange(2, 25)):
            if lab.random.random() < 0.5:
                trace.page(chance_page(lab.random))
            trace.free(FRAME + lab.random.randrange(1 << 24) * PAGE_SIZE)
        traces.append(trace.finish().look())
    check(lab, traces)


def test_counts_pages_up_to_everything(lab: Lab) -> None:
    """Given as many pages as a batch notes, one more and many, then pages(), or everything()."""
    traces = []
    for count in (1, PAGES - 1, PAGES, PAGES + 1, PAGES + 2, 2 * PAGES, 2 * PAGES + 1, 1000):
        traces.append(Trace().page(USER, count).look().free(FRAME).finish().look())
    # The next use begins anew.
    again = Trace().page(USER, PAGES + 1).free(FRAME).finish().page(KERNEL, 2).free(FRAME).finish()
    full = Trace().page(USER, PAGES).finish().page(KERNEL, PAGES).finish().page(USER).finish()
    traces += [again.look(), full.look()]
    check(lab, traces)


def test_makes_room_for_frames(lab: Lab) -> None:
    """Given as many frames as a batch holds, one more and many, then the first are released."""
    traces = []
    for count in (FRAMES - 1, FRAMES, FRAMES + 1, 2 * FRAMES, 2 * FRAMES + 1, 500):
        traces.append(Trace().page(USER).free(FRAME, count).look().finish().look())
        traces.append(Trace().free(FRAME, count).look().page(USER).look().finish().look())
    for pages in (PAGES, PAGES + 1):
        trace = Trace().page(USER, pages).free(FRAME, FRAMES).look()
        trace.free(FRAME, 2).look().page(KERNEL, 3).free(USER, FRAMES - 2).look()
        traces.append(trace.free(FRAME).look().finish().look())
    check(lab, traces)


def test_flushes_only_what_was_noted(lab: Lab) -> None:
    """Given frames without pages, pages without frames, or nothing, then no call too many."""
    check(lab, [
        Trace().free(FRAME, 3).finish().look(),
        Trace().page(USER, 2).free(FRAME).finish().free(FRAME).finish().finish().look(),
        Trace().page(USER, PAGES + 1).finish().free(FRAME, FRAMES + 1).finish().look(),
        Trace().finish().page(USER, 2).look().finish().finish().look().free(FRAME).finish(),
        Trace().page(USER).page(USER).page(USER + 8).free(FRAME).free(FRAME).finish().look(),
    ])


def test_lets_release_use_the_batch(lab: Lab) -> None:
    """Given a release() that notes, gives and finishes itself, then each frame is released once,
    and what it notes is not lost."""
    frames = [FRAME + i * PAGE_SIZE for i in range(2 * FRAMES + 2)]
    traces = [
        Trace().page(USER).free(FRAME, 3).react(frames[0], PAGE, KERNEL).finish().look().finish(),
        Trace().page(USER).free(FRAME, 3).react(frames[1], FREE, USER).finish().look().finish()
        .look(),
        Trace().page(USER).free(FRAME, 4).react(frames[1], PAGE, KERNEL)
        .react(frames[1], FREE, USER).react(frames[2], FINISH).finish().look().finish(),
        Trace().page(USER, PAGES + 1).free(FRAME, 2).react(frames[0], FINISH).finish().look(),
        Trace().free(FRAME, 4).react(frames[0], FREE, USER).react(frames[0], FREE, KERNEL)
        .react(frames[0], FREE, USER + PAGE_SIZE).finish().look().finish().look(),
        # So many that the batch is full again when there should be room in it.
        reacting_everywhere(frames).page(USER).free(FRAME, FRAMES).look().free(KERNEL).look()
        .finish().look(),
    ]
    trace = Trace()
    for frame in lab.random.sample(frames, 20):
        trace.react(frame, lab.random.choice([PAGE, FREE, FREE]), chance_page(lab.random))
    traces.append(trace.page(USER).free(FRAME, 2 * FRAMES + 2).look().finish().look().finish())
    check(lab, traces)


def reacting_everywhere(frames: list[int]) -> Trace:
    """The release of each of the first frames gives another one."""
    trace = Trace()
    for frame in frames[:FRAMES]:
        trace.react(frame, FREE, frame + (1 << 32))
    return trace


def random_trace(random: Random) -> Trace:
    """Pages and frames, one at a time and many, with some reactions."""
    trace = Trace()
    log = 0
    while len(trace.code) < STEPS_MAX - 100 and log < LOG_MAX // 4:
        frame = FRAME + random.randrange(1 << 16) * PAGE_SIZE
        count = random.choice([1, 1, 2, 3, 20, 31, 33, 63, 65])
        choice = random.random()
        if choice < 0.35:
            trace.page(chance_page(random), count)
        elif choice < 0.7:
            trace.free(frame, count)
        elif choice < 0.8:
            trace.react(frame, random.choice([PAGE, FREE, FINISH]), chance_page(random))
            trace.free(frame)
        elif choice < 0.9:
            trace.finish()
        else:
            trace.look()
        log += 9 * count + 300
    return trace.finish().look().finish().look()


def test_keeps_order_in_any_trace(lab: Lab) -> None:
    """Given long random traces, then each call of the flusher in its turn."""
    check(lab, [random_trace(lab.random) for _ in range(12)])
