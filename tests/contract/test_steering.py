"""A training is steered on its way: step by step, at another rate; what it confuses is told."""

from __future__ import annotations

import base64
import io
import itertools
from types import SimpleNamespace
from typing import Any

import keras
import numpy as np
import pytest
from PIL import Image
from sklearn.metrics import confusion_matrix

from core.data.split import Samples
from core.experiment.experiment import Experiment
from core.model import recipe
from core.model.build import perform
from core.runs.run import Order, OrderKind, Request
from core.training import chunks, teller
from core.training.mistakes import SHOWN, mistakes
from tests.contract.trainings import Notes, parts, train
from tests.unit.designs import FLAT, NUMBER, SOFTMAX, SQUARES, design, layer
from tests.unit.made_up import HOUSES, PICTURES

BATCH, EPOCH = Order(OrderKind.STEP_BATCH), Order(OrderKind.STEP_EPOCH)
STEPS = 9
"""Batches in an epoch of the designs here: 135 samples, 16 at a time."""


@pytest.fixture(autouse=True)
def _a_point_every_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "SECONDS", 0.0)
    monkeypatch.setattr(teller, "EVENT_SECONDS", 0.0)
    monkeypatch.setattr(teller, "PAUSE_SECONDS", 0.001)


def _design(**plan: object) -> Experiment:
    return design(PICTURES, FLAT, SOFTMAX).with_training(**{"epochs": 3, "batch_size": 16, **plan})


class Person:
    """Somebody at the screen: as soon as the run rests, does what comes next in a script."""

    def __init__(self, *script: Order | Request) -> None:
        self.script = list(script)
        self.request = Request.PAUSE
        self.rests: list[int] = []
        """Batches done, each time the run rested."""

    def __call__(self, notes: Notes) -> Request:
        now = notes.progress[-1]
        if now.paused and self.request is Request.PAUSE and not notes.orders:
            done = max(0, now.epoch - 1) * STEPS + now.step
            if self.rests and self.rests[-1] == done and self._last_was_batch:
                return self.request  # it has not taken the step yet
            self.rests.append(done)
            following = self.script.pop(0) if self.script else Request.GO
            self._last_was_batch = following == BATCH
            if isinstance(following, Order):
                notes.orders.append(following)
            else:
                self.request = following
        return self.request

    _last_was_batch = False


def test_from_a_pause_a_run_takes_one_batch_or_goes_to_the_end_of_the_epoch() -> None:
    person = Person(BATCH, BATCH, EPOCH, BATCH, EPOCH, EPOCH)
    notes = Notes(person)
    _, outcome = train(_design(), notes)
    assert outcome.done
    assert person.rests == [0, 1, 2, STEPS, STEPS + 1, 2 * STEPS]
    assert len(notes.bodies("epoch")) == 3


def test_the_step_that_takes_the_last_batch_finishes_the_epoch() -> None:
    person = Person(*[BATCH] * (STEPS + 2))
    notes = Notes(person)
    _, outcome = train(_design(epochs=2), notes)
    assert outcome.done
    assert person.rests == list(range(STEPS + 3))
    assert [body["step"] for body in notes.bodies("point")] == list(range(1, 2 * STEPS + 1))


@pytest.mark.parametrize(("order", "rests_after"), [(BATCH, 5), (EPOCH, STEPS)])
def test_a_step_asked_for_on_the_way_is_taken_and_then_the_run_rests(
    order: Order, rests_after: int
) -> None:
    asked: list[int] = []

    def ask(notes: Notes) -> Request:
        done = len(notes.bodies("point"))
        if done == 4 and not asked:
            asked.append(done)
            notes.orders.append(order)
        if notes.progress[-1].paused and done >= rests_after:
            asked.append(done)
            return Request.STOP
        return Request.PAUSE if asked else Request.GO

    notes = Notes(ask)
    train(_design(), notes)
    assert asked == [4, rests_after]


def test_a_run_that_is_told_to_go_on_forgets_the_steps_it_was_to_take() -> None:
    rested: list[int] = []

    def ask(notes: Notes) -> Request:
        done = len(notes.bodies("point"))
        if done == 0:
            notes.orders += [BATCH, BATCH, EPOCH] if not rested else []
            rested.append(0)
            return Request.PAUSE
        if done != 4:
            return Request.GO
        rested.append(done)  # paused again, later: no step is left to be taken
        return Request.PAUSE if len(rested) < 9 else Request.GO

    notes = Notes(ask)
    _, outcome = train(_design(epochs=1), notes)
    assert outcome.done
    assert rested[-7:] == [4] * 7
    paused = [progress.step for progress in notes.progress if progress.paused]
    assert 4 in paused


