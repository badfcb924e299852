"""A design in a few words, for lists of runs."""

from __future__ import annotations

from core.experiment import choices
from core.experiment.experiment import Experiment
from core.experiment.layer import Family


def title(experiment: Experiment) -> str:
    """Return a few words that tell designs apart: `512-512-10, ÷ 255`."""
    layers = experiment.model.layers
    widths = [str(getattr(layer, layer.width_field)) for layer in layers if layer.width_field]
    stack = "-".join(widths) or f"{len(layers)} layer{'' if len(layers) == 1 else 's'}"
    if any(layer.family is Family.CONVOLUTION for layer in layers):
        stack = f"convolutions, {stack}"
    return f"{stack}, {choices.normalization(experiment.data.normalization).short}"
