"""What is taken away."""

from __future__ import annotations

from dataclasses import dataclass

from core.experiment.experiment import Experiment
from core.runs.run import Run


@dataclass(frozen=True)
class Thing:
    """A design, or a run with its design.

    Attributes:
        experiment: The design.
        run: The run; None for a design that has not been trained.
    """

    experiment: Experiment
    run: Run | None = None

    @property
    def name(self) -> str:
        """What its files begin with."""
        return f"run-{self.run.number}" if self.run else "layerlab"
