"""The layers that Keras users put in front of everything: what they do to the inputs."""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.bringback.graph import Node
from core.data.split import NO_STATISTICS, Statistics
from core.errors import FileRefused
from core.experiment import choices
from core.experiment.choices import Scaling
from core.experiment.dataset import DatasetInfo
from core.model import recipe


@dataclass(frozen=True)
class Front:
    """What happens to the inputs.

    Attributes:
        normalization: Its name among the choices.
        kind: The Keras class that does it; empty where nothing happens.
        name: What our builder calls that layer.
        statistics: Means and spreads; None where the weights of the layer hold them.
    """

    normalization: str = "none"
    kind: str = ""
    name: str = ""
    statistics: Statistics | None = None


def fronts(info: DatasetInfo) -> dict[str, Front]:
    """Return what our builder can put in front, by the Keras class that does it."""
    found = {}
    for row in choices.NORMALIZATIONS:
        for call in recipe.normalization(row.value, info, _blank(info)):
            kind = call.path.rpartition(".")[2]
            found[kind] = Front(row.value, kind, str(call.arguments["name"]))
    return found


def outside_front(normalization: str, info: DatasetInfo) -> Front:
    """Return the layer for what was done to the inputs before they came to a network.

    Raises:
        FileRefused: That takes statistics, which no file tells.
    """
    for front in fronts(info).values():
        if front.normalization == normalization and _is_range(front):
            return front
    raise FileRefused(
        f"The normalization {normalization[:40]!r} needs the means of the data that the network learned "
        "from, and the file does not hold them. Put a Normalization layer in front, and save it again."
    )


def _is_range(front: Front) -> bool:
    return choices.normalization(front.normalization).scaling is Scaling.RANGE


def read_front(node: Node, info: DatasetInfo) -> Front | str:
    """Return what a layer in front does to the inputs, or why that can't be done here.

    Args:
        node: A layer of a class that `fronts` names.
        info: The data that the network is to be fed with.

    Returns:
        The normalization, or words that follow the layer's name.
    """
    front = fronts(info)[node.kind]
    if _is_range(front):
        return _range(node, front, info)
    return _statistics(node, front, info)


def _range(node: Node, front: Front, info: DatasetInfo) -> Front | str:
    (call,) = recipe.normalization(front.normalization, info, NO_STATISTICS)
    wanted = {"offset": 0.0, **call.arguments}
    if all(_same(node.config.get(each), wanted[each]) for each in ("scale", "offset")):
        return front
    low, high = info.value_range
    return (
        f"maps its inputs in another way than from {low:g} … {high:g} to 0 … 1, which is what can be done "
        f"here. Use Rescaling(1 / {high - low:g})."
    )


def _statistics(node: Node, front: Front, info: DatasetInfo) -> Front | str:
    axes = [[], None] if info.is_image else [-1, [-1], len(info.input_shape), [len(info.input_shape)]]
    if node.config.get("axis") not in axes:
        wanted = "None" if info.is_image else "-1"
        return f"takes means along other axes than can be done here. Use Normalization(axis={wanted})."
    mean, variance = (_numbers(node.config.get(each)) for each in ("mean", "variance"))
    if node.config.get("mean") is None and node.config.get("variance") is None:
        return front  # it was adapted to data: its weights hold them
    count = len(_blank(info).mean)
    if mean is None or variance is None or len(mean) != count or len(variance) != count:
        return f"holds other means and variances than {count} of each, which is what can be done here."
    made = statistics_of(mean, variance)
    return made if isinstance(made, str) else Front(front.normalization, front.kind, front.name, made)


def statistics_of(mean: tuple[float, ...], variance: tuple[float, ...]) -> Statistics | str:
    """Return means and variances as statistics, or why they are none, in words that follow a name."""
    if not all(map(math.isfinite, (*mean, *variance))) or not all(each > 0 for each in variance):
        return "divides by a spread that is zero, or no number. Adapt it to data, and save the model again."
    return Statistics(mean, tuple(math.sqrt(each) for each in variance))


def _blank(info: DatasetInfo) -> Statistics:
    count = 1 if info.is_image else info.input_shape[-1]
    return Statistics((0.0,) * count, (1.0,) * count)


def _numbers(written: Any) -> tuple[float, ...] | None:
    """Return the numbers of a list at any depth, as long as each list but the last has one member."""
    while isinstance(written, list) and len(written) == 1 and isinstance(written[0], list):
        (written,) = written
    each = written if isinstance(written, list) else [written]
    return tuple(float(one) for one in each) if all(map(_is_number, each)) else None


def _is_number(written: Any) -> bool:
    return isinstance(written, int | float) and not isinstance(written, bool) and abs(written) < 1e38


def _same(written: Any, wanted: Any) -> bool:
    """Return whether two numbers are one, kept with 32 bits as Keras computes with them."""
    return _is_number(written) and struct.pack("f", written) == struct.pack("f", wanted)


def config_with(config: Mapping[str, Any], statistics: Statistics) -> dict[str, Any]:
    """Return the config of an adapted layer with what its weights hold."""
    variance = [std**2 for std in statistics.std]
    return {**config, "mean": _plain(list(statistics.mean)), "variance": _plain(variance)}


def _plain(numbers: list[float]) -> Any:
    return numbers[0] if len(numbers) == 1 else numbers
