"""A drawing becomes what the network's data look like, or a sentence that says why not."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from numpy.typing import NDArray

from core.data.mnist_manner import as_mnist
from core.data.sources import SOURCES
from core.drawing.picture import picture
from core.drawing.prepare import Prepared, Switches, ink_of, input_side, prepare
from core.drawing.strokes import PENS, Drawing, Stroke
from core.errors import NotDrawable
from core.experiment.dataset import DatasetInfo
from tests.browser.strokes import drawing
from tests.unit.made_up import HOUSES, PICTURES

Canvas = NDArray[np.uint8]


def _canvas(alpha: int = 255) -> Canvas:
    """Return a black canvas as a browser gives it: opaque, or nothing at all where not drawn."""
    canvas = np.zeros((280, 280, 4), np.uint8)
    canvas[..., 3] = alpha
    return canvas


def _bar(canvas: Canvas, colour: tuple[int, int, int, int] = (255, 255, 255, 255)) -> Canvas:
    canvas[60:200, 30:55] = colour
    return canvas


def _prepared(drawn: Drawing, switches: Switches | None = None, side: int = 28) -> Prepared:
    found = prepare(drawn, side, switches)
    assert found is not None
    return found


def _difference(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """Return how far two pictures differ, as a share of one's ink; a pixel aside is the same."""
    places = [(down, across) for down in (-1, 0, 1) for across in (-1, 0, 1)]
    shifted = [np.roll(other.astype(float), place, (0, 1)) for place in places]
    return min(float(np.abs(one - each).sum() / one.sum()) for each in shifted)


@pytest.mark.parametrize("paper", [0, 255], ids=["transparent", "black"])
def test_a_white_stroke_is_full_ink_whatever_the_paper(paper: int) -> None:
    ink = ink_of(_bar(_canvas(paper)))
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
    assert ink_of(_bar(_canvas(), colour))[100, 40] == expected


@pytest.mark.parametrize("digit", range(10))
def test_a_drawing_is_brought_to_where_mnist_would_have_put_it(digit: int) -> None:
    found = _prepared(drawing(digit))
    assert found.drawn.shape == found.weighed.shape == (280, 280)
    assert max(found.fitted.shape) == 20
    assert np.array_equal(found.image, as_mnist(found.weighed))
    rows, columns = np.nonzero(found.image)
    assert max(np.ptp(rows), np.ptp(columns)) + 1 == pytest.approx(20, abs=1)
    weights = found.image.astype(float)
    for axis in (0, 1):
        along = weights.sum(axis=1 - axis)
        assert along @ (np.arange(28) + 0.5) / along.sum() == pytest.approx(14, abs=0.51)


@pytest.mark.parametrize("digit", range(10))
def test_pen_size_and_place_hardly_change_what_the_network_gets(digit: int) -> None:
    usual = _prepared(drawing(digit)).image
    for pen in PENS:
        for height in (56, 100, 230):
            there = height / 2 + 20
            for middle in ((there, there), (280 - there, there), (140, 140), (there, 280 - there)):
                image = _prepared(drawing(digit, pen, height, middle)).image
                assert _difference(usual, image) < 0.4, (pen, height, middle)


@pytest.mark.parametrize("switch", [each.name for each in dataclasses.fields(Switches)])
def test_each_step_can_be_left_out_alone_and_then_something_is_otherwise(switch: str) -> None:
    drawn = drawing(3, pen=30, height=90, middle=(80, 190))
    usual, other = _prepared(drawn), _prepared(drawn, Switches(**{switch: False}))
    assert np.array_equal(usual.drawn, other.drawn)
    assert other.image.shape == (28, 28)
    assert other.image.any()
    assert not np.array_equal(usual.image, other.image)


def test_what_is_left_out_leaves_the_picture_as_it_was_before() -> None:
    drawn = drawing(5, pen=30, height=90)
    light = _prepared(drawn, Switches(weight=False))
    assert np.array_equal(light.weighed, light.drawn)
    whole = _prepared(drawn, Switches(crop=False))
    assert np.array_equal(whole.cropped, whole.weighed)
    assert _prepared(drawn, Switches(fit=False)).fitted.shape == (28, 28)
    hard = _prepared(drawing(1), Switches(smooth=False))
    grey = (hard.fitted > 0) & (hard.fitted < 255)
    assert grey.mean() < ((_prepared(drawing(1)).fitted % 255) > 0).mean()


def test_without_any_step_the_canvas_is_merely_shrunk() -> None:
    none = Switches(**dict.fromkeys((each.name for each in dataclasses.fields(Switches)), False))
    corner = _prepared(drawing(7, height=60, middle=(50, 50)), none).image
    rows, columns = np.nonzero(corner)
    assert rows.max() < 10
    assert columns.max() < 10


def test_nothing_is_drawn_is_nothing() -> None:
    assert prepare(Drawing()) is None
    assert prepare(Drawing((Stroke(((-90.0, -90.0), (-60.0, -80.0)), 20.0),))) is None


@pytest.mark.parametrize(
    "strokes",
    [
        (Stroke(((140.0, 140.0),), 20.0),),
        (Stroke(((0.0, 140.0), (279.0, 140.0)), 12.0),),
        (Stroke(((140.0, 0.0), (140.0, 280.0)), 30.0),),
        tuple(Stroke(((0.0, float(y)), (280.0, float(y))), 30.0) for y in range(0, 281, 10)),
        (Stroke(((270.0, 100.0), (330.0, 180.0)), 30.0),),
        (Stroke(((-14.0, 100.0), (-14.0, 160.0)), 30.0),),
    ],
    ids=["dot", "line across", "line down", "all white", "half outside", "only its edge inside"],
)
def test_any_ink_gives_an_input_with_ink_whatever_is_left_out(strokes: tuple[Stroke, ...]) -> None:
    names = [each.name for each in dataclasses.fields(Switches)]
    for bits in range(2 ** len(names)):
        taken = Switches(**{name: bool(bits >> place & 1) for place, name in enumerate(names)})
        image = _prepared(Drawing(strokes), taken).image
        assert image.shape == (28, 28)
        assert image.dtype == np.uint8
        if taken.smooth:  # without, a thin line may fall between the pixels that are kept
            assert image.any()


def test_other_sizes_of_input_are_served() -> None:
    for side in (8, 14, 32):
        found = _prepared(drawing(2), side=side)
        assert found.image.shape == (side, side)
        assert max(found.fitted.shape) == round(side * 20 / 28)


def test_an_ink_of_the_canvas_is_what_was_drawn() -> None:
    drawn = drawing(8)
    assert np.array_equal(_prepared(drawn).drawn, ink_of(picture(drawn)))
    assert math.isclose(drawn.extent, 180, abs_tol=1)


def test_the_side_is_the_datas(digits_info: DatasetInfo) -> None:
    assert input_side(digits_info) == 28
    assert input_side(dataclasses.replace(digits_info, input_shape=(14, 14, 1))) == 14


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
        input_side(info)
