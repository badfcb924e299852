"""Draw a design as SVG. Pure: a layout in, text out; colours come from the page's style."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.diagram import glyphs, words
from core.diagram.alternative import alternative_text
from core.diagram.layout import JOIN, Layout, lay_out
from core.diagram.places import Bend, Box, Label, Look, Point, Spot, Wire
from core.experiment import choices
from core.experiment.dataset import DatasetInfo, Shape, show_shape
from core.experiment.experiment import Experiment
from core.experiment.shapes import Step, walk

__all__ = ["ROOM", "Picture", "alternative_text", "draw"]

ROOM = 900.0
"""Pixels that a drawing of few layers takes, where it may."""
AROUND = 5.0
"""Pixels of a layer around what is drawn for it that answer to the mouse."""


@dataclass(frozen=True)
class Picture:
    """A drawing.

    Attributes:
        svg: The drawing as text.
        width: Its width in pixels at which its letters have their size.
        height: Its height then.
    """

    svg: str
    width: float
    height: float


def draw(
    experiment: Experiment,
    info: DatasetInfo,
    sample: NDArray[np.uint8] | None,
    selected: str | None = None,
    room: float = ROOM,
) -> Picture:
    """Return the network as SVG.

    Args:
        experiment: The design.
        info: What its data set declares.
        sample: One real input, shape `info.input_shape`; None while there is none.
        selected: Name of the layer to set off, if any.
        room: Pixels to use where there are few layers; 0 draws as narrow as can be read.
    """
    steps = walk(experiment.model.layers, info.input_shape)
    normalized = choices.normalization(experiment.data.normalization).label
    text = (show_shape(info.input_shape), normalized)
    layout = lay_out(steps, info.input_shape, text, info.classes, room)
    tip = (f"Input: {info.label}", f"Shape {text[0]}", f"Normalized: {normalized}")
    parts = [
        *(_wire(wire) for wire in layout.wires),
        *(part for spot in layout.spots for part in _layer(spot, sample, selected, tip)),
        *(_label(label, "class") for label in layout.classes),
    ]
    svg = _frame(layout, alternative_text(experiment, info), "".join(parts))
    return Picture(svg, layout.width, layout.height)


def _frame(layout: Layout, alternative: str, content: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_n(layout.width)} {_n(layout.height)}"'
        f' role="group" aria-label={quoteattr(alternative)}>{content}</svg>'
    )


def _n(number: float) -> str:
    """Return a coordinate: a tenth of a pixel is more than enough."""
    return f"{round(number, 1):g}" if abs(number) < 1e5 else f"{number:.0f}"


def _at(point: Point) -> str:
    return f"{round(point[0])} {round(point[1])}"


def _wire(wire: Wire) -> str:
    bold = len(wire.starts) == len(wire.ends) == 1
    style = "edge" + (" strong" if bold else "") + (" broken" if wire.broken else "")
    if wire.bend is Bend.OVER:
        return _over(wire, style)
    if wire.bend is Bend.CURVE:
        (start,), (end,) = wire.starts, wire.ends
        middle = round((start[0] + end[0]) / 2)
        way = f"M{_at(start)}C{middle} {round(start[1])} {middle} {round(end[1])} {_at(end)}"
        return f'<path class="{style}" d="{way}"/>'
    if wire.bend is Bend.EACH:
        pairs = list(zip(wire.starts, wire.ends, strict=True))
    else:
        pairs = [(start, end) for start in wire.starts for end in wire.ends]
    return f'<path class="{style}" d="{"".join(f"M{_at(start)}L{_at(end)}" for start, end in pairs)}"/>'


def _over(wire: Wire, style: str) -> str:
    """Return the way of a block's input around its branches, and what it goes through."""
    ((left, start),), ((right, end),) = wire.starts, wire.ends
    top, bend = wire.top, 12.0
    way = (
        f"M{_n(left)} {_n(start)}V{_n(top + bend)}Q{_n(left)} {_n(top)} {_n(left + bend)} {_n(top)}"
        f"H{_n(right - bend)}Q{_n(right)} {_n(top)} {_n(right)} {_n(top + bend)}V{_n(end)}"
    )
    path = f'<path class="{style} over" d="{way}"/>'
    if not wire.note:
        return path
    middle, half = (left + right) / 2, words.width(wire.note, words.SMALL) / 2 + 6
    box = _rect(Box(middle - half, top - 9, middle + half, top + 9), "through", 5)
    return path + box + _label(Label(wire.note, middle, top + 4, words.SMALL), "small")


def _layer(
    spot: Spot, sample: NDArray[np.uint8] | None, selected: str | None, tip: tuple[str, ...]
) -> Iterator[str]:
    step = spot.step
    lines = words.tip(step) if step else tip
    name = step.layer.name if step else None
    family = step.layer.family.value if step else "input"
    state = " broken" if step and step.illegal else " unknown" if step and step.output_shape is None else ""
    chosen = " selected" if name and name == selected else ""
    named = f" data-layer={quoteattr(name)}" if name is not None else ""
    # one stop of the Tab key for the whole drawing; network.js moves it with the arrow keys
    stop = 0 if step is None else -1
    yield (
        f'<g class="layer {family}{state}{chosen}"{named} tabindex="{stop}" role="img"'
        f" aria-label={quoteattr('. '.join(lines))} data-tip={quoteattr(chr(10).join(lines))}>"
    )
    yield from _glyph(spot, step, sample)
    for label in spot.labels:
        yield _label(label, "note" if spot.look is Look.MARK else "bold" if label.bold else "")
    yield "</g>"


