"""The command line as people use it: real processes, and the runs that the pages would show."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from core.command.main import COMMANDS
from core.data import own
from core.data.sources import source
from core.drawing.picture import picture
from core.drawing.strokes import Drawing, Stroke
from core.experiment import link
from core.experiment.carried import NETWORK_MEMBER
from core.experiment.experiment import Experiment
from core.experiment.presets import preset
from core.home import VARIABLE
from core.runs.run import Run, Status
from core.runs.store import RunStore
from core.takeaway import card
from core.takeaway.script import script
from tests.contract.commands import ROOT, Said, command
from tests.handwriting import DIGITS
from tests.unit.own_digits import drawn

EPOCHS = 2
INFO = source("digits").info
NAMES = [command.__name__.rpartition(".")[2] for command in COMMANDS]


@pytest.fixture(scope="module")
def trained(data_folder: Path) -> Said:
    """What training Digits for two epochs says; its run is the only one of its name."""
    return command(
        data_folder, "train", "article", "--epochs", str(EPOCHS), "--name", "by hand", "--seed", "3"
    )


@pytest.fixture
def run(trained: Said, store: RunStore) -> Run:
    """That run."""
    return next(each for each in store.newest() if each.name == "by hand")


# --- without a run ---


def test_alone_it_prints_help(data_folder: Path) -> None:
    said = command(data_folder)
    assert (said.code, said.err) == (0, "")
    assert all(re.search(rf"^ +{name} ", said.out, re.MULTILINE) for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_command_s_help_has_an_example(data_folder: Path, name: str) -> None:
    said = command(data_folder, name, "--help")
    assert said.code == 0
    assert f"example: python -m core {name} " in said.out


def test_help_loads_no_tensorflow() -> None:
    script = (
        "import sys\nfrom core.command.main import main\n"
        "try: main(['train', '--help'])\nexcept SystemExit: pass\n"
        "print(sorted({'tensorflow', 'keras', 'rich'} & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


WRONG = {
    "no such command": ("fly",),
    "no such option": ("runs", "--sideways"),
    "nothing to train": ("train",),
    "no design": ("train", "nothing"),
    "no such data set": ("train", "article", "--data", "faces"),
    "no such epochs": ("train", "article", "--epochs", "0"),
    "an error in the design": ("train", "broken"),
    "no such run": ("evaluate", "999"),
    "no such name": ("evaluate", "somebody"),
    "no such id": ("evaluate", "AAAAAAAAAAAAAAAA"),
    "no picture": ("predict", "nowhere.png"),
    "a text for a picture": ("predict", "README.md"),
    "no such format": ("export", "article", "--as", "poem"),
    "a network of a design": ("export", "article", "--as", "keras"),
    "no such folder": ("export", "article", "--as", "json", "-o", "/nowhere/at/all.json"),
    "no such folder, by its slash": ("export", "article", "--as", "json", "-o", "nowhere/"),
    "too long a name": ("export", "article", "--as", "json", "-o", "a" * 300),
    "a home that is none": ("--home", os.devnull, "runs"),
    "a home that is none, said later": ("runs", "--home", os.devnull),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_wrong_use_ends_with_2_and_words(tmp_path: Path, wrong: str) -> None:
    said = command(tmp_path, *WRONG[wrong])
    assert (said.code, said.out) == (2, "")
    assert said.err
    assert "Traceback" not in said.err


def test_what_is_wrong_with_a_design_is_said_with_its_fix(tmp_path: Path) -> None:
    said = command(tmp_path, "train", "broken")
    assert re.search(r"^Error in \w+: .*\n  Fix: ", said.err, re.MULTILINE)
    assert RunStore(tmp_path).latest() is None


def test_a_stranger_s_network_is_not_loaded(tmp_path: Path) -> None:
    (tmp_path / "gift.keras").write_bytes(b"PK\x03\x04")
    for words in (("train",), ("export", "--as", "script")):
        said = command(tmp_path, words[0], str(tmp_path / "gift.keras"), *words[1:])
        assert (said.code, said.out) == (2, "")
        assert "Bring it back" in said.err


def test_data_that_can_t_be_fetched_are_a_failure_in_words(tmp_path: Path) -> None:
    nobody = "http://127.0.0.1:9"
    said = command(
        tmp_path,
        *("train", "article", "--data", "mnist"),
        HTTPS_PROXY=nobody,
        https_proxy=nobody,
        KERAS_HOME=str(tmp_path / "keras"),
    )
    assert said.code == 1
    assert "Downloading" in said.err
    assert "could not be downloaded" in said.err
    assert RunStore(tmp_path).latest() is None


def test_an_empty_list_says_what_to_do(tmp_path: Path) -> None:
    assert "python -m core train" in command(tmp_path, "runs").out
    assert json.loads(command(tmp_path, "runs", "--json").out) == []


# --- a run ---


def test_training_leaves_a_run_that_the_pages_show(trained: Said, run: Run, store: RunStore) -> None:
    assert (trained.code, trained.err) == (0, "")
    assert run.status is Status.COMPLETED
    assert run.has_model
    assert (run.experiment.training.epochs, run.experiment.training.seed) == (EPOCHS, 3)
    assert f"test_accuracy {run.result['test_accuracy']:.4f}" in trained.out
    assert f"run={run.id}" in trained.out
    assert [each.id for each in store.newest()].count(run.id) == 1


def test_without_a_terminal_there_is_one_line_an_epoch(trained: Said, run: Run, store: RunStore) -> None:
    lines = [line for line in trained.out.splitlines() if line.startswith("epoch ")]
    epochs = store.events(run.id, kind="epoch")
    assert len(lines) == len(epochs) == EPOCHS
    for line, event in zip(lines, epochs, strict=True):
        assert f"val_loss {event.body['val_loss']:.4f}" in line
    assert "\x1b" not in trained.out


def test_evaluating_anew_gives_the_run_s_own_figures(data_folder: Path, run: Run) -> None:
    said = command(data_folder, "evaluate", str(run.number), "--json")
    assert (said.code, said.err) == (0, "")
    found = json.loads(said.out)
    assert found["loss"] == pytest.approx(run.result["test_loss"], rel=1e-5)
    assert found["accuracy"] == pytest.approx(run.result["test_accuracy"], rel=1e-6)
    assert found["samples"] == INFO.test_size


def test_evaluating_on_data_that_are_not_here_is_a_failure_in_words(data_folder: Path, run: Run) -> None:
    said = command(data_folder, "evaluate", run.id, "--on", "mnist")
    assert said.code == 1
    assert "not on this machine" in said.err


def test_evaluating_on_one_s_own_handwriting_is_possible(
    data_folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, str(data_folder))
    version = own.freeze(drawn(6))
    said = command(data_folder, "evaluate", str(run.number), "--on", own.name_of(version.code))
    assert (said.code, said.err) == (0, "")
    assert re.search(r"loss [\d.]+  accuracy [\d.]+", said.out)


def test_the_list_holds_the_run(data_folder: Path, run: Run) -> None:
    assert re.search(
        rf"^ *{run.number}  completed +by hand +digits", command(data_folder, "runs").out, re.M
    )
    listed = json.loads(command(data_folder, "runs", "--json").out)
    assert next(each for each in listed if each["id"] == run.id)["result"] == run.result


def test_a_script_of_a_run_is_its_script(data_folder: Path, run: Run) -> None:
    said = command(data_folder, "export", run.id, "--as", "script", PYTHONIOENCODING="cp1252")
    assert (said.code, said.err) == (0, "")
    ast.parse(said.out)
    assert f"Run {run.name!r}" in said.out
    assert f"accuracy {run.result['test_accuracy']:.4f}" in said.out
    (data_folder / "again.py").write_text(said.out, "utf-8")
    again = command(data_folder, "export", str(data_folder / "again.py"), "--as", "json")
    assert Experiment.from_json(again.out) == run.experiment


def test_a_design_leaves_in_every_text_format(tmp_path: Path) -> None:
    design = preset("small_resnet").experiment(INFO)
    assert command(tmp_path, "export", "small-resnet", "--as", "script").out == script(
        design, source("digits")
    )
    assert json.loads(command(tmp_path, "export", "small_resnet", "--as", "notebook").out)["nbformat"] == 4
    address = command(tmp_path, "export", "small_resnet", "--as", "link").out.strip()
    assert link.decode(address.partition("?design=")[2]) == design
    assert Experiment.from_json(command(tmp_path, "export", address, "--as", "json").out) == design


def test_a_run_leaves_its_network_and_its_curves(data_folder: Path, run: Run, tmp_path: Path) -> None:
    for name in ("keras", "tflite", "tensorboard", "card", "csv"):
        said = command(data_folder, "export", run.id, "--as", name, "-o", str(tmp_path))
        assert (said.code, said.out) == (0, "")
    left = {path.suffix: path for path in tmp_path.glob(f"run-{run.number}.*")}
    assert _members(left[".keras"]) == _members(run.model_path) | {
        NETWORK_MEMBER: json.dumps(card.member(run), indent=1).encode()
    }
    assert left[".tflite"].read_bytes()[4:8] == b"TFL3"
    assert zipfile.is_zipfile(left[".zip"])
    assert left[".md"].read_text("utf-8") == card.text(run)
    assert left[".csv"].read_bytes() == (run.folder / "history.csv").read_bytes()


def _members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_nothing_is_written_over_without_being_told(tmp_path: Path) -> None:
    out = tmp_path / "mine.json"
    out.write_text("mine", "utf-8")
    words = ("export", "article", "--as", "json", "-o", str(out))
    refused = command(tmp_path / "home", *words)
    assert (refused.code, out.read_text("utf-8")) == (2, "mine")
    assert "--force" in refused.err
    assert command(tmp_path / "home", *words, "--force").code == 0
    assert Experiment.from_json(out.read_text("utf-8")) == preset("article").experiment(INFO)


def test_a_damaged_network_is_not_loaded(data_folder: Path, run: Run, tmp_path: Path) -> None:
    whole = run.model_path.read_bytes()
    try:
        run.model_path.write_bytes(whole[:-100] + bytes(100))
        for words in (("evaluate", run.id), ("export", run.id, "--as", "keras", "-o", str(tmp_path))):
            said = command(data_folder, *words)
            assert said.code == 1
            assert "damaged" in said.err
    finally:
        run.model_path.write_bytes(whole)
    assert list(tmp_path.iterdir()) == []


# --- one digit ---


def _png(digit: int, folder: Path, change: Any = lambda ink: ink) -> str:
    lines = DIGITS[digit].lines
    strokes = (
        Stroke(tuple((60 + 1.6 * float(x), 60 + 1.6 * float(y)) for x, y in line), 18) for line in lines
    )
    ink = picture(Drawing(tuple(strokes)))[..., 0]
    path = folder / f"{digit}.png"
    Image.fromarray(change(ink)).save(path)
    return str(path)


def _on_nothing(ink: Any) -> Any:
    return np.dstack([np.zeros((*ink.shape, 3), np.uint8), ink])


@pytest.mark.parametrize(
    ("digit", "change"),
    [
        (7, lambda ink: ink),
        (3, lambda ink: 255 - ink),
        (5, _on_nothing),
        (2, lambda ink: np.kron(255 - ink, np.ones((12, 12), np.uint8))),
    ],
    ids=["white on black", "black on white", "transparent", "huge"],
)
def test_the_ready_network_reads_a_drawn_digit(tmp_path: Path, digit: int, change: Any) -> None:
    said = command(tmp_path, "predict", _png(digit, tmp_path, change), "--json")
    assert (said.code, said.err) == (0, "")
    found = json.loads(said.out)
    assert (found["answer"], found["network"]) == (str(digit), "ready")
    assert sum(found["outputs"].values()) == pytest.approx(1, abs=1e-3)


def test_an_answer_is_written_as_bars_in_letters_that_are_there(tmp_path: Path) -> None:
    for letters, full in (("utf-8", "█"), ("cp1252", "#")):
        said = command(tmp_path, "predict", _png(7, tmp_path), PYTHONIOENCODING=letters)
        assert said.code == 0
        answer, *bars = said.out.splitlines()
        assert answer.startswith("7 ")
        assert len(bars) == 10
        assert max(bars, key=lambda bar: bar.count(full)).split()[0] == "7"


def test_a_run_s_own_network_can_be_asked(data_folder: Path, run: Run, tmp_path: Path) -> None:
    said = command(data_folder, "predict", _png(0, tmp_path), "--run", "latest", "--json")
    assert said.code == 0
    assert json.loads(said.out)["network"] == run.id


def test_a_corrupt_picture_is_refused(tmp_path: Path) -> None:
    path = Path(_png(7, tmp_path))
    path.write_bytes(path.read_bytes()[:60])
    said = command(tmp_path, "predict", str(path))
    assert (said.code, said.out) == (2, "")
    assert "damaged" in said.err
