"""Rules on how well it fits what it learns from, and what it does not."""

from __future__ import annotations

from math import ceil
from statistics import fmean

from core.experiment.experiment import Experiment
from core.insight import words
from core.insight.curves import Curves, jumps, smooth
from core.insight.finding import Finding, Kind

FEWEST_EPOCHS = 5
"""Before, a turn of a curve may be a lucky epoch."""
FEWEST_GOOD = 3
"""Epochs after which good news can be told."""
SINCE_BEST = 3
"""Epochs without a lower validation loss before it counts as a turn; early stopping waits as long."""
RISEN = 1.1
"""A validation loss this many times its lowest has risen …"""
VISIBLE = 0.005
"""… where that is also this share of the loss of guessing: less, and nobody sees it."""
LUCK = 1.5
"""Standard deviations that a rise or a jump must be, where its figures are of few samples."""
FALLEN = 0.8
"""A training loss at this share of what it was when validation was best went on falling."""
STAYED, LATE = 0.97, 0.25
"""A validation loss that keeps this share of its lowest for that share of all epochs falls no more."""
APART, TIMES_APART = 0.04, 3.0
"""A validation loss above the training loss by this share of guessing, and this many times as large, is
far above it even where it does not rise."""
FITS = 0.88
"""How much of what there is to learn a network has learned that fits: 89 % of ten classes. One that is
large enough gets nearly all samples right that it learns from."""
BENT, SLOW = 0.4, 0.95
"""A curve whose second half falls by this share of what the first did is bending flat; one that keeps this
share of itself in three epochs is slow."""
FEWEST_SLOW = 8
"""Epochs before a slow curve is taken for the end of what the network can do."""
NEAR, TIMES_NEAR = 0.05, 2.0
"""A validation loss above the training loss by this share of guessing, or up to this many times as large,
is close to it."""
TOGETHER = 0.9
"""A validation loss at this share of the first epoch's has fallen together with the other."""
WORTH_MORE = 0.01
"""A fall in the last tenth by this share of guessing is worth more epochs."""
FLAT, FLAT_ITSELF = 0.01, 0.15
"""Losses lie still that move by less than this share of guessing, validation also by less than this share
of itself."""
LONG, FEWEST_FLAT, FEWEST_FLAT_YET = 0.25, 5, 10
"""They do so on a plateau for this share of all epochs, and for so many of them: for more where it goes on,
as the next step down may be near."""
KEPT = " Early stopping keeps the weights of the best epoch, so no more than time is lost."


def overfitting(curves: Curves, experiment: Experiment) -> Finding | None:
    """Find validation that turns up, or stays far above, while the training loss goes on falling."""
    raw, count = curves.validation.loss, len(curves.validation)
    if count < FEWEST_EPOCHS or count - 1 - raw.index(min(raw)) < SINCE_BEST:
        return None
    training, validation = smooth(curves.training.loss), smooth(raw)
    best, now = validation.index(min(validation)), min(raw[-1], fmean(raw[-SINCE_BEST:]))
    turned = _turned(curves, training[best], training[-1], min(raw), now)
    apart = _apart(curves, training, validation)
    if not turned and not apart:
        return None
    if not turned:  # since it stopped falling
        near = (index for index, value in enumerate(validation) if STAYED * value <= min(validation))
        best = next(near, best)  # a loss below 0 is near to none
    at = round(curves.training.at[best])
    learned = words.went(curves.training.loss[best], curves.training.loss[-1])
    went = f"rose from {words.loss(raw[best])} to about" if turned else "has stayed at about"
    return Finding(
        Kind.OVERFITTING,
        "It overfits." if apart else "It starts to overfit.",
        f"Since epoch {at} the training loss {learned}; the validation loss {went} {words.loss(now)}."
        + _both_metrics(curves),
        "It learns the training samples by heart, with what is peculiar to each, instead of what they have "
        "in common. That is of no use on samples it has not seen, and only those count."
        + (KEPT if experiment.training.early_stopping else ""),
        since=float(at),
    )


def _turned(curves: Curves, learned: float, learns: float, lowest: float, now: float) -> bool:
    """Return whether validation rose from its lowest by more than chance, while training fell."""
    rise, gap = now - lowest, now - learns
    luck = curves.luck(now, curves.kept)
    seen = max(VISIBLE * curves.scale, fmean(jumps(curves.tail)), LUCK * luck)
    return learns <= FALLEN * learned and now >= RISEN * lowest and min(rise, gap) >= seen


