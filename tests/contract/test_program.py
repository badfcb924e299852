"""The program that is taken away runs, and makes and trains the very network of the design."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from hypothesis import given, settings

from core.data import library
from core.data.sources import source
from core.data.split import Parts, split
from core.experiment import edits
from core.experiment.check import check, errors
from core.experiment.dataset import DatasetInfo
from core.experiment.experiment import Experiment
from core.experiment.presets import PRESETS, preset
from core.model.build import build
from core.runs.store import RunStore
from core.takeaway.network_code import compiling_lines, network_lines
from core.takeaway.origin import origin_of
from core.training.engine import train
from core.training.evaluation import evaluate
from core.workers.client import Workers
from tests.contract.foremen import over
from tests.contract.scripts import run_script
from tests.contract.trainings import Notes, way
from tests.unit import strategies
from tests.unit.made_up import PICTURES

LEGAL = [each for each in PRESETS if not each.to_mend]


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Parts:
    dataset = library.load("digits")
    return split(dataset, preset("article").experiment(dataset.info).data)


def _by_code(design: Experiment, info: DatasetInfo, x_train: Any) -> keras.Model:
    names: dict[str, Any] = {"keras": keras, "x_train": x_train}
    keras.utils.set_random_seed(design.training.seed)
    lines = "\n".join((*network_lines(design, info), *compiling_lines(design, info)))
    exec(compile(lines, "train.py", "exec"), names)
    model: keras.Model = names["model"]
    return model


def _assert_same(one: keras.Model, other: keras.Model) -> None:
    assert one.output_shape == other.output_shape
    assert [each.shape for each in one.weights] == [each.shape for each in other.weights]
    for mine, theirs in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-5)
    named = {"name": ""}  # Keras counts the optimizers of a process in their names
    assert one.optimizer.get_config() | named == other.optimizer.get_config() | named
    assert one.loss.get_config() == other.loss.get_config()


@pytest.mark.parametrize("normalization", ["none", "rescale", "standardize"])
@pytest.mark.parametrize("each", LEGAL, ids=lambda each: each.name)
def test_a_presets_code_makes_the_same_network_with_the_same_weights(
    each: Any, normalization: str, parts: Parts, digits_info: DatasetInfo
) -> None:
    design = edits.set_data(each.experiment(digits_info), normalization=normalization)
    ours = build(design, digits_info, parts.statistics)
    _assert_same(_by_code(design, digits_info, parts.training.inputs), ours)


@settings(max_examples=40, deadline=None)
@given(strategies.experiments(most_layers=5))
def test_the_code_of_any_design_is_python_and_of_a_legal_one_makes_its_network(design: Experiment) -> None:
    design = edits.set_data(design, dataset=PICTURES.name)
    if errors(check(design, PICTURES)):
        return
    random = np.random.default_rng(0)
    inputs = random.integers(0, 255, (40, *PICTURES.input_shape), dtype=np.uint8)
    _by_code(design, PICTURES, inputs)


def _preset(name: str, info: DatasetInfo, normalization: str = "rescale", **plan: object) -> Experiment:
    made = edits.set_training(preset(name).experiment(info), **{"epochs": 3, **plan})
    return edits.set_data(made, normalization=normalization)


def _hinge(info: DatasetInfo) -> Experiment:
    linear = edits.change(preset("article").experiment(info), "dense_2", activation="linear")
    sgd = {"optimizer": "sgd", "learning_rate": 0.05, "momentum": 0.9, "nesterov": True}
    return edits.set_training(linear, loss="hinge", epochs=3, schedule="cosine", early_stopping=True, **sgd)


DESIGNS: dict[str, Callable[[DatasetInfo], Experiment]] = {
    "squared error, standardized": lambda info: _preset("zero_hidden", info, "standardize"),
    "hinge, cosine, early stopping": _hinge,
    "raw pixels, whole batches": lambda info: _preset("article", info, "none", batching="all"),
    "a step a sample": lambda info: _preset("softmax_regression", info, batching="stochastic"),
    "what makes much of a last bit": lambda info: _preset("notebook_rescaled", info, epochs=20),
    "convolutions": lambda info: _preset("lenet", info, optimizer="rmsprop"),
    "blocks": lambda info: _preset("inception", info),
    "dropout": lambda info: _preset("small_cnn", info),
    "batch normalization": lambda info: _preset("small_resnet", info),
}


@pytest.mark.parametrize("name", DESIGNS)
def test_the_program_trains_by_itself_and_gives_the_runs_own_curves_and_figures(
    name: str, tmp_path: Path, parts: Parts, digits_info: DatasetInfo
) -> None:
    experiment = DESIGNS[name](digits_info)
    dataset = library.load("digits")
    told = run_script(experiment, source("digits"), tmp_path)

    model = build(experiment, digits_info, parts.statistics)
    notes = Notes()
    train(model, parts, digits_info, experiment, notes, path=way(experiment, digits_info))
    ours = evaluate(model, dataset.test, digits_info, experiment.training)
    for figure in ("loss", "val_loss"):
        curve = [body[figure] for body in notes.bodies("epoch")]
        assert told.history[figure] == pytest.approx(curve, rel=1e-5)  # the store keeps six digits
    assert told.figures["loss"] == pytest.approx(ours["loss"], rel=1e-5)
    assert told.figures["accuracy"] == pytest.approx(ours["accuracy"], abs=1e-6)
    assert "It reads" in told.output
    assert (tmp_path / "model.keras").stat().st_size > 0


def test_the_program_of_a_run_repeats_what_the_runs_own_process_came_to(
    store: RunStore, workers: Workers, tmp_path: Path, digits_info: DatasetInfo
) -> None:
    """A run's process gives TensorFlow as many threads as it may use: sums differ by them."""
    experiment = edits.set_training(preset("inception").experiment(digits_info), epochs=3)
    run = store.create(experiment, "mine")
    workers.train(run.id)
    run = over(store, run)
    library.load("digits")  # so that its file lies here, too
    told = run_script(experiment, source("digits"), tmp_path, origin_of(run, store))
    assert told.figures["loss"] == pytest.approx(run.result["test_loss"], rel=1e-5)
    assert told.figures["accuracy"] == pytest.approx(run.result["test_accuracy"], abs=1e-6)
    curve = [event.body["loss"] for event in store.events(run.id) if event.kind == "epoch"]
    assert told.history["loss"] == pytest.approx(curve, rel=1e-5)
