"""What a person should know of a network that was brought back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set

from core.bringback.front import Front
from core.bringback.graph import Graph
from core.bringback.naming import PROJECTION
from core.bringback.written import shown
from core.experiment.dataset import DatasetInfo, show_shape
from core.experiment.layer import Layer

_MOST_NAMED = 40


def on(
    front: Front,
    outside: Set[str],
    before: tuple[Layer, ...],
    *,
    graph: Graph,
    info: DatasetInfo,
    names: Mapping[str, str],
) -> Iterator[str]:
    """Return what is not as it was, or may not be as it was meant.

    Args:
        front: What happens to the inputs.
        outside: Layers that were put in front as the person asked for them.
        before: Layers that were put in front as the data need them.
        graph: The Keras model.
        info: The data.
        names: What its layers are called here.
    """
    if outside:
        yield (
            f"The normalization “{front.normalization}” was put in front, as you said that the network "
            "learned from inputs prepared so."
        )
    elif not front.kind:
        low, high = info.value_range
        yield (
            f"Nothing in this network normalizes its inputs, so it gets raw values, {low:g} to {high:g}. "
            "If it learned from values brought to 0 … 1, bring it back again and say so."
        )
    for layer in before:
        yield (
            f"{layer.name} was put in front: it arranges a sample of {show_shape(info.input_shape)} as "
            f"{show_shape(graph.input_shape)}, which is what the network takes."
        )
    renamed = [
        f"{shown(name, 60)} is {ours}"
        for name, ours in names.items()
        if ours not in (name, front.name) and not ours.endswith(PROJECTION)
    ]
    if renamed:
        listed = ", ".join(renamed[:_MOST_NAMED]) + (", …" if len(renamed) > _MOST_NAMED else "")
        yield f"Some layers have other names here: {listed}."