def _apart(curves: Curves, training: list[float], validation: list[float]) -> bool:
    """Return whether validation stays far above the training loss, which goes on falling."""
    late = max(SINCE_BEST, ceil(LATE * len(training)))
    return (
        validation[-1] >= STAYED * min(validation[:-late])
        and training[-1] <= FALLEN * training[-late - 1]
        and validation[-1] - training[-1] >= APART * curves.scale
        and validation[-1] >= TIMES_APART * training[-1]
    )


def _both_metrics(curves: Curves) -> str:
    if curves.chance is None:
        return ""
    return (
        f" It gets {words.share(curves.training.metric[-1])} of the samples right that it learns from, and "
        f"{words.share(curves.validation.metric[-1])} of the others."
    )


def underfitting(curves: Curves, experiment: Experiment) -> Finding | None:
    """Find a training loss that bends flat far from what the samples would allow."""
    count = len(curves.training)
    if count < FEWEST_SLOW or max(curves.learned_training, curves.learned_validation) >= FITS:
        return None
    losses = smooth(curves.training.loss)
    middle = losses[count // 2]
    if middle - losses[-1] > BENT * (losses[0] - middle) or losses[-1] < SLOW * losses[-4]:
        return None
    right = words.share(curves.training.metric[-1])
    return Finding(
        Kind.UNDERFITTING,
        "It does not even fit the samples it learns from.",
        (f"It gets {right} of the very samples right that it learns from. " if curves.chance else "")
        + "It hardly gets better any more: in the last three epochs the training loss "
        f"{words.went(curves.training.loss[-4], curves.training.loss[-1])}.",
        "The network can't express what there is to learn: it is too small, or held back by dropout, by "
        "penalties or by a rate that does not suit it.",
        since=curves.training.at[count // 2],
    )


def good(curves: Curves, experiment: Experiment) -> Finding | None:
    """Find two losses that fell together and are close to each other."""
    if len(curves.training) < FEWEST_GOOD:
        return None
    training = smooth(curves.training.loss)[-1]
    validation = max(smooth(curves.validation.loss)[-1], curves.validation.loss[-1])
    near = validation <= max(TIMES_NEAR * training, training + NEAR * curves.scale)
    learned = curves.learned(smooth(curves.validation.metric)[-1], validation)
    if learned < FITS or not near or validation > TOGETHER * curves.validation.loss[0]:
        return None
    right = words.share(curves.validation.metric[-1])
    return Finding(
        Kind.GOOD,
        "It learns well.",
        f"The training loss {words.went(curves.start, curves.last)}, and the validation loss with it, to "
        f"{words.loss(curves.validation.loss[-1])}."
        + (f" Of the samples kept aside it gets {right} right." if curves.chance else ""),
        "Both fell together and are close: what it learned holds for samples it has not seen, too.",
    )


def improving(curves: Curves, experiment: Experiment) -> Finding | None:
    """Find a validation loss that still falls at the end of all epochs."""
    count = len(curves.training)
    if count < FEWEST_GOOD or not curves.ended:
        return None
    losses, raw = smooth(curves.validation.loss), curves.validation.loss
    late = min(count - 1, max(3, count // 10))
    fall = losses[-1 - late] - losses[-1]
    if min(fall, raw[-1 - late] - raw[-1]) < WORTH_MORE * curves.scale or losses[-1] > min(losses):
        return None
    return Finding(
        Kind.IMPROVING,
        "It was still getting better when it ended.",
        f"In the last {words.epochs(late)} the validation loss {words.went(raw[-1 - late], raw[-1])}.",
        "The steps still find a way down: more of them, or larger ones, lead further.",
    )


def plateau(curves: Curves, experiment: Experiment) -> Finding | None:
    """Find many epochs at the end in which neither loss moves."""
    count = len(curves.training)
    if experiment.training.early_stopping:  # it waits for just that
        return None
    training, validation = smooth(curves.training.loss), smooth(curves.validation.loss)
    still = FLAT * curves.scale
    first = count
    while (
        first
        and _span(training[first - 1 :]) < still
        and _span(validation[first - 1 :]) < min(still, FLAT_ITSELF * validation[-1])
    ):
        first -= 1
    shortest = FEWEST_FLAT if curves.ended else FEWEST_FLAT_YET
    if count - first < max(shortest, LONG * count):
        return None
    at = round(curves.training.at[first])
    return Finding(
        Kind.PLATEAU,
        f"Since epoch {at} little has changed.",
        f"Since then the training loss {words.went(training[first], training[-1])}; the validation loss "
        f"{words.went(validation[first], validation[-1])}.",
        "The weights are near the bottom of a valley, or the steps are too large to get deeper into it. "
        "More epochs of the same kind only take time.",
        since=float(at),
    )


def _span(values: list[float]) -> float:
    return max(values) - min(values)


RULES = (overfitting, underfitting, good, improving, plateau)
