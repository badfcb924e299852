"""The learning rate of a run under way: what it is, and another one."""

from __future__ import annotations

from functools import partial
from html import escape

import streamlit as st

from core.errors import RunRefused
from core.experiment.fields import Real, declared
from core.experiment.training_spec import TrainingSpec
from core.runs.run import Order, OrderKind, Request, Run
from core.wording import rate as shown
from ui import messages, server, session

_KEY, _SAID, _ASKED = "rate", "train-rate-said", "train-rate-asked"
_ADVICE = (
    "Smaller where the loss jumps about, larger where it hardly falls. It holds from the next batch on."
)


def show(run: Run) -> None:
    """Draw the learning rate with the box that changes it."""
    told = run.progress.learning_rate
    now = run.experiment.training.learning_rate if told is None else told
    with st.container(key="rate-row", horizontal=True, vertical_alignment="center"):
        st.html(f'<p class="ll-rate"><span>learning rate</span>{_value(run, now)}</p>')
        # told to close, it would take the focus with it; so it stays open until the person closes it
        with st.popover("change", disabled=run.request is Request.STOP):
            _form(run, now)


def _value(run: Run, now: float) -> str:
    asked: tuple[str, float, int] | None = session.value(_ASKED)
    if asked and asked[0] == run.id and _changes(run.id) <= asked[2]:
        return f"<strong>{shown(now)} → {shown(asked[1])}</strong><em>with the next batch</em>"
    return f"<strong>{shown(now)}</strong>"


def _changes(run_id: str) -> int:
    """Return the number of the newest event that tells of another rate."""
    event = server.store().last_event(run_id, "rate")
    return event.seq if event else 0


def _form(run: Run, now: float) -> None:
    with st.form("rate-form", border=False, width=300):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.text_input("New learning rate", key=_KEY, placeholder=shown(now))
            st.form_submit_button("Set", key="set-rate", on_click=messages.guarded(partial(_take, run.id)))
        said: tuple[str, str] | None = session.value(_SAID)
        if said and said[0] == run.id:
            st.html(f'<p class="ll-refused" role="alert">{escape(said[1])}</p>')
        st.html(f'<p class="ll-quiet">{_ADVICE}{_schedule(run)}</p>')


def _schedule(run: Run) -> str:
    if run.experiment.training.schedule == "constant":
        return ""
    label = declared(TrainingSpec)["schedule"].show(run.experiment.training.schedule)
    return (
        f" The schedule ({label}) goes on from there: later rates are larger or smaller in the same ratio."
    )


def _take(run_id: str) -> None:
    try:
        value = read(session.value(_KEY, ""))
    except RunRefused as refused:
        session.put(_SAID, (run_id, str(refused)))
        return
    session.put(_SAID, None)
    asked = (run_id, value, _changes(run_id))
    if session.value(_ASKED) != asked:  # else it is on its way already
        session.put(_ASKED, asked)
        server.store().order(run_id, Order(OrderKind.RATE, value))


def read(written: str) -> float:
    """Return the learning rate that a person has written.

    Raises:
        RunRefused: It is no number, or none that a learning rate can be.
    """
    field = declared(TrainingSpec)["learning_rate"]
    assert isinstance(field, Real)
    try:
        value = float(written.strip().replace(",", "."))
    except ValueError:
        raise RunRefused("That is no number. Write one such as 0.0005 or 5e-4.") from None
    try:
        return field.parse(value)
    except ValueError:
        raise RunRefused(
            f"A learning rate is larger than 0: from {shown(field.low)} to {shown(field.high)}."
        ) from None
