"""Every plan that check lets pass trains: losses, outputs, optimizers, rates, batches, early stopping."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.data.split import Samples, encode
from core.experiment import choices
from core.experiment.check import check, errors
from core.experiment.dataset import Task
from core.experiment.experiment import Experiment
from core.experiment.layer import Layer
from core.model.build import build
from core.training import engine
from core.training.evaluation import evaluate
from tests.contract.trainings import Notes, all_finite, info_for, parts, train, way
from tests.unit.designs import FLAT, SOFTMAX, design, layer
from tests.unit.made_up import PICTURES

PAIRS = [
    pytest.param(loss, task, activation, id=f"{loss.value}-{task}-{activation.value}")
    for loss in choices.LOSSES
    for task in loss.labels
    for activation in choices.ACTIVATIONS
    if activation.output is loss.needs
]


@pytest.mark.filterwarnings("ignore:.*run_functions_eagerly.*:UserWarning")
@pytest.mark.usefixtures("step_by_step")
@pytest.mark.parametrize(("loss", "task", "activation"), PAIRS)
def test_every_loss_trains_with_every_output_that_it_reads(
    loss: choices.Loss, task: Task, activation: choices.Activation
) -> None:
    info = info_for(task)
    output = layer("Dense", units=info.outputs, activation=activation.value)
    stack: tuple[Layer, ...] = (output,) if task is Task.REGRESSION else (FLAT, output)
    made = design(info, *stack).with_training(loss=loss.value)
    assert errors(check(made, info)) == ()
    data = parts(made, info)
    model = build(made, info, data.statistics)
    before = model.get_weights()
    answers = encode(data.training.answers, loss.value, info)
    kept = model.fit(data.training.inputs, answers, batch_size=48, epochs=1, shuffle=False, verbose=0)
    assert np.isfinite(kept.history["loss"]).all()
    assert all_finite(model)
    assert any(not np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))


def _design(*stack: Layer, **plan: object) -> Experiment:
    hidden = stack or (FLAT, layer("Dense", units=12))
    return design(PICTURES, *hidden, SOFTMAX).with_training(**{"epochs": 2, "batch_size": 45, **plan})


@pytest.mark.parametrize("row", choices.OPTIMIZERS, ids=lambda each: each.value)
def test_every_optimizer_at_its_usual_rate_makes_the_loss_smaller(row: choices.Optimizer) -> None:
    notes = Notes()
    plan = {"momentum": 0.5, "nesterov": True, "learning_rate": row.usual, "epochs": 4}
    model, outcome = train(_design(optimizer=row.value, **plan), notes)
    losses = [body["loss"] for body in notes.bodies("epoch")]
    assert outcome == engine.Outcome(done=True)
    assert losses[-1] < losses[0]
    assert all_finite(model)


@pytest.mark.parametrize(
    ("schedule", "expected"), [("constant", 0.02), ("cosine", 0.0), ("exponential", 0.02 * 0.6**2)]
)
def test_a_rate_has_come_where_it_should_when_the_last_step_is_done(schedule: str, expected: float) -> None:
    model, _ = train(_design(schedule=schedule, learning_rate=0.02, decay_rate=0.6), Notes())
    assert int(model.optimizer.iterations) == 6
    assert float(model.optimizer.learning_rate) == pytest.approx(expected, abs=1e-8)


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras 3.15, the rate
def test_a_rate_is_reduced_once_the_validation_loss_has_stopped_falling() -> None:
    # so small that nothing moves by more than Keras counts as progress
    plan = {"learning_rate": 1e-7, "plateau_factor": 0.5, "plateau_patience": 2, "epochs": 5}
    model, _ = train(_design(schedule="plateau", **plan), Notes())
    assert float(model.optimizer.learning_rate) == pytest.approx(1e-7 / 4, rel=1e-4)


@pytest.mark.parametrize(
    ("batching", "size", "steps"),
    [("mini_batch", 45, 3), ("mini_batch", 40, 4), ("stochastic", 45, 135), ("all", 45, 1)],
)
def test_an_epoch_has_as_many_steps_as_its_batches(batching: str, size: int, steps: int) -> None:
    notes = Notes()
    made = _design(batching=batching, batch_size=size)
    model, _ = train(made, notes)
    assert int(model.optimizer.iterations) == 2 * steps
    assert notes.progress[-1].steps == steps == made.training.steps_an_epoch(135)
    assert notes.progress[-1].share == 1.0


# --- early stopping ---


def _doubtful(**plan: object) -> tuple[list[float], engine.Outcome, float]:
    """Train towards answers of which a third is wrong in validation: better at first, then too sure.

    Returns:
        The validation loss of each epoch, how it ended, and the validation loss of the weights kept.
    """
    made, notes = _design(learning_rate=0.005, **plan), Notes()
    data = parts(made)
    answers = data.validation.answers.copy()
    answers[::3] = (answers[::3] + 1) % 5
    data = replace(data, validation=Samples(data.validation.inputs, answers))
    model = build(made, PICTURES, data.statistics)
    outcome = engine.train(model, data, PICTURES, made, notes, path=way(made, PICTURES))
    seen = [body["val_loss"] for body in notes.bodies("epoch")]
    return seen, outcome, evaluate(model, data.validation, PICTURES, made.training)["loss"]


def test_training_ends_early_and_keeps_the_weights_of_the_best_epoch() -> None:
    seen, outcome, kept = _doubtful(early_stopping=True, patience=3, epochs=60)
    best = int(np.argmin(seen)) + 1
    assert best > 1
    assert len(seen) == best + 3 < 60
    assert outcome == engine.Outcome(done=True, best_epoch=best)
    assert kept == pytest.approx(seen[best - 1], rel=1e-4)


def test_the_best_epochs_weights_are_kept_even_where_training_was_not_cut_short() -> None:
    seen, outcome, kept = _doubtful(early_stopping=True, patience=50, epochs=20)
    best = int(np.argmin(seen)) + 1
    assert len(seen) == 20 > best
    assert outcome == engine.Outcome(done=True, best_epoch=best)
    assert kept == pytest.approx(seen[best - 1], rel=1e-4)


def test_without_early_stopping_the_last_weights_are_kept() -> None:
    seen, outcome, kept = _doubtful(epochs=20)
    assert outcome == engine.Outcome(done=True, best_epoch=None)
    assert len(seen) == 20
    assert seen[-1] > 1.1 * min(seen)
    assert kept == pytest.approx(seen[-1], rel=1e-4)


# --- layers that are different while training ---

NOISY = (
    layer("RandomRotation"),
    layer("RandomTranslation"),
    layer("RandomZoom"),
    layer("RandomContrast"),
    layer("GaussianNoise"),
    layer("Residual", (layer("Conv2D", filters=4, padding="same"), layer("SpatialDropout2D"))),
    layer("Parallel", (layer("BatchNormalization"),), (layer("Dropout"),)),
    FLAT,
)


@pytest.mark.parametrize("normalization", [row.value for row in choices.NORMALIZATIONS])
def test_noise_and_augmentation_train_and_are_silent_when_predicting(normalization: str) -> None:
    made = _design(*NOISY).with_data(normalization=normalization)
    model, outcome = train(made, Notes())
    assert outcome.done
    assert all_finite(model)
    images = parts(made).validation.inputs
    first, again = (model.predict(images, verbose=0) for _ in range(2))
    assert np.array_equal(first, again)


@pytest.mark.parametrize("fill_mode", ["nearest", "reflect", "wrap", "constant"])
@pytest.mark.parametrize("kind", ["RandomRotation", "RandomTranslation", "RandomZoom"])
def test_every_way_to_fill_gaps_computes(kind: str, fill_mode: str) -> None:
    made = design(PICTURES, layer(kind, fill_mode=fill_mode), FLAT, SOFTMAX)
    model = build(made, PICTURES, parts(made).statistics)
    assert np.isfinite(np.asarray(model(parts(made).training.inputs[:8], training=True))).all()
