"""Make the ready network, and the detector of what is no digit.

    python -m core.drawing.ready_model --mnist mnist.npz --pens pen_digits_train.json.gz

Writes `core/drawing/ready/`: the network and its design, the detector, and the model card (`README.md`
for people, `card.json` for the page). Takes about half an hour on two cores.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.data.sources import source
from core.data.split import Statistics
from core.drawing.making import material, scribbles
from core.drawing.making.material import Grey, Labels, Material
from core.drawing.making.pen_digits import PenDigit
from core.drawing.ready import FOLDER
from core.experiment import edits
from core.experiment.data_spec import DataSpec
from core.experiment.experiment import Experiment
from core.experiment.model_spec import ModelSpec
from core.experiment.training_spec import TrainingSpec

if TYPE_CHECKING:
    import keras

EPOCHS = 18
DETECTOR_EPOCHS = 6
BATCH = 128
PEAK_RATE = 0.002
SMOOTHING = 0.05
RENDERINGS = 16
"""How often each pen digit is rendered; an epoch takes `RENDERINGS_AN_EPOCH` of them, bent anew."""
RENDERINGS_AN_EPOCH = 5
NO_DIGITS = 30_000
SEED = 0


def main() -> None:
    """Make both, measure them, and write the card."""
    asked = _arguments()
    begun = time.monotonic()
    parts = material.read(asked.mnist, asked.pens)
    asked.out.mkdir(parents=True, exist_ok=True)
    rendered = _rendered(parts.pens)
    print(
        f"{len(rendered[0]):,} renderings of {len(parts.pens):,} digits, {time.monotonic() - begun:.0f} s",
        flush=True,
    )
    if asked.only != "network":
        save(make_detector(parts, rendered), asked.out / "detector.keras")
    if asked.only != "detector":
        make_network(parts, rendered, asked.epochs, asked.out)
    print(f"{(time.monotonic() - begun) / 60:.0f} minutes", flush=True)


def design() -> Experiment:
    """Return the ready network's design: one that anybody can open and change on the Build page."""
    experiment = Experiment(
        data=DataSpec(dataset="mnist", normalization="rescale"),
        model=ModelSpec(),
        training=TrainingSpec(
            epochs=EPOCHS, batch_size=BATCH, learning_rate=PEAK_RATE, optimizer="adamw", seed=SEED
        ),
    )
    for filters, repeated in ((32, 1), (64, 2), (128, 2)):
        for _ in range(repeated):
            experiment = _add(
                experiment, "Conv2D", filters=filters, padding="same", activation="linear", use_bias=False
            )
            experiment = _add(experiment, "BatchNormalization")
            experiment = _add(experiment, "Activation", activation="relu")
        if filters < 128:
            experiment = _add(experiment, "MaxPooling2D")
    experiment = _add(experiment, "GlobalAveragePooling2D")
    experiment = _add(experiment, "Dropout", rate=0.3)
    return _add(experiment, "Dense", units=10, activation="softmax")


def make_network(parts: Material, rendered: tuple[Grey, Labels], epochs: int, out: Path) -> keras.Model:
    """Train the network that reads digits; it is saved after each epoch.

    Args:
        parts: MNIST and pen strokes.
        rendered: Pen digits as pictures; each digit `RENDERINGS` times, one round after the other.
        epochs: How often all of MNIST's training pictures are seen.
        out: Where `model.keras` and `experiment.json` go.
    """
    from core.model.build import network

    random = np.random.default_rng(SEED)
    experiment = design()
    (out / "experiment.json").write_text(experiment.to_json(indent=2), encoding="utf-8")
    model = network(experiment, source("mnist").info, Statistics((0.0,), (1.0,)))
    model.summary()
    kept_pens = (
        material.as_drawn(parts.pens_kept, random),
        np.array([digit.label for digit in parts.pens_kept]),
    )

    def an_epoch() -> tuple[Grey, Labels]:
        some = _some(rendered, len(parts.pens), random)
        images = np.concatenate([parts.mnist[0], some[0]])
        return material.bent((images, np.concatenate([parts.mnist[1], some[1]])), random)

    def after() -> str:
        save(model, out / "model.keras")
        shares = accuracy(model, *parts.mnist_kept), accuracy(model, *kept_pens)
        return f"right of MNIST kept {shares[0]:.4f}, of pens kept {shares[1]:.4f}"

    _fit(model, epochs, an_epoch, after, classes=10)
    return model


