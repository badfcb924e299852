"""Draw a design as SVG. Pure: shapes in, text out; colours come from the page's style."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from core.experiment import choices
from core.experiment.dataset import DatasetInfo, Shape, show_shape
from core.experiment.experiment import Experiment
from core.experiment.layer import Drawn, Layer
from core.experiment.shapes import Step, walk

WIDTH = 1_060.0
"""Width that the layers share; many layers make the drawing wider instead of crowding."""
NARROWEST, WIDEST = 118.0, 215.0
"""Bounds of the width that one layer gets."""
HEIGHT = 420.0
MIDDLE = 185.0
LABELS = 380.0
MOST_NEURONS = 13
SPACING = 23.0
MOST_PLANES = 6
LONGEST_LABEL = 10
"""Letters of a caption that fit below a layer beside its kind."""


@dataclass(frozen=True)
class _Column:
    """One thing drawn: where, what, and its two lines of text."""

    x: float
    pitch: float
    shape: Shape
    family: str
    bold: str
    text: str
    tip: str
    marks: tuple[str, ...] = ()
    """What stands between the column before and this one: dropout and the like."""

    @property
    def flat(self) -> bool:
        return len(self.shape) == 1


def draw(experiment: Experiment, info: DatasetInfo, sample: NDArray[np.uint8] | None) -> tuple[str, float]:
    """Return the network as SVG, and the width below which it should scroll instead of shrink.

    Args:
        experiment: The design.
        info: What its data set declares.
        sample: One real input, shape `info.input_shape`; None while there is none.
    """
    steps = walk(experiment.model.layers, info.input_shape)
    drawn = 1 + sum(step.layer.drawn is Drawn.OUTPUT for step in steps)
    pitch = min(max(WIDTH / drawn, NARROWEST), WIDEST)
    columns = list(_columns(steps, info, experiment, pitch))
    width = pitch * len(columns) + (40 if info.classes else 0)
    parts = [
        *(line for before, after in pairwise(columns) for line in _connections(before, after)),
        *_input(columns[0], sample),
        *(line for column in columns[1:] for line in _shape(column)),
        *(line for column in columns[1:] for line in _marks(column)),
        *(line for column in columns for line in _labels(column)),
        *_classes(columns[-1], info),
    ]
    alternative = alternative_text(experiment, info)
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {HEIGHT:g}" role="img"'
        f" aria-label={quoteattr(alternative)}>{''.join(parts)}</svg>"
    )
    return svg, len(columns) * 78.0


def alternative_text(experiment: Experiment, info: DatasetInfo) -> str:
    """Return the network in one sentence, for those who can't see the drawing."""
    stages = [f"input {show_shape(info.input_shape)}"]
    for step in walk(experiment.model.layers, info.input_shape):
        shape = show_shape(step.output_shape) if step.output_shape else "unknown shape"
        stages.append(f"{step.layer.kind()} {shape} ({step.layer.caption()})")
    return "The network: " + ", then ".join(stages)


def _columns(
    steps: tuple[Step, ...], info: DatasetInfo, experiment: Experiment, pitch: float
) -> Iterator[_Column]:
    place = pitch / 2
    normalized = choices.normalization(experiment.data.normalization).label
    shape = show_shape(info.input_shape)
    yield _Column(place, pitch, info.input_shape, "input", shape, normalized, info.label)
    marks: tuple[str, ...] = ()
    for step in steps:
        if step.output_shape is None:
            return  # nothing is known behind a layer that can't take its input
        layer = step.layer
        if layer.drawn is Drawn.MARK:
            marks += (f"{layer.kind()} {layer.caption().split(',')[0]}",)
            continue
        place += pitch
        tip = f"{layer.name}: {show_shape(step.output_shape)}, {step.parameters or 0:,} weights"
        yield _Column(
            place,
            pitch,
            step.output_shape,
            layer.family,
            show_shape(step.output_shape),
            _label(layer),
            tip,
            marks,
        )
        marks = ()


def _label(layer: Layer) -> str:
    """Return what stands below a layer: its kind, and the last of its caption where that is short."""
    last = layer.caption().rsplit(", ", 1)[-1]
    return f"{layer.kind()} · {last}" if len(last) <= LONGEST_LABEL else layer.kind()


