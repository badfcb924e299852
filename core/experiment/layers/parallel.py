"""Parallel: several stacks side by side on the same input."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any

from core.experiment import keras_config
from core.experiment.block import Block, Found, Joined, Merge
from core.experiment.broadcast import broadcast
from core.experiment.dataset import Shape, show_shape
from core.experiment.fields import Option, choice
from core.experiment.keras_call import Call
from core.experiment.layer import IllegalInput, register

CONCATENATE, ADD = "concatenate", "add"
JOININGS = (
    Option(CONCATENATE, "concatenated", "Outputs stand behind each other along the last axis."),
    Option(ADD, "added", "Outputs are added number by number; they need the same shape."),
)


@register
@dataclass(frozen=True, kw_only=True)
class Parallel(Block):
    """Gives its input to every branch and joins what they give; an empty branch passes it on.

    Reference: Szegedy et al., Going Deeper with Convolutions, 2014 (the Inception module).
    """

    summary = "gives the same input to several stacks, and joins what they give"
    reference = "https://keras.io/api/layers/merging_layers/concatenate/"
    words = "branch branches side by side inception split"
    fewest_branches = 2
    most_branches = 8

    joining: str = choice(
        CONCATENATE,
        "joined by",
        "How one value is made of the branches' outputs.",
        options=JOININGS,
    )

    def merge(self, shape: Shape, outputs: tuple[Shape, ...]) -> Merge:
        if self.joining == ADD:
            return Merge(reduce(broadcast, outputs), Call("layers.Add", {"name": self.name}))
        first = outputs[0]
        if any(len(each) != len(first) or each[:-1] != first[:-1] for each in outputs):
            raise IllegalInput(
                f"gets {', '.join(show_shape(each) for each in outputs)} from its branches; they can be "
                "concatenated only where all but the last size are equal. Give their layers the same "
                "strides, and padding “same”.",
            )
        joined = (*first[:-1], sum(each[-1] for each in outputs))
        return Merge(joined, Call("layers.Concatenate", {"name": self.name}))

    @classmethod
    def from_join(cls, name: str, joined: Joined) -> Found | None:
        joining = {"Add": ADD, "Concatenate": CONCATENATE}.get(joined.kind)
        if joining is None or not cls.fewest_branches <= len(joined.ways) <= cls.most_branches:
            return None
        block = cls(name=name, joining=joining, branches=tuple(way.layers for way in joined.ways))
        return Found(block)

    @classmethod
    def plain_config(cls, config: Mapping[str, Any], shape: Shape) -> Mapping[str, Any]:
        return keras_config.last_axis(config, shape)

    def caption(self) -> str:
        how = next(each.label for each in JOININGS if each.value == self.joining)
        return f"{len(self.branches)} branches, {how}"
