"""A double click on Train starts one run; another design, another time or another window start another."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from core.runs.store import RunStore
from tests.app.conftest import SECONDS
from ui import actions


def page() -> None:
    """A page with a button for each of two designs; what was started last stands on it."""
    import streamlit as st

    from tests.app.made_runs import design
    from ui import actions

    for epochs in (3, 4):
        if st.button(f"{epochs} epochs", key=str(epochs)):
            st.text(actions.start(design(epochs=epochs)))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The clock that clicks are told by; nothing is trained."""
    told = SimpleNamespace(seconds=1_000.0)
    monkeypatch.setattr(actions, "time", SimpleNamespace(monotonic=lambda: told.seconds))
    monkeypatch.setattr(actions, "_train", lambda run: None)
    return told


def _click(app: AppTest, epochs: int) -> str:
    app.button(str(epochs)).click().run()
    assert not app.exception
    return str(app.text[0].value)


def _opened() -> AppTest:
    return AppTest.from_function(page, default_timeout=SECONDS).run()


def test_two_clicks_in_a_moment_start_one_run(store: RunStore, clock: SimpleNamespace) -> None:
    app = _opened()
    first = _click(app, 3)
    clock.seconds += actions.DOUBLE_CLICK_SECONDS * 0.9
    assert _click(app, 3) == first
    assert [run.id for run in store.newest()] == [first]


def test_a_click_that_is_meant_starts_another_run(store: RunStore, clock: SimpleNamespace) -> None:
    app = _opened()
    first = _click(app, 3)
    clock.seconds += actions.DOUBLE_CLICK_SECONDS
    second = _click(app, 3)
    other_design = _click(app, 4)
    other_window = _click(_opened(), 4)
    assert [run.id for run in store.newest()] == [other_window, other_design, second, first]
    assert len({first, second, other_design, other_window}) == 4
