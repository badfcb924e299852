"""The drawing of a network: true to its shapes, legible, and safe whatever a class is called."""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterator
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given

from core.diagram import words
from core.diagram.layout import JOIN, Layout, lay_out
from core.diagram.picture import ROOM, alternative_text, draw
from core.diagram.places import Bend
from core.experiment.block import every_layer
from core.experiment.dataset import DatasetInfo
from core.experiment.experiment import Experiment
from core.experiment.layer import Layer
from core.experiment.presets import PRESETS, Preset, preset
from core.experiment.shapes import every, walk
from tests.unit import strategies
from tests.unit.designs import Stack, design, layer
from tests.unit.made_up import HOUSES, PICTURES

SVG = "{http://www.w3.org/2000/svg}"
Box = tuple[float, float, float, float]
LETTER_SHARE = 0.47
"""A letter's mean width against its height in Source Sans."""


def dense(units: int = 16) -> Layer:
    """Return a Dense."""
    return layer("Dense", units=units)


def conv(filters: int = 8) -> Layer:
    """Return a convolution that keeps the image's size."""
    return layer("Conv2D", filters=filters, padding="same")


def marks(count: int) -> Stack:
    """Return so many layers that change values only."""
    kinds = itertools.cycle(("BatchNormalization", "Activation", "Dropout", "LayerNormalization"))
    return tuple(layer(kind) for kind in itertools.islice(kinds, count))


def residual(filters: int = 8) -> Layer:
    """Return a block as in a ResNet."""
    return layer("Residual", (conv(filters), *marks(2), conv(filters), *marks(1)))


def parallel(joining: str = "concatenate") -> Layer:
    """Return a block of four branches, one of them empty."""
    branches = ((conv(3),), (conv(), *marks(3), conv(3)), (), (conv(), conv(3)))
    return layer("Parallel", *branches, joining=joining)


def nested(depth: int) -> Layer:
    """Return blocks inside each other."""
    return layer("Residual", (conv(3), nested(depth - 1)) if depth > 1 else (conv(3),))


FLAT, OUT, IMPOSSIBLE = layer("Flatten"), dense(5), layer("Reshape", target_shape=(7,))
INSIDE = (conv(), IMPOSSIBLE, *marks(1), conv())
DESIGNS = {
    name: design(PICTURES, *stack)
    for name, stack in {
        "nothing": (),
        "one": (dense(),),
        "plain": (FLAT, dense(64), *marks(1), OUT),
        "marks in a row": (*marks(14), conv(), *marks(2), FLAT, *marks(5)),
        "resnet": (conv(3), *map(residual, (3, 3, 6, 6)), FLAT, OUT),
        "inception": (parallel(), *marks(1), parallel("add"), FLAT, OUT),
        "nested": (nested(5), layer("Parallel", (parallel(),), (residual(),))),
        "empty blocks": (layer("Residual", ()), layer("Parallel", (), (), joining="add")),
        "flat blocks": (FLAT, dense(), layer("Residual", (dense(), dense())), OUT),
        "illegal": (IMPOSSIBLE, conv(), *marks(2), residual()),
        "illegal inside": (layer("Parallel", (conv(),), INSIDE), dense()),
        "branches that do not fit": (layer("Parallel", (conv(),), (layer("MaxPooling2D"),)), FLAT, OUT),
        "forty": (FLAT, *[dense(64)] * 39),
        "two hundred": (FLAT, *[dense(64)] * 199),
    }.items()
}
every_design = pytest.mark.parametrize("name", DESIGNS)


def drawn(
    design: Experiment,
    info: DatasetInfo,
    sample: bool = True,
    room: float = ROOM,
) -> ElementTree.Element:
    """Return the drawing, parsed."""
    picture = np.zeros(info.input_shape, np.uint8) if sample else None
    return ElementTree.fromstring(draw(design, info, picture, room=room).svg)


@functools.cache
def seen(name: str, room: float = ROOM) -> ElementTree.Element:
    """Return the drawing of one of the designs above, parsed; not to be changed."""
    return drawn(DESIGNS[name], PICTURES, room=room)


