"""Programs, notebooks and networks that earlier versions gave away come back for ever: tests/documents.

A file's name begins with the schema it was written in. New ones are added with each schema; none is ever
changed.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from core.bringback.bring import Design, Trained, bring
from core.data.sources import source
from core.experiment.experiment import Experiment
from core.training.judging import judged

FOLDER = Path(__file__).resolve().parents[1] / "documents"
DIGITS = source("digits").info
TEST_LOSS = {"v3-softmax-standardized": 0.3893893361091614}
"""What each network came to when it was trained."""


def _design(path: Path) -> Experiment:
    return Experiment.from_json(path.with_suffix(".json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "path", sorted([*FOLDER.glob("*.script"), *FOLDER.glob("*.ipynb")]), ids=lambda path: path.name
)
def test_an_old_program_or_notebook_brings_its_design_back(path: Path) -> None:
    name = path.name.replace(".script", ".py")
    assert bring(path.read_bytes(), name, DIGITS) == Design(_design(path))


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.keras")), ids=lambda path: path.name)
def test_an_old_network_comes_back_and_does_as_well_as_ever(path: Path, tmp_path: Path) -> None:
    found = bring(path.read_bytes(), path.name, DIGITS)
    assert isinstance(found, Trained)
    assert found.ours
    assert found.experiment == _design(path)
    found.write_model(tmp_path / "model.keras")
    figures = judged(tmp_path / "model.keras", found.experiment, DIGITS)
    assert figures["loss"] == pytest.approx(TEST_LOSS[path.stem], rel=1e-4)


def test_every_kind_of_file_is_here() -> None:
    assert {path.stem for path in FOLDER.glob("*.keras")} == set(TEST_LOSS)
    for ending in ("script", "ipynb", "keras"):
        assert list(FOLDER.glob(f"*.{ending}"))
