"""Faults of what is kept: a full disk, a read-only folder, damaged checkpoints and databases, data gone."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import numpy as np

from core.data import files, library
from core.data.sources import source
from core.errors import StorageFailed
from core.experiment.experiment import Experiment
from core.experiment.title import title
from core.runs.checkpoints import Checkpoints
from core.runs.run import Status
from tests.contract.processes import until
from tests.faults.scene import TRUE_SECONDS, Scene
from tests.faults.strikes import Strike

DISK = "64m"
"""The size of the disk that gets full."""
MNIST_TRAINING, MNIST_TEST = 60_000, 10_000


class CannotError(Exception):
    """This machine does not allow the fault."""


# --- the disk ---


def mount_disk(folder: Path) -> None:
    """Mount a small disk at `folder`.

    Raises:
        CannotError: This user may not.
    """
    folder.mkdir(parents=True, exist_ok=True)
    _run("mount", "-t", "tmpfs", "-o", f"size={DISK}", "none", str(folder))


def unmount(folder: Path) -> None:
    """Take away what was mounted at `folder` last."""
    _run("umount", "-l", str(folder))


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise CannotError(done.stderr.strip())


def disk_full(scene: Scene) -> None:
    """Fill the disk as the worker writes database, checkpoint, log or model; then make room again."""
    what = scene.choose("writing", "database", "checkpoint", "log", "model")
    place, detail = {
        "database": ("before commit", ""),
        "checkpoint": ("write", ".checkpoint"),
        "log": ("append", "events.jsonl"),
        "model": ("write", ".keras"),
    }[what]
    skip = 0 if what == "model" else scene.note("skip", scene.random.randint(0, 6))
    filler = scene.place.home / "filler"
    scene.place.strikes.arm(Strike(place, "fill", detail, skip, filler=str(filler)))
    scene.begin()
    scene.place.strikes.wait()
    scene.strike()
    _expect_words(scene, "disk is full")
    following = _another_run(scene)
    time.sleep(scene.random.uniform(0, 4))
    filler.unlink()
    _go_on(scene, following)


def read_only(scene: Scene) -> None:
    """Have the data directory refuse to be written, and allow it again."""
    home = str(scene.place.home)
    scene.begin()
    scene.moment()
    _run("mount", "--bind", home, home)
    try:
        scene.observe()  # nobody can even read the database where its folder is read-only
        scene.strike(lambda: _run("mount", "-o", "remount,bind,ro", home), observe=False)
        following = _another_run(scene)
        time.sleep(scene.note("read-only for", scene.random.uniform(2, 10)))
    finally:
        unmount(scene.place.home)
    # nothing could be written down before
    scene.true_from_now()
    scene.interrupted(within=TRUE_SECONDS, words="written")
    _go_on(scene, following)


def _another_run(scene: Scene) -> Experiment | None:
    """Press Train while nothing can be written; return what could not be begun."""
    experiment = scene.design(epochs=2)
    try:
        run = scene.store.create(experiment, title(experiment))
        scene.runs.append(run)
        scene.place.server.train(run)
    except StorageFailed:
        return experiment
    return None


def _expect_words(scene: Scene, words: str) -> None:
    scene.interrupted(within=TRUE_SECONDS, words=words)


def _go_on(scene: Scene, following: Experiment | None) -> None:
    """Go on once there is room: all runs are resumed and complete, and a new one can be begun."""
    run = scene.over()
    if run.status is Status.INTERRUPTED:
        scene.resume()
    scene.completed()
    if following:
        scene.begin(following)
    other = scene.over(scene.runs[1])
    if other.status is Status.INTERRUPTED and scene.store.resume(other.id):
        scene.place.server.train(other)
    scene.completed(scene.runs[1])


# --- damage ---


def checkpoint(scene: Scene) -> None:
    """Damage the newest checkpoint, of a run that was killed or is under way; then it goes on."""
    hot = scene.choose("under way", True, False)
    scene.begin()
    scene.moment("batch", "late")
    until(lambda: _newest(scene) or scene.store.get(scene.run.id).status.over, 60, "a checkpoint")
    pid = scene.worker()
    if hot:
        damage(scene, _newest(scene))
        time.sleep(scene.random.uniform(0, 0.3))
    scene.strike(lambda: scene.kill(pid))
    scene.interrupted()
    epochs = 0
    if not hot:
        scene.observe()
        epochs = Checkpoints(scene.run.checkpoints).newest_epoch()
        damage(scene, _newest(scene))
    scene.observe()
    # the one before the newest is an epoch older: that one is trained again, too
    scene.note("most lost", 2 if hot or epochs else 1)
    scene.resume()
    scene.completed()


def _newest(scene: Scene) -> Path | None:
    return next(iter(sorted(scene.run.checkpoints.glob("*.checkpoint"), reverse=True)), None)


def database(scene: Scene) -> None:
    """Damage the database, of a run that was killed, of a server that was closed, or under way."""
    when = scene.choose("when", "under way", "under way", "interrupted", "closed")
    scene.begin()
    scene.moment("batch", "late")
    path = scene.place.home / "runs.sqlite3"
    if when == "under way":
        scene.observe()
        if scene.choose("wal too", True, False):
            damage(scene, path.with_name(f"{path.name}-wal"))
        damage(scene, path)
        scene.true_from_now()
    elif when == "interrupted":
        pid = scene.worker()
        scene.strike(lambda: scene.kill(pid))
        scene.interrupted()
        damage(scene, path)
    else:
        scene.strike(scene.place.server.close)
        damage(scene, path)
        scene.place.start()
        scene.true_from_now()
    if when == "under way" and scene.over().status is Status.COMPLETED:
        scene.completed()
        return
    scene.resume()
    scene.completed()


def damage(scene: Scene, path: Path | None) -> None:
    """Flip bits of a file or cut it off, where it is there."""
    how = scene.choose("damage", "bit", "bits", "sector", "cut", "empty", "garbage")
    if path is None or not path.exists():
        scene.note("damage", "nothing there")
        return
    size = path.stat().st_size
    with path.open("r+b") as file:
        if how in ("bit", "bits"):
            for _ in range(1 if how == "bit" else 12):
                _flip(scene, file.fileno(), size)
        elif how == "sector" and size:
            os.pwrite(file.fileno(), bytes(512), scene.random.randrange(size) // 512 * 512)
        elif how in ("cut", "empty"):
            file.truncate(scene.random.randrange(size) if how == "cut" and size else 0)
        elif how == "garbage":
            os.pwrite(file.fileno(), scene.random.randbytes(size), 0)


def _flip(scene: Scene, handle: int, size: int) -> None:
    place = scene.random.randrange(max(1, size))
    byte = os.pread(handle, 1, place)
    if byte:
        os.pwrite(handle, bytes([byte[0] ^ 1 << scene.random.randrange(8)]), place)


# --- the data ---


def data_deleted(scene: Scene) -> None:
    """Delete the data set on the way; then the worker dies, too, or the data are put back in time."""
    name = scene.choose("data", "digits", "mnist")
    also = scene.choose("then killed", True, True, False)
    path = scene.place.home / "datasets" / source(name).filename
    if name == "mnist":
        path.parent.mkdir(exist_ok=True)
        digits_as_mnist(path)
    design = scene.design()
    if name == "mnist":  # 30 steps an epoch
        design = Experiment.from_json(design.to_json().replace('"digits"', '"mnist"'))
        design = design.with_training(batch_size=1600)
    scene.begin(design)
    scene.moment("batch")
    pid = scene.worker()
    scene.strike(path.unlink, *([lambda: scene.kill(pid)] if also else []))
    if also:
        scene.interrupted()
        scene.resume()
        run = scene.over()
        if name == "mnist":  # Digits comes back by itself
            if run.status is not Status.INTERRUPTED or "not on this machine" not in run.reason:
                scene.breach(f"without its data it is {run.status}: {run.reason}")
            digits_as_mnist(path)
            scene.resume()
    else:
        scene.true()
    scene.completed()


def digits_as_mnist(path: Path) -> None:
    """Write Digits, again and again, as a file of MNIST's size; kept in the judge's home, too."""
    kept = files.folder() / "mnist.npz"
    if not kept.exists():
        digits = library.load("digits")
        arrays = {}
        for part, samples, count in (
            ("train", digits.training, MNIST_TRAINING),
            ("test", digits.test, MNIST_TEST),
        ):
            which = np.arange(count) % len(samples)
            arrays[f"x_{part}"] = samples.inputs[which].reshape(count, 28, 28)
            arrays[f"y_{part}"] = samples.answers[which]
        np.savez(kept, allow_pickle=False, **arrays)
    path.write_bytes(kept.read_bytes())
