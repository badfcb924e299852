"""Handwriting of one's own as data to train on: frozen into versions, so that a run keeps finding its data.

A collection grows; a run must not change with it. So what is there when somebody wants to train is
written down once, under a name made from its content: `own_3f2a91c0` alone, `mnist_own_3f2a91c0` mixed
with MNIST. Beside the arrays (`own_3f2a91c0.npz`) lies a small `own_3f2a91c0.json` that says what they are.
"""

from __future__ import annotations

import functools
import hashlib
import json
import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import ceil
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.data import files
from core.errors import DataRefused
from core.experiment.dataset import DatasetInfo, Shape, Task

INPUT_SHAPE: Shape = (28, 28, 1)
CLASSES = tuple("0123456789")
BASES = ("mnist", "digits")
"""What handwriting can be mixed with: the same digits, in the same pixels."""
LEAST = 20
"""Drawings from which on there is something to learn from."""
LEAST_OF_A_DIGIT = 2
MOST = 2_000
TEST_EVERY = 5
"""One drawing in so many is never learned from; which ones, their own strokes decide."""
SHARE = 0.2
"""Share of a mixed training set that one's own drawings have at least; each stands there several times."""
LARGEST_CARD = 200_000
"""Bytes of the largest description that is read: it may come from another machine."""
_NAME = re.compile(rf"(?:({'|'.join(BASES)})_)?own_([0-9a-f]{{8}})")
_ID = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, eq=False)
class Labelled:
    """A drawing that somebody has said the digit of.

    Attributes:
        id: Sixteen hexadecimal digits, made from its strokes: the same strokes are the same drawing.
        label: The digit, 0 to 9.
        image: The network's input, shape (28, 28), uint8.
    """

    id: str
    label: int
    image: NDArray[np.uint8]

    @property
    def is_for_test(self) -> bool:
        """Whether it is kept away from every training."""
        return is_for_test(self.id)


def is_for_test(drawing_id: str) -> bool:
    """Return whether a drawing is kept away from every training; its own strokes decide, for ever."""
    return int(drawing_id[:8], 16) % TEST_EVERY == 0


@dataclass(frozen=True)
class Version:
    """Drawings as they were when somebody wanted to train on them.

    Attributes:
        code: Eight hexadecimal digits, made from the content.
        learned: Ids of the drawings to learn from.
        tested: Ids of those that are not learned from.
        frozen: When that was, seconds since 1970 (UTC).
    """

    code: str
    learned: tuple[str, ...]
    tested: tuple[str, ...]
    frozen: float

    @property
    def size(self) -> int:
        """How many drawings it holds."""
        return len(self.learned) + len(self.tested)

    @property
    def filename(self) -> str:
        """The name of its arrays' file."""
        return f"own_{self.code}.npz"

    def copies(self, base_size: int) -> int:
        """Return how often each drawing stands in a training set of `base_size` others."""
        return copies(len(self.learned), base_size)


def copies(learned: int, base_size: int) -> int:
    """Return how often each of `learned` drawings stands beside `base_size` others: `SHARE` of all."""
    return ceil(SHARE / (1 - SHARE) * base_size / learned)


def name_of(code: str, base: str = "") -> str:
    """Return what a design calls a version, alone or mixed with one of `BASES`."""
    return f"{base}_own_{code}" if base else f"own_{code}"


def parse(name: str) -> tuple[str, str] | None:
    """Return base (or "") and code of a name that `name_of` made; None for any other."""
    found = _NAME.fullmatch(name)
    return (found[1] or "", found[2]) if found else None


def lacking(drawings: Sequence[Labelled]) -> str:
    """Return in words what is still lacking before a network can learn from drawings; empty if nothing."""
    if len(drawings) < LEAST:
        return f"{LEAST - len(drawings)} more to go: there is something to learn from {LEAST} drawings on."
    labels = [each.label for each in drawings]
    learned = {each.label for each in drawings if not each.is_for_test}
    drawn = sorted(set(labels))
    few = [label for label in drawn if labels.count(label) < LEAST_OF_A_DIGIT or label not in learned]
    if few:
        return f"Draw one more {_listed(few)}: what is learned from can't be what is tested, too."
    if len(drawn) < 2:
        return f"These are all of one digit. Draw others than {drawn[0]}, too, to tell it from."
    if all(not each.is_for_test for each in drawings):
        return "Draw one or two more: none of these has been set aside for the test yet."
    return ""


def code_of(drawings: Iterable[Labelled]) -> str:
    """Return the code of the version that these drawings make, in whatever order they come."""
    return _code(tuple(_ordered(drawings)))


