"""One run from queued to over, in this process: any data set, any end."""

from __future__ import annotations

import shutil
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from core.data import files, library
from core.data.sources import SOURCES
from core.data.split import encode, split
from core.experiment import edits
from core.experiment.data_spec import DataSpec
from core.experiment.dataset import DatasetInfo
from core.experiment.experiment import Experiment
from core.experiment.presets import preset
from core.home import home
from core.runs.files import verify_checksum
from core.runs.run import Request, Run, Status
from core.runs.store import RunStore
from core.training import teller
from core.training.job import run_to_end
from tests.unit.made_up import HOUSES, PICTURES

FILES = {
    *("checkpoints", "events.jsonl", "experiment.json", "history.csv", "model.keras", "model.keras.sha256"),
    *("run.json", "summary.txt", "tensorboard", "writer.lock"),
}
"""What a finished run leaves in its folder, and nothing half-written."""
pytestmark = [
    pytest.mark.usefixtures("made_up_sources"),
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),  # Keras 3.15, saving
]


@pytest.fixture
def store() -> RunStore:
    return RunStore(home())


def _regression() -> Experiment:
    design = Experiment(data=DataSpec(dataset="houses", normalization="standardize"))
    design = edits.insert(design, 0, "Dense", units=16)
    design = edits.append_output(design, units=1, activation="linear", flatten=False)
    return design.with_training(loss="mean_squared_error", learning_rate=0.01, epochs=6, batch_size=16)


def _pictures() -> Experiment:
    design = Experiment(data=DataSpec(dataset="pictures"))
    for kind, parameters in (
        ("Conv2D", {"filters": 8, "padding": "same"}),
        ("MaxPooling2D", {"pool_size": 2}),
        ("Flatten", {}),
        ("Dropout", {"rate": 0.1}),
    ):
        design = edits.insert(design, 9, kind, **dict[str, Any](parameters))
    design = edits.append_output(design, units=5, activation="softmax", flatten=False)
    return design.with_training(learning_rate=0.01, epochs=5, batch_size=16)


def _run(store: RunStore, design: Experiment) -> Run:
    run = store.create(design, "a run")
    run_to_end(store, run.id)
    return store.get(run.id)


def _figures(run: Run, part: str) -> dict[str, float]:
    """Return what the saved model gives, loaded and evaluated by Keras alone."""
    dataset = library.load(run.experiment.data.dataset)
    samples = dataset.test if part == "test" else split(dataset, run.experiment.data).validation
    model = keras.saving.load_model(run.model_path)
    answers = encode(samples.answers, run.experiment.training.loss, dataset.info)
    figures = model.evaluate(samples.inputs, answers, verbose=0, return_dict=True)
    return {f"{part}_{name}": value for name, value in figures.items()}


@pytest.mark.parametrize(
    ("design", "info"), [(_regression(), HOUSES), (_pictures(), PICTURES)], ids=["regression", "pictures"]
)
def test_any_data_set_is_trained_tested_and_its_model_kept(
    design: Experiment, info: DatasetInfo, store: RunStore
) -> None:
    run = _run(store, design)
    assert (run.status, run.reason) == (Status.COMPLETED, "")
    metric = info.task.metric
    named = {f"{part}{name}" for part in ("", "val_", "test_") for name in ("loss", metric)}
    assert set(run.result) == named | {"epoch", "step", "seconds", "learning_rate"}
    assert run.progress.share == 1.0
    epochs = [event.body for event in store.events(run.id) if event.kind == "epoch"]
    assert [body["epoch"] for body in epochs] == list(range(1, design.training.epochs + 1))
    assert epochs[-1]["loss"] < epochs[0]["loss"] / 2
    assert run.has_model
    expected = {name: value for name, value in run.result.items() if name.startswith("test_")}
    assert _figures(run, "test") == pytest.approx(expected, rel=1e-5)
    assert {path.name for path in run.folder.iterdir()} == FILES
    assert run.reason == ""
    last = f"{design.training.epochs:06d}.checkpoint"  # to be continued from; earlier ones are not needed
    assert [path.name for path in run.checkpoints.iterdir()] == [last]
    verify_checksum(run.model_path)


def test_the_same_run_twice_gives_the_same_figures(store: RunStore) -> None:
    design = _pictures().with_training(epochs=2)
    first, again = ({**_run(store, design).result, "seconds": 0.0} for _ in range(2))
    assert first == pytest.approx(again, rel=1e-5)
    assert len(first) > 5


def test_the_input_and_output_of_the_kept_model_are_the_datas_own(store: RunStore) -> None:
    run = _run(store, _pictures().with_training(epochs=1))
    model = keras.saving.load_model(run.model_path)
    assert (model.input_shape, model.output_shape) == ((None, 12, 9, 3), (None, 5))
    assert np.isfinite(model.predict(np.zeros((1, 12, 9, 3)), verbose=0)).all()


