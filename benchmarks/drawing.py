"""How long networks take to answer one drawing, from the web process to the worker and back.

    python -m benchmarks.drawing [--repeats 200]

Networks of every preset, untrained, are kept as runs are in a data directory of their own, and the real
foreman is asked about drawings, each one another: one network, and ten at once, by turns, so that a busy
machine slows both alike. Aims: one within 10 ms in 95 of 100 cases, ten within 100 ms more.
Below, in the same way, what goes on inside one network (`inside`), and how long a list of 200 runs takes.
"""

from __future__ import annotations

import argparse
import base64
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from core.data.sources import source
from core.data.split import Statistics
from core.drawing import networks
from core.drawing.prepare import prepare
from core.drawing.strokes import Drawing, Stroke
from core.experiment.presets import PRESETS, preset
from core.home import VARIABLE
from core.runs.files import write_checksum
from core.runs.run import Run, Status
from core.runs.store import RunStore
from core.workers.client import Workers

AIM, AIM_MORE = 10.0, 100.0
"""Milliseconds for 95 of 100: one network, and how much more ten may take."""
SEVERAL = 10
SIDE = 28
LISTED = 200


def main() -> None:
    """Measure, and print tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=200)
    repeats = parser.parse_args().repeats
    with tempfile.TemporaryDirectory() as folder:
        os.environ[VARIABLE] = folder
        store, workers = RunStore(Path(folder)), Workers(Path(folder))
        workers.start()
        runs = {name: _run(store, name) for name in _presets()}
        while not workers.ready:
            time.sleep(0.1)
        try:
            _predictions(workers, runs, repeats)
            _insides(workers, runs, max(10, repeats // 10))
            _list(store, runs["article"])
        finally:
            workers.close()


def _presets() -> list[str]:
    return [each.name for each in PRESETS if not each.to_mend]


def _run(store: RunStore, name: str) -> Run:
    """Return a run as if it were over, with a model of random weights."""
    from core.model.build import network

    info = source("digits").info
    design = preset(name).experiment(info)
    run = store.create(design, name)
    attempt = store.begin(run.id)
    network(design, info, Statistics((33.0,), (78.0,))).save(run.model_path)
    write_checksum(run.model_path)
    store.finish(run.id, Status.COMPLETED, attempt=attempt)
    return run


def _drawings() -> Callable[[], str]:
    """Return what gives another drawing each time, as it is sent."""
    random = np.random.default_rng(1)

    def drawn() -> str:
        points = tuple((float(x), float(y)) for x, y in random.uniform(40, 240, (12, 2)))
        prepared = prepare(Drawing((Stroke(points, 20.0),)), SIDE)
        assert prepared is not None
        return base64.b64encode(prepared.image.tobytes()).decode()

    return drawn


def _predictions(workers: Workers, runs: dict[str, Run], repeats: int) -> None:
    drawn = _drawings()
    first = runs["small_cnn"].id
    asked = {
        "one (small_cnn)": [first],
        f"{SEVERAL} at once": [run.id for run in runs.values()][:SEVERAL],
    }
    if networks.ready() is not None:
        asked["the ready one and the detector"] = [networks.READY]
    times: dict[str, list[float]] = {words: [] for words in asked}
    loading = {words: _milliseconds(workers, ids, drawn()) for words, ids in asked.items()}
    for _ in range(repeats):
        for words, ids in asked.items():
            times[words].append(_milliseconds(workers, ids, drawn()))
    print("| networks | first time, ms | p50, ms | p95, ms |\n|---|---|---|---|")
    for words, each in times.items():
        print(f"| {words} | {loading[words]:.0f} | {statistics.median(each):.1f} | {_p95(each):.1f} |")
    one, several = (_p95(each) for each in list(times.values())[:2])
    print(
        f"\naims: one ≤ {AIM:g} ms: {one <= AIM}; ten ≤ {AIM_MORE:g} ms more: {several - one <= AIM_MORE}"
    )


def _milliseconds(workers: Workers, ids: list[str], image: str) -> float:
    begun = time.perf_counter()
    answers = workers.call("predict", networks=ids, image=image, side=SIDE).result(120)["answers"]
    spent = 1_000 * (time.perf_counter() - begun)
    assert all("outputs" in answer for answer in answers.values()), answers
    return spent


def _insides(workers: Workers, runs: dict[str, Run], repeats: int) -> None:
    drawn = _drawings()
    print("\n| look inside | first time, ms | p50, ms | p95, ms |\n|---|---|---|---|")
    for name in ("article", "small_cnn", "small_resnet"):
        times = []
        for _ in range(repeats + 1):
            begun = time.perf_counter()
            arguments = {"network": runs[name].id, "image": drawn(), "side": SIDE, "target": None}
            workers.call("inside", **arguments).result(120)
            times.append(1_000 * (time.perf_counter() - begun))
        warm = times[1:]
        print(f"| {name} | {times[0]:.0f} | {statistics.median(warm):.1f} | {_p95(warm):.1f} |")


def _list(store: RunStore, run: Run) -> None:
    for _ in range(LISTED - len(store.newest(LISTED))):
        made = store.create(run.experiment, "another")
        attempt = store.begin(made.id)
        made.model_path.write_bytes(b"")
        store.finish(made.id, Status.COMPLETED, attempt=attempt)
    times = []
    for _ in range(20):
        begun = time.perf_counter()
        networks.networks(store)
        times.append(1_000 * (time.perf_counter() - begun))
    print(f"\nlist of {LISTED} networks: {statistics.median(times):.1f} ms")


def _p95(times: list[float]) -> float:
    return float(np.percentile(times, 95))


if __name__ == "__main__":
    main()
