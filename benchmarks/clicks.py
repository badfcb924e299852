"""How long from a click to its effect on the Build page, in Chromium.

    python -m benchmarks.clicks [--repeats 12] [--layers 20 199]

Each kind of edit is done in turn, `repeats` times, and timed inside the browser from the event to the
first frame in which the stack shows what came of it: a whole way to Python and back, unless the
component can answer by itself. 200 layers are the most, so 199 are what one more can be added to.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks.serving import ROOT, served
from core.data.sources import source
from core.experiment import edits, link
from core.experiment.experiment import Experiment
from core.experiment.presets import preset
from tests.browser.chromium import find_or_install

AIM = 200.0
"""Milliseconds, for 95 of 100 clicks, with 20 layers."""

# Each edit: what is done, and what shows that it is done; both run in the browser.
EDITS: dict[str, tuple[str, str]] = {
    "open a card": ("head('dense_3').click()", "open('dense_3')"),
    "more units": ("set('dense_3', 'units', 61 + n)", "text('dense_3', '.shape') === String(61 + n)"),
    "activation": (
        "set('dense_3', 'activation', n % 2 ? 'tanh' : 'relu')",
        "text('dense_3', '.caption') === (n % 2 ? 'tanh' : 'ReLU')",
    ),
    "move down": ("key('dense_3', 'ArrowDown', {altKey: true})", "after('dense_4', 'dense_3')"),
    "undo, button": ("button('undo').click()", "after('dense_3', 'dense_4')"),
    "redo, button": ("button('redo').click()", "after('dense_4', 'dense_3')"),
    "undo, key": ("key('dense_3', 'z', {ctrlKey: true})", "after('dense_3', 'dense_4')"),
    "duplicate": ("key('dense_3', 'd', {ctrlKey: true})", "count() === before + 1"),
    "undo the duplicate": ("key('dense_5', 'z', {ctrlKey: true})", "count() === before - 1"),
    "remove": ("key('dense_6', 'Delete', {})", "!card('dense_6')"),
    "undo the removal": ("key('dense_5', 'z', {ctrlKey: true})", "card('dense_6')"),
}
HELPERS = (Path(__file__).parent / "clicks.js").read_text(encoding="utf-8")


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=12)
    parser.add_argument("--layers", type=int, nargs="*", default=[20, 199])
    chosen = parser.parse_args()
    chromium = find_or_install()
    with (
        tempfile.TemporaryDirectory() as folder,
        served(ROOT, Path(folder) / "home") as (address, _),
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        for layers in chosen.layers:
            page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
            page.goto(f"{address}/?design={link.encode(design(layers))}")
            page.locator("li[data-layer=dense_3]").wait_for()
            page.wait_for_timeout(8_000)  # the workers load TensorFlow; nothing else runs then
            _report(layers, _measure(page, chosen.repeats))
            page.context.close()
        browser.close()


def design(layers: int) -> Experiment:
    """Return a legal design of so many layers."""
    info = source("digits").info
    made = preset("softmax_regression").experiment(info)
    while len(made.model.layers) < layers:
        made = edits.insert(made, len(made.model.layers) - 1, "Dense", units=32)
    return made


def _measure(page: Page, repeats: int) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {name: [] for name in EDITS}
    for number in range(repeats + 1):
        for name, (act, shown) in EDITS.items():
            taken = page.evaluate(
                f"""async (n) => {{ {HELPERS}
                  const before = count();
                  const begun = performance.now();
                  {act};
                  while (!({shown})) {{
                    if (performance.now() - begun > 10000) throw new Error({name!r} + ' had no effect');
                    await new Promise(requestAnimationFrame);
                  }}
                  return performance.now() - begun;
                }}""",
                number,
            )
            page.wait_for_timeout(400)  # until the page is at rest: one click at a time is measured
            if number:  # the first of each is not counted
                times[name].append(float(taken))
        page.evaluate(f"() => {{ {HELPERS} if (open('dense_3')) head('dense_3').click(); }}")
        page.wait_for_timeout(400)
    return times


def _report(layers: int, times: dict[str, list[float]]) -> None:
    print(f"\n{f'{layers} layers, click to effect':28}{'median':>9}{'p95':>9}{'max':>9}")
    for name, taken in times.items():
        print(f"{name:28}{statistics.median(taken):7.0f}ms{_p95(taken):7.0f}ms{max(taken):7.0f}ms")
    everything = [each for taken in times.values() for each in taken]
    print(f"{'all':28}{statistics.median(everything):7.0f}ms{_p95(everything):7.0f}ms", end="")
    print(f"   (aim with 20 layers: p95 at most {AIM:.0f} ms)")


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20, method="inclusive")[-1]


if __name__ == "__main__":
    main()
