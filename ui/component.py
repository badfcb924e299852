"""What the inline components share."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer

_SHARED = Path(__file__).resolve().parent


def inline(name: str, beside: str, html: str, *files: str | Path, within: str = "") -> ComponentRenderer:
    """Register an inline component.

    `component.js` and `component.css`, which stand beside this file, come before its own.

    Args:
        name: What Streamlit calls it; no other component has it.
        beside: The `__file__` of the module whose component it is; its files stand beside it.
        html: What it begins with.
        files: Names of its scripts and style sheets, or whole paths where they stand elsewhere. It
            takes one of each: scripts are joined in this order and share one module's names, and only one
            of them exports.
        within: A selector of its root. Where it is given, the component stands in the page's own tree, and
            what all share is styled inside that root alone; its own styles are the whole page's. Otherwise
            it has a shadow root.
    """
    own = [Path(beside).resolve().parent / each for each in files]
    scripts = [_SHARED / "component.js", *(each for each in own if each.suffix == ".js")]
    styles = _joined([each for each in own if each.suffix == ".css"])
    if styles:
        shared = (_SHARED / "component.css").read_text(encoding="utf-8")
        styles = (f"{within} {{\n{shared}}}\n" if within else shared) + styles
    return st.components.v2.component(
        name, html=html, css=styles or None, js=_joined(scripts), isolate_styles=not within
    )


def _joined(paths: Sequence[Path]) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


def payload(data: dict[str, Any]) -> bytes:
    """Return a component's data as JSON bytes.

    Streamlit looks into a dict for data frames, and loads pandas for that: 0.4 s before the first
    page is there. Bytes pass as they are; the component's JavaScript parses them.
    """
    return json.dumps(data).encode()
