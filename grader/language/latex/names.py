"""Names in LaTeX: a quantity with its scripts, a constant, an index that runs, or letters side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.errors import ExpressionError
from grader.language.latex.calls import call, function_named, special
from grader.language.latex.scripts import NONE, Scripts, bracketed, scripts_of
from grader.language.scope import CONSTANTS, unknown_name
from grader.language.shapes import NUMBER
from grader.language.spelling import Quantity
from grader.language.tree import Expr, names_in

if TYPE_CHECKING:
    from grader.language.latex.grammar import Reader
    from grader.language.shapes import Shape
    from grader.language.tokens import Token

KINDS = ("word", "greek", "func", "text", "style", "accent")
LETTERS_OF_ACTIVATIONS = frozenset({"f", "g", "h", "phi", "psi", "act", "activation"})
# Behind these nothing belongs to the name any more.
_ENDS = frozenset({"end", ")", "]", "}", "+", "-", "*", ".", "/", ",", "&", "\\\\"})
_new = tuple.__new__


def factor(reader: Reader, token: Token) -> Expr:
    """What a name begins."""
    text = token.text
    if text in reader.scope.names and reader.tokens[reader.at + 1].kind in _ENDS:
        reader.at += 1
        return _new(Expr, ("name", (), text, token.start, token.end))
    if token.kind in ("style", "accent"):
        return _styled(reader, token)
    if token.kind == "text" and text in ("new", "state") and reader.tokens[reader.at + 1].kind == "(":
        return special(reader, token)
    function = function_named(reader, text)
    if function is not None:
        return call(reader, token, function)
    if token.kind == "word" and text[0] == "d" and len(text) > 1 and reader.tokens[reader.at + 1].kind == "/":
        known = text in reader.scope.names or reader.tokens[reader.at + 2].text[:1] != "d"
        return quantity(reader, token) if known else reader.grammar.factors["∂"](reader, token)
    return quantity(reader, token)


def bare(reader: Reader, token: Token) -> Expr:
    r"""A name without scripts of its own: in ``x^a_1`` and ``\frac ab``."""
    if token.kind in ("style", "accent") or function_named(reader, token.text) is not None:
        return factor(reader, token)
    reader.at += 1
    found = _read(reader, token.text, token, NONE)
    if found is None:
        raise _unknown(reader, token.text, token, NONE)
    return found


def _styled(reader: Reader, token: Token) -> Expr:
    r"""``\mathbf{w}_2``, ``\hat{y}``: a name if its braces hold one letter, otherwise a group."""
    tokens, at = reader.tokens, reader.at
    braces = tokens[at + 1].kind == "{"
    inner = tokens[at + 1 + braces]
    accent = token.text if token.kind == "accent" else ""
    if braces and inner.kind in ("style", "accent") and not accent:
        reader.at += 1
        return reader.group(tokens[at + 1])
    nested = braces and inner.kind == "style"
    if nested:
        return _accent_on_style(reader, token)
    if inner.kind in ("word", "greek", "text"):
        if not braces or tokens[at + 3].kind == "}":
            name = (inner.text if braces or inner.kind != "word" else _first(reader, inner)) + accent
            reader.at += 2 + 2 * braces
            return quantity(reader, inner._replace(text=name, start=token.start, end=reader.end))
        if accent and tokens[at + 3].kind in ("_", "^"):  # \hat{y_1}: the accent is the letter's
            tokens[at : at + 3] = [tokens[at + 1], inner._replace(kind="greek", text=inner.text + accent)]
            return reader.group(tokens[at])
    if accent:
        raise ExpressionError(f'"\\{accent}" stands on a letter', token.start, token.end)
    reader.at += 1
    return reader.argument()


def _first(reader: Reader, inner: Token) -> str:
    if len(inner.text) > 1 and inner.text not in reader.scope.names:
        reader.at += 1
        reader.split(1)
        reader.at -= 1
    return reader.tokens[reader.at + 1].text


def _accent_on_style(reader: Reader, token: Token) -> Expr:
    r"""``\hat{\mathbf{y}}``: the style goes."""
    tokens, at = reader.tokens, reader.at
    if tokens[at + 3].kind == "{" and tokens[at + 5].kind == "}":
        tokens[at + 2 : at + 6] = [tokens[at + 4]]
    else:
        tokens[at + 2 : at + 3] = []
    if tokens[at + 2].kind == "style":
        raise ExpressionError(f'"\\{token.text}" stands on a letter', token.start, token.end)
    return _styled(reader, token)


def quantity(reader: Reader, token: Token) -> Expr:
    """A quantity of the problem, at or (styled) just before the reader's place."""
    text = token.text
    at = reader.at
    if reader.tokens[at] is token:
        reader.at += 1
    after = reader.at
    scripts = scripts_of(reader)
    digits = _digits(reader, token, after) if scripts == NONE and token.kind == "word" else None
    if digits is not None:
        reader.at += 1
        scripts = scripts_of(reader)
        scripts = scripts._replace(parts=(digits, *scripts.parts))
    found = _read(reader, text, token, scripts)
    if found is not None:
        return bracketed(reader, _applied(reader, found, scripts), size_of(reader, found))
    if text in ("delta", "Delta") and scripts == NONE and reader.tokens[reader.at].kind == "word":
        whole = _difference(reader, token)
        if whole is not None:
            return whole
    if scripts.parts == () and _is_activation(reader, text):
        reader.at = after
        return call(reader, token, str(reader.scope.activation), at=after)
    if token.kind == "word" and len(text) > 1 and reader.tokens[at] is token:
        length = _known_prefix(reader, text)
        if length:
            reader.at = at
            reader.split(length)
            return factor(reader, reader.tokens[at])
    raise _unknown(reader, text, token, scripts)


