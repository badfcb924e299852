"""What each step of the preparation is worth: a network that knows MNIST alone reads real pen strokes.

    python -m benchmarks.preparation --mnist mnist.npz --pens pen_digits_train.json.gz

Trains the small convolutional preset for two epochs, then has it read the pen strokes that
the ready network is measured on, prepared with and without steps, at three sizes with three pens; and
says what the rule for "not sure" would do with other margins (chosen on the digits kept to choose by).
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from core.data.sources import source
from core.data.split import Statistics
from core.drawing import ready_model
from core.drawing.making import material, pen_digits
from core.drawing.making.pen_digits import PenDigit
from core.drawing.prepare import Switches, prepare
from core.drawing.strokes import PENS, SIDE
from core.experiment.presets import preset
from core.model.build import network

if TYPE_CHECKING:
    import keras

SIZES = (SIDE / 5, 0.4 * SIDE, 0.9 * SIDE)
PLACE = (0.2, 0.4)
MANNERS: Mapping[str, Switches] = {
    "all steps": Switches(),
    "without weight": Switches(weight=False),
    "without crop": Switches(crop=False),
    "without fit": Switches(fit=False),
    "without smooth": Switches(smooth=False),
    "without centre": Switches(centre=False),
    "merely shrunk": Switches(weight=False, crop=False, fit=False, centre=False),
}


def main() -> None:
    """Train, read, and print a table."""
    asked = _arguments()
    parts = material.read(asked.mnist, asked.pens)
    model = _trained(parts.mnist)
    print(f"MNIST's test set: {ready_model.accuracy(model, *parts.mnist_test):.2%}\n")
    labels = np.array([digit.label for digit in parts.pens_test])
    cases = [(size, pen) for size in SIZES for pen in PENS]
    print("| prepared | " + " | ".join(f"{size:.0f} pixels, pen {pen:g}" for size, pen in cases) + " |")
    print("|---" * (len(cases) + 1) + "|", flush=True)
    for name, switches in MANNERS.items():
        shares = []
        for size, pen in cases:
            drawings = [pen_digits.on_canvas(digit.lines, size, PLACE, pen) for digit in parts.pens_test]
            found = [prepare(drawing, switches=switches) for drawing in drawings]
            images = np.stack([each.image for each in found if each])
            shares.append(ready_model.accuracy(model, images, labels))
        print(f"| {name} | " + " | ".join(f"{share:.1%}" for share in shares) + " |", flush=True)
    print(
        "\n| least margin | of mistakes called unsure | of right answers called unsure | (test: the same) |"
    )
    print("|---|---|---|---|")
    for least in (0.3, 0.5, 0.7):
        chosen, measured = (_unsure(model, part, least) for part in (parts.pens_kept, parts.pens_test))
        print(
            f"| {least} | {chosen[0]:.0%} | {chosen[1]:.1%} | {measured[0]:.0%}, {measured[1]:.1%} |",
            flush=True,
        )


def _unsure(model: keras.Model, digits: Sequence[PenDigit], least: float) -> tuple[float, float]:
    """Return the share of mistakes, and of right answers, whose two strongest are closer than `least`."""
    labels = np.array([digit.label for digit in digits])
    shares = ready_model.outputs(model, material.at(digits, SIDE / 2, PLACE, PENS[1]))
    strongest = np.sort(shares, axis=1)
    unsure = strongest[:, -1] - strongest[:, -2] < least
    right = shares.argmax(axis=1) == labels
    return float(unsure[~right].mean()), float(unsure[right].mean())


def _trained(mnist: tuple[material.Grey, material.Labels]) -> keras.Model:
    import keras

    keras.utils.set_random_seed(0)
    info = source("mnist").info
    model = network(preset("small_cnn").experiment(info), info, Statistics((0.0,), (1.0,)))
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(mnist[0][..., None], mnist[1], epochs=2, batch_size=128, verbose=0)
    return model


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--mnist", type=Path, required=True, help="MNIST as mnist.npz")
    parser.add_argument("--pens", type=Path, required=True, help="pen_digits_train.json.gz")
    return parser.parse_args()


if __name__ == "__main__":
    main()
