"""What the inline components share."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer


def inline(name: str, beside: str, html: str, *files: str, isolated: bool = True) -> ComponentRenderer:
    """Register an inline component.

    Args:
        name: What Streamlit calls it; no other component has it.
        beside: The `__file__` of the module whose component it is; its files stand beside it.
        html: What it begins with.
        files: Names of its scripts and style sheets. It takes one of each: scripts are joined in this
            order and share one module's names, and only one of them exports.
        isolated: Whether it has a shadow root, with styles of its own.
    """
    folder = Path(beside).resolve().parent

    def joined(ending: str) -> str | None:
        names = [each for each in files if each.endswith(ending)]
        return "\n".join((folder / each).read_text(encoding="utf-8") for each in names) or None

    return st.components.v2.component(
        name, html=html, css=joined(".css"), js=joined(".js"), isolate_styles=isolated
    )


def payload(data: dict[str, Any]) -> bytes:
    """Return a component's data as JSON bytes.

    Streamlit looks into a dict for data frames, and loads pandas for that: 0.4 s before the first
    page is there. Bytes pass as they are; the component's JavaScript parses them.
    """
    return json.dumps(data).encode()
