"""The engine's figures are Keras's own, and it can be paused, stopped and brought to a clear failure."""

from __future__ import annotations

import math

import numpy as np
import pytest

from core.data.split import encode
from core.errors import TrainingFailed
from core.experiment.experiment import Experiment
from core.experiment.presets import preset
from core.runs.run import Request
from core.training import chunks, engine, teller
from core.training.evaluation import evaluate
from tests.contract.trainings import Notes, fitted, parts, train
from tests.unit.designs import NUMBER, SQUARES, design
from tests.unit.made_up import HOUSES, PICTURES


@pytest.fixture(autouse=True)
def _a_point_every_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "SECONDS", 0.0)
    monkeypatch.setattr(teller, "EVENT_SECONDS", 0.0)
    monkeypatch.setattr(teller, "PAUSE_SECONDS", 0.001)


def _design(**plan: object) -> Experiment:
    return (
        preset("article_dropout")
        .experiment(PICTURES)
        .with_training(**{"epochs": 3, "batch_size": 16, **plan})
    )


@pytest.mark.parametrize("loss", ["sparse_categorical_crossentropy", "categorical_crossentropy"])
def test_epochs_have_the_figures_of_keras_own_fit(loss: str) -> None:
    notes = Notes()
    model, outcome = train(_design(loss=loss), notes)
    plain, history = fitted(_design(loss=loss))
    assert outcome == engine.Outcome(done=True)
    epochs = notes.bodies("epoch")
    assert [body["epoch"] for body in epochs] == [1, 2, 3]
    for name in ("loss", "accuracy", "val_loss", "val_accuracy"):
        assert [body[name] for body in epochs] == pytest.approx(history[name], rel=1e-5, abs=1e-6), name
    for ours, theirs in zip(model.get_weights(), plain.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-6)


@pytest.mark.parametrize(("seconds", "batch_size"), [(0.0, 31), (1e-2, 16), (1e9, 31), (0.0, 1_000)])
def test_points_weighted_by_their_samples_add_up_to_the_epoch(
    seconds: float, batch_size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(teller, "EVENT_SECONDS", seconds)
    notes = Notes()
    train(_design(batch_size=batch_size), notes)
    samples, steps = len(parts(_design()).training), notes.progress[-1].steps
    assert steps == math.ceil(samples / batch_size)
    for number, epoch in enumerate(notes.bodies("epoch")):
        points = [each for each in notes.bodies("point") if number < each["epoch"] <= number + 1]
        ends = [min((each["step"] - number * steps) * batch_size, samples) for each in points]
        counts = np.diff([0, *ends])
        assert ends[-1] == samples
        for name in ("loss", "accuracy"):
            mean = float(np.average([each[name] for each in points], weights=counts))
            assert mean == pytest.approx(epoch[name], rel=1e-4, abs=1e-5)


def test_what_is_left_of_an_epoch_is_no_point_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    # of nine batches, the last is short
    monkeypatch.setattr(chunks.Chunks, "next", lambda self, left: min(4, left))
    notes = Notes()
    train(_design(), notes)
    assert [body["step"] for body in notes.bodies("point")] == [4, 9, 13, 18, 22, 27]
    assert [progress.step for progress in notes.progress if progress.epoch == 2][:3] == [4, 8, 9]


def test_a_stop_near_the_end_of_an_epoch_tells_what_was_learned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks.Chunks, "next", lambda self, left: min(4, left))
    notes = Notes(lambda notes: Request.STOP if notes.progress[-1].step == 8 else Request.GO)
    _, outcome = train(_design(), notes)
    assert not outcome.done
    assert [body["step"] for body in notes.bodies("point")] == [4, 8]


def test_points_and_progress_move_forward_only() -> None:
    notes = Notes()
    train(_design(), notes)
    for name in ("epoch", "step", "seconds"):
        values = [body[name] for body in notes.bodies("point")]
        assert values == sorted(values)
        assert values[0] > 0
    shares = [progress.share for progress in notes.progress]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    assert notes.progress[-1].samples_per_second > 0


def test_a_stop_ends_training_within_the_epoch() -> None:
    notes = Notes(lambda notes: Request.STOP if len(notes.bodies("point")) >= 3 else Request.GO)
    model, outcome = train(_design(epochs=10_000), notes)
    assert not outcome.done
    last = notes.progress[-1]
    assert (last.epoch, last.step) == (1, 3)
    assert last.step < last.steps
    assert notes.bodies("epoch") == []
    assert model.optimizer.iterations == 3


def test_a_pause_waits_and_then_goes_on_as_if_nothing_had_been() -> None:
    asked: list[Request] = []

    def ask(notes: Notes) -> Request:
        paused = 2 <= len(asked) < 7
        asked.append(Request.PAUSE if paused else Request.GO)
        return asked[-1]

    notes = Notes(ask)
    model, outcome = train(_design(), notes)
    assert outcome.done
    paused = [number for number, progress in enumerate(notes.progress) if progress.paused]
    assert len(paused) == 1
    before, after = notes.progress[paused[0]], notes.progress[paused[0] + 1]
    assert (before.step, before.seconds) == (after.step, after.seconds)
    plain, _ = fitted(_design())
    for ours, theirs in zip(model.get_weights(), plain.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-6)


def test_a_stop_in_a_pause_ends_training() -> None:
    answers = iter([Request.PAUSE, Request.PAUSE, Request.PAUSE])
    notes = Notes(lambda notes: next(answers, Request.STOP))
    _, outcome = train(_design(), notes)
    assert not outcome.done
    assert any(progress.paused for progress in notes.progress)
    assert not notes.progress[-1].paused


def test_weights_that_run_away_fail_in_words_and_leave_no_figure_that_is_not_finite() -> None:
    running_away = design(HOUSES, NUMBER, training=SQUARES).with_data(normalization="none")
    running_away = running_away.with_training(optimizer="sgd", learning_rate=10.0, epochs=50)
    notes = Notes()
    with pytest.raises(
        TrainingFailed, match=r"no longer a finite number \(epoch \d+\).*smaller learning rate"
    ):
        train(running_away, notes, HOUSES)
    assert all(
        math.isfinite(value)
        for _, body in notes.events
        for value in body.values()
        if not isinstance(value, str)
    )


def test_evaluation_is_keras_own_whatever_its_batches() -> None:
    made = _design(epochs=1)
    kept = parts(made).validation
    model, _ = train(made, Notes())
    found = evaluate(model, kept, PICTURES, made.training)
    answers = encode(kept.answers, made.training.loss, PICTURES)
    expected = model.evaluate(kept.inputs, answers, batch_size=4, verbose=0, return_dict=True)
    assert found == pytest.approx(expected, rel=1e-5)