def alone(block: Layer) -> ElementTree.Element:
    """Return the drawing of a design that is one layer."""
    return drawn(design(PICTURES, block), PICTURES)


def laid_out(name: str) -> Layout:
    """Return where everything stands in the drawing of one of the designs above."""
    shape = PICTURES.input_shape
    steps = walk(DESIGNS[name].model.layers, shape)
    return lay_out(steps, shape, ("12 × 9 × 3", "÷ 255"), PICTURES.classes, ROOM)


def written(svg: ElementTree.Element) -> list[str]:
    """Return all that is written in the drawing."""
    return [text.text or "" for text in svg.iter(f"{SVG}text")]


def group(svg: ElementTree.Element, name: str) -> ElementTree.Element:
    """Return the group of the layer called `name`."""
    (found,) = (each for each in svg.iter(f"{SVG}g") if each.get("data-layer") == name)
    return found


def layer_names(svg: ElementTree.Element) -> list[str]:
    """Return the names of the layers drawn."""
    return [each.attrib["data-layer"] for each in svg.iter(f"{SVG}g") if "data-layer" in each.attrib]


def text_boxes(svg: ElementTree.Element) -> list[tuple[Box, str]]:
    """Return about what each word covers, from left to right, and what it says."""
    boxes = []
    for text in svg.iter(f"{SVG}text"):
        style, said = (text.get("class") or "").split(), text.text or ""
        letter = words.SMALL if "small" in style else words.LETTER
        wide = len(said) * letter * LETTER_SHARE
        x, y = float(text.attrib["x"]), float(text.attrib["y"])
        left = x if "starts" in style else x - wide / 2
        boxes.append(((left, y - 0.72 * letter, left + wide, y + 0.2 * letter), said))
    return sorted(boxes)


