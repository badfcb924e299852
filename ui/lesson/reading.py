"""What to see in the curves, and why it is so."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

import streamlit as st

from core.insight.lesson import Aside, seen
from ui.lesson.found import Lesson
from ui.lesson.learners import learner

WHY = (
    (
        "Large numbers make large sums.",
        "The first layer multiplies each pixel by a weight and adds it all up. The starting weights are "
        "the same in all three, so with raw pixels these sums are 255 times as large as with pixels ÷ 255: "
        "the first answers are wild, and given with full certainty.",
    ),
    (
        "And coarse steps.",
        "Adam moves every weight by about the learning rate, whatever the scale. With raw pixels the same "
        "step moves a sum 255 times as far.",
    ),
    (
        "The same information.",
        "Each of the three can be computed from either of the others; nothing is lost or added. Only the "
        "way to good weights is smoother or rougher.",
    ),
    (
        "Normalization is part of the network here.",
        "It is its first layer, with the training set’s mean and spread inside, so a digit that you draw "
        "goes through exactly what the training digits went through.",
    ),
)


def show(lesson: Lesson) -> None:
    """Draw what the lesson's curves show by now."""
    info = lesson.info
    kept = lesson.runs[0].experiment.data.kept_for_validation(info.training_size)
    found = seen([learner(run) for run in lesson.runs], Aside(kept, info.noun, len(info.classes)))
    body = _list((f"{each.title}.", each.text) for each in found)
    waits = "More of it comes as they learn." if found else "This reads the curves as they come."
    more = f'<p class="ll-quiet">{waits}</p>' if lesson.under_way else ""
    with st.container(key="card-reading", border=True, gap=None):
        st.html(f'<h2 class="ll-head">What to see in them</h2>{body}{more}')


def _list(said: Iterable[tuple[str, str]]) -> str:
    rows = "".join(
        f"<li><strong>{_together(title)}</strong> {_together(text)}</li>" for title, text in said
    )
    return f'<ul class="ll-seen-in">{rows}</ul>'


def _together(text: str) -> str:
    """Return a text as HTML in which no line ends inside a figure."""
    return escape(text).replace(" %", "&nbsp;%").replace(" ÷ ", "&nbsp;÷&nbsp;")


def show_why() -> None:
    """Draw what is true whatever the runs show."""
    body = _list(WHY)
    with st.container(key="card-why", border=True, gap=None):
        st.html(f'<h2 class="ll-head">Why the scale matters</h2>{body}')
