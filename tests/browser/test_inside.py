"""Inside a network, and pictures to choose from, as somebody sees them in Chromium."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from core.data.sources import SOURCES, source
from core.data.split import Statistics
from core.experiment.presets import preset
from core.runs.run import Status
from core.runs.store import RunStore
from tests.browser.conftest import Server, Visitor, serving
from tests.browser.pens import draw
from tests.contract.processes import until
from tests.unit.made_up import full_size_mnist

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),  # Keras 3.15, saving
]
SEVEN = [(70.0, 60.0), (200.0, 60.0), (150.0, 150.0), (120.0, 240.0)]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, dict[str, str]]]:
    """A server with a run for digits and one for clothes, both with weights of pure chance."""
    from core.model.build import network

    folder = tmp_path_factory.mktemp("inside")
    home = folder / "home"
    (home / "datasets").mkdir(parents=True)
    np.savez_compressed(
        home / "datasets" / SOURCES["fashion_mnist"].filename, allow_pickle=False, **full_size_mnist()
    )
    store, runs = RunStore(home), {}
    for name, data in (("small_cnn", "digits"), ("softmax_regression", "fashion_mnist")):
        info = source(data).info
        design = preset(name).experiment(info)
        run = store.create(design, name)
        attempt = store.begin(run.id)
        network(design, info, Statistics((0.0,), (1.0,))).save(run.model_path)
        store.finish(run.id, Status.COMPLETED, attempt=attempt)
        runs[data] = run.id
    with serving(folder) as running:
        yield running, runs


@pytest.fixture(scope="module")
def visiting(chromium: Browser) -> Visitor:
    return Visitor(chromium)


@pytest.fixture
def opened(served: tuple[Server, dict[str, str]], visiting: Visitor) -> Iterator[Page]:
    """The Draw page with the network for digits chosen and nothing drawn; it has thrown nothing."""
    server, runs = served
    page = visiting.open(f"{server.address}/draw?run={runs['digits']}")
    page.locator(".st-key-canvas canvas").last.wait_for()
    yield page
    page.context.close()
    assert visiting.faults == []
    assert "Traceback" not in server.log.read_text(errors="replace")


def _toggle(page: Page) -> Locator:
    return page.get_by_role("button", name="Inside the network")


def _maps(page: Page) -> Locator:
    return page.locator(".inside .maps canvas")


def _picture(canvas: Locator) -> str:
    found: str = canvas.evaluate("canvas => canvas.toDataURL()")
    return found


def _labels(pictures: Locator) -> list[str | None]:
    return [each.get_attribute("aria-label") for each in pictures.all()]


def test_closed_there_is_nothing_and_open_there_are_maps_and_every_layer(opened: Page) -> None:
    draw(opened, SEVEN)
    expect(opened.locator(".st-key-prediction strong").first).to_be_visible()
    expect(_toggle(opened)).to_have_attribute("aria-expanded", "false")
    expect(opened.locator(".inside canvas")).to_have_count(0)
    _toggle(opened).press("Enter")
    expect(_maps(opened)).to_have_count(2)
    names = ["conv2d", "max_pooling2d", "conv2d_1", "max_pooling2d_1", "flatten", "dense"]
    expect(opened.locator(".inside .layers li b")).to_have_text(names)
    planes = opened.get_by_role("img", name=re.compile("conv2d: 16 planes of 26 × 26"))
    expect(planes.locator("canvas")).to_have_count(16)

    strongest = opened.locator(".inside .choice [aria-pressed=true]")
    expect(strongest).to_have_text(re.compile(r"^strongest: \d$"))
    other = "5" if strongest.inner_text()[-1] != "5" else "6"  # weights of pure chance may say either
    before = _picture(_maps(opened).first)
    opened.locator(".inside .choice").get_by_role("button", name=other, exact=True).click()
    expect(opened.locator(".inside .legend")).to_contain_text(f"speaks for {other}")
    expect(opened.locator(".inside .legend")).to_contain_text(f"speaks against {other}")
    assert _picture(_maps(opened).first) != before

    before = _picture(_maps(opened).last)
    draw(opened, [(60.0, 140.0), (220.0, 140.0)])  # another stroke, and all follows
    until(lambda: _picture(_maps(opened).last) != before, 30, "the map follows the drawing")
    opened.locator(".st-key-clear button").click()
    expect(opened.locator(".inside .wait")).to_contain_text("Draw something")
    expect(_maps(opened).first).to_be_hidden()


def test_on_a_phone_planes_move_sideways_and_the_page_does_not(
    served: tuple[Server, dict[str, str]], visiting: Visitor
) -> None:
    server, runs = served
    size = {"width": 390, "height": 844}
    page = visiting.open(
        f"{server.address}/draw?run={runs['digits']}", viewport=size, has_touch=True, color_scheme="dark"
    )
    draw(page, SEVEN)
    _toggle(page).click()
    planes = page.get_by_role("img", name=re.compile("conv2d_1: 32 planes"))
    expect(planes).to_be_visible()
    assert planes.evaluate("row => row.scrollWidth > row.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.context.close()


def test_where_nobody_draws_such_things_a_picture_is_chosen_by_mouse_or_keys(
    served: tuple[Server, dict[str, str]], visiting: Visitor
) -> None:
    server, runs = served
    page = visiting.open(f"{server.address}/runs")
    page.goto(f"{server.address}/draw?run={runs['fashion_mnist']}")
    pictures = page.get_by_role("radio", name=re.compile(r"^picture \d+: "))
    expect(pictures).to_have_count(20)
    expect(page.locator(".st-key-canvas")).to_have_count(0)
    expect(pictures.first).to_be_checked()
    expect(page.locator(".st-key-prediction strong").first).to_be_visible()
    pictures.nth(7).click()
    expect(pictures.nth(7)).to_be_checked()
    pictures.nth(7).press("ArrowRight")
    expect(pictures.nth(8)).to_be_checked()
    expect(pictures.nth(8)).to_be_focused()
    named = (pictures.nth(8).get_attribute("aria-label") or "").split(": ")[1]
    expect(page.locator(".samples .truth")).to_have_text(f"The chosen picture really is: {named}")
    expect(page.locator("[data-test-script-state=notRunning]")).to_have_count(1)
    before = _labels(pictures)
    page.get_by_role("button", name="Others").click()
    expect(pictures.first).to_be_checked()
    until(lambda: _labels(pictures) != before, 30, "there are other pictures")
    page.context.close()
    assert visiting.faults == []
