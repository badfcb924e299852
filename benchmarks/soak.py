"""An hour of short runs: whether memory, processes or files are left behind (Linux only).

    python -m benchmarks.soak [--runs 200] [--minutes 60]

A real server and a real Chromium. Each run is begun by opening the Build page anew and pressing Train, is
watched on the Train page to its end, and the next one follows, at an even pace over the time. Ends with 1
where the web process grew by more than a tenth since run 20, or anything was left over.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
from playwright.sync_api import Page, sync_playwright

from benchmarks.serving import ROOT, served
from core.data.sources import source
from core.experiment import link
from core.experiment.presets import preset
from core.runs.run import Run, Status
from core.runs.store import RunStore
from tests.browser.chromium import find_or_install

EVERY = 10
"""Runs between two measurements."""
WARM = 20
"""Runs before the first that counts: caches fill."""
MOST_GROWTH = 0.10
PATIENCE = 120.0
OWN = {"runs.sqlite3", "runs.sqlite3.lock", "ballast"}
"""Files that a data directory has whatever was done, beside the data sets."""


@dataclass(frozen=True)
class Measure:
    """What the processes hold after a number of runs.

    Attributes:
        runs: Runs done.
        web_bytes: Memory of the web process.
        web_files: Files, pipes and sockets that it has open.
        foreman_bytes: Memory of the foreman.
        foreman_files: What that has open.
        processes: Processes below the web process.
        beside: Files of the data directory that belong to no run.
        left: Files that only somebody who was killed would leave.
    """

    runs: int
    web_bytes: int
    web_files: int
    foreman_bytes: int
    foreman_files: int
    processes: int
    beside: int
    left: tuple[str, ...]

    def line(self) -> str:
        """Return it as a line of the table."""
        web, foreman = self.web_bytes / 1e6, self.foreman_bytes / 1e6
        return (
            f"{self.runs:5}{web:10.1f} MB{self.web_files:7}{foreman:11.1f} MB"
            f"{self.foreman_files:7}{self.processes:11}{self.beside:9}{len(self.left):6}"
        )


def main() -> None:
    """Run, measure, and say whether anything grew or was left."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--minutes", type=float, default=60.0, help="0: as fast as they go")
    asked = parser.parse_args()
    chromium = find_or_install()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        home = Path(folder) / "home"
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        with served(ROOT, home) as (address, process):
            page = browser.new_page()
            page.set_default_timeout(PATIENCE * 1000)
            ends = [asked.minutes * 60 * number / asked.runs for number in range(1, asked.runs + 1)]
            found = _soak(page, address, home, process.pid, ends)
            below = psutil.Process(process.pid).children(recursive=True)
        browser.close()
        _, alive = psutil.wait_procs(below, timeout=30)
        faults = [f"process {each.pid} outlives the server" for each in alive]
        RunStore(home).under_way()  # whoever opens the database next tidies up what SQLite keeps beside it
        faults += [f"{name} is left over" for name in _left(home, living=0)]
    faults += _verdict(found)
    print("\n".join(faults) or "nothing is left over, and nothing grows")
    sys.exit(bool(faults))


def _soak(page: Page, address: str, home: Path, pid: int, ends: list[float]) -> list[Measure]:
    """Train as many runs as there are `ends`: the seconds after which each makes way for the next."""
    design = preset("article").experiment(source("digits").info).with_training(epochs=6, batch_size=16)
    begun = time.monotonic()
    found: list[Measure] = []
    print(
        f"{'runs':>5}{'web':>13}{'open':>7}{'foreman':>14}{'open':>7}{'processes':>11}{'beside':>9}{'left':>6}"
    )
    for number, end in enumerate(ends, start=1):
        page.goto(f"{address}/?design={link.encode(design.with_training(seed=number))}")
        page.locator(".st-key-train button:enabled").click()
        run = _end_of(RunStore(home), number)
        if run.status is not Status.COMPLETED:
            print(f"run {number} is {run.status}: {run.reason}")
        time.sleep(max(1.0, begun + end - time.monotonic()))
        if number % EVERY == 0 or number == len(ends):
            found.append(_measure(home, pid, number))
            print(found[-1].line(), flush=True)
    print(f"{len(ends)} runs in {(time.monotonic() - begun) / 60:.1f} minutes")
    return found


def _end_of(store: RunStore, number: int) -> Run:
    """Return the run of a number once it is over.

    Raises:
        TimeoutError: It takes too long, or does not come.
    """
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        run = store.latest()
        if run is not None and run.number == number and run.status.over:
            return run
        time.sleep(0.1)
    raise TimeoutError(f"run {number} is not over after {PATIENCE:g} s")


def _measure(home: Path, pid: int, runs: int) -> Measure:
    web = psutil.Process(pid)
    foreman = next(each for each in web.children() if "core.workers.foreman" in each.cmdline())
    left = _left(home, living=1)
    return Measure(
        runs,
        web.memory_info().rss,
        web.num_fds(),
        foreman.memory_info().rss,
        foreman.num_fds(),
        len(web.children(recursive=True)),
        sum(path.is_file() and "runs" not in path.parts for path in home.rglob("*")),
        tuple(left),
    )


def _left(home: Path, living: int) -> list[str]:
    """Return the files that nobody will ever read.

    Args:
        home: The data directory.
        living: Foremen that live.
    """
    left = [str(path) for path in home.rglob(".new-*")]
    left += [str(path) for path in home.rglob("*.part")]
    locks = sorted((home / "foremen").iterdir())
    left += [str(path) for path in locks[living:]]
    known = {*OWN, "runs.sqlite3-wal", "runs.sqlite3-shm"} if living else OWN
    return left + [str(path) for path in home.iterdir() if path.is_file() and path.name not in known]


def _verdict(found: list[Measure]) -> list[str]:
    faults = [f"{name} was left over after {each.runs} runs" for each in found for name in each.left]
    warm = next((each for each in found if each.runs >= WARM), found[0])
    last = found[-1]
    growth = last.web_bytes / warm.web_bytes - 1
    print(f"memory of the web process from run {warm.runs} to {last.runs}: {growth:+.1%}")
    if growth > MOST_GROWTH:
        faults.append(f"the web process has grown by {growth:.1%}")
    for name in ("web_files", "foreman_files", "processes", "beside"):
        before, now = getattr(warm, name), getattr(last, name)
        if now > before + 2:  # a connection more or less
            faults.append(f"{name}: {before} after {warm.runs} runs, {now} after {last.runs}")
    return faults


if __name__ == "__main__":
    main()
