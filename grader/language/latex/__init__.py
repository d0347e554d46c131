"""LaTeX, as students write it, into the same expression tree."""

from grader.language.latex.reader import LatexReader

__all__ = ["LatexReader"]
