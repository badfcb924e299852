"""Random legal experiments, made from what the catalog's fields declare: a new layer is covered at once."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from core.experiment.dataset import Shape
from core.experiment.experiment import DataSpec, Experiment, ModelSpec, TrainingSpec
from core.experiment.fields import Choice, Field, Integer, Real, Record, Text, declared
from core.experiment.layer import CATALOG, Layer


def values(field: Field) -> SearchStrategy[Any]:
    """Return a strategy for all that a field allows."""
    match field:
        case Integer(low=low, high=high):
            return st.integers(low, high)
        case Real(low=low, high=high):
            return st.floats(low, high)
        case Choice(options=options):
            return st.sampled_from([option.value for option in options])
        case Text(pattern=pattern):
            return st.from_regex(pattern, fullmatch=True)
        case _:
            raise TypeError(f"no strategy makes values for {field!r}; add one here")


def records(kind: type[Record]) -> SearchStrategy[Any]:
    """Return a strategy for records of one class."""
    fields = {name: values(field) for name, field in declared(kind).items()}
    return st.fixed_dictionaries(fields).map(lambda attributes: kind(**attributes))


def layers() -> SearchStrategy[Layer]:
    """Return a strategy for any layer of the catalog."""
    return st.sampled_from(sorted(CATALOG)).flatmap(lambda kind: records(CATALOG[kind]))


def experiments(most_layers: int = 6) -> SearchStrategy[Experiment]:
    """Return a strategy for whole experiments, whether they can be trained or not."""
    stacks = st.lists(layers(), max_size=most_layers, unique_by=lambda layer: layer.name)
    return st.builds(
        Experiment,
        data=records(DataSpec),
        model=stacks.map(lambda stack: ModelSpec(layers=tuple(stack))),
        training=records(TrainingSpec),
    )


def small_layers(largest: int = 5) -> SearchStrategy[Layer]:
    """Return a strategy for layers whose whole numbers are small, so that Keras can build them at once."""
    return st.sampled_from(sorted(CATALOG)).flatmap(lambda kind: _small(CATALOG[kind], largest))


def _small(kind: type[Layer], largest: int) -> SearchStrategy[Layer]:
    fields = {
        name: st.integers(field.low, min(field.high, largest))
        if isinstance(field, Integer)
        else values(field)
        for name, field in declared(kind).items()
        if name != "name"
    }
    return st.fixed_dictionaries(fields).map(lambda attributes: kind(name="layer", **attributes))


def small_stacks(most_layers: int = 6) -> SearchStrategy[tuple[Layer, ...]]:
    """Return a strategy for stacks of small layers; some can be built and some can't."""
    stacks = st.lists(small_layers(), min_size=1, max_size=most_layers)
    return stacks.map(lambda stack: tuple(each.replace(name=f"l{n}") for n, each in enumerate(stack)))


def image_shapes() -> SearchStrategy[Shape]:
    """Return a strategy for shapes of small images."""
    return st.tuples(st.integers(1, 13), st.integers(1, 13), st.integers(1, 4))
