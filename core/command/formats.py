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
from core.runs.files import verify_checksum
from core.runs.run import Run, Status
from core.runs.store import RunStore
from core.takeaway.notebook import notebook
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
    return experiment, origin, _origin(taken)


def _origin(taken: Taken) -> Origin:
    run = taken.run
    if run is None:
        return Origin()
    figures = {name: value for name, value in run.result.items() if name.startswith("test_")}
    done = [
        words
        for words, true in (
            ("its learning rate was changed by hand", taken.store.last_event(run.id, "rate") is not None),
            (f"it was stopped in epoch {run.progress.epoch}", run.status is Status.STOPPED),
            ("it went on from another run", bool(run.parent)),
        )
        if true
    ]
    by_hand = f"What this program does not repeat: {', and '.join(done)}." if done else ""
    return Origin(run.name, figures, by_hand)


def _run(taken: Taken) -> Run:
    if taken.run is None:  # `export` has refused that before, in words
        raise AssertionError("only a run has this")
    return taken.run


def _script(taken: Taken) -> bytes:
    return script(*_program(taken)).encode()


def _notebook(taken: Taken) -> bytes:
    return notebook(*_program(taken)).encode()


def _json(taken: Taken) -> bytes:
    return (taken.experiment.to_json(indent=2) + "\n").encode()


def _link(taken: Taken) -> bytes:
    return f"{SERVER}/?design={link.encode(taken.experiment)}\n".encode()


def _keras(taken: Taken) -> bytes:
    run = _run(taken)
    if not run.has_model:
        raise RunRefused(f"Run {run.number} ({run.status}) has no trained network to take away.")
    verify_checksum(run.model_path)
    return run.model_path.read_bytes()


def _csv(taken: Taken) -> bytes:
    from core.training.records import CSV, write_csv

    run = _run(taken)
    epochs = [event.body for event in taken.store.events(run.id, kind="epoch")]
    if not epochs:
        raise RunRefused(f"Run {run.number} ({run.status}) has no curves yet: no epoch was finished.")
    with tempfile.TemporaryDirectory() as folder:
        write_csv(Path(folder), epochs)
        return (Path(folder) / CSV).read_bytes()


FORMATS = {
    each.name: each
    for each in (
        Format("script", ".py", "a Python program that needs TensorFlow alone", _script),
        Format("notebook", ".ipynb", "the same in cells, with words between them", _notebook),
        Format("json", ".json", "the design, for train and for the Build page", _json),
        Format("link", ".link", "an address that opens the design", _link),
        Format("keras", ".keras", "a run's network, for Keras", _keras, of_runs=True, text=False),
        Format("csv", ".csv", "a run's epochs as a table", _csv, of_runs=True),
    )
}
"""By name, in the order of the help."""
