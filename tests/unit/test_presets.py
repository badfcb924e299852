"""Presets fit the data in use, and a design moved to other data goes on fitting."""

from __future__ import annotations

import pytest

from core.data.sources import SOURCES
from core.experiment import edits
from core.experiment.check import check
from core.experiment.dataset import DatasetInfo
from core.experiment.experiment import Experiment
from core.experiment.link import encode
from core.experiment.presets import PRESETS, Preset, fitted, matching, preset, presets_for
from core.experiment.title import title
from tests.unit.made_up import HOUSES, PICTURES

INFOS = [*(each.info for each in SOURCES.values()), PICTURES, HOUSES]
OFFERED = [
    pytest.param(each, info, id=f"{each.name}-{info.name}") for info in INFOS for each in presets_for(info)
]


@pytest.mark.parametrize(("each", "info"), OFFERED)
def test_a_preset_that_is_offered_has_no_problems_but_on_purpose(each: Preset, info: DatasetInfo) -> None:
    assert bool(check(each.experiment(info), info)) is each.to_mend


def test_the_broken_preset_is_repaired_click_by_click(digits_info: DatasetInfo) -> None:
    design, mended = preset("broken").experiment(digits_info), []
    while problems := check(design, digits_info):
        mended.append(problems[0].code)
        assert len(mended) < 20
        design = problems[0].fixes[0].edit(design)
    assert {"illegal-input", "output-shape", "no-non-linearity", "softmax-inside"} <= set(mended)
    assert {"noise-after-output", "output-activation", "raw-high-rate", "high-rate"} <= set(mended)


def test_no_link_to_a_preset_is_longer_than_two_kilobytes(digits_info: DatasetInfo) -> None:
    assert max(len(encode(each.experiment(digits_info))) for each in PRESETS) < 2_000


@pytest.mark.parametrize(("each", "info"), OFFERED)
def test_a_preset_is_recognized_until_it_is_changed(each: Preset, info: DatasetInfo) -> None:
    design = each.experiment(info)
    assert matching(design, info) == each
    assert matching(edits.set_training(design, epochs=77), info) is None
    assert matching(edits.remove(design, design.model.layers[-1].name), info) is None


@pytest.mark.parametrize(("each", "info"), OFFERED)
def test_a_preset_survives_json(each: Preset, info: DatasetInfo) -> None:
    assert Experiment.from_json(each.experiment(info).to_json()) == each.experiment(info)


@pytest.mark.parametrize("info", INFOS, ids=lambda info: info.name)
def test_every_data_set_is_offered_presets_and_flat_data_no_image_presets(info: DatasetInfo) -> None:
    offered = presets_for(info)
    assert offered
    assert info.is_image or not any(each.images_only for each in offered)


def test_presets_are_told_apart_and_found_by_name() -> None:
    assert [preset(each.name) for each in PRESETS] == list(PRESETS)
    assert len({each.label for each in PRESETS}) == len(PRESETS)


def test_the_notebook_and_the_article_are_on_offer_for_digits(digits_info: DatasetInfo) -> None:
    offered = {each.name: each.experiment(digits_info) for each in presets_for(digits_info)}
    normalizations = {name: design.data.normalization for name, design in offered.items()}
    assert normalizations["notebook_raw"] == "none"
    assert normalizations["notebook_rescaled"] == "rescale"
    assert normalizations["notebook_standardized"] == "standardize"
    widths = [getattr(layer, "units", None) for layer in offered["article"].model.layers]
    assert widths == [None, 64, 32, 10]
    assert offered["article"].training.loss == "categorical_crossentropy"


@pytest.mark.parametrize("old", INFOS, ids=lambda info: info.name)
@pytest.mark.parametrize("new", INFOS, ids=lambda info: info.name)
def test_a_preset_moved_to_other_data_has_the_right_output_and_loss(
    old: DatasetInfo, new: DatasetInfo
) -> None:
    moved = fitted(preset("notebook_rescaled").experiment(old), old, new)
    codes = {problem.code for problem in check(moved, new)}
    assert moved.data.dataset == new.name
    assert not codes & {"output-shape", "loss-for-task"}


def test_a_width_that_was_wrong_before_is_left_alone(digits_info: DatasetInfo) -> None:
    design = edits.change(preset("article").experiment(digits_info), "dense_2", units=3)
    assert fitted(design, digits_info, PICTURES).model == design.model


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("notebook_rescaled", "512-512-10, ÷ 255"),
        ("notebook_raw", "512-512-10, raw"),
        ("article_dropout", "64-32-10, ÷ 255"),
        ("small_cnn", "2 convolutions, 10, ÷ 255"),
        ("small_resnet", "7 convolutions, 3 blocks, 10, ÷ 255"),
    ],
)
def test_a_title_tells_designs_apart(name: str, expected: str, digits_info: DatasetInfo) -> None:
    assert title(preset(name).experiment(digits_info)) == expected


def test_a_design_without_widths_is_called_by_its_layers() -> None:
    assert title(edits.insert(Experiment(), 0, "Flatten")) == "1 layer, ÷ 255"
