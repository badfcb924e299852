"""Problems of layers, and of what follows each other: found where they are and not next door."""

from __future__ import annotations

import dataclasses

import pytest

from tests.unit.designs import CONV, DENSE, FLAT, NUMBER, SOFTMAX, SQUARES, layer
from tests.unit.made_up import HOUSES, PICTURES
from tests.unit.problem_cases import Case, parameters

LINEAR = layer("Dense", units=8, activation="linear")
INSIDE = layer("Dense", units=8, activation="softmax")
DROPOUT = layer("Dropout")
SHARES = layer("Softmax")
GREY = dataclasses.replace(PICTURES, input_shape=(12, 9, 1))
ROWS = dataclasses.replace(PICTURES, input_shape=(12, 9))

SOFTMAXES = [
    Case("softmax-twice", PICTURES, (FLAT, SOFTMAX, SHARES), "l2", ("Remove l2",)),
    Case("softmax-twice", PICTURES, (FLAT, SOFTMAX, DROPOUT, SHARES), "l3", ("Remove l3",)),
    Case(
        "softmax-twice",
        PICTURES,
        (FLAT, SOFTMAX, layer("Activation", activation="softmax")),
        "l2",
        ("Remove l2",),
    ),
    Case(
        "softmax-twice", PICTURES, (FLAT, layer("Dense", units=5, activation="linear"), SHARES), near=True
    ),
    Case("softmax-twice", PICTURES, (FLAT, INSIDE, SOFTMAX), near=True),
    Case("softmax-inside", PICTURES, (FLAT, INSIDE, SOFTMAX), "l1", ("Use ReLU in l1",)),
    Case("softmax-inside", PICTURES, (FLAT, LINEAR, SHARES, SOFTMAX), "l2", ("Remove l2",)),
    Case(
        "softmax-inside",
        PICTURES,
        (layer("Residual", (INSIDE, LINEAR)), FLAT, SOFTMAX),
        "l1",
        ("Use ReLU in l1",),
    ),
    Case(
        "softmax-inside",
        PICTURES,
        (FLAT, LINEAR, layer("Activation", activation="softmax"), DROPOUT, SOFTMAX),
        "l2",
        ("Use ReLU in l2",),
    ),
    Case("softmax-inside", PICTURES, (FLAT, DENSE, SOFTMAX), near=True),
    Case("softmax-inside", PICTURES, (FLAT, layer("Dense", activation="sigmoid"), SOFTMAX), near=True),
    Case(
        "softmax-single",
        HOUSES,
        (layer("Dense", units=1, activation="softmax"),),
        "l0",
        ("Use sigmoid in l0",),
        training=SQUARES,
    ),
    Case("softmax-single", HOUSES, (NUMBER, SHARES), "l1", ("Remove l1",), training=SQUARES),
    Case(
        "softmax-single",
        HOUSES,
        (layer("Dense", units=2, activation="softmax"),),
        training=SQUARES,
        near=True,
    ),
    Case(
        "softmax-single",
        HOUSES,
        (layer("Dense", units=1, activation="sigmoid"),),
        training=SQUARES,
        near=True,
    ),
    Case(
        "softmax-over-batch",
        PICTURES,
        (FLAT, DENSE, layer("Softmax", axis=0)),
        "l2",
        ("Use the last axis",),
    ),
    Case(
        "softmax-over-batch",
        PICTURES,
        (FLAT, DENSE, layer("Softmax", axis=-2)),
        "l2",
        ("Use the last axis",),
    ),
    Case(
        "softmax-over-batch",
        PICTURES,
        (layer("Softmax", axis=-4), FLAT, SOFTMAX),
        "l0",
        ("Use the last axis",),
    ),
    Case("softmax-over-batch", PICTURES, (FLAT, DENSE, layer("Softmax", axis=1)), near=True),
    Case("softmax-over-batch", PICTURES, (layer("Softmax", axis=-2), FLAT, SOFTMAX), near=True),
]

