"""What runs in the processes that the foreman starts."""

from __future__ import annotations

import os
import sys
import threading
from multiprocessing import parent_process
from multiprocessing.connection import wait
from typing import Any

from core.errors import StorageFailed
from core.home import home
from core.runs.store import RunStore
from core.workers import admission
from core.workers.calls import CALLS

STEP_ASIDE = 5
"""How much less urgent a training is than the rest, as `nice` counts."""
NOT_KEPT = 74
"""The exit code of a training process that could not even write down why it ended."""


def end_with_parent() -> None:
    """End this process when the foreman ends, however that happens."""

    def watch() -> None:
        parent = parent_process()
        if parent is not None:
            wait([parent.sentinel])
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def train_in_child(run_id: str, attempt: int) -> None:
    """Train a run that was begun for this process."""
    end_with_parent()
    from core.training.job import run_to_end

    _step_aside()
    try:
        run_to_end(RunStore(home()), run_id, attempt, admission.cores_a_run())
    except StorageFailed as error:
        print(error, file=sys.stderr)
        sys.exit(NOT_KEPT)


def _step_aside() -> None:
    """Let what a person waits for go before: pages, drawings. Where nobody waits nothing is lost."""
    if hasattr(os, "nice"):
        os.nice(STEP_ASIDE)


def call_in_child(name: str, arguments: dict[str, Any]) -> Any:
    """Do one of the calls that a web process may ask for."""
    return CALLS[name](**arguments)


def load_tensorflow() -> None:
    """Load TensorFlow and the ready network, so that the first call need not wait for them."""
    import core.workers.preload  # noqa: F401
    from core.drawing.predict import warm

    warm()
