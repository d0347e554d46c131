"""What the numbers chosen and the questions asked can tell apart, before any student has answered."""

from grader.diagnose.exercise.model import Chance, Corner, Extra, Judgement, Twins, Unseen
from grader.diagnose.exercise.verdict import judge

__all__ = ["Chance", "Corner", "Extra", "Judgement", "Twins", "Unseen", "judge"]
