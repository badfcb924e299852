"""Designs that earlier versions wrote open for ever: every file in tests/documents, as it was meant.

A file's name begins with the schema it was written in. New ones are added with each schema; none is ever
changed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.experiment import link
from core.experiment.block import Block, every_layer
from core.experiment.check import check
from core.experiment.dataset import DatasetInfo
from core.experiment.experiment import SCHEMA, Experiment
from core.experiment.fields import declared
from core.experiment.layer import Layer
from core.experiment.shapes import parameter_count, walk

FOLDER = Path(__file__).resolve().parents[1] / "documents"
DOCUMENTS = sorted(FOLDER.glob("*.json"))
LINKS = sorted(FOLDER.glob("*.link"))
DOCUMENT = pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)

DENSE, DROPOUT, FLATTEN = "Dense", "Dropout", "Flatten"
NOTEBOOK = [FLATTEN, DENSE, DENSE, DENSE]
CNN = ["Conv2D", "MaxPooling2D"]
NORMED = ["Conv2D", "BatchNormalization", "Activation"]
RESIDUAL = ["Residual", *NORMED, *NORMED]
# what they were when they were written: layers from first to last, a block before what it holds; weights
MEANT: dict[str, tuple[list[str], int]] = {
    "v1-article": (NOTEBOOK, 52_650),
    "v1-article-dropout": ([FLATTEN, DENSE, DROPOUT, DENSE, DENSE], 52_650),
    "v1-notebook-raw": (NOTEBOOK, 669_706),
    "v1-notebook-rescaled": (NOTEBOOK, 669_706),
    "v1-notebook-standardized": (NOTEBOOK, 669_706),
    "v1-small-cnn": ([*CNN, *CNN, FLATTEN, DROPOUT, DENSE], 16_330),
    "v1-every-setting": ([*CNN, DROPOUT, FLATTEN, DENSE, DENSE], 991),
    "v2-inception": (
        ["Reshape", *CNN, "Parallel", *["Conv2D"] * 5, "MaxPooling2D", FLATTEN, DROPOUT, DENSE],
        15_686,
    ),
    "v2-modern-cnn": (
        [
            *("RandomTranslation", "RandomRotation"),
            *(*NORMED, *NORMED, "MaxPooling2D", *NORMED, *NORMED, "MaxPooling2D"),
            *("SpatialDropout2D", *NORMED, "GlobalAveragePooling2D", DROPOUT, DENSE),
        ],
        35_674,
    ),
    "v2-small-resnet": ([*NORMED, *RESIDUAL * 3, "GlobalAveragePooling2D", DENSE], 77_562),
    "v3-small-resnet": ([*NORMED, *RESIDUAL * 3, "GlobalAveragePooling2D", DENSE], 77_562),
    "v3-softmax-standardized": ([FLATTEN, DENSE], 7_850),
}
MADE_TO_SHOW_EVERYTHING = {"v1-every-setting", "v2-inception"}


def _read(path: Path) -> Experiment:
    return Experiment.from_json(path.read_text(encoding="utf-8"))


def _layers(document: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for layer in document:
        yield layer
        for branch in layer.get("branches", []):
            yield from _layers(branch)


@DOCUMENT
def test_an_old_document_opens_to_the_layers_and_weights_it_had(
    path: Path, digits_info: DatasetInfo
) -> None:
    opened = _read(path)
    kinds, weights = MEANT[path.stem]
    assert [layer.kind() for layer in every_layer(opened.model.layers)] == kinds
    assert parameter_count(walk(opened.model.layers, digits_info.input_shape)) == weights


@DOCUMENT
def test_all_that_an_old_document_says_is_kept_and_all_else_is_the_default(path: Path) -> None:
    document, opened = json.loads(path.read_text(encoding="utf-8")), _read(path)
    assert f"v{document['schema']}-" in path.name
    said = [*_layers(document["model"]["layers"]), document["data"], document["training"]]
    kept: list[Any] = [*every_layer(opened.model.layers), opened.data, opened.training]
    assert len(said) == len(kept)
    for words, record in zip(said, kept, strict=True):
        assert words.pop("kind", None) == (record.kind() if isinstance(record, Layer) else None)
        if words.pop("branches", None) is not None:
            assert isinstance(record, Block)
        shown = json.loads(json.dumps(record.to_dict()))
        for name in declared(record):
            default = getattr(type(record), name, None)
            assert shown[name] == words.get(name, default), name


@DOCUMENT
def test_an_old_document_written_again_is_a_new_one_of_the_same_design(path: Path) -> None:
    again = Experiment.from_json(_read(path).to_json())
    assert again == _read(path)
    assert again.to_dict()["schema"] == SCHEMA


@pytest.mark.parametrize("path", LINKS, ids=lambda path: path.stem)
def test_an_old_link_opens_the_design_of_its_document(path: Path) -> None:
    assert link.decode(path.read_text(encoding="ascii").strip()) == _read(path.with_suffix(".json"))


@pytest.mark.parametrize("name", sorted(set(MEANT) - MADE_TO_SHOW_EVERYTHING))
def test_an_old_preset_has_no_problem_that_it_had_not(name: str, digits_info: DatasetInfo) -> None:
    assert check(_read(FOLDER / f"{name}.json"), digits_info) == ()


def test_every_document_and_every_schema_is_here() -> None:
    assert {path.stem for path in DOCUMENTS} == set(MEANT)
    assert {path.stem for path in LINKS} <= set(MEANT)
    schemas = {int(name[1 : name.index("-")]) for name in MEANT}
    assert set(range(1, SCHEMA)) <= schemas <= set(range(1, SCHEMA + 1))
