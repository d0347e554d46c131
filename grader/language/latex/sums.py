r"""Sums and products with an index that runs, written out: their body is read once for every value.

A sum whose bound is a letter, or that has none, runs as far as the problem has quantities for:
``\sum_{i=1}^m`` over ``x^{(i)}`` has a term for each example of the batch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from grader.errors import ExpressionError
from grader.language.tree import Expr

if TYPE_CHECKING:
    from grader.language.latex.grammar import Reader
    from grader.language.tokens import Token

MAX_TERMS = 200


def running(reader: Reader, token: Token) -> Expr:
    r"""sum = "\sum" ["_" index] ["^" bound] product: the product written out for every value of the index"""
    reader.at += 1
    index, low = _lower(reader)
    high, letter = _upper(reader)
    if index is None:
        index = _free_index(reader)
    if index is None:
        inner = reader.product()
        if token.kind == "∏":
            raise ExpressionError("a product needs an index that runs", token.start, token.end)
        return Expr("call", (inner,), "sum", token.start, reader.end)
    terms = _terms(reader, token, index, range(low, (high if high is not None else low + MAX_TERMS) + 1))
    if letter:
        reader.counts[letter] = len(terms)
    if len(terms) == 1:
        return terms[0]
    if token.kind == "∑":
        return Expr("sum", tuple(terms), None, token.start, reader.end)
    whole = terms[0]
    for term in terms[1:]:
        whole = Expr("mul", (whole, term), None, token.start, reader.end)
    return whole


def _free_index(reader: Reader) -> str | None:
    r"""The letter that ``\sum w_j^2`` runs over without saying so."""
    for i in range(reader.at, min(reader.at + 12, len(reader.tokens) - 2)):
        if reader.tokens[i].kind == "_":
            letter = reader.tokens[i + 1 + (reader.tokens[i + 1].kind == "{")]
            if letter.kind == "word" and len(letter.text) == 1 and letter.text not in reader.bound:
                return letter.text
    return None


def _terms(reader: Reader, token: Token, index: str, values: range) -> list[Expr]:
    """The terms; without a bound, as many as the problem has quantities for."""
    begin, before = reader.at, reader.bound
    after = begin
    terms: list[Expr] = []
    open_ended = len(values) > MAX_TERMS
    if index in before:
        raise ExpressionError(f'"{index}" runs already', token.start, token.end)
    for value in values:
        if open_ended and len(terms) > 1 and terms[0] == terms[1]:
            message = f"the sum has no end: nothing in it depends on {index}"
            raise ExpressionError(message, token.start, reader.tokens[begin].end)
        reader.at, reader.bound = begin, {**before, index: value}
        level, depth = reader.level, reader.depth
        try:
            terms.append(reader.product())
        except ExpressionError as error:
            if not open_ended or not terms:
                raise _without_quantities(error, index, open_ended=open_ended) from None
            reader.level, reader.depth = level, depth
            reader.bars = []
            break
        after = reader.at
    reader.at, reader.bound = after, before
    if not terms:
        raise ExpressionError("the sum is empty", token.start, token.end)
    return terms


def _without_quantities(error: ExpressionError, index: str, *, open_ended: bool) -> ExpressionError:
    hint = error.hint or (f"the sum over {index} needs quantities that {index} counts" if open_ended else "")
    return ExpressionError(error.message, error.start, error.end, hint)


def _lower(reader: Reader) -> tuple[str | None, int]:
    """``_{i=1}``, ``_{i}``, ``_i``, or nothing."""
    first = reader.scope.index_base
    if reader.tokens[reader.at].kind != "_":
        return None, first
    opening = reader.tokens[reader.at + 1]
    reader.at += 2
    if opening.kind == "word" and len(opening.text) == 1:
        return opening.text, first
    letter = reader.tokens[reader.at] if opening.kind == "{" else opening
    if letter.kind != "word" or len(letter.text) > 1:
        raise ExpressionError(
            "expected the index that runs", opening.start, letter.end, "for example _{i=1}^{3}"
        )
    reader.at += 1
    if reader.tokens[reader.at].kind == "=":
        reader.at += 1
        first = _whole(reader)
    reader.expect("}", opening)
    return letter.text, first


def _upper(reader: Reader) -> tuple[int | None, str]:
    """``^{3}``, ``^m``, ``^{m}``, or nothing: a number, or the letter of one."""
    if reader.tokens[reader.at].kind != "^":
        return None, ""
    opening = reader.tokens[reader.at + 1]
    braces = opening.kind == "{"
    reader.at += 1 + braces
    token = reader.tokens[reader.at]
    if token.kind == "word":
        reader.at += 1
        high = None
    else:
        high = _whole(reader)
        if high > MAX_TERMS:
            message = f"a sum of at most {MAX_TERMS} terms is written out"
            raise ExpressionError(message, token.start, token.end)
    if braces:
        reader.expect("}", opening)
    return high, token.text if token.kind == "word" else ""


def _whole(reader: Reader) -> int:
    token = reader.tokens[reader.at]
    if token.kind != "num" or not token.text.isdigit() or len(token.text) > 6:
        raise ExpressionError(f'expected a whole number, not "{token.text}"', token.start, token.end)
    reader.at += 1
    return int(token.text)
