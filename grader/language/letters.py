"""Letters as people write them, spelled out: ``η`` is ``eta``, ``ŷ`` is ``yhat``, ``𝐰`` is ``w``."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_LETTERS = """
    α alpha β beta γ gamma δ delta ε epsilon ϵ epsilon ζ zeta η eta θ theta ϑ theta ι iota κ kappa λ lambda
    μ mu µ mu ν nu ξ xi ο omicron π pi ρ rho σ sigma ς sigma τ tau υ upsilon φ phi ϕ phi χ chi ψ psi ω omega
    Γ Gamma Δ Delta Θ Theta Λ Lambda Ξ Xi Π Pi Σ Sigma Φ Phi Ψ Psi Ω Omega
"""
_IN_TURN = _LETTERS.split()
SPELLED = dict(zip(_IN_TURN[::2], _IN_TURN[1::2], strict=True))
GREEK = frozenset(SPELLED.values())
ACCENTS = {
    "\u0302": "hat",
    "\u0304": "bar",
    "\u0305": "bar",
    "\u0303": "tilde",
    "\u0307": "dot",
    "\u20d7": "",
}
ACCENT_NAMES = frozenset({"hat", "bar", "tilde", "dot"})


@lru_cache(maxsize=4096)
def spelled_out(text: str) -> str:
    """A name in plain letters and digits, accents behind the letter that bears them."""
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFKD", text)
    return "".join(ACCENTS.get(c, SPELLED.get(c, c)) for c in plain)


RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ᵀⁱⁿ", "0123456789+-()Tin", strict=True))
LOWERED = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋₍₎ᵢⱼ", "0123456789+-()ij", strict=True))
VULGAR = {
    "½": ("1", "2"), "⅓": ("1", "3"), "⅔": ("2", "3"), "¼": ("1", "4"), "¾": ("3", "4"),
    "⅕": ("1", "5"), "⅙": ("1", "6"), "⅛": ("1", "8"), "⅒": ("1", "10"),
}  # fmt: skip
_ORNAMENTS = dict(zip("❨❩❪❫⁅⁆❲❳﹙﹚﹛﹜", "()()[]()(){}", strict=True))
PLAIN_WIDTH = str.maketrans({chr(0xFEE0 + c): chr(c) for c in range(0x21, 0x7F)} | _ORNAMENTS)
"""Characters as wide as Chinese ones, and brackets of fancier shapes, as the plain ones of that meaning."""
LETTER = "[^\\W\\d_" + "".join(RAISED) + "".join(LOWERED) + "".join(VULGAR) + "]"
