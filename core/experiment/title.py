"""A design in a few words, for lists of runs."""

from __future__ import annotations

from core.experiment import choices
from core.experiment.block import every_layer
from core.experiment.experiment import Experiment
from core.experiment.layer import Family

MOST_WIDTHS = 8


def title(experiment: Experiment) -> str:
    """Return a few words that tell designs apart: `512-512-10, ÷ 255`."""
    layers = list(every_layer(experiment.model.layers))
    widths = [str(getattr(layer, layer.width_field)) for layer in layers if layer.width_field]
    if len(widths) > MOST_WIDTHS:
        widths = [*widths[: MOST_WIDTHS // 2], "…", *widths[-MOST_WIDTHS // 2 :]]
    stack = "-".join(widths) or _counted(len(layers), "layer")
    parts = [
        _counted(sum(layer.family is family for layer in layers), noun)
        for family, noun in ((Family.CONVOLUTION, "convolution"), (Family.BLOCK, "block"))
        if any(layer.family is family for layer in layers)
    ]
    return ", ".join((*parts, stack, choices.normalization(experiment.data.normalization).short))


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
