"""The buttons by which things are saved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

Content = str | bytes | Callable[[], Any]


def download(label: str, content: Content, name: str, mime: str, *, key: str, first: bool = False) -> None:
    """Draw a button that saves a file; pressing it does not run the page again.

    Args:
        label: What it says.
        content: The file, or what makes it when the button is pressed: for large ones alone, as the button
            loses the keyboard's focus while the file is made.
        name: What the file is called.
        mime: Its kind.
        key: The button's.
        first: Whether it is the one that most people want.
    """
    st.download_button(
        label, content, name, mime, key=key, type="primary" if first else "secondary", on_click="ignore"
    )
