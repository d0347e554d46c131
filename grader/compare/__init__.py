"""From answers to verdicts: which question an answer is for, what it says, whether it is right."""
