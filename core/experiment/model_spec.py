"""The stack of layers, and places in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from core.errors import InvalidExperiment
from core.experiment.block import DEEPEST, Block, depth_of, every_layer
from core.experiment.fields import shortened
from core.experiment.layer import Layer

MOST_LAYERS = 200


@dataclass(frozen=True)
class Place:
    """Somewhere in a design.

    Attributes:
        block: Name of the block; empty for the outermost stack.
        branch: Which of the block's branches, counted from 0.
        index: Place in that stack, counted from 0.
    """

    block: str = ""
    branch: int = 0
    index: int = 0


@dataclass(frozen=True, kw_only=True)
class ModelSpec:
    """The stack of layers, first to last, without the input; blocks in it hold stacks of their own.

    Raises:
        InvalidExperiment: Two layers share a name, there are too many, or they are nested too deep.
    """

    layers: tuple[Layer, ...] = ()

    def __post_init__(self) -> None:
        names = [layer.name for layer in every_layer(self.layers)]
        refuse_too_many(len(names))
        if depth_of(self.layers) > DEEPEST:
            raise InvalidExperiment(
                f"This design would have blocks inside each other more than {DEEPEST} deep. "
                "Put the layer further out."
            )
        twice = sorted(name for name, count in Counter(names).items() if count > 1)
        if twice:
            raise InvalidExperiment(f"Two layers are called {twice[0]}. Give each layer its own name.")

    def has(self, name: str | None) -> bool:
        """Return whether a layer has that name."""
        return any(layer.name == name for layer in every_layer(self.layers))

    def find(self, name: str) -> Layer:
        """Return the layer called `name`, at any depth.

        Raises:
            InvalidExperiment: No layer has that name.
        """
        for layer in every_layer(self.layers):
            if layer.name == name:
                return layer
        raise InvalidExperiment(
            f"There is no layer called {shortened(name)} in this design; "
            "it may have been removed in another tab. Reload the page."
        )

    def place_of(self, name: str) -> Place:
        """Return where the layer called `name` stands.

        Raises:
            InvalidExperiment: No layer has that name.
        """
        self.find(name)
        return next(place for layer, place in self.places() if layer.name == name)

    def stack_at(self, place: Place) -> tuple[Layer, ...]:
        """Return the stack that a place is in.

        Raises:
            InvalidExperiment: There is no such stack.
        """
        if not place.block:
            return self.layers
        block = self.find(place.block)
        if not isinstance(block, Block) or not 0 <= place.branch < len(block.branches):
            raise InvalidExperiment(f"{shortened(place.block)} has no such branch.")
        return block.branches[place.branch]

    def places(self) -> Iterator[tuple[Layer, Place]]:
        """Return every layer with its place, a block before what it holds."""
        yield from _places(self.layers, "", 0)


def _places(stack: tuple[Layer, ...], block: str, branch: int) -> Iterator[tuple[Layer, Place]]:
    for index, layer in enumerate(stack):
        yield layer, Place(block, branch, index)
        if isinstance(layer, Block):
            for number, held in enumerate(layer.branches):
                yield from _places(held, layer.name, number)


def refuse_too_many(count: int) -> None:
    """Refuse a design of more layers than can be shown."""
    if count > MOST_LAYERS:
        raise InvalidExperiment(
            f"This design has {count:,} layers; at most {MOST_LAYERS} can be shown and trained here. "
            "Remove some."
        )
