"""The card as an inline component that asks the server after each epoch (`/layerlab/runs/{id}/answers`)."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from core.data.sources import source
from core.runs.run import Run
from ui.component import payload

_HERE = Path(__file__).resolve().parent
_component = st.components.v2.component(
    "layerlab_mistakes",
    html='<section class="mistakes"></section>',
    css=(_HERE / "mistakes.css").read_text(encoding="utf-8"),
    js="\n".join((_HERE / name).read_text(encoding="utf-8") for name in ("mistakes.js", "matrix.js")),
)


def show_mistakes(run: Run) -> None:
    """Draw the card of a classification run; it follows the run by itself."""
    noun = source(run.experiment.data.dataset).info.noun
    _component(key="mistakes", data=payload({"run": run.id, "noun": noun}))