def test_time_in_a_pause_is_no_time_of_training(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SimpleNamespace(now=0.0)

    def sleep(seconds: float) -> None:
        clock.now += 1_000

    def monotonic() -> float:
        clock.now += 1 / 64
        return float(clock.now)

    monkeypatch.setattr(teller, "time", SimpleNamespace(sleep=sleep, monotonic=monotonic))
    notes = Notes(Person(BATCH, BATCH, EPOCH))
    train(_design(epochs=2), notes)
    assert clock.now > 3_000  # it has rested
    assert 0 < notes.progress[-1].seconds < 60
    assert 0 < notes.bodies("epoch")[-1]["seconds"] < 60


# --- another rate on the way ---


def _with_another_rate(
    experiment: Experiment, rate: float, at_step: int
) -> tuple[Notes, keras.Model, list[tuple[int, float]]]:
    """Train, and ask for another rate after a step.

    Returns:
        What was said, the model, and the rate of the step after each one.
    """
    ordered: list[int] = []

    def ask(notes: Notes) -> Request:
        if len(notes.bodies("point")) == at_step and not ordered:
            ordered.append(at_step)
            notes.orders.append(Order(OrderKind.RATE, rate))
        return Request.GO

    notes = Notes(ask)
    model, _ = train(experiment, notes)
    return notes, model, [(body["step"], body["learning_rate"]) for body in notes.bodies("point")]


def _keras_schedule(experiment: Experiment) -> Any:
    call = recipe.schedule(experiment, PICTURES)
    assert call is not None
    return perform(call)


@pytest.mark.parametrize("schedule", ["cosine", "exponential"])
def test_a_schedule_goes_on_in_proportion_from_the_rate_that_was_asked_for(schedule: str) -> None:
    experiment = _design(learning_rate=0.02, schedule=schedule, decay_rate=0.5)
    notes, model, rates = _with_another_rate(experiment, 0.05, at_step=5)
    keras_own = _keras_schedule(experiment)

    def oracle(step: int) -> float:
        return float(keras_own(step))

    ratio = 0.05 / oracle(5)
    for step, rate in rates:
        assert rate == pytest.approx(oracle(step) * (1 if step <= 5 else ratio), rel=1e-4, abs=1e-9)
    assert len(rates) == 3 * STEPS
    (changed,) = notes.bodies("rate")
    assert changed["learning_rate"] == pytest.approx(0.05, rel=1e-5)
    assert changed["before"] == pytest.approx(oracle(5), rel=1e-4)
    assert (changed["step"], changed["epoch"]) == (5, pytest.approx(5 / STEPS, abs=1e-4))
    # the model is Keras's alone again: its optimizer has the schedule of the plan
    saved = model.optimizer.get_config()["learning_rate"]
    assert (saved["class_name"], saved["config"]) == (type(keras_own).__name__, keras_own.get_config())


def test_a_constant_rate_stays_at_the_one_that_was_asked_for() -> None:
    notes, model, rates = _with_another_rate(_design(learning_rate=0.02), 0.05, at_step=5)
    assert [rate for _, rate in rates] == [0.02] * 5 + [0.05] * (3 * STEPS - 5)
    assert notes.bodies("rate")[0]["before"] == 0.02
    assert float(model.optimizer.learning_rate) == pytest.approx(0.05)


@pytest.mark.parametrize("schedule", ["constant", "exponential"])
def test_the_network_learns_at_the_rate_that_was_asked_for(schedule: str) -> None:
    """By plain gradient descent: from the same weights, ten times the rate is ten times the way."""
    plan = {"optimizer": "sgd", "momentum": 0.0, "batching": "all", "epochs": 2, "learning_rate": 0.001}
    plan |= {"schedule": schedule}
    ways = []
    for rate in (0.001, 0.01):
        notes, model, _ = _with_another_rate(_design(**plan), rate, at_step=1)
        before = [notes.states[0].arrays[f"model/{number}"] for number in range(len(model.variables))]
        after = [np.asarray(each.numpy()) for each in model.variables]
        ways.append(np.concatenate([(b - a).ravel() for a, b in zip(before, after, strict=True)]))
    assert ways[1] == pytest.approx(10 * ways[0], rel=1e-2, abs=1e-6)
    assert np.abs(ways[0]).max() > 1e-5


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras 3.15, the rate
def test_a_reduced_rate_is_reduced_further_from_the_rate_that_was_asked_for() -> None:
    # so small that nothing moves by more than Keras counts as progress
    plan = {"schedule": "plateau", "plateau_factor": 0.5, "plateau_patience": 2, "epochs": 7}
    plan |= {"optimizer": "sgd", "momentum": 0.0, "learning_rate": 1e-7}
    notes, _, _ = _with_another_rate(_design(**plan), 1e-8, at_step=3 * STEPS + 4)
    # halved after the epochs 3, 5 and 7; in between another one was asked for
    epochs = [body["learning_rate"] for body in notes.bodies("epoch")]
    assert epochs == pytest.approx([1e-7, 1e-7, 5e-8, 1e-8, 5e-9, 5e-9, 2.5e-9], rel=1e-4)


def test_what_is_no_rate_changes_nothing() -> None:
    notes = Notes()
    notes.orders += [Order(OrderKind.RATE, rate) for rate in (0.0, -1.0, float("nan"), float("inf"))]
    train(_design(learning_rate=0.02, epochs=1), notes)
    assert {body["learning_rate"] for body in notes.bodies("point")} == {0.02}
    assert notes.bodies("rate") == []


def test_a_rate_can_be_changed_in_a_pause_and_the_run_still_rests() -> None:
    person = Person(BATCH, Order(OrderKind.RATE, 0.5), Request.GO)
    notes = Notes(person)
    model, _ = train(_design(learning_rate=0.02, epochs=1), notes)
    assert float(model.optimizer.learning_rate) == 0.5
    (changed,) = notes.bodies("rate")
    assert (changed["step"], changed["learning_rate"], changed["before"]) == (1, 0.5, 0.02)
    assert person.rests == [0, 1, 1]


# --- what is confused ---


Guessing = tuple[Notes, keras.Model, Samples]


@pytest.fixture(scope="module")
def guessing() -> Guessing:
    """What was said of a network that has learned next to nothing, it, and what it was tried on."""
    notes, experiment = Notes(), _design(epochs=2, learning_rate=1e-6)
    model, _ = train(experiment, notes)
    return notes, model, parts(experiment).validation


def test_the_confusion_matrix_is_scikit_learns_of_the_validation_samples(guessing: Guessing) -> None:
    notes, model, validation = guessing
    outputs = model.predict(validation.inputs, verbose=0)
    told = notes.mistakes[-1]
    assert told["epoch"] == 2
    wanted = confusion_matrix(validation.answers, outputs.argmax(axis=1), labels=range(5))
    assert told["matrix"] == wanted.tolist()
    assert told["labels"] == list(PICTURES.classes)
    assert told["samples"] == len(validation) == np.sum(told["matrix"])


def test_the_mistakes_shown_are_the_most_certain_ones_with_their_pictures(guessing: Guessing) -> None:
    notes, model, validation = guessing
    outputs = model.predict(validation.inputs, verbose=0)
    given, truth = outputs.argmax(axis=1), validation.answers
    lead = outputs.max(axis=1) - outputs[np.arange(len(truth)), truth]
    wrong = sorted(np.flatnonzero(given != truth), key=lambda place: -lead[place])
    assert len(wrong) > SHOWN
    told = notes.mistakes[-1]["wrong"]
    assert len(told) == SHOWN
    for place, each in zip(wrong, told, strict=False):
        assert each["truth"] == PICTURES.classes[truth[place]]
        assert each["given"] == PICTURES.classes[given[place]]
        assert each["share"] == pytest.approx(outputs[place].max(), abs=1e-4)
        head, data = each["image"].split(",")
        assert head == "data:image/png;base64"
        picture = np.asarray(Image.open(io.BytesIO(base64.b64decode(data))))
        assert np.array_equal(picture, validation.inputs[place])


def test_outputs_that_are_no_shares_have_none() -> None:
    scores = layer("Dense", units=5, activation="linear")
    experiment = design(PICTURES, FLAT, scores).with_training(loss="hinge", epochs=1, batch_size=45)
    notes = Notes()
    train(experiment, notes)
    assert {each["share"] for each in notes.mistakes[-1]["wrong"]} <= {None}
    assert sum(map(sum, notes.mistakes[-1]["matrix"])) == 15


def test_a_perfect_classifier_confuses_nothing() -> None:
    validation = parts(_design()).validation
    answers = (validation.inputs.reshape(len(validation), -1)[:, 0] % 5).astype(np.uint8)
    outputs = np.eye(5)[answers]
    told = mistakes(outputs, Samples(validation.inputs, answers), PICTURES)
    assert told["wrong"] == []
    assert np.array_equal(told["matrix"], np.diag(np.bincount(answers, minlength=5)))


def test_of_numbers_nothing_is_confused() -> None:
    notes = Notes()
    experiment = design(HOUSES, NUMBER, training=SQUARES).with_training(epochs=1)
    train(experiment, notes, HOUSES)
    assert notes.mistakes == []


def test_short_epochs_are_looked_at_twice_a_second_at_most_and_the_last_one_always(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ticks = itertools.count(step=0.02)  # each look at the clock takes a while: an epoch, 0.2 to 0.4 seconds
    monkeypatch.setattr(teller, "time", SimpleNamespace(sleep=None, monotonic=lambda: float(next(ticks))))
    notes = Notes()
    train(_design(epochs=8), notes)
    epochs = [body["epoch"] for body in notes.mistakes]
    assert epochs[0] == 1
    assert epochs[-1] == 8
    ends = {body["epoch"]: body["seconds"] for body in notes.bodies("epoch")}
    between = [ends[later] - ends[earlier] for earlier, later in itertools.pairwise(epochs[:-1])]
    assert min(between) >= 0.45
    assert len(epochs) < 8
