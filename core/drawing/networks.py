"""The networks that can be asked about a picture: the ready one, and those of finished runs."""

from __future__ import annotations

import functools
import json
import logging
from dataclasses import dataclass
from pathlib import Path

from core.data.sources import source
from core.drawing.ready import FOLDER
from core.errors import InvalidExperiment, LayerLabError, RunRefused
from core.experiment.checks.answer import read_as
from core.experiment.choices import Output
from core.experiment.dataset import DatasetInfo
from core.experiment.experiment import Experiment
from core.experiment.shapes import walk
from core.runs.reading import Reader
from core.runs.run import Run

_LOG = logging.getLogger(__name__)
READY = "ready"
"""Id of the network that comes with LayerLab; no run has it."""
READY_FOLDER = FOLDER


@dataclass(frozen=True)
class Network:
    """A trained network, without its weights.

    Attributes:
        id: `READY`, or its run's id.
        label: What the screen calls it.
        experiment: Its design.
        info: What the data it was trained on declare; they are classes of square grey pictures.
        path: Its file.
        run: The run that trained it; None for the ready one.
    """

    id: str
    label: str
    experiment: Experiment
    info: DatasetInfo
    path: Path
    run: Run | None = None

    @property
    def side(self) -> int:
        """Width and height of its input in pixels."""
        return self.info.input_shape[0]

    @property
    def meaning(self) -> Output:
        """How its outputs can be read."""
        return read_as(walk(self.experiment.model.layers, self.info.input_shape))


def ready() -> Network | None:
    """Return the network that comes with LayerLab; None where its files are not there."""
    try:
        stamp = (READY_FOLDER / "experiment.json").stat().st_mtime_ns
    except OSError:
        return None
    return _ready(READY_FOLDER, stamp)


@functools.lru_cache(1)
def _ready(folder: Path, stamp: int) -> Network | None:
    path = folder / "model.keras"
    if not path.exists():
        return None
    try:
        experiment = Experiment.from_json((folder / "experiment.json").read_text(encoding="utf-8"))
        info = source(experiment.data.dataset).info
    except (LayerLabError, OSError, ValueError):
        _LOG.exception("the ready network's design can't be read")
        return None
    return Network(READY, "Ready network", experiment, info, path)


@dataclass(frozen=True)
class Detector:
    """What is known of the detector that tells whether a drawing is a digit at all.

    Attributes:
        threshold: The likeness below which a drawing is taken for none.
        false_alarm_rate: The share of real digits that this is wrong about.
    """

    threshold: float
    false_alarm_rate: float


def detector() -> Detector | None:
    """Return what is known of the detector; None where it is not there."""
    try:
        stamp = (READY_FOLDER / "card.json").stat().st_mtime_ns
    except OSError:
        return None
    return _detector(READY_FOLDER, stamp)


@functools.lru_cache(1)
def _detector(folder: Path, stamp: int) -> Detector | None:
    try:
        told = json.loads((folder / "card.json").read_text(encoding="utf-8"))["detector"]
        return Detector(float(told["threshold"]), float(told["false_alarm_rate"]))
    except (OSError, ValueError, KeyError, TypeError):
        _LOG.exception("the card of the ready network can't be read")
        return None


def of_run(run: Run) -> Network:
    """Return the network that a run has trained.

    Raises:
        RunRefused: It has none, or none that a picture can be shown to.
    """
    if not run.has_model:
        raise RunRefused(f"Run {run.number} has no trained network to ask. Choose another run.")
    try:
        info = source(run.experiment.data.dataset).info
    except InvalidExperiment as unknown:
        raise RunRefused(f"Run {run.number} can't be asked. {unknown}") from unknown
    if not takes_pictures(info):
        raise RunRefused(
            f"Run {run.number} was trained on {info.label}: no square grey pictures in classes, so "
            "nothing can be shown to it here. Choose another run."
        )
    return Network(run.id, f"Run {run.number} · {run.name}", run.experiment, info, run.model_path, run)


def takes_pictures(info: DatasetInfo) -> bool:
    """Return whether inputs are square grey pictures, and answers are classes."""
    height, width, channels = info.input_shape if info.is_image else (0, 1, 0)
    return height == width and channels == 1 and bool(info.classes)


def networks(store: Reader, drawable_only: bool = True) -> list[Network]:
    """Return all that can be asked, the ready network first, then the newest runs.

    Args:
        store: Where the runs are.
        drawable_only: Leave out those whose pictures nobody draws by hand.
    """
    first = ready()
    found = [first] if first else []
    for run in store.newest():
        try:
            network = of_run(run)
        except RunRefused:
            continue
        if network.info.drawable or not drawable_only:
            found.append(network)
    return found


def find(store: Reader, network_id: str) -> Network:
    """Return the network of that id.

    Raises:
        RunNotFound: Its run was deleted, or never was.
        RunRefused: It can't be asked.
    """
    if network_id != READY:
        return of_run(store.get(network_id))
    found = ready()
    if found is None:
        raise RunRefused("The ready network is not on this machine. Choose a run of your own.")
    return found
