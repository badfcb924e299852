"""Live curves: what a person has done to them stays while they grow, and what is drawn is true."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from filelock import FileLock
from playwright.sync_api import Page, expect

from core.experiment.experiment import Experiment
from core.runs.run import Progress, Run, Status
from core.runs.store import RunStore
from tests.browser.conftest import ROOT, Server, Visitor, serving

STEPS = 10
"""Batches in an epoch of the runs here."""
OVERLAY = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
import streamlit as st
from ui.messages import log_unexpected
from ui.server import ROUTES, lifespan
app = st.App({{page!r}}, routes=ROUTES, lifespan=lifespan, on_script_error=log_unexpected)
"""
OVERLAY_PAGE = """
import streamlit as st
from ui import server
from ui.chart import show_curves
from ui.style import style
st.html(style())
runs = [server.store().get(each) for each in st.query_params["runs"].split()]
st.html(f'<p class="ll-quiet">{len(runs)} runs</p>')
show_curves(runs)
"""


@dataclass
class Trainee:
    """A run that a test trains by hand; its loss after each step is the step's number."""

    store: RunStore
    run: Run
    steps: int
    taken: int = 0
    step: int = 0

    def learn(self, points: int, extra: tuple[tuple[str, dict[str, Any]], ...] = ()) -> int:
        """Record more points, with the ends of epochs; return how many events there are now."""
        events: list[tuple[str, dict[str, Any]]] = []
        for _ in range(points):
            self.step += 1
            body = {**self.place, "loss": float(self.step), "accuracy": 0.5}
            events.append(("point", body))
            if self.step % self.steps == 0:
                events.append(("epoch", {**body, "val_loss": self.step + 0.5, "val_accuracy": 0.25}))
        events += extra
        epochs = self.run.experiment.training.epochs
        progress = Progress(self.step // self.steps, epochs, 1, self.steps, self.step / 4)
        assert self.store.record(self.run.id, progress, events)
        self.taken += len(events)
        return self.taken

    @property
    def place(self) -> dict[str, float]:
        """Where it is."""
        return {"epoch": self.step / self.steps, "step": self.step, "seconds": self.step / 4}


@dataclass
class School:
    """Makes trainees in the store of a server, as their foreman."""

    store: RunStore
    owner: FileLock

    def trainee(self, epochs: int = 10, name: str = "by hand", steps: int = STEPS) -> Trainee:
        """Return a run that has begun, and that no other foreman works on."""
        while True:  # the server's own foreman may be quicker
            run = self.store.create(Experiment().with_training(epochs=epochs), name)
            if self.store.claim(run.id, "by hand"):
                self.store.begin(run.id)
                return Trainee(self.store, run, steps)


@pytest.fixture(scope="module")
def school(server: Server) -> Iterator[School]:
    """Trainees on the Train page."""
    store = RunStore(server.home)
    with store.foreman_lock("by hand") as owner:
        yield School(store, owner)


@pytest.fixture(scope="module")
def overlay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, School]]:
    """A page that shows the curves of the runs in its address, and nobody who would train them."""
    folder = tmp_path_factory.mktemp("overlay")
    (folder / "page.py").write_text(OVERLAY_PAGE)
    (folder / "overlay.py").write_text(OVERLAY.format(page=str(folder / "page.py")))
    with serving(folder, app=str(folder / "overlay.py")) as server:
        store = RunStore(server.home)
        with store.foreman_lock("by hand") as owner:
            yield server, School(store, owner)


def open_train(visitor: Visitor, server: Server, trainee: Trainee) -> Page:
    """Open the Train page on a run, and wait until all that was recorded is drawn."""
    page = visitor.open(server.address)
    page.goto(f"{server.address}/train?run={trainee.run.id}")
    wait_for(page, trainee.taken)
    return page


def wait_for(page: Page, events: int) -> None:
    """Wait until so many events are drawn."""
    expect(page.locator(".ll-curves")).to_have_attribute("data-points", str(events))


def drawn(page: Page, panel: int = 0) -> dict[str, Any]:
    """Return what Plotly draws in a panel: its curves by name, as [x, y, whether seen], and its axes."""
    return page.evaluate(  # type: ignore[no-any-return]
        """panel => {
          const plot = document.querySelectorAll(".ll-plot")[panel];
          return {
            curves: Object.fromEntries(plot.data.map(({ name, x, y, visible }) => [name, [x, y, visible]])),
            x: plot.layout.xaxis.range, y: plot.layout.yaxis.range, type: plot.layout.yaxis.type,
            title: plot.layout.xaxis.title.text,
            words: (plot.layout.annotations ?? []).map((note) => note.text),
            lines: plot.layout.shapes.length,
          };
        }""",
        panel,
    )


