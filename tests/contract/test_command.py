"""The command line as people use it: real processes, and the runs that the pages would show."""

from __future__ import annotations

import ast
import io
import json
import os
import re
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
from PIL import Image

from core.command.main import COMMANDS
from core.data import own
from core.data.sources import source
from core.drawing.picture import picture
from core.drawing.strokes import Drawing, Stroke
from core.experiment import link
from core.experiment.experiment import Experiment
from core.experiment.presets import preset
from core.home import VARIABLE
from core.runs.run import Run, Status
from core.runs.store import RunStore
from core.takeaway import card
from core.takeaway.model_file import MEMBER
from core.takeaway.script import script
from tests.contract import processes
from tests.contract.foremen import ENDLESS, START
from tests.contract.processes import until
from tests.handwriting import DIGITS
from tests.unit.own_digits import drawn

ROOT = Path(__file__).resolve().parents[2]
EPOCHS = 2
INFO = source("digits").info
NAMES = [command.__name__.rpartition(".")[2] for command in COMMANDS]
posix = pytest.mark.skipif(os.name != "posix", reason="signals and terminals of POSIX")


@dataclass(frozen=True)
class Said:
    """What a command wrote, and its exit code."""

    code: int
    out: str
    err: str


def command(home: Path, *words: str, **more: str) -> Said:
    """Return what `python -m core …` says."""
    done = subprocess.run(
        [sys.executable, "-m", "core", *words],
        cwd=ROOT,
        env=_environment(home, more),
        capture_output=True,
        timeout=200,
        check=False,
    )
    letters = more.get("PYTHONIOENCODING", "utf-8")
    return Said(done.returncode, done.stdout.decode(letters), done.stderr.decode(letters))


def _environment(home: Path, more: Mapping[str, str]) -> dict[str, str]:
    return {**os.environ, VARIABLE: str(home), "PYTHONIOENCODING": "utf-8", **more}


@contextmanager
def training(home: Path, *words: str, stdout: int = subprocess.PIPE) -> Iterator[subprocess.Popen[str]]:
    """Begin to train, and end that whatever happens."""
    begun = subprocess.Popen(
        [sys.executable, "-m", "core", "train", *words],
        cwd=ROOT,
        env=_environment(home, {}),
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    try:
        yield begun
    finally:
        begun.kill()
        begun.communicate()


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
    "no such id": ("evaluate", "AAAAAAAAAAAAAAAA"),
    "no picture": ("predict", "nowhere.png"),
    "a text for a picture": ("predict", "README.md"),
    "no such format": ("export", "article", "--as", "poem"),
    "a network of a design": ("export", "article", "--as", "keras"),
    "no such folder": ("export", "article", "--as", "json", "-o", "/nowhere/at/all.json"),
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
        MEMBER: json.dumps(card.member(run), indent=1).encode()
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


# --- ends ---


def _learns(begun: subprocess.Popen[str]) -> None:
    assert begun.stdout is not None
    for line in begun.stdout:
        if line.startswith("epoch"):
            return
    raise AssertionError(f"it never learned: {begun.communicate()[1]}")


@posix
def test_ctrl_c_stops_the_run_and_keeps_it(tmp_path: Path) -> None:
    with training(tmp_path, "article", "--epochs", str(ENDLESS)) as begun:
        _learns(begun)
        begun.send_signal(signal.SIGINT)
        out, err = begun.communicate(timeout=START)
    assert begun.returncode == 130
    assert "Press Ctrl-C again" in err
    assert "was stopped" in out
    (kept,) = RunStore(tmp_path).newest()
    assert kept.status is Status.STOPPED
    assert kept.has_model
    assert f"test_loss {kept.result['test_loss']:.4f}" in out


@posix
def test_a_second_ctrl_c_leaves_at_once_and_the_run_can_be_resumed(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    with training(tmp_path, "article", "--epochs", str(ENDLESS)) as begun:
        _learns(begun)
        (foreman,) = psutil.Process(begun.pid).children()
        for worker in processes.workers_below(foreman.pid):
            processes.suspend(worker)  # so that it can't stop by itself
        begun.send_signal(signal.SIGINT)
        assert begun.stderr is not None
        assert begun.stderr.readline().startswith("Stopping")
        begun.send_signal(signal.SIGINT)
        _, err = begun.communicate(timeout=START)
    assert begun.returncode == 130
    assert "Resume" in err
    (left,) = store.newest()
    assert left.status is Status.INTERRUPTED
    assert store.resume(left.id)


@posix
def test_when_it_is_killed_the_run_waits_to_go_on(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    with training(tmp_path, "article", "--epochs", str(ENDLESS)) as begun:
        _learns(begun)
        below = processes.descendants(begun.pid)
        begun.kill()
        until(lambda: not any(map(processes.alive, below)), START, "nothing is left of it")
    (left,) = store.newest()
    assert left.status is Status.QUEUED
    assert left.reason


def test_a_run_that_fails_ends_with_1_and_its_reason(tmp_path: Path) -> None:
    design = preset("zero_hidden").experiment(INFO).with_data(normalization="none")
    design = design.with_training(optimizer="sgd", learning_rate=10.0, epochs=50)
    (tmp_path / "wild.json").write_text(design.to_json(), "utf-8")
    said = command(tmp_path, "train", str(tmp_path / "wild.json"))
    (failed,) = RunStore(tmp_path).newest()
    assert failed.status is Status.FAILED
    assert said.code == 1
    assert failed.reason in said.err


@posix
def test_in_a_terminal_there_is_a_bar(tmp_path: Path) -> None:
    ours, theirs = os.openpty()
    with training(tmp_path, "article", "--epochs", "2", stdout=theirs) as begun:
        os.close(theirs)
        shown = io.BytesIO()
        while piece := _piece(ours):
            shown.write(piece)
        assert begun.wait(START) == 0
    os.close(ours)
    text = shown.getvalue().decode()
    assert "━" in text
    assert re.search(r"epoch 2/2  loss [\d.]+  accuracy [\d.]+  val_loss [\d.]+", text)
    assert "is done" in text


def _piece(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4_096)
    except OSError:  # nobody writes any more
        return b""


def test_when_nobody_reads_it_ends_quietly(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "core", "runs"],
            cwd=ROOT,
            env=_environment(tmp_path, {}),
            stdout=writing,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (1, b"")
