"""The worked solution of a problem: derived as named steps, solved for a whole class at once."""
