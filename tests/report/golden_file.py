"""Golden output: compared byte by byte; what differs is saved, so that accepting it is a copy."""

from pathlib import Path

GOLDEN = Path(__file__).parent / "golden"
ACTUAL = Path(__file__).parent.parent / "actual"


def compare(name: str, actual: str) -> None:
    """Fails where the output is not the golden one, and leaves the output in tests/actual for a look."""
    path = GOLDEN / name
    expected = path.read_text(encoding="utf-8") if path.exists() else ""
    if actual != expected:
        ACTUAL.mkdir(exist_ok=True)
        (ACTUAL / name).write_text(actual, encoding="utf-8")
    assert actual == expected, f"{name} differs; to accept it, copy it from {ACTUAL} to {GOLDEN}"
