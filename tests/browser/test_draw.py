"""Draw in Chromium, with mouse and finger: digits are read, and nothing that is drawn is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator

import psutil
import pytest
from playwright.sync_api import Browser, Page, expect

from core.data.sources import source
from core.drawing.strokes import SIDE
from core.experiment.presets import preset
from core.runs.run import Status
from core.runs.store import RunStore
from core.workers.client import Workers
from tests.browser.canvas import (
    EMPTY,
    choose_pen,
    clear,
    expect_digit,
    expect_ink,
    expect_more_ink,
    ink,
    prediction,
    shown,
)
from tests.browser.conftest import PATIENCE, Server, Visitor, serving
from tests.browser.pens import Finger, Pen, draw
from tests.browser.strokes import Way, strokes
from tests.contract.processes import kill, suspend, until, workers_below

pytestmark = pytest.mark.browser
PENS = ("Fine", "Medium", "Broad")
PLACES = ((60, 60), (220, 60), (140, 140), (60, 220), (220, 220))
"""The corners and the middle of the canvas, for digits 80 high."""
MADE_ANEW = """() => {
  const roots = [...document.querySelectorAll(".st-key-canvas *")].map(({ shadowRoot }) => shadowRoot);
  const root = roots.find((each) => each?.querySelector(".dc-root")).querySelector(".canvas-root");
  const canvas = root.querySelector(".dc-canvas.lower-canvas");
  canvas.getContext("2d").clearRect(0, 0, canvas.width, canvas.height);
  root.append(root.querySelector(".dc-root"));
}"""
"""Empties the canvas in the browser and puts it into its place once more, as a new one would be."""
TRAINING_SECONDS = 120.0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with two runs beside the ready network: one good, one that has learned next to nothing."""
    folder = tmp_path_factory.mktemp("drawn")
    home = folder / "home"
    home.mkdir()
    store, workers, info = RunStore(home), Workers(home), source("digits").info
    good = preset("notebook_rescaled").experiment(info).with_training(epochs=8)
    poor = preset("softmax_regression").experiment(info).with_training(epochs=1, learning_rate=1e-6)
    runs = [store.create(good, "good").id, store.create(poor, "poor").id]
    for run in runs:
        workers.train(run)
    until(lambda: all(store.get(run).status.over for run in runs), TRAINING_SECONDS, "both runs are over")
    workers.close()
    assert all(store.get(run).status is Status.COMPLETED for run in runs)
    with serving(folder) as running:
        yield running


@pytest.fixture(scope="module")
def drawing_page(chromium: Browser, server: Server) -> Iterator[tuple[Page, Visitor]]:
    """The Draw page, open for all tests of this file, with awake networks."""
    visiting = Visitor(chromium)
    page = visiting.open(f"{server.address}/draw")
    page.locator(".st-key-canvas canvas").last.wait_for()
    draw(page, *strokes(0))
    expect(prediction(page)).to_have_text(re.compile(r"^\s*0"))
    yield page, visiting
    page.context.close()


@pytest.fixture
def page(drawing_page: tuple[Page, Visitor], server: Server) -> Iterator[Page]:
    """The same page with an empty canvas and all as it was at first; it has thrown nothing."""
    opened, visiting = drawing_page
    clear(opened)
    choose_pen(opened, "Medium")
    opened.locator(".st-key-every-run li button").first.click()
    expect(opened.get_by_role("combobox", name="Which network")).to_have_value(re.compile("^Ready"))
    yield opened
    assert visiting.faults == []
    assert visiting.outside == []
    assert "Traceback" not in server.log.read_text(errors="replace")


@pytest.mark.parametrize("digit", range(10))
def test_every_digit_is_read(page: Page, digit: int) -> None:
    draw(page, *strokes(digit))
    expect_digit(page, digit)
    expect(prediction(page).locator("tr")).to_have_count(10)


@pytest.mark.parametrize("pen", PENS)
def test_every_pen_is_read_at_five_places(page: Page, pen: str) -> None:
    choose_pen(page, pen)
    for number, place in enumerate(PLACES):
        digit = (5 * PENS.index(pen) + number) % 10
        draw(page, *strokes(digit, height=80, middle=place))
        expect_digit(page, digit)
        clear(page)


