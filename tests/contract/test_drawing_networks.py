"""Networks asked about a drawing by the real foreman: several at once, deleted, damaged, or killed."""

from __future__ import annotations

import base64
import json
import shutil
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from core.data.sources import source
from core.drawing import networks, predict
from core.drawing.models import MODELS_KEPT, Kept
from core.drawing.predict import answerer
from core.errors import DataUnavailable, NotDrawable, WorkerLost
from core.experiment.experiment import Experiment
from core.experiment.presets import preset
from core.runs.run import Run
from core.runs.store import RunStore
from core.workers.client import Workers
from tests.contract.foremen import IMAGE, START, over
from tests.contract.processes import alive, kill, suspend, until, workers_below

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras 3.15
SECONDS_AFTER_A_KILL = 5.0
"""The issue's: a worker killed in mid-prediction is answered for after its restart, within this."""


@pytest.fixture(scope="module")
def runs(store: RunStore, workers: Workers) -> list[Run]:
    """Three networks of different designs, each trained for an epoch."""
    designs = [
        preset(name).experiment(source("digits").info) for name in ("article", "small_cnn", "zero_hidden")
    ]
    made = [store.create(each.with_training(epochs=1), "drawn for") for each in designs]
    for run in made:
        workers.train(run.id)
    return [over(store, run) for run in made]


def _ask(workers: Workers, *ids: str, image: str = IMAGE, side: int = 28) -> Future[Any]:
    return workers.call("predict", networks=list(ids), image=image, side=side)


def _answers(workers: Workers, *ids: str) -> dict[str, Any]:
    found: dict[str, Any] = _ask(workers, *ids).result(START)["answers"]
    return found


def _predictor(workers: Workers, run: Run) -> int:
    """Return the process that answers: the one whose processor time grows most while it is asked."""
    before = _processor_seconds(workers)

    def busiest() -> int | None:
        for _ in range(50):
            _ask(workers, run.id).result(START)
        spent = {pid: now - before.get(pid, 0) for pid, now in _processor_seconds(workers).items()}
        most = max(spent, key=lambda pid: spent[pid])
        return most if spent[most] > 0.05 else None

    found = until(busiest, START, "a worker spends time on answers")
    assert found is not None
    return found


def _processor_seconds(workers: Workers) -> dict[int, float]:
    seconds = {}
    for pid in workers_below(workers.pid):
        with suppress(psutil.NoSuchProcess):  # one that trained has ended
            seconds[pid] = sum(psutil.Process(pid).cpu_times()[:2])
    return seconds


def test_several_networks_answer_the_same_drawing_as_each_does_alone(
    workers: Workers, runs: list[Run]
) -> None:
    together = _answers(workers, *(run.id for run in runs))
    assert list(together) == [run.id for run in runs]
    for run in runs:
        assert _answers(workers, run.id)[run.id] == together[run.id]
        assert len(together[run.id]["outputs"]) == 10
    assert len({tuple(each["outputs"]) for each in together.values()}) == 3


def test_one_that_cannot_answer_spoils_no_other(workers: Workers, store: RunStore, runs: list[Run]) -> None:
    untrained = store.create(Experiment(), "never trained")
    found = _answers(workers, "gone", untrained.id, runs[0].id)
    assert "not here" in found["gone"]["error"]
    assert "no trained network" in found[untrained.id]["error"]
    assert len(found[runs[0].id]["outputs"]) == 10


