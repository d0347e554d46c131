"""Who imports whom: the rooms of the program, read from its source.

A lower room never imports a higher one, rooms side by side never import each other, modules never import in
a circle, and a third-party package stays in its rooms. An import inside a function counts like any other.
"""

import ast
import subprocess
import sys
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parent.parent

# From the bottom up: a room may import itself and every room on a lower floor.
FLOORS = (
    ("record",),
    ("source", "errors"),
    ("language",),
    ("spec",),
    ("submission", "engine"),
    ("misconceptions", "compare"),
    ("diagnose",),
    ("report",),
    ("run",),
    ("cli",),
)
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
NEIGHBOURS_ALLOWED = {("source", "errors"), ("errors", "source")}  # one room in two files; circles still fail

# Where each third-party package may be imported: patterns of paths below it, `*` reaching into folders.
THIRD_PARTY = {
    "click": ("cli.py", "cli/*"),
    "numpy": tuple(
        f"{room}{ending}" for room in FLOOR if room not in {"cli", "report"} for ending in (".py", "/*")
    ),
    "jinja2": ("report/pages/*",),
    "markupsafe": ("report/pages/*",),
    "rich": ("cli.py", "cli/*", "report/terminal*.py", "report/terminal/*"),
    "yaml": ("spec/*", "submission/*yaml*.py"),
}


class Import(NamedTuple):
    """One import statement's target, and where it stands."""

    module: str
    path: PurePosixPath
    line: int


class Program:
    """The modules below one package folder and what they import."""

    def __init__(self, folder: Path) -> None:
        self.package = folder.name
        self.files = {self._module(path.relative_to(folder)): path for path in sorted(folder.rglob("*.py"))}
        self.names = {name.rsplit(".", up)[0] for name in self.files for up in range(name.count(".") + 1)}
        self.folder = folder

    def _module(self, relative: Path) -> str:
        parts = (self.package, *relative.with_suffix("").parts)
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    def imports(self, module: str) -> Iterator[Import]:
        """Everything that the module imports, at its top or inside a function."""
        path = self.files[module]
        package = module if path.name == "__init__.py" else module.rpartition(".")[0]
        relative = PurePosixPath(path.relative_to(self.folder))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for target in self._targets(node, package):
                yield Import(target, relative, getattr(node, "lineno", 0))

    def _targets(self, node: ast.AST, package: str) -> list[str]:
        match node:
            case ast.Import(names=names):
                return [self._reached(alias.name) for alias in names]
            case ast.ImportFrom(module=name, names=names, level=level):
                base = _absolute("." * level + (name or ""), package)
                return [self._reached(f"{base}.{alias.name}") for alias in names]
            case ast.Call(func=ast.Name("__import__" | "import_module"), args=[ast.Constant(str(name)), *_]):
                return [self._reached(_absolute(name, package))]
            case ast.Call(func=ast.Attribute(attr="import_module"), args=[ast.Constant(str(name)), *_]):
                return [self._reached(_absolute(name, package))]
        return []

    def _reached(self, name: str) -> str:
        """The module behind a dotted name: grader.spec for `grader.spec.load` when `load` is a function."""
        while _top(name) == self.package and name not in self.names and "." in name:
            name = name.rpartition(".")[0]
        return name


def _top(name: str) -> str:
    return name.partition(".")[0]


def _absolute(name: str, package: str) -> str:
    """`..errors`, written in grader.language, is grader.errors."""
    rest = name.lstrip(".")
    level = len(name) - len(rest)
    if level == 0:
        return name
    parts = package.split(".")
    return ".".join([*parts[: len(parts) - level + 1], *([rest] if rest else [])])


def _room(module: str) -> str:
    """`grader.spec.load` lives in `spec`; the package itself and `__main__` are the front door, `cli`."""
    parts = module.split(".")
    return "cli" if len(parts) > 1 and parts[1] == "__main__" else ".".join(parts[1:2])


def _arrow(importer: str, imported: str) -> str | None:
    """Why this room may not import that one; None where it may."""
    if importer == imported:
        return None
    if not importer:
        return "the package's own __init__ imports no room"
    if not imported:
        return None
    if FLOOR[imported] > FLOOR[importer]:
        return f"{importer} is below {imported}"
    if FLOOR[imported] == FLOOR[importer] and (importer, imported) not in NEIGHBOURS_ALLOWED:
        return f"{importer} and {imported} stand side by side"
    return None


def _allowed(package: str, path: PurePosixPath) -> bool:
    return any(fnmatchcase(str(path), pattern) for pattern in THIRD_PARTY.get(package, ()))


def _judge(program: Program, module: str, found: Import) -> str | None:
    top = _top(found.module)
    if top == program.package:
        return _arrow(_room(module), _room(found.module))
    if top in sys.stdlib_module_names or _allowed(top, found.path):
        return None
    return f"the package {top} has no business in {found.path}"


