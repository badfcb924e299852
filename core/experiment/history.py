"""Undo and redo: a present with a past and a future, all of them whole experiments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from core.experiment.experiment import Experiment

MOST_STEPS = 200


@dataclass(frozen=True)
class History:
    """The design now, what it was before, and what was undone."""

    present: Experiment
    past: tuple[Experiment, ...] = ()
    future: tuple[Experiment, ...] = ()

    def edit(self, experiment: Experiment) -> Self:
        """Return the history after an edit; an edit that changes nothing leaves no step."""
        if experiment == self.present:
            return self
        past = (*self.past, self.present)[-MOST_STEPS:]
        return type(self)(experiment, past)

    def undo(self) -> Self:
        """Return the history one step back, or as it is where there is no past."""
        if not self.past:
            return self
        return type(self)(self.past[-1], self.past[:-1], (self.present, *self.future))

    def redo(self) -> Self:
        """Return the history one step forward again, or as it is where nothing was undone."""
        if not self.future:
            return self
        return type(self)(self.future[0], (*self.past, self.present), self.future[1:])
