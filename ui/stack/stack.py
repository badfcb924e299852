"""The stack as an inline component: what it is told, and what it asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st

from core.errors import InvalidExperiment
from core.experiment import choices, edits
from core.experiment.check import Problem
from core.experiment.dataset import DatasetInfo, show_shape
from core.experiment.experiment import Experiment
from core.experiment.fields import Choice, Field, Integer, Real
from core.experiment.layer import CATALOG, Layer, parameters_of
from core.experiment.shapes import Step, walk
from ui import messages, session
from ui.component import payload

_HERE = Path(__file__).resolve().parent
_component = st.components.v2.component(
    "layerlab_stack",
    html='<div class="stack"></div>',
    css=(_HERE / "stack.css").read_text(encoding="utf-8"),
    js=(_HERE / "stack.js").read_text(encoding="utf-8"),
)
KEY = "stack"


def show_stack(problems: tuple[Problem, ...]) -> None:
    """Draw the design's stack as cards; what is done to them edits the design.

    Args:
        problems: The design's problems; each stands on its layer's card with its fixes.
    """
    _component(
        key=KEY,
        data=payload(
            describe(session.design(), session.info(), problems, session.selected())
            | {"seen": session.last_seen()}
        ),
        on_actions_change=messages.guarded(partial(_take, problems)),
    )


def describe(
    experiment: Experiment, info: DatasetInfo, problems: tuple[Problem, ...], selected: str | None
) -> dict[str, Any]:
    """Return all that the component draws, as JSON values."""
    steps = walk(experiment.model.layers, info.input_shape)
    return {
        "input": {
            "title": "Input",
            "caption": f"{info.label}, {choices.normalization(experiment.data.normalization).label}",
            "shape": show_shape(info.input_shape),
        },
        "cards": [_card(step, problems, step.layer.name == selected) for step in steps],
        "place": f"The new layer goes behind {selected}."
        if selected
        else "The new layer goes before the last one; open a card to put it behind that.",
        "palette": [_palette_entry(kind) for kind in CATALOG.values()],
    }


def _card(step: Step, problems: tuple[Problem, ...], selected: bool) -> dict[str, Any]:
    layer = step.layer
    return {
        "name": layer.name,
        "kind": layer.kind(),
        "family": layer.family,
        "caption": layer.caption(),
        "summary": layer.summary,
        "shape": show_shape(step.output_shape) if step.output_shape else "?",
        "parameters": f"{step.parameters:,} weights" if step.parameters else "",
        "selected": selected,
        "fields": [_field(layer, name, field) for name, field in parameters_of(type(layer)).items()]
        if selected
        else [],
        "problems": [
            {
                "severity": problem.severity,
                "message": problem.message,
                "code": problem.code,
                "fixes": [fix.label for fix in problem.fixes],
            }
            for problem in problems
            if problem.where == layer.name
        ],
    }


def _field(layer: Layer, name: str, field: Field) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": name,
        "label": field.label,
        "help": field.help,
        "unit": field.unit,
        "value": getattr(layer, name),
    }
    match field:
        case Integer():
            described |= {"low": field.low, "high": field.high, "step": 1}
        case Real():
            described |= {"low": field.low, "high": field.high, "step": field.step}
        case Choice():
            described["options"] = [
                {"value": option.value, "label": option.label} for option in field.options
            ]
            described["help"] = field.option(getattr(layer, name)).help or field.help
    return described


def _palette_entry(kind: type[Layer]) -> dict[str, str]:
    return {"kind": kind.kind(), "family": kind.family, "summary": kind.summary}


def _take(problems: tuple[Problem, ...]) -> None:
    """Do what the browser asked for, each action once."""
    sent = session.value(KEY) or {}
    asked = sent.get("actions") or {}
    client, actions = str(asked.get("client", "")), asked.get("actions") or []
    for action in actions:
        if session.newer_than_seen(client, int(action["number"])):
            _ACTIONS[str(action["do"])](action, problems)


def _add(action: Mapping[str, Any], problems: tuple[Problem, ...]) -> None:
    """Put a new layer behind the open card, else before the output, and open its card."""
    layers = session.design().model.layers
    open_card = session.selected()
    place = session.design().model.index(open_card) + 1 if open_card else max(0, len(layers) - 1)
    session.edit(partial(edits.insert, index=place, kind=str(action["kind"])))
    session.select(session.design().model.layers[place].name)


def _remove(action: Mapping[str, Any], problems: tuple[Problem, ...]) -> None:
    session.edit(partial(edits.remove, name=str(action["name"])))


def _move(action: Mapping[str, Any], problems: tuple[Problem, ...]) -> None:
    session.edit(partial(edits.move, name=str(action["name"]), index=int(action["index"])))


def _change(action: Mapping[str, Any], problems: tuple[Problem, ...]) -> None:
    field = str(action["field"])
    if field == "name":
        raise InvalidExperiment("A layer's name stays as it is.")
    session.edit(partial(edits.change_one, name=str(action["name"]), field=field, value=action["value"]))


def _select(action: Mapping[str, Any], problems: tuple[Problem, ...]) -> None:
    session.select(None if action["name"] == session.selected() else str(action["name"]))


def _fix(action: Mapping[str, Any], problems: tuple[Problem, ...]) -> None:
    for problem in problems:
        if problem.where == action["name"] and problem.code == action["code"]:
            for fix in problem.fixes:
                if fix.label == action["label"]:
                    session.edit(fix.edit)
                    return
    raise InvalidExperiment("The design has changed since; look at the problem again.")


_ACTIONS: dict[str, Callable[[Mapping[str, Any], tuple[Problem, ...]], None]] = {
    "add": _add,
    "remove": _remove,
    "move": _move,
    "change": _change,
    "select": _select,
    "fix": _fix,
}