ORDER = [
    Case("no-non-linearity", PICTURES, (FLAT, LINEAR, SOFTMAX), "l1", ("Use ReLU in l1",)),
    Case("no-non-linearity", PICTURES, (FLAT, LINEAR, DROPOUT, SOFTMAX), "l1", ("Use ReLU in l1",)),
    Case(
        "no-non-linearity",
        PICTURES,
        (layer("Conv2D", activation="linear"), layer("BatchNormalization"), FLAT, SOFTMAX),
        "l0",
        ("Use ReLU in l0",),
    ),
    Case(
        "no-non-linearity", HOUSES, (layer("Residual", (LINEAR, DENSE)), NUMBER), "l1", ("Use ReLU in l1",)
    ),
    Case("no-non-linearity", PICTURES, (FLAT, DENSE, SOFTMAX), near=True),
    Case("no-non-linearity", PICTURES, (FLAT, LINEAR, layer("Activation"), SOFTMAX), near=True),
    Case("no-non-linearity", PICTURES, (FLAT, LINEAR, layer("LayerNormalization"), SOFTMAX), near=True),
    Case(
        "no-non-linearity",
        PICTURES,
        (layer("Conv2D", activation="linear"), layer("MaxPooling2D"), FLAT, SOFTMAX),
        near=True,
    ),
    Case(
        "no-flatten",
        PICTURES,
        (CONV, DENSE, FLAT, SOFTMAX),
        "l1",
        ("Add Flatten before l1", "Add GlobalAveragePooling2D before l1"),
    ),
    Case(
        "no-flatten",
        PICTURES,
        (DENSE, DENSE, FLAT, SOFTMAX),
        "l0",
        ("Add Flatten before l0", "Add GlobalAveragePooling2D before l0"),
    ),
    Case("no-flatten", GREY, (DENSE, FLAT, SOFTMAX), "l0", ("Add Flatten before l0",)),
    Case("no-flatten", ROWS, (DENSE, FLAT, SOFTMAX), "l0", ("Add Flatten before l0",)),
    Case("no-flatten", PICTURES, (FLAT, DENSE, SOFTMAX), near=True),
    Case("no-flatten", PICTURES, (layer("GlobalAveragePooling2D"), SOFTMAX), near=True),
    Case(
        "noise-after-output",
        PICTURES,
        (FLAT, SOFTMAX, DROPOUT),
        "l2",
        ("Move l2 before l1", "Remove l2"),
    ),
    Case(
        "noise-after-output",
        HOUSES,
        (NUMBER, layer("Residual", (NUMBER,)), layer("GaussianNoise")),
        "l3",
        ("Move l3 before l1", "Remove l3"),
        training=SQUARES,
    ),
    Case("noise-after-output", PICTURES, (FLAT, DROPOUT, SOFTMAX), near=True),
    Case("noise-after-output", PICTURES, (DROPOUT, FLAT), near=True),
]

OWN = [
    Case(
        "equal-weights",
        PICTURES,
        (FLAT, layer("Dense", kernel_initializer="zeros"), SOFTMAX),
        "l1",
        ("Start from Glorot uniform",),
    ),
    Case(
        "equal-weights",
        PICTURES,
        (layer("SeparableConv2D", pointwise_initializer="ones"), FLAT, SOFTMAX),
        "l0",
        ("Start from Glorot uniform",),
    ),
    Case(
        "equal-weights",
        PICTURES,
        (FLAT, layer("Dense", kernel_initializer="he_normal"), SOFTMAX),
        near=True,
    ),
    Case(
        "equal-weights",
        PICTURES,
        (
            layer("SeparableConv2D", depthwise_initializer="zeros", pointwise_initializer="zeros"),
            FLAT,
            SOFTMAX,
        ),
        "l0",
        ("Start from Glorot uniform",),
    ),
    # every plane is filtered alike, and then mixed at random
    Case(
        "equal-weights",
        PICTURES,
        (layer("SeparableConv2D", depthwise_initializer="ones"), FLAT, SOFTMAX),
        near=True,
    ),
    Case(
        "large-turn",
        PICTURES,
        (layer("RandomRotation", factor=0.13), FLAT, SOFTMAX),
        "l0",
        ("Turn by 11 degrees at most",),
    ),
    Case("large-turn", PICTURES, (layer("RandomRotation", factor=0.125), FLAT, SOFTMAX), near=True),
]

CASES = [*SOFTMAXES, *ORDER, *OWN]


@pytest.mark.parametrize("case", parameters(CASES))
def test_a_problem_is_found_where_it_is_and_each_fix_mends_it(case: Case) -> None:
    case.holds()
