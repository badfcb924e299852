"""Which run or which design is meant by a word on the command line."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from core.bringback.bring import LARGEST_TEXT, read_design
from core.command.words import WrongUse
from core.data import library
from core.data.sources import source
from core.errors import RunNotFound
from core.experiment.experiment import Experiment
from core.experiment.presets import PRESETS, fitted, preset, presets_for
from core.runs.run import Run
from core.runs.store import RunStore

LATEST = "latest"
DESIGN_HELP = (
    "a design: a .json file, a script (.py) or notebook (.ipynb) of LayerLab's, a link, a preset's name "
    f"({', '.join(each.name for each in PRESETS)}), or - for standard input"
)
RUN_HELP = f"a run: its number, its id, or “{LATEST}”"
_ID = re.compile(r"[A-Za-z0-9_-]{16}")
"""What the store calls runs by."""


def find_run(word: str, store: RunStore) -> Run:
    """Return the run that is meant by a number, an id or `latest`.

    Raises:
        WrongUse: There is none.
    """
    if word == LATEST:
        newest = store.latest()
        if newest is None:
            raise WrongUse("There is no run yet. Train one: python -m core train notebook_rescaled")
        return newest
    try:
        found = store.numbered(int(word)) if word.isdecimal() else store.get(word)
    except RunNotFound:
        found = None
    if found is None:
        raise WrongUse(f"There is no run {word}. `python -m core runs` lists all there are.")
    return found


def is_run(word: str) -> bool:
    """Return whether a word can only mean a run."""
    looks = word == LATEST or word.isdecimal() or _ID.fullmatch(word)
    return bool(looks) and not Path(word).exists() and _preset_name(word) is None


def find_design(word: str, data: str = "") -> Experiment:
    """Return the design that is meant by a file, a link or a preset's name.

    Args:
        word: As it stands on the command line.
        data: The data set that it is to be fitted to; empty for its own, which is for a preset the one
            that the Build page begins with.

    Raises:
        WrongUse: There is none.
        InvalidExperiment: It can't be read.
    """
    name = _preset_name(word)
    if name is not None and not Path(word).is_file():
        return _of_preset(name, data or library.default_name())
    experiment = read_design(_content(word), Path(word).name if _exists(Path(word)) else "")
    if data and data != experiment.data.dataset:
        return fitted(experiment, source(experiment.data.dataset).info, source(data).info)
    return experiment


def _preset_name(word: str) -> str | None:
    plain = word.replace("-", "_").lower()
    return plain if any(each.name == plain for each in PRESETS) else None


def _of_preset(name: str, data: str) -> Experiment:
    info = source(data).info
    if preset(name) not in presets_for(info):
        fitting = ", ".join(each.name for each in presets_for(info))
        raise WrongUse(f"The preset {name} does not fit {info.label}. These do: {fitting}.")
    return preset(name).experiment(info)


def _content(word: str) -> str:
    if word == "-":
        return _decoded(sys.stdin.buffer.read(LARGEST_TEXT + 1), "Standard input")
    path = Path(word)
    if _exists(path):
        try:
            with path.open("rb") as file:
                return _decoded(file.read(LARGEST_TEXT + 1), path.name)
        except OSError as error:
            raise WrongUse(f"{word} can't be read ({error.strerror}).") from error
    if "design=" in word or (len(word) >= 40 and not path.suffix):
        return word
    raise WrongUse(
        f"There is no file {word}, and it is no link and no preset. Presets are: "
        f"{', '.join(each.name for each in PRESETS)}."
    )


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a link is longer than a file's name may be
        return False


def _decoded(content: bytes, name: str) -> str:
    if name.endswith((".keras", ".h5", ".hdf5")) or content.startswith((b"PK", b"\x89HDF")):
        raise WrongUse(f"{name} is a network, not a design. Bring it back on the Build page.")
    if len(content) > LARGEST_TEXT:
        raise WrongUse(f"{name} is too large for a design: at most {LARGEST_TEXT:,} bytes are read.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise WrongUse(f"{name} is no text, so it can't be a design.") from None
