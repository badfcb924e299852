"""Random experiments, made from what the catalog's fields declare: a new layer is covered at once."""

from __future__ import annotations

from enum import Enum
from functools import cache
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from core.experiment import edits
from core.experiment.block import Block, every_layer
from core.experiment.data_spec import DataSpec
from core.experiment.dataset import Shape
from core.experiment.experiment import Experiment
from core.experiment.fields import Choice, Field, Flag, Integer, Real, Record, Sizes, Text, declared
from core.experiment.layer import CATALOG, Change, IllegalInput, Layer
from core.experiment.model_spec import ModelSpec
from core.experiment.shapes import walk
from core.experiment.training_spec import TrainingSpec

Stack = tuple[Layer, ...]
LARGEST_SAMPLE = 20_000
"""Numbers that a layer of a legal stack gives at most."""
_UNNAMED = "layer"


def values(field: Field) -> SearchStrategy[Any]:
    """Return a strategy for all that a field allows."""
    match field:
        case Integer(low=low, high=high):
            return st.integers(low, high)
        case Real(low=low, high=high):
            return st.floats(low, high)
        case Choice(options=options):
            return st.sampled_from([option.value for option in options])
        case Flag():
            return st.booleans()
        case Sizes(fewest=fewest, most=most, high=high):
            return st.lists(st.integers(1, high), min_size=fewest, max_size=most).map(tuple)
        case Text(pattern=pattern):
            return st.from_regex(pattern, fullmatch=True)
        case _:
            raise TypeError(f"no strategy makes values for {field!r}; add one here")


def records(kind: type[Record]) -> SearchStrategy[Any]:
    """Return a strategy for records of one class; a block's branches are empty."""
    fields = {name: values(field) for name, field in declared(kind).items()}
    return st.fixed_dictionaries(fields).map(lambda attributes: kind(**attributes))


def kinds(depth: int) -> SearchStrategy[type[Layer]]:
    """Return a strategy for the catalog's classes, those of blocks only where `depth` allows some."""
    fitting = [kind for kind in CATALOG.values() if depth or not issubclass(kind, Block)]
    return st.sampled_from(sorted(fitting, key=lambda kind: kind.kind()))


def layers(depth: int = 2) -> SearchStrategy[Layer]:
    """Return a strategy for any layer of the catalog; blocks hold stacks, `depth` blocks deep."""
    return kinds(depth).flatmap(
        lambda kind: _filled(records(kind), layers(depth - 1) if depth else st.nothing()).map(
            lambda layer: _named_apart((layer,))[0]
        )
    )


def experiments(most_layers: int = 6) -> SearchStrategy[Experiment]:
    """Return a strategy for whole experiments, whether they can be trained or not."""
    stacks = st.lists(layers(), max_size=most_layers).map(lambda stack: _named_apart(tuple(stack)))
    return st.builds(
        Experiment,
        data=records(DataSpec),
        model=stacks.map(lambda stack: ModelSpec(layers=stack)),
        training=records(TrainingSpec),
    )


def _filled(made: SearchStrategy[Layer], held: SearchStrategy[Layer]) -> SearchStrategy[Layer]:
    """Return a strategy that fills the branches of the blocks that `made` makes."""
    return made.flatmap(
        lambda layer: (
            _branches(layer, held).map(layer.holding) if isinstance(layer, Block) else st.just(layer)
        )
    )


def _branches(block: Block, held: SearchStrategy[Layer]) -> SearchStrategy[tuple[Stack, ...]]:
    branch = st.lists(held, max_size=3).map(tuple)
    most = min(block.most_branches, block.fewest_branches + 1)
    return st.lists(branch, min_size=block.fewest_branches, max_size=most).map(tuple)


def _named_apart(stack: Stack) -> Stack:
    """Return the stack with each name that was there before made another."""
    names: list[Layer] = []

    def name(layer: Layer) -> Layer:
        taken = any(layer.name == each.name for each in names)
        fresh = layer.replace(name=edits.new_name(layer.kind(), names)) if taken else layer
        names.append(fresh)
        if isinstance(fresh, Block):
            return fresh.holding(tuple(tuple(map(name, branch)) for branch in fresh.branches))
        return fresh

    return tuple(map(name, stack))


# --- small enough for Keras to build them at once ---


def small_layers(depth: int = 0, largest: int = 5) -> SearchStrategy[Layer]:
    """Return a strategy for layers whose whole numbers are small; all have the same name."""
    held = small_layers(depth - 1, largest) if depth else st.nothing()
    return kinds(depth).flatmap(lambda kind: _filled(_small(kind, largest), held))


def _small(kind: type[Layer], largest: int) -> SearchStrategy[Layer]:
    return _small_called(kind.kind(), largest)


@cache
def _small_called(name: str, largest: int) -> SearchStrategy[Layer]:
    kind = CATALOG[name]
    fields = {
        name: _small_values(field, largest) for name, field in declared(kind).items() if name != "name"
    }
    return st.fixed_dictionaries(fields).map(lambda attributes: kind(name=_UNNAMED, **attributes))


