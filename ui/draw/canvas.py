"""The canvas a digit is drawn on, its pens, and what keeps the drawing.

The browser holds the canvas; this side holds the drawing as strokes. What the canvas tells is taken as
the drawing, unless this side has given it another one meanwhile (Undo, Clear, another address): then
the canvas is given an `initial_drawing` that differs from the last, which it loads in place and tells
back, and what it told before the press is not listened to any more. What was drawn between the press and
the load, the browser draws again (pen.js).
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st
from streamlit_drawable_canvas import st_canvas

from core.drawing import kept
from core.drawing.strokes import PENS, SIDE, Drawing, from_canvas, to_canvas
from core.errors import FileDamaged
from core.home import home
from ui import messages, session
from ui.component import inline

KEY = "drawing-canvas"
_LOAD, _LAST, _CLEARED = "_canvas_load", "_canvas_last", "_canvas_cleared"
_MARK = "layerlabLoad"
_PEN = "pen"
_NAMES = {PENS[0]: "Fine", PENS[1]: "Medium", PENS[2]: "Broad"}
_manners = inline("layerlab_canvas_manners", __file__, "<i hidden></i>", "canvas.js", "pen.js")


@dataclass(frozen=True)
class Load:
    """A drawing that was given to the canvas.

    Attributes:
        mark: Tells it from every other.
        drawing: What the canvas was given.
        kept_as: The id under which it was kept then.
        before: What the canvas told until then, and repeats until it has loaded; None from then on.
    """

    mark: str
    drawing: Drawing
    kept_as: str | None
    before: Mapping[str, Any] | None = None


def open_drawing() -> None:
    """Take up the drawing of the address, or of before another page; called before anything is drawn."""
    load: Load | None = session.value(_LOAD)
    kept_as = session.drawing_id()
    if load is not None and load.kept_as == kept_as:
        if session.value(KEY) is None:  # another page was open: the canvas is a new one
            _give(session.value(_LAST, load.drawing))
        return
    try:
        drawing = kept.kept(home(), kept_as) if kept_as else Drawing()
    except FileDamaged as damaged:
        session.put_notice(str(damaged))
        drawing = Drawing()
    session.put(_CLEARED, None)
    _give(drawing)


def show_canvas() -> Drawing:
    """Draw the canvas; return what is drawn on it."""
    load: Load = session.value(_LOAD)
    with st.container(key="canvas"):
        told = st_canvas(
            stroke_width=round(session.value(_PEN) or PENS[1]),
            stroke_color="#ffffff",
            background_color="#000000",
            width=SIDE,
            height=SIDE,
            initial_drawing={**to_canvas(load.drawing), _MARK: load.mark},
            key=KEY,
            on_change=messages.guarded(_take),
        ).json_data
        _manners(key="canvas-manners", on_anew_change=messages.guarded(_restore))
    drawing = _drawing(load, told)
    if load.before is not None and told is not None and _MARK not in told and told != load.before:
        session.put(_LOAD, replace(load, before=None))  # it has loaded: the same again is drawn again
    with messages.boundary():  # a full disk is told, and drawing goes on
        _keep(drawing)
    return drawing


def show_controls(drawing: Drawing) -> None:
    """Draw what stands below the canvas: Clear, Undo, and the pens."""
    with st.container(key="canvas-controls", horizontal=True, vertical_alignment="center"):
        st.button("Clear", key="clear", on_click=messages.guarded(clear))
        st.button("Undo", key="undo-stroke", on_click=messages.guarded(_undo))
        st.segmented_control(
            "Pen",
            PENS,
            default=PENS[1],
            required=True,
            format_func=_NAMES.__getitem__,
            key=_PEN,
            label_visibility="collapsed",
            persist_state="session",
        )


def _drawing(load: Load, told: Mapping[str, Any] | None) -> Drawing:
    """Return what is drawn: what the canvas tells, once it has loaded what it was given."""
    if told is None or _MARK in told or (load.before is not None and told == load.before):
        return load.drawing
    # rounded as the file is, so that the same drawing is answered alike after a reload
    return from_canvas(told).rounded()


def _told() -> Mapping[str, Any] | None:
    """Return what the canvas told last; while a callback runs, what came with the press."""
    held = session.value(KEY)
    drawing = held.get("drawing") if isinstance(held, Mapping) else None
    raw = drawing.get("raw") if isinstance(drawing, Mapping) else None
    return raw if isinstance(raw, Mapping) else None


def _take() -> None:
    """Keep what the canvas has just told: where the page was left right after it, nobody asks again."""
    _keep(_present())


def _restore() -> None:
    """Give the present drawing to a canvas that was made anew in the browser."""
    _give(_present())


def _keep(drawing: Drawing) -> None:
    if drawing == session.value(_LAST):
        return
    session.put(_LAST, drawing)
    if session.drawing_id() is None:
        if not drawing.strokes:
            return
        session.show_drawing(kept.new_id())
        session.put(_LOAD, replace(session.value(_LOAD), kept_as=session.drawing_id()))
    kept.keep(home(), session.drawing_id() or "", drawing)


def _give(drawing: Drawing) -> None:
    """Have the canvas show a drawing."""
    session.put(_LOAD, Load(secrets.token_hex(4), drawing, session.drawing_id(), _told()))
    session.put(_LAST, drawing)


def _present() -> Drawing:
    return _drawing(session.value(_LOAD), _told())


def clear() -> None:
    """Empty the canvas; Undo brings back what was on it."""
    present = _present()
    if present.strokes:
        session.put(_CLEARED, present)
    _show_instead(Drawing())


def _undo() -> None:
    present = _present()
    cleared: Drawing | None = session.value(_CLEARED)
    if present.strokes:
        _show_instead(present.without_last())
    elif cleared is not None:  # Clear is taken back, too
        session.put(_CLEARED, None)
        _show_instead(cleared)


def _show_instead(drawing: Drawing) -> None:
    _give(drawing)
    if drawing_id := session.drawing_id():
        kept.keep(home(), drawing_id, drawing)
