"""Dialogs that stay open as they are, whatever becomes of the page behind them.

To Streamlit a dialog is open where the run of the page calls it: a run that comes by itself, as when digits
are unpacked or a training is over, would close it under people's hands. So such a run waits until the
dialog is closed, which draws the page anew; and one that comes all the same calls the dialog again.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from ui import session

_OPEN, _SHOWN, _PAGE = "_dialog", "_dialog_shown", "_dialog_page"


def offer(
    label: str, key: str, dialog: Callable[[], None], prepare: Callable[[], None] | None = None
) -> None:
    """Draw the button that opens a dialog, and the dialog as long as it is open.

    Args:
        label: What the button says.
        key: The button's.
        dialog: Draws the dialog; made with `on_dismiss=close`.
        prepare: Called before it opens.
    """
    if st.button(label, key=key):
        session.put(_OPEN, key)
        if prepare:
            prepare()
    if session.value(_OPEN) == key:
        session.put(_SHOWN, True)
        dialog()


def draw_anew() -> None:
    """Draw the whole page anew for what has changed by itself: now, or once an open dialog is closed."""
    if not session.value(_SHOWN):
        st.rerun()


def close() -> None:
    """Note that the dialog is closed; the next run of the page draws none."""
    session.put(_OPEN, None)


def begin(page: str) -> None:
    """Close the dialog where people went to another page; called before each run of one.

    Args:
        page: The title of the page that is about to run.
    """
    session.put(_SHOWN, False)  # what offered it may be gone
    if session.value(_PAGE) != page:
        session.put(_PAGE, page)
        close()
