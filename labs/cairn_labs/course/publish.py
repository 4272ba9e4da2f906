"""The class's repository: branches that only grow, made from the trees of the labs.

    lab/01   every exercise a stub; each publication is one commit, whose tree is make_stage()'s
    lab/02   the same for labs 1 and 2; each commit has the branch's old tip and lab/01's as parents
    lab/02-start, lab/02-solution   on top of lab/02, pushed only by a step of their own

So a correction in lab/01 is in lab/02 as well, and a student's merge finds the right base whatever
they have merged before. All is made in a private copy of the class's repository, searched there,
and pushed without force.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cairn_labs.answers import answer_file
from cairn_labs.course.leaks import checked_stage, secrets_of
from cairn_labs.course.repository import git, scan_repository
from cairn_labs.course.sources import Course
from cairn_labs.course.stage import HANDOUT, SOLUTION, START, Tree, make_stage, write_tree
from cairn_labs.errors import SourceError

BRANCH = re.compile(r"lab/(\d\d)(?:-(start|solution))?")
NOTES = "ERRATA.md"


def branch_of(lab: int, kind: str = HANDOUT) -> str:
    """The name of a lab's branch."""
    return f"lab/{lab:02}" + ("" if kind == HANDOUT else f"-{kind}")


@dataclass(frozen=True)
class Published:
    """A branch that was pushed: its name and what became of it."""

    branch: str
    commit: str


class ClassRepository:
    """A private copy of the class's repository, from which commits are pushed."""

    def __init__(self, course: Course, to: str, folder: Path) -> None:
        self.course = course
        self.to = to
        self.folder = folder
        git(folder, "init", "--quiet", "--bare")
        git(folder, "fetch", "--quiet", to, "+refs/*:refs/*")
        self.old = self._tips()
        self.new: dict[str, str] = {}

    def _tips(self) -> dict[str, str]:
        listed = git(self.folder, "for-each-ref", "--format=%(refname:short) %(objectname)",
                     "refs/heads/lab/")
        pairs = (line.partition(" ") for line in listed.splitlines())
        return {branch: commit for branch, _, commit in pairs}

    def tip(self, branch: str) -> str:
        """The commit that a branch is at, or will be; "" when there is no such branch."""
        return self.new.get(branch, self.old.get(branch, ""))

    @property
    def released(self) -> list[int]:
        """The labs whose handouts are there, in order."""
        found = (BRANCH.fullmatch(branch) for branch in {**self.old, **self.new})
        return sorted(int(match[1]) for match in found if match and not match[2])

    @property
    def revealed(self) -> int:
        """The last lab whose solutions the class has, or is about to get."""
        found = [BRANCH.fullmatch(branch) for branch in {**self.old, **self.new}]
        return max((int(match[1]) - (match[2] == START) for match in found if match and match[2]),
                   default=0)

    def is_ancestor(self, older: str, newer: str) -> bool:
        """Whether one commit is in the history of another."""
        done = subprocess.run(["git", "-C", str(self.folder), "merge-base", "--is-ancestor", older,
                               newer], check=False, capture_output=True)
        return done.returncode == 0

    def write(self, tree: Tree) -> str:
        """Stores a tree; its number."""
        with tempfile.TemporaryDirectory() as name:
            work = Path(name) / "tree"
            write_tree(tree, work)
            index = f"--work-tree={work}"
            git(self.folder, index, "read-tree", "--empty")
            git(self.folder, index, "add", "--all", "--force")
            return git(self.folder, "write-tree").strip()

    def tree_of(self, commit: str) -> str:
        """The number of a commit's tree."""
        return git(self.folder, "rev-parse", f"{commit}^{{tree}}").strip()

    def advance(self, lab: int, kind: str, message: str) -> None:
        """Gives a branch the commit that it needs, if it needs one."""
        branch = branch_of(lab, kind)
        tree, leaks = checked_stage(self.course, lab, kind)
        if leaks:
            raise leaks[0]
        number = self.write(tree)
        old = self.tip(branch)
        below = self.tip(branch_of(lab) if kind != HANDOUT else branch_of(lab - 1))
        if old:
            self.refuse_changed_exercises(lab, kind, old, number)
        parents = [old] if old else []
        if below and not (old and self.is_ancestor(below, old)):
            parents.append(below)
        if old and parents == [old] and self.tree_of(old) == number:
            return
        source = git(self.course.project, "rev-parse", "HEAD").strip()
        text = f"{message}\n\nCairn-Stage: {lab} {kind}\nCairn-Source: {source}\n"
        words = [word for parent in parents for word in ("-p", parent)]
        self.new[branch] = git(self.folder, "commit-tree", number, *words, "-m", text).strip()
        git(self.folder, "update-ref", f"refs/heads/{branch}", self.new[branch])

    def refuse_changed_exercises(self, lab: int, kind: str, old: str, tree: str) -> None:
        """What students have begun to write in never changes under their hands."""
        for owner, exercise in self.course.exercises.values():
            if kind != HANDOUT or owner.number > lab:
                continue
            for name in exercise.all_files:
                if self.has_changed(name, old, tree):
                    raise SourceError(name, 0, f"the stub of exercise {exercise.id} has changed "
                                               f"since {branch_of(lab)} was released")
        for owner in self.course.labs:
            name = answer_file(owner)
            if kind == HANDOUT and owner.number <= lab and self.has_changed(name, old, tree):
                raise SourceError(owner.source, 0, f"the questions of lab {owner.number} have "
                                                   f"changed since {branch_of(lab)} was released")

    def has_changed(self, name: str, old: str, new: str) -> bool:
        """Whether a file differs between two commits or trees, or is in one of them alone."""
        return git(self.folder, "ls-tree", old, name) != git(self.folder, "ls-tree", new, name)

    def changed(self) -> bool:
        """Whether a published handout is not what the sources give today."""
        for lab in self.released:
            tree = make_stage(self.course, lab, HANDOUT)
            if self.write(tree) != self.tree_of(self.tip(branch_of(lab))):
                return True
        return False

    def refuse_rewrites(self) -> None:
        """Every branch was made here, from sources whose history still has that commit."""
        for branch, commit in self.old.items():
            text = git(self.folder, "log", "-1", "--format=%B", commit)
            source = re.search(r"^Cairn-Source: (\w+)$", text, re.MULTILINE)
            if source is None:
                raise SourceError(branch, 0, "its last commit was not made by `make release`")
            done = subprocess.run(["git", "-C", str(self.course.project), "merge-base",
                                   "--is-ancestor", source[1], "HEAD"], check=False,
                                  capture_output=True)
            if done.returncode != 0:
                raise SourceError(branch, 0, f"was made from {source[1][:12]}, which is not in the "
                                             "history of these sources: they were rewritten")

    def refuse_secrets(self) -> None:
        """No object of the class's repository holds what the class may not see."""
        hidden = {number for number, (lab, _) in self.course.exercises.items()
                  if lab.number > self.revealed}
        secrets = secrets_of(self.course, max(self.released, default=0), hidden)
        places = [self.folder]
        if (Path(self.to) / "HEAD").is_file() or (Path(self.to) / ".git").exists():
            places.append(Path(self.to))
        for place in places:
            found = scan_repository(place, secrets)
            if found:
                raise found[0]

    def push(self) -> list[Published]:
        """Searches everything, then pushes what is new, all or nothing."""
        self.refuse_secrets()
        if self.new:
            refs = [f"{commit}:refs/heads/{branch}" for branch, commit in self.new.items()]
            git(self.folder, "push", "--quiet", "--atomic", self.to, *refs)
        return [Published(branch, commit) for branch, commit in sorted(self.new.items())]