@pytest.mark.parametrize("pen", PENS)
def test_a_fifth_of_the_canvas_and_all_of_it_are_read(page: Page, pen: str) -> None:
    choose_pen(page, pen)
    for digit, height in ((3, SIDE / 5), (7, SIDE / 5), (2, 250), (4, 250)):
        draw(page, *strokes(digit, height))
        expect_digit(page, digit)
        clear(page)


def test_a_finger_draws_and_does_not_scroll(chromium: Browser, server: Server) -> None:
    visiting = Visitor(chromium)
    phone = visiting.open(
        f"{server.address}/draw",
        viewport={"width": 390, "height": 844},
        has_touch=True,
        is_mobile=True,
        device_scale_factor=2,
        color_scheme="dark",
    )
    canvas = phone.locator(".st-key-canvas canvas").last
    canvas.wait_for()
    box = canvas.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    # its top lies where the canvas's own toolbar would catch a finger
    Pen(phone, Finger(phone)).draw(*strokes(5, height=250))
    expect_digit(phone, 5)
    expect(prediction(phone).locator(".ll-answer")).to_be_in_viewport(ratio=1)  # without scrolling
    assert phone.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") == 0
    assert phone.evaluate("document.documentElement.scrollWidth") == 390
    assert (visiting.faults, visiting.outside) == ([], [])
    phone.context.close()


def test_a_stroke_stays_where_the_system_takes_the_finger_away(chromium: Browser, server: Server) -> None:
    visiting = Visitor(chromium)
    phone = visiting.open(f"{server.address}/draw", viewport={"width": 390, "height": 844}, has_touch=True)
    phone.locator(".st-key-canvas canvas").last.wait_for()
    finger = Finger(phone)
    pen = Pen(phone, finger)
    first, second = strokes(4)
    pen.begin(first)
    finger.cancel()
    pen.draw(second)
    expect_digit(phone, 4)
    assert (visiting.faults, visiting.outside) == ([], [])
    phone.context.close()


def test_undo_takes_the_last_stroke_and_brings_back_what_was_cleared(page: Page) -> None:
    *others, last = strokes(4)
    draw(page, *others)
    expect_more_ink(page, 0)
    fewer = ink(page)
    draw(page, last)
    expect_digit(page, 4)
    expect_more_ink(page, fewer)
    drawn = ink(page)
    page.locator(".st-key-undo-stroke button").click()
    expect(prediction(page)).not_to_have_text(re.compile(r"^\s*4\s"))
    until(lambda: 0 < ink(page) < drawn, PATIENCE, "one stroke less")
    clear(page)
    until(lambda: ink(page) == 0, PATIENCE, "an empty canvas")
    page.locator(".st-key-undo-stroke button").click()
    expect(prediction(page)).not_to_have_text(EMPTY)
    until(lambda: 0 < ink(page) < drawn, PATIENCE, "what was cleared")
    # what is drawn after that belongs to it
    clear(page)
    draw(page, *strokes(6))
    expect_digit(page, 6)
    page.locator(".st-key-undo-stroke button").click()
    expect(prediction(page)).to_have_text(EMPTY)


def test_a_drawing_outlives_a_reload_another_page_and_the_server(chromium: Browser, server: Server) -> None:
    visiting = Visitor(chromium)
    page = visiting.open(f"{server.address}/draw")
    draw(page, *strokes(2, height=120, middle=(90, 190)))
    expect_digit(page, 2)
    bars, white = shown(page), ink(page)
    page.reload()
    expect_digit(page, 2)
    assert shown(page) == bars
    expect_ink(page, white)

    page.get_by_role("link", name="Runs").click()
    expect(page.locator(".st-key-canvas")).to_have_count(0)
    page.get_by_role("link", name="Draw", exact=True).click()
    expect_digit(page, 2)
    expect_ink(page, white)
    draw(page, *strokes(1, height=100, middle=(240, 60)))  # and it can be drawn on
    expect_more_ink(page, white)
    page.locator(".st-key-undo-stroke button").click()  # at once, before the canvas has told of it
    expect_ink(page, white)
    expect_digit(page, 2)

    with serving(server.home.parent) as another:
        second = visiting.open(page.url.replace(server.address, another.address))
        expect(prediction(second)).to_have_text(re.compile(r"^\s*2\s"))
        assert shown(second) == bars
        second.context.close()
    page.context.close()
    assert (visiting.faults, visiting.outside) == ([], [])


