"""The pages by name, for the bar at the top and for links from one to another."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

_FOLDER = Path(__file__).resolve().parents[1] / "pages"


def pages() -> dict[str, StreamlitPage]:
    """Return the pages in the order of the bar; made anew in each run of the script."""
    return {
        "build": st.Page(_FOLDER / "build.py", title="Build", default=True),
        "train": st.Page(_FOLDER / "train.py", title="Train", url_path="train"),
        "draw": st.Page(_FOLDER / "draw.py", title="Draw", url_path="draw"),
        "learn": st.Page(_FOLDER / "learn.py", title="Learn", url_path="learn"),
        "runs": st.Page(_FOLDER / "runs.py", title="Runs", url_path="runs"),
    }


def go(name: str) -> None:
    """Go to a page now; nothing after this call is run."""
    st.switch_page(pages()[name])


def link(name: str, label: str) -> None:
    """Draw a link to a page."""
    st.page_link(pages()[name], label=label)
