"""Workers end when they are to: nothing is left behind, and what cannot start is not tried for ever."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from core.errors import WorkerLost
from core.runs.run import Request, Status
from core.runs.store import RunStore
from core.workers.client import Workers
from tests.contract.foremen import ENDLESS, START, over, start_run, with_checkpoint
from tests.contract.processes import alive, descendants, until

ROOT = Path(__file__).resolve().parents[2]


def test_closing_leaves_no_process_and_the_runs_go_on_next_time(tmp_path: Path) -> None:
    own, runs = Workers(tmp_path), RunStore(tmp_path)
    run, waiting = start_run(runs, own, ENDLESS), start_run(runs, own, ENDLESS)
    with_checkpoint(runs, run)
    foreman, below = own.pid, descendants(own.pid)
    assert len(below) >= 3  # fork server, predictor, training
    own.close()
    assert own.pid is None
    until(lambda: not any(map(alive, below)), 30, "all workers are gone")
    assert foreman is not None
    assert not alive(foreman)
    for each in (run, waiting):
        assert runs.get(each.id).status is Status.QUEUED
        assert "LayerLab was closed" in runs.get(each.id).reason
    own.close()  # once more does no harm

    following = Workers(tmp_path)
    following.start()
    until(lambda: runs.last_event(run.id, "resume"), START, "the run goes on, though nobody asked")
    for each in (waiting, run):
        runs.ask(each.id, Request.STOP)
    assert over(runs, run).status is Status.STOPPED
    following.close()


def test_all_workers_end_when_the_server_is_killed(tmp_path: Path) -> None:
    script = (
        "import sys\nfrom pathlib import Path\nfrom core.workers.client import Workers\n"
        "workers = Workers(Path(sys.argv[1]))\nworkers.start()\nprint(workers.pid, flush=True)\n"
        "sys.stdin.read()"
    )
    server = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None
    foreman = int(server.stdout.readline())
    until(lambda: len(descendants(foreman)) >= 2, START, "the foreman has workers")
    below = descendants(foreman)
    server.kill()
    server.communicate()
    until(lambda: not any(map(alive, {foreman, *below})), 60, "the foreman and its workers are gone")


def test_a_foreman_that_cannot_start_is_given_up(tmp_path: Path) -> None:
    (tmp_path / "a file").write_text("where a folder should be")
    threads = threading.active_count()
    own = Workers(tmp_path / "a file")
    with pytest.raises(WorkerLost):
        own.call("fetch", name="digits").result(START)
    until(lambda: threading.active_count() <= threads and own.pid is None, 15, "it is tried no more")
    with pytest.raises(WorkerLost, match="can't be started"):
        own.start()
    with pytest.raises(WorkerLost):
        own.call("fetch", name="digits").result(START)
    own.close()
