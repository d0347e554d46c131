"""The names of the problems that ``student_formulas.tsv`` speaks of, and a reader for each."""

from functools import lru_cache

from grader.language import Scope
from grader.language.answer import AnswerReader


def scope(names: str, shapes: dict[str, tuple[int, int]] | None = None, **habits: object) -> Scope:
    """Numbers by name, and quantities of other sizes."""
    sizes = dict.fromkeys(names.split(), (1, 1)) | (shapes or {})
    return Scope(frozenset(sizes), shapes=sizes, **habits)  # type: ignore[arg-type]


_BARS = " ".join(f"wb{i} wbar_b{i} zbar{i}" for i in range(1, 11))
SCOPES = (
    scope(
        "J p x y w2_11 w2_12 w1_11 z1_1 z1_2 z2_1 a1_1 a2_1 a1_2 X11",
        {"W_z1": (3, 1), "X_z1": (3, 1), "W_z2": (3, 1), "X_z2": (3, 1), "W_z1_2": (2, 1)},
        parts={"p": frozenset({"x"})},
    ),
    scope(
        "C11 C12 C21 C22 b b1 b2 b3 bj x1 x2 h1 h2 y t L w1 w2 w11 w12 w13 w21 w22 w23 w31 w32 "
        "wj1 wj2 wj3 z1 z2 zh1 zh2 z ybar zbar zbar1 zbar2 zbar3 Lbar hbar1 hbar2 zbar_h1 zbar_h2 "
        "zbar_x1 zbar_x2 zbar_b1 zbar_b2 zbar_b wb bbar zb yj wbar_j1 wbar_j2 wbar_j3 wbar_b wbar_11 "
        f"wbar_12 wbar_21 wbar_22 {_BARS}",
        activation="relu",
    ),
    scope("b1 b2 w2 a1 z2 z1 w1 x yhat"),
    scope(
        "y yhat J a1 a2 a3 x1 x2 g1 g2 z eta f wij deltaj zi delta_a2 delta_a3 error",
        {"W0": (2, 3), "W1": (2, 3), "W2": (3, 1), "b1": (3, 1), "b2": (1, 1)},
    ),
    scope("x y w1 w2 b1 b2 z1 z2 a1 yhat L eta a b", {"W1": (2, 3)}, activation="relu"),
    scope(
        "J lambda z f",
        {"w": (2, 1), "x": (2, 1), "X": (2, 3), "Y": (3, 1)},
        parts={"f": frozenset({"w"}), "J": frozenset({"w"})},
    ),
)


@lru_cache
def reader(number: int) -> AnswerReader:
    """The reader of one of the problems."""
    return AnswerReader(SCOPES[number])
