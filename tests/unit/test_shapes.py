"""Shapes and parameter counts of stacks, by hand-made numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.experiment.broadcast import broadcast
from core.experiment.dataset import Shape, show_shape
from core.experiment.layer import CATALOG, Change, IllegalInput, Layer
from core.experiment.shapes import every, non_trainable_count, parameter_count, stacks, walk
from core.experiment.windows import slide
from tests.unit.designs import layer
from tests.unit.strategies import numbered


def _stack(*layers: tuple[str, dict[str, object]]) -> tuple[Layer, ...]:
    return tuple(CATALOG[kind](name=f"l{n}", **settings) for n, (kind, settings) in enumerate(layers))


def test_a_small_cnn_walks_as_counted_by_hand() -> None:
    stack = _stack(
        ("Conv2D", {"filters": 16, "kernel_size": 3}),
        ("MaxPooling2D", {"pool_size": 2}),
        ("Conv2D", {"filters": 32, "kernel_size": 5, "padding": "same", "strides": 2}),
        ("Dropout", {"rate": 0.5}),
        ("Flatten", {}),
        ("Dense", {"units": 10}),
    )
    steps = walk(stack, (28, 28, 1))
    assert [step.output_shape for step in steps] == [
        (26, 26, 16),
        (13, 13, 16),
        (7, 7, 32),
        (7, 7, 32),
        (1568,),
        (10,),
    ]
    assert [step.parameters for step in steps] == [160, 0, 12_832, 0, 0, 15_690]
    assert [step.input_shape for step in steps][1:] == [step.output_shape for step in steps][:-1]
    assert parameter_count(steps) == 160 + 12_832 + 15_690


def test_dense_on_an_image_works_along_the_last_axis() -> None:
    (step,) = walk(_stack(("Dense", {"units": 4})), (5, 6, 3))
    assert (step.output_shape, step.parameters) == ((5, 6, 4), 16)


def test_nothing_is_known_behind_a_layer_that_cannot_take_its_input() -> None:
    steps = walk(_stack(("Flatten", {}), ("Conv2D", {}), ("Dense", {})), (4, 4, 1))
    assert [step.illegal is not None for step in steps] == [False, True, False]
    assert [step.output_shape for step in steps] == [(16,), None, None]
    assert [step.parameters for step in steps] == [0, None, None]
    assert steps[2].input_shape is None
    assert parameter_count(steps) == 0


def test_a_block_counts_all_that_it_holds_and_its_projection() -> None:
    inside = (layer("Conv2D", filters=4, padding="same", strides=2), layer("BatchNormalization"))
    fork = layer("Parallel", (layer("Conv2D", filters=3, kernel_size=1),), ())
    residual, parallel = walk(numbered((layer("Residual", inside), fork)), (9, 6, 2))
    assert [step.output_shape for step in (residual, parallel)] == [(5, 3, 4), (5, 3, 7)]
    # 3 × 3 × 2 weights and a bias for each of 4 filters; 2 × 4 learned, 2 × 4 kept; 2 × 4 in the projection
    assert (residual.parameters, residual.non_trainable) == (76 + 8 + 8, 8)
    assert (parallel.parameters, parallel.non_trainable) == (4 * 3 + 3, 0)
    pixels = 5 * 3
    assert residual.multiply_adds == pixels * (9 * 2 * 4 + 4 + 2 * 4)
    assert parallel.multiply_adds == pixels * 4 * 3
    assert residual.values == 3 * pixels * 4
    assert parallel.values == pixels * 3 + pixels * 7
    assert parameter_count((residual, parallel)) == 92 + 15
    assert non_trainable_count((residual, parallel)) == 8
    assert [step.layer.name for step in every((residual, parallel))] == ["l0", "l1", "l2", "l3", "l4"]
    assert [len(stack) for stack in stacks((residual, parallel))] == [2, 2, 1, 0]


def test_nothing_is_known_of_a_block_behind_an_illegal_layer_inside() -> None:
    block = layer("Residual", (layer("Flatten"), layer("Conv2D")))
    step, after = walk(numbered((block, layer("Dense"))), (4, 4, 1))
    assert (step.output_shape, step.illegal, step.merge) == (None, None, None)
    assert step.branches[0][1].illegal is not None
    assert (after.input_shape, after.parameters) == (None, None)


@given(st.data())
def test_sums_have_the_shape_that_numpy_gives_them(data: st.DataObject) -> None:
    sizes = st.lists(st.sampled_from([1, 1, 2, 3]), min_size=1, max_size=4).map(tuple)
    one, other = data.draw(sizes), data.draw(sizes)
    try:
        expected = np.broadcast_shapes(one, other)
    except ValueError:
        with pytest.raises(IllegalInput, match="do not fit each other"):
            broadcast(one, other)
    else:
        assert broadcast(one, other) == expected


def test_an_empty_stack_has_no_steps() -> None:
    assert walk((), (8,)) == ()
    assert parameter_count(()) == 0


@pytest.mark.parametrize(
    ("shape", "window", "strides", "padding", "expected"),
    [
        ((28, 28, 1), 3, 1, "valid", (26, 26)),
        ((28, 28, 1), 3, 1, "same", (28, 28)),
        ((28, 28, 1), 2, 2, "valid", (14, 14)),
        ((9, 7, 2), 2, 2, "valid", (4, 3)),
        ((9, 7, 2), 2, 2, "same", (5, 4)),
        ((12, 9, 3), 4, 3, "valid", (3, 2)),
        ((12, 9, 3), 31, 4, "same", (3, 3)),
        ((5, 5, 1), 5, 16, "valid", (1, 1)),
        ((1, 1, 1), 1, 1, "valid", (1, 1)),
    ],
)
def test_windows_leave_what_the_formula_says(
    shape: Shape, window: int, strides: int, padding: str, expected: Shape
) -> None:
    assert slide(shape, window, strides, padding, "kernel_size") == expected


@given(
    st.integers(1, 60),
    st.integers(1, 60),
    st.integers(1, 31),
    st.integers(1, 16),
    st.sampled_from(["valid", "same"]),
)
def test_windows_agree_with_counting_their_places(
    height: int, width: int, window: int, strides: int, padding: str
) -> None:
    if padding == "valid" and window > min(height, width):
        with pytest.raises(IllegalInput):
            slide((height, width, 1), window, strides, padding, "pool_size")
        return
    reach = window if padding == "valid" else 1
    expected = tuple(len(range(0, size - reach + 1, strides)) for size in (height, width))
    assert slide((height, width, 1), window, strides, padding, "pool_size") == expected


def test_a_window_too_large_names_remedies_that_fit() -> None:
    with pytest.raises(
        IllegalInput, match=r"window of 5 × 5, larger than its input of 9 × 4 × 2"
    ) as illegal:
        slide((9, 4, 2), 5, 1, "valid", "pool_size")
    assert [remedy for _, remedy in illegal.value.remedies] == [
        Change("padding", "same"),
        Change("pool_size", 4),
    ]


@pytest.mark.parametrize("shape", [(10,), (10, 4), (2, 3, 4, 5)])
def test_a_window_needs_an_image(shape: Shape) -> None:
    with pytest.raises(IllegalInput, match="needs an image"):
        slide(shape, 1, 1, "same", "kernel_size")


@pytest.mark.parametrize(
    ("shape", "written"), [((28, 28, 1), "28 × 28 × 1"), ((1_568,), "1,568"), ((), "1")]
)
def test_shapes_are_written_as_people_write_them(shape: Shape, written: str) -> None:
    assert show_shape(shape) == written
