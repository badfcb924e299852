"""How a Keras model was to be trained: its compile_config as a training plan, read as data."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar

from core.bringback.graph import Graph
from core.bringback.values import policy_of, same
from core.errors import InvalidExperiment
from core.experiment import choices
from core.experiment.dataset import DatasetInfo
from core.experiment.fields import shortened
from core.experiment.keras_config import class_name, inner, snake_case
from core.experiment.training_spec import TrainingSpec

_SHORT = {
    "mse": "mean_squared_error",
    "mae": "mean_absolute_error",
    "bce": "binary_crossentropy",
    "huber_loss": "huber",
}
Row = TypeVar("Row", choices.Loss, choices.Optimizer)


def read_plan(
    compiled: Mapping[str, Any], graph: Graph, info: DatasetInfo
) -> tuple[TrainingSpec, list[str]]:
    """Return the training plan, as far as it can be said here, and sentences on what can't.

    Args:
        compiled: What the model's `get_compile_config()` gave, as JSON values; empty where there is none.
        graph: The model: its layers say which number format they compute with.
        info: The data; the loss has to suit them.
    """
    remarks: list[str] = []
    plan = TrainingSpec(loss=_loss(compiled.get("loss"), info, remarks), dtype_policy=_policy(graph))
    return _optimizer(plan, compiled.get("optimizer"), remarks), remarks


def _loss(written: Any, info: DatasetInfo, remarks: list[str]) -> str:
    usual = choices.usual_loss(info.task)
    if written is None:
        remarks.append(
            f"The file does not say which loss it was trained with: {usual.label} is set for training it."
        )
        return usual.value
    row = _row(choices.LOSSES, written)
    if inner(written).get("from_logits") is True:
        remarks.append(
            "Its loss was computed from logits: the network answers with numbers of any size, not with "
            "shares that add up to 1. Put an Activation softmax behind its last layer to have shares."
        )
    if row is None or row.labels_for(info.task) is None:
        remarks.append(
            f"Its loss, {_said(written)}, is not among those for {info.label}: {usual.label} is set "
            "for training it."
        )
        return usual.value
    return row.value


def _optimizer(plan: TrainingSpec, written: Any, remarks: list[str]) -> TrainingSpec:
    if written is None:
        return plan
    row = _row(choices.OPTIMIZERS, written)
    if row is None:
        remarks.append(
            f"Its optimizer, {_said(written)}, is not among those here: {plan.optimizer} is set for "
            "training it."
        )
        return plan
    plan = plan.replace(optimizer=row.value)
    config = inner(written)
    for name in row.settings:
        plan = _with(plan, {name: config.get(name)}, remarks)
    return _rate(plan, config.get("learning_rate"), remarks)


def _rate(plan: TrainingSpec, written: Any, remarks: list[str]) -> TrainingSpec:
    kind, config = snake_case(class_name(written)), inner(written)
    if not kind:
        return _with(plan, {"learning_rate": written}, remarks)
    row = next((each for each in choices.SCHEDULES if kind == f"{each.value}_decay"), None)
    if row is None:
        remarks.append(f"Its learning rate over time, {_said(written)}, can't be had here: it is constant.")
        return plan
    remarks.append(
        f"Its learning rate over time, {row.label}, goes by the epochs set here, not by steps as there."
    )
    begin = {"learning_rate": config.get("initial_learning_rate")}
    plan = _with(plan.replace(schedule=row.value), begin, remarks)
    for name in row.settings:
        plan = _with(plan, {name: config.get(name)}, remarks)
    return plan


def _with(plan: TrainingSpec, settings: Mapping[str, Any], remarks: list[str]) -> TrainingSpec:
    """Return the plan with a setting, or as it is where the setting can't be had."""
    ((name, value),) = settings.items()
    if value is None:
        return plan
    try:
        return plan.replace(**{name: _shortest(value)})
    except InvalidExperiment:
        now = getattr(plan, name)
        remarks.append(f"Its {name} of {shortened(value)} can't be had here: it is {now}.")
        return plan


def _shortest(value: Any) -> Any:
    """Return the number that a person wrote, where Keras kept it with 32 bits: 0.001, not 0.00100000005."""
    if not isinstance(value, float) or not 1e-30 < abs(value) < 1e30:
        return value
    kept = struct.pack("f", value)
    for digits in range(1, 10):
        rounded = float(f"{value:.{digits}g}")
        if struct.pack("f", rounded) == kept and math.isclose(rounded, value, rel_tol=1e-6):
            return rounded
    return value


def _row(rows: Iterable[Row], written: Any) -> Row | None:
    kind = class_name(written)
    name = written.get("config") if kind == "function" else written
    if isinstance(name, str):
        plain = _SHORT.get(name.lower(), name.lower())
        return next((row for row in rows if plain in (row.value, row.keras_class.lower())), None)
    return next((row for row in rows if kind == row.keras_class), None)


def _said(written: Any) -> str:
    return class_name(written)[:60] or shortened(written)


def _policy(graph: Graph) -> str:
    """Return the number format that most layers compute with, where it is one of ours."""
    known = [row.value for row in choices.POLICIES]
    used = [policy_of(node.config.get("dtype")) for node in graph.nodes]
    return max(known, key=lambda name: (choices.policy(name).halves and name in used, used.count(name)))


def read_differences(
    compiled: Mapping[str, Any], ours: Mapping[str, tuple[str, Mapping[str, Any]]]
) -> Iterator[str]:
    """Return a sentence on each setting of loss and optimizer that can't be had here.

    Args:
        compiled: The file's.
        ours: Class and config of our own "optimizer" and "loss".
    """
    for part, aside in (("optimizer", {"name", "learning_rate"}), ("loss", {"name", "from_logits"})):
        kind, config = ours[part]
        if class_name(compiled.get(part)) != kind:
            continue  # that was said before
        others = [
            f"{name} = {shortened(value)}"
            for name, value in inner(compiled.get(part)).items()
            if name not in aside and name in config and not same(value, config[name])
        ]
        if others:
            yield (
                f"Its {part} was set to {', '.join(others)[:300]}, which can't be had here. That matters "
                "only if you train it."
            )
