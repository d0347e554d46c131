"""The words for slips, ``slip.*``: one-offs in writing a value down. What they make of it is the search's."""

from __future__ import annotations

from grader.misconceptions.model import PLAUSIBLE, Misconception

_SEEN = ("seen in a student's answer",)


def _slip(
    name: str,
    title: str,
    belief: str,
    feedback: str,
    wrong: str,
    twins: tuple[str, ...] = (),
    source: tuple[str, ...] = _SEEN,
) -> Misconception:
    return Misconception(
        f"slip.{name}",
        title,
        belief,
        feedback,
        "v",
        wrong,
        None,
        kind="slip",
        twins=twins,
        source=source,
    )


SLIPS: tuple[Misconception, ...] = (
    _slip(
        "sign",
        "sign lost or flipped",
        "I lost a minus while writing.",
        "The digits of {step} are right and the sign is not: a minus got lost or came in. Compare the line"
        " above.",
        "-v",
        twins=("dy.sign", "der.minus", "upd.plus"),
    ),
    _slip(
        "pow10",
        "decimal point moved",
        "I counted the zeros wrong.",
        "The digits of {step} are right and the decimal point is not: count the zeros again.",
        "10*v",
    ),
    _slip(
        "transpose_digits",
        "two digits exchanged",
        "I wrote two digits in the wrong order.",
        "Two neighbouring digits of {step} changed places: compare it with what your calculator shows.",
        "v with two digits exchanged",
        source=PLAUSIBLE,
    ),
    _slip(
        "digit",
        "one digit miscopied",
        "I misread a digit of my own.",
        "One digit of {step} is not the one you worked out: compare it with your calculation.",
        "v with another digit",
    ),
    _slip(
        "truncate",
        "cut off instead of rounded",
        "I left the further digits away.",
        "{step} was cut off where it should be rounded: look at the first digit left away, and go up from"
        " 5 on.",
        "v cut off",
    ),
    _slip(
        "copy",
        "value of another quantity copied",
        "I copied the number from the line beside it.",
        "In {step} stands the value of another quantity from further up: look up which one belongs here.",
        "another value",
    ),
    _slip(
        "drop_digit",
        "a digit left out",
        "I skipped a digit.",
        "One digit of {step} is missing: compare digit by digit with what you worked out.",
        "v without a digit",
    ),
    _slip(
        "not_carried",
        "written wrong, used right",
        "I went on with the number on my calculator.",
        "{step} is written wrong, yet what follows was worked out with the right value: correct the line,"
        " the rest stands.",
        "v written wrong, v used",
        source=(
            *_SEEN,
            "https://primelearnpoint.com/deep-learning/backpropagation-solved-numerical-2x2/",
        ),
    ),
    _slip(
        "early_rounding",
        "rounded early, too many digits written",
        "I rounded in between and wrote down all digits at the end.",
        "{step} shows more digits than the rounded numbers behind it can give: keep more in between, or"
        " write fewer here.",
        "v from rounded values",
    ),
    _slip(
        "label",
        "right value under another name",
        "I put the numbers into the wrong lines.",
        "The number in {step} is right for its neighbour: check which line each value belongs to.",
        "a neighbour's value",
    ),
)
