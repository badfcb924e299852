"""Trainings that really took place, kept in `curves/`, each with what a good teacher would say of it."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.data.sources import SOURCES
from core.experiment.dataset import DatasetInfo
from core.experiment.experiment import Experiment
from core.insight.doctor import diagnose
from core.insight.finding import Finding
from tests.unit.made_up import HOUSES

INFOS = {**{name: each.info for name, each in SOURCES.items()}, HOUSES.name: HOUSES}
Bodies = list[dict[str, float]]


@dataclass(frozen=True)
class Training:
    """A training that took place.

    Attributes:
        about: What was trained.
        says: The kinds of finding that a teacher would name, the most important first.
        experiment: The design.
        epochs: Bodies of its "epoch" events.
        points: Bodies of some of its "point" events.
    """

    about: str
    says: list[str]
    experiment: Experiment
    epochs: Bodies
    points: Bodies

    @property
    def info(self) -> DatasetInfo:
        """What its data set declares."""
        return INFOS[self.experiment.data.dataset]

    def findings(self, until: float = math.inf, every: int = 1) -> tuple[Finding, ...]:
        """Return what is said when it is at a place, of every so many points."""
        epochs = [body for body in self.epochs if body["epoch"] <= until]
        points = [body for body in self.points if body["epoch"] <= until]
        return diagnose(self.experiment, self.info, epochs, points[::every])

    def kinds(self, until: float = math.inf, every: int = 1) -> list[str]:
        """Return the kinds of what is said."""
        return [str(finding.kind) for finding in self.findings(until, every)]


def _rows(columns: Mapping[str, Sequence[float]]) -> Bodies:
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _training(path: Path) -> Training:
    kept = json.loads(path.read_text(encoding="utf-8"))
    experiment = Experiment.from_dict(kept["experiment"])
    return Training(kept["about"], kept["says"], experiment, _rows(kept["epochs"]), _rows(kept["points"]))


REAL = {path.stem: _training(path) for path in sorted((Path(__file__).parent / "curves").glob("*.json"))}
NAMES = sorted(REAL)
