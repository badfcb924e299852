"""What the doctor says of trainings that really took place: what a teacher would, and nothing too early."""

from __future__ import annotations

import pytest

from core.data.sources import SOURCES
from core.experiment import edits
from core.experiment.check import check, errors
from core.insight.doctor import diagnose
from core.insight.finding import Kind
from core.insight.remedies import MOST_REMEDIES
from tests.unit.real_trainings import NAMES, REAL, Training

DIGITS = SOURCES["digits"].info

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
