"""An answer's text: LaTeX or calculator style, a formula or a chain of equalities.

``z_1 = w_1 x + b = 2(0.5) + 0.1 = 1.1`` is answered by its last member; the members before are kept, to be
checked for agreement. Places are offsets in the student's own text throughout.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from grader.errors import ExpressionError
from grader.language.habits import habitual_tokens
from grader.language.latex.reader import LatexReader
from grader.language.latex.tokens import tokenize
from grader.language.parse import ANSWER, parse_tokens, too_long
from grader.language.scope import meant
from grader.language.spelling import Spelling
from grader.language.tokens import Token
from grader.record import replace

if TYPE_CHECKING:
    from grader.language.scope import Scope
    from grader.language.tree import Expr

_LATEX = re.compile(r"[\\{}$]")
_EQUAL = re.compile(r"[][(){}]|(?<![<>!])(?:=>|[:~]?==?(?!>)|->)|[≈≅≃≡→⇒⟹⟶≔∴]|\n\s*|[,;](?=\s|[^\W\d])\s*")
_OPENS, _CLOSES = frozenset("([{"), frozenset(")]}")
_CHAIN = re.compile(r"[=≈≅≃≡→⇒⟹⟶≔∴\\${}]|->")
_LEVELS = {"(": 1, "[": 1, "{": 1, "\\{": 1, "begin": 1, ")": -1, "]": -1, "}": -1, "\\}": -1}
_CONTINUES = frozenset({"=", "+", "-", "*", ".", "/", "o"})
_SEPARATORS = frozenset({"=", "quad", "\\\\", ",", ";", "&", "text", "?"})
_OTHERWISE = frozenset({"or", "and", "resp.", "bzw.", "oder", "und"})
_REMARK = re.compile(r"\s|^(?:where|using|if|for|since|with|at|by|from|hence|so|let|then|thus|because|Ex\))$")

_TWO_SIGNS = re.compile(r"[-+−–—]\s*[-+−–—]")
_SIGNS = re.compile(
    r"(?:^|[(\[{,;=≈^*/@·×])\s*(?P<signs>[-−–—]\s*[-+−–—]|\+\s*\+)"
    r"|[-+−–—]\s*(?P<more>[-+−–—]\s*[-+−–—])"
)


class Member(NamedTuple):
    """One side of an equality, its offsets in the text, and its tokens if it is LaTeX."""

    start: int
    end: int
    tokens: tuple[Token, ...] | None = None


def is_latex(text: str) -> bool:
    """Whether an answer is read as LaTeX: it has a backslash, braces or a dollar sign."""
    return _LATEX.search(text) is not None


def may_be_chain(text: str) -> bool:
    """Whether there is more to an answer than one formula in calculator style."""
    return _CHAIN.search(text) is not None


class AnswerReader:
    """Reads answers in one problem's names.

    Args:
        scope: the problem's names, sizes and habits.
    """

    __slots__ = ("latex", "phrases", "scope", "spelling")

    def __init__(self, scope: Scope) -> None:
        self.phrases = scope.phrases
        if scope.phrases:
            scope = replace(scope, names=scope.names | scope.strangers)
        self.scope = scope
        self.spelling = Spelling(scope)
        self.latex = LatexReader(scope, self.spelling)

    def read(self, text: str) -> Expr:
        """The tree of an answer: of the last member if it is a chain of equalities.

        Raises:
            ExpressionError: where it cannot be read; the offsets are in ``text``.
        """
        if len(text) > ANSWER.length:
            raise too_long(text, ANSWER)
        if not may_be_chain(text):
            expr = self._calculated(text)
            return meant(expr, self.phrases) if self.phrases else expr
        return self.member(text, self.chain(text)[-1])

    def chain(self, text: str) -> tuple[Member, ...]:
        """The members of an answer's equalities, the last one answers.

        Raises:
            ExpressionError: for several statements side by side, or where nothing follows an equals sign.
        """
        if len(text) > ANSWER.length:
            raise too_long(text, ANSWER)
        found = self.statements(text)
        if not found:
            raise ExpressionError("there is no expression here", 0, 0, "write a number or a formula")
        if len(found) > 1:
            second = found[1][0]
            message = "a second formula stands here"
            raise ExpressionError(message, second.start, second.end, "give one answer to one question")
        last = found[0][-1]
        if last.start == last.end:
            raise ExpressionError("nothing follows the equals sign", max(last.start - 1, 0), last.end)
        return found[0]

    def statements(self, text: str) -> list[tuple[Member, ...]]:
        """All chains of equalities of a text; ``a = 1, b = 2`` are two."""
        if is_latex(text):
            tokens = tokenize(text)
            if len(tokens) > 1 and _SEPARATORS.isdisjoint([t[0] for t in tokens]):
                return [(Member(tokens[0].start, tokens[-2].end, tuple(tokens)),)]
            return [_members(part) for part in _segments(_without_remarks(text, tokens))]
        return _plain_statements(text)

    def member(self, text: str, member: Member) -> Expr:
        """The tree of one member."""
        expr = self._read(text, member)
        return meant(expr, self.phrases) if self.phrases else expr

    def _read(self, text: str, member: Member) -> Expr:
        start, end = member.start, member.end
        part = text if (start, end) == (0, len(text)) else " " * start + text[start:end]
        if member.tokens is None:
            return self._calculated(part)
        _check_signs(part)
        return self.latex.read(list(member.tokens))

    def _calculated(self, text: str) -> Expr:
        """The tree of one formula in calculator style."""
        _check_signs(text)
        return parse_tokens(habitual_tokens(text, self.spelling), text, self.scope)


def _check_signs(text: str) -> None:
    """Refuse a sign behind another that follows no operand: ``--2`` may be 2, or -2 behind a dash.

    Raises:
        ExpressionError: at the signs.
    """
    if _TWO_SIGNS.search(text) and (found := _SIGNS.search(text)):
        message, hint = "too many signs stand in a row", 'write one, or parentheses: "-(-2)"'
        which = "signs" if found["signs"] else "more"
        raise ExpressionError(message, found.start(which), found.end(which), hint)


def cells(text: str, member: Member) -> tuple[str | tuple[str, ...], ...] | None:
    """The texts of a matrix's elements, as a list or a list of rows; None if the member is something else."""
    tokens = list(member.tokens or ())[:-1]
    if len(tokens) > 2 and tokens[0].kind in ("(", "[") and tokens[-1].kind in (")", "]"):
        tokens = tokens[1:-1]
    begins = [t.kind for t in tokens].count("begin")
    if begins != 1 or tokens[0].kind != "begin" or tokens[-1].kind != "end":
        return None
    rows: list[list[list[Token]]] = [[[]]]
    for token in tokens[1:-1]:
        if token.kind == "\\\\":
            rows.append([[]])
        elif token.kind == "&":
            rows[-1].append([])
        else:
            rows[-1][-1].append(token)
    if rows[-1] == [[]]:
        rows.pop()
    if not all(cell for row in rows for cell in row):
        return None
    texts = [tuple(_cell_text(text, cell) for cell in row) for row in rows]
    return tuple(row[0] for row in texts) if all(len(row) == 1 for row in texts) else tuple(texts)


