"""To add a layer is to write one class in one file: everything else finds it by itself."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from xml.etree import ElementTree

import keras
import numpy as np
import pytest

import core.experiment.layers
from core.data.split import Statistics
from core.diagram.picture import alternative_text, draw
from core.errors import InvalidExperiment
from core.experiment import edits, link
from core.experiment.check import check
from core.experiment.dataset import DatasetInfo, Task
from core.experiment.experiment import Experiment
from core.experiment.layer import CATALOG, parameters_of
from core.experiment.shapes import walk
from core.model.build import build, network
from core.takeaway.network_code import network_lines
from tests.contract import test_catalog_against_keras as contract
from tests.unit.designs import FLAT, SOFTMAX, design, layer
from tests.unit.made_up import PICTURES
from ui.stack.describe import describe

CROPPING = '''"""Cropping2D: cut a frame off an image."""

from __future__ import annotations

from dataclasses import dataclass

from core.experiment.dataset import Shape, show_shape
from core.experiment.fields import integer
from core.experiment.layer import Change, Family, IllegalInput, Layer, register
from core.experiment.windows import need_image


@register
@dataclass(frozen=True, kw_only=True)
class Cropping2D(Layer):
    """Cuts a frame off each plane of an image."""

    family = Family.RESHAPING
    summary = "cuts a frame off the image"
    reference = "https://keras.io/api/layers/reshaping_layers/cropping2d/"

    cropping: int = integer(1, "frame", "How wide the frame is.", low=0, high=64, unit="pixels")

    def output_shape(self, shape: Shape) -> Shape:
        need_image(shape)
        most = (min(shape[:2]) - 1) // 2
        if self.cropping > most:
            raise IllegalInput(
                f"cuts {self.cropping} off each side of {show_shape(shape)}, and nothing is left.",
                (f"Cut off {most}", Change("cropping", most)),
            )
        return (shape[0] - 2 * self.cropping, shape[1] - 2 * self.cropping, shape[2])

    def caption(self) -> str:
        return f"a frame of {self.cropping} cut off"
'''
LARGEST = '''"""Largest: the larger of what two stacks give."""

from __future__ import annotations

from dataclasses import dataclass

from core.experiment.dataset import Shape
from core.experiment.keras_call import Call
from core.experiment.block import Block, Merge
from core.experiment.layer import IllegalInput, register


@register
@dataclass(frozen=True, kw_only=True)
class Largest(Block):
    """Keeps the larger of each two numbers."""

    summary = "keeps the larger of what two stacks give"
    reference = "https://keras.io/api/layers/merging_layers/maximum/"
    fewest_branches = 2
    most_branches = 2

    def merge(self, shape: Shape, outputs: tuple[Shape, ...]) -> Merge:
        if outputs[0] != outputs[1]:
            raise IllegalInput("compares values of different shapes.")
        return Merge(outputs[0], Call("layers.Maximum", {"name": self.name}))
'''
KINDS = {"Cropping2D": CROPPING, "Largest": LARGEST}


@pytest.fixture(autouse=True)
def _written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Put two more files where the catalog looks for layers, for one test."""
    package = core.experiment.layers
    monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path)])
    for kind, source in KINDS.items():
        (tmp_path / f"{kind.lower()}.py").write_text(source, encoding="utf-8")
    before = set(CATALOG)
    for module in iter_modules(package.__path__):
        import_module(f"{package.__name__}.{module.name}")
    assert set(CATALOG) - before == set(KINDS)
    yield
    for kind in KINDS:
        del CATALOG[kind]
        sys.modules.pop(f"{package.__name__}.{kind.lower()}")
        delattr(package, kind.lower())


def _cropped(cropping: int = 2) -> Experiment:
    return design(PICTURES, layer("Cropping2D", cropping=cropping), FLAT, SOFTMAX)


def test_it_is_in_the_palette_and_its_card_can_be_set() -> None:
    told = describe(_cropped(), PICTURES, (), selected="l0")
    kind = told["kinds"]["Cropping2D"]
    assert (kind["family"], kind["summary"]) == ("reshaping", "cuts a frame off the image")
    (field,) = kind["fields"]
    assert (field["name"], field["label"], field["low"], field["high"]) == ("cropping", "frame", 0, 64)
    card = told["cards"][0]
    assert (card["kind"], card["caption"], card["shape"]) == (
        "Cropping2D",
        "a frame of 2 cut off",
        "8 × 5 × 3",
    )
    assert card["values"] == {"cropping": 2}
    assert told["kinds"]["Largest"]["fewest"] == told["kinds"]["Largest"]["most"] == 2


