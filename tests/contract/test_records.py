"""What a run leaves for other tools is read by them: pandas, TensorBoard."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from core.errors import StorageFailed
from core.training.records import write_csv, write_tensorboard
from tests.contract.limits import files_up_to
from tests.contract.trainings import Notes, parts, train
from tests.unit.designs import FLAT, SOFTMAX, design
from tests.unit.made_up import PICTURES

DESIGN = design(PICTURES, FLAT, SOFTMAX).with_training(epochs=3, batch_size=45)
Epochs = list[Mapping[str, float]]


@pytest.fixture(scope="module")
def epochs() -> Epochs:
    """What a training has told of its epochs."""
    notes = Notes()
    train(DESIGN, notes)
    return notes.bodies("epoch")


def test_the_epochs_are_read_by_pandas(epochs: Epochs, tmp_path: Path) -> None:
    write_csv(tmp_path, epochs)
    table = pd.read_csv(tmp_path / "history.csv")
    assert list(table.columns) == [
        *("epoch", "step", "seconds", "learning_rate"),
        *("accuracy", "loss", "val_accuracy", "val_loss"),
    ]
    assert table.to_dict("records") == [dict(epoch) for epoch in epochs]
    assert table["epoch"].tolist() == [1, 2, 3]


def test_figures_that_came_later_have_empty_fields_before(tmp_path: Path) -> None:
    write_csv(tmp_path, [{"epoch": 1, "loss": 0.5}, {"epoch": 2, "loss": 0.25, "val_loss": 1.5}])
    table = pd.read_csv(tmp_path / "history.csv")
    assert table["loss"].tolist() == [0.5, 0.25]
    assert table["val_loss"].isna().tolist() == [True, False]


def test_without_an_epoch_there_is_a_head_and_no_row(tmp_path: Path) -> None:
    write_csv(tmp_path, [])
    assert pd.read_csv(tmp_path / "history.csv").empty
    write_tensorboard(tmp_path, [])
    assert _read(tmp_path / "tensorboard" / "train") == {}


def _read(folder: Path) -> dict[str, list[tuple[int, float]]]:
    """Return what TensorBoard finds: by name, pairs of step and value."""
    events = EventAccumulator(str(folder))
    events.Reload()
    names = events.Tags()["tensors"]
    assert {events.SummaryMetadata(name).plugin_data.plugin_name for name in names} <= {"scalars"}
    return {
        name: [(each.step, float(tf.make_ndarray(each.tensor_proto))) for each in events.Tensors(name)]
        for name in names
    }


def test_the_epochs_are_read_by_tensorboard(epochs: Epochs, tmp_path: Path) -> None:
    write_tensorboard(tmp_path, epochs)
    for part, prefix in (("train", ""), ("validation", "val_")):
        found = _read(tmp_path / "tensorboard" / part)
        for name in ("loss", "accuracy"):
            steps, values = zip(*found[f"epoch_{name}"], strict=True)
            assert steps == (0, 1, 2)  # TensorBoard counts from 0
            assert values == pytest.approx([epoch[prefix + name] for epoch in epochs])


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras 3.15, the rate
def test_files_and_names_are_those_of_keras_own_callback(epochs: Epochs, tmp_path: Path) -> None:
    data = parts(DESIGN)
    model = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(5, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(
        data.training.inputs,
        data.training.answers,
        validation_data=(data.validation.inputs, data.validation.answers),
        epochs=2,
        callbacks=[keras.callbacks.TensorBoard(tmp_path / "keras", write_graph=False)],
        verbose=0,
    )
    write_tensorboard(tmp_path, epochs)
    for part in ("train", "validation"):
        theirs = {name for name in _read(tmp_path / "keras" / part) if name.startswith("epoch_")}
        assert {*_read(tmp_path / "tensorboard" / part)} == theirs


def test_what_an_interrupted_try_has_left_is_replaced(epochs: Epochs, tmp_path: Path) -> None:
    write_tensorboard(tmp_path, epochs[:1])
    write_tensorboard(tmp_path, epochs)
    assert len(_read(tmp_path / "tensorboard" / "train")["epoch_loss"]) == 3
    assert len([*(tmp_path / "tensorboard" / "train").iterdir()]) == 1


def test_a_record_that_does_not_fit_on_the_disk_is_told_in_words(tmp_path: Path) -> None:
    pytest.importorskip("resource")
    many = [{"epoch": epoch, "loss": np.pi / epoch} for epoch in range(1, 2_000)]
    with files_up_to(4_000), pytest.raises(StorageFailed, match="disk is full"):
        write_csv(tmp_path, many)
    assert not [*tmp_path.iterdir()]
    with files_up_to(4_000), pytest.raises(StorageFailed, match="disk is full"):
        write_tensorboard(tmp_path, many)
