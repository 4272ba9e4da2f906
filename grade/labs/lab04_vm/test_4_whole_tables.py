"""Page tables with all the lab's exercises together, and the kernel's own."""

from __future__ import annotations

from cairn.lab import Lab
from cairn.requests import request
from labs.lab01_boot.facts import numbers
from labs.lab01_boot.teaching import differs

from .entry_model import (EXECUTE, FORMATS, LEVELS, USER, WRITE, Decoded, Kind, flags_text,
                          level_size)
from .kernel_tables import (DEVICES, DIRECT_MAP, HEAP, IMAGE, STACKS, Memory, best_levels, mappings,
                            runs)
from .random_tables import FLAGS, Arena, is_full, random_page
from .table_model import PAGE, size_name
from .table_trace import GIB, MIB, Trace, check

# kernel/kernel_space/kernel_space.h
KERNEL_STACK = 16 << 10


def test_whole_writes_entries(lab: Lab) -> None:
    """Given every set of flags and every level, then entries say what was asked for; and parts of
    large pages map parts."""
    known = FORMATS[lab.arch]
    wanted: list[tuple[str, int, Decoded]] = []
    requests = []
    sets = known.flag_sets()
    for level in LEVELS:
        physical = lab.random.randrange(1, 1 << 32 - 9 * level) << 12 + 9 * level
        requests.append(request("page_entry.leaf", level, physical, *sets))
        wanted += [(f"page_entry_leaf({physical:#x}, {level}, {flags_text(flags)})", level,
                    Decoded(Kind.LEAF, physical, flags)) for flags in sets]
        if level == 0:
            continue
        for flags in lab.random.sample(sets, 4):
            entry = known.leaf(physical, level, flags)
            requests.append(request("page_entry.part", level, entry, 0, 1, 255, 511))
            wanted += [(f"page_entry_part({entry:#x}, {level}, {index})", level - 1,
                        Decoded(Kind.LEAF, physical + index * level_size(level - 1), flags))
                       for index in (0, 1, 255, 511)]
    run = lab.run(requests)
    came = [entry for reply in run.replies for entry in numbers(reply, "entries")]
    for (asked, level, expected), entry in zip(wanted, came):
        decoded = known.decode(entry, level)
        if decoded != expected:
            differs(asked, str(expected), f"{entry:#x}, which is {decoded}")


def test_whole_keeps_any_trace(lab: Lab) -> None:
    """Given random traces of mapping, changing, translating and pruning, then the contract."""
    traces = []
    for _ in range(5):
        trace, arena = Trace(lab.arch, noting=True), Arena(lab.random)
        while not is_full(trace):
            virtual, size = arena.range()
            kind = lab.random.random()
            fail_at = lab.random.randrange(1, 4) if lab.random.random() < 0.05 else 0
            flags = lab.random.choice(FLAGS)
            if kind < 0.5:
                trace.map_and_look(virtual, arena.memory(virtual, size), size, flags,
                                   fail_at=fail_at)
            elif kind < 0.85:
                trace.change_and_look(virtual, size, lab.random.choice([0, flags]),
                                      fail_at=fail_at)
            elif kind < 0.95:
                trace.translate(virtual + lab.random.randrange(size))
            else:
                trace.prune(virtual, size)
        traces.append(trace.look())
    check(lab, traces, 400)


def test_whole_frees_empty_tables(lab: Lab) -> None:
    """Given tables that have become empty, then pruning frees those of the range, and none of the
    kernel's root."""
    base = lab.random.randrange(200) << 39
    trace = Trace(lab.arch).map(base, GIB, 2 * MIB + PAGE).map(base + 5 * GIB, GIB, PAGE)
    trace.unmap(base, 2 * MIB).prune(base, 8 * GIB).look()
    trace.unmap(base, 8 * GIB).prune(base + PAGE, PAGE).look().prune(base, 8 * GIB).look()
    many = Trace(lab.arch)
    for _ in range(30):
        many.map(random_page(lab.random), GIB, PAGE)
    high = Trace(lab.arch).map(0x8000 << 32, GIB, PAGE).unmap(0x8000 << 32, PAGE)
    check(lab, [trace, many.unmap(0, 1 << 47).prune(0, 1 << 47).look(),
                high.prune(0x8000 << 32, 1 << 47).look()])


def test_whole_kernel_is_mapped_well(lab: Lab) -> None:
    """Given a machine at work, then its kernel's half has no page that can be written and executed,
    and none of the user's; stacks have gaps between them; the direct map has the largest pages."""
    with lab.talk(memory="3G") as talk:
        talk.ask(request("page_entry.flags", 0, 0))
        memory = Memory(talk.machine, lab.arch, lab.session.elf)
        pages = list(mappings(memory, FORMATS[lab.arch]))
    asked = "read the kernel's page tables from memory"
    assert pages, "the processor's root table leads to nothing"
    for page in pages:
        if page.flags & WRITE and page.flags & EXECUTE:
            differs(asked, "no page that can be written and executed", str(page))
        if page.flags & USER:
            differs(asked, "no page of user mode in the kernel's half", str(page))
        if page.flags & EXECUTE and page.virtual < IMAGE:
            differs(asked, "code in the kernel's image only", str(page))
    begin = end = 0
    for page in (page for page in pages if STACKS <= page.virtual < DEVICES):
        begin, end = begin if page.virtual == end else page.virtual, page.end
        if end - begin > KERNEL_STACK:
            differs(asked, "a page between two stacks that is not mapped", str(page))
    direct = [page for page in pages if DIRECT_MAP <= page.virtual < HEAP]
    for run in runs(direct):
        expected, came = list(best_levels(run)), [page.level for page in run]
        if came != expected:
            place = next(i for i, level in enumerate(came) if level != expected[i])
            differs(asked, f"a page of {size_name(expected[place])} there", str(run[place]))
    wrong = next((page for page in direct if page.virtual - DIRECT_MAP != page.physical), None)
    if wrong:
        differs(asked, "each address of the direct map at its own place", str(wrong))
