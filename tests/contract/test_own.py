"""Networks really trained on one's own handwriting, alone and mixed, and measured on it."""

from __future__ import annotations

import base64
from pathlib import Path

import keras
import numpy as np
import pytest

from core.data import files, library, own
from core.data.sources import source
from core.data.split import encode
from core.drawing.handwriting import Collection, Sample
from core.drawing.measure import measure
from core.errors import NotDrawable, RunNotFound, RunRefused
from core.experiment.experiment import Experiment
from core.experiment.presets import fitted, preset
from core.home import home
from core.runs.run import Run, Status
from core.runs.store import RunStore
from core.training.job import run_to_end
from tests.contract.scripts import run_script
from tests.unit.own_digits import drawn

pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation:DeprecationWarning"  # Keras 3.15, saving
)
HANDS = 8
"""Drawings of each digit: enough that a network learns something from them."""


@pytest.fixture
def store() -> RunStore:
    return RunStore(home())


@pytest.fixture
def samples(store: RunStore) -> list[Sample]:
    """Eighty drawings in the collection."""
    found = drawn(HANDS)
    Collection().add(*found)
    return found


def design(samples: list[Sample], base: str, epochs: int) -> Experiment:
    """Return the article's network on drawings as they are now."""
    name = own.name_of(own.freeze(samples).code, base)
    digits = source("digits").info
    return fitted(preset("article").experiment(digits), digits, source(name).info).with_training(
        epochs=epochs, batch_size=32, learning_rate=0.005
    )


def run(store: RunStore, experiment: Experiment) -> Run:
    """Return a run that was trained to its end."""
    made = store.create(experiment, "on my own")
    run_to_end(store, made.id)
    found = store.get(made.id)
    assert found.status is Status.COMPLETED, found.reason
    return found


def packed(samples: list[Sample]) -> str:
    """Return pictures as they travel to a worker."""
    return base64.b64encode(b"".join(each.image.tobytes() for each in samples)).decode()


@pytest.mark.parametrize("base", ["", "digits"])
def test_a_run_learns_this_hand_and_is_tested_on_what_the_card_says(
    store: RunStore, samples: list[Sample], base: str
) -> None:
    experiment = design(samples, base, epochs=30 if not base else 5)
    made = run(store, experiment)
    info = source(experiment.data.dataset).info
    tested = library.load(base or experiment.data.dataset).test
    assert len(tested) == info.test_size
    model = keras.saving.load_model(made.model_path)
    answers = encode(tested.answers, experiment.training.loss, info)
    figures = model.evaluate(tested.inputs, answers, verbose=0, return_dict=True)
    assert made.result["test_accuracy"] == pytest.approx(figures["accuracy"], abs=1e-6)
    unseen = [each for each in samples if each.is_for_test]
    told = measure(made.id, packed(unseen), 28)
    right = sum(given == each.label for given, each in zip(told["answers"], unseen, strict=True))
    assert right >= 0.75 * len(unseen)  # guessing gets a tenth
    if base:
        assert made.result["test_accuracy"] > 0.8  # what many others wrote it reads as well


def test_mixed_in_it_reads_this_hand_better_than_without(store: RunStore, samples: list[Sample]) -> None:
    mixed = design(samples, "digits", epochs=4)
    without = mixed.with_data(dataset="digits")
    unseen = [each for each in samples if each.is_for_test]
    right = [
        sum(
            given == each.label
            for given, each in zip(measure(made.id, packed(unseen), 28)["answers"], unseen, strict=True)
        )
        for made in (run(store, without), run(store, mixed))
    ]
    assert right[1] >= right[0]
    assert right[1] >= 0.75 * len(unseen)


def test_a_run_keeps_its_data_whatever_is_drawn_or_deleted_later(
    store: RunStore, samples: list[Sample]
) -> None:
    experiment = design(samples, "", epochs=1)
    first = run(store, experiment)
    collection = Collection()
    collection.add(*drawn(HANDS + 2)[10 * HANDS :])
    collection.remove([each.id for each in samples[:15]])
    again = run(store, experiment)
    assert {**again.result, "seconds": 0} == pytest.approx({**first.result, "seconds": 0}, rel=1e-5)


def test_a_run_whose_version_is_not_here_fails_in_words(store: RunStore, samples: list[Sample]) -> None:
    experiment = design(samples, "digits", epochs=1)
    for path in files.folder().glob("own_*"):
        path.unlink()
    made = store.create(experiment, "from elsewhere")
    run_to_end(store, made.id)
    failed = store.get(made.id)
    assert failed.status is Status.FAILED
    assert "handwriting that is not on this machine" in failed.reason
    assert "choose other data" in failed.reason


@pytest.mark.parametrize("base", ["", "digits"])
def test_the_script_trains_on_the_same_drawings_and_gives_the_same_figures(
    store: RunStore, samples: list[Sample], base: str, tmp_path: Path
) -> None:
    experiment = design(samples, base, epochs=3)
    made = run(store, experiment)
    told = run_script(experiment, source(experiment.data.dataset), tmp_path)
    assert told.figures["loss"] == pytest.approx(made.result["test_loss"], rel=2e-3)
    assert told.figures["accuracy"] == pytest.approx(made.result["test_accuracy"], abs=0.004)


# --- measuring ---


def test_many_pictures_are_answered_as_keras_answers_them(store: RunStore, samples: list[Sample]) -> None:
    made = run(store, design(samples, "digits", epochs=1))
    many = (samples * 7)[:520]  # more than two batches, the last one not full
    told = measure(made.id, packed(many), 28)
    pixels = np.stack([each.image for each in many])[..., None].astype("float32")
    outputs = keras.saving.load_model(made.model_path).predict(pixels, verbose=0)
    assert told["answers"] == outputs.argmax(axis=1).tolist()
    assert told["outputs"] == pytest.approx(outputs.max(axis=1).tolist(), abs=1e-5)


def test_what_can_not_be_measured_is_said_in_words(store: RunStore, samples: list[Sample]) -> None:
    made = run(store, design(samples, "", epochs=1))
    for images, side, words in (
        ("not base64!", 28, "did not arrive whole"),
        ("", 28, "1 to 2,000 whole pictures"),
        (base64.b64encode(bytes(783)).decode(), 28, "whole pictures"),
        (base64.b64encode(bytes(784 * 2_001)).decode(), 28, "whole pictures"),
        (base64.b64encode(bytes(784)).decode(), 0, "whole pictures"),
        (base64.b64encode(bytes(784)).decode(), 14, "takes pictures of 28 × 28"),
    ):
        with pytest.raises(NotDrawable, match=words):
            measure(made.id, images, side)


def test_a_deleted_run_and_one_that_ran_away_are_told_in_words(
    store: RunStore, samples: list[Sample]
) -> None:
    made = run(store, design(samples, "", epochs=1))
    model = keras.saving.load_model(made.model_path)
    model.set_weights([np.full_like(each, np.nan) for each in model.get_weights()])
    model.save(made.model_path)
    made.model_path.with_name("model.keras.sha256").unlink()
    with pytest.raises(RunRefused, match="gives no numbers"):
        measure(made.id, packed(samples), 28)
    store.delete(made.id)
    with pytest.raises(RunNotFound):
        measure(made.id, packed(samples), 28)