def _cell_text(text: str, cell: list[Token]) -> str:
    written = text[cell[0].start : cell[-1].end]
    return written if not _LATEX.search(written) else f"${written}$"


def _plain_statements(text: str) -> list[tuple[Member, ...]]:
    statements: list[list[tuple[int, int]]] = [[]]
    level, start = 0, 0
    breaks = list(_EQUAL.finditer(text))
    for i, found in enumerate(breaks):
        sign = found[0]
        if sign in _OPENS or sign in _CLOSES:
            level = max(level + (1 if sign in _OPENS else -1), 0)
        elif level == 0 and sign[0] in "\n,;":
            if _new_statement(text, breaks, i):
                statements[-1].append((start, found.start()))
                statements.append([])
                start = found.end()
        elif level == 0:
            statements[-1].append((start, found.start()))
            start = found.end()
    statements[-1].append((start, len(text)))
    members = [tuple(_trimmed(text, *span) for span in statement) for statement in statements]
    return [_without_empty(m) for m in members if any(x.end > x.start for x in m)]


def _new_statement(text: str, breaks: list[re.Match[str]], i: int) -> bool:
    """Whether a line begins a statement of its own: it has an equals sign, and not in front."""
    line = text[breaks[i].end() :]
    if not line or line[0] in "=≈+-*/⇒→":
        return False
    for found in breaks[i + 1 :]:
        if found[0][0] in "\n,;":
            return False
        if found[0][0] not in "()[]{}":
            return True
    return False


def _trimmed(text: str, start: int, end: int) -> Member:
    part = text[start:end].rstrip(" \t\n?")
    return Member(start + len(part) - len(part.lstrip()), max(start + len(part.rstrip()), start))


def _without_empty(members: tuple[Member, ...]) -> tuple[Member, ...]:
    """``= 0.4`` and ``a = = 0.4``: only an empty last member is a fault."""
    kept = [m for m in members[:-1] if m.end > m.start]
    last = members[-1]
    return (*kept, last if last.end > last.start else Member(last.end, last.end))


def _is_remark(text: str, token: Token) -> bool:
    return (
        token.kind == "text"
        and not text.startswith(r"\math", token.start)
        and bool(_REMARK.search(token.text))
    )


