"""What the screen is told to show: cards, answers and messages, safe whatever a name holds."""

from __future__ import annotations

import json
from dataclasses import replace

from core.experiment.check import check
from core.experiment.dataset import DatasetInfo
from core.experiment.experiment import Experiment
from core.experiment.fields import declared
from core.experiment.layer import CATALOG
from core.experiment.presets import preset
from ui import answer, messages, run_view
from ui.stack.stack import describe


def test_a_card_shows_shape_weights_and_only_when_open_its_fields(digits_info: DatasetInfo) -> None:
    told = describe(preset("article").experiment(digits_info), digits_info, (), selected="dense")
    json.dumps(told, allow_nan=False)  # all of it can travel
    opened = {card["name"]: card for card in told["cards"]}
    assert opened["dense"]["shape"] == "64"
    assert opened["dense"]["parameters"] == "50,240 weights"
    assert [field["name"] for field in opened["dense"]["fields"]] == ["units", "activation"]
    assert opened["dense_1"]["fields"] == []


def test_every_field_of_every_layer_can_be_set_on_its_card(digits_info: DatasetInfo) -> None:
    for kind, layer in CATALOG.items():
        design = Experiment().with_layers((layer.from_dict({"name": "it"}),))
        (card,) = describe(design, digits_info, (), selected="it")["cards"]
        assert {field["name"] for field in card["fields"]} == set(declared(layer)) - {"name"}, kind
        for field in card["fields"]:
            assert field["help"]
            assert "options" in field or field["low"] <= field["value"] <= field["high"]


def test_a_problem_stands_on_the_card_of_its_layer(digits_info: DatasetInfo) -> None:
    design = preset("article").experiment(digits_info)
    design = design.with_layers(design.model.layers[1:])
    told = describe(design, digits_info, check(design, digits_info), selected=None)
    codes = {card["name"]: [each["code"] for each in card["problems"]] for card in told["cards"]}
    assert codes == {"dense": ["no-flatten"], "dense_1": [], "dense_2": ["output-shape"]}


def test_the_answer_names_the_strongest_class_first(digits_info: DatasetInfo) -> None:
    said = answer.bars([0.02] * 3 + [0.82] + [0.02] * 6, digits_info)
    assert "<strong>3</strong>" in said
    assert "82.0 %" in said


def test_class_names_are_text_and_never_markup(digits_info: DatasetInfo) -> None:
    info = replace(digits_info, classes=("<b>zero</b>", *digits_info.classes[1:]))
    said = answer.bars([1.0] + [0.0] * 9, info)
    assert "<b>zero</b>" not in said
    assert "&lt;b&gt;zero&lt;/b&gt;" in said


def test_messages_are_text_and_never_markdown() -> None:
    path = r"C:\Users\ann\.layerlab [x](http://spy) **bold**"
    shown = messages.plain(path)
    assert "](" not in shown
    assert "**" not in shown
    assert r"\\\.layerlab" in shown


def test_times_are_said_as_people_say_them() -> None:
    assert [run_view.duration(seconds) for seconds in (0.4, 59.4, 61, 3_660)] == [
        "0 s",
        "59 s",
        "1 min 01 s",
        "1 h 01 min",
    ]
