"""What a test of a problem says: a design that has it, where it stands, and the fixes it offers."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from core.experiment.check import Severity, check
from core.experiment.dataset import DatasetInfo
from core.experiment.experiment import Experiment
from core.experiment.history import History
from core.experiment.layer import Layer
from core.experiment.limits import Limits
from core.experiment.training_spec import TrainingSpec
from tests.unit.designs import design

ERROR, WARNING = Severity.ERROR, Severity.WARNING


@dataclass(frozen=True)
class Case:
    """A design with one problem of a kind.

    Attributes:
        code: The problem.
        where: Where it stands.
        fixes: The words of its buttons, the best first.
        near: Whether this is the design next door, which does not have the problem.
    """

    code: str
    info: DatasetInfo
    stack: tuple[Layer, ...]
    where: str = ""
    fixes: tuple[str, ...] = ()
    severity: Severity = WARNING
    training: TrainingSpec = field(default_factory=TrainingSpec)
    normalization: str = "rescale"
    limits: Limits = field(default_factory=Limits)
    near: bool = False

    @property
    def experiment(self) -> Experiment:
        """Return the design."""
        made = design(self.info, *self.stack, training=self.training)
        return made.with_data(normalization=self.normalization)

    def find(self, experiment: Experiment) -> list[tuple[str, str]]:
        """Return code and place of every problem."""
        return [(each.code, each.where) for each in check(experiment, self.info, self.limits)]

    def holds(self) -> None:
        """Assert that the problem is there, that each fix mends it and can be undone; or not there."""
        experiment = self.experiment
        found = [each for each in check(experiment, self.info, self.limits) if each.code == self.code]
        if self.near:
            assert found == []
            return
        assert [(each.where, each.severity) for each in found] == [(self.where, self.severity)]
        assert tuple(fix.label for fix in found[0].fixes) == self.fixes
        for fix in found[0].fixes:
            after = fix.edit(experiment)
            assert (self.code, self.where) not in self.find(after), f"“{fix.label}” leaves {self.code}"
            assert after != experiment
            assert History(experiment).edit(after).undo().present == experiment


def parameters(cases: list[Case]) -> list[object]:
    """Return the cases with names for pytest."""
    return [
        pytest.param(case, id=f"{'not-' * case.near}{case.code}-{number}")
        for number, case in enumerate(cases)
    ]
