"""What can be wrong with a design, and what would mend it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from core.experiment import edits
from core.experiment.edits import Edit
from core.experiment.layer import Change, InsertBefore, Remedy, Remove


class Severity(StrEnum):
    """Whether a problem blocks training."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Fix:
    """A remedy as one click: the button's words, and the edit behind it."""

    label: str
    edit: Edit


@dataclass(frozen=True)
class Problem:
    """Something wrong or unwise.

    Attributes:
        code: A stable word for tests and other programs.
        severity: Error or warning.
        where: The layer's name, "data", "model" or "training".
        message: What is wrong and why, in plain words.
        fixes: What would mend it, the best first.
        whole: Whether it is about the design as a whole; `where` then only says where to begin.
    """

    code: str
    severity: Severity
    where: str
    message: str
    fixes: tuple[Fix, ...] = ()
    whole: bool = False


def errors(problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """Return the problems that block training."""
    return tuple(problem for problem in problems if problem.severity is Severity.ERROR)


def fix_of(name: str, label: str, remedy: Remedy) -> Fix:
    """Return a layer's own remedy as a click."""
    return Fix(label, _edit(name, remedy))


def _edit(name: str, remedy: Remedy) -> Edit:
    match remedy:
        case InsertBefore(kind):
            return partial(edits.insert_before, name=name, kind=kind)
        case Change(field, value, layer):
            return partial(edits.change_one, name=layer or name, field=field, value=value)
        case Remove():
            return partial(edits.remove, name=name)


def removal(name: str) -> Fix:
    """Return the click that takes a layer out."""
    return Fix(f"Remove {name}", partial(edits.remove, name=name))
