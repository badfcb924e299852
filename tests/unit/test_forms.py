"""One experiment in every form: JSON, link, program, notebook; each gives back the very same one."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from core.bringback.bring import read_design
from core.data.sources import source
from core.experiment import choices, edits, link
from core.experiment.block import Block
from core.experiment.check import check, errors
from core.experiment.experiment import Experiment
from core.experiment.fields import Choice, declared
from core.experiment.layer import CATALOG, Layer
from core.experiment.presets import PRESETS, preset
from core.experiment.training_spec import TrainingSpec
from core.takeaway.notebook import notebook
from core.takeaway.script import script
from tests.unit.designs import design, layer

DIGITS = source("digits")
FORMS: dict[str, tuple[str, Callable[[Experiment], str]]] = {
    "JSON": ("design.json", lambda made: made.to_json(indent=1)),
    "a link": ("", link.encode),
    "an address": ("", lambda made: f"https://host:8501/lab/?run=x&design={link.encode(made)}#top"),
    "a program": ("train.py", lambda made: script(made, DIGITS)),
    "a notebook": ("train.ipynb", lambda made: notebook(made, DIGITS)),
}
FORM = pytest.mark.parametrize("form", FORMS)
ENDS = layer("Dense", units=10, activation="softmax")
FLAT = layer("Flatten")


def _around(kind: type[Layer]) -> Iterator[tuple[Layer, ...]]:
    """Yield stacks for pictures of digits with a layer in them; which are legal depends on the layer."""
    if kind.kind() == "Reshape":
        yield (FLAT, layer("Reshape", target_shape=(14, 56)), FLAT, ENDS)
        return
    branches: tuple[tuple[Layer, ...], ...] = ()
    if issubclass(kind, Block):
        same = layer("Conv2D", filters=3, padding="same")
        branches = ((same, layer("BatchNormalization")), (same,))[: max(1, kind.fewest_branches)]
    made = layer(kind.kind(), *branches)
    yield (made, FLAT, ENDS)
    yield (FLAT, made, ENDS)
    yield (FLAT, layer("Dense", units=10), made)


def _with(kind: type[Layer]) -> Experiment:
    for stack in _around(kind):
        made = design(DIGITS.info, *stack)
        if not errors(check(made, DIGITS.info)):
            return made
    raise AssertionError(f"no legal design with {kind.kind()} was tried; add one above")


def _comes_back(made: Experiment, form: str) -> None:
    name, write = FORMS[form]
    assert read_design(write(made), name) == made
    assert read_design(write(made).encode(), name) == made


@FORM
@pytest.mark.parametrize("kind", CATALOG.values(), ids=lambda kind: kind.kind())
def test_every_layer_comes_back(kind: type[Layer], form: str) -> None:
    _comes_back(_with(kind), form)


@FORM
@pytest.mark.parametrize("each", [each for each in PRESETS if not each.to_mend], ids=lambda each: each.name)
def test_every_preset_comes_back_with_every_normalization(each: object, form: str) -> None:
    for normalization in choices.NORMALIZATIONS:
        made = each.experiment(DIGITS.info)  # type: ignore[attr-defined]
        _comes_back(edits.set_data(made, normalization=normalization.value, seed=3), form)


@FORM
@pytest.mark.parametrize(
    ("setting", "value"),
    [
        (name, option.value)
        for name, field in declared(TrainingSpec).items()
        if isinstance(field, Choice)
        for option in field.options
    ],
)
def test_every_loss_optimizer_schedule_and_other_choice_comes_back(
    setting: str, value: str, form: str
) -> None:
    made = edits.set_training(
        preset("article").experiment(DIGITS.info), **{setting: value, "seed": 7, "early_stopping": True}
    )
    if setting == "loss" and (
        choices.loss(value).labels_for(DIGITS.info.task) is None or errors(check(made, DIGITS.info))
    ):
        # no program can be written for it; the design itself travels all the same
        form = "JSON"
    _comes_back(made, form)
