"""Whichever way a training goes, its losses are those of Keras's own `fit` on the same batches."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from core.experiment import choices
from core.experiment.dataset import Task
from core.experiment.experiment import Experiment
from core.experiment.layer import Layer
from core.experiment.presets import preset, presets_for
from core.training import chunks
from core.training.path import Path, Way
from tests.contract.trainings import Notes, fitted, info_for, train
from tests.contract.trainings import way as choose_way
from tests.unit.designs import FLAT, SOFTMAX, design, layer
from tests.unit.made_up import PICTURES

STEPS = 200
"""Steps that are compared."""
EPOCHS = 23
"""135 samples, 16 at a time, are nine steps an epoch, the last of them short."""
PLAN = {"epochs": EPOCHS, "batch_size": 16}
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras 3.15
LOSSES = [
    pytest.param(loss, task, activation, id=f"{loss.value}-{task}")
    for loss in choices.LOSSES
    for task in loss.labels
    for activation in [next(each for each in choices.ACTIVATIONS if each.output is loss.needs)]
]


class _EveryStep(keras.callbacks.Callback):  # type: ignore[misc]
    """Writes down what Keras tells of every batch."""

    def __init__(self) -> None:
        super().__init__()
        self.losses: list[float] = []

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        self.losses.append((logs or {})["loss"])


def _compare(
    made: Experiment,
    way: Way,
    *,
    task: Task = Task.CLASSIFICATION,
    compiled: bool = False,
    alike: int = STEPS,
    later: float = 1e-5,
) -> tuple[keras.Model, keras.Model]:
    """See that losses are those of `fit` to 1e-5 for `alike` steps, and figures to `later` in every epoch.

    Returns:
        The engine's model and the one that `fit` trained.
    """
    info, theirs = info_for(task), _EveryStep()
    plain, history = fitted(made, info, [theirs], compiled=compiled)
    ours, notes = _EveryStep(), Notes()
    model, _ = train(made, notes, info, path=Path(way, ""), callbacks=[ours])
    assert len(ours.losses) == len(theirs.losses) >= STEPS
    assert ours.losses[:alike] == pytest.approx(theirs.losses[:alike], rel=1e-5, abs=1e-7)
    for name in ("loss", info.task.metric, "val_loss", f"val_{info.task.metric}"):
        told = [body[name] for body in notes.bodies("epoch")]
        assert told == pytest.approx(history[name], rel=later, abs=1e-6), name
    for one, other in zip(model.get_weights(), plain.get_weights(), strict=True):
        assert one.shape == other.shape
        assert (np.abs(one - other) <= np.maximum(100 * later * np.abs(other), later)).all()
    return model, plain


@pytest.fixture(autouse=True)
def _a_chunk_every_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "SECONDS", 0.0)


def _small(**plan: object) -> Experiment:
    hidden = layer("Dense", units=12)
    return design(PICTURES, FLAT, hidden, SOFTMAX).with_training(**PLAN, **plan)


@pytest.mark.parametrize("row", choices.OPTIMIZERS, ids=lambda each: each.value)
def test_every_optimizer_does_what_it_does_under_fit(row: choices.Optimizer) -> None:
    plan = {"momentum": 0.5, "nesterov": True, "learning_rate": row.usual}
    _compare(_small(optimizer=row.value, **plan), Way.XLA)


@pytest.mark.parametrize("schedule", [each.value for each in choices.SCHEDULES])
def test_every_schedule_does_what_it_does_under_fit(schedule: str) -> None:
    _compare(_small(schedule=schedule, plateau_patience=1, plateau_factor=0.7), Way.XLA)


@pytest.mark.parametrize(("loss", "task", "activation"), LOSSES)
def test_every_loss_is_the_one_under_fit(
    loss: choices.Loss, task: Task, activation: choices.Activation
) -> None:
    info = info_for(task)
    output = layer("Dense", units=info.outputs, activation=activation.value)
    stack: tuple[Layer, ...] = (output,) if task is Task.REGRESSION else (FLAT, output)
    made = design(info, *stack).with_training(loss=loss.value, **PLAN)
    _compare(made, Way.XLA, task=task)


@pytest.mark.parametrize("name", [each.name for each in presets_for(PICTURES) if not each.to_mend])
def test_every_preset_learns_the_very_weights_that_fit_learns_if_both_compile_or_neither(name: str) -> None:
    """Random layers included: their dice fall the same. So a program with `fit` repeats a run."""
    made = preset(name).experiment(PICTURES).with_training(**PLAN)
    way = choose_way(made, PICTURES).way
    if name == "modern_cnn":  # a turned image differs in its last bits, and batch normalization heeds them
        _compare(made, way, alike=90, later=2e-2)
        return
    model, plain = _compare(made, way, compiled=way is Way.XLA)
    for one, other in zip(model.get_weights(), plain.get_weights(), strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-6)


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_with_16_bits_it_learns_as_under_fit(policy: str) -> None:
    _compare(_small(dtype_policy=policy), Way.IN_GRAPH)


def test_what_is_streamed_is_the_same() -> None:
    _compare(_small(), Way.STREAMED)


@pytest.mark.parametrize("way", Way)
def test_one_seed_gives_one_result_to_the_last_bit_wherever_chunks_end(
    way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = () if way is Way.XLA else (layer("Conv2D", filters=4), layer("Dropout", rate=0.3))
    norm = layer("BatchNormalization")
    made = design(PICTURES, *hidden, FLAT, norm, SOFTMAX).with_training(**{**PLAN, "epochs": 6})
    ends = []
    for seconds in (0.0, 0.004, 10.0):
        monkeypatch.setattr(chunks, "SECONDS", seconds)
        model, _ = train(made, Notes(), path=Path(way, ""))
        ends.append(model.get_weights())
    for other in ends[1:]:
        assert all(np.array_equal(one, two) for one, two in zip(ends[0], other, strict=True))
