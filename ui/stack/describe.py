"""What the stack of cards is told, as JSON values.

A card carries its layer's values only. What its fields are, and what can be chosen in them, is said once
for each kind of layer, so that the cards of 200 layers travel with all they need to be opened.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from core.experiment import choices
from core.experiment.block import DEEPEST, Block
from core.experiment.check import Problem
from core.experiment.choices import Activation
from core.experiment.dataset import DatasetInfo, show_shape
from core.experiment.experiment import Experiment
from core.experiment.fields import Choice, Field, Flag, Integer, Option, Real, Sizes, Text
from core.experiment.layer import CATALOG, Family, Layer, parameters_of
from core.experiment.shapes import Step, walk

_CURVE_POINTS = 49
_FORMULA = re.compile(r"^\s*Formula:\s*(.+?)(?=\n\s*\n|\n\s*[A-Z]\w+:|\Z)", re.DOTALL | re.MULTILINE)
_Problems = Mapping[str, Sequence[Problem]]


def describe(
    experiment: Experiment, info: DatasetInfo, problems: tuple[Problem, ...], selected: str | None
) -> dict[str, Any]:
    """Return all that the component draws.

    Args:
        experiment: The design.
        info: What its data set declares.
        problems: The design's problems.
        selected: Name of the layer whose card is open, or None.
    """
    by_layer: dict[str, list[Problem]] = defaultdict(list)
    for problem in problems:
        by_layer[problem.where].append(problem)
    return {
        "input": {
            "title": "Input",
            "caption": f"{info.label}, {choices.normalization(experiment.data.normalization).label}",
            "shape": show_shape(info.input_shape),
        },
        "cards": [_card(step, by_layer) for step in walk(experiment.model.layers, info.input_shape)],
        "selected": selected,
        **_catalog(tuple(CATALOG.values())),
    }


def _card(step: Step, problems: _Problems) -> dict[str, Any]:
    layer = step.layer
    card: dict[str, Any] = {
        "name": layer.name,
        "kind": layer.kind(),
        "caption": layer.caption(),
        "shape": show_shape(step.output_shape) if step.output_shape else "?",
        "parameters": f"{step.parameters:,} weights" if step.parameters else "",
        "facts": _facts(step),
        "values": {
            name: field.show(getattr(layer, name)) if isinstance(field, Sizes) else getattr(layer, name)
            for name, field in parameters_of(type(layer)).items()
        },
        "problems": [
            {
                "severity": problem.severity,
                "message": problem.message,
                "code": problem.code,
                "fixes": [fix.label for fix in problem.fixes],
            }
            for problem in problems.get(layer.name, ())
        ],
    }
    if isinstance(layer, Block):
        card["branches"] = [[_card(each, problems) for each in branch] for branch in step.branches]
    return card


def _facts(step: Step) -> str:
    """Return what goes in, and what the layer costs."""
    if step.input_shape is None or step.output_shape is None:
        return ""
    facts = [f"{show_shape(step.input_shape)} → {show_shape(step.output_shape)}"]
    if step.multiply_adds:
        facts.append(f"{step.multiply_adds:,} multiply-adds a sample")
    if step.non_trainable:
        facts.append(f"{step.non_trainable:,} kept numbers that are not trained")
    return " · ".join(facts)


# --- the catalog: the same for every design ---


@lru_cache(maxsize=1)
def _catalog(kinds: tuple[type[Layer], ...]) -> dict[str, Any]:
    tables: list[tuple[Option, ...]] = []
    described = {kind.kind(): _kind(kind, tables) for kind in kinds}
    return {
        "kinds": described,
        "families": [
            {"value": family, "label": family.capitalize(), "about": family.about} for family in Family
        ],
        "choices": [[_option(option) for option in table] for table in tables],
        "deepest": DEEPEST,
    }


def _kind(kind: type[Layer], tables: list[tuple[Option, ...]]) -> dict[str, Any]:
    formula = _FORMULA.search(kind.__doc__ or "")
    described: dict[str, Any] = {
        "family": kind.family,
        "summary": kind.summary,
        "words": kind.words,
        "formula": " ".join(formula[1].split()) if formula else "",
        "reference": kind.reference,
        "referenceLabel": _reference_label(kind),
        "fields": [_field(name, field, tables) for name, field in parameters_of(kind).items()],
    }
    if issubclass(kind, Block):
        described |= {"fewest": kind.fewest_branches, "most": kind.most_branches}
    return described


def _reference_label(kind: type[Layer]) -> str:
    if not issubclass(kind, Block):
        return f"Keras: {kind.kind()}"
    # a block is no class of Keras: its page is about the layer that joins
    return f"Keras: {kind.reference.rstrip('/').rpartition('/')[2].replace('_', ' ').capitalize()}"


def _field(name: str, field: Field, tables: list[tuple[Option, ...]]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": name,
        "type": type(field).__name__.lower(),
        "label": field.label,
        "help": field.help,
        "unit": field.unit,
        "advanced": field.advanced,
        "expected": _expected(field),
    }
    match field:
        case Integer():
            described |= {"low": field.low, "high": field.high, "step": 1}
        case Real():
            described |= {"low": field.low, "high": field.high, "step": field.step}
        case Choice():
            if field.options not in tables:
                tables.append(field.options)
            described["options"] = tables.index(field.options)
        case Sizes():
            described |= {"fewest": field.fewest, "most": field.most, "high": field.high}
        case Text():
            described["pattern"] = field.pattern
        case Flag():
            pass
    return described


def _expected(field: Field) -> str:
    """Return the field's own words for what it takes."""
    try:
        field.parse(None)
    except ValueError as error:
        return str(error)
    return ""


def _option(option: Option) -> dict[str, Any]:
    described: dict[str, Any] = {
        "value": option.value,
        "label": option.label,
        "help": option.help,
        "formula": option.formula,
    }
    if isinstance(option, Activation):
        places = (-4 + 8 * step / (_CURVE_POINTS - 1) for step in range(_CURVE_POINTS))
        described["curve"] = [round(option.function(x), 3) for x in places]
    return described
