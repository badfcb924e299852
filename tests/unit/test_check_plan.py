"""Problems of size and of training: found at the limit and not below it, and each fix mends."""

from __future__ import annotations

import dataclasses

import pytest

from core.experiment.check import check
from core.experiment.limits import MOST_PARAMETERS, VARIABLE, Limits
from core.experiment.numbers import training_memory
from core.experiment.shapes import walk
from core.experiment.training_spec import TrainingSpec
from tests.unit.designs import DENSE, FLAT, NUMBER, SOFTMAX, SQUARES, design, layer
from tests.unit.made_up import HOUSES, PICTURES
from tests.unit.problem_cases import ERROR, Case, parameters

TINY = dataclasses.replace(PICTURES, training_size=20)
HUNDRED = dataclasses.replace(PICTURES, value_range=(0.0, 100.0))
NORMED = layer("BatchNormalization")
ALL = TrainingSpec(batching="all")


def _plan(**settings: object) -> TrainingSpec:
    return TrainingSpec.from_dict(settings)


def _needed(training: TrainingSpec) -> int:
    made = design(PICTURES, FLAT, DENSE, SOFTMAX, training=training)
    return training_memory(made, PICTURES, walk(made.model.layers, PICTURES.input_shape)).total


SIZE = [
    Case(
        "too-large",
        PICTURES,
        (FLAT, layer("Dense", units=65_536), SOFTMAX),
        "l1",
        ("Give l1 32,768 units", "Remove l1"),
        ERROR,
    ),
    # neither of the two alone would be too large, but each is half of what is too much
    Case(
        "too-large",
        HOUSES,
        (layer("Dense", units=5_000), layer("Dense", units=5_000), NUMBER),
        "l1",
        ("Give l1 2,500 units", "Remove l1"),
        ERROR,
        SQUARES,
    ),
    # 8 × 8 + 8, and 8 + 1 at the end
    Case(
        "too-large",
        HOUSES,
        (DENSE, NUMBER),
        "l0",
        ("Give l0 4 units", "Remove l0"),
        ERROR,
        SQUARES,
        limits=Limits(80),
    ),
    Case(
        "too-large",
        HOUSES,
        (layer("Residual", (DENSE,)), NUMBER),
        "l1",
        ("Give l1 4 units", "Remove l1"),
        ERROR,
        SQUARES,
        limits=Limits(80),
    ),
    # taking one of the two out is not enough
    Case(
        "too-large",
        HOUSES,
        (DENSE, DENSE, NUMBER),
        "l0",
        ("Give l0 1 units",),
        ERROR,
        SQUARES,
        limits=Limits(50),
    ),
    Case("too-large", HOUSES, (DENSE, NUMBER), training=SQUARES, limits=Limits(81), near=True),
    Case("too-large", PICTURES, (FLAT, layer("Dense", units=50_000), SOFTMAX), near=True),
]

MEMORY = [
    Case(
        "too-much-memory",
        PICTURES,
        (FLAT, DENSE, SOFTMAX),
        "training",
        ("Use batches of 32",),
        ERROR,
        ALL,
        limits=Limits(memory=_needed(ALL) - 1),
    ),
    # smaller batches would not do
    Case(
        "too-much-memory",
        PICTURES,
        (FLAT, DENSE, SOFTMAX),
        "training",
        (),
        ERROR,
        ALL,
        limits=Limits(memory=_needed(TrainingSpec()) - 1),
    ),
    Case(
        "too-much-memory",
        PICTURES,
        (FLAT, DENSE, SOFTMAX),
        training=ALL,
        limits=Limits(memory=_needed(ALL)),
        near=True,
    ),
    Case("too-much-memory", PICTURES, (FLAT, DENSE, SOFTMAX), training=ALL, near=True),
]

BATCHES = [
    Case(
        "batch-larger-than-data",
        PICTURES,
        (FLAT, SOFTMAX),
        "training",
        ("Use batches of 32",),
        training=_plan(batch_size=136),
    ),
    Case(
        "batch-larger-than-data",
        HOUSES,
        (NUMBER,),
        "training",
        ("Use batches of 32",),
        training=SQUARES.replace(batch_size=5_000),
    ),
    Case("batch-larger-than-data", TINY, (FLAT, SOFTMAX), "training", ("Use batches of 18",)),
    Case("batch-larger-than-data", PICTURES, (FLAT, SOFTMAX), training=_plan(batch_size=135), near=True),
    Case("batch-larger-than-data", TINY, (FLAT, SOFTMAX), training=ALL, near=True),
    Case(
        "batch-larger-than-data",
        TINY,
        (FLAT, SOFTMAX),
        training=_plan(batching="stochastic", batch_size=5_000),
        near=True,
    ),
    Case(
        "batch-of-one",
        PICTURES,
        (FLAT, DENSE, NORMED, SOFTMAX),
        "l2",
        ("Use batches of 32", "Use LayerNormalization instead"),
        training=_plan(batch_size=1),
    ),
    Case(
        "batch-of-one",
        PICTURES,
        (layer("Residual", (NORMED,)), FLAT, SOFTMAX),
        "l1",
        ("Use batches of 32", "Use LayerNormalization instead"),
        training=_plan(batching="stochastic"),
    ),
    Case("batch-of-one", PICTURES, (FLAT, NORMED, SOFTMAX), training=_plan(batch_size=2), near=True),
    Case("batch-of-one", PICTURES, (FLAT, NORMED, SOFTMAX), training=ALL, near=True),
    Case(
        "batch-of-one",
        PICTURES,
        (FLAT, layer("LayerNormalization"), SOFTMAX),
        training=_plan(batch_size=1),
        near=True,
    ),
]

