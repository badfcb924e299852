"""A finished run into MLflow, where that is installed: it is no part of LayerLab."""

from __future__ import annotations

import importlib.util
import logging
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from core.errors import TrackingFailed
from core.runs.run import Event, Run
from core.takeaway import card
from core.takeaway.model_file import keras_file

_LOG = logging.getLogger(__name__)
EXPERIMENT = "LayerLab"
"""The experiment of MLflow that runs are logged under."""


def mlflow_is_here() -> bool:
    """Return whether MLflow (or mlflow-skinny) is installed; does not load it."""
    return importlib.util.find_spec("mlflow") is not None


def log_to_mlflow(run: Run, epochs: list[Event]) -> str:
    """Log a run: its design as parameters, its curves as metrics, its network and files as artifacts.

    Where it goes is MLflow's own setting (`MLFLOW_TRACKING_URI`).

    Args:
        run: One that is over.
        epochs: Its events at the end of each epoch.

    Returns:
        Where it was logged, for people: the tracking server's address and the run's id there.

    Raises:
        TrackingFailed: MLflow is not installed, or did not take it.
    """
    if not mlflow_is_here():
        raise TrackingFailed(
            "MLflow is not installed here. Install it (pip install mlflow) and restart LayerLab."
        )
    import mlflow
    from mlflow.exceptions import MlflowException

    try:
        mlflow.set_experiment(EXPERIMENT)
        with (
            mlflow.start_run(run_name=f"{run.number} · {run.name}") as there,
            tempfile.TemporaryDirectory() as at,
        ):
            mlflow.log_params(dict(_parameters(run.experiment.to_dict())))
            for event in epochs:
                mlflow.log_metrics(_metrics(event.body), step=int(event.body["epoch"]))
            mlflow.log_metrics(
                {name: value for name, value in run.result.items() if name.startswith("test_")}
            )
            mlflow.set_tags({"layerlab.run": run.id, **{f"tag.{tag}": "1" for tag in run.tags}})
            for path in _files(run, Path(at)):
                mlflow.log_artifact(str(path))
            return f"{mlflow.get_tracking_uri()} (run {there.info.run_id})"
    except (MlflowException, OSError) as error:
        _LOG.exception("run %s could not be logged to MLflow", run.number)
        raise TrackingFailed(
            f"MLflow did not take the run: {error}. Look at MLFLOW_TRACKING_URI."
        ) from error


def _parameters(document: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in document.items():
        if isinstance(value, Mapping):
            yield from _parameters(value, f"{above}{name}.")
        elif isinstance(value, list):
            yield f"{above}{name}", str(value)[:_LONGEST]
        else:
            yield f"{above}{name}", value


_LONGEST = 6_000
"""Characters that MLflow takes of one parameter."""


def _metrics(body: Mapping[str, Any]) -> dict[str, float]:
    passed_over = ("epoch", "step")
    return {
        name: float(value)
        for name, value in body.items()
        if isinstance(value, int | float) and name not in passed_over
    }


def _files(run: Run, folder: Path) -> Iterator[Path]:
    yield from (path for path in (run.history_path, run.summary_path) if path.exists())
    written = folder / "card.md"
    written.write_text(card.text(run), encoding="utf-8")
    yield written
    design = folder / "experiment.json"
    design.write_text(run.experiment.to_json(indent=1), encoding="utf-8")
    yield design
    if run.has_model:
        network = folder / "model.keras"
        network.write_bytes(keras_file(run))
        yield network