def test_it_is_edited_linked_and_read_like_all_others() -> None:
    added = edits.insert(Experiment(), 0, "Cropping2D", cropping=3)
    assert added.model.layers[0].name == "cropping2d"
    assert link.decode(link.encode(added)) == added == Experiment.from_json(added.to_json())
    assert set(parameters_of(CATALOG["Cropping2D"])) == {"cropping"}
    with pytest.raises(InvalidExperiment, match="cropping must be a whole number from 0 to 64"):
        edits.change(added, "cropping2d", cropping=65)


def test_what_it_refuses_becomes_a_problem_with_its_fix() -> None:
    made = _cropped(5)
    (problem,) = check(made, PICTURES)
    assert (problem.code, problem.where) == ("illegal-input", "l0")
    expected = "l0 (Cropping2D) cuts 5 off each side of 12 × 9 × 3, and nothing is left."
    assert problem.message == expected
    assert [fix.label for fix in problem.fixes] == ["Cut off 4", "Remove l0"]
    assert check(problem.fixes[0].edit(made), PICTURES) == ()


def test_the_real_keras_layer_is_in_the_model() -> None:
    made = _cropped()
    (step, *_) = walk(made.model.layers, PICTURES.input_shape)
    assert (step.output_shape, step.parameters) == ((8, 5, 3), 0)
    model = build(made, PICTURES, Statistics((0.0,), (1.0,)))
    real = model.get_layer("l0")
    assert type(real) is keras.layers.Cropping2D
    assert real.cropping == ((2, 2), (2, 2))
    assert tuple(real.output.shape) == (None, 8, 5, 3)


def test_it_is_drawn_and_read_out() -> None:
    svg = ElementTree.fromstring(draw(_cropped(), PICTURES, None).svg)
    words = {text.text or "" for text in svg.iter("{http://www.w3.org/2000/svg}text")}
    assert "8 × 5 × 3" in words
    assert any("Cropping2D" in each for each in words)
    assert "then Cropping2D 8 × 5 × 3 (a frame of 2 cut off)" in alternative_text(_cropped(), PICTURES)


def test_it_is_in_the_code_that_is_shown() -> None:
    lines = network_lines(_cropped(), PICTURES)
    assert any("keras.layers.Cropping2D(cropping=2)" in line for line in lines)


def test_the_contract_with_keras_holds_it_at_once() -> None:
    kind = CATALOG["Cropping2D"]
    contract.test_a_layer_is_legal_where_keras_builds_it_and_shape_and_counts_are_keras_own(kind)
    contract.test_the_default_of_an_advanced_field_is_keras_own(kind)
    contract.test_every_value_a_field_declares_is_one_that_keras_takes(kind)


def test_a_new_block_is_one_class_too() -> None:
    branches = (
        (layer("Dense", units=3, activation="linear"),),
        (layer("Dense", units=3, activation="linear"),),
    )
    info = DatasetInfo("n", "N", "N.", (4,), Task.REGRESSION, 10, 1, targets=3)
    made = design(info, layer("Largest", *branches)).with_data(normalization="none")
    model = network(made, info, Statistics((0.0,), (1.0,)))
    assert type(model.get_layer("l0")) is keras.layers.Maximum
    x = np.random.default_rng(0).normal(size=(6, 4)).astype(np.float32)
    first, second = (x @ np.asarray(model.get_layer(name).kernel) for name in ("l1", "l2"))
    assert model.predict(x, verbose=0) == pytest.approx(np.maximum(first, second), abs=1e-5)
    (step,) = walk(made.model.layers, info.input_shape)
    assert (step.output_shape, step.parameters) == ((3,), 30)
    assert edits.duplicate(made, "l0").model.layers[1].name == "largest"
    wrong = edits.change(made, "l2", units=2)
    assert {problem.where for problem in check(wrong, info) if problem.code == "illegal-input"} == {"l0"}
    assert "Largest" in draw(made, info, None).svg
    assert any("keras.layers.Maximum(" in line for line in network_lines(made, info))
