"""An experiment as the program that a person would write for it, step by step. Loads no TensorFlow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from core.data.sources import Source
from core.experiment import choices
from core.experiment.choices import Labels
from core.experiment.dataset import DatasetInfo, Task
from core.experiment.experiment import Experiment
from core.model import recipe
from core.takeaway import words
from core.takeaway.manner import AS_MNIST
from core.takeaway.network_code import compiling_lines, network_lines
from core.takeaway.section import Section
from core.takeaway.source_text import expression, remark, value


@dataclass(frozen=True)
class Origin:
    """Where a program comes from: what it says of itself beside what the design says.

    Attributes:
        name: What the run is called; empty for a design that has not been trained.
        figures: What LayerLab measured, by Keras's names with `test_` in front.
        by_hand: A sentence on what a person did while it trained, which the program does not repeat.
        threads: TensorFlow's that divided an operation among them, and its operations side by side; None
            where nobody knows.
    """

    name: str = ""
    figures: Mapping[str, float] = field(default_factory=dict)
    by_hand: str = ""
    threads: tuple[int, int] | None = None


def program(experiment: Experiment, source: Source, origin: Origin) -> tuple[Section, ...]:
    """Return the steps of a program that trains the experiment by itself, as LayerLab does.

    It needs TensorFlow and NumPy alone. The same seed gives the same starting weights, the same samples
    are kept for validation, and each epoch goes through the rest in the same order.

    Args:
        experiment: A design without errors.
        source: Its data set; where no package can load it, its file must lie beside the program.
        origin: What the program says of where it comes from.
    """
    info = source.info
    steps = [
        Section("Start", words.start(experiment), tuple(_start(experiment, info, origin.threads))),
        Section("Data", words.data(experiment, info), tuple(_data(experiment, source))),
        Section("Network", words.network(experiment, info), tuple(_network(experiment, info))),
        Section("Training", words.training(experiment, info), tuple(_training(experiment))),
        Section("Test", words.test(info), tuple(_test(info, origin))),
        Section("One answer", words.answer(info), tuple(_answer(info))),
        Section("Keep it", words.keeping(), tuple(_keeping())),
    ]
    if info.drawable:
        steps.insert(1, Section("Digits as MNIST holds them", words.manner(), tuple(AS_MNIST.splitlines())))
    return tuple(steps)


def _start(experiment: Experiment, info: DatasetInfo, threads: tuple[int, int] | None) -> Iterator[str]:
    if info.drawable:
        yield "from pathlib import Path"
        yield ""
    yield "import numpy as np"
    if info.drawable or threads:
        yield "import tensorflow as tf"
    yield "from tensorflow import keras"
    yield ""
    yield "# one seed, one result: starting weights and all that is random follow from it"
    yield f"keras.utils.set_random_seed({experiment.training.seed})"
    if threads:
        yield "# as many threads as the run had: how a sum is divided among them decides its last digits"
        for name, count in zip(("intra_op", "inter_op"), threads, strict=True):
            yield f"tf.config.threading.set_{name}_parallelism_threads({count})"


def _data(experiment: Experiment, source: Source) -> Iterator[str]:
    info, spec = source.info, experiment.data
    counts = f"{info.training_size:,} {info.noun}s, and {info.test_size:,} for the test"
    yield from remark(f"{info.label}: {counts}")
    yield from source.code()
    shape = ", ".join(map(str, info.input_shape))
    if info.is_image:
        yield f"x_train, x_test = x_train.reshape(-1, {shape}), x_test.reshape(-1, {shape})"
    if info.task is Task.CLASSIFICATION:
        yield from _assigned("classes", list(info.classes))
    yield from _labels(experiment, info)
    kept = spec.kept_for_validation(info.validatable)
    yield ""
    yield from remark(
        f"{kept:,} {info.noun}s are kept to see how the network does on what it has not learned from"
    )
    once = f"len(x_train) - {info.repeated}" if info.repeated else "len(x_train)"
    yield f"order = np.random.default_rng({spec.seed}).permutation({once})"
    yield f"validation, training = np.sort(order[:{kept}]), np.sort(order[{kept}:])"
    if info.repeated:
        yield "training = np.append(training, np.arange(len(order), len(x_train)))"
    yield "x_val, y_val = x_train[validation], y_train[validation]"
    yield "x_train, y_train = x_train[training], y_train[training]"


def _assigned(name: str, values: list[str]) -> Iterator[str]:
    line = f"{name} = [{', '.join(map(value, values))}]"
    if len(line) <= 88:
        yield line
        return
    yield f"{name} = ["
    yield from (f"    {value(each)}," for each in values)
    yield "]"


def _labels(experiment: Experiment, info: DatasetInfo) -> Iterator[str]:
    labels = choices.loss(experiment.training.loss).labels_for(info.task)
    if labels in (Labels.ONE_HOT, Labels.SIGNED):
        signed = labels is Labels.SIGNED
        formula = "2 * one_hot[{0}] - 1" if signed else "one_hot[{0}]"
        yield from remark("the loss compares each answer with " + ("−1 or +1" if signed else "0 or 1"))
        yield f'one_hot = np.eye({info.outputs}, dtype="float32")'
        yield f"y_train, y_test = {formula.format('y_train')}, {formula.format('y_test')}"


def _network(experiment: Experiment, info: DatasetInfo) -> Iterator[str]:
    yield from network_lines(experiment, info)
    yield "model.summary()"
    yield ""
    yield from compiling_lines(experiment, info)


def _training(experiment: Experiment) -> Iterator[str]:
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
    yield "    steps_per_epoch=-(-len(x_train) // batch_size),  # rounded up: the last is smaller"
    yield f"    epochs={plan.epochs},"
    yield "    validation_data=(x_val, y_val),"
    planned = [expression(call, 8) for call in recipe.callbacks(plan)]
    if planned:
        yield "    callbacks=["
        yield from (f"        {line}," for line in planned)
        yield "    ],"
    yield ")"


def _test(info: DatasetInfo, origin: Origin) -> Iterator[str]:
    figures = [
        f"{label} {origin.figures[f'test_{name}']:.4f}"
        for name, label in (("loss", "loss"), (info.task.metric, info.task.metric.replace("_", " ")))
        if f"test_{name}" in origin.figures
    ]
    if figures:
        yield from remark(f"LayerLab's own run came to: {', '.join(figures)}")
    if origin.by_hand:
        yield from remark(origin.by_hand)
    yield "print(model.evaluate(x_test, y_test, return_dict=True))"


def _answer(info: DatasetInfo) -> Iterator[str]:
    if info.drawable:
        yield from _reading(info)
        return
    yield "scores = model.predict(x_test[:1])[0]"
    said = "classes[scores.argmax()]" if info.task is Task.CLASSIFICATION else "scores"
    yield f'print("It says", {said}, "and right is", y_test[0])'


def _reading(info: DatasetInfo) -> Iterator[str]:
    yield "# drawing.png beside this file: one digit, white on black or black on white"
    yield 'drawing = Path("drawing.png")'
    yield "if drawing.exists():"
    yield "    grey = tf.io.decode_png(drawing.read_bytes(), channels=1).numpy()[..., 0]"
    yield "    image = as_mnist(255 - grey if np.median(grey) > 127 else grey)"
    yield "else:"
    yield "    image = x_test[0]"
    yield f"scores = model.predict(image.reshape(1, {', '.join(map(str, info.input_shape))}))[0]"
    yield 'print("It reads", classes[scores.argmax()])'


def _keeping() -> Iterator[str]:
    yield 'model.save("model.keras")'