@functools.lru_cache(4)
def _code(drawings: tuple[Labelled, ...]) -> str:
    # a page asks at every click, and the same drawings are the same objects
    content = hashlib.sha256(b"1")
    for each in drawings:
        content.update(f"{each.id}{each.label}".encode())
        content.update(each.image.tobytes())
    return content.hexdigest()[:8]


def version_of(drawings: Iterable[Labelled]) -> Version:
    """Return the version that these drawings would make, without writing it down."""
    drawings = _ordered(drawings)
    learned = tuple(each.id for each in drawings if not each.is_for_test)
    tested = tuple(each.id for each in drawings if each.is_for_test)
    return Version(code_of(drawings), learned, tested, time.time())


def freeze(drawings: Sequence[Labelled]) -> Version:
    """Write down drawings as a version to train on; the same ones make the same version.

    Raises:
        DataRefused: There is not enough to learn from; the message says what is lacking.
    """
    lack = lacking(drawings)
    if lack:
        raise DataRefused(lack)
    made = version_of(drawings)
    known = version(made.code)
    if known and (files.folder() / known.filename).exists():
        return known
    by_id = {each.id: each for each in drawings}
    arrays = {}
    for part, ids in (("train", made.learned), ("test", made.tested)):
        arrays[f"x_{part}"] = np.stack([by_id[each].image for each in ids])
        arrays[f"y_{part}"] = np.array([by_id[each].label for each in ids], np.uint8)
    files.write(files.folder() / made.filename, arrays)  # the card comes last: who finds it finds both
    files.write_text(_card_path(made.code), _card(made))
    return made


def version(code: str) -> Version | None:
    """Return what is known of a version; None where it is not on this machine, or its card is damaged."""
    path = _card_path(code)
    try:
        status = path.stat()
    except OSError:
        return None
    return _read(path, code, status.st_mtime_ns, status.st_size)


def versions() -> list[Version]:
    """Return all versions on this machine, newest first."""
    codes = [path.stem.removeprefix("own_") for path in files.folder().glob("own_????????.json")]
    found = [version(code) for code in codes if parse(f"own_{code}")]
    return sorted((each for each in found if each), key=lambda each: each.frozen, reverse=True)


def info(version: Version, base: DatasetInfo | None = None) -> DatasetInfo:
    """Return what a version declares, alone or mixed with `base`."""
    learned, tested = len(version.learned), len(version.tested)
    alone = DatasetInfo(
        name=name_of(version.code),
        label=f"My handwriting ({version.size:,})",
        summary=f"{version.size:,} digits drawn here: {learned:,} to learn from, {tested:,} for the test.",
        input_shape=INPUT_SHAPE,
        task=Task.CLASSIFICATION,
        training_size=learned,
        test_size=tested,
        classes=CLASSES,
        drawable=True,
        noun="digit",
    )
    if base is None:
        return alone
    times = version.copies(base.training_size)
    return replace(
        alone,
        name=name_of(version.code, base.name),
        label=f"{base.label} + my handwriting ({version.size:,})",
        summary=f"{base.label}, and {learned:,} digits drawn here, each {times:,} times: a fifth of all. "
        f"Validation and test are of {base.label} alone, to compare with other runs.",
        training_size=base.training_size + times * learned,
        test_size=base.test_size,
        repeated=times * learned,
    )


def absent(code: str) -> str:
    """Return in words what to do about a version that is not here."""
    return (
        f"This design learns from handwriting that is not on this machine (own_{code}). Copy "
        f"own_{code}.npz and own_{code}.json from where it was collected into {files.folder()}, or choose "
        "other data."
    )


def _ordered(drawings: Iterable[Labelled]) -> list[Labelled]:
    return sorted(drawings, key=lambda each: each.id)


def _listed(digits: Sequence[int]) -> str:
    *first, last = map(str, digits)
    return f"{', '.join(first)} and {last}" if first else last


def _card_path(code: str) -> Path:
    return files.folder() / f"own_{code}.json"


def _card(version: Version) -> str:
    return json.dumps(
        {
            "version": 1,
            "code": version.code,
            "frozen": version.frozen,
            "learned": version.learned,
            "tested": version.tested,
        }
    )


@functools.lru_cache(256)
def _read(path: Path, code: str, stamp: int, size: int) -> Version | None:
    if size > LARGEST_CARD:
        return None
    try:
        card = json.loads(path.read_bytes())
        made = Version(code, tuple(card["learned"]), tuple(card["tested"]), float(card["frozen"]))
        ids = (*made.learned, *made.tested)
        sound = card["version"] == 1 and card["code"] == code and len(set(ids)) == len(ids) <= MOST
        whole = sound and all(_ID.fullmatch(each) for each in ids)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return made if whole and len(made.learned) > 1 and made.tested else None
