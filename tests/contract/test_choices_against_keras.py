"""What the tables of choices say in formulas is what Keras computes."""

from __future__ import annotations

from collections.abc import Callable

import keras
import numpy as np
import pytest
from numpy.typing import NDArray

from core.data.split import encode
from core.experiment import choices
from core.experiment.choices import Labels, Output
from core.experiment.dataset import DatasetInfo, Task
from core.experiment.fields import Option
from core.experiment.training_spec import TrainingSpec
from core.model import recipe
from core.model.build import perform
from tests.unit.made_up import HOUSES, PICTURES

Floats = NDArray[np.float64]
CLASSES = np.array([3, 0, 4, 1, 1, 2, 4], np.uint8)
PRICES = np.array([1.5, -2.0, 0.25, 7.0, -0.5, 3.0, 0.0])
RANDOM = np.random.default_rng(5)
ONE_HOT = np.eye(5)[CLASSES]
SIGNS = 2 * ONE_HOT - 1


@pytest.mark.parametrize("row", choices.ACTIVATIONS, ids=lambda each: each.value)
def test_the_curve_of_an_activation_is_keras_own(row: choices.Activation) -> None:
    x = np.linspace(-6, 6, 241)
    ten = np.zeros((len(x), 10), np.float32)
    ten[:, 0] = x
    real = np.asarray(keras.activations.get(row.value)(keras.ops.convert_to_tensor(ten)))[:, 0]
    assert [row.function(each) for each in x] == pytest.approx(real, abs=1e-5)


@pytest.mark.parametrize("row", choices.ACTIVATIONS, ids=lambda each: each.value)
def test_an_activations_numbers_are_what_it_says_they_are(row: choices.Activation) -> None:
    numbers = RANDOM.normal(0, 3, (50, 6)).astype(np.float32)
    given = np.asarray(keras.activations.get(row.value)(keras.ops.convert_to_tensor(numbers)))
    shares = bool(np.allclose(given.sum(axis=-1), 1, atol=1e-5))
    unit = bool((given >= 0).all() and (given <= 1).all())
    expected = Output.SHARES if shares else Output.UNIT if unit else Output.NUMBERS
    assert row.output is expected


@pytest.mark.parametrize("row", choices.INITIALIZERS, ids=lambda each: each.value)
def test_an_initializer_is_one_of_keras_that_any_layer_may_start_from(row: Option) -> None:
    layer = keras.layers.Dense(6, kernel_initializer=row.value)
    layer.build((None, 4))
    assert layer.kernel.shape == (4, 6)


def _huber(answers: Floats, given: Floats) -> Floats:
    apart = np.abs(answers - given)
    return np.where(apart <= 1, apart**2 / 2, apart - 0.5)


def _lead(answers: Floats, given: Floats) -> Floats:
    others: Floats = np.where(answers == 1, -np.inf, given).max(axis=1)
    lead: Floats = np.maximum(0, others - (answers * given).sum(axis=1) + 1)
    return lead


# each written from the formula of its row: y the answers, p or ŷ what the network gives
FORMULAS: dict[str, Callable[[Floats, Floats], Floats]] = {
    "sparse_categorical_crossentropy": lambda y, p: -np.log(p[np.arange(len(p)), y.astype(int)]),
    "categorical_crossentropy": lambda y, p: -(y * np.log(p)).sum(axis=1),
    "binary_crossentropy": lambda y, p: -(y * np.log(p) + (1 - y) * np.log(1 - p)),
    "mean_squared_error": lambda y, given: (y - given) ** 2,
    "mean_absolute_error": lambda y, given: np.abs(y - given),
    "huber": _huber,
    "hinge": lambda y, given: np.maximum(0, 1 - y * given),
    "squared_hinge": lambda y, given: np.maximum(0, 1 - y * given) ** 2,
    "categorical_hinge": _lead,
}
WRITTEN: dict[tuple[Task, Labels], Floats] = {
    (Task.CLASSIFICATION, Labels.INTEGER): CLASSES.astype(np.float64),
    (Task.CLASSIFICATION, Labels.ONE_HOT): ONE_HOT,
    (Task.CLASSIFICATION, Labels.SIGNED): SIGNS,
    (Task.REGRESSION, Labels.NUMBER): PRICES[:, None],
}
PAIRS = [pytest.param(row, task, id=f"{row.value}-{task}") for row in choices.LOSSES for task in row.labels]


def _info(task: Task) -> DatasetInfo:
    return PICTURES if task is Task.CLASSIFICATION else HOUSES


def _answers(task: Task) -> NDArray[np.generic]:
    return CLASSES if task is Task.CLASSIFICATION else PRICES


def _given(row: choices.Loss, task: Task) -> Floats:
    """Return what a network whose output the loss reads could give."""
    numbers = RANDOM.normal(0, 1.5, (len(CLASSES), _info(task).outputs))
    match row.needs:
        case Output.SHARES:
            shares: Floats = np.exp(numbers) / np.exp(numbers).sum(axis=1, keepdims=True)
            return shares
        case Output.UNIT:
            return 1 / (1 + np.exp(-numbers))
        case Output.NUMBERS:
            return numbers


@pytest.mark.parametrize(("row", "task"), PAIRS)
def test_a_loss_is_its_formula_on_answers_as_it_wants_them(row: choices.Loss, task: Task) -> None:
    labels = row.labels_for(task)
    assert labels is not None
    encoded = encode(_answers(task), row.value, _info(task))
    assert np.array_equal(encoded, WRITTEN[task, labels])
    given = _given(row, task)
    real = perform(recipe.loss(TrainingSpec(loss=row.value)))(encoded, given.astype(np.float32))
    assert float(real) == pytest.approx(FORMULAS[row.value](WRITTEN[task, labels], given).mean(), rel=1e-5)


@pytest.mark.parametrize(("row", "task"), PAIRS)
def test_the_metric_is_the_share_of_right_answers_or_the_mean_distance(
    row: choices.Loss, task: Task
) -> None:
    info, given = _info(task), _given(row, task)
    metric = perform(recipe.metric(TrainingSpec(loss=row.value), info))
    metric.update_state(encode(_answers(task), row.value, info), given.astype(np.float32))
    right = (
        (given.argmax(axis=1) == CLASSES).mean()
        if task is Task.CLASSIFICATION
        else np.abs(given[:, 0] - PRICES).mean()
    )
    assert metric.name == task.metric
    assert float(metric.result()) == pytest.approx(right, rel=1e-5)


def test_every_loss_there_is_has_a_formula_here_and_the_name_keras_knows_it_by() -> None:
    assert set(FORMULAS) == {row.value for row in choices.LOSSES}
    for row in choices.LOSSES:
        assert keras.losses.get(row.value).__name__ == row.value
        real = perform(recipe.loss(TrainingSpec(loss=row.value)))
        assert type(real) is getattr(keras.losses, row.keras_class)
        assert not getattr(real, "from_logits", False)  # outputs are shares, not what softmax is made of
