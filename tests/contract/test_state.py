"""A training goes on from its state as if it had never been interrupted."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import keras
import numpy as np
import pytest

from core.data.split import Parts, Samples
from core.errors import FileDamaged
from core.experiment.experiment import Experiment
from core.model import recipe
from core.model.build import build, perform
from core.runs.run import Order, OrderKind, Request
from core.training import chunks, engine, teller
from core.training.state import Position, State, capture, restore, restore_callbacks
from tests.contract.trainings import Notes, parts, way
from tests.unit.designs import FLAT, SOFTMAX, design, layer
from tests.unit.made_up import PICTURES

pytestmark = [
    pytest.mark.usefixtures("step_by_step"),
    pytest.mark.filterwarnings("ignore:.*run_functions_eagerly.*:UserWarning"),
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),  # Keras 3.15
]


@pytest.fixture(autouse=True)
def _a_point_every_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "SECONDS", 0.0)
    monkeypatch.setattr(teller, "EVENT_SECONDS", 0.0)


# --- to bytes and back ---


NOISY = design(
    PICTURES,
    layer("Conv2D", filters=3),
    layer("BatchNormalization"),
    layer("Dropout", rate=0.4),
    layer("GaussianNoise"),
    FLAT,
    SOFTMAX,
).with_training(epochs=1, batch_size=32, early_stopping=True, schedule="plateau")


@pytest.fixture(scope="module")
def trained() -> tuple[keras.Model, Parts, list[keras.callbacks.Callback]]:
    """A model with dropout and running means that has learned for an epoch, and its callbacks."""
    data = parts(NOISY)
    model = build(NOISY, PICTURES, data.statistics)
    planned = [perform(call) for call in recipe.callbacks(NOISY.training)]
    model.fit(
        data.training.inputs,
        data.training.answers,
        batch_size=32,
        validation_data=(data.validation.inputs, data.validation.answers),
        callbacks=planned,
        verbose=0,
    )
    return model, data, planned


Trained = tuple[keras.Model, Parts, list[keras.callbacks.Callback]]


def _restored(trained: Trained, state: State) -> keras.Model:
    model = build(NOISY, PICTURES, trained[1].statistics)
    restore(model, State.from_bytes(state.to_bytes()))
    return model


def _values(variables: list[Any]) -> list[np.ndarray]:
    return [np.array(each.numpy()) for each in variables]


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
def test_weights_running_means_optimizer_and_dice_are_the_same_in_a_new_model(trained: Trained) -> None:
    model, data, planned = trained
    again = _restored(trained, capture(model, planned, Position(epoch=1)))
    for new, old in ((again, model), (again.optimizer, model.optimizer)):
        for one, other in zip(_values(new.variables), _values(old.variables), strict=True):
            assert one.dtype == other.dtype
            assert np.array_equal(one, other)
    assert int(again.optimizer.iterations) == 5
    some = data.training.inputs[:9]
    for _ in range(2):  # the same dice fall, one throw after the other
        thrown, wanted = (np.asarray(each(some, training=True)) for each in (again, model))
        assert np.array_equal(thrown, wanted)
    assert not np.allclose(thrown, model(some, training=False), atol=1e-3)


def test_what_callbacks_have_counted_is_the_same_in_new_ones(trained: Trained) -> None:
    model, _, planned = trained
    stopping, plateau = planned
    stopping.wait, stopping.best, stopping.best_epoch = 2, np.float32(0.25), 7
    stopping.best_weights = [np.full((2, 2), 3.0, np.float32), np.zeros(3, np.float32)]
    plateau.wait, plateau.cooldown_counter, plateau.best = 1, 4, 0.5
    state = State.from_bytes(capture(model, planned, Position(epoch=9)).to_bytes())
    fresh = [perform(call) for call in recipe.callbacks(NOISY.training)]
    restore_callbacks(fresh, state)
    assert (fresh[0].wait, fresh[0].best, fresh[0].best_epoch) == (2, 0.25, 7)
    for ours, theirs in zip(fresh[0].best_weights, stopping.best_weights, strict=True):
        assert np.array_equal(ours, theirs)
    assert (fresh[1].wait, fresh[1].cooldown_counter, fresh[1].best) == (1, 4, 0.5)


def test_position_and_origin_come_back_as_they_were(trained: Trained) -> None:
    model, _, planned = trained
    position = Position(3, 45, 1.5, scale=0.5, ended=True, done=True, best_epoch=2)
    content = capture(model, planned, position).to_bytes(run="an id", seq=12)
    state = State.from_bytes(content)
    assert state.position == position
    assert state.origin == {"run": "an id", "seq": 12}


def test_nothing_in_a_state_is_ever_run() -> None:
    class Trap:
        def __reduce__(self) -> tuple[Any, tuple[str]]:
            return pytest.fail, ("a file was run",)

    packed = io.BytesIO()
    notes = np.frombuffer(json.dumps({}).encode(), np.uint8)
    np.savez(packed, allow_pickle=True, notes=notes, trap=np.array([Trap()], dtype=object))
    with pytest.raises(FileDamaged):
        State.from_bytes(packed.getvalue())


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"x" * 999, b"\x93NUMPY"], ids=range(4))
def test_what_is_no_state_is_refused(content: bytes) -> None:
    with pytest.raises(FileDamaged, match="no state"):
        State.from_bytes(content)


def test_a_state_cut_off_anywhere_is_refused(trained: Trained) -> None:
    model, _, planned = trained
    content = capture(model, planned, Position(epoch=1)).to_bytes()
    for length in range(0, len(content), max(1, len(content) // 40)):
        with pytest.raises(FileDamaged):
            State.from_bytes(content[:length])


@pytest.mark.parametrize("filters", [None, 4], ids=["other layers", "other sizes"])
def test_another_networks_state_is_refused_in_words(trained: Trained, filters: int | None) -> None:
    model, data, planned = trained
    stack = (FLAT, SOFTMAX) if filters is None else (layer("Conv2D", filters=filters), FLAT, SOFTMAX)
    other = build(design(PICTURES, *stack), PICTURES, data.statistics)
    with pytest.raises(FileDamaged, match="another network's"):
        restore(other, capture(model, planned, Position()))


# --- on from where it was ---


def _doubtful(experiment: Experiment) -> Parts:
    """Return data on which the validation loss rises after some epochs."""
    data = parts(experiment)
    answers = data.validation.answers.copy()
    answers[::3] = (answers[::3] + 1) % 5
    return replace(data, validation=Samples(data.validation.inputs, answers))


def _train(
    experiment: Experiment, notes: Notes, begin: State | None = None
) -> tuple[list[np.ndarray], engine.Outcome]:
    data = _doubtful(experiment)
    model = build(experiment, PICTURES, data.statistics)
    path = way(experiment, PICTURES)
    outcome = engine.train(model, data, PICTURES, experiment, notes, path=path, begin=begin)
    return _values(model.variables), outcome


def _all_at_once(**plan: object) -> Experiment:
    """Return a design where no order of samples matters: each step learns from all of them."""
    told = {"batching": "all", "epochs": 8, "learning_rate": 0.02, **plan}
    return design(PICTURES, FLAT, layer("Dense", units=6), SOFTMAX).with_training(**told)


PLANS: Mapping[str, Mapping[str, object]] = {
    "cosine": {"schedule": "cosine", "optimizer": "rmsprop"},
    "exponential, another rate": {"schedule": "exponential", "decay_rate": 0.5, "rate": 0.05},
    "momentum, another rate": {"optimizer": "sgd", "momentum": 0.9, "nesterov": True, "rate": 0.005},
    "plateau": {"schedule": "plateau", "plateau_patience": 2, "plateau_factor": 0.3, "learning_rate": 0.1},
    "early stopping": {"early_stopping": True, "patience": 4, "epochs": 60, "learning_rate": 0.05},
}


@pytest.mark.parametrize("name", PLANS)
def test_a_resumed_training_ends_where_an_uninterrupted_one_does(name: str) -> None:
    plan = dict(PLANS[name])
    rate = plan.pop("rate", None)

    def ask(notes: Notes) -> Request:
        if rate and len(notes.bodies("epoch")) == 2 and not notes.bodies("rate"):
            notes.orders.append(Order(OrderKind.RATE, float(str(rate))))
        return Request.GO

    experiment = _all_at_once(**plan)
    whole = Notes(ask)
    weights, outcome = _train(experiment, whole)
    epochs = whole.bodies("epoch")
    at = len(epochs) - 3 if "early_stopping" in plan else 5  # early stopping has begun to count by then
    state = whole.states[at - 1]
    assert state.position.epoch == at
    rest = Notes()
    weights_again, outcome_again = _train(experiment, rest, begin=state)
    assert outcome_again == outcome
    assert [body["epoch"] for body in rest.bodies("epoch")] == list(range(at + 1, len(epochs) + 1))
    for ours, theirs in zip(rest.bodies("epoch"), epochs[at:], strict=True):
        for figure in ("loss", "accuracy", "val_loss", "val_accuracy", "learning_rate", "step"):
            assert ours[figure] == pytest.approx(theirs[figure], rel=1e-4, abs=1e-6), figure
        assert ours["seconds"] > state.position.seconds
    for one, other in zip(weights_again, weights, strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-6)
    if "early_stopping" in plan:
        assert outcome.best_epoch is not None
        assert outcome.best_epoch < at < len(epochs) < 60
    assert whole.states[-1].position.ended
    # nothing more is trained from there
    after = Notes()
    assert _train(experiment, after, begin=whole.states[-1])[1] == outcome
    assert after.events == []


def test_after_a_resume_samples_come_in_the_order_in_which_they_would_have_come() -> None:
    experiment = NOISY.with_training(epochs=3, batch_size=16, early_stopping=False)
    whole, rest = Notes(), Notes()
    weights, _ = _train(experiment, whole)
    weights_again, _ = _train(experiment, rest, begin=whole.states[0])
    points, points_again = (
        [body["loss"] for body in notes.bodies("point") if body["epoch"] > 1] for notes in (whole, rest)
    )
    assert points_again == points
    for one, other in zip(weights_again, weights, strict=True):
        assert np.array_equal(one, other)
