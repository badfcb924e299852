"""An experiment as the Python that a person would write for it. Loads no TensorFlow."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from core.data.sources import Source
from core.data.split import Statistics
from core.experiment import choices
from core.experiment.choices import Labels, Scaling
from core.experiment.dataset import DatasetInfo
from core.experiment.experiment import Experiment
from core.experiment.keras_call import Call
from core.experiment.shapes import Step, walk
from core.model import recipe

WIDEST = 88
FIRST_BY_PLACE = ("units", "filters", "rate", "pool_size", "target_shape", "scale")
"""Arguments that everybody writes without their name."""
_NO_STATISTICS = Statistics((0.0,), (1.0,))


def script(experiment: Experiment, origin: Source) -> str:
    """Return a program that trains the experiment: data, model, training, evaluation.

    Args:
        experiment: A design without errors.
        origin: Its data set; where no package can load it, its file must lie beside the program.
    """
    info = origin.info
    return "\n".join(
        [
            "import numpy as np",
            "from tensorflow import keras",
            "",
            f"keras.utils.set_random_seed({experiment.training.seed})",
            "",
            *_data(experiment, origin),
            "",
            *model_lines(experiment, info),
            "",
            *_training(experiment, info),
            "",
        ]
    )


def model_lines(experiment: Experiment, info: DatasetInfo) -> list[str]:
    """Return the lines that make and compile the model; they use `keras`, and `x_train` to standardize."""
    return [*_network(experiment, info), "model.summary()", *_compiling(experiment, info)]


def _data(experiment: Experiment, origin: Source) -> Iterator[str]:
    info, spec = origin.info, experiment.data
    yield f"# {info.label}: {info.training_size:,} {info.noun}s, and {info.test_size:,} for the test"
    yield from origin.code()
    shape = ", ".join(map(str, info.input_shape))
    if info.is_image:
        yield f"x_train, x_test = x_train.reshape(-1, {shape}), x_test.reshape(-1, {shape})"
    yield from _labels(experiment, info)
    kept = spec.kept_for_validation(info.validatable)
    yield ""
    yield f"# {kept:,} {info.noun}s are kept to see how the network does on what it has not learned from"
    once = f"len(x_train) - {info.repeated}" if info.repeated else "len(x_train)"
    yield f"order = np.random.default_rng({spec.seed}).permutation({once})"
    yield f"validation, training = np.sort(order[:{kept}]), np.sort(order[{kept}:])"
    if info.repeated:
        yield "training = np.append(training, np.arange(len(order), len(x_train)))"
    yield "x_val, y_val = x_train[validation], y_train[validation]"
    yield "x_train, y_train = x_train[training], y_train[training]"


def _labels(experiment: Experiment, info: DatasetInfo) -> Iterator[str]:
    labels = choices.loss(experiment.training.loss).labels_for(info.task)
    if labels in (Labels.ONE_HOT, Labels.SIGNED):
        signed = labels is Labels.SIGNED
        formula = "2 * one_hot[{0}] - 1" if signed else "one_hot[{0}]"
        yield f'one_hot = np.eye({info.outputs}, dtype="float32")'
        yield f"y_train, y_test = {formula.format('y_train')}, {formula.format('y_test')}"


def _network(experiment: Experiment, info: DatasetInfo) -> Iterator[str]:
    plan = experiment.training
    if choices.policy(plan.dtype_policy).halves:
        yield f'keras.config.set_dtype_policy("{plan.dtype_policy}")'
    steps, ending = recipe.stack(walk(experiment.model.layers, info.input_shape), plan)
    front = [*_normalization(experiment, info)]
    start = f"keras.Input({info.input_shape!r})"
    if not any(step.branches for step in steps):
        yield "model = keras.Sequential("
        yield "    ["
        stack = (*(step.layer.keras_call() for step in steps), *ending)
        for line in (start, *front, *(_expression(call, 8) for call in stack)):
            yield f"        {line},"
        yield "    ]"
        yield ")"
        return
    yield f"inputs = {start}"
    value = "inputs"
    for line in front:
        yield f"x = {line}({value})"
        value = "x"
    yield from _through(steps, value)
    for call in ending:
        yield f"x = {_expression(call, 0)}(x)"
    yield "model = keras.Model(inputs, x)"


def _normalization(experiment: Experiment, info: DatasetInfo) -> Iterator[str]:
    name = experiment.data.normalization
    if choices.normalization(name).scaling is Scaling.STATISTICS:
        axis, over = ("None", "") if info.is_image else ("-1", "axis=0")
        yield (
            f"keras.layers.Normalization(axis={axis}, mean=x_train.mean({over}), "
            f"variance=x_train.var({over}))"
        )
        return
    for call in recipe.normalization(name, info, _NO_STATISTICS):
        yield _expression(call, 8)


def _through(steps: Iterable[Step], value: str) -> Iterator[str]:
    for step in steps:
        if step.branches:
            yield from _block(step, value)
        else:
            yield f"x = {_expression(step.layer.keras_call(), 0)}({value})"
        value = "x"


def _block(step: Step, value: str) -> Iterator[str]:
    """Write a block; the order of its layers is the builder's, so that seeds give the same weights."""
    assert step.merge is not None, "a block that can't be joined is an error that check has found"
    name = step.layer.name
    start = f"{name}_input"
    yield ""
    yield f"# {name}: {step.layer.summary}"
    yield f"{start} = {value}"
    joined = []
    for number, branch in enumerate(step.branches, 1):
        yield from _through(branch, start)
        end = f"{name}_branch_{number}"
        if branch:
            yield f"{end} = x"
        joined.append(end if branch else start)
    if step.merge.shortcut is not None:
        shortcut = start
        for call in step.merge.shortcut:
            yield f"{name}_shortcut = {_expression(call, 0)}({shortcut})"
            shortcut = f"{name}_shortcut"
        joined.insert(0, shortcut)
    yield f"x = {_expression(step.merge.call, 0)}([{', '.join(joined)}])"
    yield ""


