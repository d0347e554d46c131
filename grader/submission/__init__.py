"""What students sent in: their answers as they wrote them, whatever the file format.

Readers keep every digit and know nothing of the problem: whether an answer is right, or even a number,
is decided elsewhere.
"""