HALVES = [
    Case(
        "halves-on-a-processor",
        PICTURES,
        (FLAT, SOFTMAX),
        "training",
        ("Use 32 bits",),
        training=_plan(dtype_policy=policy),
        limits=Limits(card=False),
    )
    for policy in ("mixed_float16", "mixed_bfloat16")
] + [
    Case(
        "halves-on-a-processor",
        PICTURES,
        (FLAT, SOFTMAX),
        training=_plan(dtype_policy=policy),
        limits=Limits(card=card),
        near=True,
    )
    for policy, card in (("mixed_float16", True), ("float32", False))
]

RATES = [
    Case(
        "raw-high-rate",
        PICTURES,
        (FLAT, SOFTMAX),
        "training",
        ("Normalize: ÷ 255", "Use a rate of 0.001"),
        training=_plan(learning_rate=0.006),
        normalization="none",
    ),
    Case(
        "raw-high-rate",
        HUNDRED,
        (FLAT, SOFTMAX),
        "training",
        ("Rescale the inputs to 0–1", "Use a rate of 0.001"),
        training=_plan(learning_rate=0.006),
        normalization="none",
    ),
    Case(
        "raw-high-rate",
        PICTURES,
        (FLAT, SOFTMAX),
        training=_plan(learning_rate=0.005),
        normalization="none",
        near=True,
    ),
    Case("raw-high-rate", PICTURES, (FLAT, SOFTMAX), training=_plan(learning_rate=0.006), near=True),
    Case(
        "raw-high-rate",
        HOUSES,
        (NUMBER,),
        training=SQUARES.replace(learning_rate=0.05),
        normalization="none",
        near=True,
    ),
    Case(
        "high-rate",
        PICTURES,
        (FLAT, SOFTMAX),
        "training",
        ("Use a rate of 0.001",),
        training=_plan(learning_rate=0.06),
    ),
    Case(
        "high-rate",
        PICTURES,
        (FLAT, SOFTMAX),
        "training",
        ("Use a rate of 0.01",),
        training=_plan(optimizer="sgd", learning_rate=1.5),
        normalization="standardize",
    ),
    Case("high-rate", PICTURES, (FLAT, SOFTMAX), training=_plan(learning_rate=0.05), near=True),
    Case(
        "high-rate",
        PICTURES,
        (FLAT, SOFTMAX),
        training=_plan(optimizer="sgd", learning_rate=1.0),
        near=True,
    ),
    # said once, in the words for raw inputs
    Case(
        "high-rate",
        PICTURES,
        (FLAT, SOFTMAX),
        training=_plan(learning_rate=0.06),
        normalization="none",
        near=True,
    ),
]
CASES = [*SIZE, *MEMORY, *BATCHES, *HALVES, *RATES]


@pytest.mark.parametrize("case", parameters(CASES))
def test_a_problem_is_found_where_it_is_and_each_fix_mends_it(case: Case) -> None:
    case.holds()


@pytest.mark.parametrize(
    ("written", "expected"),
    [("", MOST_PARAMETERS), ("123", 123), ("1_000_000", 10**6), ("2,500", 2_500)]
    + [(wrong, MOST_PARAMETERS) for wrong in ("0", "-5", "lots", "1.5", "1e6", "²")],
)
def test_the_most_weights_can_be_set_from_outside(
    written: str, expected: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, written)
    Limits.of_machine.cache_clear()
    try:
        limits = Limits.of_machine()
    finally:
        Limits.of_machine.cache_clear()
    assert limits.parameters == expected
    assert limits.memory is not None
    assert limits.memory > 10**8
    made = design(HOUSES, layer("Dense", units=16), NUMBER, training=SQUARES)
    assert ("too-large" in {each.code for each in check(made, HOUSES, limits)}) is (expected < 161)