def test_a_run_stopped_on_its_way_keeps_its_model_and_says_how_that_one_does(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(teller, "EVENT_SECONDS", 0.0)
    run = store.create(_pictures().with_training(epochs=10_000), "long")
    thread = threading.Thread(target=run_to_end, args=(store, run.id))
    thread.start()
    while thread.is_alive() and len(store.events(run.id)) < 12:
        thread.join(0.02)
    store.ask(run.id, Request.STOP)
    thread.join(60)
    stopped = store.get(run.id)
    assert stopped.status is Status.STOPPED
    assert stopped.has_model
    for part in ("test", "val"):
        expected = {name: value for name, value in stopped.result.items() if name.startswith(part)}
        assert _figures(stopped, part) == pytest.approx(expected, rel=1e-5)


def test_a_run_that_ends_early_says_how_the_epoch_did_whose_weights_are_kept(store: RunStore) -> None:
    plan = {"early_stopping": True, "patience": 2, "learning_rate": 0.3, "epochs": 40}
    run = _run(store, _regression().with_training(**plan))
    assert run.status is Status.COMPLETED
    epochs = [event.body for event in store.events(run.id) if event.kind == "epoch"]
    losses = [body["val_loss"] for body in epochs]
    best = int(np.argmin(losses)) + 1
    assert len(epochs) == best + 2 < 40
    assert run.result["best_epoch"] == run.result["epoch"] == best
    assert run.result["val_loss"] == min(losses)
    for part in ("val", "test"):
        expected = {name: value for name, value in run.result.items() if name.startswith(part)}
        assert _figures(run, part) == pytest.approx(expected, rel=1e-4)


def test_a_run_stopped_while_it_waited_is_left_alone(store: RunStore) -> None:
    run = store.create(_pictures(), "never")
    store.ask(run.id, Request.STOP)
    stopped = store.get(run.id)
    run_to_end(store, run.id)
    assert store.get(run.id) == stopped
    assert store.events(run.id) == []


@pytest.mark.parametrize(
    ("design", "words"),
    [
        (_pictures().with_data(dataset="mnist"), "MNIST is not on this machine"),
        (_pictures().with_data(dataset="cats"), "'cats' is not known"),
        (_regression().with_training(loss="hinge"), "made for classification"),
        (
            _regression()
            .with_data(normalization="none")
            .with_training(optimizer="sgd", learning_rate=10.0),
            "no longer a finite number",
        ),
    ],
)
def test_what_goes_wrong_in_a_known_way_is_the_reason_in_words(
    design: Experiment, words: str, store: RunStore
) -> None:
    run = _run(store, design.with_training(epochs=50))
    assert run.status is Status.FAILED
    assert words in run.reason
    assert not run.has_model
    assert run.result == {}


def test_a_damaged_data_file_is_the_reason_in_words(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SOURCES, "pictures", replace(SOURCES["pictures"], download_bytes=1))
    (files.folder() / "pictures.npz").write_bytes(b"PK")
    assert "pictures.npz is damaged" in _run(store, _pictures()).reason


def test_damaged_data_that_ship_with_a_library_are_made_again(store: RunStore) -> None:
    (files.folder() / "pictures.npz").write_bytes(b"PK")
    assert _run(store, _pictures()).status is Status.COMPLETED


def test_a_run_is_closed_even_where_nothing_can_be_written(
    store: RunStore, capsys: pytest.CaptureFixture[str]
) -> None:
    run = store.create(_pictures().with_training(epochs=1), "homeless")
    shutil.rmtree(run.folder)
    run.folder.write_text("where a folder should be")
    run_to_end(store, run.id)
    assert store.get(run.id).status is Status.FAILED
    assert "did not expect" in store.get(run.id).reason
    assert str(run.folder) in capsys.readouterr().err


def test_a_run_whose_folder_was_removed_while_it_waited_gets_a_new_one(store: RunStore) -> None:
    run = store.create(_pictures().with_training(epochs=1), "homeless")
    shutil.rmtree(run.folder)
    run_to_end(store, run.id)
    assert store.get(run.id).status is Status.COMPLETED
    assert {path.name for path in run.folder.iterdir()} == FILES - {"experiment.json"}


def test_an_error_nobody_expected_is_logged_whole_beside_the_run(
    store: RunStore, capsys: pytest.CaptureFixture[str]
) -> None:
    run = store.create(_pictures().with_training(epochs=1), "blocked")
    Path(run.model_path).mkdir()  # the model cannot be put there
    run_to_end(store, run.id)
    failed = store.get(run.id)
    assert failed.status is Status.FAILED
    assert "did not expect (IsADirectoryError)" in failed.reason
    log = (run.folder / "log.txt").read_text("utf-8")
    assert "IsADirectoryError" in log
    assert log.strip() in capsys.readouterr().err
    assert {path.name for path in run.folder.iterdir()} - FILES == {"log.txt"}


def test_the_presets_train_on_digits(store: RunStore) -> None:
    info = library.load("digits").info
    run = _run(store, preset("article").experiment(info).with_training(epochs=3))
    assert run.status is Status.COMPLETED
    assert run.result["test_accuracy"] > 0.7
