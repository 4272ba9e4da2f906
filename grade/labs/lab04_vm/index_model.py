"""The model of kernel/memory_object/page_index.h, and traces that page_index.run runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from struct import iter_unpack, pack, unpack_from

from cairn.protocol import Reply
from cairn.requests import Request, hexbytes, request
from labs.lab01_boot.errors import OK, name
from labs.lab01_boot.facts import all_data, numbers, signed
from labs.lab01_boot.teaching import count_of, differs

SHIFT, SLOTS = 6, 64
# kernel/probe/probe_page_index.c
SET, REMOVE, REFER, CLONE, FAILING, LOOK, CLEAR, MEMORY = range(8)
ALL = 0xff
STEPS_MAX, SHOWN = 150, 6


@dataclass
class Index:
    """Which frame holds which page, and where nodes are: by level and first page, shifted."""

    pages: dict[int, int] = field(default_factory=dict)
    nodes: set[tuple[int, int]] = field(default_factory=set)
    height: int = 0

    def put(self, number: int, frame: int) -> None:
        while self.height == 0 or number >> SHIFT * self.height:
            if self.nodes:
                self.nodes.add((self.height, 0))
            self.height += 1
        self.pages[number] = frame
        self.nodes |= self.way(number)

    def way(self, number: int) -> set[tuple[int, int]]:
        """The nodes that lead to a page."""
        return {(level, number >> SHIFT * (level + 1)) for level in range(self.height)}

    @property
    def leading(self) -> set[tuple[int, int]]:
        """The nodes that lead to a frame."""
        return {node for number in self.pages for node in self.way(number)}

    def clone(self) -> Index:
        return Index(dict(self.pages), self.leading, self.height)


@dataclass(frozen=True)
class Told:
    """What the probe tells at a look."""

    height: int
    pages: int
    nodes: int
    empty_nodes: int
    found: dict[int, tuple[int, int]]  # by number: frame and references

    @staticmethod
    def read(data: bytes) -> Told:
        height, pages, nodes, empty_nodes = unpack_from("<4Q", data)
        return Told(height, pages, nodes, empty_nodes,
                    {number: (frame, references)
                     for number, frame, references in iter_unpack("<3Q", data[32:])})


@dataclass(frozen=True)
class Step:
    """One step of a trace."""

    action: int
    index: int
    words: str
    other: int = 0
    count: int = 0
    number: int = 0
    stride: int = 0

    @property
    def code(self) -> bytes:
        return pack("<BBHIQQ", self.action, self.index, self.other, self.count, self.number,
                    self.stride)

    @property
    def pages(self) -> range:
        return range(self.number, self.number + self.count * (self.stride or 1), self.stride or 1)


class Trace:
    """Steps on empty indices; in the end all is cleared."""

    def __init__(self) -> None:
        self.steps: list[Step] = []

    def set(self, *pages: int, index: int = 0) -> Trace:
        """A new frame for each of these pages."""
        for page in pages:
            self.steps.append(Step(SET, index, f"set page {page:#x} of index {index}", 0, 1, page))
        return self

    def set_many(self, first: int, count: int, stride: int = 1, index: int = 0) -> Trace:
        words = f"set {count_of(count, 'page')} of index {index} from {first:#x} on, {stride} apart"
        self.steps.append(Step(SET, index, words, 0, count, first, stride))
        return self

    def remove(self, first: int, count: int = 1, stride: int = 1, index: int = 0) -> Trace:
        words = f"remove {count_of(count, 'page')} of index {index} from {first:#x} on"
        self.steps.append(Step(REMOVE, index, words, 0, count, first, stride))
        return self

    def refer(self, page: int, count: int, index: int = 0) -> Trace:
        words = f"add {count_of(count, 'reference')} to the frame of page {page:#x}"
        self.steps.append(Step(REFER, index, words, 0, count, page))
        return self

    def clone(self, to: int = 1, index: int = 0) -> Trace:
        self.steps.append(Step(CLONE, index, f"clone index {index} to index {to}", to))
        return self

    def fail(self, to: int = 1, index: int = 0, times: int = 1) -> Trace:
        words = f"clone index {index} to index {to} with each allocation failing in turn"
        self.steps += [Step(FAILING, index, words, to)] * times
        return self

    def look(self, *indices: int) -> Trace:
        self.steps += [Step(LOOK, index, "") for index in indices]
        return self

    def clear(self, index: int = ALL) -> Trace:
        words = "clear all" if index == ALL else f"clear index {index}"
        self.steps.append(Step(CLEAR, index, words))
        return self

    def memory(self) -> Trace:
        self.steps.append(Step(MEMORY, 0, ""))
        return self

    def requests(self, budget_ms: int = 50) -> list[Request]:
        self.clear().memory()
        parts = [self.steps[at:at + STEPS_MAX] for at in range(0, len(self.steps), STEPS_MAX)]
        return [request("page_index.run", hexbytes(b"".join(step.code for step in part)),
                        budget_ms=budget_ms).titled(part[0].words) for part in parts]

    def asked(self, count: int) -> str:
        """The first steps, in words; of many, the last few."""
        words = [step.words for step in self.steps[:count] if step.words]
        left_out = f"… ({count_of(len(words) - SHOWN, 'step')}), " if len(words) > SHOWN else ""
        return left_out + ", ".join(words[-SHOWN:])

    def judge(self, replies: Sequence[Reply]) -> None:
        """Fails the test at the first step of which something else came."""
        judge = Judge(iter([each for reply in replies for each in numbers(reply, "results")]),
                      iter([each for reply in replies for each in all_data(reply, "index")]))
        for count, step in enumerate(self.steps, 1):
            judge.step(self.asked(count), step)


class Judge:
    """Follows a trace with a model."""

    def __init__(self, results: Iterator[int], looks: Iterator[bytes]) -> None:
        self.results, self.looks = results, looks
        self.indices = [Index() for _ in range(8)]
        self.references: Counter[int] = Counter()
        self.extras: Counter[int] = Counter()
        self.memory: tuple[int, int] | None = None

    def step(self, asked: str, step: Step) -> None:
        index = self.indices[step.index] if step.index != ALL else Index()
        if step.action == SET:
            self._set(asked, step, index)
        elif step.action == REMOVE:
            for page in step.pages:
                self.references[index.pages.pop(page)] -= 1
        elif step.action == REFER:
            self.references[index.pages[step.number]] += step.count
            self.extras[index.pages[step.number]] += step.count
        elif step.action == CLONE:
            self._clone(asked, step, index)
        elif step.action == FAILING:
            self._failing(asked, index)
        elif step.action == LOOK:
            for expected, came in self._faults(step.index, Told.read(next(self.looks))):
                differs(f"{asked}; then look at index {step.index}", expected, came)
        elif step.action == CLEAR:
            self._clear(step)
        else:
            self._memory(asked)

    def _set(self, asked: str, step: Step, index: Index) -> None:
        for page in step.pages:
            frame = next(self.results)
            if signed(frame) < 0:
                differs(asked, "a frame", name(signed(frame)))
            index.put(page, frame)
            self.references[frame] += 1

    def _clone(self, asked: str, step: Step, index: Index) -> None:
        result = signed(next(self.results))
        if result != OK:
            differs(asked, "OK", name(result))
        self.indices[step.other] = index.clone()
        self.references.update(index.pages.values())

    def _failing(self, asked: str, index: Index) -> None:
        failed, changed = next(self.results), next(self.results)
        nodes = len(index.leading)
        if failed < nodes:
            differs(asked, f"ERROR_NO_MEMORY {nodes} times or more: the copy has "
                    f"{count_of(nodes, 'node')}", f"OK when allocation {failed + 1} failed")
        if changed:
            differs(asked, "`to` unchanged by each failure", f"{changed} times it was changed")

    def _clear(self, step: Step) -> None:
        for each in range(8) if step.index == ALL else [step.index]:
            self.references.subtract(self.indices[each].pages.values())
            self.indices[each] = Index()
        if step.index == ALL:
            self.references.subtract(self.extras)
            self.extras.clear()

    def _memory(self, asked: str) -> None:
        heap, frames = next(self.results), next(self.results)
        if frames != sum(count > 0 for count in self.references.values()):
            differs(asked, f"{sum(count > 0 for count in self.references.values())} frames in use",
                    str(frames), "each frame is released as often as it was referred to")
        if self.memory is not None and heap > self.memory[0]:
            differs(asked, f"no more than {self.memory[0]} frames of the heap in use, as before",
                    str(heap), "nodes of copies that failed were not freed")
        self.memory = heap, frames

    def _faults(self, which: int, told: Told) -> Iterator[tuple[str, str]]:
        index = self.indices[which]
        if told.height != index.height:
            yield f"height {index.height}", str(told.height)
        missing = sorted(set(index.pages) - set(told.found))
        strange = sorted(set(told.found) - set(index.pages))
        if missing or strange:
            page = (missing or strange)[0]
            yield (f"{count_of(len(index.pages), 'page')}",
                   f"{len(told.found)}: page {page:#x} is " + ("missing" if missing else "new"))
        if told.pages != len(index.pages):
            yield f"`pages` {len(index.pages)}", str(told.pages)
        for page, (frame, references) in sorted(told.found.items()):
            if frame != index.pages[page]:
                yield f"frame {index.pages[page]:#x} for page {page:#x}", f"{frame:#x}"
            if references != self.references[frame]:
                yield (f"{count_of(self.references[frame], 'reference')} to the frame of page "
                       f"{page:#x}", str(references))
        if told.nodes != len(index.nodes):
            yield (f"{count_of(len(index.nodes), 'node')}, of which "
                   f"{len(index.nodes - index.leading)} lead to no frame",
                   f"{told.nodes}, of which {told.empty_nodes} lead to none")
