"""The live curves as an inline component that asks the server for what is new."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.data.sources import source
from core.experiment.dataset import Task
from core.runs.run import Run
from ui.component import inline, payload
from ui.server import PLOTLY_ADDRESS

_component = inline(
    "layerlab_curves",
    __file__,
    '<div class="ll-curves"></div>',
    "chart.css",
    *("chart.js", "poll.js", "series.js", "draw.js", "labels.js", "toolbar.js", "save.js"),
    # Plotly puts its own style into the document's head, which a shadow root would not see
    within=".ll-curves",
)


def show_curves(runs: Sequence[Run], key: str = "curves", log: bool = False) -> None:
    """Draw loss and metric of runs over each other, live while any of them goes on.

    Args:
        runs: The runs, each once. Eight can be told apart by their colours.
        key: Where in the page these curves stand; the same key and runs keep zoom and what is hidden.
        log: Whether the loss is drawn on a logarithmic axis until a person chooses.
    """
    _component(
        key=key,
        data=payload(
            {
                "plotly": PLOTLY_ADDRESS,
                "log": log,
                "runs": [
                    {
                        "id": run.id,
                        "short": f"Run {run.number}",
                        "label": f"Run {run.number} · {run.name}",
                        "epochs": run.progress.epochs,
                        "status": run.status,
                    }
                    for run in runs
                ],
                "panels": _panels(runs),
            }
        ),
    )


def _panels(runs: Sequence[Run]) -> list[dict[str, Any]]:
    """Return a panel for the loss, and one for each metric that the runs have."""
    loss = {
        "metric": "loss",
        "title": "Loss",
        "text": "how wrong the answers are; lower is better",
        "share": False,
    }
    infos = [source(run.experiment.data.dataset).info for run in runs]
    nouns = {info.noun for info in infos if info.task is Task.CLASSIFICATION}
    accuracy = {
        "metric": Task.CLASSIFICATION.metric,
        "title": "Accuracy",
        "text": f"share of {nouns.pop() if len(nouns) == 1 else 'sample'}s answered right",
        "share": True,
    }
    error = {
        "metric": Task.REGRESSION.metric,
        "title": "Mean absolute error",
        "text": "lower is better",
        "share": False,
    }
    present = {info.task for info in infos}
    tasks = ((Task.CLASSIFICATION, accuracy), (Task.REGRESSION, error))
    return [loss, *(panel for task, panel in tasks if task in present)]
