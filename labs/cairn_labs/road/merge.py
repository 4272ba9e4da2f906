"""`make merge` and `make restart`: taking a lab, or corrections, into one's own work."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from cairn_labs.road.work import OWN_FOLDERS, Release, Trouble, Work

Say = Callable[[str], None]
SHOWN = 8


def target_lab(work: Work, wanted: int | None) -> int:
    """The lab to take: the one asked for, else the one that the tree is at."""
    if wanted is not None:
        return wanted
    if not work.labs:
        raise Trouble("this tree has no labs; say which one: make merge LAB=1")
    return work.labs[-1].number


def merge(work: Work, wanted: int | None, address: str, say: Say) -> None:
    """Merges a lab's branch; on a conflict everything is put back and explained."""
    work.need_clean()
    remote = work.fetch(address)
    branch = work.branch(remote, target_lab(work, wanted))
    before = work.head()
    if work.try_git("merge-base", "HEAD", branch).returncode != 0:
        adopt_history(work, branch, say)
    if work.try_git("merge-base", "--is-ancestor", branch, "HEAD").returncode == 0:
        say(f"You already have all of {branch}.")
        return
    say(f"Merging {branch} into your work.")
    done = work.try_git("merge", "--no-edit", branch)
    if done.returncode != 0:
        conflicts = work.git("diff", "--name-only", "--diff-filter=U").split()
        work.try_git("merge", "--abort")
        work.git("reset", "--quiet", "--keep", before)
        raise Trouble(explain(work, conflicts, done.stdout + done.stderr, wanted))
    files = work.git("diff", "--name-only", before, "HEAD").split()
    say(f"Done: {len(files)} files changed. To undo: git reset --hard {before[:12]}")


def explain(work: Work, conflicts: list[str], said: str, wanted: int | None) -> str:
    """Why a merge did not work, and what to do."""
    if not conflicts:
        return f"git did not merge, and nothing was changed:\n{said.strip()}"
    own = [name for name in conflicts if work.is_own(name)]
    given = [name for name in conflicts if name not in own]
    lines = ["you and the course changed the same lines. Your work is as it was before."]
    if given:
        lines += ["These files are the course's; what you changed in them does not count:",
                  *listed(given)]
        lines += ["Take back your changes in them, one by one or all at once:",
                  f"    make restart LAB={target_lab(work, wanted)}",
                  "which keeps your own files as they are and takes all others from the course."]
    if own:
        lines += ["These files are yours, and a correction touches them:", *listed(own),
                  "Merge by hand (git merge, then edit), or keep yours: git merge -X ours."]
    return "\n".join(lines)


def listed(names: list[str]) -> list[str]:
    """A few names, and how many more there are."""
    more = [f"    … and {len(names) - SHOWN} more"] if len(names) > SHOWN else []
    return [f"    {name}" for name in names[:SHOWN]] + more


def adopt_history(work: Work, branch: str, say: Say) -> None:
    """Ties a tree that began as a zip to the course's commit that it most looks like."""
    mine = work.tree("HEAD")
    remote = branch.partition("/")[0]
    tips = work.git("for-each-ref", "--format=%(refname)", f"refs/remotes/{remote}/lab/").split()

    def distance(release: Release) -> int:
        theirs = work.tree(release.commit)
        names = (mine.keys() | theirs.keys())
        return sum(mine.get(name) != theirs.get(name) for name in names if not work.is_own(name))

    releases = work.releases(*tips)
    if not releases:
        raise Trouble(f"{branch} holds no release of the course")
    nearest = min(releases, key=distance)
    say(f"Your tree began without the course's history: it is lab {nearest.lab:02}'s "
        f"{nearest.kind}, with {distance(nearest)} of the course's files changed. Adopting that.")
    work.git("merge", "--quiet", "--strategy=ours", "--allow-unrelated-histories", "--message",
             f"Adopt the course's history at lab {nearest.lab:02}", nearest.commit)


def restart(work: Work, wanted: int | None, address: str, say: Say) -> None:
    """Takes all files but the student's own from a lab's branch, as a commit on their work."""
    work.need_clean()
    remote = work.fetch(address)
    lab = target_lab(work, wanted)
    branch = work.branch(remote, lab)
    before = work.head()
    mine, theirs = work.tree("HEAD"), work.tree(branch)
    kept = [name for name in mine
            if name.startswith(OWN_FOLDERS) or (work.is_own(name) and name in theirs)]
    number = tree_with(work, branch, {name: mine[name] for name in kept})
    commit = work.git("commit-tree", number, "-p", before, "-p", branch, "-m",
                      f"Start again from lab {lab:02} with my own files").strip()
    saved = f"before-restart-{before[:8]}"
    work.git("branch", "--force", saved, before)
    work.git("reset", "--quiet", "--hard", commit)
    gone = [name for name in mine if name not in theirs and name not in kept]
    say(f"Your {len(kept)} own files are as they were; all others are {branch}'s.")
    if gone:
        say("These files of yours have no place in the course's tree, and are on the branch "
            f"{saved}:\n" + "\n".join(listed(gone)))
    say(f"All that you had is on the branch {saved}. To undo: git reset --hard {saved}")


def tree_with(work: Work, branch: str, kept: dict[str, str]) -> str:
    """A branch's tree with some files of the student's in it; their own index is not touched."""
    with tempfile.TemporaryDirectory() as folder:
        beside = {**os.environ, "GIT_INDEX_FILE": str(Path(folder) / "index")}

        def run(*words: str, text: str = "") -> str:
            return subprocess.run(["git", *words], cwd=work.folder, env=beside, input=text,
                                  capture_output=True, text=True, check=True).stdout

        run("read-tree", branch)
        entries = ((facts.split(), name) for name, facts in kept.items())
        run("update-index", "-z", "--index-info",
            text="".join(f"{facts[0]} {facts[2]}\t{name}\0" for facts, name in entries))
        return run("write-tree").strip()
