"""A network from a file becomes a run of this LayerLab."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath

from core.bringback.bring import Brought, Trained, bring
from core.errors import LayerLabError
from core.experiment import choices
from core.experiment.dataset import DatasetInfo
from core.experiment.experiment import Experiment
from core.home import home
from core.runs.run import Run
from core.runs.store import RunStore

RAW, RESCALED = "none", "rescale"
"""Normalizations that inputs may have been given before they went into a network that has none inside."""
Judge = Callable[[Path, Experiment], Mapping[str, float]]
"""Returns how a network's file does on the test set of its design, by Keras's names."""


@dataclass(frozen=True)
class Adopted:
    """What became of a file.

    Attributes:
        run: The run that has its network now.
        remarks: Sentences for the person.
    """

    run: Run
    remarks: tuple[str, ...]


def adopt(
    found: Trained, content: bytes, name: str, info: DatasetInfo, *, store: RunStore, judge: Judge
) -> Adopted:
    """Make a run of a network that was brought back, with its figures on the test set.

    Where nothing in a stranger's file says how its inputs were normalized, that is found out: by which
    normalization it does best. For that it is rebuilt once more.

    Args:
        found: The network.
        content: Its file, as it came.
        name: The file's name.
        info: The data that it is fed with, where no file of ours says it.
        store: Where runs are kept.
        judge: Says how it does; its refusals are told, not raised.

    Raises:
        StorageFailed: There is no room for it.
    """
    remarks = found.remarks
    figures, why = _figures(found, judge)
    if figures and not found.ours and found.experiment.data.normalization == RAW:
        found, figures, remarks = _better(found, figures, bring(content, name, info, RESCALED), info, judge)
    if why:
        remarks = (*remarks, why)
    run = store.adopt(
        found.experiment,
        str(found.card.get("name") or PurePath(name).stem or "A network"),
        found.write_model,
        {f"test_{key}": value for key, value in figures.items()},
        "\n".join((f"Brought here in {PurePath(name).name}.", *remarks)),
    )
    return Adopted(run, remarks)


def _figures(found: Trained, judge: Judge) -> tuple[Mapping[str, float], str]:
    """Return how a network does on its test set; or nothing, and why."""
    with tempfile.TemporaryDirectory(dir=home(), prefix="brought-") as folder:
        path = Path(folder) / "model.keras"
        found.write_model(path)
        try:
            return judge(path, found.experiment), ""
        except LayerLabError as error:
            return {}, f"It has no figures here. {error}"


def _better(
    raw: Trained, figures: Mapping[str, float], rescaled: Brought, info: DatasetInfo, judge: Judge
) -> tuple[Trained, Mapping[str, float], tuple[str, ...]]:
    """Return a network with the normalization it does better with, how it does, and what to say of it."""
    assert isinstance(rescaled, Trained), "a file that is a network once is one twice"
    tried = [(raw, figures), (rescaled, _figures(rescaled, judge)[0])]
    # not by accuracy: without large biases the largest output is the same one at any scale
    found, told = min((each for each in tried if each[1]), key=lambda each: each[1]["loss"])
    label = choices.normalization(found.experiment.data.normalization).label
    said = (
        "The file does not say how its inputs were normalized before they went in. On "
        f"{info.label} its loss is lowest with: {label}; that was taken."
    )
    # the rest is about what has just been found out
    common = (each for each in raw.remarks if each in rescaled.remarks)
    return found, told, (*common, said)