def _difference(reader: Reader, token: Token) -> Expr | None:
    r"""``\delta a_2`` where the problem calls it ``delta_a2``: one name of two."""
    back, inner = reader.at, reader.tokens[reader.at]
    reader.at += 1
    scripts = scripts_of(reader)
    found = _read(reader, token.text, token, scripts._replace(parts=(inner.text, *scripts.parts)))
    if found is None:
        reader.at = back
    return found


def _digits(reader: Reader, token: Token, at: int) -> str | None:
    """Digits right behind a letter, as in ``w1``: part of the name."""
    number = reader.tokens[at]
    return (
        number.text if number.kind == "num" and number.start == token.end and number.text.isdigit() else None
    )


def _known_prefix(reader: Reader, text: str) -> int:
    """How many letters in front make a name: ``wx`` is a product of two."""
    for length in range(len(text) - 1, 0, -1):
        part = text[:length]
        if (
            reader.spelling.named(part)
            or part in CONSTANTS
            or part in reader.bound
            or function_named(reader, part)
        ):
            return length
    return 0


def _is_activation(reader: Reader, text: str) -> bool:
    following = reader.tokens[reader.at].kind
    return reader.scope.activation is not None and text in LETTERS_OF_ACTIVATIONS and following in ("(", "[")


def _read(reader: Reader, text: str, token: Token, scripts: Scripts) -> Expr | None:
    """The quantity, constant or running index, with its scripts put on, or None."""
    start, end = token.start, reader.end
    found = _find(reader, text, scripts)
    if len(found) > 1:
        names = " or ".join(f'"{q}"' for q in found)
        raise ExpressionError(f"this can mean {names}", start, end, "write the name as the problem does")
    kind = "" if not found or not found[0].places else found[0].name
    expr: Expr | None
    if found:
        expr = _tree(found[0]._replace(steps=found[0].steps + scripts.steps), start, end)
    elif scripts.layer:
        expr, kind = example(reader, text, scripts, start, end), "^"
    elif scripts.parts or scripts.steps:
        return None
    else:
        return _scripted(_without_scripts(reader, text, start, end), scripts)
    if reader.bound and reader.kinds.setdefault(token.start, kind) != kind:
        return None  # while an index runs: w1, w2 are not followed by an element of w
    return _scripted(expr, scripts)


def _without_scripts(reader: Reader, text: str, start: int, end: int) -> Expr | None:
    """What is no quantity of the problem: an index that runs, a constant, a bound of a sum."""
    if text in reader.bound:
        return Expr("num", (), float(reader.bound[text]), start, end)
    if text in CONSTANTS:
        return Expr("const", (), CONSTANTS[text], start, end)
    if text in _bounds_of_sums(reader.tokens):
        reader.counts.setdefault(text, 0)
        return Expr("name", (), f"#{text}", start, end)
    return None


def _scripted(expr: Expr | None, scripts: Scripts) -> Expr | None:
    if expr is None:
        return None
    start, end = expr.start, expr.end
    if scripts.turned:
        expr = Expr("T", (expr,), None, start, end)
    if scripts.power is not None:
        expr = _new(Expr, ("pow", (expr, scripts.power), None, start, end))
    return expr


def _find(reader: Reader, text: str, scripts: Scripts) -> tuple[Quantity, ...]:
    return reader.spelling.around(text, scripts.parts, scripts.layer)


