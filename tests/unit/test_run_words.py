"""A design in a few words, as the table of runs shows it: short, and true of every design."""

from __future__ import annotations

import pytest

from core.experiment.dataset import DatasetInfo
from core.experiment.experiment import Experiment
from core.experiment.layer import CATALOG
from core.experiment.presets import PRESETS, preset
from ui.runs.words import design, weights


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("notebook_rescaled", "512 · 512 · 10 dense"),
        ("article_dropout", "64 · 32 · 10 dense + dropout"),
        ("lenet", "6 · 16 conv, 120 · 84 · 10 dense"),
        ("inception", "8 conv, 1 parallel, 10 dense + dropout"),
        ("small_resnet", "16 conv, 3 residual, 10 dense + batch normalization"),
    ],
)
def test_a_design_is_named_by_its_widths(digits_info: DatasetInfo, name: str, words: str) -> None:
    assert design(preset(name).experiment(digits_info)) == words


def test_a_long_stack_says_how_many_layers_it_has() -> None:
    layers = tuple(CATALOG["Dense"].from_tree({"name": f"d{n}", "units": n}, 0) for n in range(1, 10))
    assert design(Experiment().with_layers(layers)) == "9 dense of 1 · 2 · … · 9"


def test_convolutions_without_a_width_are_counted() -> None:
    kinds = ("Conv2D", "DepthwiseConv2D")
    layers = tuple(CATALOG[kind].from_tree({"name": kind.lower()}, 0) for kind in kinds)
    assert design(Experiment().with_layers(layers)) == "2 conv"


def test_a_design_without_weights_says_so() -> None:
    layers = (CATALOG["Flatten"].from_tree({"name": "flatten"}, 0),)
    assert design(Experiment().with_layers(layers)) == "no layer with weights"
    assert design(Experiment().with_layers(())) == "no layer with weights"


@pytest.mark.parametrize("kind", CATALOG)
def test_every_layer_of_the_catalog_can_be_named(kind: str) -> None:
    assert design(Experiment().with_layers((CATALOG[kind].from_tree({"name": "it"}, 0),)))


def test_weights_are_counted_where_all_shapes_are_known(digits_info: DatasetInfo) -> None:
    assert weights(preset("article").experiment(digits_info), digits_info) == 52_650
    (broken,) = [each for each in PRESETS if each.to_mend]
    assert weights(broken.experiment(digits_info), digits_info) is None
