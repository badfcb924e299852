"""Brings a design or a trained network back: the one door for files and texts from anywhere."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from core.bringback import disposable, documents
from core.bringback.archive import LARGEST_FILE, open_archive
from core.bringback.network import parts, read_network
from core.errors import FileRefused, InvalidExperiment
from core.experiment import link
from core.experiment.carried import NOTEBOOK_KEY, SCRIPT_MARK
from core.experiment.dataset import DatasetInfo
from core.experiment.experiment import LARGEST_DOCUMENT, Experiment

LARGEST_TEXT = 5_000_000
"""Bytes of the largest script or notebook."""
ENDINGS = (".json", ".py", ".ipynb", ".keras", ".txt")
"""Of the files that may be brought; what they are is seen from what they hold."""
_LINK = re.compile(r"[A-Za-z0-9_-]{40,}={0,2}")
_BROUGHT = (
    "Bring a design (.json), a link, a script (.py) or notebook (.ipynb) that LayerLab wrote, or a network "
    "that Keras 3 saved as .keras."
)


class Kind(StrEnum):
    """What can be brought back."""

    EXPERIMENT = "a design"
    LINK = "a link"
    SCRIPT = "a script"
    NOTEBOOK = "a notebook"
    NETWORK = "a network"


@dataclass(frozen=True)
class Design:
    """A design that was brought back.

    Attributes:
        experiment: The design.
        remarks: Sentences for the person.
    """

    experiment: Experiment
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Trained:
    """A network that was brought back with its weights, rebuilt by our own builder.

    Attributes:
        experiment: Its design.
        remarks: Sentences for the person.
        model: The bytes of a `.keras` file that our own process saved; nothing of them is a stranger's
            but the weights.
        ours: Whether LayerLab wrote the file.
        card: What a file of ours says of its training; not checked.
    """

    experiment: Experiment
    remarks: tuple[str, ...]
    model: bytes = field(repr=False)
    ours: bool = False
    card: Mapping[str, Any] = field(default_factory=dict)

    def write_model(self, path: Path) -> None:
        """Write our own `model.keras`; for `core.runs.files.write_whole`."""
        path.write_bytes(self.model)


Brought = Design | Trained


def recognise(name: str, content: bytes | str) -> Kind:
    """Return what a file or a text is, without reading it closely.

    Args:
        name: The file's name; empty for a text.
        content: Its bytes, or the text.

    Raises:
        FileRefused: It is nothing that can be brought back; the message says what can.
    """
    ending = Path(name).suffix.lower()
    start = content[:8] if isinstance(content, bytes) else content[:8].encode("utf-8", "replace")
    if start.startswith(b"\x89HDF") or ending in (".h5", ".hdf5"):
        raise FileRefused(
            "This is a model in the older HDF5 format. Open it with Keras, save it with "
            "model.save(“name.keras”), and bring that file."
        )
    if start.startswith(b"PK") or ending == ".keras":
        return Kind.NETWORK
    text = _text(content)
    if name and not text:
        raise FileRefused(
            "This file is empty: it was not saved or copied whole. Save it again, and bring that."
        )
    if text.startswith("{"):
        return Kind.NOTEBOOK if ending == ".ipynb" or '"nbformat"' in text else Kind.EXPERIMENT
    if any(line.strip().startswith(SCRIPT_MARK) for line in text.splitlines()):
        return Kind.SCRIPT
    if _LINK.fullmatch(text) or (len(text.split()) == 1 and "design=" in text):
        return Kind.LINK
    if ending == ".py":
        raise FileRefused(
            f"This script carries no design: the lines that begin with “{SCRIPT_MARK}” are missing. Only "
            f"scripts that LayerLab wrote can be brought back; scripts are never run. {_BROUGHT}"
        )
    raise FileRefused(f"This is nothing that can be brought back. {_BROUGHT}")


def bring(content: bytes | str, name: str, info: DatasetInfo, normalization: str = "none") -> Brought:
    """Return the design, or the network with its weights, that a file or a text holds.

    A network is rebuilt in a process of its own, which takes some seconds.

    Args:
        content: The file's bytes, or the text.
        name: The file's name; empty for a text.
        info: The data that a network is to be fed with, where no file of ours says it.
        normalization: For a network that has no normalization in it: what was done to its inputs before,
            by the name of a choice that needs no statistics.

    Raises:
        FileRefused: It can't be brought back; the message says all that is in the way.
        InvalidExperiment: It holds a design that can't be read.
    """
    if recognise(name, content) is Kind.NETWORK:
        return _network(content, info, normalization)
    return Design(read_design(content, name))


def read_design(content: bytes | str, name: str = "") -> Experiment:
    """Return the design that a file or a text of ours holds.

    Args:
        content: The file's bytes, or the text.
        name: The file's name; empty for a text.

    Raises:
        FileRefused: It holds none; the message says what can be brought back.
        InvalidExperiment: It holds one that can't be read.
    """
    kind = recognise(name, content)
    if kind is Kind.NETWORK:
        raise FileRefused(f"This is {kind}, and no design. Bring it back on the Build page.")
    readers = {
        Kind.EXPERIMENT: _experiment,
        Kind.LINK: _linked,
        Kind.SCRIPT: _scripted,
        Kind.NOTEBOOK: _noted,
    }
    return readers[kind](_text(content))


def _network(content: bytes | str, info: DatasetInfo, normalization: str) -> Trained:
    if isinstance(content, str):
        raise FileRefused(f"A network comes as a file, not as text. {_BROUGHT}")
    network = read_network(parts(open_archive(content), with_weights=False), info, normalization)
    rebuilt = disposable.rebuild(content, info, normalization)
    return Trained(
        network.translation.experiment,
        (*network.translation.remarks, *rebuilt.remarks),
        rebuilt.model,
        network.said is not None,
        network.said.card if network.said else {},
    )


def _text(content: bytes | str) -> str:
    if len(content) > LARGEST_TEXT:
        most = LARGEST_FILE if isinstance(content, bytes) else LARGEST_TEXT
        raise FileRefused(f"This is too large: a text may have {LARGEST_TEXT:,} bytes, a network {most:,}.")
    if isinstance(content, str):
        return content.strip().removeprefix("\ufeff")
    try:
        return content.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise FileRefused(f"This is neither a text nor a .keras file. {_BROUGHT}") from None


def _experiment(text: str) -> Experiment:
    read = documents.read(text.encode("utf-8", "replace"), "This design", LARGEST_DOCUMENT)
    return Experiment.from_dict(read)


def _linked(text: str) -> Experiment:
    if _LINK.fullmatch(text):
        return link.decode(text.rstrip("="))
    if len(text) > link.LONGEST_LINK:
        raise FileRefused(f"This link is longer than {link.LONGEST_LINK:,} characters. Ask for it again.")
    try:
        asked = urlsplit(text)
        designs = parse_qs(asked.query or asked.path, max_num_fields=100).get("design", [])
    except ValueError:
        designs = []
    if len(designs) != 1:
        raise FileRefused("This link carries no design. Copy the whole address, and bring it again.")
    return link.decode(designs[0])


def _scripted(text: str) -> Experiment:
    lines = (line.strip() for line in text.splitlines())
    pieces = (line.removeprefix(SCRIPT_MARK) for line in lines if line.startswith(SCRIPT_MARK))
    return _carried("".join(pieces), "script")


def _noted(text: str) -> Experiment:
    notebook = documents.read(text.encode("utf-8", "replace"), "This notebook", LARGEST_TEXT)
    metadata = notebook.get("metadata")
    ours = metadata.get(NOTEBOOK_KEY) if isinstance(metadata, dict) else None
    design = ours.get("design") if isinstance(ours, dict) else None
    if not isinstance(design, str):
        raise FileRefused(
            f"This notebook carries no design: LayerLab did not write it, and it is never run. {_BROUGHT}"
        )
    return _carried(design, "notebook")


def _carried(pieces: str, what: str) -> Experiment:
    """Return the design that comes along in a file as the text of a link."""
    design = "".join(pieces.split())
    if len(design) > link.LONGEST_LINK:
        raise FileRefused(f"The design in this {what} is longer than {link.LONGEST_LINK:,} characters.")
    try:
        return link.decode(design)
    except InvalidExperiment:
        raise FileRefused(
            f"The design in this {what} could not be read: it was changed or cut off. Save the {what} "
            "again in LayerLab."
        ) from None
