"""What the screen is told to show: cards, answers and messages, safe whatever a name holds."""

from __future__ import annotations

import json
from dataclasses import replace

from core import wording
from core.drawing.verdict import verdict
from core.experiment.check import check
from core.experiment.choices import Output
from core.experiment.dataset import DatasetInfo
from core.experiment.experiment import Experiment
from core.experiment.fields import declared
from core.experiment.layer import CATALOG
from core.experiment.presets import preset
from ui import messages
from ui.draw import answer
from ui.stack.stack import describe


def test_a_card_shows_shape_weights_and_the_values_of_its_fields(digits_info: DatasetInfo) -> None:
    told = describe(preset("article").experiment(digits_info), digits_info, (), selected="dense")
    json.dumps(told, allow_nan=False)  # all of it can travel
    assert told["selected"] == "dense"
    card = {card["name"]: card for card in told["cards"]}["dense"]
    assert card["shape"] == "64"
    assert card["parameters"] == "50,240 weights"
    assert (card["values"]["units"], card["values"]["activation"]) == (64, "relu")


def test_every_field_of_every_layer_can_be_set_on_its_card(digits_info: DatasetInfo) -> None:
    for kind, layer in CATALOG.items():
        design = Experiment().with_layers((layer.from_tree({"name": "it"}, depth=0),))
        told = describe(design, digits_info, (), selected="it")
        fields = {field["name"]: field for field in told["kinds"][kind]["fields"]}
        values = told["cards"][0]["values"]
        assert set(fields) == set(values) == set(declared(layer)) - {"name"}, kind
        for name, field in fields.items():
            assert field["help"]
            assert field["expected"]
            match field["type"]:
                case "integer" | "real":
                    assert field["low"] <= values[name] <= field["high"]
                case "choice":
                    assert values[name] in [each["value"] for each in told["choices"][field["options"]]]
                case "flag":
                    assert isinstance(values[name], bool)
                case "sizes" | "text":
                    assert isinstance(values[name], str)
                case other:
                    raise AssertionError(f"{kind}: no control for {other}")


def test_a_problem_stands_on_the_card_of_its_layer(digits_info: DatasetInfo) -> None:
    design = preset("article").experiment(digits_info)
    design = design.with_layers(design.model.layers[1:])
    told = describe(design, digits_info, check(design, digits_info), selected=None)
    codes = {card["name"]: [each["code"] for each in card["problems"]] for card in told["cards"]}
    assert codes == {"dense": ["no-flatten"], "dense_1": [], "dense_2": ["output-shape"]}


def _answered(outputs: list[float], info: DatasetInfo, meaning: Output) -> str:
    return answer.answered(outputs, info, meaning, verdict(outputs, info, meaning))


def test_the_answer_names_the_strongest_class_first(digits_info: DatasetInfo) -> None:
    said = _answered([0.02] * 3 + [0.82] + [0.02] * 6, digits_info, Output.SHARES)
    assert "<strong>3</strong>" in said
    assert "82.0 %" in said


def test_numbers_that_are_no_shares_are_not_written_as_percent(digits_info: DatasetInfo) -> None:
    said = _answered([-1.5] * 3 + [0.82] + [-0.9] * 6, digits_info, Output.NUMBERS)
    assert "<strong>3</strong>" in said
    assert "0.82" in said
    assert "−1.50" in said
    assert "%</td>" not in said


def test_class_names_are_text_and_never_markup(digits_info: DatasetInfo) -> None:
    info = replace(digits_info, classes=("<b>zero</b>", *digits_info.classes[1:]))
    said = _answered([1.0] + [0.0] * 9, info, Output.SHARES)
    assert "<b>zero</b>" not in said
    assert "&lt;b&gt;zero&lt;/b&gt;" in said


def test_messages_are_text_and_never_markdown() -> None:
    path = r"C:\Users\ann\.layerlab [x](http://spy) **bold**"
    shown = messages.plain(path)
    assert "](" not in shown
    assert "**" not in shown
    assert r"\\\.layerlab" in shown


def test_times_are_said_as_people_say_them() -> None:
    assert [wording.duration(seconds) for seconds in (0.4, 59.4, 61, 3_660)] == [
        "0 s",
        "59 s",
        "1 min 01 s",
        "1 h 01 min",
    ]
