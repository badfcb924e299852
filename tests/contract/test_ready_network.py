"""The ready network and its detector do here what their card says of them."""

from __future__ import annotations

import json
from typing import Any

import keras
import numpy as np
import pytest

from core.data.sources import source
from core.data.split import Statistics
from core.drawing import ready_model
from core.drawing.making import card as model_card
from core.drawing.making import material, scribbles
from core.drawing.ready import FOLDER
from core.drawing.strokes import PENS, SIDE
from core.experiment.check import check, errors
from core.experiment.experiment import Experiment
from core.model.build import network
from tests.handwriting import DIGITS


@pytest.fixture(scope="module")
def card() -> dict[str, Any]:
    """What the card says."""
    found: dict[str, Any] = json.loads((FOLDER / "card.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def ready() -> keras.Model:
    """The ready network."""
    return keras.saving.load_model(FOLDER / "model.keras", compile=False)


@pytest.fixture(scope="module")
def detector() -> keras.Model:
    """The detector."""
    return keras.saving.load_model(FOLDER / "detector.keras", compile=False)


def test_both_together_are_under_two_megabytes() -> None:
    assert sum((FOLDER / name).stat().st_size for name in ("model.keras", "detector.keras")) < 2_000_000


def test_its_design_is_one_that_anybody_can_build(ready: keras.Model) -> None:
    experiment = Experiment.from_json((FOLDER / "experiment.json").read_text(encoding="utf-8"))
    assert experiment == ready_model.design()
    info = source(experiment.data.dataset).info
    assert not errors(check(experiment, info))
    built = network(experiment, info, Statistics((0.0,), (1.0,)))
    assert [weight.shape for weight in built.weights] == [weight.shape for weight in ready.weights]


def test_the_card_for_people_says_what_was_measured(card: dict[str, Any]) -> None:
    assert (FOLDER / "README.md").read_text(encoding="utf-8") == model_card.in_words(card)


def test_the_card_speaks_of_the_files_that_are_there(card: dict[str, Any], ready: keras.Model) -> None:
    assert card["parameters"] == ready.count_params()
    assert card["size"] == (FOLDER / "model.keras").stat().st_size
    assert card["detector_size"] == (FOLDER / "detector.keras").stat().st_size


@pytest.mark.parametrize("pen", PENS)
@pytest.mark.parametrize("size", [SIDE / 5, SIDE / 2, SIDE])
def test_digits_of_our_own_hands_are_read_with_every_pen_size_and_place(
    ready: keras.Model, pen: float, size: float
) -> None:
    for place in material.PLACES:
        images = material.at(DIGITS, size, place, pen)
        said = ready_model.outputs(ready, images).argmax(axis=1)
        assert said.tolist() == [digit.label for digit in DIGITS], place


def test_digits_of_our_own_hands_are_taken_for_digits(detector: keras.Model, card: dict[str, Any]) -> None:
    images = np.concatenate(
        [material.at(DIGITS, size, (0.5, 0.5), 20.0) for size in (SIDE / 5, SIDE / 2, SIDE)]
    )
    assert (ready_model.likeness(detector, images) >= card["detector"]["threshold"]).all()


@pytest.mark.parametrize("name", [*scribbles.KINDS, *scribbles.KEPT_APART])
def test_scribbles_are_turned_away_as_often_as_the_card_says(
    detector: keras.Model, card: dict[str, Any], name: str
) -> None:
    kinds = {**scribbles.KINDS, **scribbles.KEPT_APART}
    images = material.no_digits(200, {name: kinds[name]}, (), np.random.default_rng(99))
    found = float((ready_model.likeness(detector, images) < card["detector"]["threshold"]).mean())
    assert found == pytest.approx(card["detector"]["kinds"][name]["right"], abs=0.12)
