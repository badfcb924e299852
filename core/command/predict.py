"""Ask a network which digit a picture shows."""

from __future__ import annotations

import argparse
import base64
from collections.abc import Sequence
from pathlib import Path

from core.command.finding import RUN_HELP, find_run
from core.command.photo import read_digit
from core.command.words import WrongUse, can_write, say, say_json
from core.drawing import networks
from core.drawing.networks import Network
from core.drawing.verdict import percent, verdict
from core.errors import RunRefused
from core.experiment.choices import Output
from core.home import home
from core.runs.store import RunStore

EXAMPLE = "python -m core predict seven.png --run latest"
BAR = 30
"""Characters of the longest bar."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what this command takes."""
    parser.add_argument(
        "image",
        metavar="IMAGE",
        help="a PNG or JPEG of one digit, any size, dark on light or light on dark",
    )
    parser.add_argument(
        "--run",
        dest="network",
        default=networks.READY,
        metavar="RUN",
        help=f"who is asked: “{networks.READY}”, the network that comes along (default), or {RUN_HELP}",
    )
    parser.add_argument("--json", action="store_true", help="as JSON, for programs")


def run(asked: argparse.Namespace) -> int:
    """Ask and write the answer; return the exit code."""
    pixels = read_digit(Path(asked.image))
    network = _network(asked.network)
    from core.drawing.predict import predict  # loads TensorFlow

    found = predict([network.id], base64.b64encode(pixels.tobytes()).decode(), len(pixels))
    answer = found["answers"][network.id]
    if "error" in answer:
        raise RunRefused(answer["error"])
    outputs, likeness, known = answer["outputs"], found["likeness"], networks.detector()
    said = verdict(
        outputs,
        network.info,
        network.meaning,
        likeness=likeness,
        threshold=known.threshold if known else None,
        false_alarm_rate=known.false_alarm_rate if known else None,
    )
    if asked.json:
        say_json(
            {
                "answer": network.info.classes[said.best],
                "kind": said.kind.value,
                "words": said.words,
                "meaning": network.meaning.value,
                "outputs": dict(zip(network.info.classes, outputs, strict=True)),
                "likeness": likeness,
                "network": network.id,
            }
        )
        return 0
    say(f"{network.info.classes[said.best]}   {said.words}")
    for line in bars(outputs, network.info.classes, network.meaning):
        say(line)
    return 0


def bars(outputs: Sequence[float], classes: Sequence[str], meaning: Output) -> list[str]:
    """Return one line a class: its name, a bar, and the number."""
    full = "█" if can_write("█") else "#"
    plain = meaning is Output.NUMBERS
    low = min(0.0, *outputs) if plain else 0.0
    high = max(*outputs, low + 1e-9) if plain else 1.0
    width = max(map(len, classes))
    return [
        f"  {name:>{width}}  {full * round(BAR * (value - low) / (high - low)):<{BAR}}  "
        f"{f'{value:.2f}' if plain else percent(value):>12}"
        for name, value in zip(classes, outputs, strict=True)
    ]


def _network(word: str) -> Network:
    store = RunStore(home())
    found = networks.find(store, word if word == networks.READY else find_run(word, store).id)
    if not found.info.drawable:
        raise WrongUse(
            f"{found.label} was trained on {found.info.label}, so it can't read a digit. Ask another run, "
            f"or “{networks.READY}”."
        )
    return found
