"""One person's session: the only file that touches `st.session_state` and the address.

The design lives in the address, so that a reload, a second tab or a copied link opens it again; the
run's id, the drawing's and the lesson's word do too. Everything else of a session may be lost without harm.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from core.data import library
from core.data.sources import source
from core.errors import LayerLabError
from core.experiment import link
from core.experiment.dataset import DatasetInfo
from core.experiment.experiment import Experiment
from core.experiment.history import History
from core.experiment.presets import PRESETS
from ui.address import Address, Told

_HISTORY, _SELECTED, _RUN, _NOTICE = "_history", "_selected", "_run", "_notice"
_LESSON, _DRAWING = "_lesson", "_drawing"
_ADDRESSES, _TOLD, _SEEN = "_addresses", "_told", "_seen"
_DESIGN_KEY, _RUN_KEY, _LESSON_KEY, _DRAWING_KEY = "design", "run", "lesson", "drawing"


def open_session() -> None:
    """Take the design and the run from the address where it names some; called before a page runs."""
    named = st.query_params.get(_DESIGN_KEY)
    if named and _address(_DESIGN_KEY).navigated(named):
        try:
            _open_design(link.decode(named))
        except LayerLabError as error:
            put_notice(str(error))
    if _HISTORY not in st.session_state:
        st.session_state[_HISTORY] = History(_first_design())
    run = st.query_params.get(_RUN_KEY)
    if run and _address(_RUN_KEY).navigated(run):
        st.session_state[_RUN] = run
    named = st.query_params.get(_LESSON_KEY)
    if named and _address(_LESSON_KEY).navigated(named):
        st.session_state[_LESSON] = named
    named = st.query_params.get(_DRAWING_KEY)
    if named and _address(_DRAWING_KEY).navigated(named):
        st.session_state[_DRAWING] = named


def keep_address() -> None:
    """Write the design, the run, the lesson and the drawing into the address; called after a page ran."""
    written = link.encode(design())
    _write(_DESIGN_KEY, written)
    _told().written(written, awaited=bool(_address(_DESIGN_KEY).ahead))
    run = run_id()
    if run:
        _write(_RUN_KEY, run)
    if word := lesson():
        _write(_LESSON_KEY, word)
    if drawing := drawing_id():
        _write(_DRAWING_KEY, drawing)


def _write(key: str, value: str) -> None:
    address = _address(key)
    if address.write(value) or st.query_params.get(key) != value:
        st.query_params[key] = value


def _address(key: str) -> Address:
    kept: dict[str, Address] = st.session_state.setdefault(_ADDRESSES, {})
    return kept.setdefault(key, Address())


def _first_design() -> Experiment:
    return PRESETS[0].experiment(source(library.default_name()).info)


def _open_design(experiment: Experiment) -> None:
    source(experiment.data.dataset)  # a data set that is unknown here is refused now, in words
    history: History | None = st.session_state.get(_HISTORY)
    st.session_state[_HISTORY] = history.edit(experiment) if history else History(experiment)


# --- the design ---


def history() -> History:
    """Return the design with its past and future."""
    found: History = st.session_state[_HISTORY]
    return found


def design() -> Experiment:
    """Return the design as it is now."""
    return history().present


def info() -> DatasetInfo:
    """Return what the design's data set declares."""
    return source(design().data.dataset).info


def edit(change: Callable[[Experiment], Experiment]) -> None:
    """Apply an edit to the design; it can be undone."""
    st.session_state[_HISTORY] = history().edit(change(design()))


def undo() -> None:
    """Take the last edit back."""
    st.session_state[_HISTORY] = history().undo()


def redo() -> None:
    """Do again what was undone."""
    st.session_state[_HISTORY] = history().redo()


def selected() -> str | None:
    """Return the name of the layer whose card is open, where that layer still is."""
    name = st.session_state.get(_SELECTED)
    return name if design().model.has(name) else None


def select(name: str | None) -> None:
    """Open a layer's card, or none."""
    st.session_state[_SELECTED] = name


# --- the run ---


def run_id() -> str | None:
    """Return the id of the run this session looks at."""
    found: str | None = st.session_state.get(_RUN)
    return found


def show_run(run_id: str | None) -> None:
    """Look at another run."""
    st.session_state[_RUN] = run_id
    if run_id is None and _RUN_KEY in st.query_params:
        del st.query_params[_RUN_KEY]


def lesson() -> str | None:
    """Return the word that the runs of this session's lesson share."""
    found: str | None = st.session_state.get(_LESSON)
    return found


def show_lesson(word: str | None) -> None:
    """Look at another lesson's runs."""
    st.session_state[_LESSON] = word
    if word is None and _LESSON_KEY in st.query_params:
        del st.query_params[_LESSON_KEY]


def drawing_id() -> str | None:
    """Return the id under which this session's drawing is kept."""
    found: str | None = st.session_state.get(_DRAWING)
    return found


def show_drawing(drawing: str) -> None:
    """Keep this session's drawing under an id, and write it into the address at once."""
    st.session_state[_DRAWING] = drawing
    _write(_DRAWING_KEY, drawing)


# --- small things ---


def put_notice(text: str) -> None:
    """Keep a sentence for the next time the page is drawn."""
    st.session_state[_NOTICE] = text


def take_notice() -> str | None:
    """Return the sentence kept, once."""
    kept: str | None = st.session_state.pop(_NOTICE, None)
    return kept


def value(key: str, default: Any = None) -> Any:
    """Return what a widget holds, or a value kept under `key`."""
    return st.session_state.get(key, default)


def put(key: str, value: Any) -> None:
    """Keep a value."""
    st.session_state[key] = value


def show_in_widget(key: str, value: Any) -> None:
    """Have a widget show a value; called before it is drawn.

    Only where it holds another: a value sent to the browser without need can arrive there after the
    person's next edit, and undo it.
    """
    held = st.session_state.get(key)
    if held != value or key not in st.session_state:
        _told().tell(key, held)
        st.session_state[key] = value


def taken_from_widget(key: str) -> Any:
    """Return what a person has set a widget to; called from its callback.

    Returns:
        The value, or None where nothing was set: the box was emptied, or the browser has not yet
        heard of a value that the design gave the widget, and merely repeats the one before.
    """
    held = st.session_state.get(key)
    _told().heard(st.query_params.get(_DESIGN_KEY))
    return None if _told().is_stale(key, held) else held


def _told() -> Told:
    told: Told = st.session_state.setdefault(_TOLD, Told())
    return told


def newer_than_seen(client: str, number: int) -> bool:
    """Return whether an action of a browser's component is new, and remember it.

    Components send every action until it is acknowledged, because Streamlit may drop one of two
    that follow each other quickly; this tells the repeated ones.
    """
    seen = st.session_state.setdefault(_SEEN, {})
    if number <= seen.get(client, 0):
        return False
    st.session_state[_SEEN] = {client: number}
    return True


def last_seen() -> dict[str, int]:
    """Return the last action done, by the browser component that sent it."""
    found: dict[str, int] = st.session_state.get(_SEEN, {})
    return found
