"""The model of kernel/frames/bitmap.h, and the probes that ask it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from random import Random
from typing import NamedTuple

from cairn.requests import Request, hexbytes, request

FRAMES = 512
WORD = 64
BITMAP_BYTES = FRAMES // 8
NO_RUN = FRAMES


class Run(NamedTuple):
    """The free frames [start, end)."""

    start: int
    end: int

    def __str__(self) -> str:
        return f"{self.start}" if self.end == self.start + 1 else f"{self.start}-{self.end - 1}"


class Question(NamedTuple):
    """So many frames, at a multiple of an alignment."""

    frames: int
    alignment: int = 1

    def __str__(self) -> str:
        aligned = f" at a multiple of {self.alignment}" if self.alignment > 1 else ""
        return f"{self.frames} in a row{aligned}"


class Chunk:
    """A chunk's bitmap; a set bit is a free frame."""

    def __init__(self, free: Iterable[int | range] = ()) -> None:
        self.bits = 0
        for item in free:
            for frame in (item,) if isinstance(item, int) else item:
                self.bits |= 1 << frame

    @staticmethod
    def of(bits: int) -> Chunk:
        chunk = Chunk()
        chunk.bits = bits % (1 << FRAMES)
        return chunk

    def but(self, used: Iterable[int]) -> Chunk:
        """The same with these frames in use."""
        return Chunk.of(self.bits & ~Chunk(used).bits)

    @property
    def runs(self) -> list[Run]:
        """The runs of free frames, each as long as it goes."""
        found = []
        start = None
        for frame in range(FRAMES + 1):
            is_free = frame < FRAMES and self.bits >> frame & 1
            if is_free and start is None:
                start = frame
            elif not is_free and start is not None:
                found.append(Run(start, frame))
                start = None
        return found

    @property
    def longest(self) -> int:
        return max((run.end - run.start for run in self.runs), default=0)

    def find(self, question: Question) -> int:
        """The lowest place for what is asked, or NO_RUN."""
        for run in self.runs:
            start = -(-run.start // question.alignment) * question.alignment
            if start + question.frames <= run.end:
                return start
        return NO_RUN

    def _arguments(self, at_end: bool) -> tuple[int, str]:
        return int(at_end), hexbytes(self.bits.to_bytes(BITMAP_BYTES, "little"))

    def find_request(self, questions: Sequence[Question], at_end: bool) -> Request:
        told = b"".join(q.frames.to_bytes(2, "little") + q.alignment.to_bytes(2, "little")
                        for q in questions)
        return request("chunk.find", *self._arguments(at_end), hexbytes(told)).titled(
            f"look for {', '.join(map(str, questions[:3]))}, … where frames {self} are free")

    def longest_request(self, at_end: bool) -> Request:
        return request("chunk.longest", *self._arguments(at_end)).titled(
            f"find the longest run where frames {self} are free")

    def __str__(self) -> str:
        runs = self.runs
        shown = ", ".join(map(str, runs[:10])) or "none"
        return shown + (f", … ({len(runs)} runs in all)" if len(runs) > 10 else "")


def explain(chunk: Chunk, question: Question, came: int) -> str:
    """What is wrong with an answer, in one sentence."""
    expected = chunk.find(question)
    if came == NO_RUN:
        return f"frames {expected} to {expected + question.frames - 1} are free"
    if came > NO_RUN or came + question.frames > FRAMES:
        return f"{question.frames} frames from {came} on reach past the chunk's last frame, 511"
    if came % question.alignment:
        return f"{came} is no multiple of {question.alignment}"
    used = next((frame for frame in range(came, came + question.frames)
                 if not chunk.bits >> frame & 1), None)
    if used is not None:
        return f"frame {used} is in use"
    return f"there is such a run earlier, at {expected}"


def random_chunk(random: Random) -> Chunk:
    """A chunk of any density, in single frames or in runs."""
    density = random.choice([0.02, 0.2, 0.5, 0.8, 0.98])
    if random.random() < 0.4:
        return Chunk(frame for frame in range(FRAMES) if random.random() < density)
    frame, free = 0, []
    while frame < FRAMES:
        length = random.choice([1, 2, 7, 30, 63, 64, 65, 130, 300])
        if random.random() < density:
            free.append(range(frame, min(frame + length, FRAMES)))
        frame += length
    return Chunk(free)


def random_question(random: Random, chunk: Chunk) -> Question:
    """A question that the chunk can just answer, or just not."""
    near = random.choice([run.end - run.start for run in chunk.runs] or [1])
    count = random.choice([1, 2, near, near + 1, near - 1, chunk.longest, random.randrange(1, 513)])
    return Question(min(max(count, 1), FRAMES), 1 << random.choice([0, 0, 0, 1, 2, 3, 5, 6, 7, 9]))
