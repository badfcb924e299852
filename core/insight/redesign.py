"""What could be tried with the layers: wider, narrower, more or less held back, other activations."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from core.experiment import choices, edits
from core.experiment.block import every_layer
from core.experiment.choices import Output
from core.experiment.dataset import DatasetInfo
from core.experiment.experiment import Experiment
from core.experiment.fields import declared
from core.experiment.layer import Family, Layer
from core.insight.finding import Finding, Remedy

DROPOUT, MOST_DROPOUT, HEAVY_DROPOUT = 0.2, 0.5, 0.3
"""A rate to begin with, the highest worth a try, and from where on less may be better."""
PENALTY = 0.0001
"""An L2 penalty that is felt, and does not outweigh the loss of wide layers."""
NARROWEST, HIDDEN = 32, 64
"""Widths of a hidden layer that ten classes can pass through, and of a first one."""
QUICK_MOMENTUM = 0.9
"""Running means that are renewed in ten steps."""


def more_dropout(experiment: Experiment, info: DatasetInfo, finding: Finding) -> Iterator[Remedy]:
    """Return the remedy that drops more values while training, or some."""
    rates = {
        layer.name: min(MOST_DROPOUT, rate + DROPOUT)
        for layer, rate in _with(experiment, "rate", _is_noise)
        if rate < MOST_DROPOUT
    }
    output = _output(experiment)
    if rates:
        yield _changes(f"Rerun with dropout {max(rates.values()):g}", "rate", rates)
    elif output and not any(_with(experiment, "rate", _is_noise)):
        edit = partial(_insert_before, name=output.name, kind="Dropout", rate=DROPOUT)
        yield Remedy(f"Rerun with dropout {DROPOUT:g}", edit)


def less_dropout(experiment: Experiment, info: DatasetInfo, finding: Finding) -> Iterator[Remedy]:
    """Return the remedy that drops fewer values, where many are dropped."""
    found = [(layer, rate) for layer, rate in _with(experiment, "rate", _is_noise) if rate >= HEAVY_DROPOUT]
    rates = {layer.name: float(f"{rate / 2:.2g}") for layer, rate in found}
    if rates:
        yield _changes(f"Rerun with dropout {max(rates.values()):g}", "rate", rates)


def penalty(experiment: Experiment, info: DatasetInfo, finding: Finding) -> Iterator[Remedy]:
    """Return the remedy that keeps weights small, where nothing does yet."""
    found = list(_with(experiment, "l2"))
    if not any(value for _, value in found):
        values = {layer.name: PENALTY for layer, _ in found}
        yield _changes(f"Rerun with an L2 penalty of {PENALTY:g}", "l2", values)


def less_penalty(experiment: Experiment, info: DatasetInfo, finding: Finding) -> Iterator[Remedy]:
    """Return the remedy that lets weights grow, where penalties hold them."""
    values = {layer.name: value / 10 for layer, value in _with(experiment, "l2") if value}
    if values:
        yield _changes("Rerun with a tenth of the L2 penalty", "l2", values)


def narrower(experiment: Experiment, info: DatasetInfo, finding: Finding) -> Iterator[Remedy]:
    """Return the remedy that halves the widths of hidden layers."""
    hidden = _hidden(experiment)
    if hidden and all(_width(each) // 2 >= info.outputs for each in hidden):
        yield _widths("Rerun with layers half as wide", hidden, lambda width: width // 2)


def wider(experiment: Experiment, info: DatasetInfo, finding: Finding) -> Iterator[Remedy]:
    """Return the remedy that lets more through hidden layers, or that adds a first one."""
    hidden, output = _hidden(experiment), _output(experiment)
    if hidden:
        yield _widths("Rerun with wider layers", hidden, lambda width: max(NARROWEST, 4 * width))
    elif output:
        edit = partial(_insert_before, name=output.name, kind="Dense", units=HIDDEN)
        yield Remedy(f"Rerun with a hidden layer of {HIDDEN} neurons", edit)


def not_too_narrow(experiment: Experiment, info: DatasetInfo, finding: Finding) -> Iterator[Remedy]:
    """Return the remedy that widens layers through which fewer numbers pass than there are answers."""
    narrow = [each for each in _hidden(experiment) if _width(each) < info.outputs]
    if narrow:
        yield _widths("Rerun with wider layers", narrow, lambda width: max(NARROWEST, 4 * width))


def no_saturation(experiment: Experiment, info: DatasetInfo, finding: Finding) -> Iterator[Remedy]:
    """Return the remedy for activations that are flat almost everywhere, and so their gradients."""
    yield from _activation(
        experiment, "relu", lambda value: choices.activation(value).output is Output.UNIT
    )


def no_silence(experiment: Experiment, info: DatasetInfo, finding: Finding) -> Iterator[Remedy]:
    """Return the remedy for neurons that give zero for every sample, and so get no gradient."""
    yield from _activation(experiment, "leaky_relu", lambda value: value == "relu")


def _activation(experiment: Experiment, to: str, of: Callable[[str], bool]) -> Iterator[Remedy]:
    output = _output(experiment)
    inner = [each for each in _with(experiment, "activation") if not output or each[0].name != output.name]
    values = {layer.name: to for layer, value in inner if of(value)}
    if values:
        yield _changes(f"Rerun with {choices.activation(to).label} in hidden layers", "activation", values)


def quicker_means(experiment: Experiment, info: DatasetInfo, finding: Finding) -> Iterator[Remedy]:
    """Return the remedy that lets running means catch up sooner."""
    found = _with(experiment, "momentum", lambda layer: layer.mixes_samples)
    values = {layer.name: QUICK_MOMENTUM for layer, value in found if value > QUICK_MOMENTUM}
    if values:
        label = f"Rerun with a momentum of {QUICK_MOMENTUM:g} in batch normalization"
        yield _changes(label, "momentum", values)


def _is_noise(layer: Layer) -> bool:
    return layer.random and layer.family is Family.REGULARIZATION


def _with(
    experiment: Experiment, field: str, fits: Callable[[Layer], bool] = lambda layer: True
) -> Iterator[tuple[Layer, Any]]:
    """Return the layers that have a field, at any depth, each with its value."""
    for layer in every_layer(experiment.model.layers):
        if field in declared(layer) and fits(layer):
            yield layer, getattr(layer, field)


def _output(experiment: Experiment) -> Layer | None:
    """Return the layer that gives the answer."""
    return next((each for each in reversed(experiment.model.layers) if each.width_field), None)


def _hidden(experiment: Experiment) -> list[Layer]:
    output = _output(experiment)
    layers = every_layer(experiment.model.layers)
    return [each for each in layers if each.width_field and (not output or each.name != output.name)]


def _width(layer: Layer) -> int:
    return int(getattr(layer, layer.width_field))


def _widths(label: str, layers: list[Layer], wanted: Callable[[int], int]) -> Remedy:
    changes = {layer.name: (layer.width_field, wanted(_width(layer))) for layer in layers}
    return Remedy(label, partial(_change_all, changes=changes))


def _changes(label: str, field: str, values: Mapping[str, object]) -> Remedy:
    changes = {name: (field, value) for name, value in values.items()}
    return Remedy(label, partial(_change_all, changes=changes))


def _change_all(experiment: Experiment, changes: Mapping[str, tuple[str, object]]) -> Experiment:
    for name, (field, value) in changes.items():
        experiment = edits.change_one(experiment, name, field, value)
    return experiment


def _insert_before(experiment: Experiment, name: str, kind: str, **parameters: object) -> Experiment:
    return edits.insert(experiment, experiment.model.place_of(name), kind, **parameters)
