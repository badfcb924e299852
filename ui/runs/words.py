"""A run's design and data in a few words, for a row of the table."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator

from core.data import sources
from core.experiment.block import Block, every_layer
from core.experiment.dataset import DatasetInfo
from core.experiment.experiment import Experiment
from core.experiment.layer import Drawn, Family, Layer
from core.experiment.numbers import numbers
from core.experiment.shapes import every, walk
from core.runs.run import Run

MOST_WIDTHS = 5
KEPT = 1024
"""Designs whose words and weights are remembered: a page of runs is drawn anew at every click."""
_SHORT = {Family.CONVOLUTION: "conv"}


def info_of(run: Run) -> DatasetInfo | None:
    """Return what a run's data set declares, or None where it is not known here."""
    found = sources.known(run.experiment.data.dataset)
    return found.info if found else None


def data_label(run: Run) -> str:
    """Return what the screen calls a run's data set."""
    info = info_of(run)
    return info.label if info else run.experiment.data.dataset


@functools.lru_cache(KEPT)
def design(experiment: Experiment) -> str:
    """Return the layers in a few words: `6 · 16 conv, 120 · 84 · 10 dense + dropout`.

    Widths stand in the order of the layers; what only changes values on the way is named once, behind
    the plus.
    """
    groups = [_group(name, layers) for name, layers in _neighbours(experiment.model.layers)]
    extras = dict.fromkeys(
        _extra(layer) for layer in every_layer(experiment.model.layers) if _changes_values(layer)
    )
    words = ", ".join(groups) or "no layer with weights"
    return " + ".join((words, ", ".join(extras))) if extras else words


def _neighbours(layers: Iterable[Layer]) -> Iterator[tuple[str, list[Layer]]]:
    """Return blocks of a kind, or layers of a family, that follow each other; pooling is no break."""
    name, held = "", list[Layer]()
    for layer in layers:
        if not (layer.sums or isinstance(layer, Block)):
            continue
        own = layer.kind().lower() if isinstance(layer, Block) else _SHORT.get(layer.family, layer.family)
        if held and own != name:
            yield name, held
            held = []
        name, held = own, [*held, layer]
    if held:
        yield name, held


def _group(name: str, layers: list[Layer]) -> str:
    if isinstance(layers[0], Block):
        return f"{len(layers)} {name}"
    # a convolution's width is its filters; one that works on each plane by itself has none
    widths = [str(getattr(layer, layer.width_field or "filters", "")) for layer in layers]
    if not all(widths):
        return f"{len(widths)} {name}"
    if len(widths) > MOST_WIDTHS:
        return f"{len(widths)} {name} of {' · '.join(widths[:2])} · … · {widths[-1]}"
    return f"{' · '.join(widths)} {name}"


def _changes_values(layer: Layer) -> bool:
    return layer.drawn is Drawn.MARK and layer.family is not Family.ACTIVATION


def _extra(layer: Layer) -> str:
    if layer.family is Family.AUGMENTATION:
        return layer.family
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", layer.kind().removesuffix("2D")).lower()


@functools.lru_cache(KEPT)
def weights(experiment: Experiment, info: DatasetInfo) -> int | None:
    """Return how many numbers training changes; None where a layer's shape is not known."""
    steps = walk(experiment.model.layers, info.input_shape)
    known = all(step.output_shape is not None for step in every(steps))
    return numbers(experiment, info).trainable if known else None
