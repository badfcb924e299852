"""The doctor: reads the curves of a run as a teacher would, and says what could be tried.

Each rule looks for one thing and keeps silent where there is not enough to go by: a false alarm
teaches something false.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from core.experiment.dataset import DatasetInfo
from core.experiment.experiment import Experiment
from core.insight import fit, noise, start
from core.insight.curves import read
from core.insight.finding import Finding, Kind
from core.insight.remedies import remedies

MOST_FINDINGS = 3

SILENCES: Mapping[Kind, tuple[Kind, ...]] = {
    # nothing else can be said of a network that learns nothing
    Kind.DIVERGING: tuple(Kind),
    Kind.NOT_LEARNING: tuple(Kind),
    # validation says nothing about the network yet
    Kind.LAGGING: (
        Kind.OVERFITTING,
        Kind.NOISY,
        Kind.UNDERFITTING,
        Kind.GOOD,
        Kind.IMPROVING,
        Kind.PLATEAU,
    ),
    Kind.OVERFITTING: (Kind.UNDERFITTING, Kind.GOOD, Kind.IMPROVING, Kind.PLATEAU),
    # what looks like a trend may be a jump
    Kind.NOISY: (Kind.UNDERFITTING, Kind.GOOD, Kind.IMPROVING, Kind.PLATEAU),
    Kind.UNDERFITTING: (Kind.GOOD, Kind.IMPROVING, Kind.PLATEAU),
}
"""What is no longer said once something weightier was found."""


def diagnose(
    experiment: Experiment,
    info: DatasetInfo,
    epochs: Sequence[Mapping[str, float]],
    points: Sequence[Mapping[str, float]],
) -> tuple[Finding, ...]:
    """Return what the curves of a run say, the most important first; nothing while it is too early.

    Args:
        experiment: What was asked.
        info: What its data set declares.
        epochs: Bodies of the run's "epoch" events, oldest first.
        points: Bodies of its "point" events, all or some of them, oldest first.
    """
    curves = read(experiment, info, epochs, points)
    found: dict[Kind, Finding] = {}
    for rule in (*start.RULES, *noise.RULES, *fit.RULES):
        finding = rule(curves, experiment)
        if finding and not any(finding.kind in SILENCES.get(kind, ()) for kind in found):
            found[finding.kind] = finding
    order = list(Kind)
    first = sorted(found.values(), key=lambda each: order.index(each.kind))[:MOST_FINDINGS]
    return tuple(replace(each, remedies=remedies(each, experiment, info)) for each in first)
