"""Check finds each problem, and each fix it offers mends that problem."""

from __future__ import annotations

import ast
import dataclasses
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import core.experiment.check
from core.experiment.check import Severity, check, errors
from core.experiment.dataset import DatasetInfo
from core.experiment.experiment import DataSpec, Experiment, TrainingSpec
from core.experiment.layer import CATALOG, Layer
from core.experiment.shapes import walk
from tests.unit import strategies
from tests.unit.made_up import HOUSES, PICTURES

Stack = list[tuple[str, dict[str, object]]]
FLAT: Stack = [("Flatten", {})]
SOFTMAX: tuple[str, dict[str, object]] = ("Dense", {"units": 5, "activation": "softmax"})
NUMBER: tuple[str, dict[str, object]] = ("Dense", {"units": 1, "activation": "linear"})
FIVE = dataclasses.replace(PICTURES, input_shape=(5,))
TINY = dataclasses.replace(PICTURES, training_size=20)
MSE: dict[str, object] = {"loss": "mean_squared_error"}
CASES: dict[str, list[tuple[DatasetInfo, Stack, dict[str, object]]]] = {
    "illegal-input": [
        (PICTURES, [*FLAT, ("Conv2D", {}), SOFTMAX], {}),
        (PICTURES, [*FLAT, ("MaxPooling2D", {}), SOFTMAX], {}),
        (PICTURES, [("Conv2D", {"kernel_size": 10}), *FLAT, SOFTMAX], {}),
        (PICTURES, [("MaxPooling2D", {"pool_size": 31}), *FLAT, SOFTMAX], {}),
        (HOUSES, [("Conv2D", {}), NUMBER], MSE),
    ],
    "loss-for-task": [
        (PICTURES, [*FLAT, SOFTMAX], MSE),
        (HOUSES, [NUMBER], {"loss": "sparse_categorical_crossentropy"}),
        (HOUSES, [NUMBER], {"loss": "categorical_crossentropy"}),
    ],
    "output-shape": [
        (PICTURES, [], {}),
        (PICTURES, FLAT, {}),
        (PICTURES, [*FLAT, ("Dense", {"units": 10, "activation": "softmax"})], {}),
        (PICTURES, [*FLAT, SOFTMAX, ("Dropout", {}), ("Dense", {"units": 7})], {}),
        (PICTURES, [*FLAT, ("Dense", {"units": 7}), ("Dropout", {})], {}),
        (PICTURES, [("Conv2D", {})], {}),
        (PICTURES, [SOFTMAX], {}),
        (PICTURES, [("Dense", {"units": 64}), ("Dense", {"units": 10, "activation": "softmax"})], {}),
        (PICTURES, [("Conv2D", {}), SOFTMAX], {}),
        (HOUSES, [("Dense", {"units": 4})], MSE),
        (HOUSES, [], MSE),
    ],
    "output-activation": [
        (PICTURES, [*FLAT, ("Dense", {"units": 5, "activation": "relu"})], {}),
        (PICTURES, [*FLAT, ("Dense", {"units": 5, "activation": "sigmoid"}), ("Dropout", {})], {}),
        (
            PICTURES,
            [*FLAT, ("Dense", {"units": 5, "activation": "linear"})],
            {"loss": "categorical_crossentropy"},
        ),
        (FIVE, [], {}),
        (FIVE, [("Dropout", {})], {}),
        (HOUSES, [("Dense", {"units": 1, "activation": "softmax"})], MSE),
        (HOUSES, [("Dense", {"units": 1, "activation": "sigmoid"})], MSE),
    ],
    "no-flatten": [
        (PICTURES, [("Dense", {"units": 8}), *FLAT, SOFTMAX], {}),
        (PICTURES, [("Conv2D", {}), ("Dense", {}), ("Dense", {}), *FLAT, SOFTMAX], {}),
    ],
    "too-large": [
        (PICTURES, [*FLAT, ("Dense", {"units": 65_536}), SOFTMAX], {}),
        (HOUSES, [("Dense", {"units": 5_000}), ("Dense", {"units": 5_000}), NUMBER], MSE),
    ],
    "batch-larger-than-data": [
        (PICTURES, [*FLAT, SOFTMAX], {"batch_size": 5_000}),
        (HOUSES, [NUMBER], {**MSE, "batch_size": 150}),
        (TINY, [*FLAT, SOFTMAX], {}),
    ],
}
ALL = [
    pytest.param(code, *case, id=f"{code}-{n}")
    for code, cases in CASES.items()
    for n, case in enumerate(cases)
]


