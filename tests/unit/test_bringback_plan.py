"""What a compile_config says becomes a training plan, and what a plan can't say a remark."""

from __future__ import annotations

from typing import Any

import pytest

from core.experiment import choices
from core.experiment.dataset import DatasetInfo
from tests.unit.keras_files import (
    keras_object,
    notebook,
)
from tests.unit.translated import (
    network_of,
)


def _plan(digits_info: DatasetInfo, **compiled: Any) -> tuple[Any, tuple[str, ...]]:
    translation = network_of(notebook(compile_config=compiled), digits_info).translation
    return translation.experiment.training, translation.remarks


@pytest.mark.parametrize("row", choices.LOSSES, ids=lambda row: row.value)
def test_each_loss_is_known_by_name_and_by_class(row: choices.Loss, digits_info: DatasetInfo) -> None:
    for written in (row.value, row.keras_class, keras_object(row.keras_class, "keras.losses", name="x")):
        assert _plan(digits_info, loss=written)[0].loss == row.value


@pytest.mark.parametrize("row", choices.OPTIMIZERS, ids=lambda row: row.value)
def test_each_optimizer_comes_with_its_settings(row: choices.Optimizer, digits_info: DatasetInfo) -> None:
    config = {
        "learning_rate": 0.019999999552965164,
        "momentum": 0.9,
        "nesterov": True,
        "weight_decay": 0.01,
    }
    plan, _ = _plan(digits_info, optimizer=keras_object(row.keras_class, "keras.optimizers", **config))
    assert (plan.optimizer, plan.learning_rate) == (row.value, 0.02)
    for name in row.settings:
        assert getattr(plan, name) == config[name]


def test_what_the_plan_can_not_say_is_remarked(digits_info: DatasetInfo) -> None:
    odd = {"optimizer": keras_object("Lion", "keras.optimizers"), "loss": keras_object("Mine", "my", a=1)}
    plan, remarks = _plan(digits_info, **odd)
    assert (plan.optimizer, plan.loss) == ("adam", "sparse_categorical_crossentropy")
    assert sum("Lion" in each or "Mine" in each for each in remarks) == 2
    logits = keras_object("SparseCategoricalCrossentropy", "keras.losses", from_logits=True)
    assert any("logits" in each for each in _plan(digits_info, loss=logits)[1])


def test_a_rate_over_time_is_known(digits_info: DatasetInfo) -> None:
    decay = keras_object(
        "CosineDecay", "keras.optimizers.schedules", initial_learning_rate=0.1, decay_steps=9
    )
    plan, remarks = _plan(
        digits_info, optimizer=keras_object("SGD", "keras.optimizers", learning_rate=decay)
    )
    assert (plan.schedule, plan.learning_rate) == ("cosine", 0.1)
    assert any("epochs" in each for each in remarks)
