"""Golden output: compared byte by byte; what differs is saved beside it, so that accepting it is a rename."""

from pathlib import Path

GOLDEN = Path(__file__).parent / "golden"


def compare(name: str, actual: str) -> None:
    """Fails where the output is not the golden one, and leaves `<name>.new` for a look."""
    path = GOLDEN / name
    new = path.with_name(name + ".new")
    expected = path.read_text(encoding="utf-8") if path.exists() else ""
    if actual != expected:
        new.write_text(actual, encoding="utf-8")
    assert actual == expected, f"{name} differs; to accept it, rename {new.name} to {name}"
    new.unlink(missing_ok=True)