def example(reader: Reader, text: str, scripts: Scripts, start: int, end: int) -> Expr | None:
    """``x^{(i)}`` of a batch: the i-th column of a matrix, the i-th element of a vector."""
    if not scripts.layer.isdecimal() or len(scripts.layer) > 6:
        return None
    at, first = int(scripts.layer) - reader.scope.index_base, reader.scope.index_base
    # A batch, one column an example, before a list with one element an example.
    for found, shape in sorted(_batches(reader, text, scripts), key=lambda batch: 1 in batch[1]):
        if not 0 <= at < (max(shape) if 1 in shape else shape[1]):
            return None
        whole = _tree(found, start, end)
        if 1 in shape:
            return Expr("index", (whole,), (at + first,), start, end)
        unit = [Expr("num", (), float(j == at), start, end) for j in range(shape[1])]
        return Expr("matmul", (whole, Expr("list", tuple(unit), None, start, end)), None, start, end)
    return None


def _batches(reader: Reader, text: str, scripts: Scripts) -> list[tuple[Quantity, tuple[int, int]]]:
    """The vectors and matrices that a name can mean, in either case of its letter."""
    batches = []
    for base in (text, text[0].swapcase() + text[1:]):
        found = reader.spelling.around(base, scripts.parts, "")
        shape = reader.scope.shapes.get(found[0].name) if len(found) == 1 and not found[0].places else None
        if shape is not None and shape != (1, 1):
            batches.append((found[0], shape))
    return batches


def _tree(found: Quantity, start: int, end: int) -> Expr:
    expr: Expr = _new(Expr, ("name", (), found.name, start, end))
    if found.places:
        expr = Expr("index", (expr,), found.places, start, end)
    if found.steps:
        expr = Expr("new", (expr,), (found.steps,), start, end)
    return expr


def _bounds_of_sums(tokens: list[Token]) -> frozenset[str]:
    r"""The letters up to which sums run: ``m`` in ``\sum_{i=1}^{m}``."""
    found = set()
    for i, token in enumerate(tokens[:-2]):
        if token.kind in ("∑", "∏"):
            for j in range(i + 1, min(i + 9, len(tokens) - 2)):
                if tokens[j].kind == "^":
                    found.add(tokens[j + 1 + (tokens[j + 1].kind == "{")].text)
    return frozenset(found)


def _applied(reader: Reader, found: Expr, scripts: Scripts) -> Expr:
    r"""``w(\text{new})`` and ``p(x)`` behind a name: not products."""
    tokens, at = reader.tokens, reader.at
    if (
        tokens[at].kind != "("
        or at + 2 >= len(tokens)
        or tokens[at + 2].kind != ")"
        or scripts.power is not None
    ):
        return found
    inner = tokens[at + 1]
    if (
        inner.kind in ("text", "word")
        and inner.text in ("new", "old")
        and inner.text not in reader.scope.names
    ):
        reader.at = at + 3
        return Expr("new", (found,), (1,), found.start, reader.end) if inner.text == "new" else found
    name = found.args[0] if found.op == "new" else found
    if name.op != "name" or name.value not in reader.spelling.functional:
        return found
    if inner.kind in ("word", "greek") and inner.text in reader.scope.parts[str(name.value)]:
        reader.at = at + 3
        if scripts.steps:  # f'(w)
            by = Expr("name", (), inner.text, inner.start, inner.end)
            return Expr("d", (name, by), None, found.start, reader.end)
        return found._replace(end=reader.end)
    return found


def _unknown(reader: Reader, text: str, token: Token, scripts: Scripts) -> ExpressionError:
    end = max(reader.end, token.end)
    parts = [*scripts.parts, *([scripts.layer] if scripts.layer else [])]
    shown = (text + ("_" if parts else "") + "_".join(parts))[:60]
    if scripts.layer and reader.spelling.named(text):
        message = f'"{text}" has no layer or example {scripts.layer} in this problem'
        return ExpressionError(
            message, token.start, end, f'a power is written "{text}^{scripts.layer}"', shown
        )
    if scripts.parts and reader.spelling.named(text):
        message = f'"{text}" has no element or unit {",".join(scripts.parts)} in this problem'
        return ExpressionError(message, token.start, end, name=shown)
    return unknown_name(shown, token.start, end, reader.scope)


def size_of(reader: Reader, expr: Expr) -> Shape:
    """The size of a quantity that is a name; a number's for all else."""
    return reader.scope.shapes.get(str(expr.value), NUMBER) if expr.op == "name" else NUMBER


def derivative_names(expr: Expr) -> bool:
    """Whether a tree is a quantity or an element of one: what a derivative is of and by."""
    return expr.op == "name" or (
        expr.op == "index" and len(names_in(expr)) == 1 and expr.args[0].op == "name"
    )