def overlap(one: Box, other: Box) -> bool:
    """Return whether two rectangles share an area."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def points(svg: ElementTree.Element) -> Iterator[tuple[float, float]]:
    """Return the corners of everything drawn."""
    for box, _ in text_boxes(svg):
        yield from (box[:2], box[2:])
    for circle in svg.iter(f"{SVG}circle"):
        x, y, radius = (float(circle.attrib[name]) for name in ("cx", "cy", "r"))
        yield from ((x - radius, y - radius), (x + radius, y + radius))
    for rect in svg.iter(f"{SVG}rect"):
        x, y, wide, high = (float(rect.attrib[name]) for name in ("x", "y", "width", "height"))
        yield from ((x, y), (x + wide, y + high))
    for path in svg.iter(f"{SVG}path"):
        for x, y in re.findall(r"(-?[\d.]+) (-?[\d.]+)", path.attrib["d"]):
            yield float(x), float(y)


@every_design
@pytest.mark.parametrize("room", [0.0, ROOM])
def test_every_layer_is_drawn_once_and_in_order(name: str, room: float) -> None:
    names = [each.name for each in every_layer(DESIGNS[name].model.layers)]
    assert layer_names(seen(name, room)) == names


@every_design
@pytest.mark.parametrize("room", [0.0, ROOM])
def test_no_words_cover_others(name: str, room: float) -> None:
    boxes = text_boxes(seen(name, room))
    for number, (box, said) in enumerate(boxes):
        for other, covered in boxes[number + 1 :]:
            if other[0] >= box[2]:
                break
            assert not overlap(box, other), f"{said} covers {covered}"


@every_design
def test_nothing_is_cut_off_at_an_edge(name: str) -> None:
    svg = seen(name)
    _, _, width, height = map(float, svg.attrib["viewBox"].split())
    assert [(x, y) for x, y in points(svg) if not (0 <= x <= width and 0 <= y <= height)] == []


@given(strategies.experiments())
def test_any_design_can_be_drawn_and_always_comes_out_the_same(design: Experiment) -> None:
    picture = draw(design, PICTURES, None)
    assert picture == draw(design, PICTURES, None)
    names = [each.name for each in every_layer(design.model.layers)]
    assert layer_names(ElementTree.fromstring(picture.svg)) == names


@every_design
def test_branches_part_where_the_input_comes_and_end_where_they_are_joined(
    name: str,
) -> None:
    layout = laid_out(name)
    curves = [wire for wire in layout.wires if wire.bend is Bend.CURVE]
    for spot in layout.spots:
        if spot.step is None or spot.step.merge is None:
            continue
        fork, join = (spot.box.left, spot.y), (spot.box.right - JOIN, spot.y)
        assert sum(wire.starts == (fork,) for wire in curves) == len(spot.step.branches)
        assert sum(wire.ends == (join,) for wire in curves) == len(spot.step.branches)
        over = [wire for wire in layout.wires if wire.bend is Bend.OVER and wire.starts == (fork,)]
        assert len(over) == (spot.step.merge.shortcut is not None)


@pytest.mark.parametrize("name", ["nested", "inception", "illegal inside", "flat blocks"])
def test_a_block_stands_around_all_that_it_holds(name: str) -> None:
    spots = [(spot.step, spot) for spot in laid_out(name).spots if spot.step]
    for block, around in spots:
        held = {step.layer.name for branch in block.branches for step in every(branch)}
        for whole in (spot.whole for step, spot in spots if step.layer.name in held):
            assert around.box.left < whole.left < whole.right < around.box.right
            assert around.box.top < whole.top < whole.bottom < around.box.bottom


def test_an_input_that_is_added_through_a_convolution_says_so() -> None:
    assert "1 × 1" not in written(alone(layer("Residual", (conv(3),))))
    assert written(alone(layer("Residual", (conv(9),)))).count("1 × 1") == 1


def test_adding_and_concatenating_have_different_signs() -> None:
    for block, signs in ((parallel("add"), ["circle"]), (parallel(), ["rect"] * 3)):
        found = [each.tag for each in alone(block).iter() if each.get("class") == "join"]
        assert found == [f"{SVG}{sign}" for sign in signs]


@pytest.mark.parametrize("each", PRESETS, ids=lambda each: each.name)
def test_every_preset_stands_with_its_shapes_and_classes(each: Preset, digits_info: DatasetInfo) -> None:
    experiment = each.experiment(digits_info)
    svg = drawn(experiment, digits_info)
    assert "28 × 28 × 1" in written(svg)
    assert svg.find(f".//{SVG}image") is not None
    if walk(experiment.model.layers, digits_info.input_shape)[-1].output_shape:
        assert written(svg)[-10:] == list("0123456789")


def test_classes_stand_behind_marks_that_end_the_network() -> None:
    svg = drawn(design(PICTURES, FLAT, OUT, layer("Softmax")), PICTURES)
    assert written(svg)[-5:] == list(PICTURES.classes)


def test_a_layer_that_changes_values_only_is_a_mark_between_two_others(digits_info: DatasetInfo) -> None:
    svg = drawn(preset("article_dropout").experiment(digits_info), digits_info)
    assert "Dropout rate 0.2" in written(svg)


def test_a_picture_that_is_not_there_yet_leaves_its_place_empty(digits_info: DatasetInfo) -> None:
    svg = drawn(Experiment(), digits_info, sample=False)
    assert svg.find(f".//{SVG}image") is None
    assert "28 × 28 × 1" in written(svg)


def test_a_regression_on_figures_is_drawn_without_planes_or_classes() -> None:
    svg = drawn(preset("article").experiment(HOUSES), HOUSES)
    assert [each for each in svg.iter() if each.get("class") in {"plane", "class", "paper"}] == []
    assert written(svg)[0] == "8"


def test_what_does_not_fit_is_drawn_as_a_question_and_what_follows_as_unknown() -> None:
    svg = seen("illegal")
    first, *others = (group(svg, each.name) for each in every_layer(DESIGNS["illegal"].model.layers))
    assert "broken" in first.attrib["class"].split()
    assert written(first) == ["?", "Reshape", "does not fit"]
    assert "can't arrange" in first.attrib["aria-label"]
    assert all("unknown" in other.attrib["class"].split() for other in others)


def test_a_block_with_an_illegal_layer_joins_nothing() -> None:
    svg = seen("illegal inside")
    assert [each for each in svg.iter() if each.get("class") == "join"] == []
    assert written(svg).count("?") == 1


def test_each_layer_tells_its_shape_its_numbers_and_its_work() -> None:
    svg = drawn(design(PICTURES, conv(8), layer("BatchNormalization")), PICTURES)
    first, second = (group(svg, name) for name in layer_names(svg))
    shape, numbers, work = first.attrib["data-tip"].split("\n")[2:]
    assert shape == "Shape 12 × 9 × 3 → 12 × 9 × 8"
    assert numbers == "224 parameters, all trainable"
    assert work == "23,328 multiply-adds a sample"
    assert "32 parameters: 16 trainable, 16 not" in second.attrib["data-tip"]
    assert first.attrib["aria-label"] == first.attrib["data-tip"].replace("\n", ". ")


def test_the_drawing_is_one_stop_of_the_tab_key() -> None:
    stops = [each.attrib["tabindex"] for each in seen("nested").iter(f"{SVG}g")]
    assert stops.count("0") == 1
    assert set(stops) == {"0", "-1"}


def test_the_selected_layer_is_set_off() -> None:
    svg = ElementTree.fromstring(draw(DESIGNS["resnet"], PICTURES, None, selected="l3").svg)
    chosen = [each for each in svg.iter(f"{SVG}g") if "selected" in each.attrib["class"].split()]
    assert [each.get("data-layer") for each in chosen] == ["l3"]
    assert " selected" not in draw(DESIGNS["resnet"], PICTURES, None, selected="gone").svg


def test_few_layers_take_the_room_and_many_stay_small_enough_to_send() -> None:
    assert 0.8 * ROOM < draw(DESIGNS["plain"], PICTURES, None).width <= ROOM
    assert draw(DESIGNS["plain"], PICTURES, None, room=0.0).width < 0.7 * ROOM
    assert len(draw(DESIGNS["forty"], PICTURES, None).svg) < 120_000
    assert len(draw(DESIGNS["two hundred"], PICTURES, None).svg) < 400_000


def test_a_class_may_be_called_anything(digits_info: DatasetInfo) -> None:
    hostile = "</text><script>alert(1)</script>"
    info = replace(PICTURES, classes=(hostile, *PICTURES.classes[1:]), label='"><script/>')
    svg = drawn(preset("article").experiment(info), info)
    assert hostile in written(svg)
    assert svg.find(f".//{SVG}script") is None


def test_it_can_be_read_out(digits_info: DatasetInfo) -> None:
    design = preset("article").experiment(digits_info)
    assert alternative_text(design, digits_info) == (
        "The network: input 28 × 28 × 1, then Flatten 784 (lays the image out as one row of numbers), "
        "then Dense 64 (ReLU), then Dense 32 (ReLU), then Dense 10 (softmax)"
    )


def test_blocks_can_be_read_out() -> None:
    block = layer("Residual", (conv(6), layer("Parallel", (conv(2),), ())))
    assert alternative_text(design(PICTURES, block, layer("Dropout")), PICTURES) == (
        "The network: input 12 × 9 × 3, then Residual block 12 × 9 × 8 "
        "(Conv2D 12 × 9 × 6 (6 filters of 3 × 3, ReLU), then Parallel block 12 × 9 × 8 "
        "(branch 1: Conv2D 12 × 9 × 2 (2 filters of 3 × 3, ReLU); branch 2: nothing, it passes on; "
        "concatenated); and its input added, through 1 × 1), "
        "then Dropout 12 × 9 × 8 (rate 0.2, while training only)"
    )


def test_what_does_not_fit_is_read_out_too() -> None:
    assert "Reshape, which does not fit there, then Conv2D unknown shape" in alternative_text(
        DESIGNS["illegal"], PICTURES
    )
    assert "not joined" in alternative_text(DESIGNS["illegal inside"], PICTURES)
    assert "does not fit together" in alternative_text(DESIGNS["branches that do not fit"], PICTURES)
