"""1,000 students with one mistake each on a 2-2-1 net with 31 questions: diagnosis beside grading."""

from __future__ import annotations

import gc
import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.diagnose.measure import Exercise, named
from tests.diagnose.students import NETWORKS, Habits, exercise, flat

STUDENTS = 1_000


def main() -> None:
    """Print the time a student of each, and the ratio."""
    rng = random.Random(5)
    done = Exercise(exercise(NETWORKS[0], "everything", rng), Habits(4, as_he_goes=True))
    variants = list(done.variants)
    kinds = [done.wrong(v) for v in variants]
    usable = [
        i
        for i, a in enumerate(kinds)
        if all("nan" not in t and "inf" not in t for v in a.values() for t in flat(v))
    ]
    chosen = [rng.choice(usable) for _ in range(STUDENTS)]
    everyone = [dict(kinds[i]) for i in chosen]
    gc.disable()  # as grade_assignment does while it grades
    grading, diagnosis = [], []
    found: dict[int, list[object]] = {}
    for _ in range(3):
        start = time.perf_counter()
        result = done.grader.grade(everyone)  # type: ignore[arg-type]
        middle = time.perf_counter()
        found = done.diagnostician.findings(result)  # type: ignore[assignment]
        diagnosis.append(time.perf_counter() - middle)
        grading.append(middle - start)
    right = sum(variants[i].id in named(found.get(s, []))[1] for s, i in enumerate(chosen))  # type: ignore[arg-type]
    print(f"{len(variants)} wrong rules at their places, {STUDENTS} students, {len(everyone[0])} questions")
    print(f"grading:   {min(grading) / STUDENTS * 1e3:.3f} ms a student")
    print(
        f"diagnosis: {min(diagnosis) / STUDENTS * 1e3:.3f} ms a student (target: below 1.5); "
        f"rule among those named: {right / STUDENTS:.1%}"
    )
    print(f"ratio: diagnosis takes {min(diagnosis) / min(grading):.1f} times as long as grading")


if __name__ == "__main__":
    main()
