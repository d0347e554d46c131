"""What is said about a text that cannot be read: the place between < and >, the message, the hint."""

from __future__ import annotations

import pytest

from grader.errors import ExpressionError
from grader.language import Scope, check_names, parse
from grader.language.shapes import infer_shape

SIZES = {
    "W1": (2, 3),
    "W": (2, 2),
    "x": (3, 1),
    "z1": (2, 1),
    "a": (1, 1),
    "b": (1, 1),
    "yhat": (1, 1),
    "w2": (1, 1),
}
SCOPE = Scope(frozenset(SIZES))

READING = r"""
<>                 -> there is no expression here (write a number or a formula)
a <+>              -> something is missing after "+" (a number, a name or a parenthesis follows)
a + <*> b          -> expected a number, a name or a parenthesis, found "*"
<*> a              -> expected a number, a name or a parenthesis, found "*"
a^<^>b             -> expected a number, a name or a parenthesis, found "^"
a b <2>            -> a sign is missing before "2" (write "*" between the factors)
1.2<.3>            -> a sign is missing before ".3" (write "*" between the factors)
a<)>               -> ")" closes nothing (take it away, or open it before)
<(>a               -> "(" is never closed (a ")" is missing)
<[>a, b            -> "[" is never closed (a "]" is missing)
((<(>              -> something is missing after "(" (a number, a name or a parenthesis follows)
a<,> b             -> "," does not belong here
a<'>               -> "'" does not belong here
<f>(a)             -> unknown name "f"
<f>'(a)            -> unknown function "f"
<sigmod>(a)        -> unknown function "sigmod" (did you mean "sigmoid"?)
<Sigmoid>(a)       -> unknown function "Sigmoid" (did you mean "sigmoid"?)
<tan> h(a)         -> "tan" is a function and needs its argument in parentheses (write "tan(...)")
<σ>                -> "σ" is a function and needs its argument in parentheses (write "σ(...)")
sigmoid(<)>        -> expected a number, a name or a parenthesis, found ")"
<sigmoid(a, b)>    -> "sigmoid" takes 1 argument, not 2
<sum(x, x)>        -> "sum" takes 1 argument, not 2
<elu(a, b, a)>     -> "elu" takes 1 to 2 arguments, not 3
<sigmoid''(a)>     -> "sigmoid''" is not a derivative that can be written here
a <$> b            -> "$" has no meaning in an expression
a <{>b}            -> "{" has no meaning in an expression (write "(" instead)
a <÷> b            -> "÷" has no meaning in an expression (write "/" instead)
<√>a               -> "√" has no meaning in an expression (write "sqrt(" instead)
a <=> b            -> "=" has no meaning in an expression
50<%>              -> "%" has no meaning in an expression
<٣>                -> "٣" is not written in the digits 0 to 9
<1e400>            -> "1e400" is too large a number
a^<10001>          -> the exponent 10001 is larger than 10000
a^<-1e9>           -> the exponent 1e+09 is larger than 10000
x<[1, 2, 3]>       -> an element has one or two indices
x[<a>]             -> expected a number, found "a"
x[<1.5>]           -> expected a whole number, not "1.5"
x[<]>              -> expected a number, found "]"
[<]>               -> expected a number, a name or a parenthesis, found "]"
new(<)>            -> expected a number, a name or a parenthesis, found ")"
new(a, <b>)        -> expected a number, found "b"
state(v<)>         -> expected ",", found ")"
state(<1>, w2)     -> expected a name, found "1"
<depends(a)>       -> depends(a, b) asks whether a changes with b: it takes two arguments
depends(a, b<,> a) -> expected ")", found ","
"""

NAMES = r"""
<yhatt>            -> unknown name "yhatt" (did you mean "yhat"?)
<W2> x             -> unknown name "W2" (did you mean "w2"?)
a + <unknown>      -> unknown name "unknown"
<ab>               -> unknown name "ab" (a product needs a sign or a space: write "a*b")
2<xa>              -> unknown name "xa" (a product needs a sign or a space: write "x*a")
<c>(1 - a)         -> unknown name "c"
d<Q>/da            -> unknown name "Q"
"""

SHAPES = r"""
<z1 @ x>           -> a vector of 2 @ a vector of 3 does not exist: 1 column meets 3 rows (transpose one of them with "^T")
<W1 + x>           -> a 2 by 3 matrix and a vector of 3 do not fit together here
1 + <(W1*x)>       -> a 2 by 3 matrix and a vector of 3 do not fit together here (the matrix product is written "@")
<z1 - x>           -> a vector of 2 and a vector of 3 do not fit together here
<W^x>              -> a 2 by 2 matrix and a vector of 3 do not fit together here
<max(z1, x)>       -> a vector of 2 and a vector of 3 do not fit together here
<dot(x, z1)>       -> dot takes two vectors of the same size, not 3 and 2
<dot(W1, x)>       -> "dot" takes a vector, not a 2 by 3 matrix
<outer(W1, x)>     -> "outer" takes a vector, not a 2 by 3 matrix
<concat(x, W1)>    -> concat stacks columns; a vector of 3 and a 2 by 3 matrix differ in width
<elu(x, z1)>       -> the second argument of "elu" is a number
<W1[3,1]>          -> there is no element [3,1] in a 2 by 3 matrix (indices start at 1)
<W1[1]>            -> an element of a 2 by 3 matrix needs two indices
a*<x[4]>           -> there is no element [4] in a vector of 3 (indices start at 1)
<x[0]>             -> there is no element [0] in a vector of 3 (indices start at 1)
<a[2]>             -> there is no element [2] in a number (indices start at 1)
[<x>, a]           -> an element of a vector is a number, not a vector of 3
<[[1, 2], [3]]>    -> the rows of a matrix have the same length, not 2 and 1
<[[1, [2]], [3, 4]]> -> lists are nested at most twice
"""  # noqa: E501 - a message stands in one line


def cases(table: str) -> list[tuple[str, str]]:
    """(marked text, message) of each line."""
    lines = [line.partition(" -> ") for line in table.strip().splitlines()]
    return [(text.rstrip(), message) for text, _, message in lines]


def understood(text: str) -> None:
    """All that a text goes through before it is computed."""
    expr = parse(text, SCOPE)
    check_names(expr, SCOPE)
    infer_shape(expr, SIZES)


def said(text: str) -> tuple[str, str]:
    """The text with the place of the trouble marked, and what is said about it."""
    with pytest.raises(ExpressionError) as caught:
        understood(text)
    error = caught.value
    marked = f"{text[: error.start]}<{text[error.start : error.end]}>{text[error.end :]}"
    return marked, error.message + (f" ({error.hint})" if error.hint else "")


@pytest.mark.parametrize(("marked", "message"), [*cases(READING), *cases(NAMES), *cases(SHAPES)])
def test_the_place_the_message_and_the_hint(marked: str, message: str) -> None:
    assert said(marked.replace("<", "", 1).replace(">", "", 1)) == (marked, message)