def zoom(page: Page) -> dict[str, Any]:
    """Drag over a part of the loss panel, and return what is drawn then."""
    box = page.locator(".ll-plot").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 120, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 260, box["y"] + 120, steps=4)
    page.mouse.up()
    expect(page.get_by_role("button", name="Reset zoom")).to_be_visible()
    return drawn(page)


def honest(curve: list[Any], first: int = 1) -> None:
    """Assert that each point is the mean of all steps since the one before, at the last of them."""
    before = first - 1
    for place, value in zip(curve[0], curve[1], strict=True):
        assert value == pytest.approx((before + 1 + place) / 2, rel=1e-5)
        before = place


@pytest.mark.browser
def test_zoom_hidden_curves_and_hover_stay_while_points_arrive_and_the_page_runs_again(
    visitor: Visitor, server: Server, school: School
) -> None:
    trainee = school.trainee()
    trainee.learn(35)
    page = open_train(visitor, server, trainee)
    page.get_by_role("button", name="validation", exact=True).click()
    page.wait_for_function("document.querySelector('.ll-plot').data[2].visible === false")
    before = zoom(page)
    assert before["curves"]["validation"][2] is False
    assert before["curves"]["training"][2] is True
    box = page.locator(".ll-plot").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 200, box["y"] + 100)
    expect(page.locator(".hoverlayer .hovertext").first).to_be_visible()
    page.evaluate(
        """() => {
          const plot = document.querySelector(".ll-plot");
          window.was = { plot, line: plot.querySelector(".js-line"), least: Infinity };
          const look = () => {
            window.was.least = Math.min(window.was.least, plot.querySelectorAll(".hovertext").length);
            if (!window.was.done) requestAnimationFrame(look);
          };
          look();
        }"""
    )
    for _ in range(4):
        wait_for(page, trainee.learn(4))
        now = drawn(page)
        assert (now["x"], now["y"]) == (before["x"], before["y"])
        assert now["curves"]["validation"][2] is False
        assert now["curves"]["training"][0][-1] == trainee.step / STEPS
    assert page.evaluate("window.was.done = true, window.was.least") > 0
    assert page.evaluate("window.was.line === document.querySelector('.ll-plot .js-line')")

    school.store.finish(trainee.run.id, Status.COMPLETED)
    expect(page.locator(".ll-curves")).to_have_attribute("data-over", "true")
    expect(page.locator(".st-key-run-status")).to_contain_text("completed")  # the page ran again
    assert page.evaluate("window.was.plot === document.querySelector('.ll-plot')")
    now = drawn(page)
    assert (now["x"], now["y"]) == (before["x"], before["y"])
    assert now["curves"]["validation"][2] is False

    page.get_by_role("button", name="Reset zoom").click()
    expect(page.get_by_role("button", name="Reset zoom")).to_be_hidden()
    # the button goes at once; the curves follow with the next frame
    page.wait_for_function(
        "end => `${document.querySelector('.ll-plot').layout.xaxis.range}` === `0,${end}`",
        arg=trainee.step / STEPS,
    )


