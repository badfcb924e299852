"""What a notebook says beside its code: what each step is for, and why it is as it is."""

from __future__ import annotations

from collections.abc import Iterator

from core.experiment import choices
from core.experiment.block import every_layer
from core.experiment.choices import Batching, Labels, Output, Samples, Scaling
from core.experiment.dataset import DatasetInfo, Task
from core.experiment.experiment import Experiment
from core.experiment.layer import Layer
from core.experiment.numbers import training_samples
from core.experiment.shapes import parameter_count, walk
from core.model.compiling import slowed_by_xla

Words = tuple[str, ...]


def start(experiment: Experiment) -> Words:
    """Return what the seed is for."""
    return (
        "A network begins with weights drawn at random. The **seed** decides which: with the same one "
        f"(here {experiment.training.seed}) everything below comes out the same again, so that a "
        "change in the figures is the work of what you changed, not of chance.",
    )


def manner() -> Words:
    """Return why a drawing is prepared."""
    return (
        "A network knows only pictures like those it learned from. MNIST's digits were cut out, made 20 "
        "pixels large with their shape kept, and laid with their centre of mass in the middle of 28 × 28. "
        "A drawing that is merely shrunk looks different, and is misread. So it is prepared as MNIST was.",
    )


def data(experiment: Experiment, info: DatasetInfo) -> Words:
    """Return what the data are, and why some are kept apart."""
    kept = experiment.data.kept_for_validation(info.validatable)
    return (
        info.summary,
        "They are parted in three. The network learns from the **training set**. The **validation set** "
        f"({kept:,} {info.noun}s) shows after each epoch how it does on what it has not learned from: "
        "where training goes on getting better and validation does not, it learns by heart. The **test "
        f"set** ({info.test_size:,}) is looked at once, at the end.",
        *_labels(experiment, info),
    )


def _labels(experiment: Experiment, info: DatasetInfo) -> Iterator[str]:
    match choices.loss(experiment.training.loss).labels_for(info.task):
        case Labels.ONE_HOT:
            yield (
                f"This loss wants answers **one-hot**: {info.outputs} numbers, a 1 at the right class and "
                "0 everywhere else."
            )
        case Labels.SIGNED:
            yield f"This loss wants {info.outputs} numbers: +1 at the right class, −1 everywhere else."
        case _:
            return


def network(experiment: Experiment, info: DatasetInfo) -> Words:
    """Return what the layers do, in their order, and what the last one's numbers mean."""
    steps = walk(experiment.model.layers, info.input_shape)
    layers = list(every_layer(experiment.model.layers))
    kinds = {layer.kind(): layer.summary for layer in layers}
    said = [
        f"Layers, first to last; together they have {parameter_count(steps) or 0:,} weights that training "
        "sets. A **neuron** weighs its inputs, adds a bias, and passes the sum through its "
        "**activation**; without one, any number of layers could do no more than a single one.",
        _normalization(experiment),
        _listed(f"**{kind}**: {summary}." for kind, summary in kinds.items()),
        _listed(
            f"**{_first(each.label)}**: {each.help}" + (f" `{each.formula}`" if each.formula else "")
            for each in map(choices.activation, _activations(layers))
        ),
        _meaning(experiment, info),
    ]
    return tuple(each for each in said if each)


def _first(label: str) -> str:
    """Return a label as a sentence begins."""
    return label[:1].upper() + label[1:]


