"""What could be tried: for each kind of finding edits of the design, the likeliest to help first.

What is offered gives another design, one that can be trained.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from core.errors import InvalidExperiment
from core.experiment import choices
from core.experiment.check import check, errors
from core.experiment.checks.plan import LARGE_INPUT
from core.experiment.choices import Scaling
from core.experiment.dataset import DatasetInfo
from core.experiment.differences import differences
from core.experiment.edits import set_data, set_training
from core.experiment.experiment import Experiment
from core.experiment.model_spec import MOST_LAYERS
from core.experiment.numbers import training_samples
from core.insight import redesign
from core.insight.finding import Finding, Kind, Remedy

MOST_REMEDIES = 3
USUAL_BATCH, FEWEST_STEPS = 32, 10
"""Samples of a usual batch, and steps that an epoch should have at least."""
MUCH_KEPT, USUALLY_KEPT = 0.3, 0.1
"""Shares of the training set that are kept aside: above the first, too little is left to learn from."""
Candidates = Callable[[Experiment, DatasetInfo, Finding], Iterator[Remedy]]


def remedies(finding: Finding, experiment: Experiment, info: DatasetInfo) -> tuple[Remedy, ...]:
    """Return what could be tried after a finding, the best first.

    Args:
        finding: What was found.
        experiment: The design that was trained.
        info: What its data set declares.
    """
    offered: dict[Experiment, Remedy] = {}
    for make in _FOR.get(finding.kind, ()):
        for remedy in make(experiment, info, finding):
            after = _after(remedy, experiment, info)
            if after is not None and len(offered) < MOST_REMEDIES:
                offered.setdefault(after, remedy)
    return tuple(offered.values())


def _after(remedy: Remedy, experiment: Experiment, info: DatasetInfo) -> Experiment | None:
    """Return the design that a remedy makes, or None where it makes no other one that can be trained."""
    try:
        after = remedy.edit(experiment)
    except InvalidExperiment:  # a value beyond its bounds, or a full stack
        return None
    return after if differences((experiment, after)) and not errors(check(after, info)) else None


# --- how it is trained ---


def _rate(rate: float) -> Remedy:
    rate = float(f"{rate:.1g}")
    return Remedy(f"Rerun with a learning rate of {rate:g}", partial(set_training, learning_rate=rate))


def _slower(experiment: Experiment, info: DatasetInfo, finding: Finding) -> Iterator[Remedy]:
    rate, optimizer = experiment.training.learning_rate, choices.optimizer(experiment.training.optimizer)
    usual = min(optimizer.usual, optimizer.highest_raw) if _raw(experiment, info) else optimizer.usual
    # growth calls for less than jumping does
    yield _rate(usual if rate > usual else rate / (10 if finding.kind is Kind.DIVERGING else 3))


def _faster(experiment: Experiment, info: DatasetInfo, finding: Finding) -> Iterator[Remedy]:
    rate, optimizer = experiment.training.learning_rate, choices.optimizer(experiment.training.optimizer)
    if rate < optimizer.usual / 2:
        yield _rate(optimizer.usual)
    elif 30 * rate <= optimizer.highest and not _raw(experiment, info):
        yield _rate(3 * rate)


def _usual_rate(experiment: Experiment, info: DatasetInfo, finding: Finding) -> Iterator[Remedy]:
    if _off(experiment, 3):
        yield _rate(choices.optimizer(experiment.training.optimizer).usual)


def _off(experiment: Experiment, times: float) -> bool:
    """Return whether the learning rate is so many times what is usual, or less than such a part of it."""
    usual = choices.optimizer(experiment.training.optimizer).usual
    return not usual / times < experiment.training.learning_rate < usual * times


def _adam(experiment: Experiment, info: DatasetInfo, finding: Finding) -> Iterator[Remedy]:
    adam = choices.OPTIMIZERS[0]
    edit = partial(set_training, optimizer=adam.value, learning_rate=adam.usual)
    yield Remedy(f"Rerun with {adam.label}", edit)


def _reduced(experiment: Experiment, info: DatasetInfo, finding: Finding) -> Iterator[Remedy]:
    if experiment.training.schedule == "constant":
        yield Remedy(
            "Rerun with a rate that is reduced on a plateau", partial(set_training, schedule="plateau")
        )


def _larger_batches(experiment: Experiment, info: DatasetInfo, finding: Finding) -> Iterator[Remedy]:
    samples = training_samples(experiment, info)
    size = max(USUAL_BATCH, 4 * experiment.training.samples_a_step(samples))
    if size * FEWEST_STEPS <= samples:
        edit = partial(set_training, batching="mini_batch", batch_size=size)
        yield Remedy(f"Rerun with batches of {size}", edit)


def _early_stopping(experiment: Experiment, info: DatasetInfo, finding: Finding) -> Iterator[Remedy]:
    yield Remedy("Rerun with early stopping", partial(set_training, early_stopping=True))


def _more_epochs(experiment: Experiment, info: DatasetInfo, finding: Finding) -> Iterator[Remedy]:
    count = 2 * experiment.training.epochs
    yield Remedy(f"Rerun with {count:,} epochs", partial(set_training, epochs=count))


def _fewer_epochs(experiment: Experiment, info: DatasetInfo, finding: Finding) -> Iterator[Remedy]:
    count = round(finding.since or 0)
    if 0 < count < experiment.training.epochs:
        yield Remedy(f"Rerun with {count:,} epochs", partial(set_training, epochs=count))


# --- what it is trained on, and for ---


def _scaled(experiment: Experiment, info: DatasetInfo, finding: Finding) -> Iterator[Remedy]:
    if _raw(experiment, info):
        yield Remedy("Rerun with inputs scaled to 0–1", partial(set_data, normalization="rescale"))


def _raw(experiment: Experiment, info: DatasetInfo) -> bool:
    nothing = choices.normalization(experiment.data.normalization).scaling is Scaling.NOTHING
    return nothing and max(map(abs, info.value_range)) > LARGE_INPUT


def _more_samples(experiment: Experiment, info: DatasetInfo, finding: Finding) -> Iterator[Remedy]:
    if experiment.data.validation_fraction > MUCH_KEPT:
        edit = partial(set_data, validation_fraction=USUALLY_KEPT)
        yield Remedy("Rerun with more samples to learn from", edit)


def _cross_entropy(experiment: Experiment, info: DatasetInfo, finding: Finding) -> Iterator[Remedy]:
    usual = choices.usual_loss(info.task)
    if choices.loss(experiment.training.loss).needs is not usual.needs:
        edit = partial(_with_loss, loss=usual.value, info=info)
        yield Remedy(f"Rerun with {usual.label}", edit)


def _with_loss(experiment: Experiment, loss: str, info: DatasetInfo) -> Experiment:
    """Return the design with another loss, and with what that loss needs."""
    after = set_training(experiment, loss=loss)
    for problem in errors(check(after, info)):
        if problem.code == "output-activation" and problem.fixes:
            return problem.fixes[0].edit(after)
    return after


def _mended(experiment: Experiment, info: DatasetInfo, finding: Finding) -> Iterator[Remedy]:
    """Return what the check would mend anyway, each code once."""
    for code, problem in {each.code: each for each in reversed(check(experiment, info))}.items():
        if problem.fixes:
            words = problem.fixes[0].label
            yield Remedy(f"Rerun: {words[0].lower()}{words[1:]}", partial(_without, code=code, info=info))


def _without(experiment: Experiment, code: str, info: DatasetInfo) -> Experiment:
    """Return the design with every problem of a code mended."""
    for _ in range(MOST_LAYERS):
        fixes = [each.fixes[0] for each in check(experiment, info) if each.code == code and each.fixes]
        if not fixes:
            break
        experiment = fixes[0].edit(experiment)
    return experiment


def _causes(experiment: Experiment, info: DatasetInfo, finding: Finding) -> Iterator[Remedy]:
    """Return what keeps any network from learning; where it is none of that, what may keep this one."""
    known = [*_mended(experiment, info, finding), *_usual_rate(experiment, info, finding)]
    guesses = (
        _cross_entropy,
        redesign.no_saturation,
        redesign.not_too_narrow,
        _adam,
        redesign.no_silence,
    )
    yield from known or (each for guess in guesses for each in guess(experiment, info, finding))


_FOR: Mapping[Kind, tuple[Candidates, ...]] = {
    Kind.DIVERGING: (_scaled, _slower, _mended),
    Kind.NOT_LEARNING: (_causes,),
    Kind.LAGGING: (redesign.quicker_means, _more_epochs),
    Kind.OVERFITTING: (
        _more_samples,
        _early_stopping,
        redesign.more_dropout,
        redesign.penalty,
        redesign.narrower,
    ),
    Kind.NOISY: (_scaled, _slower, _larger_batches),
    Kind.UNDERFITTING: (redesign.less_dropout, redesign.less_penalty, _usual_rate, redesign.wider),
    Kind.IMPROVING: (_more_epochs, _faster),
    Kind.PLATEAU: (_early_stopping, _fewer_epochs, _reduced),
}
