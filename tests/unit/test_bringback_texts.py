"""Designs come back from JSON, links, scripts and notebooks that LayerLab wrote; what is none says so."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from core.bringback import bring as door
from core.bringback.bring import Design, Kind, bring, recognise
from core.errors import FileRefused, LayerLabError
from core.experiment import link
from core.experiment.carried import SCRIPT_MARK
from core.experiment.dataset import DatasetInfo
from core.experiment.experiment import Experiment
from core.experiment.presets import PRESETS, preset
from tests.unit.keras_files import notebook, packed

ROOM = Path(door.__file__).parent
LOADERS = {
    "load_model",
    "load_weights",
    "from_config",
    "model_from_json",
    "deserialize_keras_object",
    "deserialize",
}
BUILT_IN = {"eval", "exec", "compile", "__import__", "open"}
ATTRIBUTES = {"import_module", "extract", "extractall", "system", "get_file"}


def _design(info: DatasetInfo) -> Experiment:
    return preset("small_resnet").experiment(info).with_training(epochs=7)


def _script(design: Experiment, width: int = 70) -> str:
    text = link.encode(design)
    pieces = [text[start : start + width] for start in range(0, len(text), width)]
    lines = "\n".join(f"{SCRIPT_MARK} {piece}" for piece in pieces)
    return f'"""A script."""\n\n{lines}\n\nimport os\nos.remove("nothing")\n'


def _notebook(design: Experiment) -> str:
    metadata = {"layerlab": {"design": link.encode(design)}, "kernelspec": {"name": "python3"}}
    return json.dumps({"cells": [], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})


@pytest.mark.parametrize("chosen", PRESETS, ids=lambda each: each.name)
def test_every_way_that_a_design_leaves_is_a_way_back(chosen: object, digits_info: DatasetInfo) -> None:
    design = chosen.experiment(digits_info)  # type: ignore[attr-defined]
    text = link.encode(design)
    ways = {
        ("design.json", design.to_json()): Kind.EXPERIMENT,
        ("", design.to_json(indent=2)): Kind.EXPERIMENT,
        ("", text): Kind.LINK,
        ("", f"  https://layerlab.example:8501/train?run=7&design={text}#top \n"): Kind.LINK,
        ("", f"?design={text}"): Kind.LINK,
        ("run.py", _script(design)): Kind.SCRIPT,
        ("run.py", _script(design).replace("\n", "\r\n")): Kind.SCRIPT,
        ("run.ipynb", _notebook(design)): Kind.NOTEBOOK,
        ("", _notebook(design)): Kind.NOTEBOOK,
    }
    for (name, written), kind in ways.items():
        for content in (written, written.encode(), b"\xef\xbb\xbf" + written.encode()):
            assert recognise(name, content) is kind
            assert bring(content, name, digits_info) == Design(design)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.py", "import keras\n", "carries no design"),
        ("a.ipynb", '{"cells": [], "metadata": {}, "nbformat": 4}', "carries no design"),
        ("a.ipynb", '{"nbformat": 4, "metadata": {"layerlab": {"design": 7}}}', "carries no design"),
        ("a.txt", "hello", "nothing that can be brought back"),
        ("", "", "nothing that can be brought back"),
        ("design.json", "", "empty"),
        ("network.keras", b"", "end is missing"),
        ("a.h5", b"\x89HDF\r\n\x1a\n", "older HDF5 format"),
        ("a.keras", "no zip", "as a file"),
        ("a.keras", b"no zip", "end is missing"),
        ("a.pkl", b"\x80\x04\x95", "neither a text nor"),
        ("", "https://example.org/?design=", "carries no design"),
        ("", "https://example.org/?design=a&design=b", "carries no design"),
        ("", "https://[/?design=a", "carries no design"),
        ("", "design=" + "&a=1" * 200, "carries no design"),
        ("a.py", f"{SCRIPT_MARK} abc\n", "could not be read"),
        ("a.py", f"{SCRIPT_MARK} {'a' * 50_000}\n", "longer than"),
        ("a.json", "{", "could not be read as JSON"),
        ("a.json", '{"a":' * 70, "64 deep"),
        ("a.json", "{}" + " " * 300 + "}" * 300_000, "200,000"),
        ("a.txt", "x" * 5_000_001, "too large"),
    ],
)
def test_what_is_no_design_is_refused_in_words(
    name: str, content: bytes | str, said: str, digits_info: DatasetInfo
) -> None:
    with pytest.raises(FileRefused, match=said):
        bring(content, name, digits_info)


def test_a_design_of_a_newer_layerlab_says_so(digits_info: DatasetInfo) -> None:
    with pytest.raises(LayerLabError, match="newer LayerLab"):
        bring('{"schema": 99}', "a.json", digits_info)


def test_a_link_that_was_cut_off_is_refused_at_every_length(digits_info: DatasetInfo) -> None:
    text = link.encode(_design(digits_info))
    for end in range(1, len(text) - 1, 5):
        with pytest.raises(LayerLabError):
            bring(f"?design={text[:end]}", "", digits_info)


def test_what_comes_with_a_zip_is_a_network_whatever_it_is_called() -> None:
    assert recognise("harmless.json", packed(notebook())) is Kind.NETWORK
    assert recognise("model.keras", b"") is Kind.NETWORK


# --- what the room never does ---


def _calls(path: Path, kind: type[ast.Name | ast.Attribute]) -> set[str]:
    """Return what a file calls: by a plain name, or as an attribute of something."""
    nodes = [
        node.func for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)
    ]
    found = [func for func in nodes if isinstance(func, kind)]
    return {func.attr if isinstance(func, ast.Attribute) else func.id for func in found}


def _names(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return names | {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}


@pytest.mark.parametrize("path", sorted(ROOM.glob("*.py")), ids=lambda path: path.name)
def test_nothing_of_keras_reads_a_strangers_file_and_nothing_is_run_or_unpacked(path: Path) -> None:
    assert not _names(path) & LOADERS
    assert not _calls(path, ast.Name) & BUILT_IN
    assert not _calls(path, ast.Attribute) & ATTRIBUTES
    imported = {
        name.name.split(".")[0]
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in node.names
    }
    assert not imported & {"pickle", "marshal", "shelve", "dill", "joblib"}


def test_only_the_disposable_process_and_its_weights_open_hdf5() -> None:
    assert [path.name for path in sorted(ROOM.glob("*.py")) if "h5py" in path.read_text("utf-8")] == [
        "weights.py"
    ]


def test_the_reading_of_calls_itself_sees_them() -> None:
    assert "set_weights" in _calls(ROOM / "rebuild.py", ast.Attribute)
    assert "open_archive" in _calls(ROOM / "bring.py", ast.Name)
    assert "ZipFile" in _names(ROOM / "archive.py")
