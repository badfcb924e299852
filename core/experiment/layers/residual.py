"""Residual: a stack whose input is added to its output."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.experiment.block import Block, Found, Joined, Merge, Read
from core.experiment.broadcast import broadcast
from core.experiment.dataset import Shape
from core.experiment.keras_call import Call
from core.experiment.layer import IllegalInput, register


@register
@dataclass(frozen=True, kw_only=True)
class Residual(Block):
    """Adds the block's input to what its stack gives, so that gradients find a short way back.

    Formula: y = F(x) + x, or F(x) + W x where the shapes differ: W is a 1 × 1 convolution on images,
    with strides where the stack shrinks them, and a Dense without bias on rows of numbers.
    Reference: He et al., Deep Residual Learning for Image Recognition, 2015, equations 1 and 2.
    """

    summary = "adds the input to what the layers inside give: gradients find a short way back"
    reference = "https://keras.io/api/layers/merging_layers/add/"
    words = "skip shortcut connection resnet"

    def merge(self, shape: Shape, outputs: tuple[Shape, ...]) -> Merge:
        (output,) = outputs
        add = Call("layers.Add", {"name": self.name})
        if shape == output or len(shape) != len(output):
            return Merge(broadcast(shape, output), add, shortcut=())
        # a capital in the name: a layer of the catalog can never have one
        name = f"{self.name}_Projection"
        weights = shape[-1] * output[-1]
        if len(shape) == 3:
            strides = (_stride(shape[0], output[0]), _stride(shape[1], output[1]))
            arguments: dict[str, object] = {
                "filters": output[-1],
                "kernel_size": 1,
                "strides": strides,
                "use_bias": False,
                "name": name,
            }
            projection = Call("layers.Conv2D", arguments)
            projected: Shape = (-(-shape[0] // strides[0]), -(-shape[1] // strides[1]), output[-1])
        else:
            projection = Call("layers.Dense", {"units": output[-1], "use_bias": False, "name": name})
            projected = (*shape[:-1], output[-1])
        return Merge(
            broadcast(projected, output),
            add,
            shortcut=(projection,),
            parameters=weights,
            multiply_adds=weights * math.prod(projected[:-1]),
        )

    @classmethod
    def from_join(cls, name: str, joined: Joined) -> Found | None:
        if joined.kind != "Add" or len(joined.ways) != 2:
            return None
        for shortcut in (0, 1):
            way, other = joined.ways[shortcut], joined.ways[1 - shortcut]
            block = cls(name=name, branches=(other.layers,))
            if other.output is not None and _is_shortcut(way, block, joined.shape, other.output):
                return Found(block, shortcut if way.written else None)
        return None

    def caption(self) -> str:
        count = len(self.branches[0])
        return f"the input is added after {count} layer{'' if count == 1 else 's'}"


def _is_shortcut(way: Read, block: Residual, shape: Shape, output: Shape) -> bool:
    """Return whether a way is what the block itself would put around a stack that gives `output`."""
    try:
        calls = block.merge(shape, (output,)).shortcut or ()
    except IllegalInput:
        return False
    pairs = zip(calls, way.written, strict=False)
    return len(calls) == len(way.written) and all(_says(*written, call) for call, written in pairs)


def _says(kind: str, config: Mapping[str, Any], call: Call) -> bool:
    """Return whether a Keras config is that of a call, its activation and padding left as they are."""
    plain = {"activation": "linear", "padding": "valid"}
    wanted = {**{each: plain[each] for each in plain if each in config}, **call.arguments, "name": None}
    return call.path == f"layers.{kind}" and all(
        _spread(config.get(each)) == _spread(value) for each, value in wanted.items() if each != "name"
    )


def _spread(value: object) -> object:
    """Return a window's size or stride as height and width, however it was written."""
    if isinstance(value, list | tuple):
        return tuple(value)
    return (value, value) if type(value) is int else value


def _stride(size: int, wanted: int) -> int:
    """Return the stride that leaves `wanted` of `size` places, or 1 where none does: ⌈size / stride⌉."""
    stride = -(-size // wanted)
    return stride if -(-size // stride) == wanted else 1
