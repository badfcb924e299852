"""The figures of a run, read once for all rules: losses and metrics by epoch, and within epochs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from math import isfinite, sqrt
from statistics import fmean, median

from core.experiment import choices
from core.experiment.dataset import DatasetInfo, Task
from core.experiment.experiment import Experiment
from core.experiment.numbers import training_samples

FEW_SAMPLES = 8
"""Where a step looks at fewer, the first one says little about where the loss began."""

SHORTEST_TAIL = 7
"""Epochs from whose jumping one can tell a trend from chance."""


@dataclass(frozen=True)
class Points:
    """A curve: where on the axis of epochs, the loss there and the metric."""

    at: tuple[float, ...]
    loss: tuple[float, ...]
    metric: tuple[float, ...]

    def __len__(self) -> int:
        return len(self.at)


@dataclass(frozen=True)
class Curves:
    """What is known of a run.

    Attributes:
        training: On the samples it learns from, by epoch: means while the weights still moved.
        validation: On the samples kept aside, at the end of each epoch.
        within: On the samples it learns from, several times an epoch.
        start: The training loss before anything was learned.
        guess: The loss of the best answer that does not look at the sample; None where it depends on
            the answers' scale.
        chance: The metric of such an answer: 1 / classes; None for a regression.
        samples: Samples that it learns from.
        kept: Samples that validation looks at.
        planned: Epochs that were planned.
        steps: Steps of the weights so far.
    """

    training: Points
    validation: Points
    within: Points
    start: float
    guess: float | None
    chance: float | None
    samples: int
    kept: int
    planned: int
    steps: int

    @property
    def ended(self) -> bool:
        """Whether all planned epochs are done."""
        return bool(self.training) and self.training.at[-1] >= self.planned

    @property
    def scale(self) -> float:
        """How large the loss is where nothing was learned: what a fall or a rise is compared with."""
        if self.guess is not None:
            return self.guess
        # of a regression the first step may happen to be a lucky one, or the first epoch to go wrong
        return min([self.start, *self.training.loss[:1]])

    def luck(self, loss: float, samples: float) -> float:
        """Return how much a mean loss varies by which samples it is taken of: its standard deviation.

        A mistake made with certainty costs about as much as guessing, and whether one more or less is
        among them is chance: the variance of one sample's loss is about the mean times that.
        """
        return sqrt(max(0.0, loss * self.scale) / max(1.0, samples))

    @property
    def last(self) -> float:
        """The training loss at the end: of the last epoch, or before there is one of the last points."""
        if self.training:
            return self.training.loss[-1]
        return fmean(self.within.loss[len(self.within) // 2 :]) if self.within else self.start

    def learned(self, metric: float, loss: float) -> float:
        """Return how much of all there is to learn was learned: 0 for guessing, 1 for no mistake."""
        if self.chance is not None:
            return (metric - self.chance) / (1 - self.chance)
        return 1 - loss / self.start if self.start > 0 else 0.0

    @property
    def tail(self) -> tuple[float, ...]:
        """The validation loss of the later half of the epochs, or of a few."""
        return self.validation.loss[-max(SHORTEST_TAIL, len(self.validation) // 2) :]

    @property
    def learned_training(self) -> float:
        """The same, of the samples it learns from, in the last epoch."""
        return self.learned(self.training.metric[-1], self.training.loss[-1])

    @property
    def learned_validation(self) -> float:
        """The same, of the samples kept aside, in the last epoch."""
        return self.learned(self.validation.metric[-1], self.validation.loss[-1])


def read(
    experiment: Experiment,
    info: DatasetInfo,
    epochs: Sequence[Mapping[str, float]],
    points: Sequence[Mapping[str, float]],
) -> Curves:
    """Return the curves of a run, up to the first figure that is no finite number.

    Args:
        experiment: What was asked.
        info: Names the metric, and says how many classes there are.
        epochs: Bodies of the run's "epoch" events.
        points: Bodies of its "point" events, all or some of them.
    """
    metric = info.task.metric
    known, inside = list(takewhile(_finite, epochs)), list(takewhile(_finite, points))
    training = _points(known, "loss", metric)
    within = _points(inside, "loss", metric)
    firsts = [*within.loss[:1], *training.loss[:1]] or [0.0]
    samples = training_samples(experiment, info)
    classes = len(info.classes) if info.task is Task.CLASSIFICATION else 0
    few = experiment.training.samples_a_step(samples) < FEW_SAMPLES
    done = max([*training.at[-1:], *within.at[-1:]], default=0.0)
    return Curves(
        training=training,
        validation=_points(known, "val_loss", f"val_{metric}"),
        within=within,
        start=max(firsts) if few and not classes else firsts[0],
        guess=choices.loss(experiment.training.loss).guess(classes) if classes > 1 else None,
        chance=1 / classes if classes > 1 else None,
        samples=samples,
        kept=experiment.data.kept_for_validation(info.validatable),
        planned=experiment.training.epochs,
        steps=round(done * experiment.training.steps_an_epoch(samples)),
    )


def _finite(body: Mapping[str, float]) -> bool:
    return all(map(isfinite, body.values()))


def _points(bodies: Sequence[Mapping[str, float]], loss: str, metric: str) -> Points:
    names = ("epoch", loss, metric)
    return Points(*(tuple(float(body[name]) for body in bodies) for name in names))


def smooth(values: Sequence[float]) -> list[float]:
    """Return each value's median with its neighbours': one lucky or unlucky epoch is no trend.

    The ends have one neighbour less, and are medians of their three.
    """
    if len(values) < 3:
        return list(values)
    inner = [median(values[index - 1 : index + 2]) for index in range(1, len(values) - 1)]
    return [inner[0], *inner, inner[-1]]


def jumps(values: Sequence[float]) -> list[float]:
    """Return how far each inner value stands out from the middle of its neighbours.

    0 where it lies between them: a curve that falls and bends does not jump.
    """
    return [
        abs((before + after) / 2 - value) if (value - before) * (after - value) < 0 else 0.0
        for before, value, after in zip(values, values[1:], values[2:], strict=False)
    ]
