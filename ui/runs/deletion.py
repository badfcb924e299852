"""Deleting runs, and having them back."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from core.errors import LayerLabError, RunRefused
from core.runs.run import Run
from ui import dialogs, messages, server, session

UNDO_SECONDS = 30.0
_LAST = "runs-deleted"


@dataclass(frozen=True)
class Deleted:
    """What was deleted last.

    Attributes:
        runs: The runs.
        shown: Whether one of them was the run that the session looks at.
        at: When, on the monotonic clock, in seconds.
    """

    runs: tuple[Run, ...]
    shown: str | None
    at: float

    @property
    def words(self) -> str:
        """The runs in words: `Run 7`, `3 runs`."""
        return f"Run {self.runs[0].number}" if len(self.runs) == 1 else f"{len(self.runs)} runs"


def delete(runs: Sequence[Run]) -> None:
    """Delete runs; they can be had back for a while.

    Raises:
        LayerLabError: Some could not be deleted; the others are.
    """
    done: list[Run] = []
    refused: LayerLabError | None = None
    shown = session.run_id()
    for run in runs:
        try:
            server.store().delete(run.id)
            done.append(run)
        except LayerLabError as error:
            refused = error
    if done:
        theirs = shown if shown in {run.id for run in done} else None
        if theirs:
            session.show_run(None)
        session.put(_LAST, Deleted(tuple(done), theirs, time.monotonic()))
    if refused:
        raise refused


def undo() -> None:
    """Have the runs back that were deleted last.

    Raises:
        RunRefused: They are gone for good.
    """
    last: Deleted | None = session.value(_LAST)
    session.put(_LAST, None)
    if last is None:
        return
    gone = [run for run in last.runs if not server.store().restore(run.id)]
    if last.shown and session.run_id() is None:
        session.show_run(last.shown)
    if gone:
        raise RunRefused(f"Run {gone[0].number} is gone for good: it was deleted too long ago.")


def can_undo() -> bool:
    """Return whether something was deleted a moment ago."""
    return _latest() is not None


def _latest() -> Deleted | None:
    last: Deleted | None = session.value(_LAST)
    return last if last and time.monotonic() - last.at < UNDO_SECONDS else None


def show_undo() -> None:
    """Draw what was deleted and the button that undoes it, for as long as it is offered."""
    last = _latest()
    # a moment longer than that, so that the tick finds it over
    left = last.at + UNDO_SECONDS - time.monotonic() + 0.5 if last else None
    st.fragment(_bar, run_every=left)(last is not None)


def _bar(offered: bool) -> None:
    with messages.boundary():
        last = _latest()
        if last is None:
            if offered:  # undone, or over: the table has to be drawn anew, and the ticking ends
                dialogs.draw_anew()
            return
        with st.container(key="runs-undo", horizontal=True, vertical_alignment="center", width="content"):
            st.html(f'<p role="status"><strong>{last.words}</strong> deleted</p>')
            st.button("Undo", key="undo-delete", on_click=messages.guarded(undo))
