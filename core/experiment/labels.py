"""How answers are written for a loss, in words."""

from __future__ import annotations

from core.experiment import choices
from core.experiment.choices import Labels
from core.experiment.dataset import DatasetInfo

MOST_SHOWN = 12


def explain(loss: str, info: DatasetInfo) -> str:
    """Return which encoding of the answers is in use, with an example, and why.

    Args:
        loss: Name of the loss.
        info: Names the classes.
    """
    labels = choices.loss(loss).labels_for(info.task)
    if labels is None:
        return ""
    if labels is Labels.NUMBER:
        return "Labels: the numbers themselves, as the loss takes differences."
    index = min(3, len(info.classes) - 1)
    name = info.classes[index]
    named = f"“{name}”" if not name.isdigit() else name
    if labels is Labels.INTEGER:
        return f"Labels: integers ({named} → {index}), as this loss looks up one share by its number."
    low = "−1" if labels is Labels.SIGNED else "0"
    high = "+1" if labels is Labels.SIGNED else "1"
    written = [high if each == index else low for each in range(min(len(info.classes), MOST_SHOWN))]
    row = " ".join(written) + (" …" if len(info.classes) > MOST_SHOWN else "")
    if labels is Labels.SIGNED:
        return f"Labels: −1 or +1 ({named} → {row}), as the hinge asks for a side of zero."
    return f"Labels: one-hot ({named} → {row}), as this loss compares every output."
