"""What the curves say, and what may help, each with one click."""

from __future__ import annotations

import functools
from functools import partial
from html import escape

import streamlit as st

from core.data.sources import source
from core.experiment.edits import Edit
from core.insight.doctor import diagnose
from core.insight.finding import Finding, Kind
from core.runs.run import Run
from ui import actions, messages, server, session
from ui.train.next_steps import go_to

_GOOD = (Kind.GOOD, Kind.IMPROVING)
_SERIOUS = (Kind.DIVERGING, Kind.NOT_LEARNING)


def show(run: Run) -> None:
    """Draw what was found in a run's curves."""
    with st.container(key="card-findings", border=True, gap="xsmall"):
        st.html('<h2 class="ll-head">What the curves say</h2>')
        epoch = server.store().last_event(run.id, "epoch")
        found = _found(run.id, run.attempt, epoch.seq if epoch else 0, run.status.over)
        for finding in found:
            _show(run, finding)
        if not found:
            said = (
                "Nothing that stands out."
                if run.status.over
                else "Nothing yet: it takes a few epochs to tell."
            )
            st.html(f'<p class="ll-quiet">{said}</p>')


@functools.lru_cache(64)
def _found(run_id: str, attempt: int, seq: int, over: bool) -> tuple[Finding, ...]:
    """Return the findings of a run; asked at every tick, worked out once an epoch."""
    run = server.store().get(run_id)
    events = server.store().curve(run_id)
    epochs, points = ([event.body for event in events if event.kind == kind] for kind in ("epoch", "point"))
    return diagnose(run.experiment, source(run.experiment.data.dataset).info, epochs, points)


def _show(run: Run, finding: Finding) -> None:
    manner = "good" if finding.kind in _GOOD else "serious" if finding.kind in _SERIOUS else "trouble"
    kind = finding.kind.replace(" ", "-")
    with st.container(key=f"finding-{manner}-{kind}", gap=None):
        st.html(
            f'<p class="ll-finding"><strong>{escape(finding.title)}</strong> {escape(finding.evidence)}</p>'
            f'<details class="ll-meaning"><summary>What that means</summary>'
            f"<p>{escape(finding.meaning)}</p></details>"
        )
        with st.container(key=f"remedies-{kind}", gap=None):
            for number, remedy in enumerate(finding.remedies):
                st.button(
                    messages.plain(remedy.label),
                    key=f"remedy-{kind}-{number}",
                    type="tertiary",
                    on_click=messages.guarded(partial(_try, run, remedy.edit)),
                )


def _try(run: Run, edit: Edit) -> None:
    edited = edit(run.experiment)

    def start() -> str:
        session.edit(lambda design: edited)
        return actions.start(edited)

    go_to(run, start)
