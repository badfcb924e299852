"""What is seen in the runs of a lesson: the same network on several scales of its inputs, compared."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from core.insight import words
from core.insight.finding import Finding, Kind
from core.insight.fit import FEWEST_EPOCHS

CLEAR = 2.0
"""How many times what chance gives a difference has to be, to be more than chance."""
FAR_WORSE = 2.0
"""How many times the loss of guessing a first loss has to be, to be worth a word."""


@dataclass(frozen=True)
class Learner:
    """One of the networks that are compared.

    Attributes:
        inputs: What it learns from, in words that follow "with".
        planned: Epochs that were planned.
        epochs: Figures at the end of each whole epoch, by Keras's names.
        first_loss: The loss of its first batch, before anything was learned; None where that is not known.
        ended: "completed", "stopped", "failed" or "interrupted"; empty while it goes on.
        findings: What its own curves say.
    """

    inputs: str
    planned: int
    epochs: tuple[Mapping[str, float], ...]
    first_loss: float | None = None
    ended: str = ""
    findings: tuple[Finding, ...] = ()

    def finding(self, kind: Kind) -> Finding | None:
        """Return what the doctor found of a kind."""
        return next((each for each in self.findings if each.kind is kind), None)

    @property
    def sound(self) -> tuple[Mapping[str, float], ...]:
        """The epochs before the first figure that is no finite number."""
        names = ("loss", "accuracy", "val_loss", "val_accuracy")
        good = [all(math.isfinite(each.get(name, math.nan)) for name in names) for each in self.epochs]
        return self.epochs[: good.index(False) if False in good else len(good)]


@dataclass(frozen=True)
class Aside:
    """The samples kept for validation.

    Attributes:
        samples: How many.
        noun: What one is.
        classes: Into how many classes they fall.
    """

    samples: int
    noun: str
    classes: int

    @property
    def guessing(self) -> float:
        """The cross-entropy of giving each class the same probability."""
        return math.log(self.classes)

    def wrong(self, figures: Mapping[str, float]) -> int:
        """Return how many were answered wrong."""
        return round((1 - figures["val_accuracy"]) * self.samples)


@dataclass(frozen=True)
class Seen:
    """Something that the curves show: in a few words, and with the figures."""

    title: str
    text: str


def seen(learners: Sequence[Learner], aside: Aside) -> tuple[Seen, ...]:
    """Return what can be said by now, from the first batch to the end.

    Args:
        learners: The networks, in the order in which they are named.
        aside: The samples kept for validation.
    """
    going = any(not each.ended for each in learners)
    begun = [each for each in learners if each.sound]
    found = _wild_start(learners, aside)
    if len(begun) > 1 and (not going or len(begun) == len(learners)):
        found += _ranking(begun, 1, aside)
    if not going:
        last = min((len(each.sound) for each in begun), default=0)
        if len(begun) > 1 and last > 1:
            found += _ranking(begun, last, aside) + _sure_mistakes(begun, last, aside)
        found += _jumping(begun)
        found += _overfitting([each for each in begun if len(each.sound) >= FEWEST_EPOCHS])
        found += _unfinished(learners)
    return tuple(found)


# --- how it begins ---


def _wild_start(learners: Sequence[Learner], aside: Aside) -> list[Seen]:
    known = [(each, each.first_loss) for each in learners if each.first_loss is not None]
    wild = [(each, loss) for each, loss in known if loss > FAR_WORSE * aside.guessing]
    if len(known) < 2 or not wild:
        return []
    others = [pair for pair in known if pair not in wild]
    text = (
        f"Before anything was learned, the first batch cost a loss of {_losses(wild)}. Giving each of the "
        f"{aside.classes} answers the same chance costs {words.loss(aside.guessing)}"
    )
    if others:
        text += f"; it began at {_losses(others)}"
    names = _with(each for each, _ in wild)
    look = "So large a loss would press the others to the floor: that is why the loss axis is logarithmic."
    return [Seen(f"Worse than guessing at first {names}", f"{text}. {look}")]


# --- who is ahead ---


def _ranking(learners: Sequence[Learner], epoch: int, aside: Aside) -> list[Seen]:
    """Compare validation accuracies at the end of an epoch that all have."""
    wrong = {each.inputs: aside.wrong(each.sound[epoch - 1]) for each in learners}
    # stable: with the same count they stay in the order they are named in
    ranked = sorted(learners, key=lambda each: wrong[each.inputs])
    best = ranked[0]
    leaders = [each for each in ranked if not _is_clear(wrong[best.inputs], wrong[each.inputs])]
    if len(leaders) == len(ranked):
        title = "No clear lead after one epoch" if epoch == 1 else "No clear winner on validation"
    else:
        ended = "Ended best" if _all_end_at(learners, epoch) else f"Best after epoch {epoch:,}"
        title = f"{'Learned fastest' if epoch == 1 else ended} {_with(leaders)}"
    first, *others = (
        (words.share(each.sound[epoch - 1]["val_accuracy"]), f"with {each.inputs}") for each in ranked
    )
    shares = _joined(f"{share} {how}" for share, how in others)
    of_all = f"of the {aside.samples:,} {aside.noun}s kept aside"
    text = f"{_when(learners, epoch)}, it answers {first[0]} {of_all} right {first[1]}, {shares}."
    if len(leaders) > 1:
        text += f" {_by_chance(leaders, len(ranked), wrong, aside)}"
    return [Seen(title, text)]


def _is_clear(fewer: int, more: int) -> bool:
    """Return whether two counts of mistakes on the same samples differ by more than chance.

    Each count spreads by about its root, so their difference by about the root of their sum.
    """
    return more - fewer > CLEAR * math.sqrt(max(1, fewer + more))


def _when(learners: Sequence[Learner], epoch: int) -> str:
    if epoch == 1:
        return "After the first epoch"
    if _all_end_at(learners, epoch):
        return f"At the end, after epoch {epoch:,}"
    return f"After epoch {epoch:,}, the last that all of them finished"


def _all_end_at(learners: Sequence[Learner], epoch: int) -> bool:
    return all(len(each.sound) == epoch for each in learners)


def _by_chance(leaders: Sequence[Learner], all_of_them: int, wrong: Mapping[str, int], aside: Aside) -> str:
    apart = wrong[leaders[-1].inputs] - wrong[leaders[0].inputs]
    if not apart:
        return "That is the same." if len(leaders) == all_of_them else "The first two are level."
    count = f"{apart:,} {aside.noun}{'' if apart == 1 else 's'}"
    if len(leaders) == all_of_them:
        return f"They lie within {count}, which chance alone can give."
    return f"The first two are {count} apart, which chance alone can give."


def _sure_mistakes(learners: Sequence[Learner], epoch: int, aside: Aside) -> list[Seen]:
    """Say where a network has about as many right as another, at a far larger loss."""
    if epoch < FEWEST_EPOCHS:
        return []
    since = epoch // 2  # one epoch alone may be a bad one, and one mistake weighs much among few samples
    usual = {each.inputs: median(of["val_loss"] for of in each.sound[since:epoch]) for each in learners}
    wrong = {each.inputs: aside.wrong(each.sound[epoch - 1]) for each in learners}
    best = min(learners, key=lambda each: usual[each.inputs])
    costly = [
        (each, usual[each.inputs])
        for each in learners
        if usual[each.inputs] > FAR_WORSE * usual[best.inputs]
        and not _is_clear(wrong[best.inputs], wrong[each.inputs])
    ]
    if not costly:
        return []
    lowest = f"{words.loss(usual[best.inputs])} with {best.inputs}"
    text = (
        f"About as many {aside.noun}s are right, but in the last {epoch - since:,} epochs the validation "
        f"loss was mostly about {_losses(costly)}, against {lowest}. "
        "Loss counts how sure an answer is, too: a mistake made with certainty costs most."
    )
    return [Seen(f"Surer of its mistakes {_with(each for each, _ in costly)}", text)]


# --- how it went on ---


def _jumping(learners: Sequence[Learner]) -> list[Seen]:
    known = [(each, found) for each in learners if (found := each.finding(Kind.NOISY))]
    if not known:
        return []
    text = " ".join(f"With {each.inputs}, {_first_lower(found.evidence)}" for each, found in known)
    return [Seen(f"Learns in jumps {_with(each for each, _ in known)}", text)]


def _overfitting(learners: Sequence[Learner]) -> list[Seen]:
    if not learners:
        return []
    lasts = [(each.sound[-1], each.inputs) for each in learners]
    both = _joined(
        f"{words.share(last['accuracy'])} and {words.share(last['val_accuracy'])} with {inputs}"
        for last, inputs in lasts
    )
    ends = f"At the end, training and validation accuracy are {both}."
    found = [(each, each.finding(Kind.OVERFITTING)) for each in learners]
    over = [(each, finding.since) for each, finding in found if finding and finding.since is not None]
    if not over:
        text = f"No validation loss rises, or stays far above, while the training loss falls on. {ends}"
        return [Seen("No overfitting to be seen", text)]
    since = _joined(f"epoch {epoch:,.0f} with {each.inputs}" for each, epoch in over)
    text = (
        f"Since {since}, the training loss fell on, and the validation loss rose or stayed far above: "
        f"what is learned then is learned by heart. {ends}"
    )
    return [Seen(f"Overfitting {_with(each for each, _ in over)}", text)]


# --- what is missing ---


def _unfinished(learners: Sequence[Learner]) -> list[Seen]:
    parts = [
        f"with {each.inputs} it {_ending(each)}" for each in learners if each.ended not in ("", "completed")
    ]
    if not parts:
        return []
    text = _joined(parts)
    return [Seen("Not all of it was trained", f"{_first_upper(text)}.")]


def _ending(learner: Learner) -> str:
    done = len(learner.epochs)
    after = f"after {done:,} of {learner.planned:,} epochs" if done else "before its first epoch was over"
    return f"{'' if learner.ended == 'failed' else 'was '}{learner.ended} {after}"


# --- words ---


def _joined(parts: Iterable[str]) -> str:
    *most, last = parts
    return f"{', '.join(most)} and {last}" if most else last


def _with(learners: Iterable[Learner]) -> str:
    return f"with {_joined(each.inputs for each in learners)}"


def _losses(pairs: Iterable[tuple[Learner, float]]) -> str:
    return _joined(f"{words.loss(loss)} with {each.inputs}" for each, loss in pairs)


def _first_upper(text: str) -> str:
    return text[0].upper() + text[1:]


def _first_lower(text: str) -> str:
    return text[0].lower() + text[1:]
