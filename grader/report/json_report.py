"""The results file, `grade-results/1`: one student a line, so that a diff names those whose marks changed.

The text is put together by hand, because a class has many answers and few questions: whatever does not change
from student to student is rendered once. A test holds it together with `json.dumps` on plain dictionaries.
All text is ASCII: no control code or bidi override survives in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from json.encoder import encode_basestring_ascii as quoted

from grader.report.model import Answer, Asked, ClassReport, Component, Diagnosis, StudentReport
from grader.report.numbers import json_score

Heads = dict[tuple[Asked, str, float], tuple[str, str]]

_PLAIN = (None, None, (), None, ())
"""Fields 4 to 8, reason to alternatives, of an answer with nothing to explain."""


def render(report: ClassReport) -> Iterator[str]:
    """The file, a chunk a line."""
    yield (
        f'{{"schema": "grade-results/1", "assignment": {quoted(report.assignment)}, '
        f'"title": {quoted(report.title)}, "max_score": {json_score(report.max_score)},\n "students": ['
    )
    heads: Heads = {}
    texts: dict[int, str] = {}
    between = "\n  "
    for student in report.students:
        yield between + _student(student, heads, texts)
        between = ",\n  "
    yield "]}\n"


def _student(student: StudentReport, heads: Heads, texts: dict[int, str]) -> str:
    # Students who wrote the same share one answer object, and so its text; the report keeps them alive.
    answers = ", ".join([texts.get(id(a)) or _answer(a, heads, texts) for a in student.answers])
    text = (
        f'{{"student": {quoted(student.student)}, "file": {quoted(student.file)}, '
        f'"score": {json_score(student.score)}, "max_score": {json_score(student.max_score)}, '
        f'"errors": {_texts(student.remarks)}, "answers": [{answers}]{_adjustments(student)}}}'
    )
    # A CI log obeys `##[` anywhere in a line; within a JSON string the escape is the same text.
    return text.replace("##[", "#\\u0023[") if "##[" in text else text


def _answer(answer: Answer, heads: Heads, texts: dict[int, str]) -> str:
    text = texts[id(answer)] = _written(answer, heads)
    return text


def _written(answer: Answer, heads: Heads) -> str:
    key = answer[:3]
    head = heads.get(key)
    if head is None:
        head = heads[key] = _shared(*key)
    given = answer[3]
    start = head[0] + ("null" if given is None else quoted(given))
    if answer[4:9] == _PLAIN and answer.marked is None:
        return start + head[1]
    return start + _explained(answer)


def _shared(asked: Asked, verdict: str, score: float) -> tuple[str, str]:
    """Everything before `given`, and everything after it for an answer with nothing to explain."""
    before = (
        f'{{"problem": {quoted(asked.problem)}, "question": {quoted(asked.question)}, '
        f'"ask": {quoted(asked.ask)}, "verdict": {quoted(verdict)}, '
        f'"score": {json_score(score)}, "max_score": {json_score(asked.max_score)}, "given": '
    )
    return before, _explained(Answer(asked, verdict, score, None))


def _explained(answer: Answer) -> str:
    components = ""
    if answer.components:
        components = ', "components": [' + ", ".join(map(_component, answer.components)) + "]"
    return (
        f', "expected": {_text(answer.asked.expected)}, {_findings(answer.diagnosis, answer.alternatives)}, '
        f'"reason": {_text(answer.reason)}, "read_as": {_text(answer.read_as)}{components}{_marked(answer)}}}'
    )


def _marked(answer: Answer) -> str:
    """The reason of a mark set by hand; the key stands only where there is one."""
    return "" if answer.marked is None else f', "marked": {quoted(answer.marked)}'


def _adjustments(student: StudentReport) -> str:
    """What was added by hand to the total, or taken off it; the key stands only where there is something."""
    changes = [
        f'{{"points": {json_score(change.points)}, "reason": {quoted(change.reason)}}}'
        for change in student.adjustments
    ]
    return f', "adjustments": [{", ".join(changes)}]' if changes else ""


def _component(part: Component) -> str:
    element = part.element
    return (
        f'{{"index": {quoted(element.index)}, "given": {_text(part.given)}, '
        f'"expected": {quoted(element.expected)}, "verdict": {quoted(part.verdict)}, '
        f'"reason": {_text(part.reason)}, "score": {json_score(part.score)}, '
        f'"max_score": {json_score(element.max_score)}, {_findings(part.diagnosis, part.alternatives)}}}'
    )


def _findings(diagnosis: Diagnosis | None, alternatives: Sequence[Diagnosis]) -> str:
    others = ", ".join(map(_diagnosis, alternatives))
    return f'"diagnosis": {_diagnosis(diagnosis)}, "alternatives": [{others}]'


def _diagnosis(diagnosis: Diagnosis | None) -> str:
    if diagnosis is None:
        return "null"
    return (
        f'{{"id": {quoted(diagnosis.id)}, "step": {quoted(diagnosis.step)}, '
        f'"title": {quoted(diagnosis.title)}, "feedback": {quoted(diagnosis.feedback)}, '
        f'"confidence": {json_score(diagnosis.confidence)}, "explains": {_texts(diagnosis.explains)}}}'
    )


def _text(value: str | None) -> str:
    return "null" if value is None else quoted(value)


def _texts(values: Sequence[str]) -> str:
    return "[" + ", ".join(map(quoted, values)) + "]"
