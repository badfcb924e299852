"""Running the program that LayerLab writes, as somebody does who has taken it away."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.data import files
from core.data.sources import Source
from core.experiment.experiment import Experiment
from core.takeaway.program import Origin
from core.takeaway.script import script

_TELL = """
print(model.evaluate(x_test, y_test, verbose=0, return_dict=True))
print(history.history)
"""
"""Behind the program's own end, so that what is run is the program as it is."""


@dataclass(frozen=True)
class Told:
    """What a program came to.

    Attributes:
        figures: On the test set, by Keras's names.
        history: By Keras's names, one number an epoch.
        output: All that it printed.
    """

    figures: Mapping[str, float]
    history: Mapping[str, Sequence[float]]
    output: str


def run_script(experiment: Experiment, data: Source, folder: Path, origin: Origin | None = None) -> Told:
    """Run a design's program in a folder that holds nothing else but its data.

    Args:
        experiment: The design.
        data: Where its data come from; their files are here.
        folder: An empty one.
        origin: What the program says of the run that it is of.
    """
    for name in data.files:
        shutil.copy(files.folder() / name, folder)
    return run_program(script(experiment, data, origin), folder)


def run_program(written: str, folder: Path, timeout: float = 200) -> Told:
    """Run a program of ours in a folder that holds all it reads.

    Args:
        written: The program.
        folder: Where it runs.
        timeout: Seconds after which it has failed.
    """
    (folder / "train.py").write_text(written + _TELL, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-I", "train.py"],
        cwd=folder,  # without LayerLab in reach
        env={**os.environ, "PYTHONPATH": ""},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=timeout,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    *_, figures, history = done.stdout.strip().splitlines()
    return Told(ast.literal_eval(figures), ast.literal_eval(history), done.stdout)
