"""How quickly the command starts, and how quickly results are written, as ratios to the least they need.

Not run by pytest; `make bench` runs it. A ratio is taken between times measured in turns, so that a busy
machine slows both.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable

from grader.report import csv_report, json_report, junit_report
from grader.report.model import Answer, Asked, ClassReport, StudentReport

STUDENTS = 2000
QUESTIONS = 25
TURNS = 7
STARTS = 30

BARE = """
import click
@click.group()
def main(): pass
for name in ("run", "show", "solve", "check", "expand", "sheet"):
    main.command(name)(click.argument("spec")(lambda spec: None))
main()
"""
OURS = "from grader.cli import main; main()"


def start(script: str) -> Callable[[], object]:
    command = [sys.executable, "-c", script, "--help"]
    return lambda: subprocess.run(command, stdout=subprocess.DEVNULL, check=True)


def classroom() -> ClassReport:
    """2,000 students with 25 plain answers each, one in five of them wrong."""
    questions = tuple(Asked("q3", f"dL/dw{k}", f"dL/dw{k}", 1.0, "-0.217994") for k in range(QUESTIONS))
    students = []
    for n in range(STUDENTS):
        answers = tuple(_answer(asked, n, k) for k, asked in enumerate(questions))
        students.append(StudentReport(f"s{n:04}", f"s{n:04}.yaml", 20.0, 25.0, answers))
    return ClassReport("hw1", "Homework 1", 25.0, questions, tuple(students))


def _answer(asked: Asked, student: int, number: int) -> Answer:
    given = f"{((student * 37 + number * 211) % 4000 - 2000) / 1000:.4f}"
    wrong = number % 5 == 0
    return Answer(asked, "wrong" if wrong else "correct", 0.0 if wrong else 1.0, given)


def dumped(report: ClassReport) -> str:
    """The same results by way of dictionaries."""
    return json.dumps([[_plain(answer) for answer in student.answers] for student in report.students])


def _plain(answer: Answer) -> dict[str, object]:
    asked = answer.asked
    return {
        "problem": asked.problem,
        "question": asked.question,
        "ask": asked.ask,
        "verdict": answer.verdict,
        "score": answer.score,
        "max_score": asked.max_score,
        "given": answer.given,
        "expected": asked.expected,
        "diagnosis": None,
        "alternatives": [],
        "reason": None,
        "read_as": None,
    }


def best(turns: int, **works: Callable[[], object]) -> dict[str, float]:
    """The shortest time of each, in seconds."""
    times = dict.fromkeys(works, float("inf"))
    for _ in range(turns):
        for name, work in works.items():
            begun = time.perf_counter()
            work()
            times[name] = min(times[name], time.perf_counter() - begun)
    return times


def main() -> None:
    """Prints the ratios; exits with 1 when one is beyond its bound."""
    starts = best(STARTS, bare=start(BARE), ours=start(OURS))
    ratio = starts["ours"] / starts["bare"]
    print(f"grade --help: {ratio:.2f} of a bare click program ({starts['ours'] * 1e3:.0f} ms), at most 1.3")

    report = classroom()
    times = best(
        TURNS,
        dumps=lambda: dumped(report),
        json=lambda: "".join(json_report.render(report)),
        csv=lambda: "".join(csv_report.render(report)),
        junit=lambda: "".join(junit_report.render(report)),
    )
    for name in ("json", "csv", "junit"):
        each = times[name] / STUDENTS / QUESTIONS * 1e6
        share = times[name] / times["dumps"]
        print(f"{name}: {share:.2f} of json.dumps on dictionaries ({each:.2f} µs an answer)")
    sys.exit(ratio > 1.3)


if __name__ == "__main__":
    main()
