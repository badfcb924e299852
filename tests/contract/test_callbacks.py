"""Keras's own callbacks hear from the engine what they hear from `fit`."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import pytest

from core.experiment.experiment import Experiment
from core.training import chunks
from tests.contract.trainings import Notes, fitted, train
from tests.unit.designs import FLAT, SOFTMAX, design
from tests.unit.made_up import PICTURES

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras 3.15
STEPS = 9
"""Batches in an epoch: 135 samples, 16 at a time."""


class _Heard(keras.callbacks.Callback):  # type: ignore[misc]
    """Writes down what is called, with which number and with which figures."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[str, int | None, dict[str, float]]] = []


def _noting(name: str, numbered: bool) -> Callable[..., None]:
    def note(self: _Heard, *given: Any, logs: dict[str, float] | None = None) -> None:
        number, told = (given[0] if numbered else None), given[-1] if len(given) > numbered else logs
        self.calls.append((name, number, dict(told or {})))

    return note


for _part in ("train", "test", "epoch", "train_batch", "test_batch"):
    for _when in ("begin", "end"):
        _name = f"on_{_part}_{_when}"
        setattr(_Heard, _name, _noting(_name, numbered=_part not in ("train", "test")))


def _design(**plan: object) -> Experiment:
    return design(PICTURES, FLAT, SOFTMAX).with_training(**{"epochs": 3, "batch_size": 16, **plan})


@pytest.fixture
def _a_chunk_every_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "SECONDS", 0.0)


@pytest.mark.usefixtures("_a_chunk_every_batch")
def test_calls_come_in_the_order_and_with_the_figures_of_fit() -> None:
    ours, theirs = _Heard(), _Heard()
    train(_design(), Notes(), callbacks=[ours])
    fitted(_design(), callbacks=[theirs])
    assert [call[:2] for call in ours.calls] == [call[:2] for call in theirs.calls]
    for (name, number, told), (_, _, wanted) in zip(ours.calls, theirs.calls, strict=True):
        assert told == pytest.approx(wanted, rel=1e-5), (name, number)
    assert ours.params["epochs"] == theirs.params["epochs"] == 3
    assert ours.params["steps"] == theirs.params["steps"] == STEPS


def test_of_a_chunk_its_last_batch_is_told() -> None:
    heard = _Heard()
    train(_design(epochs=30), Notes(), callbacks=[heard])
    ends = [number or 0 for name, number, _ in heard.calls if name == "on_train_batch_end"]
    begins = [number or 0 for name, number, _ in heard.calls if name == "on_train_batch_begin"]
    assert len(begins) == len(ends) < 30 * STEPS
    assert ends.count(STEPS - 1) == begins.count(0) == 30
    for begin, before in zip(begins[1:], ends, strict=False):
        assert begin == (before + 1) % STEPS


@pytest.mark.usefixtures("_a_chunk_every_batch")
def test_keras_own_callbacks_do_their_work(tmp_path: Path) -> None:
    stopping = keras.callbacks.EarlyStopping(monitor="loss", min_delta=1e9, patience=1)
    reducing = keras.callbacks.ReduceLROnPlateau(monitor="loss", min_delta=1e9, patience=1, factor=0.1)
    logging = keras.callbacks.CSVLogger(str(tmp_path / "log.csv"))
    keeping = keras.callbacks.ModelCheckpoint(str(tmp_path / "{epoch}.keras"), save_freq=STEPS)
    board = keras.callbacks.TensorBoard(str(tmp_path / "board"), update_freq="batch", write_graph=False)
    notes = Notes()
    _, outcome = train(_design(epochs=9), notes, callbacks=[stopping, reducing, logging, keeping, board])
    epochs = notes.bodies("epoch")
    assert outcome.done
    assert len(epochs) == 2
    with (tmp_path / "log.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [float(row["val_loss"]) for row in rows] == pytest.approx(
        [each["val_loss"] for each in epochs], rel=1e-5
    )
    assert sorted(path.name for path in tmp_path.glob("*.keras")) == ["1.keras", "2.keras"]
    assert [*(tmp_path / "board" / "train").iterdir()]
    assert [*(tmp_path / "board" / "validation").iterdir()]
    assert epochs[-1]["learning_rate"] == pytest.approx(1e-4)
