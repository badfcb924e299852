"""The learner's road in Chromium: draw digits and label them, train on them, measure, take them away."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from core.data.sources import source
from core.drawing.exchange import as_npz
from core.drawing.handwriting import Collection
from core.experiment import link
from core.experiment.presets import preset
from tests.browser.conftest import Server, Visitor
from tests.browser.pens import draw
from tests.unit.own_digits import digit, drawn

pytestmark = pytest.mark.browser
TRAINING_SECONDS = 120_000


@pytest.fixture
def collection(server: Server) -> Collection:
    """The server's collection, empty."""
    found = Collection(server.home / "datasets" / "own")
    found.remove([each.id for each in found.samples()])
    return found


def button(page: Page, label: int) -> Locator:
    """Return the button that says which digit the drawing is."""
    return page.locator(".labels button").nth(label)


def said(page: Page) -> Locator:
    """Return what the buttons say."""
    return page.locator(".labels .said")


def draw_digit(page: Page, label: int, number: int) -> None:
    """Draw a digit with the mouse."""
    page.locator("[data-testid=stMain]").evaluate("main => main.scrollTo(0, 0)")
    draw(page, *([*stroke.points] for stroke in digit(label, number).strokes))


def card(page: Page) -> Locator:
    """Return the card below, and wait until it is there."""
    found = page.locator(".st-key-card-own")
    found.wait_for()
    return found


def view(page: Page, name: str) -> None:
    """Choose what is shown of the collection."""
    page.locator(".st-key-own-view button", has_text=name).click()


def test_what_is_drawn_is_kept_under_the_digit_that_is_pressed(
    visitor: Visitor, server: Server, collection: Collection
) -> None:
    page = visitor.open(f"{server.address}/draw")
    expect(card(page)).to_contain_text("Thirty digits take about three minutes")
    page.keyboard.press("3")  # nobody collects yet
    page.locator(".st-key-own-collecting label").click()
    expect(said(page)).to_contain_text("Draw a digit on the canvas")

    # by key or by button a drawing is kept, and cleared away
    draw_digit(page, 3, 600)
    page.keyboard.press("3")  # at once: it waits for the last stroke
    expect(said(page)).to_have_text("Kept as 3. Draw the next one.")
    expect(button(page, 3)).to_have_text("31")
    draw_digit(page, 4, 600)  # two strokes
    button(page, 4).dblclick()
    expect(said(page)).to_have_text("Kept as 4. Draw the next one.")
    expect(button(page, 4)).to_have_text("41")
    expect(page.locator(".st-key-prediction")).to_contain_text("Draw a digit")

    # without clearing, a wrong label is corrected by the next press
    page.get_by_text("Clear the canvas after each").click()
    draw_digit(page, 7, 600)
    expect(said(page)).to_contain_text("Which digit is it?")
    page.keyboard.press("1")
    expect(said(page)).to_have_text("Kept as 1. Press another number if that was wrong.")
    page.keyboard.press("7")
    expect(said(page)).to_have_text("Kept as 7. Press another number if that was wrong.")
    expect(button(page, 1)).to_have_text("1–")
    page.locator(".st-key-own-undo button").click()
    expect(button(page, 1)).to_have_text("11")
    expect(card(page)).to_contain_text("3 drawings 17 more to go")
    found = collection.samples()
    assert sorted(each.label for each in found) == [1, 3, 4]
    assert [len(each.drawing.strokes) for each in found if each.label == 4] == [2]

    # another tab sees the same collection
    other = visitor.open(f"{server.address}/draw")
    expect(card(other)).to_contain_text("3 drawings 17 more to go")
    assert "Traceback" not in server.log.read_text(errors="replace")


def test_drawings_are_brought_deleted_had_back_and_taken_away(
    visitor: Visitor, server: Server, collection: Collection, tmp_path: Path
) -> None:
    page = visitor.open(f"{server.address}/draw")
    card(page).locator("summary").click()
    saved = tmp_path / "mine.npz"
    saved.write_bytes(as_npz(drawn(5)))
    page.locator(".st-key-card-own input[type=file]").set_input_files(saved)
    expect(page.locator(".st-key-own-train-mixed")).to_be_visible()
    assert len(collection.samples()) == 50
    view(page, "Files")
    page.locator(".st-key-card-own input[type=file]").set_input_files(saved)
    expect(card(page)).to_contain_text("50 drawings were here already.")
    saved.write_bytes(b"PK no such thing")
    page.locator(".st-key-card-own input[type=file]").set_input_files(saved)
    expect(card(page)).to_contain_text("mine.npz is damaged")

    view(page, "All drawings")
    expect(page.locator(".gallery .picture")).to_have_count(50)
    page.locator(".gallery section").nth(1).locator(".picture").first.click()
    page.locator(".gallery .do", has_text="Delete").click()
    expect(page.locator(".gallery .picture")).to_have_count(49)
    page.locator(".gallery .do", has_text="Put back").click()
    expect(page.locator(".gallery .picture")).to_have_count(50)

    view(page, "Files")
    with page.expect_download() as npz:
        page.locator(".st-key-own-npz button").click()
    with np.load(npz.value.path(), allow_pickle=False) as found:
        assert found["x"].shape == (50, 28, 28, 1)
        assert np.bincount(found["y"]).tolist() == [5] * 10
    with page.expect_download() as pictures:
        page.locator(".st-key-own-zip button").click()
    assert len(zipfile.ZipFile(io.BytesIO(pictures.value.path().read_bytes())).namelist()) == 50
    assert "Traceback" not in server.log.read_text(errors="replace")


def test_one_click_trains_on_them_and_one_measures_on_what_was_not_learned(
    visitor: Visitor, server: Server, collection: Collection
) -> None:
    collection.add(*drawn(5))
    short = preset("article").experiment(source("digits").info).with_training(epochs=3, learning_rate=0.005)
    page = visitor.open(f"{server.address}/draw?design={link.encode(short)}")
    card(page)
    page.locator(".st-key-own-train-mixed button").click()
    status = page.locator(".st-key-run-status")
    expect(status).to_have_text(re.compile(r"^\s*completed"), timeout=TRAINING_SECONDS)
    expect(page.locator(".st-key-card-test")).to_contain_text("On 360 digits it never saw")

    page.get_by_role("link", name="Draw a digit for this network").click()
    card(page)
    view(page, "Measure")
    chosen = card(page).get_by_role("combobox", name="Which network")
    expect(chosen).to_have_value(re.compile(r"Digits \+ my handwriting \(50\)$"))
    tested = sum(each.is_for_test for each in drawn(5))
    expect(card(page)).to_contain_text(f"It has learned from {50 - tested} of your drawings")
    page.locator(".st-key-own-measure button").click()
    result = page.locator(".ll-own-result")
    expect(result).to_contain_text(f"of {tested} read right")
    found = re.search(r"(\d+) of \d+ read right", result.inner_text())
    assert found is not None
    right = int(found[1])
    assert right >= tested / 2
    expect(page.locator(".ll-own-wrong figure")).to_have_count(tested - right)

    # the design on Build was left alone
    page.get_by_role("link", name="Build", exact=True).first.click()
    expect(page.locator(".st-key-dataset").get_by_role("combobox")).to_have_value("Digits")
    assert "Traceback" not in server.log.read_text(errors="replace")
