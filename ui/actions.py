"""What a click makes of runs: start, again, on from where one ended, resume."""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence

from core.errors import RunRefused, WorkerLost
from core.experiment.edits import set_training
from core.experiment.experiment import Experiment
from core.experiment.title import title
from core.runs.checkpoints import Checkpoints
from core.runs.run import Run, Status
from ui import server, session

DOUBLE_CLICK_SECONDS = 1.5
_LAST = "layerlab_last_start"


def start(experiment: Experiment) -> str:
    """Have a design trained and return the id of its run. A double click starts one run.

    Raises:
        LayerLabError: It could not be written down.
    """
    last: tuple[str, float, str] | None = session.value(_LAST)
    document = experiment.to_json()
    if last and last[0] == document and time.monotonic() - last[1] < DOUBLE_CLICK_SECONDS:
        return last[2]
    run = server.store().create(experiment, title(experiment))
    session.put(_LAST, (document, time.monotonic(), run.id))
    _train(run)
    return run.id


def start_together(experiments: Sequence[tuple[Experiment, str]]) -> str:
    """Have several designs trained to be compared.

    Args:
        experiments: Designs, and what their runs are called.

    Returns:
        The word that their runs share: `store().of_collection(word)`.
    """
    collection = secrets.token_urlsafe(8)
    for experiment, name in experiments:
        _train(server.store().create(experiment, name, collection))
    return collection


def new_seed(run: Run) -> int:
    """Return the seed of a rerun that is to differ by chance alone."""
    return run.experiment.training.seed + 1


def carry_on(run: Run, epochs: int) -> str:
    """Have a finished run's network trained for more epochs, as a run of its own.

    Args:
        run: The finished run; it is left as it is.
        epochs: How many more.

    Returns:
        The id of the new run.

    Raises:
        RunRefused: The run is not finished, or its state is gone.
    """
    newest = Checkpoints(run.checkpoints).newest() if run.has_model else None
    if newest is None:
        raise RunRefused(
            f"Run {run.number} has left no state to go on from. Train it again with more epochs instead."
        )
    design = set_training(run.experiment, epochs=int(newest.stem) + epochs)
    name = run.name if run.name.endswith(", continued") else f"{run.name}, continued"
    longer = server.store().create(design, name, parent=run, checkpoint=newest)
    _train(longer)
    return longer.id


def resume(run_id: str) -> None:
    """Have an interrupted run go on from its last checkpoint."""
    if server.store().resume(run_id):
        _train(server.store().get(run_id))


def _train(run: Run) -> None:
    try:
        server.workers().train(run.id)
    except WorkerLost as lost:
        server.store().finish(run.id, Status.INTERRUPTED, str(lost))
