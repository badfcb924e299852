"""Faults from around: two servers, a clock that jumps, numbers that run away, a browser that is closed."""

from __future__ import annotations

import time

from core.experiment import edits, link
from core.runs.run import Request, Status
from tests.faults.scene import Scene


def two_servers(scene: Scene, real: bool = False) -> None:
    """Have two servers on one data directory, each with a run; then one of them is killed, or neither."""
    first = scene.place.server
    scene.begin()
    scene.until_learning()  # paused before, it would wait ahead of its first point
    scene.store.ask(scene.run.id, Request.PAUSE)  # until the second one learns
    second = scene.place.start(real)
    scene.begin()
    visit = second.visit("/train", scene.runs[1]) if real else None
    scene.until_learning(scene.runs[1])
    scene.store.ask(scene.run.id, Request.GO)
    who = scene.choose("killed", "first", "second", "first's foreman", "neither")
    victims = {
        "first": first.kill,
        "second": second.kill,
        "first's foreman": lambda: scene.kill(first.foreman),
        "neither": lambda: None,
    }
    time.sleep(scene.note("delay", scene.random.uniform(0, 1)))
    scene.strike(victims[who])
    for run in scene.runs:
        scene.true(run=run)
        scene.completed(run)
    if visit:
        visit.close()
    for server in (first, second) if who == "neither" else ():
        server.close()


def clock(scene: Scene) -> None:
    """Move the clock by an hour, forward or back, and perhaps kill somebody as it is wrong."""
    hours = scene.choose("hours", -1, 1)
    also = scene.choose("killed", "nobody", "worker", "foreman")
    scene.begin()
    scene.moment()
    pids = {"nobody": None, "worker": scene.worker(), "foreman": scene.place.server.foreman}
    scene.strike(lambda: scene.place.strikes.set_clock(3600.0 * hours), lambda: scene.kill(pids[also]))
    if scene.true() is Status.INTERRUPTED:
        scene.resume()
    if scene.choose("set right", True, False):
        time.sleep(scene.random.uniform(0, 2))
        scene.place.strikes.set_clock(0.0)
    scene.completed()
    spent = scene.store.get(scene.run.id).progress.seconds
    if not 0 < spent < 600:
        scene.breach(f"the training is said to have taken {spent:.0f} s")


def not_a_number(scene: Scene) -> None:
    """Have the loss run away."""
    design = scene.design().with_training(optimizer="sgd", learning_rate=10.0)
    for name in ("dense", "dense_1"):  # a ReLU would die, and hide it
        design = edits.change(design, name, activation="linear")
    scene.begin(edits.set_data(design, normalization="none"))
    scene.until_learning()
    scene.strike()
    run = scene.over(seconds=30)
    scene.true()
    scene.ends.append(run.status.value)
    if run.status is not Status.FAILED or "no longer a finite number" not in run.reason:
        scene.breach(f"it is {run.status}: {run.reason}")
    rows = sum(event.kind == "epoch" for event in scene.store.events(run.id))
    scene.judge(run, epochs=rows)


def browser_closed(scene: Scene) -> None:
    """Press Train in a browser, and close or kill that on the way."""
    how = scene.choose("closed", "in order", "killed")
    visit = scene.place.server.visit(f"/?design={link.encode(scene.design())}", train=True)
    scene.runs.append(scene.store.get(visit.address.split("run=")[1].split("&")[0]))
    scene.until_learning()
    time.sleep(scene.note("delay", scene.random.uniform(0, 1)))
    scene.strike(visit.close if how == "in order" else visit.kill)
    scene.true()
    scene.completed()
    left = scene.place.server.process.poll()
    if left is not None:
        scene.breach(f"the server has ended ({left})")