@pytest.mark.browser
def test_axes_and_smoothing_are_chosen_for_all_panels_and_remembered(
    visitor: Visitor, server: Server, school: School
) -> None:
    trainee = school.trainee()
    trainee.learn(45)
    page = open_train(visitor, server, trainee)
    page.get_by_role("button", name="training", exact=True).click()
    before = zoom(page)

    page.get_by_role("radio", name="linear").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="log")).to_be_checked()
    page.wait_for_function("document.querySelector('.ll-plot').layout.yaxis.type === 'log'")
    assert drawn(page)["x"] == before["x"]
    assert drawn(page, 1)["type"] == "linear"

    page.get_by_role("radio", name="step").check()
    page.wait_for_function("document.querySelector('.ll-plot').layout.xaxis.title.text === 'step'")
    assert drawn(page)["x"] == [0, 10 * STEPS]
    for panel in (0, 1):
        curves = drawn(page, panel)["curves"]
        assert curves["training"][0] == list(range(1, 46))
        assert curves["validation"][0] == [10, 20, 30, 40]
        assert curves["training"][2] is False
    page.get_by_role("radio", name="time").check()
    page.wait_for_function(
        "document.querySelector('.ll-plot').layout.xaxis.title.text.startsWith('seconds')"
    )
    assert drawn(page)["curves"]["validation"][0] == [2.5, 5, 7.5, 10]

    page.get_by_role("radio", name="strong").check()
    expect(page.get_by_text("Smoothed: each point is averaged with those before it")).to_be_visible()
    page.wait_for_function("document.querySelector('.ll-plot').data[1].y.length === 45")
    curves = drawn(page)["curves"]
    assert curves["training"][1] == list(range(1, 46))  # what was measured is still there
    smooth = curves["training, smoothed"][1]
    assert smooth[0] == 1
    assert all(a < b for a, b in itertools.pairwise(smooth))
    assert all(1 < value < step for step, value in enumerate(smooth[1:], start=2))

    page.reload()
    wait_for(page, trainee.taken)
    for name in ("log", "strong", "time"):
        expect(page.get_by_role("radio", name=name)).to_be_checked()
    assert drawn(page)["type"] == "log"


@pytest.mark.browser
def test_a_run_of_100_000_points_is_drawn_with_few_and_goes_on(
    visitor: Visitor, server: Server, school: School
) -> None:
    trainee = school.trainee(epochs=10_000, steps=20)
    trainee.learn(100_000)
    page = visitor.open(server.address, script="localStorage['layerlab.curves'] = '{\"x\": \"step\"}'")
    page.goto(f"{server.address}/train?run={trainee.run.id}")
    page.wait_for_function("document.querySelector('.ll-plot')?.data?.[0].x.at(-1) === 100000")
    curves = drawn(page)["curves"]
    assert 1_000 <= len(curves["training"][0]) <= 2_000
    assert 500 <= len(curves["validation"][0]) <= 1_000
    honest(curves["training"])

    trainee.learn(123)
    page.wait_for_function("document.querySelector('.ll-plot').data[0].x.at(-1) === 100123")
    curves = drawn(page)["curves"]
    honest(curves["training"])
    assert len(curves["training"][0]) <= 2_005
    mean = int(curves["training"][1][-1] + 0.5)
    assert drawn(page)["words"] == [f"<b>training {mean:,}</b>", "<b>validation 100,121</b>"]


@pytest.mark.browser
def test_a_curve_that_grows_long_in_the_page_is_thinned_there_by_the_same_rule(
    visitor: Visitor, server: Server, school: School
) -> None:
    trainee = school.trainee(epochs=1_000)
    trainee.learn(100)
    page = open_train(visitor, server, trainee)
    page.get_by_role("radio", name="step").check()
    page.wait_for_function("document.querySelector('.ll-plot').layout.xaxis.title.text === 'step'")
    before = zoom(page)
    for _ in range(5):  # each small enough to come whole
        wait_for(page, trainee.learn(1_500))
    now = drawn(page)
    assert 2_000 <= len(now["curves"]["training"][0]) <= 4_000
    honest(now["curves"]["training"])
    assert (now["x"], now["y"]) == (before["x"], before["y"])


@pytest.mark.browser
def test_a_run_that_goes_on_from_a_checkpoint_is_drawn_anew_without_a_reload(
    visitor: Visitor, overlay: tuple[Server, School]
) -> None:
    server, school = overlay
    trainee = school.trainee()
    trainee.learn(20)
    kept = trainee.taken
    trainee.learn(17, extra=(("rate", {"learning_rate": 0.0005, "before": 0.001, **trainee.place}),))
    page = visitor.open(f"{server.address}?runs={trainee.run.id}")
    wait_for(page, trainee.taken)
    assert "learning rate 0.0005" in drawn(page)["words"]
    school.store.finish(trainee.run.id, Status.INTERRUPTED)
    expect(page.locator(".ll-curves")).to_have_attribute("data-over", "true")

    school.store.rewind(trainee.run.id, kept)
    assert school.store.resume(trainee.run.id)
    assert school.store.claim(trainee.run.id, "by hand")
    assert school.store.begin(trainee.run.id)
    trainee.step, trainee.taken = 20, kept
    trainee.learn(0, extra=(("resume", trainee.place),))
    trainee.learn(5)
    wait_for(page, trainee.taken)
    expect(page.locator(".ll-curves[data-over]")).to_have_count(0)
    now = drawn(page)
    assert now["curves"]["training"][1] == list(range(1, 26))
    assert [word for word in now["words"] if "<b>" not in word] == ["resumed"]
    assert now["lines"] == 1
    wait_for(page, trainee.learn(3))  # and it goes on


