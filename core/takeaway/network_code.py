"""The network of an experiment as the Python that makes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from core.data.split import NO_STATISTICS
from core.experiment import choices
from core.experiment.choices import Scaling
from core.experiment.dataset import DatasetInfo
from core.experiment.experiment import Experiment
from core.experiment.keras_call import Call
from core.experiment.shapes import Step, walk
from core.model import recipe
from core.model.compiling import slowed_by_xla
from core.takeaway.source_text import WIDEST, expression, remark, value


def network_lines(experiment: Experiment, info: DatasetInfo) -> Iterator[str]:
    """Return the lines that make the model; they use `keras`, and `x_train` to standardize.

    Args:
        experiment: A design without errors.
        info: What its data set declares.
    """
    plan = experiment.training
    if choices.policy(plan.dtype_policy).halves:
        yield f"keras.config.set_dtype_policy({value(plan.dtype_policy)})"
    steps, ending = recipe.stack(walk(experiment.model.layers, info.input_shape), plan)
    start = f"keras.Input({info.input_shape!r})"
    if not any(step.branches for step in steps):
        yield "model = keras.Sequential("
        yield "    ["
        calls = (*(step.layer.keras_call() for step in steps), *ending)
        for line in (start, *_normalization(experiment, info, 8), *(expression(call, 8) for call in calls)):
            yield f"        {line},"
        yield "    ]"
        yield ")"
        return
    yield f"inputs = {start}"
    name = "inputs"
    for line in _normalization(experiment, info, 0):
        yield f"x = {line}({name})"
        name = "x"
    yield from _through(steps, name)
    for call in ending:
        yield _applied("x", call, "x")
    yield "model = keras.Model(inputs, x)"


def compiling_lines(experiment: Experiment, info: DatasetInfo) -> Iterator[str]:
    """Return the lines that say how the model learns."""
    plan = experiment.training
    yield "model.compile("
    yield f"    optimizer={expression(recipe.optimizer(experiment, info), 4, len('optimizer=,'))},"
    yield f"    loss={expression(recipe.loss(plan), 4, len('loss=,'))},"
    yield f"    metrics=[{expression(recipe.metric(plan, info), 4, len('metrics=[],'), keep=('name',))}],"
    if not slowed_by_xla(experiment, info):  # a run is compiled, too; else their last bits would differ
        yield "    jit_compile=True,"
    yield ")"


def _normalization(experiment: Experiment, info: DatasetInfo, indent: int) -> Iterator[str]:
    name = experiment.data.normalization
    if choices.normalization(name).scaling is not Scaling.STATISTICS:
        calls = recipe.normalization(name, info, NO_STATISTICS)
        yield from (expression(call, indent) for call in calls)
        return
    axis, over = ("None", "") if info.is_image else ("-1", "axis=0")
    inner = " " * (indent + 4)
    arguments = (f"axis={axis}", f"mean=x_train.mean({over})", f"variance=x_train.var({over})")
    lines = "".join(f"{inner}{each},\n" for each in arguments)
    yield f"keras.layers.Normalization(\n{lines}{' ' * indent})"


def _applied(result: str, call: Call, value: str) -> str:
    """Return the line that sends a value through a layer."""
    return f"{result} = {expression(call, 0, len(f'{result} = ({value})'))}({value})"


def _through(steps: Iterable[Step], name: str) -> Iterator[str]:
    for step in steps:
        if step.branches:
            yield from _block(step, name)
        else:
            yield _applied("x", step.layer.keras_call(), name)
        name = "x"


def _block(step: Step, name: str) -> Iterator[str]:
    """Write a block; the order of its layers is the builder's, so that seeds give the same weights."""
    assert step.merge is not None, "a block that can't be joined is an error that check has found"
    block = step.layer.name
    start = f"{block}_input"
    yield ""
    yield from remark(f"{block}: {step.layer.summary}")
    yield f"{start} = {name}"
    joined = []
    for number, branch in enumerate(step.branches, 1):
        yield from _through(branch, start)
        end = f"{block}_branch_{number}"
        if branch:
            yield f"{end} = x"
        joined.append(end if branch else start)
    if step.merge.shortcut is not None:
        shortcut = start
        for call in step.merge.shortcut:
            yield _applied(f"{block}_shortcut", call, shortcut)
            shortcut = f"{block}_shortcut"
        joined.insert(0, shortcut)
    yield from _joined(step.merge.call, joined)
    yield ""


def _joined(call: Call, values: list[str]) -> Iterator[str]:
    line = f"x = {expression(call, 0)}([{', '.join(values)}])"
    if len(line) <= WIDEST:
        yield line
        return
    yield f"x = {expression(call, 0)}("
    inner = f"    [{', '.join(values)}]"
    if len(inner) <= WIDEST:
        yield inner
    else:
        yield "    ["
        yield from (f"        {each}," for each in values)
        yield "    ]"
    yield ")"
