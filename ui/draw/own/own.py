"""Label the drawing on the canvas, and what can be done with all that were labelled."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st
from streamlit.errors import StreamlitAPIException

from core.data import own
from core.drawing.handwriting import Collection, Sample, sample
from core.drawing.prepare import SMALLEST
from core.drawing.strokes import Drawing
from ui import messages, session
from ui.draw.own import gallery, labels, measuring, taking, training

STYLE = Path(__file__).resolve().parent / "own.css"
TRAIN, MEASURE, LOOK, TAKE = "Train", "Measure", "All drawings", "Files"
_VIEW, _CLEARING, _COLLECTING = "own-view", "own-clearing", "own-collecting"
_DONE, _SAID, _UNDO = "_own_done", "_own_said", "_own_undo"
_UNDO_MOST = 100

Clear = Callable[[], None]


def show_labels(drawing: Drawing, answer: int | None, clear: Clear | None = None) -> None:
    """Draw the ten digits while somebody collects; a press keeps the drawing.

    Args:
        drawing: What is on the canvas; it is labelled as it is now, with all its strokes.
        answer: The digit that the chosen network reads; it is offered, and never taken by itself.
        clear: Empties the canvas, for the next drawing; the page is drawn anew after it was called.
    """
    if session.value(_COLLECTING, False):
        _label(drawing, answer, clear)


def show_collection() -> None:
    """Draw the card: the switch that has the ten digits drawn, and what can be done with what was kept."""
    with st.container(key="card-own", border=True):
        st.html('<h2 class="ll-head">Your handwriting</h2>')
        st.toggle(
            "Collect: label each drawing with the buttons below the canvas, or the keys 0 to 9",
            key=_COLLECTING,
            persist_state="session",
        )
        _collection()


def _label(drawing: Drawing, answer: int | None, clear: Clear | None) -> None:
    with messages.boundary():
        collection = Collection()
        if labels.pressed(session.value(_DONE)) is not None:
            _keep(collection, drawing, clear)
            _draw_anew()
        labels.show(_strip(collection.samples(), drawing, answer))
        _below_strip(clear is not None)


def _collection() -> None:
    st.html(STYLE)
    with messages.boundary():
        collection = Collection()
        samples = collection.samples()
        if samples or collection.damaged():
            _views(collection, samples)
        else:
            _nothing_yet(collection)


# --- labelling ---


def _keep(collection: Collection, drawing: Drawing, clear: Clear | None) -> None:
    """Keep the drawing under the digit that was pressed, or say why not; each press once."""
    press = labels.pressed(session.value(_DONE))
    if press is None:
        return
    session.put(_DONE, press.mark)
    if drawing.extent < SMALLEST:
        session.put(_SAID, "")
        return
    labelled = sample(drawing, press.label)
    before = collection.label_of(drawing)
    if before == press.label:
        return
    collection.add(labelled)
    _note(labelled, before)
    session.put(_SAID, f"Kept as {press.label}.")
    if clear is not None and session.value(_CLEARING, True):
        clear()


def _draw_anew() -> None:
    """Draw the page again, with another canvas and other counts."""
    try:
        st.rerun(scope="fragment")
    except StreamlitAPIException:  # the whole page is being drawn, not its fragment
        st.rerun()


def _strip(samples: tuple[Sample, ...], drawing: Drawing, answer: int | None) -> labels.Strip:
    kept = next((each.label for each in samples if each.drawing == drawing), None)
    drawn = drawing.extent >= SMALLEST
    said = session.value(_SAID, "")
    if kept is not None:
        words = f"Kept as {kept}. Press another number if that was wrong."
    elif drawn:
        session.put(_SAID, "")
        says = "" if answer is None else f" The network says {answer}."
        words = f"Which digit is it?{says} Press its number, here or on the keyboard."
    elif drawing.strokes:
        words = "That is only a dot. Draw a digit."
    elif said:
        words = f"{said} Draw the next one."
    else:
        words = "Draw a digit on the canvas, then press its number here or on the keyboard: it is kept."
    counts = tuple(sum(each.label == label for each in samples) for label in range(len(own.CLASSES)))
    return labels.Strip(counts, answer if drawn and kept is None else None, kept, drawn, words)


def _below_strip(can_clear: bool) -> None:
    noted: list[tuple[Sample, int | None]] = session.value(_UNDO, [])
    with st.container(key="own-below", horizontal=True, vertical_alignment="center"):
        st.button(
            "Undo last",
            key="own-undo",
            disabled=not noted,
            on_click=messages.guarded(_undo_last),
        )
        if can_clear:
            st.checkbox("Clear the canvas after each", value=True, key=_CLEARING, persist_state="session")


def _note(labelled: Sample, before: int | None) -> None:
    noted = [*session.value(_UNDO, []), (labelled, before)]
    session.put(_UNDO, noted[-_UNDO_MOST:])


def _undo_last() -> None:
    """Take back what this session labelled last; what others labelled stays."""
    noted: list[tuple[Sample, int | None]] = session.value(_UNDO, [])
    if not noted:
        return
    *rest, (labelled, before) = noted
    session.put(_UNDO, rest)
    collection = Collection()
    if before is None:
        collection.remove([labelled.id])
        session.put(_SAID, f"The last {labelled.label} is removed.")
    else:
        collection.add(sample(labelled.drawing, before, labelled.added))
        session.put(_SAID, f"It is a {before} again.")


# --- what can be done with them ---


def _views(collection: Collection, samples: tuple[Sample, ...]) -> None:
    view = st.segmented_control(
        "What to do with them",
        [TRAIN, MEASURE, LOOK, TAKE],
        default=TRAIN,
        required=True,
        key=_VIEW,
        label_visibility="collapsed",
        persist_state="session",
    )
    with st.container(key="own-view-shown"), messages.boundary():
        if view == TRAIN:
            training.show(samples)
        elif view == MEASURE:
            measuring.show(samples)
        elif view == LOOK:
            gallery.show(collection, samples)
        else:
            taking.show(collection, samples)


def _nothing_yet(collection: Collection) -> None:
    st.html(
        f'<p class="ll-quiet">Thirty digits take about three minutes. From {own.LEAST} on a network '
        "can learn from them, alone or together with thousands of others, and every network can "
        "be measured on them. They stay on the machine that serves this page.</p>"
    )
    with st.expander("Bring back drawings that were saved"):
        taking.show_upload(collection)
