"""Rules on whether it learns at all."""

from __future__ import annotations

from itertools import chain
from statistics import fmean

from core.experiment.block import every_layer
from core.experiment.experiment import Experiment
from core.insight import words
from core.insight.curves import Curves
from core.insight.finding import Finding, Kind

JUMPED = 2.0
"""A loss this many times what it was before anything was learned, and does not recover: batches differ by
less."""
FEWEST_JUMPED = 3
"""Points before one of them can be said to stand out."""
RECOVERED = 0.8
"""Below this share of where it began, a loss has recovered from a jump: early ones are common."""
HAD_LEARNED, LOST = 0.15, 0.05
"""Shares of what there is to learn. Who knew the first and is back at the second has lost it."""
LIKE_GUESSING, SHARE_OF_CHANCE = 0.95, 0.1
"""A loss of this share of guessing, with less than this share of what there is to learn, is no better
than guessing: both, for a loss may be high while the answers are right."""
SAME = 0.97
"""A loss that keeps this share of itself through all epochs has not moved."""
FEWEST_EPOCHS, FEWEST_EPOCHS_OF_A_REGRESSION = 3, 5
"""Before, slow and not at all look the same; a regression has no guess to compare with."""
FEWEST_POINTS, FEWEST_STEPS = 20, 500
"""What stands for epochs while there are few: enough to see a trend, and for one to begin."""
HALF_LEARNED, FAR_BEHIND = 0.5, 0.6
"""What must be learned for validation to lag behind, and below which share of it it does."""
TURNOVERS = 10
"""How often running means are renewed before they no longer hold anything of where they began."""


def diverging(curves: Curves, experiment: Experiment) -> Finding | None:
    """Find a loss that grew, and stayed large or at what guessing gives."""
    if len(curves.within) + len(curves.training) < FEWEST_JUMPED:
        return None
    began = max(curves.start, curves.guess or 0.0)
    places = chain(
        zip(curves.within.at, curves.within.loss, strict=True),
        zip(curves.training.at, curves.training.loss, strict=True),
    )
    jump = min(((at, loss) for at, loss in places if loss >= JUMPED * began > 0), default=None)
    floor = min(curves.start, curves.guess or curves.start)
    if jump is None or curves.last < RECOVERED * floor:
        return _lost(curves)
    top = max([*curves.within.loss, *curves.training.loss])
    now = words.loss(curves.last)
    if curves.last >= JUMPED * began:
        seen = f"The training loss grew from {words.loss(curves.start)} to {now}."
    else:
        seen = (
            f"The training loss grew from {words.loss(curves.start)} to {words.loss(top)}; now it is {now}"
        )
        seen += ", no better than guessing." if curves.guess else ", where it began."
    return Finding(
        Kind.DIVERGING,
        "The steps are too large.",
        seen,
        "A step along the gradient makes the loss smaller only if it is small. Larger ones jump over the "
        "valley and land higher on its other side, again and again, until the weights are of no use.",
        since=jump[0],
    )


def _lost(curves: Curves) -> Finding | None:
    """Find a classifier that was better than guessing, and no longer is."""
    known = [curves.learned(metric, 0.0) for metric in curves.training.metric]
    if curves.guess is None or not known or curves.last < LIKE_GUESSING * curves.guess:
        return None
    best = known.index(max(known))
    if known[best] < HAD_LEARNED or known[-1] > LOST:
        return None
    metric = curves.training.metric
    return Finding(
        Kind.DIVERGING,
        "It has lost what it had learned.",
        f"After epoch {best + 1} it got {words.share(metric[best])} of the training samples right, now "
        f"{words.share(metric[-1])}; guessing gets {words.share(curves.chance or 0.0)}.",
        "A step was so large that the weights landed where the gradients are almost zero: from there no "
        "step leads back.",
        since=curves.training.at[best],
    )


def not_learning(curves: Curves, experiment: Experiment) -> Finding | None:
    """Find a loss that stays where an answer would be that does not look at the samples."""
    seen = _at_chance(curves) if curves.guess is not None else _unmoved(curves)
    if not seen:
        return None
    return Finding(
        Kind.NOT_LEARNING,
        "It does not learn.",
        seen,
        "The network gives every sample about the same answer. The steps are too small to move the "
        "weights, or so large that they threw them where hardly a gradient is left, or the loss is content "
        "with that.",
        since=0.0,
    )


def _at_chance(curves: Curves) -> str:
    count = len(curves.training)
    enough = count or len(curves.within) >= FEWEST_POINTS
    if count < FEWEST_EPOCHS and not (enough and curves.steps >= FEWEST_STEPS):
        return ""
    if count:
        metric = max(curves.training.metric[-1], curves.validation.metric[-1])
    else:
        metric = fmean(curves.within.metric[len(curves.within) // 2 :])
    guess, chance = curves.guess or 0.0, curves.chance or 0.0
    if curves.last < LIKE_GUESSING * guess or curves.learned(metric, 0.0) > SHARE_OF_CHANCE:
        return ""
    after = words.epochs(count) if count >= FEWEST_EPOCHS else f"{curves.steps:,} steps"
    return (
        f"After {after} the training loss is {words.loss(curves.last)}, and {words.share(metric)} of the "
        f"answers are right. Guessing gives {words.loss(guess)} and {words.share(chance)}."
    )


def _unmoved(curves: Curves) -> str:
    losses = curves.training.loss
    if len(losses) < FEWEST_EPOCHS_OF_A_REGRESSION:
        return ""
    if losses[-1] < SAME * losses[0] or losses[-1] < RECOVERED * curves.start:
        return ""
    return f"In {words.epochs(len(losses))} the training loss {words.went(losses[0], losses[-1])}."


def lagging(curves: Curves, experiment: Experiment) -> Finding | None:
    """Find a network that answers well only while training, as its running means are behind."""
    layers = every_layer(experiment.model.layers)
    slowest = max((getattr(each, "momentum", 0.0) for each in layers if each.mixes_samples), default=0.0)
    if len(curves.training) < FEWEST_EPOCHS or curves.guess is None:
        return None
    # a running mean forgets all but 1 / e of what it was in 1 / (1 - momentum) steps
    if not slowest or curves.steps * (1 - slowest) > TURNOVERS:
        return None
    learned, predicted = curves.learned_training, curves.learned_validation
    if learned < HALF_LEARNED or predicted > FAR_BEHIND * learned:
        return None
    if curves.validation.loss[-1] < FAR_BEHIND * curves.guess:
        return None
    return Finding(
        Kind.LAGGING,
        "Batch normalization is not ready yet.",
        f"While training, {words.share(curves.training.metric[-1])} of the answers are right; on the "
        f"samples kept aside, {words.share(curves.validation.metric[-1])}, after {curves.steps:,} steps.",
        "While training it uses the mean of each batch; to predict, a running mean, which takes in only "
        f"{words.share(1 - slowest)} of each batch (its momentum is {slowest:g}) and still holds much of "
        "where it began. That is no overfitting: with more steps validation comes after.",
    )


RULES = (diverging, not_learning, lagging)
