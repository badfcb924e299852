"""Ink is brought to where MNIST would have put it: size, place, aspect."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.data import library
from core.data.mnist_manner import BOX_SHARE, Grey, as_mnist, centre, crop, fit


def _ellipse(row: float, column: float, tall: float, wide: float) -> Grey:
    """Return a sheet of 120 × 90 pixels with one ellipse, which may reach over its edge."""
    rows, columns = np.mgrid[:120, :90]
    inside = ((rows - row) / tall) ** 2 + ((columns - column) / wide) ** 2 <= 1
    return np.where(inside, 255, 0).astype(np.uint8)


def _centre_of_mass(image: Grey) -> tuple[float, float]:
    places = np.arange(len(image)) + 0.5
    total = image.sum(dtype=np.float64)
    return float(image.sum(axis=1) @ places / total), float(image.sum(axis=0) @ places / total)


ELLIPSES = st.builds(
    _ellipse,
    row=st.floats(0, 119),
    column=st.floats(0, 89),
    tall=st.floats(2, 40),
    wide=st.floats(2, 40),
)


@given(ELLIPSES, st.sampled_from([14, 20, 28, 29, 56]))
def test_a_blob_anywhere_ends_with_its_mass_in_the_middle(ink: Grey, field: int) -> None:
    image = as_mnist(ink, field)
    assert image.shape == (field, field)
    assert image.dtype == np.uint8
    for place in _centre_of_mass(image):
        assert abs(place - field / 2) <= 0.5


@given(ELLIPSES)
def test_the_ink_fills_a_box_of_twenty_and_keeps_its_aspect(ink: Grey) -> None:
    height, width = crop(ink).shape
    fitted = fit(crop(ink), 20)
    assert max(fitted.shape) == 20
    wanted = (20 * height / max(height, width), 20 * width / max(height, width))
    assert all(abs(got - max(1, want)) <= 0.5 for got, want in zip(fitted.shape, wanted, strict=True))


@given(ELLIPSES, st.integers(0, 60), st.integers(0, 60))
def test_where_it_was_drawn_makes_no_difference(ink: Grey, down: int, right: int) -> None:
    moved = np.zeros((200, 200), np.uint8)
    moved[down : down + 120, right : right + 90] = ink
    assert np.array_equal(as_mnist(moved), as_mnist(ink))


@given(st.integers(1, 40), st.integers(1, 40))
def test_lopsided_ink_stays_inside_whole(height: int, width: int) -> None:
    ink = np.zeros((height, width), np.uint8)
    ink[0, 0] = ink[-1, -1] = 1
    ink[0, :] = 255
    image = as_mnist(ink)
    assert image.any()
    assert int(image.sum()) == int(fit(crop(ink), 20).sum())


@pytest.mark.parametrize("shape", [(1, 1), (280, 280), (3, 200)])
def test_no_ink_gives_zeros(shape: tuple[int, int]) -> None:
    image = as_mnist(np.zeros(shape, np.uint8), field=14)
    assert image.shape == (14, 14)
    assert not image.any()
    assert crop(np.zeros(shape, np.uint8)).shape == (0, 0)


def test_crop_is_the_smallest_rectangle_with_all_ink() -> None:
    ink = np.zeros((10, 10), np.uint8)
    ink[2, 3] = ink[6, 4] = 1
    assert crop(ink).shape == (5, 2)


def test_centre_places_a_full_square_in_the_middle() -> None:
    image = centre(np.full((20, 20), 255, np.uint8), 28)
    assert image[4:24, 4:24].all()
    assert int((image > 0).sum()) == 400


def test_shrinking_is_anti_aliased() -> None:
    levels = np.unique(as_mnist(_ellipse(60, 45, 50, 33)))
    assert len(levels) > 10
    assert levels.max() > 240


def test_a_dot_becomes_a_full_square_of_ink() -> None:
    dot = np.zeros((50, 50), np.uint8)
    dot[30, 7] = 255
    assert np.array_equal(as_mnist(dot), centre(np.full((20, 20), 255, np.uint8), 28))


def test_real_digits_prepared_so_fit_the_box_and_are_centred() -> None:
    images = library.load("digits").training.inputs[:300, ..., 0].astype(np.uint8)
    for image in images:
        height, width = crop(image).shape
        assert max(height, width) == round(28 * BOX_SHARE)
        assert all(abs(place - 14) <= 0.5 for place in _centre_of_mass(image))
