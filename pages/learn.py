"""Learn: lessons, each a working experiment. The first is the notebook's."""

from __future__ import annotations

import streamlit as st

from core.errors import RunNotFound
from ui import messages, session
from ui.chart import show_curves
from ui.lesson import STYLE, choice, found, inputs, reading, results
from ui.lesson.found import Lesson

TICK = 1.0


def shown() -> Lesson | None:
    """Return the lesson of the address, if it is still here."""
    word = session.lesson()
    if word:
        try:
            return found.lesson(word)
        except RunNotFound as gone:
            session.show_lesson(None)
            st.warning(messages.plain(str(gone)))
    return None


def watch(word: str, part: str) -> None:
    """Draw one part of the lesson, and the whole page anew once it is over or another is looked at."""
    with messages.boundary():
        messages.show_notice()
        if session.lesson() != word:
            st.rerun()
        lesson = found.lesson(word)
        if lesson.under_way != was_under_way:
            st.rerun()
        PARTS[part](lesson)


PARTS = {"results": results.show, "reading": reading.show}
st.html(f"<style>{STYLE.read_text(encoding='utf-8')}</style>")
current = shown()
left, right = st.columns([5, 7], gap="medium")
with left:
    info = choice.show(current)
if current is None:
    reading.show_why()
else:
    was_under_way = current.under_way
    tick = TICK if was_under_way else None
    st.fragment(watch, run_every=tick)(current.word, "results")
    wide, narrow = st.columns([7, 5], gap="medium")
    with wide:
        show_curves(current.runs, key="lesson", log=True)  # raw pixels begin at 100
    with narrow:
        st.fragment(watch, run_every=tick)(current.word, "reading")
        reading.show_why()
with right, messages.boundary():  # last: what takes a moment the first time holds nothing else up
    inputs.show(info, current)
