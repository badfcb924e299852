"""How long until the first page can be used, against an empty Streamlit app.

    python -m benchmarks.startup [--repeats 7]

Both are started in turn, from the command line to the first button that can be clicked in Chromium.
LayerLab starts from an empty data directory. Also says whether the web process holds TensorFlow.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from benchmarks.serving import served
from tests.browser.chromium import find_or_install

ROOT = Path(__file__).resolve().parents[1]
AIM = 1.5
EMPTY = 'import streamlit as st\n\nst.button("Train", key="train")\n'


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=7)
    repeats = parser.parse_args().repeats
    times: dict[str, list[float]] = {"empty": [], "LayerLab": []}
    held: list[str] = []
    chromium = find_or_install()
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        empty = Path(folder) / "empty"
        empty.mkdir()
        (empty / "app.py").write_text(EMPTY)
        for number in range(repeats + 1):  # the first of each warms the disk and is not counted
            for name, place in (("empty", empty), ("LayerLab", ROOT)):
                home = Path(folder) / f"home-{number}"
                seconds, libraries = _measure(browser, place, home)
                if number:
                    times[name].append(seconds)
                if name == "LayerLab":
                    held = libraries
        browser.close()
    _report(times, held)


def _measure(browser: Browser, place: Path, home: Path) -> tuple[float, list[str]]:
    context = browser.new_context()
    page = context.new_page()
    begin = time.perf_counter()
    with served(place, home) as (address, process):
        page.goto(address)
        page.locator(".st-key-train button:enabled").wait_for()
        seconds = time.perf_counter() - begin
        libraries = _heavy_libraries(process.pid)
    context.close()
    return seconds, libraries


def _heavy_libraries(pid: int) -> list[str]:
    """Return which of the heavy libraries a process has mapped (Linux only)."""
    try:
        maps = Path(f"/proc/{pid}/maps").read_text()
    except OSError:
        return ["unknown on this system"]
    return [name for name in ("tensorflow", "sklearn", "pandas") if f"/{name}/" in maps]


def _report(times: dict[str, list[float]], held: list[str]) -> None:
    print(f"{'start to first click':22}{'median':>9}{'min':>9}{'max':>9}")
    for name, seconds in times.items():
        middle = statistics.median(seconds)
        print(f"{name:22}{middle:8.2f}s{min(seconds):8.2f}s{max(seconds):8.2f}s")
    pairs = [ours / base for ours, base in zip(times["LayerLab"], times["empty"], strict=True)]
    print(f"LayerLab / empty: {statistics.median(pairs):.2f} (aim: at most {AIM})")
    print(f"heavy libraries in the web process: {', '.join(held) or 'none'}")


if __name__ == "__main__":
    main()
