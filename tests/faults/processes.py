"""Faults of worker, foreman and server: killed, crashed, frozen, out of memory."""

from __future__ import annotations

import os
import resource
import signal
import time

import psutil

from core.runs.run import Status
from tests.contract.processes import alive, until
from tests.faults.scene import Scene
from tests.faults.strikes import Strike

SAVED = (".checkpoint", ".checkpoint", ".checkpoint", ".json", ".csv", ".keras", ".sha256")


def worker_in_batch(scene: Scene) -> None:
    """Kill the worker at any moment."""
    scene.begin()
    scene.moment()
    pid = scene.worker()
    scene.strike(lambda: scene.kill(pid))
    scene.interrupted(words="killed")
    scene.resume()
    scene.completed()


def segfault(scene: Scene) -> None:
    """Have the worker crash."""
    scene.begin()
    scene.moment()
    pid, number = scene.worker(), scene.choose("signal", signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS)
    scene.strike(lambda: os.kill(pid, number) if alive(pid) else None)
    scene.interrupted(words="crashed")
    scene.resume()
    scene.completed()


def worker_in_save(scene: Scene) -> None:
    """Kill the worker while it writes a file, just before that takes its place, and just after."""
    struck_in(scene, a_save(scene))


def worker_in_commit(scene: Scene) -> None:
    """Kill the worker before, in and after a commit, and before it writes its journal."""
    struck_in(scene, a_commit(scene))


def struck_in(scene: Scene, strike: Strike) -> None:
    """Have the worker struck dead at an exact place, and resume the run."""
    scene.place.strikes.arm(strike)
    scene.begin()
    scene.place.strikes.wait()
    scene.strike()
    scene.interrupted()
    scene.resume()
    scene.completed()


def a_save(scene: Scene, do: int = signal.SIGKILL) -> Strike:
    """Choose a file and a place in its writing."""
    name = scene.choose("file", *SAVED)
    place = scene.choose("place", "write", "before replace", "after replace")
    skip = scene.random.randint(0, 5) if name == ".checkpoint" else 0
    delay = scene.random.uniform(0, 0.004) if place == "write" else None
    return Strike(place, do, name, scene.note("skip", skip), scene.note("delay", delay))


def a_commit(scene: Scene, do: int = signal.SIGKILL) -> Strike:
    """Choose a commit and a place in it."""
    place = scene.choose("place", "before commit", "commit", "commit", "after commit", "append")
    delay = scene.random.uniform(0, 0.002) if place == "commit" else None
    # an epoch is written down in three commits at least, and in one line or more of the journal
    skip = scene.note("skip", scene.random.randint(0, 4 if place == "append" else 14))
    return Strike(place, do, "", skip, scene.note("delay", delay))


def out_of_memory(scene: Scene) -> None:
    """Let the worker have no more memory, or less than it has already."""
    scene.begin()
    scene.moment("start", "first", "batch")
    pid = scene.worker()
    share = scene.note("share", scene.random.choice((0.2, 0.6, 0.95, 1.0)))

    def limit() -> None:
        size = int(psutil.Process(pid).memory_info().vms * share)
        resource.prlimit(pid, resource.RLIMIT_AS, (size, resource.RLIM_INFINITY))

    scene.strike(limit)
    scene.true()
    run = scene.over(seconds=60)
    scene.ends.append(run.status.value)
    if run.status is Status.FAILED:
        if "memory" not in run.reason:
            scene.breach(f"the reason does not say memory: {run.reason}")
        return
    scene.resume()
    scene.completed()


# --- the server and the foreman ---


def server(scene: Scene, real: bool = False) -> None:
    """Kill the server; its foreman and workers end, and the next server goes on with the run."""
    scene.begin()
    scene.moment()
    scene.strike(scene.place.server.kill)
    _all_gone(scene)
    scene.true()
    scene.place.start(real)
    scene.true_from_now()
    scene.completed()


def foreman(scene: Scene) -> None:
    """Kill the foreman; the server starts another one, which goes on with the run."""
    scene.begin()
    scene.moment()
    pid = scene.place.server.foreman
    scene.strike(lambda: scene.kill(pid))
    scene.true()
    scene.completed()


def both(scene: Scene, real: bool = False) -> None:
    """Kill server and worker, or all three, in any order; start a server again."""
    scene.begin()
    scene.moment()
    pids = {"server": scene.place.server.process.pid, "worker": scene.worker()}
    if scene.choose("three", True, False):
        pids["foreman"] = scene.place.server.foreman or 0
    order = list(pids)
    scene.random.shuffle(order)
    scene.note("order", " ".join(order))
    scene.strike(*((lambda pid=pids[name]: scene.kill(pid)) for name in order))
    scene.place.server.process.wait()
    _all_gone(scene)
    scene.place.start(real)
    if scene.true_from_now() is Status.INTERRUPTED:
        scene.resume()
    scene.completed()


def _all_gone(scene: Scene) -> None:
    try:
        until(lambda: not scene.place.processes(), 30, "all processes are gone")
    except AssertionError:
        scene.breach(f"processes {scene.place.processes()} outlive their server by 30 s")


# --- frozen ---


def frozen(scene: Scene) -> None:
    """Freeze worker, foreman or both, for a while; meanwhile nothing, or foreman or server are killed."""
    who = scene.choose("who", "worker", "worker", "foreman", "both")
    meanwhile = scene.choose("meanwhile", "nothing", "kill foreman", "kill foreman", "new server")
    pids = _freeze(scene, who)
    old = scene.place.server
    if meanwhile == "kill foreman":
        scene.kill(pids["foreman"])
    elif meanwhile == "new server":
        old.kill()
        scene.place.start()
    end = time.monotonic() + scene.note("hold", scene.hold * scene.random.choice((0.1, 0.1, 1.0)))
    scene.true()
    time.sleep(max(0.0, end - time.monotonic()))
    late = evidence_of_lateness(scene, pids)
    for name in pids:
        if alive(pids[name]):
            os.kill(pids[name], signal.SIGCONT)
    scene.note("late", late)
    scene.true_from_now()
    scene.completed()


def evidence_of_lateness(scene: Scene, pids: dict[str, int]) -> bool:
    """Return whether the frozen worker is still there although the run was begun anew."""
    return alive(pids["worker"]) and scene.store.get(scene.run.id).attempt > 1


def _freeze(scene: Scene, who: str) -> dict[str, int]:
    strike = None
    if who != "foreman" and scene.choose("exactly", True, False):
        strike = scene.choose("in", a_save, a_commit)(scene, signal.SIGSTOP)
        scene.chosen["in"] = scene.chosen["in"].__name__
        scene.place.strikes.arm(strike)
    scene.begin()
    if strike:
        scene.place.strikes.wait()
    else:
        scene.moment()
    pids = {"worker": scene.worker(), "foreman": scene.place.server.foreman or 0}
    stopped = [pids[name] for name in pids if who in (name, "both") and alive(pids[name])]
    scene.strike(*((lambda pid=pid: os.kill(pid, signal.SIGSTOP)) for pid in stopped))
    return pids