def _neurons(column: _Column) -> list[float | None]:
    """Return the heights at which neurons stand; None where the ellipsis is."""
    count = column.shape[0]
    drawn = min(count, MOST_NEURONS)
    top = MIDDLE - (drawn - 1) * SPACING / 2
    heights: list[float | None] = [top + index * SPACING for index in range(drawn)]
    if count > MOST_NEURONS:
        heights[drawn // 2] = None
    return heights


def _connections(before: _Column, after: _Column) -> Iterator[str]:
    if before.flat and after.flat:
        lines = "".join(
            f"M{before.x:g} {start:g}L{after.x:g} {end:g}"
            for start in _neurons(before)
            if start is not None
            for end in _neurons(after)
            if end is not None
        )
        yield f'<path class="edge" d="{lines}"/>'
    elif after.flat:
        side = _sides(before)[1]
        lines = "".join(
            f"M{before.x + side / 2 + 4:g} {MIDDLE:g}L{after.x:g} {end:g}"
            for end in _neurons(after)
            if end is not None
        )
        yield f'<path class="edge" d="{lines}"/>'
    else:
        start, end = before.x + _sides(before)[1] / 2 + 12, after.x - _sides(after)[1] / 2 - 12
        if end > start:
            yield f'<path class="edge strong" d="M{start:g} {MIDDLE:g}L{end:g} {MIDDLE:g}"/>'


def _sides(column: _Column) -> tuple[float, float]:
    """Return height and width in the drawing of one plane; larger images are drawn larger."""
    if column.flat or len(column.shape) < 3:
        return 12.0, 12.0
    height, width = column.shape[:2]
    largest = max(height, width)
    side = min(104.0, 20.0 + 3.0 * largest)
    return side * height / largest, side * width / largest


def _input(column: _Column, sample: NDArray[np.uint8] | None) -> Iterator[str]:
    if column.flat:
        yield from _shape(column)
        return
    height, width = _sides(column)
    box = f'x="{column.x - width / 2:g}" y="{MIDDLE - height / 2:g}" width="{width:g}" height="{height:g}"'
    paper = "paper" if sample is not None else "paper empty"
    yield f'<rect class="{paper}" {box} rx="5"/>'
    if sample is not None and sample.ndim == 3:
        yield f'<image class="pixels" {box} href="{_png(sample)}"/>'


def _png(sample: NDArray[np.uint8]) -> str:
    picture = sample[..., 0] if sample.shape[-1] == 1 else sample[..., :3]
    buffer = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(picture, dtype=np.uint8)).save(buffer, "PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()


def _shape(column: _Column) -> Iterator[str]:
    yield f'<g class="{column.family}"><title>{escape(column.tip)}</title>'
    if column.flat:
        for height in _neurons(column):
            if height is None:
                dots = (MIDDLE - 6, MIDDLE, MIDDLE + 6)
                yield "".join(f'<circle class="dot" cx="{column.x:g}" cy="{y:g}" r="1.6"/>' for y in dots)
            else:
                yield f'<circle class="neuron" cx="{column.x:g}" cy="{height:g}" r="7"/>'
    else:
        height, width = _sides(column)
        count = min(column.shape[-1], MOST_PLANES)
        for index in range(count):
            offset = 4.0 * (index - (count - 1) / 2)
            yield (
                f'<rect class="plane" x="{column.x - width / 2 + offset:g}"'
                f' y="{MIDDLE - height / 2 + offset:g}" width="{width:g}" height="{height:g}" rx="3"/>'
            )
    yield "</g>"


def _marks(column: _Column) -> Iterator[str]:
    for index, text in enumerate(column.marks):
        x = column.x - column.pitch / 2 + 12 * index
        yield (
            f'<g class="regularization"><path class="mark" d="M{x:g} 34V{LABELS - 42:g}"/>'
            f'<text class="note" x="{x:g}" y="{24 - 14 * index:g}">{escape(text)}</text></g>'
        )


def _labels(column: _Column) -> Iterator[str]:
    yield f'<text class="bold" x="{column.x:g}" y="{LABELS:g}">{escape(column.bold)}</text>'
    yield f'<text x="{column.x:g}" y="{LABELS + 18:g}">{escape(column.text)}</text>'


def _classes(column: _Column, info: DatasetInfo) -> Iterator[str]:
    if not column.flat or column.shape[0] != len(info.classes) or column.shape[0] > MOST_NEURONS:
        return
    for height, name in zip(_neurons(column), info.classes, strict=True):
        yield f'<text class="class" x="{column.x + 15:g}" y="{height or 0:g}">{escape(name)}</text>'
