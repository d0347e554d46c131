"""Which quantity of the problem a name means, however it is spelled.

``w_{11}^{(2)}``, ``w₁₁⁽²⁾``, ``w2_11``, ``w11_2`` and ``W2[1,1]`` are one weight, if the problem has only
one of them. The exact name wins; then the same letters, indices and layer written apart otherwise; then an
element of a vector or matrix; then the same characters without any separators; at last, where an index is
written, the letter in the other case (``w_{11}`` is an element of ``W``). Two quantities that fit equally
well are never guessed between.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from grader.language.letters import ACCENT_NAMES, spelled_out
from grader.language.tokens import SPOKEN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from grader.language.scope import Scope

_PIECES = re.compile(r"[^\W\d_]+|\d+")
_SYNONYMS = {"lam": "lambda", "lmbda": "lambda", "lambd": "lambda"}
_PLAIN = re.compile(r"[^\W\d]\w*")
_ELEMENT = re.compile(r"(?P<name>[^\W\d]\w*)\[(?P<places>\d{1,6}(?:,\d{1,6})?)\]")


class Written(NamedTuple):
    """A name as written: letters with their accent, subscripts in order, the layer in a superscript."""

    base: str
    parts: tuple[str, ...] = ()
    layer: str = ""


class Quantity(NamedTuple):
    """A quantity of the problem, an element of it, or its value after training steps."""

    name: str
    places: tuple[int, ...] = ()
    steps: int = 0

    def __str__(self) -> str:
        places = ",".join(str(i) for i in self.places)
        text = f"{self.name}[{places}]" if self.places else self.name
        return text if not self.steps else f"new({text})" if self.steps == 1 else f"new({text}, {self.steps})"


class Spelling:
    """The names of one problem, ready to be found.

    Args:
        scope: the problem's names, their sizes and the smallest index.
    """

    __slots__ = ("_flat", "_found", "_layer_first", "_parts", "functional", "plain", "scope")

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.functional = frozenset(name for name in scope.parts if len(name) == 1)
        # Words that stand in an answer as they stand in the language: signs, and names that take no argument.
        self.plain = (scope.names - self.functional) | SPOKEN | {""}
        self._parts: dict[tuple[str, tuple[str, ...]], list[str]] = {}
        self._flat: dict[str, list[str]] = {}
        self._found: dict[object, tuple[Quantity, ...]] = {}
        for name in sorted(scope.names):
            base, parts, _ = take_apart(name)
            self._parts.setdefault((base, parts), []).append(name)
            self._flat.setdefault(base + "".join(parts), []).append(name)
        self._layer_first = _convention([parts for _, parts in self._parts])

    def named(self, text: str) -> tuple[Quantity, ...]:
        """The quantities that a plain name (``w2_11``, ``x₁``, ``w1_new``) can mean: none, one, several."""
        if text in self.scope.names:
            return (Quantity(text),)
        found = self._found.get(text)
        if found is None:
            found = self._found[text] = self._named(text)
        return found

    def find(self, written: Written) -> tuple[Quantity, ...]:
        """The quantities that a name with subscripts and a layer can mean: none, one, or several."""
        found = self._found.get(written)
        if found is None:
            found = self._found[written] = self._find(written)
        return found

    def around(self, text: str, parts: tuple[str, ...], layer: str) -> tuple[Quantity, ...]:
        """The quantities that a name with these subscripts and this layer around it can mean."""
        if not parts and not layer:
            return self.named(text)
        key = (text, parts, layer)
        found = self._found.get(key)
        if found is None:
            base, first, _ = take_apart(text)
            found = self._find(Written(base, (*first, *parts), layer)) if base else ()
            self._found[key] = found
        return found

    def _named(self, text: str) -> tuple[Quantity, ...]:
        base, parts, steps = take_apart(spelled_out(text))
        if not base:
            return ()
        return tuple(q._replace(steps=steps) for q in self._find(Written(base, parts)))

    def _find(self, written: Written) -> tuple[Quantity, ...]:
        for one in self._cases(written):
            for stage in (self._apart, self._elements, self._together):
                found = tuple(dict.fromkeys(stage(one)))
                if found:
                    return found
        return ()

    def _is_batch(self, base: str) -> bool:
        """Whether ``X^{(1)}`` is an example of X, and so no ``x1``."""
        return any(self.scope.shapes.get(n, (1, 1)) != (1, 1) for n in self._parts.get((base, ()), ()))

    def _cases(self, written: Written) -> Iterator[Written]:
        base = _SYNONYMS.get(written.base, written.base)
        yield written._replace(base=base)
        if written.parts or (written.layer and not self._is_batch(base)):
            yield written._replace(base=base[0].swapcase() + base[1:])

    def _orders(self, written: Written) -> tuple[tuple[str, ...], ...]:
        """Subscripts and layer in the orders in which names put them."""
        _, parts, layer = written
        if not layer:
            return (parts,)
        orders = {True: (layer, *parts), False: (*parts, layer)}
        if self._layer_first is not None:
            return (orders[self._layer_first],)
        return (orders[True], orders[False])

    def _apart(self, written: Written) -> Iterator[Quantity]:
        for parts in self._orders(written):
            yield from (Quantity(n) for n in self._parts.get((written.base, parts), ()))

    def _together(self, written: Written) -> Iterator[Quantity]:
        for parts in self._orders(written):
            yield from (Quantity(n) for n in self._flat.get(written.base + "".join(parts), ()))

    def _elements(self, written: Written) -> Iterator[Quantity]:
        base, parts, layer = written
        if layer:
            yield from self._element(base, (layer,), parts, layered=True)
            return
        for k in range(len(parts) - 1, -1, -1):
            yield from self._element(base, parts[:k], parts[k:])
        if len(parts) == 1 and len(parts[0]) == 3 and parts[0].isdigit():
            yield from self._element(base, (parts[0][0],), (parts[0][1:],))

    def _element(
        self, base: str, front: tuple[str, ...], places: tuple[str, ...], *, layered: bool = False
    ) -> Iterator[Quantity]:
        if not places or not all(p.isdecimal() and len(p) < 7 for p in places):
            return
        named = self._parts.get((base, front)) or self._flat.get(base + "".join(front)) or []
        for name in named:
            shape = self.scope.shapes.get(name)
            if shape is not None:
                yield from self._at(name, shape, places, layered=layered)

    def _at(
        self, name: str, shape: tuple[int, int], places: tuple[str, ...], *, layered: bool
    ) -> Iterator[Quantity]:
        base = self.scope.index_base
        numbers = [int(p) for p in places]
        if shape == (1, 1):
            first = {n - base for text in places for n in map(int, text)} == {0}
            if first and (layered or len(places[0]) == 1):
                yield Quantity(name)
            return
        if len(places) == 1 and (1 not in shape or (numbers[0] - base >= max(shape) and len(places[0]) == 2)):
            numbers = [int(c) for c in places[0]]
        sizes = shape if len(numbers) == 2 else (max(shape),) if 1 in shape else ()
        if len(numbers) == len(sizes) and all(0 <= n - base < s for n, s in zip(numbers, sizes, strict=True)):
            yield Quantity(name, tuple(numbers))


def take_apart(text: str) -> tuple[str, tuple[str, ...], int]:
    """Letters with accent, the rest in parts, and the training steps that "new" in a name stands for."""
    pieces = _PIECES.findall(text)
    steps = 1 if len(pieces) > 1 and pieces[-1] == "new" else 0
    if steps:
        pieces.pop()
    accents = [p for p in pieces if p in ACCENT_NAMES] if len(pieces) > 1 else []
    if accents:
        pieces = [p for p in pieces if p not in ACCENT_NAMES]
    if not pieces or pieces[0].isdigit():
        return "", (), 0
    base = "".join((spelled_out(pieces[0]), *accents))
    return _SYNONYMS.get(base, base), tuple(spelled_out(p) for p in pieces[1:]), steps


def _convention(parts: list[tuple[str, ...]]) -> bool | None:
    """Whether the names put the layer before the indices (``w2_11``) or behind, or None."""
    lengths = {(len(p[0]), len(p[1])) for p in parts if len(p) == 2 and p[0].isdigit() and p[1].isdigit()}
    first, last = (1, 2) in lengths, (2, 1) in lengths
    return None if first == last else first


def normalise(text: str, scope: Scope) -> str | None:
    """The canonical name (``W2[1,1]``, ``yhat``, ``new(w)``) of a quantity as written, or None.

    Reads plain and Unicode names; LaTeX names are read by the LaTeX reader, which asks ``Spelling`` likewise.
    """
    spelling = Spelling(scope)
    text = text.strip()
    if _PLAIN.fullmatch(text):
        found = spelling.named(text)
        return str(found[0]) if len(found) == 1 else None
    element = _ELEMENT.fullmatch(text.replace(" ", "").replace("][", ","))
    if element is None:
        return None
    whole = spelling.named(element["name"])
    if len(whole) != 1 or whole[0].places:
        return None
    return str(whole[0]._replace(places=tuple(int(i) for i in element["places"].split(","))))
