"""The drawing of a network: true to its shapes, legible, and safe whatever a class is called."""

from __future__ import annotations

import itertools
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest

from core.experiment import edits
from core.experiment.dataset import DatasetInfo
from core.experiment.experiment import Experiment
from core.experiment.presets import PRESETS, Preset, preset
from tests.unit.made_up import HOUSES, PICTURES
from ui.network.picture import NARROWEST, alternative_text, draw

SVG = "{http://www.w3.org/2000/svg}"


def drawn(design: Experiment, info: DatasetInfo, sample: bool = True) -> ElementTree.Element:
    """Return the drawing, parsed."""
    picture = np.zeros(info.input_shape, np.uint8) if sample else None
    return ElementTree.fromstring(draw(design, info, picture)[0])


def words(svg: ElementTree.Element) -> list[str]:
    """Return all that is written in the drawing."""
    return [text.text or "" for text in svg.iter(f"{SVG}text")]


@pytest.mark.parametrize("each", PRESETS, ids=lambda each: each.name)
def test_every_layer_that_gives_something_stands_with_its_shape(
    each: Preset, digits_info: DatasetInfo
) -> None:
    svg = drawn(each.experiment(digits_info), digits_info)
    assert "28 × 28 × 1" in words(svg)
    assert words(svg)[-10:] == list("0123456789")
    assert svg.find(f".//{SVG}image") is not None


def test_a_layer_that_changes_values_only_is_a_mark_between_two_others(digits_info: DatasetInfo) -> None:
    svg = drawn(preset("article_dropout").experiment(digits_info), digits_info)
    assert "Dropout rate 0.2" in words(svg)


def test_a_picture_that_is_not_there_yet_leaves_its_place_empty(digits_info: DatasetInfo) -> None:
    svg = drawn(Experiment(), digits_info, sample=False)
    assert svg.find(f".//{SVG}image") is None
    assert "28 × 28 × 1" in words(svg)


def test_a_regression_on_figures_is_drawn_without_planes_or_classes() -> None:
    svg = drawn(preset("article").experiment(HOUSES), HOUSES)
    assert svg.find(f".//{SVG}rect") is None
    assert words(svg)[0] == "8"


def test_what_stands_behind_an_illegal_layer_is_left_out(digits_info: DatasetInfo) -> None:
    design = edits.insert(preset("article").experiment(digits_info), 1, "Conv2D")
    assert words(drawn(design, digits_info)) == ["28 × 28 × 1", "÷ 255", "784", "Flatten"]


def test_many_layers_make_it_wider_and_crowd_nothing(digits_info: DatasetInfo) -> None:
    design = preset("article").experiment(digits_info)
    for _ in range(40):
        design = edits.insert(design, 1, "Dense")
    svg = drawn(design, digits_info)
    places = sorted({float(text.attrib["x"]) for text in svg.iter(f"{SVG}text") if "y" in text.attrib})
    columns = [place for place in places if place < places[-1]]
    gaps = [after - before for before, after in itertools.pairwise(columns)]
    assert min(gaps) >= NARROWEST - 0.01


def test_a_class_may_be_called_anything(digits_info: DatasetInfo) -> None:
    hostile = "</text><script>alert(1)</script>"
    info = replace(PICTURES, classes=(hostile, *PICTURES.classes[1:]))
    svg = drawn(preset("article").experiment(info), info)
    assert hostile in words(svg)
    assert svg.find(f".//{SVG}script") is None


def test_it_can_be_read_out(digits_info: DatasetInfo) -> None:
    design = preset("article").experiment(digits_info)
    assert alternative_text(design, digits_info) == (
        "The network: input 28 × 28 × 1, then Flatten 784 (lays the image out as one row of numbers), "
        "then Dense 64 (ReLU), then Dense 32 (ReLU), then Dense 10 (softmax)"
    )
