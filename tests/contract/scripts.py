"""Running the code that LayerLab shows, as somebody does who has taken it away."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

from core.data import files
from core.data.sources import Source
from core.experiment.experiment import Experiment
from core.model.code import script


def run_script(experiment: Experiment, origin: Source, folder: Path) -> dict[str, float]:
    """Run a design's script in a folder that holds nothing else but its data.

    Args:
        experiment: The design.
        origin: Where its data come from; their files are here.
        folder: An empty one.

    Returns:
        The figures on the test set that the script prints last.
    """
    (folder / "train.py").write_text(script(experiment, origin), encoding="utf-8")
    for name in origin.files:
        shutil.copy(files.folder() / name, folder)
    done = subprocess.run(
        [sys.executable, "train.py"],
        cwd=folder,  # without LayerLab in reach
        env={**os.environ, "PYTHONPATH": ""},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    told: dict[str, float] = ast.literal_eval(done.stdout.strip().splitlines()[-1])
    return told
