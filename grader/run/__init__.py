"""Grading whole assignments: specs and folders in, reports out; one bad file never stops the rest."""

from grader.run.assignment import grade_assignment, grade_folders
from grader.run.checking import check_spec
from grader.run.course import load_spec
from grader.run.solution import solve_assignment

__all__ = ["check_spec", "grade_assignment", "grade_folders", "load_spec", "solve_assignment"]
