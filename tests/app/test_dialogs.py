"""A page that has news draws itself anew, but not under an open dialog."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from tests.app.conftest import SECONDS


def page() -> None:
    """A page that offers a dialog, has news at a press, and counts its runs."""
    import streamlit as st

    from ui import dialogs, session

    @st.dialog("Dialog", on_dismiss=dialogs.close)
    def dialog() -> None:
        st.text("its content")

    session.put("runs", session.value("runs", 0) + 1)
    dialogs.begin(st.session_state.get("page", "here"))
    if st.session_state.get("offers", True):
        dialogs.offer("Open", "open", dialog)
    if st.button("News", key="news"):
        dialogs.draw_anew()


@pytest.fixture
def opened() -> AppTest:
    """The page with its dialog open."""
    app = AppTest.from_function(page, default_timeout=SECONDS).run()
    return app.button("open").click().run()


def _runs_for_news(app: AppTest) -> int:
    before = app.session_state["runs"]
    app.button("news").click().run()
    assert not app.exception
    return int(app.session_state["runs"] - before)


def _is_open(app: AppTest) -> bool:
    return [text.value for text in app.text] == ["its content"]


def test_without_a_dialog_news_draw_the_page_anew() -> None:
    assert _runs_for_news(AppTest.from_function(page, default_timeout=SECONDS).run()) == 2


def test_news_wait_for_an_open_dialog(opened: AppTest) -> None:
    assert _is_open(opened)
    assert _runs_for_news(opened) == 1
    assert _is_open(opened)


def test_news_wait_for_no_dialog_whose_button_is_gone(opened: AppTest) -> None:
    opened.session_state["offers"] = False
    assert not _is_open(opened.run())
    assert _runs_for_news(opened) == 2


def test_a_dialog_does_not_come_back_on_the_way_back_from_another_page(opened: AppTest) -> None:
    opened.session_state["page"] = "elsewhere"
    assert not _is_open(opened.run())
    opened.session_state["page"] = "here"
    assert not _is_open(opened.run())
    assert _runs_for_news(opened) == 2
