"""Differences: what is not the same in all of several designs, in words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from core.experiment.alignment import Line, lines
from core.experiment.block import Block, every_layer
from core.experiment.edits import new_name
from core.experiment.experiment import Experiment
from core.experiment.fields import declared
from core.experiment.layer import Layer, parameters_of
from core.experiment.training_spec import TrainingSpec

ABSENT = "–"
"""Stands where a design has no such layer, or where a setting has no meaning in it."""


@dataclass(frozen=True)
class Difference:
    """Something that is not the same in all designs.

    Attributes:
        name: What it is: "batch size (samples)", "dense: units", or a layer's name alone where some
            have no such layer. Layers that go together have all their names: "dense / dense_1".
        values: What it is in each design, in the order of the designs.
    """

    name: str
    values: tuple[str, ...]


def differences(experiments: Sequence[Experiment]) -> tuple[Difference, ...]:
    """Return what differs between designs: data, then layers from input to output, then training.

    Settings that have no meaning beside the others (the momentum of Adam) are not compared. A layer's
    name changes nothing that is learned: it is told where a person chose it, or where nothing else
    differs.
    """
    found = lines([each.model.layers for each in experiments])
    rows = [
        *_settings([each.data for each in experiments], lambda data, name: True),
        *(row for line in found for row in _of_layer(line, experiments)),
        *_settings([each.training for each in experiments], TrainingSpec.in_use),
    ]
    return tuple(rows or [row for line in found for row in _names(line)])


def _settings(records: Sequence[Any], in_use: Callable[[Any, str], bool]) -> Iterator[Difference]:
    for name, field in declared(records[0]).items() if records else ():
        label = f"{field.label} ({field.unit})" if field.unit else field.label
        values = [getattr(each, name) if in_use(each, name) else None for each in records]
        yield from _row(label, values, field.show)


def _row(name: str, values: Sequence[Any], show: Callable[[Any], str] = str) -> Iterator[Difference]:
    """Return a row where its values differ; None stands for no value."""
    different = set(values)
    if len(different) < 2:
        return
    shown = {value: ABSENT if value is None else show(value) for value in different}
    if len(set(shown.values())) < len(different):  # they differ in digits that are not shown
        shown = {value: ABSENT if value is None else str(value) for value in different}
    yield Difference(name, tuple(shown[value] for value in values))


def _of_layer(line: Line, experiments: Sequence[Experiment]) -> Iterator[Difference]:
    name = _name(line)
    if line.moved:
        pairs = zip(experiments, line.layers, strict=True)
        yield from _row(f"{name}: place", [layer and _place(design, layer) for design, layer in pairs])
    if line.missing:
        yield Difference(name, tuple(_described(each) if each else ABSENT for each in line.layers))
        return
    if not all(map(_called_as_made, line.present)):
        yield from _names(line)
    for parameter, field in parameters_of(type(line.present[0])).items():
        yield from _parameter(line, field.label, attrgetter(parameter), field.show)
    yield from _parameter(line, "branches", _branches)


def _parameter(
    line: Line, label: str, read: Callable[[Layer], Any], show: Callable[[Any], str] = str
) -> Iterator[Difference]:
    """Return the row of what is read from a layer, where those that are there differ."""
    if len({read(each) for each in line.present}) > 1:
        values = [None if each is None else read(each) for each in line.layers]
        yield from _row(f"{_name(line)}: {label}", values, show)


def _name(line: Line) -> str:
    return " / ".join(dict.fromkeys(each.name for each in line.present))


def _names(line: Line) -> Iterator[Difference]:
    yield from _parameter(line, "name", attrgetter("name"))


def _called_as_made(layer: Layer) -> bool:
    """Return whether its name is one that new layers get: `dense`, `dense_1`, …"""
    return re.fullmatch(rf"{new_name(layer.kind(), ())}(_\d+)?", layer.name) is not None


def _branches(layer: Layer) -> int:
    return len(layer.branches) if isinstance(layer, Block) else 0


def _described(layer: Layer) -> str:
    """Return a layer in words: its first parameter, and all that are not as in a new one."""
    new = type(layer)(name=layer.name)
    words = [layer.kind()]
    for index, (name, field) in enumerate(parameters_of(type(layer)).items()):
        value = getattr(layer, name)
        if value != getattr(new, name) or (index == 0 and not field.advanced):
            words.append(f"{field.label} {field.show(value)}")
    if isinstance(layer, Block):
        held = sum(1 for _ in every_layer((layer,))) - 1
        words.append(f"{held} layer{'' if held == 1 else 's'} inside")
    return ", ".join(words)


def _place(experiment: Experiment, layer: Layer) -> str:
    """Return where a layer stands, in words: "behind dense", "first in branch 2 of parallel"."""
    place = experiment.model.place_of(layer.name)
    before = experiment.model.stack_at(place)[place.index - 1].name if place.index else ""
    words = f"behind {before}" if before else "first"
    if not place.block:
        return words
    block = experiment.model.find(place.block)
    several = isinstance(block, Block) and len(block.branches) > 1
    return f"{words} in {f'branch {place.branch + 1} of ' if several else ''}{place.block}"
