"""The forms of LaTeX: fractions and derivatives, roots, bars, matrices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.errors import ExpressionError
from grader.language.latex import names
from grader.language.latex.calls import function_named
from grader.language.latex.scripts import bracketed, index_parts
from grader.language.tree import Expr

if TYPE_CHECKING:
    from grader.language.latex.grammar import Reader
    from grader.language.tokens import Token

_CLOSES = {"|": "|", "‖": "‖", "(|": "|)", "(‖": "‖)"}
_new = tuple.__new__


def fraction(reader: Reader, token: Token) -> Expr:
    r"""fraction = "\frac" argument argument"""
    if _is_derivative(reader):
        return _derivative(reader, token)
    reader.at += 1
    reader.enter()
    above = reader.digit()
    below = reader.digit()
    reader.level -= 1
    return _new(Expr, ("div", (above, below), None, token.start, reader.end))


def _is_derivative(reader: Reader) -> bool:
    tokens, at = reader.tokens, reader.at
    if tokens[at + 1].kind != "{" or not _is_d(reader, at + 2):
        return False
    level, at = 1, at + 2
    while level and tokens[at].kind != "end":
        level += (tokens[at].kind == "{") - (tokens[at].kind == "}")
        at += 1
    return tokens[at].kind == "{" and _is_d(reader, at + 1)


def _is_d(reader: Reader, at: int) -> bool:
    token = reader.tokens[at]
    if token.kind == "∂":
        return True
    if token.text != "d" and (token.kind != "word" or token.text[0] != "d"):
        return False
    if token.kind not in ("word", "text") or function_named(reader, token.text) is not None:
        return False
    return "d" not in reader.scope.names and token.text not in reader.scope.names


def _derivative(reader: Reader, token: Token) -> Expr:
    r"""derivative = "\frac" "{" d [name] "}" "{" d name "}" [name]"""
    opening = reader.tokens[reader.at + 1]
    reader.at += 2
    _step_over_d(reader)
    of = None if reader.tokens[reader.at].kind == "}" else _operand(reader)
    reader.expect("}", opening)
    opening = reader.expect("{", opening)
    _step_over_d(reader)
    wrt = _operand(reader)
    reader.expect("}", opening)
    if of is None:
        of = reader.factor()
        if not names.derivative_names(of):
            message = "a derivative is of a quantity by a quantity"
            raise ExpressionError(message, of.start, of.end, "give the quantity, or write the derivative out")
    wrt = bracketed(reader, wrt, names.size_of(reader, wrt))
    return Expr("d", (of, wrt), None, token.start, reader.end)


def _step_over_d(reader: Reader) -> None:
    token = reader.tokens[reader.at]
    following = reader.tokens[reader.at + 1]
    if following.kind == "^":
        message = "derivatives of derivatives are not asked here"
        raise ExpressionError(message, token.start, following.end)
    if len(token.text) > 1 and token.kind == "word":
        reader.split(1)
    reader.at += 1


def _operand(reader: Reader) -> Expr:
    token = reader.tokens[reader.at]
    if token.kind not in names.KINDS and token.kind != "{":
        raise ExpressionError("a derivative is of a quantity by a quantity", token.start, token.end)
    found = reader.factor() if token.kind == "{" else names.factor(reader, token)
    if not names.derivative_names(found):
        raise ExpressionError("a derivative is of a quantity by a quantity", found.start, found.end)
    return found


def slashed(reader: Reader, token: Token) -> Expr:
    r"""derivative = "\partial" name "/" "\partial" name"""
    _step_over_d(reader)
    of = _operand(reader)
    reader.expect("/", token)
    below = reader.tokens[reader.at]
    if below.kind != "∂" and below.text[:1] != "d":
        raise ExpressionError('expected "\\partial" below the line', below.start, below.end)
    _step_over_d(reader)
    wrt = _operand(reader)
    return Expr("d", (of, wrt), None, token.start, reader.end)


def nabla(reader: Reader, token: Token) -> Expr:
    r"""gradient = "\nabla" "_" name name"""
    reader.at += 1
    opening = reader.expect("_", token)
    braces = reader.tokens[reader.at].kind == "{"
    reader.at += braces
    inner = reader.tokens[reader.at]
    wrt = _operand(reader) if braces else reader.argument()
    if braces:
        reader.expect("}", opening)
    of = _operand(reader)
    if not names.derivative_names(wrt):
        raise ExpressionError("a derivative is by a quantity", inner.start, reader.end)
    return Expr("d", (of, wrt), None, token.start, reader.end)


def root(reader: Reader, token: Token) -> Expr:
    r"""root = "\sqrt" ["[" sum "]"] argument"""
    reader.at += 1
    reader.enter()
    opening = reader.tokens[reader.at]
    degree = None
    if opening.kind == "[":
        reader.at += 1
        degree = reader.sum()
        reader.expect("]", opening)
    inner = (
        reader.group(reader.tokens[reader.at]) if reader.tokens[reader.at].kind == "(" else reader.argument()
    )
    reader.level -= 1
    if degree is None or (degree.op == "num" and degree.value == 2):
        return Expr("call", (inner,), "sqrt", token.start, reader.end)
    one = Expr("num", (), 1.0, degree.start, degree.end)
    power = Expr("div", (one, degree), None, degree.start, degree.end)
    return Expr("pow", (inner, power), None, token.start, reader.end)


def bars(reader: Reader, token: Token) -> Expr:
    r"""bars = "|" sum "|" | "\|" sum "\|" ["_" norm]"""
    reader.at += 1
    closing = _CLOSES[token.kind]
    reader.bars.append(closing)
    inner = reader.sum()
    reader.expect(closing, token)
    reader.bars.pop()
    if closing[0] == "|":
        return Expr("call", (inner,), "abs", token.start, reader.end)
    return _norm(reader, inner, token)


def _norm(reader: Reader, inner: Expr, token: Token) -> Expr:
    which = "2"
    if reader.tokens[reader.at].kind == "_":
        below = reader.tokens[reader.at]
        which = "".join(index_parts(reader))
        if which not in ("1", "2", "F"):
            raise ExpressionError(f"there is no norm {which} here", below.start, reader.end, "write it out")
    start, end = token.start, reader.end
    if which != "1":
        return Expr("call", (inner,), "norm", start, end)
    return Expr("call", (Expr("call", (inner,), "abs", start, end),), "sum", start, end)


def matrix(reader: Reader, token: Token) -> Expr:
    r"""matrix = "\begin{pmatrix}" row { "\\" row } "\end{pmatrix}" """
    if token.text in ("vmatrix", "Vmatrix"):
        raise ExpressionError("determinants are not read", token.start, token.end)
    reader.at += 1
    reader.enter()
    rows = [_row(reader)]
    while reader.tokens[reader.at].kind == "\\\\":
        reader.at += 1
        if reader.tokens[reader.at].kind == "end":
            break
        rows.append(_row(reader))
    closing = reader.tokens[reader.at]
    if closing.kind != "end" or not closing.text:
        message = f'"\\begin{{{token.text}}}" is never closed'
        raise ExpressionError(message, token.start, token.end, f'"\\end{{{token.text}}}" is missing')
    reader.at += 1
    reader.level -= 1
    _step_over_size(reader)
    start, end = token.start, reader.end
    if all(len(row) == 1 for row in rows):
        return Expr("list", tuple(row[0] for row in rows), None, start, end)
    lists = [Expr("list", tuple(row), None, row[0].start, row[-1].end) for row in rows]
    return Expr("list", tuple(lists), None, start, end)


def _row(reader: Reader) -> list[Expr]:
    cells = [reader.sum()]
    while reader.tokens[reader.at].kind in ("&", ","):
        reader.at += 1
        cells.append(reader.sum())
    return cells


def _step_over_size(reader: Reader) -> None:
    r"""A size written below a matrix: ``_{2 \times 3}``."""
    tokens, at = reader.tokens, reader.at
    kinds = [t.kind for t in tokens[at : at + 6]]
    if kinds == ["_", "{", "num", "*", "num", "}"]:
        reader.at += 6
