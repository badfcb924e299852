"""Where LayerLab keeps what must outlive the process: data sets, runs, models."""

from __future__ import annotations

import os
from pathlib import Path

VARIABLE = "LAYERLAB_HOME"


def home() -> Path:
    """Return the data directory, made if need be.

    Returns:
        The folder named by the environment variable `LAYERLAB_HOME`, or `~/.layerlab`.
    """
    named = os.environ.get(VARIABLE)
    path = Path(named).expanduser() if named else Path.home() / ".layerlab"
    path.mkdir(parents=True, exist_ok=True)
    return path.resolve()
