"""Blocks: layers that hold stacks of layers."""

from __future__ import annotations

import dataclasses
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from core.errors import InvalidExperiment
from core.experiment.choices import Output
from core.experiment.dataset import Shape
from core.experiment.keras_call import Call
from core.experiment.layer import Family, Layer, layer_from_dict, layer_to_dict

DEEPEST = 5
"""Blocks inside each other: deeper, and nobody can see what flows where."""


@dataclass(frozen=True)
class Merge:
    """How a block makes one value of its branches' outputs.

    Attributes:
        output_shape: What comes out, one sample without the batch.
        call: The Keras layer that joins a list of values.
        shortcut: Layers that the block's own input goes through before it joins, in front of the
            branches: none where it joins as it is. None where it does not join at all.
        parameters: Trainable numbers in the shortcut.
        multiply_adds: Multiply-adds in the shortcut, for one sample.
    """

    output_shape: Shape
    call: Call
    shortcut: tuple[Call, ...] | None = None
    parameters: int = 0
    multiply_adds: int = 0

    @property
    def adds(self) -> bool:
        """Whether values are added number by number, not put behind each other."""
        return self.call.path == "layers.Add"

    @property
    def convolves(self) -> bool:
        """Whether there is a convolution in the shortcut."""
        return any(call.path == "layers.Conv2D" for call in self.shortcut or ())


@dataclass(frozen=True)
class Read:
    """A stack that was read from a Keras model.

    Attributes:
        layers: The stack; less than there was where something can't be said here.
        output: Shape of one sample of what it gives; None where that is unknown.
        written: Class and config of each Keras layer, in order, as far as there is no branching.
    """

    layers: tuple[Layer, ...]
    output: Shape | None
    written: tuple[tuple[str, Mapping[str, Any]], ...]


@dataclass(frozen=True)
class Joined:
    """A layer of Keras that joins what came along several ways.

    Attributes:
        kind: Its class.
        shape: Shape of one sample where the ways part.
        ways: What stands on each, in the order in which they are joined.
    """

    kind: str
    shape: Shape
    ways: tuple[Read, ...]


@dataclass(frozen=True)
class Found:
    """A block that does what Keras layers do.

    Attributes:
        block: The block.
        shortcut: Which way's single layer the block has by itself; None where it has none.
    """

    block: Block
    shortcut: int | None = None


@dataclass(frozen=True, kw_only=True)
class Block(Layer, ABC):
    """A layer that holds stacks; each gets the block's input, and their outputs are joined.

    Attributes:
        branches: The stacks, each first to last.
    """

    family = Family.BLOCK
    compiled = True
    fewest_branches: ClassVar[int] = 1
    most_branches: ClassVar[int] = 1

    branches: tuple[tuple[Layer, ...], ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.branches:
            object.__setattr__(self, "branches", ((),) * self.fewest_branches)
        self._refuse_count(len(self.branches))

    @classmethod
    def _refuse_count(cls, count: int) -> None:
        if cls.fewest_branches <= count <= cls.most_branches:
            return
        one = cls.fewest_branches == cls.most_branches
        wanted = f"{cls.fewest_branches}" if one else f"{cls.fewest_branches} to {cls.most_branches}"
        raise InvalidExperiment(f"{cls.kind()} has {wanted} branches. Received: {count}.")

    @abstractmethod
    def merge(self, shape: Shape, outputs: tuple[Shape, ...]) -> Merge:
        """Return how the branches are joined.

        Args:
            shape: Shape of one sample of the block's input.
            outputs: Shape of one sample of each branch's output.

        Raises:
            IllegalInput: They can't be joined.
        """

    @classmethod
    def from_join(cls, name: str, joined: Joined) -> Found | None:
        """Return the block that does the same as Keras layers, or None where none of this class does.

        Args:
            name: Its name here.
            joined: What joins, and what is joined.
        """
        return None

    def output(self) -> Output:
        return Output.NUMBERS  # sums and rows of anything are anything

    def holding(self, branches: tuple[tuple[Layer, ...], ...]) -> Self:
        """Return the block with other stacks.

        Raises:
            InvalidExperiment: It can't have that many.
        """
        self._refuse_count(len(branches))  # none at all would be taken for the default
        return dataclasses.replace(self, branches=branches)

    @classmethod
    def from_tree(cls, document: Mapping[str, Any], depth: int) -> Self:
        if depth >= DEEPEST:
            raise InvalidExperiment(
                f"This design has blocks inside each other more than {DEEPEST} deep. Use fewer."
            )
        fields = dict(document)
        branches = fields.pop("branches", [])
        if not isinstance(branches, list) or not all(isinstance(branch, list) for branch in branches):
            raise InvalidExperiment(f"{cls.kind()}: branches must be lists of layers.")
        held = tuple(tuple(layer_from_dict(each, depth + 1) for each in branch) for branch in branches)
        cls._refuse_unknown(fields)
        return cls(**fields, branches=held)

    def to_tree(self) -> dict[str, Any]:
        held = [[layer_to_dict(layer) for layer in branch] for branch in self.branches]
        return {**super().to_tree(), "branches": held}


def every_layer(layers: Iterable[Layer]) -> Iterator[Layer]:
    """Return each layer, and behind each block all that it holds, at any depth."""
    for layer in layers:
        yield layer
        if isinstance(layer, Block):
            for branch in layer.branches:
                yield from every_layer(branch)


def depth_of(layers: Iterable[Layer]) -> int:
    """Return how many blocks stand inside each other at the deepest place; 0 without a block."""
    blocks = (layer for layer in layers if isinstance(layer, Block))
    return max((1 + max(map(depth_of, block.branches)) for block in blocks), default=0)
