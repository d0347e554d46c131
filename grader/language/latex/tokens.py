"""From LaTeX to tokens: spacing, sizes, colours and comments vanish, everything else keeps its offsets."""

from __future__ import annotations

import re

from grader.errors import ExpressionError, nearest
from grader.language.functions import SPELLINGS
from grader.language.letters import GREEK, LETTER, LOWERED, RAISED, VULGAR, spelled_out
from grader.language.tokens import Token

# Spacing and layout that mean nothing; a `\left.` has no bracket.
_BLANK = (
    r"(?:\s++|~|\$|%[^\n]*+|\\[,;:!>\ ()\[\]]"
    r"|\\(?:left|right|middle)(?![a-zA-Z])\s*(?:\.(?!\d))?"
    r"|\\(?:displaystyle|textstyle|scriptstyle|limits|nolimits|nonumber|notag|noindent|[bB]igg?[lrm]?"
    r"|therefore|bullet|boxed|allowbreak|x?cancel|ensuremath|mathop|mathord|mathbin)(?![a-zA-Z])"
    r"|\\(?:tag|label|color|hspace|vspace|textcircled)(?![a-zA-Z])\*?\s*\{[^{}\\]*\})*+"
)
_TEXTS = r"text(?:rm|it|bf|sf|tt)?|mbox|math(?:rm|it|sf|tt)|operatorname"
_TOKEN = re.compile(
    rf"({_BLANK})(?:"
    r"((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"  # a number
    rf"|((?:{LETTER}[\u0300-\u036f\u20d7]*)+)"  # letters
    r"|([-+*/^_{}()\[\]|,'&@:;=])"  # a sign that stands for itself
    rf"|(\\(?:{_TEXTS})\*?\s*\{{(?:[^{{}}\\]|\\[_ ])*\}})"  # a word in braces
    r"|(\\(?:begin|end)\s*\{[a-zA-Z]+\*?\}(?:\s*(?:\[[lcr]\]|\{[lcr|\s]*\}))?)"
    r"|(\\(?:[a-zA-Z]+|\\(?:\s*\[\s*-?[\d.]+\s*(?:pt|em|ex|mm|cm|in)\s*\])?|[^a-zA-Z\s\\]))"  # a command
    rf"|([{''.join(RAISED)}]+|[{''.join(LOWERED)}]+)"  # a superscript or subscript
    r"|(\S)|\Z)"  # anything else; or the end, so that layout in front of it is not looked into
)
_PARTS = re.compile(r"\d+|[A-Za-z]|[-+()]")

_STYLES = frozenset(
    {"mathbf", "boldsymbol", "bm", "pmb", "vec", "mathcal", "underline", "mathbb", "bf", "rm"}
)
_ACCENTS = {"hat": "hat", "widehat": "hat", "bar": "bar", "overline": "bar", "tilde": "tilde", "dot": "dot",
            "widetilde": "tilde"}  # fmt: skip
_FRACTIONS = frozenset({"frac", "dfrac", "tfrac", "cfrac", "nicefrac", "sfrac"})
_GREEK = {"varphi": "phi", "varepsilon": "epsilon", "vartheta": "theta", "varrho": "rho", "varsigma": "sigma"}
EQUALS = frozenset({"=", "≈", "≅", "≃", "≡", "→", "⇒", "⟹", "⟶", "≔", ":="})
# A command, or a character of people's own, as the token that it is read as.
_SAME = {
    "cdot": ".", "times": "*", "ast": "*", "odot": "o", "circ": "o", "div": "/", "over": "/",
    "lvert": "(|", "rvert": "|)", "vert": "|", "mid": "|", "lVert": "(‖", "rVert": "‖)", "Vert": "‖",
    "|": "‖",
    "{": "\\{", "}": "\\}", "lbrace": "\\{", "rbrace": "\\}", "lbrack": "[", "rbrack": "]",
    "prime": "'", "top": "⊤", "intercal": "⊤", "partial": "∂", "nabla": "∇", "sqrt": "√", "sum": "∑",
    "prod": "∏", "_": "_", "\\": "\\\\", "cr": "\\\\", "newline": "\\\\", "quad": "quad", "qquad": "quad",
    "%": "%", "&": "&", "approx": "=", "simeq": "=", "cong": "=", "equiv": "=", "Rightarrow": "=",
    "rightarrow": "=", "implies": "=", "to": "=", "longrightarrow": "=", "Longrightarrow": "=",
    "coloneqq": "=",
    "leftarrow": "=", "gets": "=", "colon": ":",
}  # fmt: skip
_SIGNS = {
    "−": "-", "–": "-", "—": "-", "·": ".", "⋅": ".", "∙": ".", "×": "*",
    "⊙": "o", "∘": "o", "÷": "/", "′": "'",
    "’": "'", "ᵀ": "⊤", "⊤": "⊤", "∂": "∂", "∇": "∇", "?": "?", "‖": "‖", "∥": "‖", "∑": "∑", "Σ": "∑",
    **dict.fromkeys(EQUALS, "="),
}  # fmt: skip
_DOTS = frozenset({"ldots", "dots", "cdots", "dotsc", "dotsb"})
_FUNCTIONS = frozenset({*SPELLINGS, "log", "ln"}) - GREEK
_MATRICES = frozenset(
    {"matrix", "pmatrix", "bmatrix", "Bmatrix", "vmatrix", "Vmatrix", "smallmatrix", "array"}
)
_KINDS = {
    **{"\\" + name: ("frac", "\\" + name) for name in _FRACTIONS},
    **{"\\" + name: ("greek", name) for name in GREEK},
    **{"\\" + name: ("greek", spelled) for name, spelled in _GREEK.items()},
    **{
        "\\" + name: ("style", "\\" + name) for name in (*_STYLES, "text", "mathrm", "mathit", "operatorname")
    },
    **{"\\" + name: ("accent", accent) for name, accent in _ACCENTS.items()},
    **{"\\" + name: ("func", name) for name in _FUNCTIONS},
    **{"\\" + name: (kind, "\\" + name) for name, kind in _SAME.items()},
}
_new = tuple.__new__


