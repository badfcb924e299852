"""What may be said of a network's answer: one stated rule, in one place.

A softmax is not a certainty: its shares add up to 1 whatever is drawn. So the rule says only where an
answer is *not* to be relied on, and a detector of its own says where there is no digit at all.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.experiment.choices import Output
from core.experiment.dataset import DatasetInfo

LEAST_MARGIN = 0.5
"""Of the two strongest outputs: closer, and the drawing may be either.

On the 500 pen-drawn digits that are kept to choose by, a network trained for two epochs on MNIST alone
(87 % right) is called unsure about 39 % of its mistakes and 7 % of what it gets right; on the 1,494
that are kept to measure, 38 and 5 %; there 0.3 gives 22 and 3 %, 0.7 57 and 10 %
(`benchmarks/preparation.py`).
"""
MOST_ENTROPY = 0.5
"""Entropy of the shares, 0 where one has all and 1 where all are equal: above, nothing stands out."""
LEAST_YES = 0.5
"""Of separate numbers between 0 and 1: below, the network says no to every class."""
RULE = (
    f"“Not sure” means: the two strongest answers are less than {100 * LEAST_MARGIN:.0f} points apart, or "
    f"the shares are spread so evenly that their entropy is over {100 * MOST_ENTROPY:.0f} % of the most "
    "there can be. Where the rule is silent the network may still be wrong: its shares add up to 100 % "
    "whatever is drawn."
)
"""The rule in words."""


class Kind(StrEnum):
    """What sort of answer it is."""

    NOTHING = "nothing"
    """Nothing is drawn."""
    DOT = "dot"
    """The pen has hardly moved."""
    NO_DIGIT = "no digit"
    """The detector takes it for none."""
    NOT_SURE = "not sure"
    """The rule says so."""
    STRONGEST = "strongest"
    """The network gives any numbers: one is the largest, and more can't be said."""
    SURE = "sure"
    """The rule has nothing against it."""


@dataclass(frozen=True)
class Verdict:
    """What is said of an answer.

    Attributes:
        kind: What sort of answer it is.
        best: Number of the class with the strongest output; −1 where nothing was asked.
        second: Number of the class that follows; −1 where there is none.
        words: A sentence or two for people.
    """

    kind: Kind
    best: int
    second: int
    words: str


def verdict(
    outputs: Sequence[float] | None,
    info: DatasetInfo,
    meaning: Output,
    *,
    likeness: float | None = None,
    threshold: float | None = None,
    false_alarm_rate: float | None = None,
    dot: bool = False,
) -> Verdict:
    """Return what may be said of a network's answer.

    Args:
        outputs: One number a class; None where nothing is drawn.
        info: Names the classes.
        meaning: How the outputs can be read.
        likeness: How much the drawing looks like a digit, 0 to 1; None where nobody can tell.
        threshold: The likeness below which it is taken for none; None where there is no detector.
        false_alarm_rate: The share of real digits that this is wrong about.
        dot: Whether the pen has hardly moved.
    """
    if outputs is None:
        return Verdict(Kind.NOTHING, -1, -1, f"Nothing is drawn yet. Draw a {info.noun}.")
    best, second = _two_strongest(outputs)
    if dot:
        return Verdict(Kind.DOT, best, second, f"This is a dot. Draw a {info.noun}, as large as you like.")
    if likeness is not None and threshold is not None and likeness < threshold:
        return Verdict(Kind.NO_DIGIT, best, second, _no_digit(info, best, false_alarm_rate))
    if meaning is Output.NUMBERS:
        return Verdict(Kind.STRONGEST, best, second, _strongest(info, outputs, best))
    if _unsure(outputs, best, second, meaning):
        return Verdict(Kind.NOT_SURE, best, second, _not_sure(info, outputs, best, second, meaning))
    return Verdict(Kind.SURE, best, second, f"{_said_of(info, outputs, best, meaning)}.")


def strongest(outputs: Sequence[float]) -> int:
    """Return the number of the class with the largest output; of equal ones the first."""
    return _two_strongest(outputs)[0]


def margin(outputs: Sequence[float]) -> float:
    """Return how far the strongest output is ahead of the next; infinite where there is but one."""
    best, second = _two_strongest(outputs)
    return outputs[best] - outputs[second] if second >= 0 else math.inf


def entropy(shares: Sequence[float]) -> float:
    """Return how evenly shares are spread: 0 where one has all, 1 where all are equal.

    Formula: −Σ pᵢ log pᵢ / log n, for n shares pᵢ.
    """
    if len(shares) < 2:
        return 0.0
    return -sum(share * math.log(share) for share in shares if share > 0) / math.log(len(shares))


def percent(share: float) -> str:
    """Return a share as people write it; never 100 % where it is less."""
    if 0.9995 <= share < 1:
        return "over 99.9 %"
    if 0 < share < 0.0005:
        return "under 0.1 %"
    return f"{100 * share:.1f} %" if share > 0.99 or share < 0.01 else f"{100 * share:.0f} %"


def _two_strongest(outputs: Sequence[float]) -> tuple[int, int]:
    order = sorted(range(len(outputs)), key=lambda index: -outputs[index])
    return order[0], order[1] if len(order) > 1 else -1


def _unsure(outputs: Sequence[float], best: int, second: int, meaning: Output) -> bool:
    if second >= 0 and margin(outputs) < LEAST_MARGIN:
        return True
    if meaning is Output.SHARES:
        return entropy(outputs) > MOST_ENTROPY
    return outputs[best] < LEAST_YES


def _no_digit(info: DatasetInfo, best: int, false_alarm_rate: float | None) -> str:
    noun = info.noun
    words = (
        f"This doesn't look like a {noun}. The network knows nothing else, and would say "
        f"{info.classes[best]}."
    )
    if false_alarm_rate is not None:
        words += f" The detector that says so is wrong about {percent(false_alarm_rate)} of real {noun}s."
    return words


def _not_sure(info: DatasetInfo, outputs: Sequence[float], best: int, second: int, meaning: Output) -> str:
    if meaning is Output.UNIT and outputs[best] < LEAST_YES:
        return f"Not sure: the network says no to every class. {_said_of(info, outputs, best, meaning)}."
    if second < 0 or margin(outputs) >= LEAST_MARGIN:
        return f"Not sure: no class stands out. {_said_of(info, outputs, best, meaning)}."
    classes = info.classes
    return (
        f"Not sure: {classes[best]} or {classes[second]}. {_said_of(info, outputs, best, meaning)}, "
        f"for {classes[second]} {percent(outputs[second])}."
    )


def _said_of(info: DatasetInfo, outputs: Sequence[float], index: int, meaning: Output) -> str:
    word = "share" if meaning is Output.SHARES else "number"
    return f"The network's {word} for {info.classes[index]}: {percent(outputs[index])}"


def _strongest(info: DatasetInfo, outputs: Sequence[float], best: int) -> str:
    number = f"{outputs[best]:.2f}".replace("-", "−")
    return (
        f"The network's strongest answer is {info.classes[best]}, with {number}. It gives any numbers, no "
        "shares, so nobody can tell from them how near the others come."
    )
