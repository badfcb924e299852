"""An experiment is frozen, and comes back from JSON and from a link exactly as it was."""

from __future__ import annotations

import dataclasses
import json
import random
import string

import pytest
from hypothesis import given

from core.experiment import link
from core.experiment.block import DEEPEST, Block, every_layer
from core.experiment.experiment import LARGEST_DOCUMENT, SCHEMA, Experiment
from core.experiment.fields import Choice, Field, Flag, Integer, Real, Sizes, declared
from core.experiment.layer import CATALOG, Layer, layer_from_dict, layer_to_dict, parameters_of
from core.experiment.layers.parallel import Parallel
from core.experiment.model_spec import MOST_LAYERS
from tests.unit import strategies

ALPHABET = string.ascii_lowercase + string.digits + "_"


@given(strategies.experiments())
def test_json_gives_back_the_same_experiment(experiment: Experiment) -> None:
    assert Experiment.from_json(experiment.to_json()) == experiment
    assert Experiment.from_json(experiment.to_json(indent=2)) == experiment
    assert Experiment.from_dict(experiment.to_dict()) == experiment


@given(strategies.experiments())
def test_a_link_gives_back_the_same_experiment(experiment: Experiment) -> None:
    assert link.decode(link.encode(experiment)) == experiment


@given(strategies.experiments())
def test_a_link_needs_no_escaping_in_an_address(experiment: Experiment) -> None:
    assert set(link.encode(experiment)) <= set(string.ascii_letters + string.digits + "-_")


@given(strategies.layers())
def test_a_layer_alone_comes_back_as_the_same_class(layer: Layer) -> None:
    back = layer_from_dict(layer_to_dict(layer))
    assert back == layer
    assert type(back) is type(layer)


def _random_value(field: Field, source: random.Random) -> object:
    match field:
        case Integer(low=low, high=high):
            return source.randint(low, high)
        case Real(low=low, high=high):
            return source.uniform(low, high)
        case Choice(options=options):
            return source.choice(options).value
        case Flag():
            return source.random() < 0.5
        case Sizes(most=most, high=high):
            return tuple(source.randint(1, high) for _ in range(most))
        case _:
            raise TypeError(f"no values for {field!r}; add some here")


def _random_layer(kind: type[Layer], number: int, source: random.Random) -> Layer:
    values = {name: _random_value(field, source) for name, field in parameters_of(kind).items()}
    stem = "".join(source.choices(ALPHABET, k=35))
    return kind(name=f"l{number:04d}{stem}", **values)


def _longest(kind: type[Layer], count: int) -> tuple[Layer, ...]:
    source = random.Random(7)
    return tuple(_random_layer(kind, number, source) for number in range(count))


@pytest.mark.parametrize("kind", CATALOG.values(), ids=CATALOG)
def test_even_the_longest_design_fits_into_json_and_a_link(kind: type[Layer]) -> None:
    longest = Experiment().with_layers(_longest(kind, MOST_LAYERS))
    assert len(longest.to_json(indent=2)) <= LARGEST_DOCUMENT
    assert link.decode(link.encode(longest)) == longest


@pytest.mark.parametrize("kind", sorted(CATALOG.values(), key=lambda kind: -len(declared(kind)))[:4])
def test_even_the_longest_design_in_the_deepest_block_fits_into_json_and_a_link(kind: type[Layer]) -> None:
    stack = _longest(kind, MOST_LAYERS - DEEPEST + issubclass(kind, Block))
    for number in range(DEEPEST - issubclass(kind, Block)):
        stack = (Parallel(name=f"block_{number}", branches=(stack, ())),)
    longest = Experiment().with_layers(stack)
    assert len(longest.to_json(indent=2)) <= LARGEST_DOCUMENT
    assert link.decode(link.encode(longest)) == longest


def test_what_a_document_leaves_out_takes_its_default() -> None:
    assert Experiment.from_json(f'{{"schema": {SCHEMA}}}') == Experiment()
    layer = layer_from_dict({"kind": "Dense", "name": "a"})
    assert layer == CATALOG["Dense"](name="a")
    block = layer_from_dict(
        {"kind": "Residual", "name": "a", "branches": [[{"kind": "Dense", "name": "b"}]]}
    )
    assert list(every_layer((block,)))[1] == CATALOG["Dense"](name="b")


def test_a_document_says_its_schema_version() -> None:
    assert json.loads(Experiment().to_json())["schema"] == SCHEMA


@given(strategies.experiments())
def test_an_experiment_can_be_compared_and_used_as_a_key(experiment: Experiment) -> None:
    assert {experiment: 1}[Experiment.from_dict(experiment.to_dict())] == 1


@pytest.mark.parametrize("kind", CATALOG.values(), ids=CATALOG)
def test_a_layer_cannot_be_changed_in_place(kind: type[Layer]) -> None:
    layer = kind(name="a")
    for name in declared(kind):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(layer, name, getattr(layer, name))


@pytest.mark.parametrize("part", ["data", "model", "training"])
def test_an_experiment_cannot_be_changed_in_place(part: str) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(Experiment(), part, None)


def test_whole_numbers_written_as_floats_are_read_as_whole_numbers() -> None:
    read = Experiment.from_json('{"schema": 1, "training": {"epochs": 3.0}}')
    assert read.training.epochs == 3
    assert isinstance(read.training.epochs, int)