def _listed(lines: Iterator[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _activations(layers: list[Layer]) -> list[str]:
    found = (getattr(layer, "activation", "linear") for layer in layers)
    return [each for each in dict.fromkeys(found) if each != "linear"]


def _normalization(experiment: Experiment) -> str:
    chosen = choices.normalization(experiment.data.normalization)
    why = {
        Scaling.NOTHING: "Raw values go in as they are. Weights begin small, so inputs of up to 255 make "
        "the first sums, and their gradients, hundreds of times too large: training is less steady.",
        Scaling.RANGE: "The first layer brings the inputs to between 0 and 1, where the weights' "
        "starting values and the usual learning rates fit.",
        Scaling.STATISTICS: "The first layer takes the training set's mean away and divides by its "
        "standard deviation: inputs lie around 0 and spread by about 1. Both figures come from the "
        "training set alone; what is kept for validation and test must not be looked at.",
    }[chosen.scaling]
    if chosen.scaling is Scaling.NOTHING:
        return why
    return (
        why + " As it stands **inside the model**, whoever uses the model later gives it inputs as they "
        "are and can't forget it."
    )


def _meaning(experiment: Experiment, info: DatasetInfo) -> str:
    if info.task is Task.REGRESSION:
        return ""
    outputs = [found for layer in experiment.model.layers if (found := layer.output()) is not None]
    if outputs and outputs[-1] is Output.SHARES:
        return (
            f"The last layer's {info.outputs} numbers are shares that add up to 1: how much of its belief "
            "the network puts on each class. The largest is its answer; before training each is about "
            f"1 / {info.outputs}."
        )
    return f"The class with the largest of the last layer's {info.outputs} numbers is the answer."


def training(experiment: Experiment, info: DatasetInfo) -> Words:
    """Return how the network learns."""
    plan = experiment.training
    steps = plan.steps_an_epoch(training_samples(experiment, info))
    loss, optimizer = choices.loss(plan.loss), choices.optimizer(plan.optimizer)
    schedule = choices.schedule(plan.schedule)
    formula = f" `{loss.formula}`" if loss.formula else ""
    said = [
        "The **loss** says as one number how wrong the answers are. "
        f"{_first(loss.label)}: {loss.help}{formula}",
        "**Backpropagation** goes from the loss back through the layers and finds, by the chain rule, how "
        "the loss changes with each weight: the gradient. The **optimizer** then moves every weight a "
        f"little against its gradient. {_first(optimizer.label)}: {optimizer.help}",
        _batches(choices.batching(plan.batching), plan.batch_size, steps, plan.epochs, info.noun),
    ]
    if not slowed_by_xla(experiment, info):
        said.append(
            "`jit_compile=True` has XLA, TensorFlow's compiler, make one program of a whole step, as it "
            "does for LayerLab with such a network: so even the last digits come out the same."
        )
    if plan.schedule != "constant":
        said.append(f"The learning rate changes on the way. {_first(schedule.label)}: {schedule.help}")
    if plan.early_stopping:
        said.append(
            f"Training ends early where the validation loss has not fallen for {plan.patience} epochs, and "
            "the weights of the best epoch are kept."
        )
    return tuple(said)


def _batches(batching: Batching, size: int, steps: int, epochs: int, noun: str) -> str:
    each = {Samples.ONE: f"one {noun}", Samples.SOME: f"{size:,} {noun}s", Samples.ALL: f"all {noun}s"}
    return (
        f"Each step looks at {each[batching.samples]}, so an **epoch**, once through the training set, "
        f"has {steps:,} step{'' if steps == 1 else 's'}; there are {epochs:,} epochs. Each goes through "
        "the samples in another order."
    )


def test(info: DatasetInfo) -> Words:
    """Return why the test comes last."""
    return (
        f"These {info.test_size:,} {info.noun}s have had no part in training, nor in any choice: what the "
        "network does on them is what can be expected of it elsewhere.",
    )


def answer(info: DatasetInfo) -> Words:
    """Return what is asked of the trained network."""
    if info.drawable:
        return (
            "Draw a digit, save it as `drawing.png` beside this file, and run this. LayerLab's Draw page "
            "saves such files. Without one, the first digit of the test set is read.",
        )
    return (f"One {info.noun} that it has not seen, and what the network says.",)


def keeping() -> Words:
    """Return what the saved file holds."""
    return (
        "One file holds layers, weights and the optimizer's state. `keras.models.load_model` reads it; "
        "only ever open such files from people you trust: they can hold code.",
    )


def curves() -> Words:
    """Return how to read the curves."""
    return (
        "Both curves fall while the network learns what helps everywhere. Where training goes on falling "
        "and validation turns up, it has begun to learn by heart: **overfitting**.",
    )
