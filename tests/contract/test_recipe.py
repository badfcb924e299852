"""Optimizers, rates over time, callbacks and operations: what the recipe asks for is what Keras does."""

from __future__ import annotations

import math

import keras
import numpy as np
import pytest
import tensorflow as tf

from core.data.split import Statistics
from core.experiment import choices
from core.experiment.dataset import DatasetInfo, Shape, Task
from core.experiment.experiment import Experiment
from core.experiment.fields import Integer, Real, declared
from core.experiment.layer import Layer
from core.experiment.shapes import walk
from core.experiment.training_spec import TrainingSpec
from core.model import recipe
from core.model.build import network, perform
from tests.unit.designs import NUMBER, SQUARES, design, layer
from tests.unit.made_up import HOUSES

OPTIMIZERS = pytest.mark.parametrize("row", choices.OPTIMIZERS, ids=lambda each: each.value)
SAMPLES = 144
"""Houses to learn from, without the 16 of 160 kept for validation."""


def _experiment(**plan: object) -> Experiment:
    return design(HOUSES, NUMBER, training=SQUARES.replace(**plan))


def _optimizer(**plan: object) -> keras.optimizers.Optimizer:
    return perform(recipe.optimizer(_experiment(**plan), HOUSES))


@OPTIMIZERS
def test_an_optimizer_is_the_class_its_row_names_with_its_settings(row: choices.Optimizer) -> None:
    plan = {"learning_rate": 0.0123, "momentum": 0.7, "nesterov": True, "weight_decay": 0.02}
    real = _optimizer(optimizer=row.value, **plan)
    assert type(real) is getattr(keras.optimizers, row.keras_class)
    assert float(real.learning_rate) == pytest.approx(0.0123)
    kept = real.get_config()
    for name in row.settings:
        assert kept[name] == plan[name]


@OPTIMIZERS
def test_settings_of_another_optimizer_change_nothing(row: choices.Optimizer) -> None:
    others = {
        name: value
        for name, value in {"momentum": 0.7, "nesterov": True, "weight_decay": 0.02}.items()
        if name not in row.settings
    }
    experiments = (_experiment(optimizer=row.value, **plan) for plan in (others, {}))
    changed, plain = (recipe.optimizer(each, HOUSES) for each in experiments)
    assert changed == plain


@OPTIMIZERS
def test_every_extreme_of_a_setting_is_what_the_optimizer_gets(row: choices.Optimizer) -> None:
    for name in ("learning_rate", *row.settings):
        field = declared(TrainingSpec)[name]
        extremes = [field.low, field.high] if isinstance(field, Real) else [False, True]
        for value in extremes:
            others = {"momentum": 0.5} if name == "nesterov" else {}
            kept = _optimizer(optimizer=row.value, **{name: value, **others}).get_config()
            assert kept[name] == pytest.approx(value), (name, value)


@OPTIMIZERS
def test_an_optimizer_keeps_as_many_numbers_a_weight_as_its_row_says(row: choices.Optimizer) -> None:
    real = _optimizer(optimizer=row.value, momentum=0.9)
    weights = keras.Variable(np.zeros((30, 40)))
    real.build([weights])
    arrays = [each for each in real.variables if math.prod(each.shape) == 1_200]
    assert len(arrays) == row.slots


# --- rates over time ---


