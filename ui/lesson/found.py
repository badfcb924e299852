"""The runs of a lesson, found again by the word that they share."""

from __future__ import annotations

from dataclasses import dataclass

from core.data.sources import SOURCES
from core.errors import RunNotFound
from core.experiment import lessons
from core.experiment.dataset import DatasetInfo
from core.experiment.lessons import Scale
from core.runs.run import Run
from ui import server


@dataclass(frozen=True)
class Lesson:
    """A lesson that was begun.

    Attributes:
        word: What its runs share.
        runs: Those that were not deleted, in the order of `SCALES`.
        info: What their data set declares.
    """

    word: str
    runs: tuple[Run, ...]
    info: DatasetInfo

    @property
    def under_way(self) -> bool:
        """Whether any of it will change by itself."""
        return any(not run.status.over for run in self.runs)

    @property
    def epochs(self) -> int:
        """How many epochs were planned."""
        return self.runs[0].experiment.training.epochs

    def colour(self, scale: Scale) -> int:
        """Return the number, from 1, of the colour of a scale's curves; 0 where there are none."""
        there = [run.experiment.data.normalization for run in self.runs]
        return there.index(scale.normalization) + 1 if scale.normalization in there else 0


def lesson(word: str) -> Lesson:
    """Return the lesson whose runs share a word.

    Raises:
        RunNotFound: Its runs were deleted, or never were.
    """
    found = _lesson(word, server.store().of_collection(word))
    if found is None:
        raise RunNotFound(
            "This lesson is not here: its runs were deleted, or its address was cut off. "
            "Train all three again; it is one click."
        )
    return found


def last() -> Lesson | None:
    """Return the newest lesson none of whose runs was deleted, or None."""
    together: dict[str, list[Run]] = {}
    for run in server.store().newest():
        together.setdefault(run.collection, []).append(run)
    for word, runs in together.items():
        if word and len(runs) == len(lessons.SCALES) and (found := _lesson(word, runs)):
            return found
    return None


def _lesson(word: str, runs: list[Run]) -> Lesson | None:
    source = SOURCES.get(runs[0].experiment.data.dataset) if runs else None
    if source is None or not lessons.belong([run.experiment for run in runs], source.info):
        return None
    order = [scale.normalization for scale in lessons.SCALES]
    runs = sorted(runs, key=lambda run: order.index(run.experiment.data.normalization))
    return Lesson(word, tuple(runs), source.info)
