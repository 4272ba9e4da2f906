"""`make hint`, `make adopt`, `make handin`: what one does with an exercise besides solving it."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import tarfile
from pathlib import Path

from cairn_labs.answers import answer_file, unanswered
from cairn_labs.road.merge import Say
from cairn_labs.road.work import Trouble, Work

ADOPTED = "own/adopted"
HINTS_SEEN = "build/hints.json"
#: The date of every file in what is handed in, so that the same work gives the same bytes.
DATE = 1767225600


def hint(work: Work, number: str, say: Say) -> None:
    """Tells the next hint of an exercise; each call tells one more."""
    _, exercise = work.exercise(number)
    path = work.folder / HINTS_SEEN
    seen: dict[str, int] = json.loads(path.read_text()) if path.is_file() else {}
    count = min(seen.get(number, 0) + 1, len(exercise.hints))
    for place, text in enumerate(exercise.hints[:count], 1):
        say(f"{place}. {text}")
    if count < len(exercise.hints):
        say(f"\n`make hint EXERCISE={number}` again tells hint {count + 1} of "
            f"{len(exercise.hints)}.")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({**seen, number: count}))


def adopt(work: Work, number: str, address: str, say: Say) -> None:
    """Takes the released reference of an old exercise, as a commit that says so."""
    lab, exercise = work.exercise(number)
    work.need_clean()
    remote = work.fetch(address)
    kinds = [(lab.number, "solution")] + [(later, "start") for later in
                                          range(lab.number + 1, work.labs[-1].number + 2)]
    branch = ""
    for released, kind in kinds:
        name = f"{remote}/lab/{released:02}-{kind}"
        if work.try_git("rev-parse", "--verify", "--quiet", name).returncode == 0:
            branch = name
            break
    if not branch:
        raise Trouble(f"the reference of exercise {number} is not released yet")
    before = work.head()
    files = sorted(exercise.all_files)
    work.git("checkout", branch, "--", *files)
    record = work.folder / ADOPTED
    record.parent.mkdir(exist_ok=True)
    lines = record.read_text().splitlines() if record.is_file() else []
    if number not in lines:
        record.write_text("\n".join([*lines, number]) + "\n")
    work.git("add", "--force", ADOPTED)
    if not work.git("status", "--porcelain").strip():
        say(f"You already have the reference of exercise {number}.")
        return
    work.git("commit", "--quiet", "--message", f"Adopt the reference of exercise {number}")
    say(f"{', '.join(files)}: now the reference of {branch}; {ADOPTED} tells that you took it.\n"
        f"To undo: git reset --hard {before[:12]}")


def handin(work: Work, wanted: int | None, say: Say) -> Path:
    """Packs the student's own files as they are committed, the same work into the same bytes."""
    work.need_clean()
    numbers = [lab.number for lab in work.labs]
    lab = wanted if wanted is not None else numbers[-1]
    if lab not in numbers:
        raise Trouble(f"there is no lab {lab} here; choose one of: "
                      f"{', '.join(str(number) for number in numbers)}")
    base = work.base()
    names = [name for name in work.tree("HEAD") if work.is_own(name)
             and work.exercise_files.get(name, 0) <= lab]
    files = {name: show(work, name) for name in sorted(names)}
    total = hashlib.sha256()
    for name, data in files.items():
        total.update(f"{name}\0{len(data)}\0".encode() + data)
    facts = {"lab": lab, "commit": work.head(), "base": base.commit if base else "",
             "hash": total.hexdigest(), "adopted": adopted(work), "files": list(files)}
    files["handin.json"] = (json.dumps(facts, indent=2) + "\n").encode()
    path = work.folder / "build" / "handin" / f"lab{lab:02}-{total.hexdigest()[:12]}.tar"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(packed(files))
    say(f"{path.relative_to(work.folder)} holds your {len(names)} own files, as of commit "
        f"{work.head()[:12]}:")
    for name in names:
        say(f"    {name}")
    tell_unanswered(work, lab, files, say)
    say("Hand in that file. Nothing else was changed; delete it to undo.")
    return path


def tell_unanswered(work: Work, number: int, files: dict[str, bytes], say: Say) -> None:
    """Says which of the lab's questions have no answer yet."""
    lab = next((lab for lab in work.labs if lab.number == number), None)
    if lab is None or not lab.questions:
        return
    name = answer_file(lab)
    missing = unanswered(lab, files.get(name, b"").decode(errors="replace"))
    if not missing:
        say(f"{name} answers all {len(lab.questions)} questions.")
        return
    say(f"{len(missing)} of {len(lab.questions)} questions have no answer in {name} yet:")
    for question in missing:
        say(f"    ## {question.heading}")


def show(work: Work, name: str) -> bytes:
    """A file as it is committed."""
    return subprocess.run(["git", "show", f"HEAD:{name}"], cwd=work.folder, check=True,
                          capture_output=True).stdout


def adopted(work: Work) -> list[str]:
    """The exercises whose reference the student took."""
    path = work.folder / ADOPTED
    return path.read_text().split() if path.is_file() else []


def packed(files: dict[str, bytes]) -> bytes:
    """A tar file of some files, without anything that differs from time to time."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, data in sorted(files.items()):
            entry = tarfile.TarInfo(name)
            entry.size, entry.mtime, entry.mode = len(data), DATE, 0o644
            archive.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()