def test_a_damaged_file_is_told_in_words_and_another_file_is_read_anew(
    workers: Workers, store: RunStore, runs: list[Run]
) -> None:
    run = store.create(runs[0].experiment, "damaged")
    workers.train(run.id)
    over(store, run)
    whole = _answers(workers, run.id)[run.id]
    kept = run.model_path.read_bytes()
    run.model_path.write_bytes(kept[: len(kept) // 2])
    assert "damaged" in _answers(workers, run.id)[run.id]["error"]
    run.model_path.with_name("model.keras.sha256").unlink()  # so that only its content tells
    assert "can't be read" in _answers(workers, run.id)[run.id]["error"]
    run.model_path.write_bytes(kept)
    assert _answers(workers, run.id)[run.id] == whole


def test_a_run_that_was_deleted_answers_no_more_and_again_once_it_is_restored(
    workers: Workers, store: RunStore, runs: list[Run]
) -> None:
    before = _answers(workers, runs[1].id)
    store.delete(runs[1].id)
    assert "deleted" in _answers(workers, runs[1].id, runs[0].id)[runs[1].id]["error"]
    assert store.restore(runs[1].id)
    assert _answers(workers, runs[1].id) == before


@pytest.mark.parametrize(
    ("image", "side", "words"),
    [
        (IMAGE, 20, "400 values, but 784 arrived"),
        (IMAGE[:-8], 28, "784 values, but"),
        ("no base64!", 28, "did not arrive whole"),
        (IMAGE, 0, "1 to 1024 pixels a side"),
        (IMAGE, 10**9, "1 to 1024 pixels a side"),
        ("", 28, "but 0 arrived"),
    ],
)
def test_what_is_no_picture_is_refused_in_words(
    workers: Workers, image: str, side: int, words: str
) -> None:
    with pytest.raises(NotDrawable, match=words):
        _ask(workers, image=image, side=side).result(START)


def test_a_picture_of_another_size_is_refused_by_the_network_alone(
    workers: Workers, runs: list[Run]
) -> None:
    small = base64.b64encode(bytes(400)).decode()
    found = _ask(workers, runs[0].id, image=small, side=20).result(START)
    assert "28 × 28 pixels" in found["answers"][runs[0].id]["error"]
    assert found["likeness"] is None


def test_a_worker_killed_in_mid_prediction_is_replaced_and_the_drawing_answered(
    workers: Workers, runs: list[Run]
) -> None:
    expected = _answers(workers, runs[0].id)
    predictor = _predictor(workers, runs[0])
    suspend(predictor)  # frozen while it holds the question
    waiting = _ask(workers, runs[0].id)
    until(lambda: not waiting.done(), 1, "the question is under way")
    kill(predictor)
    assert waiting.result(SECONDS_AFTER_A_KILL)["answers"] == expected
    assert not alive(predictor)


def test_a_worker_that_is_killed_again_and_again_is_told_as_lost(workers: Workers, runs: list[Run]) -> None:
    predictor = _predictor(workers, runs[0])
    suspend(predictor)
    waiting = _ask(workers, runs[0].id)
    before = workers_below(workers.pid)
    kill(predictor)
    (second,) = until(lambda: workers_below(workers.pid) - before, START, "another worker is asked")
    kill(second)
    with pytest.raises(WorkerLost, match="try again"):
        waiting.result(START)
    assert len(_answers(workers, runs[0].id)[runs[0].id]["outputs"]) == 10


def test_a_network_can_be_looked_into_by_its_worker(workers: Workers, runs: list[Run]) -> None:
    told = workers.call("inside", network=runs[1].id, image=IMAGE, side=28, target=None).result(START)
    assert told["outputs"] == pytest.approx(_answers(workers, runs[1].id)[runs[1].id]["outputs"], abs=1e-5)
    assert [each["kind"] for each in told["layers"]][:2] == ["Conv2D", "MaxPooling2D"]


def test_pictures_of_the_test_set_come_with_their_classes(workers: Workers) -> None:
    first = workers.call("samples", dataset="digits", count=12, seed=5).result(START)
    assert workers.call("samples", dataset="digits", count=12, seed=5).result(START) == first
    assert workers.call("samples", dataset="digits", count=12, seed=6).result(START) != first
    assert len(set(first["images"])) == 12
    assert all(len(base64.b64decode(image)) == 784 for image in first["images"])
    assert all(0 <= label < 10 for label in first["labels"])
    assert (
        len(workers.call("samples", dataset="digits", count=10_000, seed=0).result(START)["labels"]) == 60
    )


def test_pictures_of_data_that_are_not_here_are_refused_in_words(workers: Workers) -> None:
    with pytest.raises(DataUnavailable, match="Fashion-MNIST is not on this machine"):
        workers.call("samples", dataset="fashion_mnist", count=12, seed=0).result(START)


# --- in this process ---


def test_only_the_models_used_last_are_kept_and_deleted_ones_are_let_go(
    runs: list[Run], tmp_path: Path
) -> None:
    paths = [tmp_path / f"{number}" / "model.keras" for number in range(4)]
    for path in paths:
        path.parent.mkdir()
        shutil.copy(runs[2].model_path, path)
    kept = Kept(answerer, most=3)
    image = np.zeros((28, 28, 1), np.float32)
    first = kept.get(paths[0])
    assert kept.get(paths[0]) is first
    for path in paths[1:3]:
        kept.get(path)(image)
    kept.get(paths[0])  # the second one is the oldest now
    kept.get(paths[3])
    assert len(kept) == 3
    assert kept.get(paths[0]) is first
    paths[0].unlink()
    kept.forget_deleted()
    assert len(kept) == 2
    kept.forget(paths[3].parent)
    assert len(kept) == 1
    assert MODELS_KEPT == 32


def test_the_ready_network_and_the_detector_are_asked_where_they_are(
    runs: list[Run], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(networks, "READY_FOLDER", tmp_path)
    assert networks.ready() is None
    assert networks.detector() is None
    absent = predict.predict([networks.READY], IMAGE, 28)
    assert "not on this machine" in absent["answers"][networks.READY]["error"]
    assert absent["likeness"] is None
    predict.warm()  # nothing is there to be loaded, and nothing goes wrong

    shutil.copy(runs[0].model_path, tmp_path / "model.keras")
    (tmp_path / "experiment.json").write_text(runs[0].experiment.to_json(), encoding="utf-8")
    (tmp_path / "card.json").write_text(
        json.dumps({"detector": {"threshold": 0.4, "false_alarm_rate": 0.01}})
    )
    _detector_of_ink().save(tmp_path / "detector.keras")
    predict.warm()
    found = networks.ready()
    assert found is not None
    assert (found.id, found.run, found.side) == ("ready", None, 28)
    assert networks.detector() == networks.Detector(0.4, 0.01)
    told = predict.predict([networks.READY], IMAGE, 28)
    assert len(told["answers"][networks.READY]["outputs"]) == 10
    assert told["likeness"] == pytest.approx(0.5, abs=1e-3)  # half of the picture is white


def _detector_of_ink() -> Any:
    """Return a model that gives the share of white in a picture."""
    import keras

    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            keras.layers.Rescaling(1 / 255),
            keras.layers.GlobalAveragePooling2D(),
        ]
    )
