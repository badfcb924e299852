"""What a network makes of a drawing: the answer in large type, and a bar for every class."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from core.drawing.verdict import RULE, Kind, Verdict, strongest
from core.experiment.choices import Output
from core.experiment.dataset import DatasetInfo

HELP = {
    Output.SHARES: "A share is how this network divides 100 % among its answers. It is not how likely the "
    "answer is to be right: networks give large shares to wrong answers, too.",
    Output.UNIT: "Each number is a yes or no of its own, from 0 to 100 %, and they need not add up to "
    "100 %. None of them is how likely an answer is to be right.",
    Output.NUMBERS: "This network ends in plain numbers: the largest one is its answer, and they are no "
    "shares of anything.",
}
_SIGNS = {Kind.NO_DIGIT: "?", Kind.DOT: "·"}


def show_number(value: float, meaning: Output) -> str:
    """Return one output as the screen writes it."""
    if meaning is Output.NUMBERS:
        return f"{value:.2f}".replace("-", "−")
    # a share that is not all of it is not written as if it were
    return "> 99.9 %" if 0.9995 <= value < 1 else f"{100 * value:.1f} %"


def empty(info: DatasetInfo) -> str:
    """Return what stands there before anything is drawn."""
    return (
        f'<div class="ll-before"><h2 class="ll-title">Draw a {escape(info.noun)}</h2><p class="ll-quiet">'
        "With mouse, pen or finger, as large as you like. The answer comes when the pen is lifted.</p>"
        f"</div>{_ghost(info)}"
    )


def waiting(info: DatasetInfo, words: str) -> str:
    """Return what stands there while the answer is on its way."""
    return (
        f'<div class="ll-before"><h2 class="ll-title" role="status">One moment</h2><p class="ll-quiet">'
        f"{escape(words)}</p></div>{_ghost(info)}"
    )


def refused(info: DatasetInfo, words: str) -> str:
    """Return what stands there where the network can't answer."""
    return f'<p class="ll-note" role="alert">{escape(words)}</p>{_ghost(info)}'


def answered(
    outputs: Sequence[float], info: DatasetInfo, meaning: Output, verdict: Verdict, note: str = ""
) -> str:
    """Return the answer as HTML: the strongest class in large type, then one bar a class.

    Args:
        outputs: The network's output, one number a class.
        info: Names the classes.
        meaning: How its numbers can be read. Shares and yes-or-no answers are written as percent;
            any other numbers as they are, their bars reaching from the lowest to the highest.
        verdict: What can be said of it.
        note: A sentence between the answer and the bars.
    """
    large = _SIGNS.get(verdict.kind) or info.classes[verdict.best]
    noted = f'<p class="ll-note">{escape(note)}</p>' if note else ""
    return (
        f'<div class="ll-answer {str(verdict.kind).replace(" ", "-")}" role="status">'
        f"<strong>{escape(large)}</strong> <p>{escape(verdict.words)}</p></div>{noted}"
        f"{bars(outputs, info, meaning, certain=verdict.kind in (Kind.SURE, Kind.STRONGEST))}"
    )


def meant(meaning: Output) -> str:
    """Return what the numbers mean, and when an answer is called unsure; folded away."""
    rule = f"<p>{escape(RULE)}</p>" if meaning is not Output.NUMBERS else ""
    return (
        '<details class="ll-help"><summary>What these numbers mean</summary>'
        f"<p>{HELP[meaning]}</p>{rule}</details>"
    )


def bars(outputs: Sequence[float], info: DatasetInfo, meaning: Output, certain: bool = True) -> str:
    """Return one bar a class; see `answered`."""
    best = strongest(outputs)
    plain = meaning is Output.NUMBERS
    low, high = (min(outputs), max(outputs)) if plain else (0.0, 1.0)
    spread = (high - low) or 1.0
    rows = "".join(
        f'<tr class="{"best" if index == best else ""}"><th scope="row">{escape(name)}</th>'
        f'<td class="track"><span style="width:{100 * min(max((value - low) / spread, 0), 1):.2f}%"></span>'
        f"</td><td>{show_number(value, meaning)}</td></tr>"
        for index, (name, value) in enumerate(zip(info.classes, outputs, strict=True))
    )
    return f'<table class="ll-bars{"" if certain else " faint"}">{rows}</table>'


def _ghost(info: DatasetInfo) -> str:
    """Return the bars before there is an answer, so that nothing moves when it comes."""
    rows = "".join(
        f'<tr><th>{escape(name)}</th><td class="track"></td><td>–</td></tr>' for name in info.classes
    )
    return f'<table class="ll-bars ghost" aria-hidden="true">{rows}</table>'