def _compiling(experiment: Experiment, info: DatasetInfo) -> Iterator[str]:
    plan = experiment.training
    yield "model.compile("
    yield f"    optimizer={_expression(recipe.optimizer(experiment, info), 4)},"
    yield f"    loss={_expression(recipe.loss(plan), 4)},"
    metric = recipe.metric(plan, info)
    yield f"    metrics=[{_written(metric, 4, keep=('name',))}],"
    yield ")"


def _training(experiment: Experiment, info: DatasetInfo) -> Iterator[str]:
    plan = experiment.training
    size = {"one": "1", "some": str(plan.batch_size), "all": "len(x_train)"}
    yield f"batch_size = {size[choices.batching(plan.batching).samples]}"
    yield ""
    yield ""
    yield "def batches():"
    yield '    """Give each epoch\'s samples in an order of its own, which the seed decides."""'
    yield f"    for epoch in range({plan.epochs}):"
    yield f"        places = np.random.default_rng(({plan.seed}, epoch)).permutation(len(x_train))"
    yield "        for start in range(0, len(x_train), batch_size):"
    yield "            batch = places[start : start + batch_size]"
    yield "            yield x_train[batch], y_train[batch]"
    yield ""
    yield ""
    yield "history = model.fit("
    yield "    batches(),"
    yield "    steps_per_epoch=-(-len(x_train) // batch_size),  # rounded up: the last may be smaller"
    yield f"    epochs={plan.epochs},"
    yield "    shuffle=False,"
    yield "    validation_data=(x_val, y_val),"
    planned = [_expression(call, 8) for call in recipe.callbacks(plan)]
    if planned:
        yield "    callbacks=["
        yield from (f"        {line}," for line in planned)
        yield "    ],"
    yield ")"
    yield "test = model.evaluate(x_test, y_test, return_dict=True)"
    yield "print(test)"


def _expression(call: Call, indent: int) -> str:
    """Return a call as source; Keras names the layers itself."""
    return _written(call, indent, keep=())


def _written(call: Call, indent: int, keep: tuple[str, ...]) -> str:
    parts = []
    for index, (name, value) in enumerate(call.arguments.items()):
        if (name == "name" and name not in keep) or _is_keras_default(call, name, value):
            continue
        written = _expression(value, indent + 4) if isinstance(value, Call) else _value(value)
        by_place = index == 0 and name in FIRST_BY_PLACE
        parts.append(written if by_place else f"{name}={written}")
    line = f"keras.{call.path}({', '.join(parts)})"
    if indent + len(line) + len("x = (x),") <= WIDEST:
        return line
    inner = " " * (indent + 4)
    return f"keras.{call.path}(\n" + "".join(f"{inner}{part},\n" for part in parts) + " " * indent + ")"


def _is_keras_default(call: Call, name: str, value: object) -> bool:
    # a filter moves by 1 pixel unless told otherwise, a pooling window by its own size
    return (name == "padding" and value == "valid") or (
        name == "strides" and value == 1 and "kernel_size" in call.arguments
    )


def _value(value: object) -> str:
    if isinstance(value, float):
        inverse = Fraction(value).limit_denominator(100_000)
        if inverse.numerator == 1 and len(repr(value)) > 8 and 1 / inverse.denominator == value:
            return f"1 / {inverse.denominator}"
    if isinstance(value, str):
        return '"' + repr(value)[1:-1].replace('"', '\\"') + '"'
    return repr(value)
