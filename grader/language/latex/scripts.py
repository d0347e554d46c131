"""What stands below and above a name or an expression: indices, layers, transposes, primes, powers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from grader.errors import ExpressionError
from grader.language.parse import check_exponent
from grader.language.shapes import NUMBER
from grader.language.tree import Expr

if TYPE_CHECKING:
    from grader.language.latex.grammar import Reader
    from grader.language.shapes import Shape
    from grader.language.tokens import Token

_NEW = frozenset({"new", "neu", "next", "updated", "t+1", "k+1", "n+1"})
_OLD = frozenset({"old", "alt", "t", "k", "current"})
_DROPPED = frozenset({"_", "{", "}", "(", ")", "[", "]", "^", "style", "&"})


class Scripts(NamedTuple):
    """Everything around a name.

    Args:
        parts: the subscripts in order.
        layer: a superscript in round or square brackets.
        steps: the training steps of primes and of "new".
        turned: whether it is transposed.
        power: its exponent.
    """

    parts: tuple[str, ...] = ()
    layer: str = ""
    steps: int = 0
    turned: bool = False
    power: Expr | None = None


NONE = Scripts()


def scripts_of(reader: Reader) -> Scripts:
    """Read what follows a name, in whatever order it was written."""
    found = NONE
    tokens = reader.tokens
    while True:
        token = tokens[reader.at]
        if token.kind == "_":
            found = _below(reader, found, token)
        elif token.kind == "'":
            reader.at += 1
            found = found._replace(steps=found.steps + 1)
        elif token.kind == "^" and found.power is None:
            found = _above(reader, found)
        else:
            return found


def _below(reader: Reader, found: Scripts, token: Token) -> Scripts:
    parts = index_parts(reader)
    if found.parts:
        raise ExpressionError("a second subscript follows the first", token.start, reader.end)
    if parts and parts[-1] in _NEW:
        return found._replace(parts=parts[:-1], steps=found.steps + 1)
    parts = parts[:-1] if parts and parts[-1] == "old" else parts
    return Scripts(parts) if found is NONE else found._replace(parts=parts)


def _above(reader: Reader, found: Scripts) -> Scripts:
    tokens, at = reader.tokens, reader.at
    if tokens[at + 1].kind == "num":
        return _raised(reader, found)
    if tokens[at + 1].kind == "{" and tokens[at + 2].kind == "num":
        return _raised(reader, found)
    if transposed(reader):
        return found._replace(turned=True)
    primes = _primes(reader)
    if primes:
        return found._replace(steps=found.steps + primes)
    label = _label(reader)
    if label is not None:
        layer, turned = label
        if layer in _NEW:
            return found._replace(steps=found.steps + 1)
        if layer in _OLD:
            return found
        if not found.layer:
            return found._replace(layer=layer, turned=turned)
        raise ExpressionError(
            "a second layer follows the first", reader.tokens[reader.at - 1].start, reader.end
        )
    return _raised(reader, found)


def _raised(reader: Reader, found: Scripts) -> Scripts:
    return found._replace(power=exponent(reader))


def index_parts(reader: Reader) -> tuple[str, ...]:
    """Subscripts: ``_1``, ``_{11}``, ``_{1,2}``, ``_{ij}`` with an index that runs, ``_{z_1,i}``."""
    reader.at += 1
    tokens, at = reader.tokens, reader.at
    token = tokens[at]
    if token.kind == "{" and tokens[at + 1].kind == "num" and tokens[at + 2].kind == "}":
        reader.at = at + 3
        return (tokens[at + 1].text,)
    if token.kind == "num":
        reader.at = at + 1
        return (token.text,)
    if token.kind != "{":
        if token.kind not in ("word", "greek", "text"):
            raise reader.missing(token)
        reader.at += 1
        return _parts([token], reader.bound)
    inside = _inside(reader)
    return _parts(inside, reader.bound)


def _inside(reader: Reader) -> list[Token]:
    """The tokens between braces; the reader stands behind them then."""
    tokens, opening = reader.tokens, reader.tokens[reader.at]
    at, level = reader.at + 1, 1
    while level:
        kind = tokens[at].kind
        if kind == "end" and not tokens[at].text:
            raise ExpressionError('"{" is never closed', opening.start, opening.end, 'a "}" is missing')
        level += (kind == "{") - (kind == "}")
        at += 1
    inside = tokens[reader.at + 1 : at - 1]
    reader.at = at
    return inside


def _parts(tokens: list[Token], bound: dict[str, int]) -> tuple[str, ...]:
    kinds = [t.kind for t in tokens]
    if kinds[:2] == ["word", "+"] or kinds[:2] == ["word", "-"]:
        return _shifted(tokens, bound)
    parts: list[str] = [""]
    for token in tokens:
        if token.kind == ",":
            parts.append("")
        elif token.kind in _DROPPED:
            continue
        elif token.kind == "word":
            for letter in [token.text] if token.text not in bound and len(token.text) > 5 else token.text:
                if letter in bound:
                    parts += [str(bound[letter]), ""]
                else:
                    parts[-1] += letter
        elif token.kind in ("num", "text", "greek", "accent", "func"):
            parts[-1] += token.text
        else:
            raise ExpressionError(f'"{token.text}" does not belong into a subscript', token.start, token.end)
    return tuple(p for p in parts if p)


def _shifted(tokens: list[Token], bound: dict[str, int]) -> tuple[str, ...]:
    """``i+1``: a number where the index runs, a label where it is time."""
    letter, sign, step = tokens[0], tokens[1], tokens[2] if len(tokens) == 3 else None
    if step is None or not step.text.isdigit() or len(step.text) > 6:
        raise ExpressionError(
            "an index is a number, a letter, or a letter and a number", letter.start, sign.end
        )
    if letter.text not in bound:
        return (letter.text + sign.text + step.text,)
    value = bound[letter.text] + (int(step.text) if sign.kind == "+" else -int(step.text))
    return (str(value),)


def transposed(reader: Reader) -> bool:
    r"""Step over ``^T``, ``^\top``, ``^{\mathsf{T}}``; False leaves everything where it is."""
    tokens, at = reader.tokens, reader.at + 1
    braces = tokens[at].kind == "{"
    mark = tokens[at + braces]
    is_mark = mark.kind == "⊤" or (
        mark.kind in ("word", "text") and mark.text == "T" and "T" not in reader.scope.names
    )
    if not is_mark or (braces and tokens[at + 2].kind != "}"):
        return False
    reader.at = at + (3 if braces else 1)
    return True


def _primes(reader: Reader) -> int:
    tokens, at = reader.tokens, reader.at + 1
    braces = tokens[at].kind == "{"
    first = at = at + braces
    while tokens[at].kind == "'":
        at += 1
    count = at - first
    if not count or (braces and tokens[at].kind != "}"):
        return 0
    reader.at = at + braces
    return count


def _label(reader: Reader) -> tuple[str, bool] | None:
    """``^{(2)}``, ``^{[l]}``, ``^{(i)T}``, ``^{new}``: the label, and whether a transpose follows it."""
    tokens, at = reader.tokens, reader.at + 1
    if tokens[at].kind == "text" and tokens[at].text in _NEW | _OLD:
        reader.at = at + 1
        return tokens[at].text, False
    if tokens[at].kind != "{":
        return None
    inner = tokens[at + 1]
    marks = {"new", "old"} - reader.scope.names
    if inner.kind in ("word", "text") and inner.text in marks and tokens[at + 2].kind == "}":
        reader.at = at + 3
        return inner.text, False
    closing = {"(": ")", "[": "]"}.get(inner.kind)
    if closing is None:
        return None
    if tokens[at + 2].kind == "num" and tokens[at + 3].kind == closing and tokens[at + 4].kind == "}":
        reader.at = at + 5
        return tokens[at + 2].text, False
    stop = at + 2
    while tokens[stop].kind in ("num", "word", "text", "+", "-") and stop < at + 6:
        stop += 1
    if stop == at + 2 or tokens[stop].kind != closing:
        return None
    turned = tokens[stop + 1].kind == "⊤" or tokens[stop + 1].text == "T"
    if tokens[stop + 1 + turned].kind != "}":
        return None
    label = "".join(_parts(tokens[at + 2 : stop], reader.bound))
    reader.at = stop + 2 + turned
    return label, turned


def exponent(reader: Reader) -> Expr:
    """What a power is raised to: a group, or a number, name or sign as people type it."""
    reader.at += 1
    reader.enter()
    token = reader.tokens[reader.at]
    if token.kind == "*":
        raise ExpressionError('"^*" has no meaning in a formula', token.start, token.end)
    found = reader.unary_argument() if token.kind in ("+", "-") else reader.argument()
    reader.level -= 1
    check_exponent(found)
    return found


def scripted(reader: Reader, base: Expr) -> Expr:
    """What stands above or below something that is no bare name."""
    start, kind = base.start, reader.tokens[reader.at].kind
    if kind == "⊤":
        reader.at += 1
        return Expr("T", (base,), None, start, reader.end)
    if kind == "^" and transposed(reader):
        return Expr("T", (base,), None, start, reader.end)
    if kind == "^":
        power = exponent(reader)
        return Expr("pow", (base, power), None, start, reader.end)
    opening = reader.tokens[reader.at]
    bare = reader.tokens[reader.at - 1].kind == "num"
    parts = index_parts(reader)
    if bare or len(parts) not in (1, 2) or not all(p.isdecimal() and len(p) < 7 for p in parts):
        raise ExpressionError("only a name, a vector or a matrix has subscripts", opening.start, reader.end)
    return Expr("index", (base,), tuple(int(p) for p in parts), start, reader.end)


def bracketed(reader: Reader, base: Expr, size: Shape) -> Expr:
    """index = base "[" number ["," number] "]", close behind a vector or matrix: `z_1[2]`, `W_1[1,2]`."""
    tokens, at = reader.tokens, reader.at
    if size == NUMBER or tokens[at].kind != "[" or tokens[at].start != reader.end:
        return base
    kinds = [t.kind for t in tokens[at + 1 : at + 5]]
    count = 1 if kinds[:2] == ["num", "]"] else 2 if kinds == ["num", ",", "num", "]"] else 0
    places = tuple(tokens[at + 1 + 2 * i].text for i in range(count))
    if not count or (count < 2 and min(size) > 1) or not all(p.isdecimal() and len(p) < 7 for p in places):
        return base
    reader.at = at + 1 + 2 * count
    return Expr("index", (base,), tuple(int(p) for p in places), base.start, reader.end)
