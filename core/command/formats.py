"""What a design or a run can be taken away as. To add a format, write a function and a row of `FORMATS`."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.command.words import WrongUse
from core.data.sources import Source, source
from core.errors import RunRefused
from core.experiment import link
from core.experiment.check import check, errors
from core.experiment.experiment import Experiment
from core.runs.run import HISTORY, Run
from core.runs.store import RunStore
from core.takeaway import card
from core.takeaway.curves import tensorboard_files
from core.takeaway.model_file import TFLITE, keras_file, write_tflite
from core.takeaway.notebook import notebook
from core.takeaway.origin import origin_of
from core.takeaway.program import Origin
from core.takeaway.script import script

SERVER = "http://localhost:8501"
"""Where Streamlit serves LayerLab by itself."""


@dataclass(frozen=True)
class Taken:
    """What is to be taken away.

    Attributes:
        experiment: The design.
        run: The run that it is of; None for a design alone.
        store: Where that run is.
    """

    experiment: Experiment
    run: Run | None
    store: RunStore


@dataclass(frozen=True)
class Format:
    """One way to take something away.

    Attributes:
        name: What it is called on the command line.
        ending: Of its file's name.
        words: What it is, for the help.
        write: Returns the file.
        of_runs: Whether only a run has it.
        text: Whether it can be read on a screen.
    """

    name: str
    ending: str
    words: str
    write: Callable[[Taken], bytes]
    of_runs: bool = False
    text: bool = True


def _program(taken: Taken) -> tuple[Experiment, Source, Origin]:
    """Return what programs are written from.

    Raises:
        WrongUse: The design has errors: no program can be written for it.
    """
    experiment, origin = taken.experiment, source(taken.experiment.data.dataset)
    serious = errors(check(experiment, origin.info))
    if serious:
        raise WrongUse(f"No program can be written for a design with errors: {serious[0].message}")
    return experiment, origin, origin_of(taken.run, taken.store)


def _run(taken: Taken) -> Run:
    """Return the run; `export` has refused formats of runs for designs before, in words."""
    assert taken.run is not None, "only a run has this"
    return taken.run


def _trained(taken: Taken) -> Run:
    run = _run(taken)
    if not run.has_model:
        raise RunRefused(f"Run {run.number} ({run.status}) has no trained network to take away.")
    return run


def _script(taken: Taken) -> bytes:
    return script(*_program(taken)).encode()


def _notebook(taken: Taken) -> bytes:
    return notebook(*_program(taken)).encode()


def _json(taken: Taken) -> bytes:
    return (taken.experiment.to_json(indent=2) + "\n").encode()


def _link(taken: Taken) -> bytes:
    return f"{SERVER}/?design={link.encode(taken.experiment)}\n".encode()


def _keras(taken: Taken) -> bytes:
    return keras_file(_trained(taken))


def _tflite(taken: Taken) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        write_tflite(_trained(taken).model_path, Path(folder) / TFLITE)
        return (Path(folder) / TFLITE).read_bytes()


def _card(taken: Taken) -> bytes:
    return card.text(_trained(taken)).encode()


def _tensorboard(taken: Taken) -> bytes:
    return tensorboard_files(_trained(taken))


def _csv(taken: Taken) -> bytes:
    from core.training.records import write_csv

    run = _run(taken)
    epochs = [event.body for event in taken.store.events(run.id, kind="epoch")]
    if not epochs:
        raise RunRefused(f"Run {run.number} ({run.status}) has no curves yet: no epoch was finished.")
    with tempfile.TemporaryDirectory() as folder:
        write_csv(Path(folder), epochs)
        return (Path(folder) / HISTORY).read_bytes()


FORMATS = {
    each.name: each
    for each in (
        Format("script", ".py", "a Python program that needs TensorFlow alone", _script),
        Format("notebook", ".ipynb", "the same in cells, with words between them", _notebook),
        Format("json", ".json", "the design, for train and for the Build page", _json),
        Format("link", ".link", "an address that opens the design", _link),
        Format("keras", ".keras", "a run's network, for Keras", _keras, of_runs=True, text=False),
        Format("tflite", ".tflite", "the same for phones", _tflite, of_runs=True, text=False),
        Format("card", ".md", "what that network is, and how well it does", _card, of_runs=True),
        Format("csv", ".csv", "a run's epochs as a table", _csv, of_runs=True),
        Format("tensorboard", ".zip", "the same for TensorBoard", _tensorboard, of_runs=True, text=False),
    )
}
"""By name, in the order of the help."""
