"""What is said about questions and about the class: counted by hand on small classes."""

import pytest

from grader.record import replace
from grader.report.model import Answer, Asked, ClassReport, Diagnosis, StudentReport
from grader.report.statistics import agreements, beliefs, correlation, items

ASKED = tuple(Asked("q", name, name, 1.0, "0.5", shape=(1, 1)) for name in ("a", "b", "c", "d"))
WRONG_SIGN = Diagnosis("dy.sign", "sign", "dL/dz", "Look at the sign.", 0.9, ("a",))


def _student(name: str, *answers: tuple[str, str | None]) -> StudentReport:
    made = tuple(
        Answer(asked, verdict, float(verdict == "correct"), given)
        for asked, (verdict, given) in zip(ASKED, answers, strict=True)
    )
    return StudentReport(name, f"{name}.yaml", sum(a.score for a in made), 4.0, made)


RIGHT = ("correct", "0.5")
BLANK = ("missing", None)


def _class(*students: StudentReport) -> ClassReport:
    return ClassReport("hw", "HW", 4.0, ASKED, students)


def test_items_count_shares_blanks_and_strong_students() -> None:
    """Five who know three questions and miss the fourth, and one who handed in nothing."""
    strong = [_student(f"s{i}", RIGHT, RIGHT, RIGHT, ("wrong", f"1.{i}23")) for i in range(5)]
    weak = _student("s9", BLANK, BLANK, BLANK, BLANK)
    first, *_, last = items(_class(*strong, weak))
    assert first.difficulty == pytest.approx(5 / 6)
    assert first.discrimination == pytest.approx(1.0)
    assert first.blank == pytest.approx(1 / 6)
    assert (last.difficulty, last.strong, last.stumbled) == (0.0, 5, 5)
    assert last.is_trap
    assert not first.is_trap


def test_correlation_of_what_never_changes_is_unknown() -> None:
    assert correlation([1.0, 1.0], [0.0, 1.0]) is None
    assert correlation([0.0, 1.0, 2.0], [3.0, 2.0, 1.0]) == pytest.approx(-1.0)


def test_beliefs_are_ranked_by_students_and_not_by_answers() -> None:
    """One student who shows a mistake twice counts once."""
    other = WRONG_SIGN._replace(id="upd.plus")
    one = _student("s1", ("misconception", "1"), ("misconception", "2"), RIGHT, RIGHT)
    one = replace(one, answers=tuple(a._replace(diagnosis=other) for a in one.answers[:2]) + one.answers[2:])
    two = [_student(f"s{i}", ("misconception", "3"), RIGHT, RIGHT, RIGHT) for i in (2, 3)]
    two = [replace(s, answers=(s.answers[0]._replace(diagnosis=WRONG_SIGN), *s.answers[1:])) for s in two]
    first, second = beliefs(_class(one, *two))
    assert (first.id, first.students) == ("dy.sign", (1, 2))
    assert (second.id, second.students, len(second.answers)) == ("upd.plus", (0,), 2)


def _copy(name: str, verdict: str = "wrong") -> StudentReport:
    return _student(name, (verdict, "1.234"), (verdict, "− 2.345"), (verdict, "3.456"), RIGHT)


def test_equal_wrong_values_of_two_are_told() -> None:
    """However the minus sign is written; others with values of their own are in no pair."""
    others = [_student(f"o{i}", *(("wrong", f"{i}.{k}77") for k in range(3)), RIGHT) for i in range(8)]
    second = _student("s2", ("wrong", "1.234"), ("wrong", "-2.345"), ("wrong", "3.456"), RIGHT)
    (found,) = agreements(_class(_copy("s1"), second, *others))
    assert (found.first, found.second) == (0, 1)
    assert [shown.given for shown in found.values] == ["1.234", "− 2.345", "3.456"]


def test_what_is_common_right_or_explained_is_no_agreement() -> None:
    """A value that many wrote, right ones, and ones that a known mistake gives."""
    assert agreements(_class(*(_copy(f"s{i}") for i in range(8)))) == []
    assert agreements(_class(_copy("s1", "follow_through"), _copy("s2", "follow_through"))) == []
    explained = [
        replace(s, answers=tuple(a._replace(diagnosis=WRONG_SIGN) for a in s.answers))
        for s in (_copy("s1"), _copy("s2"))
    ]
    assert agreements(_class(*explained)) == []
