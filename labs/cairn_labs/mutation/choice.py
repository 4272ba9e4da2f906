"""Which solutions are tried: all, or a few that stand for the rest."""

from __future__ import annotations

from pathlib import Path

from cairn_labs.description import Exercise, Lab, read_labs
from cairn_labs.errors import SourceError
from cairn_labs.mutants import Mutant, read_alternatives, read_mutants
from cairn_labs.mutation.trial import Trial

# Without FULL=1, of each exercise: so many small changes besides those marked quick.
QUICK_EACH = 2


def some(mutants: list[Mutant]) -> list[Mutant]:
    """The first few of an exercise and those marked quick."""
    marked = [mutant for mutant in mutants if mutant.quick]
    return [mutant for mutant in mutants if not mutant.quick][:QUICK_EACH] + marked


def wanted_exercises(labs: list[Lab], lab: str, exercise: str) -> list[tuple[int, Exercise]]:
    """The exercises that LAB= and EXERCISE= name, with their labs' numbers."""
    found = [(entry.number, each) for entry in labs if lab in ("", "all", str(entry.number))
             for each in entry.exercises if exercise in ("", each.id)]
    if not found:
        asked = " ".join([*([f"LAB={lab}"] if lab else []),
                          *([f"EXERCISE={exercise}"] if exercise else [])])
        raise SourceError("labs", 0, f"no exercise is meant by {asked}")
    return found


def choose(project: Path, arch: str, lab: str, exercise: str, full: bool) -> list[Trial]:
    """The trials for an architecture, by exercise; raises SourceError for a wrong wish."""
    labs = read_labs(project)
    known = {name: each.id for entry in labs for each in entry.exercises
             for name in each.all_files}
    wrong, right = read_mutants(project), read_alternatives(project)
    for solution in [*wrong, *right]:
        if known.get(solution.file) != solution.exercise:
            raise SourceError(solution.file, 0, f"“{solution.title}” is for exercise "
                                                f"{solution.exercise}, which has no such file")
    trials = []
    for number, each in wanted_exercises(labs, lab, exercise):
        def of(solutions: list[Mutant], each: Exercise = each) -> list[Mutant]:
            return [solution for solution in solutions if solution.exercise == each.id
                    and solution.file in each.files_for(arch) and solution.fits(arch)]

        mutants = of(wrong) if full else some(of(wrong))
        trials += [Trial(mutant, number, False) for mutant in mutants]
        trials += [Trial(other, number, True) for other in of(right)]
    return trials
