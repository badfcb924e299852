"""A network from a file is a run, with figures where there can be some."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import keras
import pytest

from core.bringback.adopting import Adopted, Judge, adopt
from core.bringback.bring import Trained, bring
from core.data import library
from core.errors import DataUnavailable
from core.experiment.dataset import DatasetInfo
from core.experiment.experiment import Experiment
from core.runs.store import RunStore
from core.training.judging import judged
from tests.contract.brought import saved

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras 3.15


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A stranger's network, trained on digits that were divided by 255 before they went in."""
    digits = library.load("digits").training
    keras.utils.set_random_seed(3)
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            keras.layers.Flatten(),
            keras.layers.Dense(64, activation="relu"),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(digits.inputs.astype("float32") / 255, digits.answers, epochs=8, verbose=0)
    return saved(model, tmp_path_factory.mktemp("file"))


def _judge(path: Path, experiment: Experiment) -> Mapping[str, float]:
    return judged(path, experiment, library.load(experiment.data.dataset).info)


def _nobody(path: Path, experiment: Experiment) -> Mapping[str, float]:
    raise DataUnavailable("Its digits are not here.")


def _adopted(file: bytes, info: DatasetInfo, store: RunStore, judge: Judge) -> Adopted:
    """Bring the file back and make a run of it, which is there as a whole."""
    found = bring(file, "mine.keras", info)
    assert isinstance(found, Trained)
    adopted = adopt(found, file, "mine.keras", info, store=store, judge=judge)
    assert store.get(adopted.run.id) == adopted.run
    assert adopted.run.adopted
    assert adopted.run.has_model
    return adopted


def test_how_a_strangers_inputs_were_normalized_is_found_out(
    file: bytes, store: RunStore, digits_info: DatasetInfo
) -> None:
    adopted = _adopted(file, digits_info, store, _judge)
    assert adopted.run.name == "mine"
    assert adopted.run.experiment.data.normalization == "rescale"
    assert adopted.run.result["test_accuracy"] > 0.8
    assert any("does not say how its inputs were normalized" in each for each in adopted.remarks)
    assert all(each in adopted.run.notes for each in adopted.remarks)


def test_a_network_that_nobody_can_judge_is_kept_without_figures_and_says_why(
    file: bytes, store: RunStore, digits_info: DatasetInfo
) -> None:
    adopted = _adopted(file, digits_info, store, _nobody)
    assert adopted.run.result == {}
    assert adopted.remarks[-1] == "It has no figures here. Its digits are not here."
