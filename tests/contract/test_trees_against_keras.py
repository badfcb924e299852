"""Trees of layers and blocks: shapes, counts and legality are those of a network that Keras built."""

from __future__ import annotations

import itertools

import keras
import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from core.data.split import Statistics
from core.experiment import edits
from core.experiment.block import depth_of, every_layer
from core.experiment.data_spec import DataSpec
from core.experiment.dataset import DatasetInfo, Shape, Task
from core.experiment.experiment import Experiment
from core.experiment.layer import IllegalInput
from core.experiment.layers.parallel import Parallel
from core.experiment.shapes import every, walk
from core.model.build import network
from tests.contract.keras_oracle import Made, Stack, by_catalog, by_keras, counts, counts_by_block
from tests.unit import strategies

LEGAL, SHARDS = 2_000, 8
TREES = strategies.shapes().flatmap(lambda shape: st.tuples(st.just(shape), strategies.legal_stacks(shape)))
pytestmark = pytest.mark.filterwarnings("ignore:.*softmax over axis:UserWarning")  # useless, but legal


def _built(stack: Stack, shape: Shape) -> keras.Model:
    info = DatasetInfo("n", "N", "N.", shape, Task.REGRESSION, 10, 1)
    design = Experiment(data=DataSpec(normalization="none")).with_layers(stack)
    return network(design, info, Statistics((0.0,), (1.0,)))


@pytest.mark.timeout(600)
@pytest.mark.parametrize("shard", range(SHARDS))
def test_two_thousand_legal_trees_are_what_they_promise(shard: int) -> None:
    depths: list[int] = []

    @seed(shard)
    @settings(max_examples=LEGAL // SHARDS, database=None)
    @given(TREES)
    def agree(drawn: tuple[Shape, Stack]) -> None:
        shape, stack = drawn
        promised = by_catalog(stack, shape)
        assert promised is not None
        model = _built(stack, shape)
        assert Made(tuple(model.output_shape[1:]), *counts(model)) == promised
        steps = walk(stack, shape)
        told = {step.layer.name: (step.parameters, step.non_trainable) for step in every(steps)}
        assert counts_by_block(model, steps) == told
        depths.append(depth_of(stack))
        if len(depths) % 40 == 0:
            keras.utils.clear_session()

    agree()
    assert len(depths) >= LEGAL // SHARDS
    assert {0, 1, 2, 3} <= set(depths)


@settings(max_examples=250)
@given(strategies.small_stacks(3, depth=3), strategies.shapes())
def test_a_tree_is_legal_exactly_where_keras_builds_it(stack: Stack, shape: Shape) -> None:
    assert by_catalog(stack, shape) == by_keras(stack, shape)


@settings(max_examples=150)
@given(TREES)
def test_a_legal_tree_is_one_that_keras_builds_by_hand(drawn: tuple[Shape, Stack]) -> None:
    shape, stack = drawn
    assert by_catalog(stack, shape) == by_keras(stack, shape)


@settings(max_examples=400)
@given(TREES, st.data())
def test_a_legal_tree_with_one_change_is_legal_exactly_where_keras_builds_it(
    drawn: tuple[Shape, Stack], data: st.DataObject
) -> None:
    shape, stack = drawn
    name = data.draw(st.sampled_from([layer.name for layer in every_layer(stack)]))
    whole = Experiment().with_layers(stack)
    other = data.draw(strategies.small_layers()).replace(name="other")
    changed = edits.put(edits.remove(whole, name), whole.model.place_of(name), other)
    for each in (changed, edits.remove(whole, name)):
        assert by_catalog(each.model.layers, shape) == by_keras(each.model.layers, shape)


@settings(max_examples=40)
@given(TREES)
def test_a_legal_tree_computes_outputs_of_the_size_it_promised(drawn: tuple[Shape, Stack]) -> None:
    shape, stack = drawn
    promised = by_catalog(stack, shape)
    assert promised is not None
    model = _built(stack, shape)
    for training in (False, True):
        assert model(keras.ops.ones((2, *shape)), training=training).shape == (2, *promised.shape)


@pytest.mark.parametrize("joining", ["add", "concatenate"])
def test_two_shapes_join_exactly_where_keras_joins_them(joining: str) -> None:
    shapes: list[Shape] = [
        (1,),
        (3,),
        (6,),
        (1, 3),
        (2, 3),
        (2, 1),
        (2, 1, 3),
        (1, 1, 1),
        (2, 3, 1),
        (3, 2, 1),
    ]
    for first, second in itertools.product(shapes, repeat=2):
        known = keras.Input(first), keras.Input(second)
        layer = keras.layers.Add if joining == "add" else keras.layers.Concatenate
        try:
            expected = tuple(layer()(known).shape[1:])
        except ValueError:
            with pytest.raises(IllegalInput):
                Parallel(name="a", joining=joining).merge((1,), (first, second))
            continue
        assert Parallel(name="a", joining=joining).merge((1,), (first, second)).output_shape == expected
        real = layer()([keras.ops.ones((2, *first)), keras.ops.ones((2, *second))])
        assert real.shape == (2, *expected)