def _without_remarks(text: str, tokens: list[Token]) -> list[Token]:
    r"""Words between formulas go, up to the next gap: ``\quad \text{using (2.1.1)}``."""
    if not any(t.kind == "text" and (_is_remark(text, t) or t.text in _OTHERWISE) for t in tokens):
        return tokens
    kept: list[Token] = []
    skipping = False
    for token in tokens:
        if token.kind == "text" and token.text in _OTHERWISE:
            message = "two answers stand side by side"
            raise ExpressionError(message, token.start, token.end, "give one answer to one question")
        if _is_remark(text, token):
            skipping = True
        elif token.kind in ("\\\\", "quad") or _is_arrow(token) or (token.kind == "end" and not token.text):
            skipping = False
        if not skipping:
            kept.append(token)
    return kept


def _is_arrow(token: Token) -> bool:
    return token.kind == "=" and token.text not in ("=", "≈", "\\approx", "≡", "\\equiv")


def _bare(tokens: list[Token]) -> list[Token]:
    """The tokens without the box around them, without a number in front and a question mark behind."""
    while tokens and tokens[0].kind in ("{", "style") and _wraps(tokens):
        tokens = tokens[1 + (tokens[0].kind == "style") : -1]
    if len(tokens) > 2 and tokens[0].kind == "num" and any(t.kind == "=" for t in tokens):
        if tokens[1].kind == ")":
            tokens = tokens[2:]
        elif tokens[0].text[-1] == ".":
            tokens = tokens[1:]
    return [t for t in tokens if t.kind != "?"]


def _wraps(tokens: list[Token]) -> bool:
    """Whether the braces in front close at the end, and hold an equality."""
    first = int(tokens[0].kind == "style")
    level = 0
    for i, token in enumerate(tokens):
        level += (token.kind == "{") - (token.kind == "}")
        if level == 0 and i >= first:
            return i == len(tokens) - 1 and any(t.kind == "=" for t in tokens)
    return False


def _segments(tokens: list[Token]) -> list[list[Token]]:
    """Statements: a new one begins behind a gap, a line's end or a comma, if it has its own equals sign."""
    pieces: list[list[Token]] = [[]]
    level, inside = 0, 0
    for token in _bare(tokens[:-1]):
        level = max(level + _LEVELS.get(token.kind, -1 if token.kind == "end" else 0), 0)
        inside += (token.kind == "begin") - (token.kind == "end")
        if level == 0 and token.kind in ("quad", "\\\\", ",", ";"):
            pieces.append([] if token.kind in ("quad", "\\\\") else [token])
        elif token.kind == "quad" or (token.kind == "&" and inside <= 0):
            continue
        else:
            pieces[-1].append(token)
    out: list[list[Token]] = []
    for piece in map(_without_tag, pieces):
        own = (
            bool(piece) and piece[piece[0].kind in (",", ";")].kind not in _CONTINUES
            if len(piece) > 1
            else False
        )
        if out and not (own and any(t.kind == "=" for t in piece)):
            out[-1] += piece
        else:
            out.append(piece[1:] if piece and piece[0].kind in (",", ";") else piece)
    for piece in out:
        while piece and piece[-1].kind in (",", ";"):
            piece.pop()
    return [[*piece, _end(piece)] for piece in out if piece]


def _end(piece: list[Token]) -> Token:
    return Token("end", "", piece[-1].end, piece[-1].end)


def _without_tag(piece: list[Token]) -> list[Token]:
    """An equation's number at the end, ``(2.1.1)``, is no factor."""
    kinds = [t.kind for t in piece[-5:]]
    for length in (4, 5):
        tail = kinds[-length:]
        if tail[:3] == ["(", "num", "num"] and tail[-1] == ")" and len(tail) == length:
            return piece[:-length]
    return piece


def _members(tokens: list[Token]) -> tuple[Member, ...]:
    members: list[list[Token]] = [[]]
    level, inside = 0, 0
    for token in tokens[:-1]:
        level = max(level + _LEVELS.get(token.kind, -1 if token.kind == "end" else 0), 0)
        inside = max(inside + (token.kind == "begin") - (token.kind == "end"), 0)
        if token.kind == "=" and level == 0:
            members.append([])
        elif token.kind != "\\\\" or inside:
            members[-1].append(token)
    end = tokens[-1].end
    if len(members) > 1 and members[-1] and _wraps(members[-1]):
        last = _bare(members.pop())
        inner = _members([*last, Token("end", "", end, end)])
        return (*_made(members, end), *inner)
    return _without_empty(_made(members, end))


def _made(members: list[list[Token]], end: int) -> tuple[Member, ...]:
    made = []
    for member in members:
        start = member[0].start if member else end
        stop = member[-1].end if member else end
        made.append(Member(start, stop, (*member, Token("end", "", stop, stop))))
    return tuple(made)
