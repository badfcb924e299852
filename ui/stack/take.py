"""What the stack of cards asks for, taken into the design. Nothing that comes back is trusted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from core.errors import InvalidExperiment
from core.experiment import edits
from core.experiment.check import Problem
from core.experiment.fields import shortened
from core.experiment.layer import parameters_of
from core.experiment.model_spec import Place
from ui import session

_Action = Mapping[str, Any]
_Problems = tuple[Problem, ...]


def take(asked: object, problems: _Problems) -> None:
    """Do what the browser asked for, each action once.

    Args:
        asked: What came: `client`, the component that sent it, and `actions`, each with its number.
        problems: The problems that were on the cards.

    Raises:
        InvalidExperiment: An action was refused; those behind it were done all the same.
    """
    if not isinstance(asked, Mapping) or not isinstance(asked.get("actions"), list):
        return
    refused: InvalidExperiment | None = None
    for action in asked["actions"]:
        if not isinstance(action, Mapping):
            continue
        if session.newer_than_seen(str(asked.get("client", "")), _whole(action, "number")):
            try:
                _do(action, problems)
            except InvalidExperiment as error:
                # the number counts as seen, so the rest would never come again
                refused = refused or error
    if refused:
        raise refused


def _do(action: _Action, problems: _Problems) -> None:
    do = _ACTIONS.get(_text(action, "do"))
    if do is None:
        raise InvalidExperiment(f"The stack can't do {shortened(action['do'])}. Reload the page.")
    do(action, problems)


def _text(action: _Action, key: str) -> str:
    value = action.get(key)
    if not isinstance(value, str):
        raise _malformed(key, value)
    return value


def _whole(action: _Action, key: str) -> int:
    value = action.get(key)
    if not isinstance(value, int) or isinstance(value, bool):
        raise _malformed(key, value)
    return value


def _place(action: _Action) -> Place:
    place = action.get("place")
    if not isinstance(place, Mapping):
        raise _malformed("place", place)
    return Place(_text(place, "block"), _whole(place, "branch"), _whole(place, "index"))


def _malformed(key: str, value: object) -> InvalidExperiment:
    return InvalidExperiment(
        f"The stack was asked for something with no {key} in it. Reload the page. "
        f"Received: {shortened(value)}."
    )


def _add(action: _Action, problems: _Problems) -> None:
    """Put a new layer at the place asked for, and open its card."""
    before = {layer.name for layer, _ in session.design().model.places()}
    session.edit(partial(edits.insert, place=_place(action), kind=_text(action, "kind")))
    new = (layer.name for layer, _ in session.design().model.places() if layer.name not in before)
    session.select(next(new))


def _duplicate(action: _Action, problems: _Problems) -> None:
    """Put a copy behind a layer; where the layer's card was open, the copy's is open now."""
    name = _text(action, "name")
    session.edit(partial(edits.duplicate, name=name))
    if session.selected() == name:
        model = session.design().model
        place = model.place_of(name)
        session.select(model.stack_at(place)[place.index + 1].name)


def _remove(action: _Action, problems: _Problems) -> None:
    session.edit(partial(edits.remove, name=_text(action, "name")))


def _unwrap(action: _Action, problems: _Problems) -> None:
    session.edit(partial(edits.unwrap, name=_text(action, "name")))


def _move(action: _Action, problems: _Problems) -> None:
    session.edit(partial(edits.move, name=_text(action, "name"), place=_place(action)))


def _add_branch(action: _Action, problems: _Problems) -> None:
    session.edit(partial(edits.add_branch, name=_text(action, "name")))


def _remove_branch(action: _Action, problems: _Problems) -> None:
    name, branch = _text(action, "name"), _whole(action, "branch")
    session.edit(partial(edits.remove_branch, name=name, branch=branch))


def _change(action: _Action, problems: _Problems) -> None:
    name, field = _text(action, "name"), _text(action, "field")
    if field not in parameters_of(type(session.design().model.find(name))):
        raise InvalidExperiment(f"{name} has no setting {shortened(field)} that a card can change.")
    session.edit(partial(edits.change_one, name=name, field=field, value=action.get("value")))


def _select(action: _Action, problems: _Problems) -> None:
    session.select(None if action.get("name") is None else _text(action, "name"))


def _undo(action: _Action, problems: _Problems) -> None:
    session.undo()


def _redo(action: _Action, problems: _Problems) -> None:
    session.redo()


def _fix(action: _Action, problems: _Problems) -> None:
    for problem in problems:
        if problem.where == action.get("name") and problem.code == action.get("code"):
            for fix in problem.fixes:
                if fix.label == action.get("label"):
                    session.edit(fix.edit)
                    return
    raise InvalidExperiment("The design has changed since; look at the problem again.")


_ACTIONS: dict[str, Callable[[_Action, _Problems], None]] = {
    "add": _add,
    "add_branch": _add_branch,
    "change": _change,
    "duplicate": _duplicate,
    "fix": _fix,
    "move": _move,
    "redo": _redo,
    "remove": _remove,
    "remove_branch": _remove_branch,
    "select": _select,
    "undo": _undo,
    "unwrap": _unwrap,
}
