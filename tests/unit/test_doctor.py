"""What the doctor says of curves, real ones above all: what a teacher would, and nothing too early.

`curves/` holds trainings that really took place, each with what a good teacher would say of it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.data.sources import SOURCES
from core.experiment import choices, edits
from core.experiment.check import check, errors
from core.experiment.choices import Labels
from core.experiment.dataset import DatasetInfo, Task
from core.experiment.experiment import Experiment
from core.experiment.presets import preset
from core.insight.curves import jumps, smooth
from core.insight.doctor import MOST_FINDINGS, diagnose
from core.insight.finding import Finding, Kind
from core.insight.remedies import MOST_REMEDIES
from tests.unit.made_up import HOUSES

DIGITS = SOURCES["digits"].info
INFOS = {**{name: each.info for name, each in SOURCES.items()}, HOUSES.name: HOUSES}
Bodies = list[dict[str, float]]


@dataclass(frozen=True)
class Training:
    """A training that took place.

    Attributes:
        about: What was trained.
        says: The kinds of finding that a teacher would name, the most important first.
        experiment: The design.
        epochs: Bodies of its "epoch" events.
        points: Bodies of some of its "point" events.
    """

    about: str
    says: list[str]
    experiment: Experiment
    epochs: Bodies
    points: Bodies

    @property
    def info(self) -> DatasetInfo:
        """What its data set declares."""
        return INFOS[self.experiment.data.dataset]

    def findings(self, until: float = math.inf, every: int = 1) -> tuple[Finding, ...]:
        """Return what is said when it is at a place, of every so many points."""
        epochs = [body for body in self.epochs if body["epoch"] <= until]
        points = [body for body in self.points if body["epoch"] <= until]
        return diagnose(self.experiment, self.info, epochs, points[::every])

    def kinds(self, until: float = math.inf, every: int = 1) -> list[str]:
        """Return the kinds of what is said."""
        return [str(finding.kind) for finding in self.findings(until, every)]


def _rows(columns: Mapping[str, Sequence[float]]) -> Bodies:
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _training(path: Path) -> Training:
    kept = json.loads(path.read_text(encoding="utf-8"))
    experiment = Experiment.from_dict(kept["experiment"])
    return Training(kept["about"], kept["says"], experiment, _rows(kept["epochs"]), _rows(kept["points"]))


REAL = {path.stem: _training(path) for path in sorted((Path(__file__).parent / "curves").glob("*.json"))}
NAMES = sorted(REAL)


# --- real trainings ---


def test_every_kind_of_finding_is_seen_in_a_real_training() -> None:
    assert {kind for training in REAL.values() for kind in training.says} == set(Kind)


@pytest.mark.parametrize("name", NAMES)
def test_of_a_real_training_it_says_what_a_teacher_would(name: str) -> None:
    assert REAL[name].kinds() == REAL[name].says, REAL[name].about


@pytest.mark.parametrize("name", NAMES)
def test_it_says_the_same_of_half_the_points(name: str) -> None:
    assert REAL[name].kinds(every=2) == REAL[name].says


BAD = {Kind.DIVERGING, Kind.NOT_LEARNING, Kind.LAGGING, Kind.OVERFITTING, Kind.NOISY, Kind.UNDERFITTING}


@pytest.mark.parametrize("name", [name for name in NAMES if not BAD.intersection(REAL[name].says)])
def test_on_the_way_to_a_good_end_no_alarm_is_raised(name: str) -> None:
    training = REAL[name]
    places = [body["epoch"] for body in training.points]
    assert {kind for place in places for kind in training.kinds(until=place)} & BAD == set()


@pytest.mark.parametrize(
    "name", [name for name in NAMES if {"diverging", "not learning"} & {*REAL[name].says}]
)
def test_what_cannot_work_is_seen_before_half_of_the_training_is_over(name: str) -> None:
    training = REAL[name]
    half = training.points[-1]["epoch"] * 0.8 if len(training.epochs) < 3 else len(training.epochs) / 2
    assert training.kinds(until=half) == training.says


@pytest.mark.parametrize("name", NAMES)
def test_a_finding_begins_within_the_training(name: str) -> None:
    for finding in REAL[name].findings():
        assert finding.since is None or 0 <= finding.since <= REAL[name].points[-1]["epoch"]


def test_a_mark_stands_where_a_person_would_put_it() -> None:
    def since(name: str) -> float | None:
        return REAL[name].findings()[0].since

    assert since("mnist_article") == 5  # validation is lowest after epoch 5
    assert since("houses_diverging") == 1
    assert since("digits_one_sample_lost") == 1  # 29.8 % right after the first epoch, then never again
    late = REAL["digits_50_epochs"].findings()[1].since
    assert late is not None
    assert 15 <= late <= 25


def test_the_evidence_holds_the_figures_of_the_curve() -> None:
    (overfitting,) = REAL["mnist_article"].findings()
    assert overfitting.evidence == (
        "Since epoch 5 the training loss fell from 0.0622 to 0.0343; the validation loss rose from 0.111 "
        "to about 0.123. It gets 99.0 % of the samples right that it learns from, and 96.3 % of the others."
    )
    (nothing,) = REAL["digits_zeros"].findings()
    assert nothing.evidence == (
        "After 10 epochs the training loss is 2.3, and 10.4 % of the answers are right. "
        "Guessing gives 2.3 and 10.0 %."
    )


@pytest.mark.parametrize("name", NAMES)
def test_every_finding_is_told_in_whole_sentences(name: str) -> None:
    for finding in REAL[name].findings():
        for text in (finding.title, finding.evidence, finding.meaning):
            assert text[0].isupper()
            assert text.endswith(".")
            assert "nan" not in text
            assert "inf" not in text


# --- remedies ---


@pytest.mark.parametrize("name", NAMES)
def test_every_remedy_gives_another_design_that_can_be_trained(name: str) -> None:
    training = REAL[name]
    for finding in training.findings():
        after = [remedy.edit(training.experiment) for remedy in finding.remedies]
        assert len(after) <= MOST_REMEDIES
        assert len({training.experiment, *after}) == len(after) + 1
        assert [errors(check(each, training.info)) for each in after] == [()] * len(after)
        assert bool(after) is (finding.kind is not Kind.GOOD)


def _labels(training: Training, **settings: object) -> list[str]:
    experiment = training.experiment.with_training(**settings) if settings else training.experiment
    finding = diagnose(experiment, training.info, training.epochs, training.points)[0]
    return [remedy.label for remedy in finding.remedies]


def test_against_overfitting_it_offers_what_is_not_there_yet() -> None:
    training = REAL["mnist_article"]
    early, dropout, penalty = (
        "Rerun with early stopping",
        "Rerun with dropout 0.2",
        "Rerun with an L2 penalty of 0.0001",
    )
    assert _labels(training) == [early, dropout, penalty]
    assert _labels(training, early_stopping=True) == [dropout, penalty, "Rerun with layers half as wide"]
    assert _labels(_with_dropout(training, 0.2))[1] == "Rerun with dropout 0.4"
    assert _labels(_with_dropout(training, 0.5)) == [early, penalty, "Rerun with layers half as wide"]
    assert _labels(REAL["digits_144_samples"])[0] == "Rerun with more samples to learn from"


def test_with_early_stopping_overfitting_costs_time_alone_and_that_is_said() -> None:
    (late,), (early,) = (REAL[f"digits_144_samples{name}"].findings() for name in ("", "_early"))
    assert "Early stopping keeps the weights of the best epoch" in early.meaning
    assert "Early stopping" not in late.meaning


def _with_dropout(training: Training, rate: float) -> Training:
    design = edits.insert(training.experiment, 2, "Dropout", rate=rate)
    return Training("", [], design, training.epochs, training.points)


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("digits_sgd_10", "Rerun with a learning rate of 0.01"),
        ("digits_sgd_0.0000001", "Rerun with a learning rate of 0.01"),
        ("digits_raw_pixels", "Rerun with inputs scaled to 0–1"),
        ("digits_two_samples", "Rerun with a learning rate of 0.001"),
        ("digits_zeros", "Rerun: start from Glorot uniform"),
        ("digits_one_neuron", "Rerun with wider layers"),
        ("digits_deep_sigmoid", "Rerun with ReLU in hidden layers"),
        ("digits_absolute_error", "Rerun with cross-entropy (integer labels)"),
        ("digits_four_neurons", "Rerun with wider layers"),
        ("digits_heavy_dropout", "Rerun with dropout 0.4"),
        ("digits_resnet", "Rerun with a momentum of 0.9 in batch normalization"),
        ("digits_adam_0.00001", "Rerun with 20 epochs"),
        ("houses_linear", "Rerun with 120 epochs"),
    ],
)
def test_the_likeliest_remedy_comes_first(name: str, first: str) -> None:
    assert _labels(REAL[name])[0] == first


def test_all_layers_that_start_with_zeros_are_mended_at_once() -> None:
    training = REAL["digits_zeros"]
    (finding,) = training.findings()
    after = finding.remedies[0].edit(training.experiment)
    assert {each.code for each in check(after, training.info)} == set()


# --- curves made up to stand on both sides of a limit ---

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
    training = Training("", [], NOTEBOOK, [], [])
    assert training.experiment.training.epochs > len(falling)
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
