"""Exercise 2.1: finding room in a chunk."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from cairn.lab import Lab
from cairn.protocol import Reply
from labs.lab01_boot.facts import number, numbers
from labs.lab01_boot.teaching import count_of, differs

from .chunk_model import (FRAMES, NO_RUN, Chunk, Question, explain, random_chunk, random_question)

FULL = Chunk([range(FRAMES)])
EMPTY = Chunk()
BORDERS = (0, 1, 62, 63, 64, 65, 127, 128, 255, 256, 383, 384, 447, 448, 510, 511)
ALIGNMENTS = tuple(1 << n for n in range(10))

# A solution that takes words at a time needs some 60 to 1,600 instructions for a chunk with nothing
# or everything free; one that looks at each of 512 bits, 2,500 and more.
WORDS_COST = 2000


def place(frame: int) -> str:
    return "CHUNK_NO_RUN" if frame == NO_RUN else str(frame)


def check_unchanged(asked: str, reply: Reply) -> None:
    changed = number(reply, "changed")
    if changed:
        differs(asked, "the bitmap left alone", f"{count_of(changed, 'byte')} of it changed")


def check(lab: Lab, cases: Sequence[tuple[Chunk, Sequence[Question]]]) -> None:
    """Every question finds what is there, wherever the bitmap lies in its page."""
    asked = [(chunk, questions, at_end) for chunk, questions in cases for at_end in (False, True)]
    run = lab.run([chunk.find_request(questions, at_end) for chunk, questions, at_end in asked])
    for (chunk, questions, _), reply in zip(asked, run.replies):
        for question, came in zip(questions, numbers(reply, "found"), strict=True):
            expected = chunk.find(question)
            if came != expected:
                differs(f"find {question}; free frames: {chunk}", place(expected), place(came),
                        explain(chunk, question, came))
        check_unchanged(f"find room; free frames: {chunk}", reply)


def asks(*counts: int, alignment: int = 1) -> list[Question]:
    return [Question(count, alignment) for count in counts]


def test_finds_the_first_run_that_is_long_enough(lab: Lab) -> None:
    """Given runs of many lengths, within words and across them, then the first that suffices."""
    sizes = (1, 2, 3, 31, 32, 33, 63, 64, 65, 127, 128, 129, 191, 192, 300)
    cases = [(FULL, asks(*sizes, 511, 512))]
    for start in (0, 1, 31, 60, 63, 64, 65, 100, 192):
        cases += [(Chunk([range(start, start + size)]), asks(1, max(size - 1, 1), size))
                  for size in sizes]
    for end in (64, 65, 448, 511, FRAMES):
        cases += [(Chunk([range(end - size, end)]), asks(1, size)) for size in sizes if size <= end]
    cases += [
        (Chunk([range(3, 5), range(10, 14), range(20, 28), range(60, 76), range(200, 232)]),
         asks(*range(1, 33))),
        (Chunk([range(0, 3), range(61, 64), range(65, 69), range(126, 131), range(500, 512)]),
         asks(*range(1, 13))),
        (Chunk([range(0, 64), range(65, 194), range(300, 512)]), asks(63, 64, 65, 129, 130, 212)),
        (FULL.but([0]), asks(1, 510, 511)), (FULL.but([511]), asks(1, 510, 511)),
        (FULL.but([256]), asks(255, 256)),
    ]
    check(lab, cases)


def test_finds_single_frames_at_the_borders_of_words(lab: Lab) -> None:
    """Given one free frame, or one in use, at each border, then it is seen."""
    cases = [(Chunk([frame]), asks(1)) for frame in BORDERS]
    cases += [(FULL.but([frame]), asks(1, frame or 1, FRAMES - 1 - frame or 1, min(frame + 1, 511)))
              for frame in BORDERS]
    cases += [(Chunk([frame, 511]), asks(1)) for frame in BORDERS]
    cases += [(Chunk(range(first, FRAMES, 2)), asks(1)) for first in (0, 1)]
    check(lab, cases)


def test_keeps_the_alignment(lab: Lab) -> None:
    """Given an alignment, then the run begins at a multiple of it, past earlier room if need be."""
    sizes = (1, 2, 8, 63, 64, 65, 200)
    everywhere = [Question(size, alignment) for alignment in ALIGNMENTS for size in sizes]
    cases = [(FULL, everywhere), (FULL.but([0]), everywhere),
             (FULL.but([64]), everywhere), (FULL.but(range(256)), everywhere)]
    for alignment in ALIGNMENTS[1:9]:
        skipped = Chunk([range(alignment + 1, 2 * alignment), range(256, 256 + alignment)])
        cases.append((skipped, [Question(size, alignment) for size in
                                (1, alignment - 1, alignment)]))
        late = Chunk([range(alignment - 1, 2 * alignment)])
        cases.append((late, [Question(1, alignment), Question(alignment, alignment),
                             Question(alignment + 1), Question(1)]))
    cases += [(Chunk([range(FRAMES - n, FRAMES)]), [Question(n, n), Question(1, n)])
              for n in ALIGNMENTS]
    check(lab, cases)


@pytest.mark.negative
def test_says_when_there_is_no_room(lab: Lab) -> None:
    """Given no run that suffices, or none that is aligned, then CHUNK_NO_RUN."""
    cases = [(EMPTY, [Question(count, alignment) for count in (1, 2, 64, 65, 511, 512)
                      for alignment in (1, 2, 64, 512)])]
    for size in (1, 2, 63, 64, 65, 128, 300):
        for start in {0, 1, 63, 64, FRAMES - size}:
            run = Chunk([range(start, start + size)])
            cases.append((run, [Question(size + 1), Question(size + 1, 2), Question(512)]))
    cases += [(Chunk([range(0, 100), range(101, 250), range(251, 512)]), asks(262, 400, 512)),
              (FULL.but([0]), [Question(512), Question(1, 512), Question(256, 512)]),
              (FULL.but([511]), [Question(512), Question(512, 512)]),
              (FULL.but(range(0, FRAMES, 64)), [Question(64), Question(1, 64), Question(64, 2)]),
              (Chunk(range(1, FRAMES, 2)), [Question(2), Question(1, 2), Question(1, 256)]),
              (Chunk([range(449, 512)]), [Question(1, 64), Question(63, 2), Question(64)])]
    check(lab, cases)


def check_longest(lab: Lab, chunks: Sequence[Chunk]) -> None:
    asked = [(chunk, at_end) for chunk in chunks for at_end in (False, True)]
    run = lab.run([chunk.longest_request(at_end) for chunk, at_end in asked])
    for (chunk, _), reply in zip(asked, run.replies):
        came, expected = number(reply, "longest"), chunk.longest
        what = f"the longest run; free frames: {chunk}"
        if came != expected:
            runs = [run for run in chunk.runs if run.end - run.start == expected]
            differs(what, str(expected), str(came), f"the run {runs[0]} is that long" if runs
                    else "no frame is free")
        check_unchanged(what, reply)


def test_measures_the_longest_run(lab: Lab) -> None:
    """Given runs of many lengths in any order, then the length of the longest."""
    chunks = [EMPTY, FULL, Chunk(range(0, FRAMES, 2)), Chunk(range(1, FRAMES, 2))]
    chunks += [Chunk([frame]) for frame in BORDERS] + [FULL.but([frame]) for frame in BORDERS]
    chunks += [Chunk([range(start, start + size)]) for start in (0, 1, 63, 64, 65)
               for size in (2, 63, 64, 65, 128, 129, 400)]
    chunks += [Chunk([range(FRAMES - size, FRAMES)]) for size in (2, 63, 64, 65, 511)]
    lengths = [1, 5, 20, 63, 64, 65, 100]
    for order in (lengths, lengths[::-1], [20, 100, 1, 64, 63, 65, 5]):
        start, runs = 1, []
        for length in order:
            runs.append(range(start, start + length))
            start += length + 3
        chunks.append(Chunk(runs))
    chunks += [Chunk([range(0, 10), range(20, 30), range(502, 512)]),
               Chunk([range(0, 64), range(128, 192), range(256, 321)])]
    check_longest(lab, chunks)


def test_looks_at_words_not_at_bits(lab: Lab) -> None:
    """Given chunks with nothing or everything free, then the cost is that of words."""
    cases: list[tuple[str, Chunk, Question | None]] = [
        (title, chunk, question)
        for title, chunk in (("no free frame", EMPTY), ("all frames free", FULL))
        for question in (Question(1), Question(512), Question(64, 64), None)]
    run = lab.run([chunk.longest_request(True) if question is None
                   else chunk.find_request([question], True) for _, chunk, question in cases])
    limit = WORDS_COST * lab.session.budget_scale
    for (title, chunk, question), reply in zip(cases, run.replies):
        asked = f"find {question or 'the longest run'}, with {title}"
        right = chunk.longest if question is None else chunk.find(question)
        came = number(reply, "longest") if question is None else numbers(reply, "found")[0]
        if came != right:
            differs(asked, place(right), place(came))
        if reply.instructions > limit:
            differs(asked, f"at most {limit:,} instructions", f"{reply.instructions:,}",
                    "words that are all free or all in use need only one look")


def test_finds_room_in_any_chunk(lab: Lab) -> None:
    """Given random bitmaps and questions that just fit or just don't, then as the model."""
    chunks = [random_chunk(lab.random) for _ in range(60)]
    check(lab, [(chunk, [random_question(lab.random, chunk) for _ in range(40)])
                for chunk in chunks])
    check_longest(lab, chunks)
