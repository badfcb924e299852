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


def inline(
    name: str, beside: str, html: str, *files: str | Path, isolated: bool = True
) -> ComponentRenderer:
    """Register an inline component.

    `component.js` and `component.css`, which stand beside this file, come before its own.

    Args:
        name: What Streamlit calls it; no other component has it.
        beside: The `__file__` of the module whose component it is; its files stand beside it.
        html: What it begins with.
        files: Names of its scripts and style sheets, or whole paths where they stand elsewhere. It
            takes one of each: scripts are joined in this order and share one module's names, and only one
            of them exports.
        isolated: Whether it has a shadow root, with styles of its own.
    """
    own = [Path(beside).resolve().parent / each for each in files]
    scripts = [_SHARED / "component.js", *(each for each in own if each.suffix == ".js")]
    styles = [each for each in own if each.suffix == ".css"]
    if styles and isolated:  # elsewhere they would be the whole page's
        styles.insert(0, _SHARED / "component.css")
    return st.components.v2.component(
        name, html=html, css=_joined(styles), js=_joined(scripts), isolate_styles=isolated
    )


def _joined(paths: Sequence[Path]) -> str | None:
    return "\n".join(path.read_text(encoding="utf-8") for path in paths) or None


def payload(data: dict[str, Any]) -> bytes:
    """Return a component's data as JSON bytes.

    Streamlit looks into a dict for data frames, and loads pandas for that: 0.4 s before the first
    page is there. Bytes pass as they are; the component's JavaScript parses them.
    """
    return json.dumps(data).encode()
