"""What a curve can say, and what could be tried next."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from core.experiment.edits import Edit


class Kind(StrEnum):
    """What was found, the most important first."""

    DIVERGING = "diverging"
    """Steps so large that the loss grew instead of falling."""
    NOT_LEARNING = "not learning"
    """No better than an answer that does not look at the samples."""
    LAGGING = "lagging"
    """Good while training, near guessing while predicting: running means have not caught up."""
    OVERFITTING = "overfitting"
    """Ever better on the samples it learns from, no longer on others."""
    NOISY = "noisy"
    """Learns, but the loss jumps up and down."""
    UNDERFITTING = "underfitting"
    """No longer gets better, and does not fit the very samples it learns from."""
    GOOD = "good"
    """Fits what it learned from and what it did not."""
    IMPROVING = "improving"
    """Was still getting better when it ended."""
    PLATEAU = "plateau"
    """Nothing has changed for many epochs."""


@dataclass(frozen=True)
class Remedy:
    """Something to try: the words of its button, and the edit that makes the design for another run."""

    label: str
    edit: Edit


@dataclass(frozen=True)
class Finding:
    """Something that the curves say.

    Attributes:
        kind: A stable word for marks, tests and other programs.
        title: The finding in one short sentence.
        evidence: What is seen, with the figures.
        meaning: What that means, for somebody who sees it for the first time.
        since: Where on the axis of epochs it begins, for a mark; None where it is about the whole.
        remedies: What could be tried, the best first; each gives a design that can be trained.
    """

    kind: Kind
    title: str
    evidence: str
    meaning: str
    since: float | None = None
    remedies: tuple[Remedy, ...] = ()