def _design(info: DatasetInfo, stack: Stack, training: dict[str, object]) -> Experiment:
    layers = tuple(CATALOG[kind](name=f"l{n}", **settings) for n, (kind, settings) in enumerate(stack))
    design = Experiment(data=DataSpec(dataset=info.name)).with_layers(layers)
    return design.with_training(**training)


@pytest.mark.parametrize(("code", "info", "stack", "training"), ALL)
def test_a_problem_is_found_and_each_of_its_fixes_mends_it(
    code: str, info: DatasetInfo, stack: Stack, training: dict[str, object]
) -> None:
    design = _design(info, stack, training)
    found = [problem for problem in check(design, info) if problem.code == code]
    assert len(found) == 1
    assert found[0].fixes
    for fix in found[0].fixes:
        after = fix.edit(design)
        left = {problem.code for problem in check(after, info) if problem.where == found[0].where}
        assert code not in left, f"“{fix.label}” leaves {code}"


def test_every_code_there_is_has_a_case_here() -> None:
    tree = ast.parse(Path(core.experiment.check.__file__).read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    made = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "Problem"]
    assert {ast.literal_eval(call.args[0]) for call in made} == set(CASES)


def test_a_regression_on_eight_features_is_clean() -> None:
    assert check(_design(HOUSES, [("Dense", {"units": 16}), NUMBER], MSE), HOUSES) == ()


def test_a_classifier_of_twelve_by_nine_colour_pictures_is_clean() -> None:
    assert check(_design(PICTURES, [("Conv2D", {}), *FLAT, SOFTMAX], {}), PICTURES) == ()


def test_errors_come_first_and_alone_when_asked_for() -> None:
    design = _design(HOUSES, [("Conv2D", {}), NUMBER], {"batch_size": 5_000})
    problems = check(design, HOUSES)
    kinds = [problem.severity for problem in problems]
    assert kinds == [Severity.ERROR, Severity.ERROR, Severity.WARNING]
    assert errors(problems) == problems[:2]


def test_the_message_names_the_layer_its_kind_and_the_shapes() -> None:
    (problem,) = errors(
        check(_design(PICTURES, [("Conv2D", {"kernel_size": 10}), *FLAT, SOFTMAX], {}), PICTURES)
    )
    assert problem.where == "l0"
    assert problem.message == ("l0 (Conv2D) has a window of 10 × 10, larger than its input of 12 × 9 × 3.")


@settings(max_examples=50)
@given(strategies.small_stacks(4), st.sampled_from([PICTURES, HOUSES]), strategies.records(TrainingSpec))
def test_no_fix_on_any_stack_breaks_a_layer_that_was_legal(
    stack: tuple[Layer, ...], info: DatasetInfo, training: TrainingSpec
) -> None:
    design = Experiment(data=DataSpec(dataset=info.name), training=training).with_layers(stack)
    legal = {step.layer.name for step in walk(stack, info.input_shape) if step.output_shape is not None}
    for problem in check(design, info):
        for fix in problem.fixes:
            after = walk(fix.edit(design).model.layers, info.input_shape)
            broken = legal & {step.layer.name for step in after if step.illegal}
            assert not broken, f"“{fix.label}” for {problem.code} breaks {broken}"


@settings(max_examples=50)
@given(strategies.small_stacks(4), st.sampled_from([PICTURES, HOUSES]), strategies.records(TrainingSpec))
def test_following_the_first_fix_again_and_again_ends_in_a_design_without_errors(
    stack: tuple[Layer, ...], info: DatasetInfo, training: TrainingSpec
) -> None:
    design = Experiment(data=DataSpec(dataset=info.name), training=training).with_layers(stack)
    for _ in range(4 * len(stack) + 8):
        found = errors(check(design, info))
        if not found:
            return
        assert found[0].fixes, f"nobody knows what to do about: {found[0].message}"
        design = found[0].fixes[0].edit(design)
    pytest.fail(f"still there: {[problem.message for problem in errors(check(design, info))]}")