def _small_values(field: Field, largest: int) -> SearchStrategy[Any]:
    match field:
        case Integer(low=low, high=high):
            return st.integers(max(low, -largest), min(high, largest))
        case Sizes(fewest=fewest, most=most):
            return st.lists(st.integers(1, largest), min_size=fewest, max_size=most).map(tuple)
        case _:
            return values(field)


def numbered(stack: Stack) -> Stack:
    """Return the stack with its layers called l0, l1, …, a block before what it holds."""
    count = iter(range(10_000))

    def name(layer: Layer) -> Layer:
        fresh = layer.replace(name=f"l{next(count)}")
        if isinstance(fresh, Block):
            return fresh.holding(tuple(tuple(map(name, branch)) for branch in fresh.branches))
        return fresh

    return tuple(map(name, stack))


def small_stacks(most_layers: int = 6, depth: int = 1) -> SearchStrategy[Stack]:
    """Return a strategy for stacks of small layers; some can be built and some can't."""
    stacks = st.lists(small_layers(depth), min_size=1, max_size=most_layers)
    return stacks.map(lambda stack: numbered(tuple(stack)))


_SIZES = st.sampled_from(range(1, 14))


def image_shapes() -> SearchStrategy[Shape]:
    """Return a strategy for shapes of small images."""
    return st.tuples(_SIZES, _SIZES, st.integers(1, 4))


def shapes() -> SearchStrategy[Shape]:
    """Return a strategy for shapes of small images, and of some tables and rows."""
    of_axes = {1: st.tuples(_SIZES), 2: st.tuples(_SIZES, _SIZES), 3: image_shapes()}
    return st.sampled_from([3, 3, 3, 3, 2, 1]).flatmap(of_axes.__getitem__)


# --- legal: every layer can take what it gets ---


class Wish(Enum):
    """What the layers of a stack should do to an image."""

    ANYTHING = 0
    SAME_PADDING = 1
    """Sizes follow from strides alone, so that a projection can follow them."""
    SAME_SIZE = 2
    """All sizes but the last stay, so that outputs can be joined."""


_NO_BLOCKS = st.sampled_from(
    [kind for kind in CATALOG.values() if not issubclass(kind, Block) for _ in range(1 + 2 * kind.sums)]
)
_OFTEN_BLOCKS = st.sampled_from(
    [kind for kind in CATALOG.values() for _ in range(8 if issubclass(kind, Block) else 1 + 2 * kind.sums)]
)
_SELDOM = st.sampled_from([False, False, False, True])


def legal_stacks(shape: Shape, most_layers: int = 5, depth: int = 3) -> SearchStrategy[Stack]:
    """Return a strategy for stacks that can take `shape`, with blocks up to `depth` deep."""
    return _legal(shape, most_layers, depth, Wish.ANYTHING).filter(bool).map(numbered)


@st.composite
def _legal(draw: DrawFn, shape: Shape, most_layers: int, depth: int, wish: Wish) -> Stack:
    stack: Stack = ()
    count = draw(st.integers(0, most_layers))
    for place in range(count):
        kind = draw(_OFTEN_BLOCKS if depth else _NO_BLOCKS)
        layer = draw(_legal_block(kind, shape, depth) if issubclass(kind, Block) else _small(kind, 5))
        (step,) = walk((_fitted(layer, shape, wish),), shape)
        output = step.output_shape
        if output is None or step.values > LARGEST_SAMPLE:
            continue
        if wish is Wish.SAME_SIZE and output[:-1] != shape[:-1]:
            continue
        # most of what is worth a test needs an image: keep it for long
        if len(output) >= len(shape) or place == count - 1 or draw(_SELDOM):
            stack, shape = (*stack, step.layer), output
    return stack


def _fitted(layer: Layer, shape: Shape, wish: Wish) -> Layer:
    """Return a layer as the wish, or its own remedy, would have it."""
    fields = declared(layer)
    if wish is not Wish.ANYTHING and isinstance(fields.get("padding"), Choice):
        layer = layer.replace(padding="same")
        if wish is Wish.SAME_SIZE and "strides" in fields:
            layer = layer.replace(strides=1)
    try:
        layer.output_shape(shape)
    except IllegalInput as illegal:
        for _, remedy in illegal.remedies[:1]:
            if isinstance(remedy, Change) and not remedy.layer:
                return layer.replace(**{remedy.field: remedy.value})
    return layer


@st.composite
def _legal_block(draw: DrawFn, kind: type[Layer], shape: Shape, depth: int) -> Layer:
    """Draw a block; mostly its branches fit each other."""
    block = draw(_small(kind, 5))
    assert isinstance(block, Block)
    wish = draw(st.sampled_from([Wish.SAME_SIZE, Wish.SAME_SIZE, Wish.SAME_PADDING, Wish.ANYTHING]))
    most = min(block.most_branches, block.fewest_branches + 2)
    count = draw(st.integers(block.fewest_branches, most))
    return block.holding(tuple(draw(_legal(shape, 3, depth - 1, wish)) for _ in range(count)))


def layers_in(stack: Stack) -> int:
    """Return how many layers a stack has, at all depths."""
    return sum(1 for _ in every_layer(stack))