@pytest.mark.browser
def test_several_runs_lie_over_each_other_and_are_hidden_one_by_one(
    visitor: Visitor, overlay: tuple[Server, School]
) -> None:
    server, school = overlay
    trainees = [school.trainee(epochs=3, name=f"<b>try</b> {number}") for number in (1, 2, 3)]
    for points, trainee in zip((30, 20, 30), trainees, strict=True):
        trainee.learn(points)
    page = visitor.open(f"{server.address}?runs={'+'.join(each.run.id for each in trainees)}")
    wait_for(page, sum(each.taken for each in trainees))
    number = trainees[0].run.number
    curves = drawn(page)["curves"]
    assert curves[f"Run {number} training"][1] == list(range(1, 31))
    assert curves[f"Run {number + 1} validation"][1] == [10.5, 20.5]
    colours = page.evaluate("document.querySelector('.ll-plot').data.map((each) => each.line.color)")
    assert len(set(colours)) == 3
    assert colours[0] == colours[2]  # training and validation of a run are told apart by their strokes

    page.get_by_role("button", name=f"Run {number} · <b>try</b> 1").click()
    page.wait_for_function("document.querySelectorAll('.ll-plot')[1].data[0].visible === false")
    for panel in (0, 1):
        seen = {name for name, curve in drawn(page, panel)["curves"].items() if curve[2]}
        assert not any(name.startswith(f"Run {number} ") for name in seen)
        assert {f"Run {number + 1} training", f"Run {number + 2} validation"} <= seen
    trainees[1].learn(4)
    wait_for(page, sum(each.taken for each in trainees))
    assert drawn(page)["curves"][f"Run {number} training"][2] is False


@pytest.mark.browser
def test_words_say_what_is_waited_for_and_that_the_connection_is_lost(
    visitor: Visitor, server: Server, school: School
) -> None:
    trainee = school.trainee()
    page = visitor.open(server.address)
    page.goto(f"{server.address}/train?run={trainee.run.id}")
    expect(page.locator(".ll-waiting").first).to_have_text("Waiting for the first batches…")
    expect(page.get_by_role("img", name="Accuracy: no points yet")).to_be_visible()
    page.wait_for_function("document.querySelectorAll('.ll-plot')[1].data !== undefined")
    assert drawn(page, 1)["y"] == [0, 100]

    wait_for(page, trainee.learn(12))
    expect(page.locator(".ll-waiting").first).to_have_text("")
    expect(
        page.get_by_role("img", name="Accuracy after epoch 1: training 50.0 %, validation 25.0 %")
    ).to_be_visible()

    asked = "**/layerlab/runs/**/events*"
    page.route(asked, lambda route: route.abort())
    lost = page.get_by_text("Connection lost; the run goes on. Trying again…")
    expect(lost).to_be_visible()
    events = trainee.learn(3)
    page.unroute(asked)
    wait_for(page, events)
    expect(lost).to_be_hidden()


@pytest.mark.browser
def test_curves_are_saved_as_pictures_named_after_the_run(
    visitor: Visitor, server: Server, school: School, tmp_path: Path
) -> None:
    trainee = school.trainee(name="a <b>name</b> / of a run")
    trainee.learn(30)
    page = open_train(visitor, server, trainee)
    name = f"run-{trainee.run.number}-a-b-name-b-of-a-run-loss"
    for format_, beginning in (("PNG", b"\x89PNG"), ("SVG", b"<svg")):
        with page.expect_download() as download:
            page.get_by_role("button", name=f"Save the curves of Loss as {format_}").click()
        assert download.value.suggested_filename == f"{name}.{format_.lower()}"
        file = tmp_path / format_
        download.value.save_as(file)
        assert file.read_bytes().startswith(beginning)
    texts = "".join(ElementTree.parse(tmp_path / "SVG").getroot().itertext())
    assert f"Run {trainee.run.number} · a <b>name</b> / of a run: Loss" in texts