def tokenize(text: str) -> list[Token]:
    """The tokens of a LaTeX text, closed by one of kind ``end``.

    Raises:
        ExpressionError: at a command or character that no formula has.
    """
    found: list[Token] = []
    append = found.append
    end = 0
    for blank, number, letters, sign, word, environment, command, script, other in _TOKEN.findall(text):
        start = end + len(blank)
        if sign:
            end = start + 1
            append(_new(Token, (sign, sign, start, end)))
        elif letters:
            end = start + len(letters)
            append(_new(Token, ("word", spelled_out(letters), start, end)))
        elif number:
            end = start + len(number)
            if not number.isascii():
                raise ExpressionError(f'"{number}" is not written in the digits 0 to 9', start, end)
            append(_new(Token, ("num", number, start, end)))
        elif command:
            end = start + len(command)
            kind = _KINDS.get(command if command[1] != "\\" else "\\\\")
            if kind is None:
                raise _unknown(command, start, end)
            append(_new(Token, (*kind, start, end)))
        else:
            written = word or environment or script or other
            if not written:
                break
            end = start + len(written)
            if written in VULGAR and found and (found[-1].kind == "num" or found[-1].text in VULGAR):
                message, hint = "a number and a fraction stand side by side", "write a decimal or a fraction"
                raise ExpressionError(message, start, end, hint)
            found += _further(written, start, end)
    append(Token("end", "", end, end))
    return found


def _further(written: str, start: int, end: int) -> list[Token]:
    """What is rarer: words in braces, environments, small digits, characters of people's own."""
    if written[0] == "\\":
        name, _, rest = written.partition("{")
        inside = rest.partition("}")[0]
        if name.strip() not in ("\\begin", "\\end"):
            inside = " ".join(inside.replace("\\_", "_").replace("\\ ", " ").split())
            return [Token("text", inside, start, end)] if inside else []
        return [Token(name.strip()[1:], inside, start, end)] if inside in _MATRICES else []
    if written[0] in RAISED or written[0] in LOWERED:
        return _script(written, start, end)
    if written in VULGAR:
        above, below = VULGAR[written]
        parts = (("(", "("), ("num", above), ("/", "/"), ("num", below), (")", written))
        return [Token(kind, part, start, end) for kind, part in parts]
    kind = _SIGNS.get(written)
    if kind is None:
        shown = written if written.isprintable() else f"U+{ord(written):04X}"
        raise ExpressionError(f'"{shown}" has no meaning in a formula', start, end)
    return [Token(kind, written, start, end)]


def _script(written: str, start: int, end: int) -> list[Token]:
    """A run of small digits above or below the line, as if it stood in braces."""
    raised = written[0] in RAISED
    plain = "".join((RAISED if raised else LOWERED)[c] for c in written)
    tokens = [Token("^" if raised else "_", written, start, end), Token("{", written, start, end)]
    for part in _PARTS.findall(plain):
        kind = "num" if part.isdigit() else "word" if part.isalpha() else part
        tokens.append(Token(kind, part, start, end))
    return [*tokens, Token("}", written, start, end)]


def _unknown(command: str, start: int, end: int) -> ExpressionError:
    if command[1:] in _DOTS:
        return ExpressionError("dots stand for something that is not written", start, end, "write it out")
    near = nearest(command, _KINDS)
    return ExpressionError(
        f'"{command}" has no meaning in a formula', start, end, f'did you mean "{near}"?' if near else ""
    )
