"""The data sets on this machine: which are here, which could come, and reading them."""

from __future__ import annotations

import json
import os
import socket
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.data import files, own
from core.data.sources import SOURCES, Source, source
from core.data.split import Dataset, Samples
from core.errors import DataRefused, DataUnavailable
from core.experiment.dataset import DatasetInfo

PATIENCE = 20.0
"""Seconds without a byte after which a download is given up."""


@dataclass(frozen=True)
class State:
    """What is known of a data set's file.

    Attributes:
        here: Whether it is on this machine and was found whole.
        refused: Why the file that is there can't be used; empty otherwise.
    """

    here: bool
    refused: str = ""


def state(name: str) -> State:
    """Return whether a data set is here and sound.

    A file is read and checked once; the verdict is kept beside it until the file changes.
    """
    origin = source(name)
    if origin.base:
        # what ships with a library is made when it is needed
        base = State(here=True) if source(origin.base).ships else state(origin.base)
        drawn = state(_alone(origin))
        return State(base.here and drawn.here, drawn.refused or base.refused)
    path = files.folder() / origin.filename
    try:
        stamp = _stamp(path)
    except OSError:
        return State(here=False)
    kept = _kept_verdict(origin, stamp)
    if kept is None:
        try:
            _keep_verdict(origin, stamp, files.read(path, origin.info))
            kept = ""
        except DataRefused as refused:
            kept = str(refused)
            _write_verdict(origin, stamp, kept)
    return State(here=not kept, refused=kept)


def default_name() -> str:
    """Return the data set to begin with: MNIST once it is here, else Digits."""
    return "mnist" if state("mnist").here else "digits"


def load(name: str) -> Dataset:
    """Return a data set, fetched first where that needs no network.

    Raises:
        DataUnavailable: It is not here and would have to be downloaded.
        DataRefused: Its file is damaged or is something else.
    """
    origin = source(name)
    if origin.base:
        return _mixed(origin, load(origin.base), load(_alone(origin)))
    path = files.folder() / origin.filename
    if origin.ships and not state(name).here:
        fetch(name)  # absent, or damaged: it is made again from the library it comes with
    if not path.exists():
        if origin.version:
            raise DataUnavailable(own.absent(origin.version.code))
        raise DataUnavailable(
            f"{origin.info.label} is not on this machine. Download it on the Build page, or put "
            f"{origin.filename} into {files.folder()}."
        )
    return files.read(path, origin.info)


def fetch(name: str) -> None:
    """Bring a data set to this machine, checked and kept. For worker processes.

    Raises:
        DataUnavailable: The network, or the far end, is not there.
        DataRefused: What came is not the data set.
    """
    origin = source(name)
    patience = socket.getdefaulttimeout()
    socket.setdefaulttimeout(PATIENCE)
    try:
        arrays = origin.fetch()
    except DataUnavailable:
        raise
    except Exception as error:
        # Keras raises bare Exception: "URL fetch failure on <address>: <number> -- <reason>"
        reason = str(error).rsplit(" -- ", 1)[-1]
        raise DataUnavailable(
            f"{origin.info.label} could not be downloaded ({reason}). Check the network and try "
            f"again, or copy {origin.filename} into {files.folder()} from a machine that has it."
        ) from error
    finally:
        socket.setdefaulttimeout(patience)
    path = files.folder() / origin.filename
    arrived = files.folder() / ".arriving" / origin.filename
    files.write(arrived, arrays)
    try:
        # a bad download replaces nothing
        dataset = files.read(arrived, origin.info, belongs=files.folder())
        os.replace(arrived, path)
    finally:
        arrived.unlink(missing_ok=True)
    _keep_verdict(origin, _stamp(path), dataset)


def samples(name: str) -> NDArray[np.uint8] | None:
    """Return one input of each class, or the first ten inputs of a regression.

    Returns:
        Shape (count, *input_shape), or None while the data set is not here.
    """
    origin = source(name)
    if origin.base:
        return samples(origin.base)
    if not state(name).here:
        return None
    try:
        with np.load(_samples_path(origin), allow_pickle=False) as kept:
            return np.asarray(kept["inputs"])
    except (OSError, ValueError, KeyError):
        return None


def infos() -> tuple[DatasetInfo, ...]:
    """Return what every data set but one's own declares, in the order of the list on the screen."""
    return tuple(each.info for each in SOURCES.values())


def _alone(origin: Source) -> str:
    """Return the name of the handwriting that a mixed data set holds."""
    return own.name_of(origin.version.code) if origin.version else ""


def _mixed(origin: Source, base: Dataset, drawn: Dataset) -> Dataset:
    """Return a data set with copies of drawings at the end of its training set; the test stays its own."""
    copies = origin.info.repeated // len(drawn.training)
    inputs, answers = drawn.training.inputs, drawn.training.answers
    repeated = np.tile(inputs, (copies, *[1] * (inputs.ndim - 1)))
    training = Samples(
        np.concatenate([base.training.inputs, repeated]),
        np.concatenate([base.training.answers, np.tile(answers, copies)]),
    )
    return Dataset(origin.info, training, base.test)


def _stamp(path: Path) -> list[int]:
    status = path.stat()
    return [status.st_size, status.st_mtime_ns]


def _verdict_path(origin: Source) -> Path:
    return files.folder() / ".checked" / f"{origin.info.name}.json"


def _samples_path(origin: Source) -> Path:
    return files.folder() / ".checked" / f"{origin.info.name}-samples.npz"


def _kept_verdict(origin: Source, stamp: list[int]) -> str | None:
    try:
        kept = json.loads(_verdict_path(origin).read_text())
        return str(kept["refused"]) if kept["stamp"] == stamp else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _keep_verdict(origin: Source, stamp: list[int], dataset: Dataset) -> None:
    inputs, answers = dataset.training.inputs, dataset.training.answers
    if origin.info.classes:
        labels = answers.astype(np.int64)
        firsts = [int(np.argmax(labels == label)) for label in range(len(origin.info.classes))]
    else:
        firsts = list(range(min(10, len(inputs))))
    files.write(_samples_path(origin), {"inputs": inputs[firsts]})
    _write_verdict(origin, stamp, "")


def _write_verdict(origin: Source, stamp: list[int], refused: str) -> None:
    path = _verdict_path(origin)
    path.parent.mkdir(exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump({"stamp": stamp, "refused": refused}, file)
    try:
        os.replace(temporary, path)
    except PermissionError:  # Windows, while another reads it: whoever asks next checks again
        Path(temporary).unlink(missing_ok=True)