@pytest.mark.parametrize(
    ("plan", "steps"),
    [
        ({"batch_size": 32}, 5),
        ({"batch_size": 1_000}, 1),
        ({"batching": "stochastic", "batch_size": 32}, 144),
        ({"batching": "all", "batch_size": 32}, 1),
    ],
)
def test_a_rate_falls_by_its_formula_whatever_the_batches(plan: dict[str, object], steps: int) -> None:
    plan = {**plan, "epochs": 7, "learning_rate": 0.03, "decay_rate": 0.6}
    total = 7 * steps
    cosine = _rate(schedule="cosine", **plan)
    exponential = _rate(schedule="exponential", **plan)
    for step in sorted({0, 1, total // 3, total // 2, total - 1, total}):
        assert float(cosine(step)) == pytest.approx(
            0.03 * (1 + math.cos(math.pi * step / total)) / 2, abs=1e-8
        )
        assert float(exponential(step)) == pytest.approx(0.03 * 0.6 ** (step / steps), rel=1e-5)
    for epoch in range(8):
        assert float(exponential(epoch * steps)) == pytest.approx(0.03 * 0.6**epoch, rel=1e-5)


def _rate(**plan: object) -> keras.optimizers.schedules.LearningRateSchedule:
    call = recipe.optimizer(_experiment(**plan), HOUSES)
    return perform(call.arguments["learning_rate"])  # type: ignore[arg-type]


@pytest.mark.parametrize("schedule", ["constant", "plateau"])
def test_a_rate_that_no_formula_moves_is_a_plain_number(schedule: str) -> None:
    call = recipe.optimizer(_experiment(schedule=schedule, learning_rate=0.03), HOUSES)
    assert call.arguments["learning_rate"] == 0.03


# --- callbacks ---


def test_a_plateau_is_watched_with_its_factor_and_patience() -> None:
    plan = TrainingSpec(schedule="plateau", plateau_factor=0.3, plateau_patience=4)
    (real,) = map(perform, recipe.callbacks(plan))
    assert type(real) is keras.callbacks.ReduceLROnPlateau
    assert (real.monitor, real.factor, real.patience) == ("val_loss", 0.3, 4)


def test_early_stopping_waits_as_asked_and_keeps_the_best() -> None:
    (real,) = map(perform, recipe.callbacks(TrainingSpec(early_stopping=True, patience=6)))
    assert type(real) is keras.callbacks.EarlyStopping
    assert (real.monitor, real.patience, real.restore_best_weights) == ("val_loss", 6, True)


def test_both_may_be_asked_for_and_neither_comes_unasked() -> None:
    both = recipe.callbacks(TrainingSpec(schedule="plateau", early_stopping=True))
    assert len(both) == 2
    for schedule in ("constant", "cosine", "exponential"):
        assert recipe.callbacks(TrainingSpec(schedule=schedule)) == ()


@pytest.mark.parametrize("name", ["plateau_factor", "plateau_patience", "patience", "decay_rate"])
def test_every_extreme_of_a_watch_is_one_that_keras_takes(name: str) -> None:
    field = declared(TrainingSpec)[name]
    assert isinstance(field, Integer | Real)
    for value in (field.low, field.high):
        for schedule in ("plateau", "exponential"):
            experiment = _experiment(schedule=schedule, early_stopping=True, **{name: value})
            perform(recipe.optimizer(experiment, HOUSES))
            for call in recipe.callbacks(experiment.training):
                perform(call)


# --- operations ---

PURE: dict[str, object] = {"activation": "linear", "use_bias": False}
"""Sums alone, so that what TensorFlow counts are multiplications and additions of weights."""
COUNTED: list[tuple[Layer, Shape]] = [
    (layer("Dense", units=7, **PURE), (5,)),
    (layer("Dense", units=7, **PURE), (5, 3)),
    (layer("Conv2D", filters=4, **PURE), (9, 8, 3)),
    (layer("Conv2D", filters=4, padding="same", strides=2, kernel_size=5, **PURE), (9, 8, 3)),
    (layer("DepthwiseConv2D", depth_multiplier=2, **PURE), (9, 8, 3)),
    (layer("SeparableConv2D", filters=4, depth_multiplier=2, strides=2, **PURE), (9, 8, 3)),
    (layer("Residual", (layer("Dense", units=7, **PURE),)), (5,)),
    (layer("Residual", (layer("Conv2D", filters=4, padding="same", strides=2, **PURE),)), (9, 8, 3)),
    (
        layer("Parallel", (layer("Conv2D", filters=4, **PURE),), (layer("Conv2D", filters=2, **PURE),)),
        (9, 8, 3),
    ),
]


@pytest.mark.parametrize(("counted", "shape"), COUNTED, ids=lambda each: getattr(each, "kind", str)())
def test_multiply_adds_are_what_tensorflow_counts(counted: Layer, shape: Shape) -> None:
    info = DatasetInfo("n", "N", "N.", shape, Task.REGRESSION, 10, 1)
    made = design(info, counted).with_data(normalization="none")
    (step,) = walk(made.model.layers, shape)
    model = network(made, info, Statistics((0.0,), (1.0,)))
    graph = tf.function(lambda x: model(x, training=False)).get_concrete_function(
        tf.TensorSpec((1, *shape))
    )
    options = tf.compat.v1.profiler.ProfileOptionBuilder.float_operation()
    found = tf.compat.v1.profiler.profile(graph.graph, options={**options, "output": "none"})
    additions = math.prod(step.output_shape or ()) if step.layer.kind() == "Residual" else 0
    assert found.total_float_ops - additions == 2 * step.multiply_adds