def test_a_stroke_is_kept_where_the_page_is_left_right_after_it(chromium: Browser, server: Server) -> None:
    visiting = Visitor(chromium)
    page = visiting.open(f"{server.address}/draw")
    draw(page, *strokes(2, height=120, middle=(90, 190)))
    expect_digit(page, 2)
    white = ink(page)
    draw(page, *strokes(1, height=100, middle=(240, 60)))
    page.get_by_role("link", name="Runs").click()  # before the canvas has told of it
    expect(page.locator(".st-key-canvas")).to_have_count(0)
    page.get_by_role("link", name="Draw", exact=True).click()
    expect(
        prediction(page).locator("strong").first
    ).to_be_visible()  # both strokes, whatever they are read as
    expect_more_ink(page, white)
    page.context.close()
    assert (visiting.faults, visiting.outside) == ([], [])


def test_a_canvas_that_is_made_anew_is_given_the_drawing_again(page: Page) -> None:
    draw(page, *strokes(4))
    expect_digit(page, 4)
    white = ink(page)
    page.evaluate(MADE_ANEW)  # as Streamlit does where two calls of a component follow quickly
    expect_ink(page, white)
    draw(page, [(10.0, 10.0), (60.0, 10.0)])  # and what is drawn after that belongs to it
    page.locator(".st-key-undo-stroke button").click()
    expect_ink(page, white)
    expect_digit(page, 4)


def test_each_step_can_be_left_out_and_the_answer_says_so(page: Page) -> None:
    choose_pen(page, "Broad")
    card = page.locator(".st-key-steps")
    pictures = card.locator("img")
    expect(pictures.last).to_be_hidden()  # of the drawing before
    draw(page, *strokes(3, height=SIDE / 5, middle=(60, 60)))
    expect_digit(page, 3)
    expect(pictures).to_have_count(5)
    expect(pictures.last).to_be_visible()
    with_all = pictures.last.get_attribute("src")
    note = prediction(page).locator(".ll-note")
    names = ("even weight", "cut out", "keep the shape", "grey edges", "centre")
    for name in names:
        switch = card.get_by_role("switch", name=name)
        switch.press("Enter")  # by key, as by mouse
        expect(note).to_contain_text(re.compile(r"^Without .+ With all steps the answer would be 3 "))
        expect(switch).not_to_be_checked()
        expect(pictures.last).not_to_have_attribute("src", with_all or "")
        switch.click()
        expect(note).to_have_count(0)
        expect(pictures.last).to_have_attribute("src", with_all or "")
    # without any, a small digit in a corner is lost
    for name in names:
        card.get_by_role("switch", name=name).click()
    expect(note).to_contain_text(
        "Without redrawing the strokes, cutting out, keeping the shape, grey edges and centring"
    )
    card.get_by_role("button", name="All steps on").click()
    expect(note).to_have_count(0)
    expect_digit(page, 3)


@pytest.mark.parametrize(
    ("pen", "ways", "words"),
    [
        ("Medium", [[(140, 140), (141, 141)]], "This is a dot"),
        ("Medium", [[(0, 140), (279, 146)]], "doesn't look like a digit"),
        (
            "Medium",
            [[(40 + (i * 37) % 200, 40 + (i * 71) % 200) for i in range(30)]],
            "doesn't look like a digit",
        ),
        ("Broad", [[(10 + 260 * (i % 2), 10 + 9 * i) for i in range(30)]], "doesn't look like a digit"),
    ],
    ids=["a dot", "a line across", "a scribble", "all white"],
)
def test_what_is_no_digit_is_told_calmly(page: Page, pen: str, ways: list[Way], words: str) -> None:
    choose_pen(page, pen)
    draw(page, *ways)
    expect(prediction(page)).to_contain_text(words)
    expect(prediction(page).locator("tr")).to_have_count(10)


