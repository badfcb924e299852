"""Alignment: which layers of several designs belong side by side."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from core.experiment.block import Block, every_layer
from core.experiment.edits import Stack
from core.experiment.layer import Layer, parameters_of
from core.experiment.model_spec import MOST_LAYERS

Item = TypeVar("Item")
Column = tuple[Item | None, ...]
"""One item of each sequence, None where it has none to go with the others."""


def align(rows: Sequence[Sequence[Item]], score: Callable[[Item, Item], float]) -> list[Column[Item]]:
    """Return the rows as columns: each item once, in its row's order, beside what it goes with best.

    One row after another is added so that the sum of the scores is greatest.
    Reference: Needleman & Wunsch, A General Method Applicable to the Search for Similarities, 1970;
    without a price for gaps.

    Args:
        rows: The sequences.
        score: How well two items go together; 0 where they do not at all.
    """
    columns: list[Column[Item]] = []
    for done, row in enumerate(rows):
        columns = _joined(columns, row, done, score)
    return columns


def _joined(
    columns: list[Column[Item]], row: Sequence[Item], done: int, score: Callable[[Item, Item], float]
) -> list[Column[Item]]:
    """Return the columns of the first `done` rows with one more row."""
    gains = [
        [max(score(each, item) for each in column if each is not None) for item in row]
        for column in columns
    ]
    # best[i][j]: the greatest sum for what stands from column i and item j on
    best = [[0.0] * (len(row) + 1) for _ in range(len(columns) + 1)]
    for i in reversed(range(len(columns))):
        for j in reversed(range(len(row))):
            best[i][j] = max(best[i + 1][j], best[i][j + 1], gains[i][j] + best[i + 1][j + 1])
    joined: list[Column[Item]] = []
    i = j = 0
    while i < len(columns) and j < len(row):
        if best[i][j] == best[i + 1][j]:
            joined.append((*columns[i], None))
            i += 1
        elif best[i][j] == best[i][j + 1]:
            joined.append((*(None,) * done, row[j]))
            j += 1
        else:
            joined.append((*columns[i], row[j]))
            i, j = i + 1, j + 1
    joined += [(*column, None) for column in columns[i:]]
    return joined + [(*(None,) * done, item) for item in row[j:]]


@dataclass(frozen=True)
class Line:
    """One layer through all designs.

    Attributes:
        layers: The layer in each design, or None.
        asked: Whether each design could have it: what would hold it is there.
        moved: Whether it does not stand at the same place in all of them.
    """

    layers: tuple[Layer | None, ...]
    asked: tuple[bool, ...]
    moved: bool = False

    @property
    def present(self) -> list[Layer]:
        """The layer in the designs that have it."""
        return [each for each in self.layers if each is not None]

    @property
    def missing(self) -> bool:
        """Whether a design that could have it does not."""
        return any(asked and each is None for asked, each in zip(self.asked, self.layers, strict=True))

    def completes(self, other: Line) -> bool:
        """Return whether it is the layer that `other` lacks in some designs, standing elsewhere.

        A name alone does not say so: unrelated designs share them.
        """
        pairs = zip(self.layers, other.layers, strict=True)
        apart = all(mine is None or theirs is None for mine, theirs in pairs)
        known = {(each.name, _content(each)) for each in other.present} if apart else set()
        return any((each.name, _content(each)) in known for each in self.present)

    def joined(self, other: Line) -> Line:
        """Return both as one layer that was moved."""
        layers = tuple(mine or theirs for mine, theirs in zip(self.layers, other.layers, strict=True))
        asked = tuple(mine or theirs for mine, theirs in zip(self.asked, other.asked, strict=True))
        return Line(layers, asked, moved=True)


def lines(stacks: Sequence[Stack]) -> list[Line]:
    """Return the layers of several designs side by side, a block before what it holds.

    Args:
        stacks: Each design's outermost stack.
    """
    joined: list[Line] = []
    for line in _of_stacks(stacks):
        place = next((index for index, each in enumerate(joined) if line.completes(each)), None)
        if place is None:
            joined.append(line)
        else:
            joined[place] = joined[place].joined(line)
    return joined


def _of_stacks(stacks: Sequence[Stack | None]) -> Iterator[Line]:
    """Return the layers of one stack; None: the block that would hold it is not in that design."""
    asked = tuple(stack is not None for stack in stacks)
    for layers in align([stack or () for stack in stacks], _likeness):
        yield Line(layers, asked)
        blocks = [each if isinstance(each, Block) else None for each in layers]
        for branches in align([block.branches if block else () for block in blocks], _overlap):
            pairs = zip(blocks, branches, strict=True)
            # a branch that is not there holds nothing, as an empty one does
            yield from _of_stacks([(branch or ()) if block else None for block, branch in pairs])


def _likeness(one: Layer, other: Layer) -> float:
    """Return how well two layers go together: 0 for other kinds, the most for equal ones.

    Their names count least; they decide between equals. Layers of weights count more, so that of two
    that changed places it is the lighter one that was moved.
    """
    if type(one) is not type(other):
        return 0.0
    mine, theirs = _content(one), _content(other)
    same = sum(1 for left, right in zip(mine, theirs, strict=True) if left == right) / len(mine)
    alike = 2.0 if mine == theirs else 1.0 + 0.5 * same
    heavy = 1.2 if one.sums or isinstance(one, Block) else 1.0
    return heavy * (alike + (0.1 if one.name == other.name else 0.0))


@functools.lru_cache(4 * MOST_LAYERS)
def _content(layer: Layer) -> tuple[object, ...]:
    """Return all that a layer is but its name, and the names of what it holds."""
    own = tuple(getattr(layer, name) for name in parameters_of(type(layer)))
    branches = layer.branches if isinstance(layer, Block) else ()
    return (layer.kind(), *own, tuple(tuple(map(_content, branch)) for branch in branches))


def _overlap(one: Stack, other: Stack) -> float:
    """Return how much two branches have in common; a little even where it is nothing."""
    names = [{(each.kind(), each.name) for each in every_layer(stack)} for stack in (one, other)]
    kinds = [{each.kind() for each in every_layer(stack)} for stack in (one, other)]
    return 0.1 + len(names[0] & names[1]) + 0.5 * len(kinds[0] & kinds[1])
