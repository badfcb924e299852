"""A drawing as the pen made it: strokes of points, each with the width of its pen."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from core.errors import FileDamaged

SIDE = 280
"""Width and height of the canvas in its own pixels: ten times MNIST's."""
PENS = (12.0, 20.0, 30.0)
"""Widths of the pens in pixels of the canvas: fine, medium, broad."""
MOST_POINTS = 20_000
"""A drawing is cut off there: a pen that has moved for many minutes."""
_CURVE_STEPS = 4
"""Straight pieces that stand for one curve between two places of the pen, a few pixels apart."""

Point = tuple[float, float]


@dataclass(frozen=True)
class Stroke:
    """What the pen drew between down and up.

    Attributes:
        points: Where its middle went, (x, y) in pixels of the canvas, y down; at least one.
        width: Its width in pixels of the canvas.
    """

    points: tuple[Point, ...]
    width: float


@dataclass(frozen=True)
class Drawing:
    """Strokes on a square canvas, in the order they were drawn.

    Attributes:
        strokes: Empty where nothing is drawn.
        side: Width and height of the canvas in its pixels.
    """

    strokes: tuple[Stroke, ...] = ()
    side: int = SIDE

    @property
    def extent(self) -> float:
        """The longer side of the box around the pen's way, in pixels; 0 for a dot and for nothing."""
        points = [point for stroke in self.strokes for point in stroke.points]
        if not points:
            return 0.0
        across, down = zip(*points, strict=True)
        longer: float = max(max(across) - min(across), max(down) - min(down))
        return longer

    def without_last(self) -> Drawing:
        """Return the drawing before its last stroke."""
        return replace(self, strokes=self.strokes[:-1])

    def drawn_with(self, width: float) -> Drawing:
        """Return the same strokes drawn with a pen of `width` pixels."""
        return replace(self, strokes=tuple(replace(stroke, width=width) for stroke in self.strokes))

    def rounded(self) -> Drawing:
        """Return it as `to_json` keeps it: places to a tenth of a pixel."""
        return replace(self, strokes=tuple(_rounded(stroke) for stroke in self.strokes))

    def to_json(self) -> str:
        """Return it as text; places are rounded to a tenth of a pixel."""
        strokes = [
            {"width": stroke.width, "points": [round(10 * value) for xy in stroke.points for value in xy]}
            for stroke in self.strokes
        ]
        return json.dumps({"version": 1, "side": self.side, "strokes": strokes}, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Drawing:
        """Return the drawing that `to_json` wrote.

        Raises:
            FileDamaged: It is no such text.
        """
        try:
            document = json.loads(text)
            if document["version"] != 1:
                raise ValueError("another version")
            strokes = tuple(
                _stroke(
                    list(zip(*[iter([value / 10 for value in each["points"]])] * 2, strict=True)),
                    each["width"],
                )
                for each in document["strokes"]
            )
            return cls(_shortened(strokes), int(document["side"]))
        except (ValueError, KeyError, TypeError, RecursionError, OverflowError) as error:
            raise FileDamaged("The kept drawing can't be read. Draw it again.") from error


def from_canvas(content: Mapping[str, Any] | None) -> Drawing:
    """Return what is on the canvas.

    Args:
        content: What streamlit-drawable-canvas tells as `json_data`: Fabric's objects, of which a pen's
            strokes are paths of the commands M, Q and L. Whatever else is there, or is no number, is
            left out: it comes from a browser.
    """
    objects = content.get("objects") if isinstance(content, Mapping) else None
    strokes = []
    for each in objects if isinstance(objects, list) else []:
        try:
            strokes.append(_stroke(list(_way(each["path"])), each["strokeWidth"]))
        except (KeyError, TypeError, ValueError, IndexError, OverflowError):
            continue
    return Drawing(_shortened(tuple(strokes)))


def to_canvas(drawing: Drawing) -> dict[str, Any]:
    """Return a drawing as streamlit-drawable-canvas takes it for `initial_drawing`."""
    look = {"stroke": "#ffffff", "fill": None, "strokeLineCap": "round", "strokeLineJoin": "round"}
    return {
        "objects": [
            {"type": "Path", "path": _path(stroke.points), "strokeWidth": stroke.width, **look}
            for stroke in drawing.strokes
        ]
    }


def _path(points: Sequence[Point]) -> list[list[Any]]:
    # a line without length is not drawn by every browser; Fabric's own dots are this long
    first = (points[0][0] - 0.02, points[0][1])
    rest = points[1:] or ((points[0][0] + 0.02, points[0][1]),)
    return [["M", *first], *(["L", *point] for point in rest)]


def _way(path: Sequence[Sequence[Any]]) -> Iterator[Point]:
    """Return points on a path of Fabric's, close enough together for straight lines between them."""
    at: Point = (0.0, 0.0)
    for command in path:
        name, numbers = command[0], [float(number) for number in command[1:]]
        if name == "Q":
            control, end = (numbers[0], numbers[1]), (numbers[2], numbers[3])
            yield from (_on_curve(at, control, end, k / _CURVE_STEPS) for k in range(1, _CURVE_STEPS + 1))
        elif name in ("M", "L"):
            end = (numbers[0], numbers[1])
            yield end
        else:
            raise ValueError(f"a pen draws no {name}")
        at = end


def _on_curve(start: Point, control: Point, end: Point, t: float) -> Point:
    """Return a point of a quadratic Bézier curve; `t` runs from 0 to 1."""
    a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t**2
    return (a * start[0] + b * control[0] + c * end[0], a * start[1] + b * control[1] + c * end[1])


def _stroke(points: list[Point], width: Any) -> Stroke:
    if not points or not all(math.isfinite(value) and abs(value) < 1e5 for xy in points for value in xy):
        raise ValueError("no way of a pen")
    if not 0 < float(width) <= SIDE:
        raise ValueError("no width of a pen")
    return Stroke(tuple(points), float(width))


def _rounded(stroke: Stroke) -> Stroke:
    return replace(stroke, points=tuple((round(10 * x) / 10, round(10 * y) / 10) for x, y in stroke.points))


def _shortened(strokes: tuple[Stroke, ...]) -> tuple[Stroke, ...]:
    kept, left = [], MOST_POINTS
    for stroke in strokes:
        if left <= 0:
            break
        kept.append(replace(stroke, points=stroke.points[:left]))
        left -= len(stroke.points)
    return tuple(kept)