def _knot(edges: dict[str, set[str]]) -> dict[str, set[str]]:
    """What is left when every module that imports, or is imported by, nothing that is left has gone."""
    while True:
        imported = set().union(*edges.values())
        kept = {module for module, targets in edges.items() if targets and module in imported}
        if len(kept) == len(edges):
            return edges
        edges = {module: edges[module] & kept for module in kept}


def _circles(edges: dict[str, set[str]]) -> list[str]:
    """Circles of modules, as `a -> b -> a`, none sharing a module with another."""
    circles = []
    left = {module: (targets & edges.keys()) - {module} for module, targets in edges.items()}
    while left := _knot(left):
        trail = [min(left)]
        while (following := min(left[trail[-1]])) not in trail:
            trail.append(following)
        circle = trail[trail.index(following) :]
        circles.append(" -> ".join([*circle, following]))
        left = {module: targets - set(circle) for module, targets in left.items() if module not in circle}
    return circles


def violations(folder: Path) -> list[str]:
    """What is wrong with the imports of the package in this folder, a sentence each."""
    program = Program(folder)
    strangers = sorted({room for module in program.files if (room := _room(module)) and room not in FLOOR})
    if strangers:
        return [f"no room is called {room}" for room in strangers]
    wrong = []
    edges: dict[str, set[str]] = {}
    for module in program.files:
        for found in program.imports(module):
            edges.setdefault(module, set()).add(found.module)
            if reason := _judge(program, module, found):
                wrong.append(f"{found.path}:{found.line}: imports {found.module}: {reason}")
    return wrong + [f"import circle: {circle}" for circle in _circles(edges)]


def test_imports_point_down() -> None:
    """Every import of the program is allowed."""
    assert violations(ROOT / "grader") == []


def test_help_loads_only_click() -> None:
    """Importing the command line loads neither numpy nor yaml nor rich, so that `grade --help` is quick."""
    heavy = "sorted({'numpy', 'yaml', 'rich'} & sys.modules.keys())"
    code = f"import sys, grader.cli; print({heavy})"

    output = subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, text=True)

    assert output == "[]\n"


SOUND = {
    "__init__.py": "",
    "__main__.py": "from grader.cli import main\nmain()\n",
    "source.py": "import re\n",
    "errors.py": "from grader.source import Excerpt\n",
    "language/__init__.py": "from grader.language.parse import parse\n",
    "language/parse.py": "import numpy as np\nfrom ..errors import ExpressionError\n",
    "spec/load.py": "import yaml\nfrom grader import language\n",
    "submission/yaml_reader.py": "def read():\n    import yaml\n",
    "engine/solve.py": "import numpy.linalg\n",
    "compare/match.py": "from grader.engine import solve\n",
    "misconceptions/__init__.py": "",
    "report/terminal.py": "from rich.text import Text\n",
    "run.py": "import numpy\nfrom grader import spec, report\n",
    "cli.py": "import click\n\ndef main():\n    from grader.run import run\n",
}


def _plant(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / "grader" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "grader" / name).write_text(text, encoding="utf-8")
    return folder / "grader"


def test_a_sound_tree_passes(tmp_path: Path) -> None:
    """The test accepts imports that point down, at the top and inside functions."""
    assert violations(_plant(tmp_path, SOUND)) == []


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("engine/bad.py", "from grader.report import junit\n", "engine is below report"),
        ("engine/bad.py", "def late():\n    import grader.run\n", "engine is below run"),
        ("engine/bad.py", "from ..cli import main\n", "engine is below cli"),
        ("language/bad.py", "from grader import spec\n", "language is below spec"),
        (
            "language/bad.py",
            "import importlib\nimportlib.import_module('grader.spec.load')\n",
            "is below spec",
        ),
        ("errors.py", "from .language import parse\n", "errors is below language"),
        ("engine/bad.py", "from grader.submission import yaml_reader\n", "stand side by side"),
        ("misconceptions/bad.py", "from grader.compare import match\n", "stand side by side"),
        ("__init__.py", "from grader.spec import load\n", "own __init__ imports no room"),
        ("utils.py", "", "no room is called utils"),
        ("engine/bad.py", "import yaml\n", "the package yaml has no business in engine/bad.py"),
        ("submission/json_reader.py", "import yaml\n", "the package yaml has no business"),
        ("report/junit.py", "import numpy as np\n", "the package numpy has no business"),
        ("report/junit.py", "from rich import print\n", "the package rich has no business"),
        ("run.py", "def late():\n    import click\n", "the package click has no business"),
        ("cli.py", "import numpy.linalg\n", "the package numpy has no business"),
        ("engine/bad.py", "__import__('sympy')\n", "the package sympy has no business"),
        ("language/tree.py", "from grader.spec import load\n", "language is below spec"),
        (
            "language/parse.py",
            "from grader.language import anything\n",
            "import circle: grader.language -> grader.language.parse -> grader.language",
        ),
    ],
)
def test_a_planted_import_is_caught(tmp_path: Path, name: str, text: str, complaint: str) -> None:
    """One bad import in a sound tree is reported, with its file and its reason."""
    found = violations(_plant(tmp_path, SOUND | {name: text}))

    assert complaint in "\n".join(found)
