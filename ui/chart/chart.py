"""The live curves as an inline component that asks the server for what is new."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from core.data.sources import source
from core.experiment.dataset import Task
from core.runs.run import Run
from ui.component import payload
from ui.server import PLOTLY_ADDRESS

_HERE = Path(__file__).resolve().parent
_component = st.components.v2.component(
    "layerlab_curves",
    html='<div class="ll-curves"></div>',
    css=(_HERE / "chart.css").read_text(encoding="utf-8"),
    js=(_HERE / "chart.js").read_text(encoding="utf-8"),
    # Plotly puts its own style into the document's head, which a shadow root would not see
    isolate_styles=False,
)


def show_curves(run: Run) -> None:
    """Draw loss and metric of a run, live while it goes on.

    Args:
        run: The run.
    """
    info = source(run.experiment.data.dataset).info
    classify = info.task is Task.CLASSIFICATION
    _component(
        key="curves",
        data=payload(
            {
                "run": run.id,
                "plotly": PLOTLY_ADDRESS,
                "epochs": run.progress.epochs,
                "panels": [
                    {
                        "metric": "loss",
                        "title": "Loss",
                        "text": "how wrong the answers are; lower is better",
                        "share": False,
                    },
                    {
                        "metric": info.task.metric,
                        "title": "Accuracy" if classify else "Mean absolute error",
                        "text": f"share of {info.noun}s answered right" if classify else "lower is better",
                        "share": classify,
                    },
                ],
            }
        ),
    )
