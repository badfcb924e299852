"""The notebook that is taken away runs from first cell to last, and is the program in cells."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from xml.etree import ElementTree

import nbclient
import nbformat
import pytest

from core.data import files, library
from core.data.sources import SOURCES, source
from core.experiment import edits, link
from core.experiment.carried import NOTEBOOK_KEY
from core.experiment.presets import PRESETS, preset
from core.takeaway.notebook import notebook
from core.takeaway.program import Origin
from core.takeaway.script import script

LEGAL = [each for each in PRESETS if not each.to_mend]
DIGITS = source("digits")
HOSTILE = "</h1><script>alert(1)</script> [x](javascript:alert(1)) `y` $z$\n# not a title"


def _read(text: str) -> nbformat.NotebookNode:
    return nbformat.reads(text, as_version=4)


def _code(text: str) -> list[str]:
    return [cell.source for cell in _read(text).cells if cell.cell_type == "code"]


@pytest.mark.parametrize("each", LEGAL, ids=lambda each: each.name)
def test_a_notebook_is_the_program_in_cells_with_words_before_each(each: object) -> None:
    design = each.experiment(DIGITS.info)  # type: ignore[attr-defined]
    read = _read(notebook(design, DIGITS))
    program = script(design, DIGITS)
    cells = [cell for cell in read.cells if cell.cell_type == "code" and "matplotlib" not in cell.source]
    for cell in cells:
        assert cell.source in program
    assert len(cells) == program.count("\n# --- ") + 1
    kinds = [cell.cell_type for cell in read.cells]
    assert kinds == ["markdown"] + ["markdown", "code"] * (len(kinds) // 2)
    assert link.decode(read.metadata[NOTEBOOK_KEY]["design"]) == design


def test_it_opens_with_the_network_drawn_and_needs_nothing_from_elsewhere() -> None:
    design = preset("small_resnet").experiment(DIGITS.info)
    opening = _read(notebook(design, DIGITS)).cells[0].source
    (drawn,) = re.findall(r'src="data:image/svg\+xml;base64,([^"]+)"', opening)
    svg = base64.b64decode(drawn).decode()
    assert ElementTree.fromstring(svg).tag.endswith("svg")
    assert "Residual" in svg
    outside = re.findall(r"https?://[^\s\"')]+", svg + opening.replace(drawn, ""))
    assert set(outside) == {"http://www.w3.org/2000/svg"}


def test_a_runs_name_is_shown_letter_by_letter() -> None:
    design = preset("article").experiment(DIGITS.info)
    first, *_ = _read(notebook(design, DIGITS, Origin(HOSTILE))).cells[0].source.splitlines()
    assert first.startswith("# ")
    assert not set("<>[]`$*_") & set(first)
    assert "not a title" in first


def test_the_same_design_gives_the_same_file() -> None:
    design = preset("article").experiment(DIGITS.info)
    assert notebook(design, DIGITS) == notebook(design, DIGITS)


@pytest.mark.parametrize("with_file", [True, False], ids=["the file beside it", "as in Colab"])
def test_it_runs_from_first_cell_to_last(
    with_file: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MPLBACKEND", raising=False)  # Streamlit sets it, where a test before has run a page
    library.load("digits")
    if with_file:
        (tmp_path / SOURCES["digits"].filename).write_bytes(
            (files.folder() / SOURCES["digits"].filename).read_bytes()
        )
    design = edits.set_training(preset("article").experiment(DIGITS.info), epochs=2)
    made = _read(notebook(design, DIGITS))
    nbclient.NotebookClient(made, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    printed = "".join(
        output.get("text", "") for cell in made.cells if cell.cell_type == "code" for output in cell.outputs
    )
    assert "'accuracy':" in printed
    assert "It reads" in printed
    assert (tmp_path / "model.keras").exists()
    drawn = [
        output
        for cell in made.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if "image/png" in output.get("data", {})
    ]
    assert len(drawn) == 1  # the curves
