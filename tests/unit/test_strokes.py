"""A drawing is its strokes: what the canvas tells, what a file keeps, nothing that a browser makes up."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.drawing.strokes import MOST_POINTS, PENS, SIDE, Drawing, Stroke, from_canvas, to_canvas
from core.errors import FileDamaged

places = st.floats(-400, 700, allow_nan=False, allow_infinity=False)
strokes = st.builds(
    Stroke,
    st.lists(st.tuples(places, places), min_size=1, max_size=20).map(tuple),
    st.sampled_from(PENS),
)
drawings = st.builds(Drawing, st.lists(strokes, max_size=6).map(tuple))

# as streamlit-drawable-canvas 0.13 tells one stroke of its pen
TOLD: dict[str, Any] = {
    "version": "7.1.0",
    "background": "#000000",
    "objects": [
        {
            "type": "Path",
            "strokeWidth": 20,
            "stroke": "#ffffff",
            "fill": None,
            "left": 30,
            "top": 20,
            "path": [["M", 10, 20], ["Q", 10, 20, 15, 30], ["Q", 20, 40, 30, 40], ["L", 50, 60]],
        }
    ],
}


def test_a_stroke_of_the_canvas_goes_where_its_curves_go() -> None:
    (stroke,) = from_canvas(TOLD).strokes
    assert stroke.width == 20
    assert stroke.points[0] == (10, 20)
    assert stroke.points[-1] == (50, 60)
    assert (15, 30) in stroke.points
    # the middle of the second curve, by hand: a quarter of each end and a half of the control
    assert (0.25 * 15 + 0.5 * 20 + 0.25 * 30, 0.25 * 30 + 0.5 * 40 + 0.25 * 40) in stroke.points


def _same(one: Drawing, other: Drawing, within: float) -> bool:
    return len(one.strokes) == len(other.strokes) and all(
        a.width == b.width
        and all(math.dist(p, q) <= within for p, q in zip(a.points, b.points, strict=len(a.points) > 1))
        for a, b in zip(one.strokes, other.strokes, strict=True)
    )


@given(drawings)
def test_a_file_keeps_every_stroke_to_a_tenth_of_a_pixel(drawing: Drawing) -> None:
    kept = Drawing.from_json(drawing.to_json())
    assert _same(drawing, kept, within=0.08)
    assert Drawing.from_json(kept.to_json()) == kept  # so that keeping it again changes nothing


@given(drawings)
def test_what_is_given_to_the_canvas_comes_back_from_it(drawing: Drawing) -> None:
    assert _same(drawing, from_canvas(to_canvas(drawing)), within=0.03)


@pytest.mark.parametrize(
    "made_up",
    [
        None,
        {},
        {"objects": None},
        {"objects": "path"},
        {"objects": [None, 1, "x", [], {}]},
        {"objects": [{"path": [["M", 1, 2]]}]},
        {"objects": [{"path": [["M", "one", 2]], "strokeWidth": 20}]},
        {"objects": [{"path": [["M", float("nan"), 2]], "strokeWidth": 20}]},
        {"objects": [{"path": [["M", 1e300, 2]], "strokeWidth": 20}]},
        {"objects": [{"path": [["C", 1, 2, 3, 4, 5, 6]], "strokeWidth": 20}]},
        {"objects": [{"path": [["M"]], "strokeWidth": 20}]},
        {"objects": [{"path": [], "strokeWidth": 20}]},
        {"objects": [{"path": [["M", 1, 2]], "strokeWidth": 0}]},
        {"objects": [{"path": [["M", 1, 2]], "strokeWidth": 1e9}]},
        {"objects": [{"type": "Image", "src": "http://spy"}]},
        ["objects"],
    ],
)
def test_what_is_no_stroke_is_left_out(made_up: Any) -> None:
    assert from_canvas(made_up) == Drawing()


def test_one_bad_object_spoils_no_other() -> None:
    assert from_canvas({"objects": [{"type": "Group"}, *TOLD["objects"]]}) == from_canvas(TOLD)


def test_a_pen_that_moves_for_hours_is_cut_off() -> None:
    long = {"path": [["M", 0, 0], *[["L", x % 280, x % 97] for x in range(15_000)]], "strokeWidth": 12}
    drawing = from_canvas({"objects": [long, long, long]})
    assert sum(len(stroke.points) for stroke in drawing.strokes) == MOST_POINTS


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{}",
        '{"version": 2, "side": 280, "strokes": []}',
        '{"version": 1, "side": 280, "strokes": 3}',
        '{"version": 1, "side": 280, "strokes": [{}]}',
        '{"version": 1, "side": 280, "strokes": [{"width": 20, "points": [1]}]}',
        '{"version": 1, "side": 280, "strokes": [{"width": 20, "points": []}]}',
        '{"version": 1, "side": 280, "strokes": [{"width": -1, "points": [1, 2]}]}',
        '{"version": 1, "side": 280, "strokes": [{"width": 20, "points": [1, NaN]}]}',
        '{"version": 1, "side": 280, "strokes": [{"width": 20, "points": ["a", "b"]}]}',
        "[" * 5_000,
    ],
)
def test_what_is_no_kept_drawing_is_told_in_words(text: str) -> None:
    with pytest.raises(FileDamaged, match="can't be read"):
        Drawing.from_json(text)


def test_undo_takes_one_stroke_and_an_empty_canvas_stays_empty() -> None:
    one, two = Stroke(((1.0, 2.0),), 12.0), Stroke(((3.0, 4.0),), 30.0)
    assert Drawing((one, two)).without_last() == Drawing((one,))
    assert Drawing((one,)).without_last() == Drawing()
    assert Drawing().without_last() == Drawing()


def test_the_extent_is_the_pens_way() -> None:
    assert Drawing().extent == 0
    assert Drawing((Stroke(((5.0, 5.0),), 30.0),)).extent == 0
    assert Drawing((Stroke(((5.0, 5.0),), 30.0), Stroke(((25.0, 105.0),), 12.0))).extent == 100


def test_a_kept_drawing_is_small() -> None:
    way = tuple((140 + 60 * math.sin(t / 9), 140 + 90 * math.cos(t / 9)) for t in range(300))
    text = Drawing((Stroke(way, 20.0),)).to_json()
    assert len(text) < 300 * 12
    assert json.loads(text)["side"] == SIDE


def test_a_rounded_drawing_is_what_comes_back_from_a_file() -> None:
    drawing = Drawing((Stroke(((10.04, 20.06), (33.333, -0.05)), 12.5), Stroke(((0.0, 279.96),), 30.0)))
    assert drawing.rounded() == Drawing.from_json(drawing.to_json())
    assert drawing.rounded().rounded() == drawing.rounded()
