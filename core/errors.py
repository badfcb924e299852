"""The errors that a screen may show as they are.

Every message is written for the person at the screen: what happened, why, and what to do.
Anything that is not a `LayerLabError` is a fault of ours: it goes whole to the log, and the
screen gets one calm sentence instead.
"""

from __future__ import annotations


class LayerLabError(Exception):
    """An expected error; `str(error)` is for people."""


class InvalidExperiment(LayerLabError):
    """A value, a JSON document or a link does not describe an experiment."""


class NotBuildable(LayerLabError):
    """The experiment is well-formed but no model can be made of it."""


class DataUnavailable(LayerLabError):
    """A data set is not on this machine and could not be brought here."""


class DataRefused(LayerLabError):
    """A data file is damaged, or is not what its name says."""


class FileRefused(LayerLabError):
    """A file that was brought here is damaged, unsafe, or holds what can't be brought back."""


class RunNotFound(LayerLabError):
    """No run has this id."""


class RunRefused(LayerLabError):
    """A run is in a state that does not allow what was asked of it."""


class TrainingFailed(LayerLabError):
    """Training cannot go on, for a reason that the person can act upon."""


class WorkerLost(LayerLabError):
    """A process that was to answer is gone."""


class NotDrawable(LayerLabError):
    """A drawing cannot be turned into this model's input."""


class StorageFailed(LayerLabError):
    """Something could not be kept: the disk is full, or the data directory can't be written."""


class FileDamaged(LayerLabError):
    """A file that LayerLab wrote is no longer what it wrote."""


class RunsRebuilt(LayerLabError):
    """The list of runs was damaged, and was made anew from the runs' own folders."""


class TrackingFailed(LayerLabError):
    """A run could not be handed to a tracking server."""
