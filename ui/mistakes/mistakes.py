"""The card as an inline component that asks the server after each epoch (`/layerlab/runs/{id}/answers`)."""

from __future__ import annotations

from core.data.sources import source
from core.runs.run import Run
from ui.component import inline, payload

_component = inline(
    "layerlab_mistakes",
    __file__,
    '<section class="mistakes framed"></section>',
    "mistakes.css",
    *("mistakes.js", "matrix.js"),
)


def show_mistakes(run: Run) -> None:
    """Draw the card of a classification run; it follows the run by itself."""
    noun = source(run.experiment.data.dataset).info.noun
    _component(key="mistakes", data=payload({"run": run.id, "noun": noun}))
