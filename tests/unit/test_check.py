"""Check as a whole: it says all there is to say, never raises, and offers only fixes that mend."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import core.experiment.check
from core.experiment import check as module
from core.experiment.check import Severity, check, errors
from core.experiment.data_spec import DataSpec
from core.experiment.dataset import DatasetInfo
from core.experiment.experiment import Experiment
from core.experiment.history import History
from core.experiment.layer import Layer
from core.experiment.limits import Limits
from core.experiment.shapes import every, walk
from core.experiment.training_spec import TrainingSpec
from tests.unit import strategies, test_check_answer, test_check_blocks, test_check_layers, test_check_plan
from tests.unit.designs import FLAT, NUMBER, SOFTMAX, SQUARES, design, layer
from tests.unit.made_up import HOUSES, PICTURES

CASES = [
    case
    for room in (test_check_blocks, test_check_layers, test_check_answer, test_check_plan)
    for case in room.CASES
]
INFOS = st.sampled_from([PICTURES, HOUSES])


def _codes() -> Iterator[str]:
    """Return every code that stands in the source, of problems and of a layer's own advice."""
    folder = Path(core.experiment.check.__file__).parent
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in folder.rglob("*.py"))
    for node in (node for tree in trees for node in ast.walk(tree)):
        match node:
            case ast.Call(func=ast.Name("Problem" | "Advice"), args=[ast.Constant(str(code)), *_]):
                yield code


def test_every_code_there_is_has_a_case_with_it_and_one_next_door() -> None:
    codes = set(_codes())
    assert {case.code for case in CASES if not case.near} == codes
    assert {case.code for case in CASES if case.near} == codes


def test_a_regression_on_eight_features_is_clean() -> None:
    assert check(design(HOUSES, layer("Dense", units=16), NUMBER, training=SQUARES), HOUSES) == ()


def test_a_classifier_of_twelve_by_nine_colour_pictures_is_clean() -> None:
    assert check(design(PICTURES, layer("Conv2D"), FLAT, SOFTMAX), PICTURES) == ()


def test_blocks_with_everything_in_them_are_clean() -> None:
    inside = (layer("Conv2D", filters=4, padding="same"), layer("BatchNormalization"), layer("Activation"))
    shrinking = (layer("Conv2D", filters=6, padding="same", strides=2), layer("SpatialDropout2D"))
    fork = layer("Parallel", inside, (layer("AveragePooling2D", padding="same", strides=1),), ())
    stack = (layer("RandomRotation"), layer("Residual", inside), layer("Residual", shrinking), fork)
    assert check(design(PICTURES, *stack, layer("GlobalAveragePooling2D"), SOFTMAX), PICTURES) == ()


def test_errors_come_first_and_alone_when_asked_for() -> None:
    late = TrainingSpec(batch_size=5_000)
    problems = check(design(HOUSES, layer("Conv2D"), NUMBER, training=late), HOUSES)
    assert [problem.severity for problem in problems] == [Severity.ERROR, Severity.ERROR, Severity.WARNING]
    assert errors(problems) == problems[:2]


def test_a_design_in_which_all_is_wrong_is_answered_in_full_and_mended_from_the_top() -> None:
    stack = (FLAT, *(layer("Conv2D") for _ in range(199)))
    inside = layer("Residual", *[(FLAT, *(layer("Residual", (FLAT, layer("Conv2D"))) for _ in range(60)))])
    for made in (design(PICTURES, *stack), design(PICTURES, inside)):
        problems = check(made, PICTURES)
        assert errors(problems)
        assert all(not problem.fixes for problem in problems[module.MOST_TRIED :])
        assert problems[0].fixes


@settings(max_examples=30)
@given(strategies.experiments(5), INFOS, st.sampled_from([Limits(), Limits(1, 1), Limits(10**9, 10**12)]))
def test_whatever_is_asked_check_answers_in_words(
    experiment: Experiment, info: DatasetInfo, limits: Limits
) -> None:
    steps = list(every(walk(experiment.model.layers, info.input_shape)))
    names = {step.layer.name for step in steps}
    for problem in check(experiment, info, limits):
        assert problem.where in names | {"training", "model", "data"}
        assert len(problem.message) < 600
        assert problem.message.rstrip().endswith(".")
        assert len({fix.label for fix in problem.fixes}) == len(problem.fixes)


def _of(stack: tuple[Layer, ...], info: DatasetInfo, training: TrainingSpec) -> Experiment:
    return Experiment(data=DataSpec(dataset=info.name), training=training).with_layers(stack)


@settings(max_examples=40)
@given(strategies.small_stacks(4, depth=2), INFOS, strategies.records(TrainingSpec))
def test_an_offered_fix_mends_its_problem_and_breaks_no_layer_that_was_legal(
    stack: tuple[Layer, ...], info: DatasetInfo, training: TrainingSpec
) -> None:
    made = _of(stack, info, training)
    legal = {step.layer.name for step in every(walk(stack, info.input_shape)) if step.output_shape}
    for problem in check(made, info):
        for fix in problem.fixes:
            fixed = fix.edit(made)
            after = every(walk(fixed.model.layers, info.input_shape))
            broken = legal & {step.layer.name for step in after if step.illegal}
            assert not broken, f"“{fix.label}” for {problem.code} breaks {broken}"
            left = {(each.code, each.where) for each in check(fixed, info)}
            assert (problem.code, problem.where) not in left, f"“{fix.label}” leaves {problem.code}"
            assert History(made).edit(fixed).undo().present == made


@settings(max_examples=40)
@given(strategies.small_stacks(4, depth=2), INFOS, strategies.records(TrainingSpec))
def test_following_the_first_fix_again_and_again_ends_in_a_design_without_errors(
    stack: tuple[Layer, ...], info: DatasetInfo, training: TrainingSpec
) -> None:
    made = _of(stack, info, training)
    for _ in range(4 * strategies.layers_in(stack) + 8):
        found = errors(check(made, info))
        if not found:
            return
        assert found[0].fixes, f"nobody knows what to do about: {found[0].message}"
        made = found[0].fixes[0].edit(made)
    pytest.fail(f"still there: {[problem.message for problem in errors(check(made, info))]}")
