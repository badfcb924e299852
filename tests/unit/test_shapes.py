"""Shapes and parameter counts of stacks, by hand-made numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.experiment.dataset import Shape, show_shape
from core.experiment.layer import CATALOG, Change, IllegalInput, Layer
from core.experiment.shapes import parameter_count, walk
from core.experiment.windows import slide


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
