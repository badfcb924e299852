"""What a run's files hold when they are taken away: read by Keras, TensorFlow Lite, TensorBoard, MLflow."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from core.data import library
from core.data.sources import source
from core.data.split import split
from core.errors import FileDamaged, RunRefused, TrackingFailed
from core.experiment import choices, edits
from core.experiment.carried import NETWORK_MEMBER
from core.experiment.experiment import Experiment
from core.experiment.presets import PRESETS, preset
from core.home import VARIABLE
from core.model.build import build
from core.runs.files import write_checksum
from core.runs.run import Run, Status
from core.runs.store import RunStore
from core.takeaway import card, tracking
from core.takeaway.curves import tensorboard_files
from core.takeaway.model_file import keras_file, write_tflite
from core.training.job import run_to_end

# Keras 3.15, saving and loading
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
DIGITS = source("digits")
HOSTILE = "# a *run* <script>\n| x |"
LEGAL = [each for each in PRESETS if not each.to_mend]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run that was trained for two epochs on standardized digits."""
    with pytest.MonkeyPatch.context() as patch:
        home = tmp_path_factory.mktemp("home")
        patch.setenv(VARIABLE, str(home))
        design = edits.set_data(preset("small_cnn").experiment(DIGITS.info), normalization="standardize")
        store = RunStore(home)
        made = store.create(design.with_training(epochs=2), HOSTILE)
        assert store.claim(made.id, "somebody")
        run_to_end(store, made.id)
        found = store.get(made.id)
        assert found.status is Status.COMPLETED
        return found


def _copy(run: Run, folder: Path) -> Path:
    path = folder / "taken.keras"
    path.write_bytes(keras_file(run))
    return path


def test_keras_reads_the_file_and_it_gives_the_runs_own_figures(run: Run, tmp_path: Path) -> None:
    model = keras.saving.load_model(_copy(run, tmp_path))
    test = library.load("digits").test
    figures = model.evaluate(test.inputs, test.answers, verbose=0, return_dict=True)
    assert figures["loss"] == pytest.approx(run.result["test_loss"], rel=1e-5)
    assert figures["accuracy"] == pytest.approx(run.result["test_accuracy"], abs=1e-6)
    assert int(model.optimizer.iterations) == 2 * run.progress.steps


def test_the_file_carries_its_design_and_its_card(run: Run, tmp_path: Path) -> None:
    with zipfile.ZipFile(_copy(run, tmp_path)) as archive:
        assert archive.testzip() is None
        told = json.loads(archive.read(NETWORK_MEMBER))
    assert Experiment.from_dict(told["experiment"]) == run.experiment
    assert told["card"]["figures"] == run.result
    assert told["card"]["versions"]["keras"] == keras.__version__
    assert told["card"]["versions"]["tensorflow"] == tf.__version__


def test_a_damaged_file_and_a_run_without_one_are_refused(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(run.folder, folder)
    copy = replace(run, folder=folder)
    assert keras_file(copy)
    content = bytearray(copy.model_path.read_bytes())
    content[len(content) // 2] ^= 1
    copy.model_path.write_bytes(content)
    with pytest.raises(FileDamaged):
        keras_file(copy)
    with pytest.raises(FileDamaged):
        write_tflite(copy.model_path, tmp_path / "model.tflite")
    copy.model_path.unlink()
    with pytest.raises(RunRefused):
        keras_file(copy)


def test_the_card_tells_all_and_shows_a_name_letter_by_letter(run: Run) -> None:
    text = card.text(run)
    first, *rest = text.splitlines()
    assert first == r"# \# a \*run\* \<script\> \| x \|"
    for word in (
        "Digits",
        "CC BY 4.0",
        "standardized",
        "Adam",
        "2 of 2 epochs",
        f"keras {keras.__version__}",
    ):
        assert any(word in line for line in rest), word
    assert f"{run.result['test_accuracy']:.4f}" in text


@pytest.mark.parametrize("normalization", [each.value for each in choices.NORMALIZATIONS])
@pytest.mark.parametrize("each", LEGAL, ids=lambda each: each.name)
@pytest.mark.filterwarnings("ignore:.*LiteRT")
@pytest.mark.filterwarnings("ignore:.*tf.lite.Interpreter is deprecated")
def test_tensorflow_lite_answers_as_keras_does(each: object, normalization: str, tmp_path: Path) -> None:
    design = each.experiment(DIGITS.info)  # type: ignore[attr-defined]
    design = edits.set_data(design, normalization=normalization)
    data = library.load("digits")
    model = build(design, DIGITS.info, split(data, design.data).statistics)
    path = tmp_path / "model.keras"
    model.save(path)
    write_checksum(path)
    write_tflite(path, tmp_path / "model.tflite")
    lite = tf.lite.Interpreter(str(tmp_path / "model.tflite"))
    lite.allocate_tensors()
    (taken,), (given,) = lite.get_input_details(), lite.get_output_details()
    for image in data.test.inputs[:3]:
        lite.set_tensor(taken["index"], image[None].astype("float32"))
        lite.invoke()
        theirs = model.predict(image[None], verbose=0)
        np.testing.assert_allclose(lite.get_tensor(given["index"]), theirs, rtol=1e-4, atol=1e-5)


def test_tensorboard_reads_the_event_files(run: Run, tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(tensorboard_files(run))) as archive:
        archive.extractall(tmp_path)
    found = EventAccumulator(str(tmp_path / f"run-{run.number}" / "validation"))
    found.Reload()
    values = [tf.make_ndarray(each.tensor_proto).item() for each in found.Tensors("epoch_loss")]
    assert len(values) == 2
    assert values[-1] == pytest.approx(run.result["val_loss"], rel=1e-5)


def test_mlflow_gets_design_curves_and_network(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import mlflow

    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")  # the small package has no database
    mlflow.set_tracking_uri(tmp_path.as_uri())
    store = RunStore(run.folder.parents[1])
    said = tracking.log_to_mlflow(run, store.events(run.id, kind="epoch"))
    (there,) = mlflow.search_runs(experiment_names=[tracking.EXPERIMENT], output_format="list")
    assert there.info.run_id in said
    assert there.data.params["training.epochs"] == "2"
    assert there.data.params["data.normalization"] == "standardize"
    assert there.data.metrics["test_loss"] == pytest.approx(run.result["test_loss"])
    history = mlflow.MlflowClient().get_metric_history(there.info.run_id, "val_loss")
    assert [each.step for each in history] == [1, 2]
    files = {each.path for each in mlflow.MlflowClient().list_artifacts(there.info.run_id)}
    assert files == {"model.keras", "history.csv", "summary.txt", "card.md", "experiment.json"}


def test_without_mlflow_it_says_what_to_install(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracking, "mlflow_is_here", lambda: False)
    with pytest.raises(TrackingFailed, match="pip install mlflow"):
        tracking.log_to_mlflow(run, [])
