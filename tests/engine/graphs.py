"""Random problems in the general form, drawn by hypothesis: every operator, shared weights, several paths."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

Shape = tuple[int, int]
SMOOTH = (
    "sigmoid",
    "tanh",
    "softplus",
    "gelu",
    "silu",
    "sin",
    "cos",
    "sech",
    "Phi",
    "elu",
    "sigmoid'",
    "tanh'",
)
KINKED = ("relu", "leaky_relu", "abs")


@dataclass
class Graph:
    """A problem that grows: its givens, equations, and the size of each quantity."""

    draw: Callable[[st.SearchStrategy[Any]], Any]
    base: int
    given: dict[str, list[list[float]]] = field(default_factory=dict)
    equations: list[str] = field(default_factory=list)
    shapes: dict[str, Shape] = field(default_factory=dict)

    def pick(self, shapes: Callable[[Shape], bool] = lambda _: True) -> str:
        """A quantity of a size that fits; a new given where there is none."""
        fitting = [n for n, s in self.shapes.items() if shapes(s)]
        if not fitting:
            return self.new_given(next(s for s in SIZES if shapes(s)))
        return str(self.draw(st.sampled_from(fitting)))

    def like(self, shape: Shape) -> str:
        """A quantity of one size."""
        return (
            self.pick(lambda s: s == shape)
            if shape in SIZES or shape in self.shapes.values()
            else self.pick()
        )

    def new_given(self, shape: Shape) -> str:
        """A given with values away from special ones."""
        values = [
            [float(self.draw(st.integers(-150, 150))) / 100 + 0.003 for _ in range(shape[1])]
            for _ in range(shape[0])
        ]
        own = f"g{len(self.given)}"
        self.given[own] = values
        self.shapes[own] = shape
        return own

    def add(self, rule: str, shape: Shape) -> str:
        """An equation."""
        own = f"q{len(self.equations)}"
        self.equations.append(f"{own} = {rule}")
        self.shapes[own] = shape
        return own


SIZES: tuple[Shape, ...] = ((1, 1), (2, 1), (3, 1), (2, 2), (2, 3), (3, 2), (1, 3))


def _function(graph: Graph) -> None:
    x = graph.pick()
    f = graph.draw(st.sampled_from((*SMOOTH, *KINKED)))
    graph.add(f"{f}({x})", graph.shapes[x])


def _elementwise(graph: Graph) -> None:
    a = graph.pick()
    shape = graph.shapes[a]
    b = graph.pick(lambda s: s in (shape, (1, 1)))
    form = graph.draw(
        st.sampled_from(
            (
                "{a}*{b}",
                "{a} + {b} - {a}*{b}/3",
                "{a}/(1.5 + {b}^2)",
                "-{b} - {a}",
                "max({a}, {b} + 0.01)",
                "min({b}, {a}, 0.3)",
                "2{a} ({b} - 1)",
            )
        )
    )
    graph.add(str(form).format(a=a, b=b), shape)


def _broadcast(graph: Graph) -> None:
    m = graph.pick(lambda s: 1 not in s)
    rows, columns = graph.shapes[m]
    column = graph.pick(lambda s: s == (rows, 1))
    row = graph.pick(lambda s: s == (columns, 1))
    form = graph.draw(st.sampled_from(("{m} + {v}", "{m}*{w}^T", "{m}/(2 + {v}^2) - {w}^T")))
    graph.add(str(form).format(m=m, v=column, w=row), (rows, columns))


def _matmul(graph: Graph) -> None:
    a = graph.pick()
    rows, inner = graph.shapes[a]
    b = graph.pick(lambda s: s[0] == inner and (s != (rows, inner) or 1 not in s))
    graph.add(f"tanh({a} @ {b})", (rows, graph.shapes[b][1]))


def _transposed(graph: Graph) -> None:
    a = graph.pick(lambda s: s != (1, 1))
    rows, columns = graph.shapes[a]
    graph.add(f"sin({a})^T", (columns, rows))


def _vectors(graph: Graph) -> None:
    a = graph.pick(lambda s: s[1] == 1 and s[0] > 1)
    n = graph.shapes[a][0]
    b = graph.pick(lambda s: s == (n, 1))
    rule, shape = graph.draw(
        st.sampled_from(
            (
                ("{a} @ {b}", (1, 1)),
                ("dot({a}, {b})", (1, 1)),
                ("tanh({a}) @ {b}^T", (n, n)),
                ("outer({a}, {b})", (n, n)),
                ("concat({a}, {b}, {a})", (3 * n, 1)),
                ("softmax({a}) + {b}", (n, 1)),
                ("norm({a} + 2)", (1, 1)),
            )
        )
    )
    graph.add(str(rule).format(a=a, b=b), shape)


def _whole(graph: Graph) -> None:
    a = graph.pick()
    rule, shape = graph.draw(
        st.sampled_from(
            (
                ("sum({a})/4", (1, 1)),
                ("mean({a}^2)", (1, 1)),
                ("max({a})", (1, 1)),
                ("min({a})", (1, 1)),
                ("softmax({a})", graph.shapes[a]),
                ("exp({a}/4)", graph.shapes[a]),
                ("ln(1 + {a}^2)", graph.shapes[a]),
                ("sqrt(1 + {a}^2)", graph.shapes[a]),
                ("{a}^3/5", graph.shapes[a]),
                ("(1.5 + {a}^2)^({a}/3)", graph.shapes[a]),
            )
        )
    )
    graph.add(str(rule).format(a=a), shape)


def _elements(graph: Graph) -> None:
    a = graph.pick(lambda s: s != (1, 1))
    rows, columns = graph.shapes[a]
    i, j = graph.draw(st.integers(0, rows - 1)), graph.draw(st.integers(0, columns - 1))
    element = f"{a}[{i + graph.base},{j + graph.base}]"
    s = graph.pick(lambda s: s == (1, 1))
    rule, shape = graph.draw(
        st.sampled_from(
            (("{e}*{s}", (1, 1)), ("[{e}, {s}, 2{e}]", (3, 1)), ("[[{s}, {e}], [1, {s}^2]]", (2, 2)))
        )
    )
    graph.add(str(rule).format(e=element, s=s), shape)


_MOVES = (
    _function,
    _function,
    _elementwise,
    _elementwise,
    _broadcast,
    _matmul,
    _matmul,
    _transposed,
    _vectors,
    _whole,
    _elements,
)


@st.composite
def graphs(draw: Callable[[st.SearchStrategy[Any]], Any]) -> Graph:
    """A problem of 3 to 10 equations and a loss that everything without a user runs into."""
    graph = Graph(draw, int(draw(st.integers(0, 1))))
    for shape in draw(st.lists(st.sampled_from(SIZES), min_size=2, max_size=4)):
        graph.new_given(shape)
    for _ in range(int(draw(st.integers(3, 10)))):
        move: Callable[[Graph], None] = draw(st.sampled_from(_MOVES))
        move(graph)
    text = " ".join(graph.equations)
    ends = [n for n in graph.shapes if f"{n}" not in text.replace(f"{n} =", "")]
    graph.equations.append("L = " + " + ".join(f"sum(sin({n}))" for n in [*ends, "g0"]))
    graph.shapes["L"] = (1, 1)
    return graph


def written(graph: Graph, questions: list[str]) -> str:
    """The problem's text."""
    given = ", ".join(f"{n}: {v}" for n, v in graph.given.items())
    rules = "\n".join(f'  - "{e}"' for e in graph.equations)
    asked = ", ".join(f'"{q}"' for q in questions)
    return f"given: {{{given}}}\nindex_base: {graph.base}\nequations:\n{rules}\nquestions: [{asked}]"
