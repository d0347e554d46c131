"""Pages for a browser: one for each student, one for the class, each a file that asks for nothing else.

They are written from the model alone and compute no mark. Jinja2 fills the templates with autoescape on;
styles and the one script stand in the page, and its policy allows nothing else.
"""

from grader.report.pages.reveal import DEFAULT, LEVELS, Reveal
from grader.report.pages.site import MARK, site

__all__ = ["DEFAULT", "LEVELS", "MARK", "Reveal", "site"]