def refuse_unsaved(course: Course) -> None:
    """Only what is committed can be published."""
    if git(course.project, "status", "--porcelain").strip():
        raise SourceError(str(course.project), 0, "has changes that are not committed")


def prepare(to: str) -> None:
    """Makes the class's repository when a path that is not there was named."""
    if "://" not in to and ":" not in to and not Path(to).exists():
        Path(to).mkdir(parents=True)
        git(Path(to), "init", "--quiet", "--bare", f"--initial-branch={branch_of(1)}")


def publish(course: Course, to: str, lab: int, kind: str) -> list[Published]:
    """Publishes a lab's handout, or as a step of its own its start or solution."""
    refuse_unsaved(course)
    title = course.lab(lab).title
    prepare(to)
    with tempfile.TemporaryDirectory() as name:
        repository = ClassRepository(course, str(Path(to).resolve() if Path(to).exists() else to),
                                     Path(name))
        repository.refuse_rewrites()
        if repository.changed():
            raise SourceError(to, 0, "a lab that is released has changed: run `make errata` first")
        missing = [number for number in range(1, lab + (kind != HANDOUT))
                   if number not in repository.released]
        if missing:
            raise SourceError(to, 0, f"has no {branch_of(missing[0])} yet: release that first")
        says = {HANDOUT: f"Lab {lab:02}: {title}", START: f"Lab {lab:02}: a fresh start",
                SOLUTION: f"Lab {lab:02}: solutions"}
        repository.advance(lab, kind, says[kind])
        return repository.push()


def correct(course: Course, to: str) -> list[Published]:
    """Publishes what changed in labs that are released, from the first to the last."""
    refuse_unsaved(course)
    with tempfile.TemporaryDirectory() as name:
        repository = ClassRepository(course, str(Path(to).resolve() if Path(to).exists() else to),
                                     Path(name))
        repository.refuse_rewrites()
        if not repository.changed():
            return []
        refuse_silence(repository)
        for lab in repository.released:
            repository.advance(lab, HANDOUT, f"Lab {lab:02}: a correction")
        for branch in sorted(repository.old):
            match = BRANCH.fullmatch(branch)
            if match and match[2]:
                repository.advance(int(match[1]), match[2], f"Lab {match[1]}: a correction")
        return repository.push()


def refuse_silence(repository: ClassRepository) -> None:
    """A correction is told in ERRATA.md."""
    first = repository.released[0]
    old = git(repository.folder, "show", f"{repository.tip(branch_of(first))}:{NOTES}")
    tree = make_stage(repository.course, repository.released[-1], HANDOUT)
    if NOTES not in tree or tree[NOTES].data.decode() == old:
        raise SourceError(NOTES, 0, "does not tell yet what this correction changes")