def make_detector(parts: Material, rendered: tuple[Grey, Labels]) -> keras.Model:
    """Train the detector: 1 for a digit, 0 for what is none."""
    random = np.random.default_rng(SEED + 1)
    model = _detector()
    none = material.no_digits(NO_DIGITS, scribbles.KINDS, parts.pens, random)
    kept_none = none[-2_000:]
    other_kinds = material.no_digits(2_000, scribbles.KEPT_APART, (), random)
    kept_pens = material.as_drawn(parts.pens_kept, random)

    def an_epoch() -> tuple[Grey, Labels]:
        mnist = parts.mnist[0][random.choice(len(parts.mnist[0]), len(none), replace=False)]
        pens = rendered[0][random.choice(len(rendered[0]), len(none) // 2, replace=False)]
        images = np.concatenate([mnist, pens, none[:-2_000]])
        return material.bent(
            (images, (np.arange(len(images)) < len(mnist) + len(pens)).astype(np.int64)), random
        )

    def after() -> str:
        digits = np.concatenate([likeness(model, parts.mnist_kept[0]), likeness(model, kept_pens)])
        limit = np.quantile(digits, 0.01)
        shares = [float((likeness(model, each) < limit).mean()) for each in (kept_none, other_kinds)]
        return f"at 1 % false alarms: {shares[0]:.3f} of known kinds, {shares[1]:.3f} of kinds never seen"

    _fit(model, DETECTOR_EPOCHS, an_epoch, after)
    return model


def save(model: keras.Model, path: Path) -> None:
    """Keep a model without what its optimizer holds: two thirds of the file."""
    import keras

    plain = keras.models.clone_model(model)
    plain.set_weights(model.get_weights())
    plain.save(path)


def accuracy(model: keras.Model, images: Grey, labels: Labels) -> float:
    """Return the share of pictures that a network reads rightly."""
    return float((outputs(model, images).argmax(axis=1) == labels).mean())


def likeness(model: keras.Model, images: Grey) -> NDArray[np.float32]:
    """Return the detector's number for pictures, shape (n,)."""
    return outputs(model, images)[:, 0]


def outputs(model: keras.Model, images: Grey) -> NDArray[np.float32]:
    """Return a model's outputs for pictures (n, 28, 28)."""
    found: NDArray[np.float32] = model.predict(images[..., None], batch_size=512, verbose=0)
    return found


# --- training ---


def _fit(
    model: keras.Model,
    epochs: int,
    an_epoch: Callable[[], tuple[Grey, Labels]],
    after: Callable[[], str],
    classes: int = 0,
) -> None:
    """Train with other pictures in each epoch; the rate rises for one and falls as a cosine to the end."""
    import keras

    images, labels = an_epoch()
    steps = len(images) // BATCH
    rate = keras.optimizers.schedules.CosineDecay(
        PEAK_RATE / 10, steps * (epochs - 1), warmup_target=PEAK_RATE, warmup_steps=steps
    )
    smoothed = keras.losses.CategoricalCrossentropy(label_smoothing=SMOOTHING)
    loss = smoothed if classes else keras.losses.BinaryCrossentropy()
    model.compile(keras.optimizers.AdamW(rate, weight_decay=0.01), loss)
    for epoch in range(1, epochs + 1):
        begun = time.monotonic()
        wanted = np.eye(classes, dtype=np.float32)[labels] if classes else labels.astype(np.float32)
        told = model.fit(images[..., None], wanted, batch_size=BATCH, verbose=0)
        loss_now, seconds = told.history["loss"][0], time.monotonic() - begun
        print(f"epoch {epoch}: loss {loss_now:.4f}, {after()}, {seconds:.0f} s", flush=True)
        if epoch < epochs:
            images, labels = an_epoch()


def _detector() -> keras.Model:
    import keras

    keras.utils.set_random_seed(SEED)
    layers = keras.layers
    stack = [keras.Input((28, 28, 1)), layers.Rescaling(1 / 255)]
    for filters in (16, 32, 64):
        stack += [
            layers.Conv2D(filters, 3, padding="same", use_bias=False),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.MaxPooling2D() if filters < 64 else layers.GlobalMaxPooling2D(),
        ]
    return keras.Sequential([*stack, layers.Dropout(0.2), layers.Dense(1, activation="sigmoid")])


# --- what is learned from ---


def _rendered(digits: Sequence[PenDigit]) -> tuple[Grey, Labels]:
    with ProcessPoolExecutor(2) as pool:
        rounds = list(pool.map(_round, [digits] * RENDERINGS, range(RENDERINGS)))
    return np.concatenate([each[0] for each in rounds]), np.concatenate([each[1] for each in rounds])


def _round(digits: Sequence[PenDigit], number: int) -> tuple[Grey, Labels]:
    return material.renderings(digits, 1, np.random.default_rng((SEED, number)))


def _some(rendered: tuple[Grey, Labels], digits: int, random: np.random.Generator) -> tuple[Grey, Labels]:
    """Return `RENDERINGS_AN_EPOCH` renderings of each digit."""
    rounds = len(rendered[0]) // digits
    chosen = np.argsort(random.random((digits, rounds)), axis=1)[:, :RENDERINGS_AN_EPOCH]
    places = (chosen * digits + np.arange(digits)[:, None]).reshape(-1)
    return rendered[0][places], rendered[1][places]


def _add(experiment: Experiment, kind: str, **parameters: object) -> Experiment:
    return edits.insert(experiment, len(experiment.model.layers), kind, **parameters)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Make the ready network and its detector.")
    parser.add_argument("--mnist", type=Path, required=True, help="MNIST as mnist.npz")
    parser.add_argument("--pens", type=Path, required=True, help="pen_digits_train.json.gz")
    parser.add_argument("--out", type=Path, default=FOLDER, help="where it all goes")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--only", choices=["network", "detector"], help="make one of the two alone")
    return parser.parse_args()


if __name__ == "__main__":
    main()
