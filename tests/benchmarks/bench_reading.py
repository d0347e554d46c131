"""How long reading 2,000 submissions of 25 numbers takes, as ratios to the parsers alone.

Not run by pytest; `make bench` runs it. A ratio is taken between times measured in turns, so that a busy
machine slows both.
"""

import json
import tempfile
import timeit
from collections.abc import Callable
from pathlib import Path

import yaml

from grader.submission import files
from grader.submission.numerals import parse_number

STUDENTS = 2000
NUMBERS = 25
TURNS = 7


def values(student: int) -> dict[str, str]:
    """25 answers with four decimals, as a student writes them."""
    return {f"dL/dw{k}": f"{((student * 37 + k * 211) % 4000 - 2000) / 1000:.4f}" for k in range(NUMBERS)}


def write(folder: Path) -> None:
    """One YAML and one JSON file a student."""
    for student in range(STUDENTS):
        answers = values(student)
        lines = "".join(f"    {name}: {value}\n" for name, value in answers.items())
        (folder / f"s{student}.yaml").write_text(f"student: s{student}\nanswers:\n  q3:\n{lines}")
        numbers = {name: float(value) for name, value in answers.items()}
        (folder / f"s{student}.json").write_text(
            json.dumps({"student": f"s{student}", "answers": {"q3": numbers}})
        )


def each(work: Callable[[Path], object], paths: list[Path]) -> Callable[[], None]:
    def run() -> None:
        for path in paths:
            work(path)

    return run


def load_yaml(path: Path) -> object:
    with path.open(encoding="utf-8") as file:
        return yaml.load(file.read(), Loader=yaml.CBaseLoader)


def load_json(path: Path) -> object:
    with path.open(encoding="utf-8") as file:
        return json.loads(file.read())


def read_as_text(path: Path) -> object:
    """As the program does it: names and numbers of one file."""
    submission = files.read(str(path), str(path.parent))
    return [parse_number(str(given)) for given in submission.answers["q3"].values()]


def compare(name: str, ours: Callable[[], None], theirs: Callable[[], None]) -> None:
    """Prints microseconds a file and the ratio of the best times."""
    turns = [(timeit.timeit(ours, number=1), timeit.timeit(theirs, number=1)) for _ in range(TURNS)]
    mine, other = (min(times) / STUDENTS * 1e6 for times in zip(*turns, strict=True))
    print(f"{name:34} {mine:7.1f} us a file, {other:7.1f} us alone, ratio {mine / other:.2f}")


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder)
        sheets = {suffix: sorted(folder.glob(f"*.{suffix}")) for suffix in ("yaml", "json")}
        read = {suffix: each(lambda path: files.read(str(path), name), sheets[suffix]) for suffix in sheets}
        compare("YAML, against CBaseLoader", read["yaml"], each(load_yaml, sheets["yaml"]))
        compare("JSON, against json.loads", read["json"], each(load_json, sheets["json"]))
        compare("YAML with numbers read", each(read_as_text, sheets["yaml"]), each(load_yaml, sheets["yaml"]))
        compare("JSON with numbers read", each(read_as_text, sheets["json"]), each(load_json, sheets["json"]))
    texts = [text for student in range(STUDENTS) for text in values(student).values()]
    took = min(timeit.repeat(lambda: [parse_number(text) for text in texts], number=1, repeat=TURNS))
    print(f"{'a plain number':34} {took / len(texts) * 1e6:7.2f} us")


if __name__ == "__main__":
    main()
