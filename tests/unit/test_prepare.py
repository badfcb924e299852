"""A drawing becomes what the network's data look like, or a sentence that says why not."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from numpy.typing import NDArray

from core.data.mnist_manner import as_mnist
from core.data.sources import SOURCES
from core.drawing.prepare import ink_of, prepare
from core.errors import NotDrawable
from core.experiment.dataset import DatasetInfo
from tests.unit.made_up import HOUSES, PICTURES

Canvas = NDArray[np.uint8]


def _canvas(alpha: int = 255) -> Canvas:
    """Return a black canvas as the browser sends it: opaque, or nothing at all where not drawn."""
    canvas = np.zeros((280, 280, 4), np.uint8)
    canvas[..., 3] = alpha
    return canvas


def _stroke(canvas: Canvas, colour: tuple[int, int, int, int] = (255, 255, 255, 255)) -> Canvas:
    canvas[60:200, 30:55] = colour
    return canvas


@pytest.mark.parametrize("paper", [0, 255], ids=["transparent", "black"])
def test_a_white_stroke_is_full_ink_whatever_the_paper(paper: int) -> None:
    ink = ink_of(_stroke(_canvas(paper)))
    assert ink.shape == (280, 280)
    assert ink.dtype == np.uint8
    assert (ink[60:200, 30:55] == 255).all()
    assert int((ink > 0).sum()) == 140 * 25


@pytest.mark.parametrize(
    ("colour", "expected"),
    [
        ((255, 255, 255, 128), 128),
        ((255, 255, 255, 0), 0),
        ((128, 128, 128, 255), 128),
        ((128, 128, 128, 128), 64),
        ((255, 0, 0, 255), 76),
        ((0, 255, 0, 255), 150),
        ((0, 0, 255, 255), 29),
        ((0, 0, 0, 255), 0),
    ],
)
def test_colours_and_alpha_composite_over_black(colour: tuple[int, int, int, int], expected: int) -> None:
    assert ink_of(_stroke(_canvas(), colour))[100, 40] == expected


def test_a_drawing_is_centred_as_mnist(digits_info: DatasetInfo) -> None:
    image = prepare(_stroke(_canvas()), digits_info)
    assert image is not None
    assert image.shape == (28, 28)
    assert image.dtype == np.uint8
    assert np.array_equal(image, as_mnist(ink_of(_stroke(_canvas()))))
    assert image[4:24, 12:16].all()
    assert int((image > 0).sum()) == 20 * 4


@pytest.mark.parametrize("alpha", [0, 255])
def test_an_empty_canvas_is_nothing(alpha: int, digits_info: DatasetInfo) -> None:
    assert prepare(_canvas(alpha), digits_info) is None


def test_black_strokes_on_black_are_nothing(digits_info: DatasetInfo) -> None:
    assert prepare(_stroke(_canvas(), (0, 0, 0, 255)), digits_info) is None


@pytest.mark.parametrize(
    "info",
    [
        SOURCES["fashion_mnist"].info,
        HOUSES,
        PICTURES,
        dataclasses.replace(PICTURES, drawable=True),
        dataclasses.replace(HOUSES, drawable=True),
        dataclasses.replace(PICTURES, drawable=True, input_shape=(12, 12, 3)),
        dataclasses.replace(PICTURES, drawable=True, input_shape=(12, 9, 1)),
    ],
)
def test_what_is_no_drawing_is_refused_by_its_noun(info: DatasetInfo) -> None:
    with pytest.raises(NotDrawable, match=f"A drawing is no {info.noun}"):
        prepare(_stroke(_canvas()), info)


def test_other_sizes_of_drawable_data_are_served(digits_info: DatasetInfo) -> None:
    image = prepare(_stroke(_canvas()), dataclasses.replace(digits_info, input_shape=(14, 14, 1)))
    assert image is not None
    assert image.shape == (14, 14)
    assert image[2:12, 6:8].all()
    assert int((image > 0).sum()) == 10 * 2


def test_a_canvas_of_another_size_gives_the_same(digits_info: DatasetInfo) -> None:
    wide = np.zeros((400, 700, 4), np.uint8)
    wide[:280, 100:380] = _stroke(_canvas(0))
    one, other = prepare(wide, digits_info), prepare(_stroke(_canvas()), digits_info)
    assert one is not None
    assert other is not None
    assert np.array_equal(one, other)
