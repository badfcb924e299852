"""Check: an experiment's problems, all at once, each in plain words with its fix.

An error keeps the experiment from being trained; a warning teaches and doesn't. What is looked for
is in `checks/`.
"""

from __future__ import annotations

from dataclasses import replace

from core.errors import InvalidExperiment
from core.experiment.checks import answer, blocks, layers, plan
from core.experiment.dataset import DatasetInfo
from core.experiment.experiment import Experiment
from core.experiment.limits import Limits
from core.experiment.problem import Fix, Problem, Severity, errors
from core.experiment.shapes import every, walk

__all__ = ["Fix", "Problem", "Severity", "check", "errors"]

MOST_TRIED = 12
"""Problems whose fixes are tried before they are offered; a design with more is mended from the top."""


def check(experiment: Experiment, info: DatasetInfo, limits: Limits | None = None) -> tuple[Problem, ...]:
    """Return every problem of the experiment, errors first.

    A fix is offered only where it mends: applied, its problem is gone and no layer that could take
    its input before is in trouble.

    Args:
        experiment: What is to be trained.
        info: What its data set declares.
        limits: How large it may be; by default the most weights alone.
    """
    allowed = limits or Limits()
    found = sorted(_find(experiment, info, allowed), key=lambda each: each.severity is not Severity.ERROR)
    steps = walk(experiment.model.layers, info.input_shape)
    legal = {step.layer.name for step in every(steps) if step.output_shape is not None}

    def mends(fix: Fix, problem: Problem) -> bool:
        try:
            after = _find(fix.edit(experiment), info, allowed)
        except InvalidExperiment:  # the stack is full
            return False
        return not any(
            (each.code == problem.code and (problem.whole or each.where == problem.where))
            or (each.code == "illegal-input" and each.where in legal)
            for each in after
        )

    return tuple(
        replace(problem, fixes=tuple(fix for fix in problem.fixes if mends(fix, problem)))
        if index < MOST_TRIED
        else replace(problem, fixes=())
        for index, problem in enumerate(found)
    )


def _find(experiment: Experiment, info: DatasetInfo, limits: Limits) -> list[Problem]:
    steps = walk(experiment.model.layers, info.input_shape)
    return [
        *layers.find(experiment, steps),
        *blocks.find(steps),
        *answer.find(experiment, info, steps),
        *plan.find(experiment, info, steps, limits),
    ]
