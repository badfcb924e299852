"""The rule on a loss that jumps up and down."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby, pairwise
from math import ceil
from statistics import fmean

from core.experiment.experiment import Experiment
from core.insight import words
from core.insight.curves import Curves, jumps
from core.insight.finding import Finding, Kind

BY_EPOCH, WITHIN = 0.035, 0.04
"""Mean jumps as shares of the loss of guessing, which trainings that go steadily never reach."""
OF_LEVEL = 0.2
"""The same as a share of the loss itself: below, a high loss only trembles."""
LUCK = 1.5
"""Standard deviations that points must jump by on average: less, and it may be by which samples they are
taken of."""
FEWEST, FEWEST_LARGE, FEWEST_WITHIN = 5, 2, 15
"""Values that such a mean is taken of: epochs, epochs where they jump by twice as much, points."""


def noisy(curves: Curves, experiment: Experiment) -> Finding | None:
    """Find a loss that jumps up and down, from epoch to epoch or within epochs."""
    seen = _by_epoch(curves) or _within(curves)
    if not seen:
        return None
    return Finding(
        Kind.NOISY,
        "It learns in jumps.",
        seen,
        "Each step follows a few samples only, and is so large that it undoes part of what the last ones "
        "reached. Which weights are kept at the end is a matter of luck.",
    )


def _by_epoch(curves: Curves) -> str:
    found = jumps(curves.tail)
    least = BY_EPOCH * curves.scale * (1 if len(found) >= FEWEST else 2)
    if len(found) < FEWEST_LARGE or fmean(found) < least:
        return ""
    return _told("From epoch to epoch the validation loss", found, curves.tail)


def _within(curves: Curves) -> str:
    found: list[float] = []
    levels: list[float] = []
    luck: list[float] = []
    pairs = zip(curves.within.at, curves.within.loss, strict=True)
    for epoch, group in groupby(pairs, key=lambda pair: ceil(pair[0])):
        points = list(group)
        if epoch == 1:  # here the fall itself is steep
            continue
        found += jumps([loss for _, loss in points])
        for (before, _), (at, loss) in pairwise(points):
            levels.append(loss)
            luck.append(curves.luck(loss, curves.samples * (at - before)))
    if len(found) < FEWEST_WITHIN or fmean(found) < max(WITHIN * curves.scale, LUCK * fmean(luck)):
        return ""
    return _told("Within epochs the training loss", found, levels)


def _told(what: str, found: Sequence[float], levels: Sequence[float]) -> str:
    """Return in words how it jumps, or nothing where that is little beside the loss itself."""
    jump, level = fmean(found), fmean(levels)
    if jump < OF_LEVEL * level:
        return ""
    return f"{what} jumps by {words.loss(jump)} on average, up and down, around {words.loss(level)}."


RULES = (noisy,)