def _glyph(spot: Spot, step: Step | None, sample: NDArray[np.uint8] | None) -> Iterator[str]:
    """Return what is drawn for one layer, without its words."""
    box = spot.box
    if spot.look is Look.BLOCK and step is not None:
        yield from _block(spot, step)
        return
    if spot.look is Look.MARK:
        yield _rect(Box(box.left - 3, box.top, box.right + 3, box.bottom), "halo", 6)
        yield f'<path class="mark" d="M{_n(spot.x)} {_n(box.top)}V{_n(box.bottom)}"/>'
        return
    whole = spot.whole
    halo = Box(whole.left - AROUND, whole.top - AROUND, whole.right + AROUND, whole.bottom + AROUND)
    yield _rect(halo, "halo", 8)
    if spot.look is Look.NEURONS:
        yield from _neurons(spot)
    elif spot.look is Look.PLANES:
        yield from _planes(spot) if step else _input(spot, sample)
    elif spot.look is Look.BROKEN:
        yield _question(spot.x, spot.y)
    else:
        yield _rect(box, "nothing", 7)


def _neurons(spot: Spot) -> Iterator[str]:
    heights, more = glyphs.neurons(spot.shape, spot.size)
    x, radius = _n(spot.x), _n(spot.size.radius)
    for height in heights:
        yield f'<circle cx="{x}" cy="{_n(spot.y + height)}" r="{radius}"/>'
    if more:
        # with an even number of neurons left, the gap is not in the middle of the column
        middle = spot.y + (heights[len(heights) // 2 - 1] + heights[len(heights) // 2]) / 2
        apart = spot.size.spacing / 4
        for y in (middle - apart, middle, middle + apart):
            yield f'<circle class="dot" cx="{x}" cy="{_n(y)}" r="1.6"/>'


def _planes(spot: Spot) -> Iterator[str]:
    height, width, count, offset = glyphs.planes(spot.shape, spot.size)
    for index in range(count):
        left, top = spot.box.left + offset * index, spot.box.top + offset * index
        yield _rect(Box(left, top, left + width, top + height), "plane", 3)


def _input(spot: Spot, sample: NDArray[np.uint8] | None) -> Iterator[str]:
    if sample is None or sample.ndim != 3 or not _is_picture(sample.shape):
        yield _rect(spot.box, "paper empty", 5)
        return
    yield _rect(spot.box, "paper", 5)
    yield f'<image class="pixels" {_sides(spot.box)} href="{_png(sample)}"/>'


def _is_picture(shape: Shape) -> bool:
    return shape[-1] == 1 or shape[-1] >= 3


def _png(sample: NDArray[np.uint8]) -> str:
    picture = sample[..., 0] if sample.shape[-1] == 1 else sample[..., :3]
    buffer = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(picture, dtype=np.uint8)).save(buffer, "PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()


def _block(spot: Spot, step: Step) -> Iterator[str]:
    """Return a block's frame, where its input parts, and the sign where its branches join."""
    yield _rect(spot.box, "frame", 12)
    x, y = spot.box.right, spot.y
    if step.input_shape is not None:
        yield f'<circle class="dot" cx="{_n(spot.box.left)}" cy="{_n(y)}" r="3.5"/>'
    if step.illegal is not None:
        yield _question(x, y)
    elif step.merge is not None and step.merge.adds:
        yield f'<circle class="join" cx="{_n(x)}" cy="{_n(y)}" r="{_n(JOIN)}"/>'
        yield f'<path class="sign" d="M{_n(x - 5)} {_n(y)}h10M{_n(x)} {_n(y - 5)}v10"/>'
    elif step.merge is not None:
        for row in (-7.5, 0.0, 7.5):
            yield _rect(Box(x - JOIN, y + row - 3, x + JOIN, y + row + 3), "join", 2)


def _question(x: float, y: float) -> str:
    return _rect(Box(x - 17, y - 17, x + 17, y + 17), "question", 7) + _label(
        Label("?", x, y + 6, 18.0), "question-mark"
    )


def _sides(box: Box) -> str:
    return (
        f'x="{_n(box.left)}" y="{_n(box.top)}"'
        f' width="{_n(box.right - box.left)}" height="{_n(box.bottom - box.top)}"'
    )


def _rect(box: Box, style: str, rounded: float) -> str:
    return f'<rect class="{style}" {_sides(box)} rx="{rounded:g}"/>'


def _label(label: Label, style: str) -> str:
    size = " small" if label.letter == words.SMALL and style != "small" else ""
    start = " starts" if label.starts else ""
    styled = f"{style}{size}{start}".strip()
    attribute = f' class="{styled}"' if styled else ""
    return f'<text{attribute} x="{_n(label.x)}" y="{_n(label.y)}">{escape(label.text)}</text>'
