"""A run and a design taken away through the dialog, by mouse and by keys; what arrives is whole."""

from __future__ import annotations

import ast
import json
import zipfile
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Download, Locator, Page, expect

from core.data.sources import source
from core.experiment import link
from core.experiment.carried import NETWORK_MEMBER
from core.experiment.experiment import Experiment
from core.experiment.presets import preset
from core.runs.run import Run
from core.runs.store import RunStore
from tests.browser.conftest import Server, Visitor
from tests.browser.test_road import wait_for_status

pytestmark = pytest.mark.browser
DESIGN = preset("article").experiment(source("digits").info).with_training(epochs=2)


@pytest.fixture
def trained(visitor: Visitor, server: Server) -> tuple[Page, Run]:
    """A page that shows a run of its own that is completed."""
    page = visitor.open(f"{server.address}/?design={link.encode(DESIGN)}")
    page.locator(".st-key-train button").click()
    wait_for_status(page, "completed")
    run = RunStore(server.home).latest()
    assert run is not None
    return page, run


def opened(page: Page, key: str, tab: str = "") -> Locator:
    """Open the dialog, and one of its tabs."""
    page.locator(f".st-key-{key} button").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator(".st-key-take")).to_be_visible()
    if tab:
        dialog.get_by_text(tab, exact=True).first.click()
    return dialog


def saved(page: Page, key: str) -> tuple[str, Path]:
    """Press a download's button; return the file's name and where it is."""
    with page.expect_download() as waiting:
        page.locator(f".st-key-{key} button").click()
    found: Download = waiting.value
    return found.suggested_filename, found.path()


def test_a_run_is_taken_away_in_every_form(trained: tuple[Page, Run]) -> None:
    page, run = trained
    dialog = opened(page, f"take-away-{run.number}")
    name, path = saved(page, "take-script")
    assert name == "train.py"
    written = path.read_text(encoding="utf-8")
    ast.parse(written)
    assert f"LayerLab's own run came to: loss {run.result['test_loss']:.4f}" in written
    assert saved(page, "take-data-0")[0] == "digits-1.npz"

    dialog.get_by_text("Notebook", exact=True).click()
    expect(dialog.get_by_alt_text("The network, drawn")).to_be_visible()
    name, path = saved(page, "take-notebook")
    nbformat.validate(nbformat.read(path, as_version=4))

    dialog.get_by_text("Network", exact=True).first.click()
    expect(dialog.locator(".st-key-take-card")).to_contain_text("52,650 weights")
    name, path = saved(page, "take-keras")
    assert name == f"run-{run.number}.keras"
    with zipfile.ZipFile(path) as archive:
        assert (
            Experiment.from_dict(json.loads(archive.read(NETWORK_MEMBER))["experiment"]) == run.experiment
        )
    page.locator(".st-key-take-make-tflite button").click()
    expect(page.locator(".st-key-take-tflite button")).to_be_visible()
    assert saved(page, "take-tflite")[1].read_bytes()[4:8] == b"TFL3"

    dialog.get_by_text("Curves", exact=True).click()
    assert saved(page, "take-csv")[1].read_text().startswith("epoch,step,seconds")
    with zipfile.ZipFile(saved(page, "take-tensorboard")[1]) as archive:
        assert any("validation/events" in name for name in archive.namelist())

    dialog.get_by_text("Design", exact=True).click()
    assert Experiment.from_json(saved(page, "take-json")[1].read_text()) == run.experiment


def test_a_link_copied_on_another_page_opens_the_design_on_build(
    trained: tuple[Page, Run], visitor: Visitor
) -> None:
    page, run = trained
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    dialog = opened(page, f"take-away-{run.number}", "Design")
    dialog.get_by_role("button", name="Copy link").click()
    expect(dialog.get_by_text("Copied.")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert len(copied) < 2_000
    other = visitor.open(copied)
    expect(other.locator("li[data-layer=dense_1] .parameters")).to_have_text("2,080 weights")


DEEPEST = """() => {
    let at = document.activeElement;
    while (at.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
    return at.textContent;
}"""
"""The text of what has the focus, in a shadow root, too."""


def test_with_keys_alone_a_design_is_opened_looked_at_and_left(visitor: Visitor, server: Server) -> None:
    page = visitor.open(server.address)
    page.locator(".st-key-take-away button").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.locator(".st-key-take")).to_be_visible()
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent").strip() == "Program":
            break
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(dialog.get_by_text("Download train.ipynb")).to_be_visible()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(dialog.get_by_text("Download .json")).to_be_visible()
    reached = set()
    for _ in range(12):
        page.keyboard.press("Tab")
        reached.add(page.evaluate(DEEPEST).strip())
    assert {"Copy link", "Download .json"} <= reached
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_a_design_that_can_not_be_built_is_taken_away_as_it_is(visitor: Visitor, server: Server) -> None:
    broken = preset("broken").experiment(source("digits").info)
    page = visitor.open(f"{server.address}/?design={link.encode(broken)}")
    dialog = opened(page, "take-away")
    expect(dialog.get_by_text("Program", exact=True)).to_have_count(0)
    assert Experiment.from_json(saved(page, "take-json")[1].read_text()) == broken
