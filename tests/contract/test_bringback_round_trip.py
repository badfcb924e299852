"""A network that Keras saved comes back as the design that it was, and answers the same to the bit."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import keras
import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from core.bringback.archive import open_archive
from core.bringback.network import parts
from core.data.sources import SOURCES
from core.data.split import Statistics
from core.experiment import choices
from core.experiment.block import Block, every_layer
from core.experiment.data_spec import DataSpec
from core.experiment.dataset import DatasetInfo, Shape, Task
from core.experiment.experiment import Experiment
from core.experiment.layer import CATALOG
from core.experiment.layers.flatten import Flatten
from core.experiment.layers.parallel import ADD, Parallel
from core.experiment.presets import Preset, presets_for
from core.experiment.shapes import walk
from core.model.build import build, network
from tests.contract.brought import answers, brought, contents, saved
from tests.contract.keras_oracle import Stack
from tests.unit import strategies
from tests.unit.designs import FLAT, SOFTMAX
from tests.unit.designs import design as design_of
from tests.unit.keras_files import zipped
from tests.unit.made_up import HOUSES, PICTURES, PICTURES_SOURCE

pytestmark = [
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),  # Keras 3.15, saving
    pytest.mark.filterwarnings("ignore:.*softmax over axis:UserWarning"),  # useless, but legal
]
CASES = [
    pytest.param(preset, info, row.value, id=f"{preset.name}-{info.name}-{row.value}")
    for info in (PICTURES, HOUSES)
    for preset in presets_for(info)
    if not preset.to_mend
    for row in choices.NORMALIZATIONS
]
STATISTICS = {
    PICTURES.name: Statistics((33.3,), (78.6,)),
    HOUSES.name: Statistics(tuple(range(8)), (2.5,) * 8),
}


@pytest.fixture(autouse=True)
def forget() -> Iterator[None]:
    """Let go of the models of the test before."""
    yield
    keras.utils.clear_session()


@pytest.mark.parametrize(("preset", "info", "normalization"), CASES)
def test_every_preset_comes_back_with_each_normalization(
    preset: Preset, info: DatasetInfo, normalization: str, tmp_path: Path
) -> None:
    design = preset.experiment(info).with_data(normalization=normalization)
    model = build(design, info, STATISTICS[info.name])
    _shake(model)
    again, ours, _ = brought(saved(model, tmp_path), info, tmp_path)
    assert contents(again) == contents(design)
    assert again.data.normalization == normalization
    assert again.training.loss == design.training.loss
    assert again.training.optimizer == design.training.optimizer
    assert again.training.learning_rate == design.training.learning_rate
    assert np.array_equal(answers(ours, info), answers(model, info))


TREES = strategies.shapes().flatmap(lambda shape: st.tuples(st.just(shape), strategies.legal_stacks(shape)))


# a failing stack is small anyway, and each try saves and builds a network
@settings(
    max_examples=100,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(TREES)
def test_any_legal_stack_comes_back(tmp_path: Path, drawn: tuple[Shape, Stack]) -> None:
    shape, stack = drawn
    stack = (*stack, Flatten(name="row"))
    outputs = walk(stack, shape)[-1].output_shape
    assert outputs is not None
    info = DatasetInfo("n", "N", "N.", shape, Task.REGRESSION, 10, 1, targets=outputs[0])
    design = Experiment(data=DataSpec(dataset="n", normalization="none")).with_layers(stack)
    model = network(design, info, Statistics((0.0,), (1.0,)))
    _shake(model)
    again, ours, _ = brought(saved(model, tmp_path), info, tmp_path)
    if not any(isinstance(each, Parallel) and each.joining == ADD for each in every_layer(stack)):
        assert contents(again) == contents(design)  # else some come back as Residual, which does the same
    assert np.array_equal(answers(ours, info), answers(model, info), equal_nan=True)


def _shake(model: keras.Model) -> None:
    """Give all weights other numbers than they begin with."""
    random = np.random.default_rng(7)
    for layer in model.layers:
        if layer.name != "Normalization":
            layer.set_weights(
                [random.uniform(0.1, 0.5, each.shape).astype(np.float32) for each in layer.weights]
            )


OURS = [pytest.param(preset, id=preset.name) for preset in presets_for(PICTURES) if not preset.to_mend]


@pytest.mark.parametrize("preset", OURS)
@pytest.mark.parametrize("normalization", [row.value for row in choices.NORMALIZATIONS])
def test_every_preset_in_a_file_of_ours_comes_back_whole(
    preset: Preset, normalization: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SOURCES, PICTURES.name, PICTURES_SOURCE)
    design = (
        preset.experiment(PICTURES).with_data(normalization=normalization, seed=3).with_training(patience=9)
    )
    model = build(design, PICTURES, STATISTICS[PICTURES.name])
    document = json.dumps({"format": 1, "experiment": design.to_dict(), "card": {}}).encode()
    content = zipped({**parts(open_archive(saved(model, tmp_path))), "layerlab.json": document})
    again, ours, remarks = brought(content, HOUSES, tmp_path)  # the file knows better which data it is for
    assert again == design
    assert remarks == []
    assert np.array_equal(answers(ours, PICTURES), answers(model, PICTURES))


def test_layers_that_keras_writes_in_its_own_way_come_back_in_a_file_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SOURCES, PICTURES.name, PICTURES_SOURCE)
    kinds = [each for each in CATALOG if not issubclass(CATALOG[each], Block)]
    for kind in kinds:
        layer = CATALOG[kind].from_dict({"name": "one"})
        steps = walk((layer,), PICTURES.input_shape)
        if steps[0].output_shape is None:
            continue
        design = design_of(PICTURES, layer, FLAT, SOFTMAX)
        model = build(design, PICTURES, STATISTICS[PICTURES.name])
        document = json.dumps({"format": 1, "experiment": design.to_dict()}).encode()
        content = zipped({**parts(open_archive(saved(model, tmp_path))), "layerlab.json": document})
        assert brought(content, PICTURES, tmp_path)[0] == design
