"""The style that every page shares."""

from __future__ import annotations

from pathlib import Path

from core.diagram.standalone import COLOURS

_HERE = Path(__file__).resolve().parent
_SHEETS = (
    COLOURS,
    _HERE / "theme.css",
    _HERE / "train" / "train.css",
    _HERE / "draw" / "draw.css",
    _HERE / "takeaway" / "takeaway.css",
)


def style() -> str:
    """Return it as an element for `st.html`."""
    return f"<style>{''.join(sheet.read_text(encoding='utf-8') for sheet in _SHEETS)}</style>"
