"""How commands end that are interrupted, killed, not read, or fail: in words, and with nothing lost."""

from __future__ import annotations

import io
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from core.data.sources import source
from core.experiment.presets import preset
from core.runs.run import Status
from core.runs.store import RunStore
from tests.contract import processes
from tests.contract.commands import ROOT, command, environment, training
from tests.contract.foremen import ENDLESS, START
from tests.contract.processes import until

INFO = source("digits").info
posix = pytest.mark.skipif(os.name != "posix", reason="signals and terminals of POSIX")


def _learns(begun: subprocess.Popen[str]) -> None:
    assert begun.stdout is not None
    for line in begun.stdout:
        if line.startswith("epoch"):
            return
    raise AssertionError(f"it never learned: {begun.communicate()[1]}")


@posix
def test_ctrl_c_stops_the_run_and_keeps_it(tmp_path: Path) -> None:
    with training(tmp_path, "article", "--epochs", str(ENDLESS)) as begun:
        _learns(begun)
        begun.send_signal(signal.SIGINT)
        out, err = begun.communicate(timeout=START)
    assert begun.returncode == 130
    assert "Press Ctrl-C again" in err
    assert "was stopped" in out
    (kept,) = RunStore(tmp_path).newest()
    assert kept.status is Status.STOPPED
    assert kept.has_model
    assert f"test_loss {kept.result['test_loss']:.4f}" in out


@posix
def test_a_second_ctrl_c_leaves_at_once_and_the_run_can_be_resumed(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    with training(tmp_path, "article", "--epochs", str(ENDLESS)) as begun:
        _learns(begun)
        (foreman,) = psutil.Process(begun.pid).children()
        for worker in processes.workers_below(foreman.pid):
            processes.suspend(worker)  # so that it can't stop by itself
        begun.send_signal(signal.SIGINT)
        assert begun.stderr is not None
        assert begun.stderr.readline().startswith("Stopping")
        begun.send_signal(signal.SIGINT)
        _, err = begun.communicate(timeout=START)
    assert begun.returncode == 130
    assert "Resume" in err
    (left,) = store.newest()
    assert left.status is Status.INTERRUPTED
    assert store.resume(left.id)


@posix
def test_when_it_is_killed_the_run_waits_to_go_on(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    with training(tmp_path, "article", "--epochs", str(ENDLESS)) as begun:
        _learns(begun)
        below = processes.descendants(begun.pid)
        begun.kill()
        until(lambda: not any(map(processes.alive, below)), START, "nothing is left of it")
    (left,) = store.newest()
    assert left.status is Status.QUEUED
    assert left.reason


def test_a_run_that_fails_ends_with_1_and_its_reason(tmp_path: Path) -> None:
    design = preset("zero_hidden").experiment(INFO).with_data(normalization="none")
    design = design.with_training(optimizer="sgd", learning_rate=10.0, epochs=50)
    (tmp_path / "wild.json").write_text(design.to_json(), "utf-8")
    said = command(tmp_path, "train", str(tmp_path / "wild.json"))
    (failed,) = RunStore(tmp_path).newest()
    assert failed.status is Status.FAILED
    assert said.code == 1
    assert failed.reason in said.err


@posix
def test_in_a_terminal_there_is_a_bar(tmp_path: Path) -> None:
    ours, theirs = os.openpty()
    with training(tmp_path, "article", "--epochs", "2", stdout=theirs) as begun:
        os.close(theirs)
        shown = io.BytesIO()
        while piece := _piece(ours):
            shown.write(piece)
        assert begun.wait(START) == 0
    os.close(ours)
    text = shown.getvalue().decode()
    assert "━" in text
    assert re.search(r"epoch 2/2  loss [\d.]+  accuracy [\d.]+  val_loss [\d.]+", text)
    assert "is done" in text


def _piece(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4_096)
    except OSError:  # nobody writes any more
        return b""


def test_when_nobody_reads_it_ends_quietly(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "core", "runs"],
            cwd=ROOT,
            env=environment(tmp_path, {}),
            stdout=writing,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (1, b"")


@posix
def test_a_training_that_nobody_reads_any_more_is_left_and_can_be_resumed(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    with training(tmp_path, "article", "--epochs", str(ENDLESS)) as begun:
        _learns(begun)
        assert begun.stdout is not None
        assert begun.stderr is not None
        begun.stdout.close()
        assert begun.wait(START) == 1
        said = begun.stderr.read()
    (left,) = store.newest()
    assert left.status is Status.INTERRUPTED
    assert f"Run {left.number} is interrupted; what it learned up to epoch" in said
    assert "Traceback" not in said
    listed = command(tmp_path, "runs").out
    assert f"Run {left.number} (interrupted): " in listed
    assert "Resume" in listed
    assert store.resume(left.id)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full is Linux's")
@pytest.mark.parametrize("words", [("runs",), ("export", "article", "--as", "json")])
def test_output_that_can_not_be_written_is_a_failure_in_words(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "core", *words],
            cwd=ROOT,
            env=environment(tmp_path, {}),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr.splitlines() == ["The output could not be written (No space left on device)."]
