"""Measure the ready network and its detector, and write the model card.

    python -m core.drawing.making.card --mnist mnist.npz --pens pen_digits_train.json.gz

Chooses the detector's threshold on digits that nothing was learned from, then measures on the test digits.
"""

from __future__ import annotations

import argparse
import datetime
import importlib.metadata
import json
import platform
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.drawing import ready_model
from core.drawing.making import material, scribbles
from core.drawing.making.material import PLACES, Grey, Labels, Material
from core.drawing.ready import FOLDER
from core.drawing.strokes import PENS, SIDE

if TYPE_CHECKING:
    import keras

FALSE_ALARMS = 0.01
"""The share of digits, of hands never seen, that the detector may call no digit."""
SIZES = (SIDE / 5, 0.4 * SIDE, 0.7 * SIDE, float(SIDE))
CHANCE_SEED = 7
_TEMPLATE = Path(__file__).with_name("card.md")


def main() -> None:
    """Measure and write."""
    import keras

    asked = _arguments()
    parts = material.read(asked.mnist, asked.pens)
    network = keras.saving.load_model(asked.folder / "model.keras", compile=False)
    detector = keras.saving.load_model(asked.folder / "detector.keras", compile=False)
    card = {
        **_made(asked.folder, network, detector),
        **_reading(network, parts),
        "detector": _detecting(detector, parts),
    }
    (asked.folder / "card.json").write_text(json.dumps(card, indent=1) + "\n", encoding="utf-8")
    (asked.folder / "README.md").write_text(in_words(card), encoding="utf-8")


def _made(folder: Path, network: keras.Model, detector: keras.Model) -> dict[str, Any]:
    packages = ("keras", "tensorflow", "numpy", "pillow")
    return {
        "date": datetime.date.today().isoformat(),
        "seed": ready_model.SEED,
        "versions": {"python": platform.python_version()}
        | {name: importlib.metadata.version(name) for name in packages},
        "parameters": network.count_params(),
        "size": (folder / "model.keras").stat().st_size,
        "detector_parameters": detector.count_params(),
        "detector_size": (folder / "detector.keras").stat().st_size,
    }


def _reading(network: keras.Model, parts: Material) -> dict[str, Any]:
    images, labels = parts.mnist_test
    said = ready_model.outputs(network, images).argmax(axis=1)
    pen_labels = np.array([digit.label for digit in parts.pens_test])
    combinations, pen_said = [], []
    for pen, size, place in _combinations():
        drawn = material.at(parts.pens_test, size, place, pen)
        answers = ready_model.outputs(network, drawn).argmax(axis=1)
        pen_said.append(answers)
        right = float((answers == pen_labels).mean())
        combinations.append({"pen": pen, "size": size, "place": place, "right": right})
        print(f"pen {pen:g}, {size:g} pixels at {place}: {right:.4f}", flush=True)
    every = np.concatenate(pen_said)
    every_label = np.tile(pen_labels, len(pen_said))
    return {
        "mnist": float((said == labels).mean()),
        "mnist_by_digit": _by_digit(said, labels),
        "pens": combinations,
        "pens_by_digit": _by_digit(every, every_label),
        "confusions": _confusions(every, every_label),
    }


def _combinations() -> Iterator[tuple[float, float, tuple[float, float]]]:
    for pen in PENS:
        for size in SIZES:
            for place in PLACES if size < SIDE else ((0.5, 0.5),):
                yield pen, size, place


def _by_digit(said: Labels, labels: Labels) -> list[float]:
    return [float((said[labels == digit] == digit).mean()) for digit in range(10)]


def _confusions(said: Labels, labels: Labels) -> list[list[float]]:
    """Return the three commonest mistakes: digit, what it was taken for, and the share of that digit."""
    counts = np.zeros((10, 10))
    np.add.at(counts, (labels, said), 1)
    shares = counts / counts.sum(axis=1, keepdims=True)
    np.fill_diagonal(shares, 0)
    worst = np.argsort(shares, axis=None)[::-1][:3]
    return [[int(k // 10), int(k % 10), float(shares.flat[k])] for k in worst]


def _detecting(detector: keras.Model, parts: Material) -> dict[str, Any]:
    random = np.random.default_rng(CHANCE_SEED)

    def like(images: Grey) -> NDArray[np.float32]:
        return ready_model.likeness(detector, images)

    kept = [like(parts.mnist_kept[0]), like(material.as_drawn(parts.pens_kept, random))]
    # as many false alarms among hands on the canvas as among MNIST's
    threshold = float(np.mean([np.quantile(each, FALSE_ALARMS) for each in kept]))
    kinds = {}
    for apart, group in ((False, scribbles.KINDS), (True, scribbles.KEPT_APART)):
        for name, make in group.items():
            found = like(material.no_digits(500, {name: make}, (), random))
            kinds[name] = {"apart": apart, "right": float((found < threshold).mean())}
    return {
        "threshold": threshold,
        "false_alarms": FALSE_ALARMS,
        "false_alarm_rate": float((like(material.as_drawn(parts.pens_test, random)) < threshold).mean()),
        "false_alarm_rate_mnist": float((like(parts.mnist_test[0]) < threshold).mean()),
        "kinds": kinds,
    }


def in_words(card: dict[str, Any]) -> str:
    shares = [each["right"] for each in card["pens"]]
    detector = card["detector"]
    return _TEMPLATE.read_text(encoding="utf-8").format(
        **{
            key: card[key]
            for key in ("date", "seed", "parameters", "size", "detector_parameters", "detector_size")
        },
        versions=", ".join(f"{name} {version}" for name, version in card["versions"].items()),
        pens=material.PENS_LEARNED,
        pens_kept=material.PENS_KEPT,
        pens_test=7_494 - material.PENS_LEARNED - material.PENS_KEPT,
        renderings=ready_model.RENDERINGS,
        mnist=card["mnist"],
        pens_mean=float(np.mean(shares)),
        pens_worst=min(shares),
        combinations=len(shares),
        table="\n".join(_table(card["pens"])),
        digits="\n".join(
            f"| {digit} | {card['mnist_by_digit'][digit]:.2%} | {card['pens_by_digit'][digit]:.2%} |"
            for digit in range(10)
        ),
        threshold=detector["threshold"],
        false_alarms=detector["false_alarms"],
        alarm_mnist=detector["false_alarm_rate_mnist"],
        alarm_pens=detector["false_alarm_rate"],
        kinds="\n".join(
            f"| {f'*{name}*' if kind['apart'] else name} | {kind['right']:.1%} |"
            for name, kind in detector["kinds"].items()
        ),
        confusions="; ".join(
            f"{a} taken for {b} ({share:.1%} of the {a}s)" for a, b, share in card["confusions"]
        )
        + ", among pen strokes.",
    )


def _table(combinations: list[dict[str, Any]]) -> Iterator[str]:
    yield "| pen | " + " | ".join(f"{size:g} pixels ({size / SIDE:.0%})" for size in SIZES) + " |"
    yield "|---" * (len(SIZES) + 1) + "|"
    for pen in PENS:
        cells = []
        for size in SIZES:
            found = [each["right"] for each in combinations if each["pen"] == pen and each["size"] == size]
            cells.append(f"{np.mean(found):.2%} ({min(found):.2%})")
        yield f"| {pen:g} | " + " | ".join(cells) + " |"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure the ready network, and write its card.")
    parser.add_argument("--mnist", type=Path, required=True, help="MNIST as mnist.npz")
    parser.add_argument("--pens", type=Path, required=True, help="pen_digits_train.json.gz")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where both models are")
    return parser.parse_args()


if __name__ == "__main__":
    main()
