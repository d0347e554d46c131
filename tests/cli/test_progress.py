"""The line that says how far a long run is."""

import pytest

from grader.cli.progress import line


def test_it_says_how_fast_and_how_long() -> None:
    """A bar, the rate and the time left."""
    assert line(50, 200, 2.0, 80) == "graded 50 of 200 [#####---------------] 25 a second, 6 s left"
    assert line(200, 200, 8.0, 80) == "graded 200 of 200 [####################] 25 a second, 0 s left"


@pytest.mark.parametrize(
    ("done", "seconds", "left"),
    [(1, 1.0, "99 s left"), (1, 2.0, "4 min left"), (1, 100.0, "3 h left"), (99, 1.0, "1 s left")],
)
def test_the_time_left_is_rounded_up(done: int, seconds: float, left: str) -> None:
    """Seconds, minutes or hours."""
    assert line(done, 100, seconds, 80).endswith(f", {left}")


@pytest.mark.parametrize("width", [1, 10, 20, 40, 60, 80, 140])
@pytest.mark.parametrize(
    ("done", "total", "seconds"), [(0, 0, 0.0), (0, 9, 0.0), (7, 9, 1e-9), (5, 10**7, 1e6)]
)
def test_it_fits(width: int, done: int, total: int, seconds: float) -> None:
    """It never reaches the last column, where a terminal would begin a new line."""
    assert len(line(done, total, seconds, width)) < width
