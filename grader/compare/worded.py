r"""Names of quantities in words or in shorthand, put as formulas: `new w_1`, `dLdb1`, `\nabla_{b_1}`.

Not here: names that are formulas already (``match.py``); and whether the problem asks it, which is the
matcher's business. A bare `db1` stays nobody's: a course that writes so says it under `aliases:`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_TEXT = re.compile(r"\\(?:text|textrm|textbf|textit|mathrm|mathit|operatorname)\s*\{([^{}]*)\}")
_FRESH = r"(?:new|updated|neu|neue[rs]?)"
_BEFORE = re.compile(rf"\(?{_FRESH}\)?(?:\s+value\s+(?:of|for))?[\s:~]+(?P<name>\S.*)", re.IGNORECASE)
_BEHIND = re.compile(
    rf"(?P<name>.*\S)(?:[\s,~]+\(?{_FRESH}\)?|\s*\({_FRESH}\)"
    r"|[\s,]+after\s+(?:one|1|the|a|an)\s+(?:step|update|iteration)"
    r"|\s*\^\s*\{?\+\}?|\s*(?:\\leftarrow|\\gets|←|<-))\s*",
    re.IGNORECASE,
)
_DELTAS = re.compile(r"(?<![a-zA-Z])(?:\\delta(?![a-zA-Z])|δ)\s*(?=[a-zA-Z\\])")
_NABLA = re.compile(
    r"\\nabla\s*_\s*(?:\{(?P<braces>.+)\}|(?P<one>\w))\s*|(?:grad|gradient)[\s_(]+(?P<word>.+?)\)?"
)
_BIG = re.compile(r"d(?P<rest>[^\W\d_]\w*d[^\W\d_]\w*(?:\[[\d,\s]+\])?)")


_LOSS = frozenset({"loss", "cost", "error", "objective", "loss function", "cost function", "total loss"})
_OUTPUT = frozenset(
    {"output", "prediction", "predicted", "y pred", "ypred", "y hat", "result", "final output"}
)


def quantity_called(word: str, loss: str | None) -> str | None:
    """The quantity that goes by an everyday word.

    Args:
        word: as written.
        loss: what training minimises, or what all derivatives are of.
    """
    said = " ".join(re.sub(r"[\W_]+", " ", word.casefold()).split())
    return loss if said in _LOSS else "yhat" if said in _OUTPUT else None


def meanings(key: str, tops: Collection[str], names: Collection[str]) -> Iterator[str]:
    """What a name may mean, as formulas.

    Args:
        key: as written.
        tops: the quantities whose derivatives are asked; where there is one, a gradient is its.
        names: of the problem's quantities.
    """
    text = " ".join(_TEXT.sub(r" \1 ", key).split())
    for pattern in (_BEFORE, _BEHIND):
        if said := pattern.fullmatch(text):
            yield f"{said['name']}'"
    if text != key:
        yield text
    if _DELTAS.search(text) and ("/" in text or "frac" in text):
        yield _DELTAS.sub(lambda found: "\\partial " if "\\" in found[0] else "∂", text)
    yield from _short(text, tops, names)


def _short(text: str, tops: Collection[str], names: Collection[str]) -> Iterator[str]:
    """Derivatives without a line between their parts, or without saying of what."""
    if big := _BIG.fullmatch(text):
        rest = big["rest"]
        for found in re.finditer("d", rest):
            if rest[: found.start()] in names:
                yield f"d{rest[: found.start()]}/d{rest[found.end() :]}"
    if len(tops) != 1:
        return
    (top,) = tops
    if nabla := _NABLA.fullmatch(text):
        yield rf"\frac{{\partial {top}}}{{\partial {nabla['braces'] or nabla['one'] or nabla['word']}}}"
