"""The doctor's rules on both sides of their limits, with every loss, and with any figures at all."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.data.sources import SOURCES
from core.experiment import choices
from core.experiment.choices import Labels
from core.experiment.dataset import DatasetInfo, Task
from core.experiment.experiment import Experiment
from core.experiment.presets import preset
from core.insight.curves import jumps, smooth
from core.insight.doctor import MOST_FINDINGS, diagnose
from core.insight.finding import Kind
from tests.unit.made_up import HOUSES
from tests.unit.real_trainings import REAL, Bodies

DIGITS = SOURCES["digits"].info
NOTEBOOK = preset("notebook_rescaled").experiment(DIGITS)


def _say(
    losses: Sequence[float],
    validation: Sequence[float] | None = None,
    accuracy: float | Sequence[float] = 0.95,
    experiment: Experiment | None = None,
    info: DatasetInfo = DIGITS,
) -> list[Kind]:
    """Return the kinds of findings of a training that ended with these losses, one an epoch."""
    metric = info.task.metric
    validation = losses if validation is None else validation
    right = [accuracy] * len(losses) if isinstance(accuracy, float) else accuracy
    epochs = [
        {"epoch": number, "loss": loss, "val_loss": other, metric: share, f"val_{metric}": share}
        for number, (loss, other, share) in enumerate(zip(losses, validation, right, strict=True), start=1)
    ]
    start = choices.loss("sparse_categorical_crossentropy").guess(10) if info is DIGITS else losses[0]
    points = [{"epoch": 0.02, "loss": start, metric: right[0] if right else 0.0}, *epochs]
    design = (experiment or NOTEBOOK).with_training(epochs=max(1, len(losses)))
    return [finding.kind for finding in diagnose(design, info, epochs, points)]


def test_before_anything_happened_nothing_is_said() -> None:
    assert diagnose(NOTEBOOK, DIGITS, [], []) == ()
    assert diagnose(NOTEBOOK, DIGITS, [], [{"epoch": 0.02, "loss": 2.3, "accuracy": 0.1}]) == ()


@pytest.mark.parametrize("count", [1, 2])
def test_of_less_than_three_epochs_nothing_good_or_bad_is_said(count: int) -> None:
    assert _say([0.4, 0.2][:count]) == _say([2.3, 2.3][:count], accuracy=0.1) == []


def test_a_loss_that_stays_at_guessing_is_seen_after_three_epochs() -> None:
    assert _say([2.3, 2.3, 2.3], accuracy=0.1) == [Kind.NOT_LEARNING]
    assert Kind.NOT_LEARNING not in _say([2.3, 2.3, 2.1], accuracy=0.1)
    assert Kind.NOT_LEARNING not in _say([2.3, 2.3, 2.3], accuracy=0.4)


def test_a_jump_that_is_made_good_is_no_divergence() -> None:
    assert _say([9.0, 2.31, 2.3], accuracy=0.1) == [Kind.DIVERGING]
    assert Kind.DIVERGING not in _say([9.0, 0.9, 0.5, 0.3, 0.2])


VALIDATION = [0.5, 0.2, 0.1, 0.11, 0.12, 0.13, 0.14]
MANY = SOURCES["mnist"].info


def test_validation_that_rises_is_overfitting_only_where_training_still_falls() -> None:
    assert _say([0.5, 0.2, 0.09, 0.05, 0.03, 0.02, 0.01], VALIDATION, info=MANY)[0] is Kind.OVERFITTING
    assert Kind.OVERFITTING not in _say([0.5, 0.2, 0.09, 0.09, 0.09, 0.09, 0.09], VALIDATION, info=MANY)
    assert Kind.OVERFITTING not in _say(
        [0.5, 0.2, 0.09, 0.05, 0.03, 0.02, 0.01], VALIDATION[:4] + [0.1] * 3
    )


def test_a_rise_that_a_handful_of_samples_could_make_is_none() -> None:
    falling = [0.5, 0.2, 0.09, 0.05, 0.03, 0.02, 0.01]
    little = [0.5, 0.2, 0.03, 0.04, 0.045, 0.05, 0.055]
    assert Kind.OVERFITTING in _say(falling, little, info=MANY)  # 6,000 samples kept aside
    assert Kind.OVERFITTING not in _say(falling, little, info=DIGITS)  # 144


def test_a_curve_that_zigzags_learns_in_jumps_and_one_that_bends_does_not() -> None:
    zigzag = [0.9, 0.4, 0.7, 0.3, 0.6, 0.3, 0.6, 0.3]
    assert _say(zigzag, zigzag) == [Kind.NOISY]
    assert Kind.NOISY not in _say(sorted(zigzag, reverse=True))


def test_more_epochs_are_offered_only_when_all_planned_ones_are_over() -> None:
    falling = [1.6, 1.2, 0.9, 0.7, 0.5]
    assert Kind.IMPROVING in _say(falling)
    assert NOTEBOOK.training.epochs > len(falling)
    bodies = [
        {"epoch": number, "loss": loss, "val_loss": loss, "accuracy": 0.8, "val_accuracy": 0.8}
        for number, loss in enumerate(falling, start=1)
    ]
    assert diagnose(NOTEBOOK, DIGITS, bodies, bodies) == ()


def test_a_last_epoch_that_went_wrong_is_neither_good_nor_better() -> None:
    assert _say([0.6, 0.4, 0.3, 0.2, 0.1, 0.08], [0.6, 0.4, 0.3, 0.2, 0.1, 0.08]) == [
        Kind.GOOD,
        Kind.IMPROVING,
    ]
    assert _say([0.6, 0.4, 0.3, 0.2, 0.1, 0.08], [0.6, 0.4, 0.3, 0.2, 0.1, 0.7]) == []


def test_early_stopping_that_waits_on_a_plateau_is_told_of_none() -> None:
    still = [0.3, 0.1, *[0.05] * 10]
    assert _say(still) == [Kind.GOOD, Kind.PLATEAU]
    assert _say(still, experiment=NOTEBOOK.with_training(early_stopping=True)) == [Kind.GOOD]


# --- every loss, any figures ---

CLASS_LOSSES = [each for each in choices.LOSSES if each.labels_for(Task.CLASSIFICATION)]


def _by_hand(loss: str, right: float, wrong: float, classes: int) -> float:
    """Return a loss of one sample for which every class gets the answer `wrong`, the right one `right`."""
    others = classes - 1
    figures: dict[str, Callable[[], float]] = {
        "sparse_categorical_crossentropy": lambda: -math.log(right / (right + others * wrong)),
        "categorical_crossentropy": lambda: -math.log(right / (right + others * wrong)),
        "binary_crossentropy": lambda: -(math.log(right) + others * math.log(1 - wrong)) / classes,
        "mean_squared_error": lambda: ((1 - right) ** 2 + others * wrong**2) / classes,
        "mean_absolute_error": lambda: (abs(1 - right) + others * abs(wrong)) / classes,
        "huber": lambda: ((1 - right) ** 2 + others * wrong**2) / 2 / classes,
        "hinge": lambda: (max(0.0, 1 - right) + others * max(0.0, 1 + wrong)) / classes,
        "squared_hinge": lambda: (max(0.0, 1 - right) ** 2 + others * max(0.0, 1 + wrong) ** 2) / classes,
        "categorical_hinge": lambda: max(0.0, wrong - right + 1),
    }
    return figures[loss]()


@pytest.mark.parametrize("classes", [2, 5, 10])
@pytest.mark.parametrize("loss", CLASS_LOSSES, ids=lambda loss: loss.value)
def test_guessing_costs_what_the_best_answer_costs_that_is_the_same_for_all(
    loss: choices.Loss, classes: int
) -> None:
    low = -2.0 if loss.labels_for(Task.CLASSIFICATION) is Labels.SIGNED else 0.001
    answers = [low + step * (0.999 - low) / 2_000 for step in range(2_001)]
    best = min(_by_hand(loss.value, answer, answer, classes) for answer in answers)
    assert loss.guess(classes) == pytest.approx(best, rel=0.02)


@pytest.mark.parametrize("loss", CLASS_LOSSES, ids=lambda loss: loss.value)
def test_guessing_is_seen_with_every_loss(loss: choices.Loss) -> None:
    design = NOTEBOOK.with_training(loss=loss.value)
    still = [loss.guess(10)] * 5
    assert Kind.NOT_LEARNING in _say(still, accuracy=0.11, experiment=design)
    assert Kind.NOT_LEARNING not in _say([each / 2 for each in still], accuracy=0.9, experiment=design)


figures = st.floats(allow_nan=True, allow_infinity=True) | st.floats(-1, 5) | st.just(0.0)


@st.composite
def _anything(draw: st.DrawFn) -> tuple[DatasetInfo, Bodies, Bodies]:
    info = draw(st.sampled_from([DIGITS, HOUSES]))
    names = ["loss", "val_loss", info.task.metric, f"val_{info.task.metric}"]
    made: list[Bodies] = []
    for size in (draw(st.integers(0, 14)), draw(st.integers(0, 40))):
        rows = draw(st.lists(st.lists(figures, min_size=4, max_size=4), min_size=size, max_size=size))
        made.append(
            [{"epoch": 1.0 + index, **dict(zip(names, row, strict=True))} for index, row in enumerate(rows)]
        )
    return info, made[0], made[1]


@given(_anything())
def test_whatever_the_figures_it_says_little_and_in_order(
    drawn: tuple[DatasetInfo, Bodies, Bodies],
) -> None:
    info, epochs, points = drawn
    design = preset("article").experiment(info)
    found = diagnose(design, info, epochs, points)
    order = [list(Kind).index(finding.kind) for finding in found]
    assert order == sorted(set(order))
    assert len(found) <= MOST_FINDINGS


def test_figures_behind_one_that_is_no_number_are_not_read() -> None:
    training = REAL["digits_notebook"]
    broken: list[dict[str, Any]] = [{**training.epochs[-1], "epoch": 11, "loss": math.nan}]
    design = training.experiment.with_training(epochs=11)
    assert [
        finding.kind
        for finding in diagnose(design, DIGITS, training.epochs + broken + broken, training.points)
    ] == [Kind.GOOD]


def test_smoothing_forgets_a_single_epoch_and_keeps_a_trend() -> None:
    assert smooth([1.0, 9.0, 0.8, 0.7, 0.6]) == [1.0, 1.0, 0.8, 0.7, 0.7]
    assert smooth([3.0, 1.0]) == [3.0, 1.0]


def test_a_jump_is_how_far_a_turn_stands_out() -> None:
    assert jumps([4.0, 2.0, 1.0]) == [0.0]
    assert jumps([1.0, 4.0, 1.0, 1.0]) == [3.0, 0.0]