def test_a_drawing_half_outside_is_answered(page: Page) -> None:
    draw(page, *strokes(0, height=200, middle=(140, 250)))
    expect(prediction(page).locator(".ll-answer")).to_be_visible()
    expect(page.locator(".st-key-steps img")).to_have_count(5)
    assert page.locator("[data-testid=stException], [data-testid=stAlert]").count() == 0


def test_every_network_answers_and_each_can_be_chosen_by_key(page: Page) -> None:
    draw(page, *strokes(3))
    expect_digit(page, 3)
    card = page.locator(".st-key-every-run")
    rows = card.locator("li")
    expect(rows).to_have_count(3)
    for row in rows.all():
        expect(row.locator("strong")).to_have_text(re.compile(r"^\d$"))
    said = [row.locator("strong").inner_text() for row in rows.all()]
    expect(card.locator(".together")).to_have_text(re.compile(r"say \d$|^No majority: "))
    for row, answer in zip(rows.all(), said, strict=True):
        differs = max(said, key=said.count) != answer and said.count(max(said, key=said.count)) > 1
        expect(row.locator("em")).to_have_text("≠ differs" if differs else "")
    rows.nth(1).get_by_role("button").press("Enter")
    expect(page.get_by_role("combobox", name="Which network")).to_have_value(re.compile("^Run 2 · poor"))
    expect(rows.nth(1).get_by_role("button")).to_have_attribute("aria-pressed", "true")
    expect(prediction(page).locator("strong")).to_have_text(said[1])
    rows.nth(0).get_by_role("button").click()
    expect_digit(page, 3)


def test_a_worker_killed_while_it_answers_is_replaced_and_answers(page: Page, server: Server) -> None:
    draw(page, *strokes(8))
    expect_digit(page, 8)
    clear(page)
    foreman = next(iter(foremen(server)))
    for worker in workers_below(foreman):
        suspend(worker)  # so that the question is surely under way
    draw(page, *strokes(3))
    expect(prediction(page)).to_contain_text("The answer comes by itself")
    for worker in workers_below(foreman):
        kill(worker)
    expect(prediction(page)).to_have_text(re.compile(r"^\s*3\s"))
    clear(page)
    draw(page, *strokes(9))  # and it goes on
    expect_digit(page, 9)


def test_the_foreman_killed_while_somebody_draws_is_replaced_too(page: Page, server: Server) -> None:
    kill(next(iter(foremen(server))))
    draw(page, *strokes(6))
    expect(prediction(page)).to_have_text(re.compile(r"^\s*6\s"))


def foremen(server: Server) -> list[int]:
    """Return the foreman of a server."""
    below = psutil.Process(server.process.pid).children()
    return [each.pid for each in below if "core.workers.foreman" in " ".join(each.cmdline())]


def test_a_run_deleted_while_drawing_is_told_and_another_network_answers(
    page: Page, server: Server
) -> None:
    store = RunStore(server.home)
    doomed = next(run for run in store.newest() if run.name == "poor")
    page.locator(".st-key-every-run li", has_text="poor").get_by_role("button").click()
    expect(page.get_by_role("combobox", name="Which network")).to_have_value(re.compile("poor"))
    store.delete(doomed.id)
    draw(page, *strokes(7))
    expect(prediction(page)).to_contain_text("its run was deleted")
    expect(prediction(page).locator(".ll-answer strong")).to_have_text("7")
    expect(page.locator(".st-key-every-run li")).to_have_count(2)
    expect(page.get_by_role("combobox", name="Which network")).to_have_value(re.compile("^Ready network"))


def test_a_damaged_drawing_is_told_and_drawn_over(chromium: Browser, server: Server) -> None:
    visiting = Visitor(chromium)
    page = visiting.open(f"{server.address}/draw")
    draw(page, *strokes(1))
    expect_digit(page, 1)
    name = page.url.split("drawing=")[1].split("&")[0]
    kept = server.home / "drawings" / f"{name}.json"
    kept.write_bytes(kept.read_bytes()[:40])
    page.reload()
    expect(page.get_by_text("The kept drawing can't be read. Draw it again.")).to_be_visible()
    expect(prediction(page)).to_have_text(EMPTY)
    draw(page, *strokes(4))
    expect_digit(page, 4)
    page.reload()
    expect_digit(page, 4)
    page.context.close()
    assert (visiting.faults, visiting.outside) == ([], [])
