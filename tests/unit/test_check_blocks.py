"""Illegal inputs, and what is unwise in blocks: found where they are and not next door."""

from __future__ import annotations

import pytest

from core.experiment.check import check
from tests.unit.designs import CONV, DENSE, FLAT, NUMBER, SAME, SOFTMAX, SQUARES, design, layer
from tests.unit.made_up import HOUSES, PICTURES
from tests.unit.problem_cases import ERROR, Case, parameters

ILLEGAL = [
    Case("illegal-input", PICTURES, (FLAT, CONV, SOFTMAX), "l1", ("Move l1 before l0", "Remove l1"), ERROR),
    Case(
        "illegal-input",
        PICTURES,
        (FLAT, layer("MaxPooling2D"), SOFTMAX),
        "l1",
        ("Move l1 before l0", "Remove l1"),
        ERROR,
    ),
    Case(
        "illegal-input",
        PICTURES,
        (FLAT, DENSE, layer("Residual", (SAME,)), SOFTMAX),
        "l3",
        ("Remove l3",),
        ERROR,
    ),
    Case(
        "illegal-input",
        PICTURES,
        (layer("Residual", (FLAT, SAME)), FLAT, SOFTMAX),
        "l2",
        ("Move l2 before l1", "Remove l2"),
        ERROR,
    ),
    Case(
        "illegal-input",
        PICTURES,
        (layer("Conv2D", kernel_size=10), FLAT, SOFTMAX),
        "l0",
        ("Use padding “same”", "Make the window 9 × 9", "Remove l0"),
        ERROR,
    ),
    Case(
        "illegal-input",
        PICTURES,
        (layer("MaxPooling2D", pool_size=31), FLAT, SOFTMAX),
        "l0",
        ("Use padding “same”", "Make the window 9 × 9", "Remove l0"),
        ERROR,
    ),
    Case("illegal-input", HOUSES, (CONV, NUMBER), "l0", ("Remove l0",), ERROR, SQUARES),
    Case(
        "illegal-input",
        PICTURES,
        (layer("Reshape", target_shape=(7, 7)), FLAT, SOFTMAX),
        "l0",
        ("Arrange them as 18 × 18 × 1", "Remove l0"),
        ERROR,
    ),
    Case(
        "illegal-input",
        HOUSES,
        (layer("Reshape", target_shape=(3, 3)), FLAT, NUMBER),
        "l0",
        ("Arrange them as 8", "Remove l0"),
        ERROR,
        SQUARES,
    ),
    Case(
        "illegal-input",
        PICTURES,
        (FLAT, layer("Dense", units=5), layer("Softmax", axis=5)),
        "l2",
        ("Use the last axis", "Remove l2"),
        ERROR,
    ),
    Case(
        "illegal-input",
        PICTURES,
        (layer("Residual", (CONV,)), FLAT, SOFTMAX),
        "l0",
        ("Use padding “same” inside l0", "Remove l0"),
        ERROR,
    ),
    Case(
        "illegal-input",
        PICTURES,
        (layer("Parallel", (SAME,), (layer("Residual", (CONV,)), CONV)), FLAT, SOFTMAX),
        "l2",
        ("Use padding “same” inside l2", "Remove l2"),
        ERROR,
    ),
    Case(
        "illegal-input",
        PICTURES,
        (layer("Parallel", (CONV,), ()), FLAT, SOFTMAX),
        "l0",
        ("Use padding “same” inside l0", "Remove l0"),
        ERROR,
    ),
    Case(
        "illegal-input",
        HOUSES,
        (layer("Parallel", (DENSE,), (layer("Dense", units=3),), joining="add"), NUMBER),
        "l0",
        ("Remove l0",),
        ERROR,
        SQUARES,
    ),
    Case("illegal-input", PICTURES, (CONV, layer("MaxPooling2D"), FLAT, SOFTMAX), near=True),
    Case("illegal-input", PICTURES, (layer("Residual", (SAME,)), FLAT, SOFTMAX), near=True),
    Case("illegal-input", PICTURES, (layer("Reshape", target_shape=(9, 12, 3)), FLAT, SOFTMAX), near=True),
]

BLOCKS = [
    Case("dead-end", PICTURES, (layer("Residual"), FLAT, SOFTMAX), "l0", ("Remove l0",)),
    Case("dead-end", PICTURES, (layer("Parallel"), FLAT, SOFTMAX), "l0", ("Remove l0",)),
    Case(
        "dead-end",
        PICTURES,
        (layer("Parallel", (), (SAME,), ()), FLAT, SOFTMAX),
        "l0",
        ("Remove branch 3", "Remove l0"),
    ),
    Case(
        "dead-end",
        PICTURES,
        (layer("Parallel", (layer("Residual"),), ()), FLAT, SOFTMAX),
        "l1",
        ("Remove l1",),
    ),
    Case("dead-end", PICTURES, (layer("Parallel", (SAME,), ()), FLAT, SOFTMAX), near=True),
    Case("dead-end", PICTURES, (layer("Residual", (SAME,)), FLAT, SOFTMAX), near=True),
    Case(
        "repeated-to-fit",
        PICTURES,
        (layer("Residual", (layer("GlobalMaxPooling2D"),)), FLAT, SOFTMAX),
        "l0",
        ("Remove l0",),
    ),
    Case(
        "repeated-to-fit",
        HOUSES,
        (layer("Parallel", (NUMBER,), (), joining="add"), NUMBER),
        "l0",
        ("Remove l0",),
        training=SQUARES,
    ),
    Case("repeated-to-fit", HOUSES, (layer("Residual", (layer("Dense", units=5),)), NUMBER), near=True),
    Case("repeated-to-fit", HOUSES, (layer("Parallel", (NUMBER,), ()), NUMBER), near=True),
    Case("repeated-to-fit", HOUSES, (layer("Parallel", (DENSE,), (), joining="add"), NUMBER), near=True),
]
CASES = [*ILLEGAL, *BLOCKS]


@pytest.mark.parametrize("case", parameters(CASES))
def test_a_problem_is_found_where_it_is_and_each_fix_mends_it(case: Case) -> None:
    case.holds()


def test_a_block_behind_an_illegal_layer_inside_is_not_blamed_as_well() -> None:
    made = design(PICTURES, layer("Residual", (FLAT, SAME)), FLAT, SOFTMAX)
    assert [(each.code, each.where) for each in check(made, PICTURES)] == [("illegal-input", "l2")]


def test_the_message_names_the_layer_its_kind_and_the_shapes() -> None:
    (problem,) = check(design(PICTURES, layer("Conv2D", kernel_size=10), FLAT, SOFTMAX), PICTURES)
    assert problem.where == "l0"
    assert problem.message == "l0 (Conv2D) has a window of 10 × 10, larger than its input of 12 × 9 × 3."
