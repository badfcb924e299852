"""Dialogs that stay open as they are, whatever becomes of the page behind them.

To Streamlit a dialog is open where the run of the page calls it: a run that comes by itself, as when digits
are unpacked or a training is over, would close it under people's hands. So such a run waits until the
dialog is closed, which draws the page anew; and one that comes all the same calls the dialog again.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from ui import session

_OPEN, _PAGE = "_dialog", "_dialog_page"


def offer(
    label: str, key: str, dialog: Callable[[], None], begin: Callable[[], None] | None = None
) -> None:
    """Draw the button that opens a dialog, and the dialog as long as it is open.

    Args:
        label: What the button says.
        key: The button's.
        dialog: Draws the dialog; made with `on_dismiss=close`.
        begin: Called before it opens.
    """
    if st.button(label, key=key):
        session.put(_OPEN, key)
        if begin:
            begin()
    if session.value(_OPEN) == key:
        dialog()


def draw_anew() -> None:
    """Draw the whole page anew for what has changed by itself: now, or once an open dialog is closed."""
    if not session.value(_OPEN):
        st.rerun()


def close() -> None:
    """Note that the dialog is closed; the next run of the page draws none."""
    session.put(_OPEN, None)


def leave(page: str) -> None:
    """Close the dialog where people went to another page; called before each run of one.

    Args:
        page: The title of the page that is about to run.
    """
    if session.value(_PAGE) != page:
        session.put(_PAGE, page)
        close()
