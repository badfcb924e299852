"""Designs and networks come back through the dialog, by file and by paste; what is no good is told."""

from __future__ import annotations

import json
from pathlib import Path

import keras
import pytest
from playwright.sync_api import Locator, Page, Route, expect

from core.data import library
from core.data.sources import source
from core.experiment import link
from core.experiment.presets import preset
from core.runs.run import Run
from core.runs.store import RunStore
from core.takeaway.notebook import notebook
from core.takeaway.script import script
from tests.browser.conftest import Server, Visitor
from tests.browser.test_takeaway import opened, saved, trained

__all__ = ["trained"]  # a fixture
pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),  # Keras 3.15, saving
]
DIGITS = source("digits")
DESIGN = preset("lenet").experiment(DIGITS.info)
PATIENCE = 120
"""Seconds until a network is here: a process is started for it that loads TensorFlow, and judged twice."""


def dialog_of(page: Page) -> Locator:
    """Open the dialog."""
    page.locator(".st-key-bring-back button").click()
    expect(page.locator(".st-key-bring")).to_be_visible()
    return page.get_by_role("dialog")


def paste(page: Page, text: str) -> Locator:
    """Paste a text and bring it back."""
    dialog = dialog_of(page)
    box = dialog.get_by_label("or a link, a design, a program, pasted")
    box.fill(text)  # the press itself sends it
    dialog.locator(".st-key-bring-go button").click()
    return dialog


def bring(page: Page, path: Path) -> Locator:
    """Bring a file back."""
    dialog = dialog_of(page)
    dialog.locator("input[type=file]").set_input_files(path)
    expect(dialog.get_by_text(path.name)).to_be_visible()
    dialog.locator(".st-key-bring-go button").click()
    return dialog


def test_a_file_still_on_its_way_when_the_button_is_pressed_is_brought_once_it_is_here(
    visitor: Visitor, server: Server, tmp_path: Path
) -> None:
    path = tmp_path / "design.json"
    path.write_text(DESIGN.to_json(), encoding="utf-8")
    page = visitor.open(server.address)
    held: list[Route] = []

    def hold(upload: Route) -> None:
        held.append(upload)

    page.route("**/upload_file/**", hold)
    dialog = bring(page, path)
    expect(dialog.get_by_role("alert")).to_contain_text("still on its way")
    [upload] = held
    upload.continue_()
    expect(dialog).to_have_count(0)
    expect(page.locator("li[data-layer=conv2d]")).to_be_visible()


def test_an_empty_file_is_told_and_the_next_one_waits_for_a_press(
    visitor: Visitor, server: Server, tmp_path: Path
) -> None:
    empty, good = tmp_path / "empty.json", tmp_path / "design.json"
    empty.touch()
    good.write_text(DESIGN.to_json(), encoding="utf-8")
    page = visitor.open(server.address)
    dialog = bring(page, empty)
    expect(dialog.get_by_role("alert")).to_contain_text("This file is empty")
    dialog.locator("input[type=file]").set_input_files(good)
    expect(dialog.get_by_role("alert")).to_have_count(0)  # the run that knows the new file has drawn it
    expect(page.locator("[data-test-script-state=notRunning]")).to_have_count(1)
    expect(dialog).to_be_visible()
    dialog.locator(".st-key-bring-go button").click()
    expect(page.locator("li[data-layer=conv2d]")).to_be_visible()


TEXTS = {
    "JSON": lambda: DESIGN.to_json(indent=1),
    "a link": lambda: f"http://127.0.0.1:8501/?design={link.encode(DESIGN)}",
    "a program": lambda: script(DESIGN, DIGITS),
}


@pytest.mark.parametrize("form", TEXTS)
def test_a_pasted_design_is_there_and_one_undo_takes_it_away(
    form: str, visitor: Visitor, server: Server
) -> None:
    page = visitor.open(server.address)
    expect(page.locator("li[data-layer=dense]")).to_be_visible()
    before = page.locator("li[data-layer]").count()
    dialog = paste(page, TEXTS[form]())
    expect(dialog).to_have_count(0)
    expect(page.locator("li[data-layer=conv2d]")).to_be_visible()
    page.locator(".st-key-undo button").click()
    expect(page.locator("li[data-layer=conv2d]")).to_have_count(0)
    expect(page.locator("li[data-layer]")).to_have_count(before)


def test_with_keys_alone_a_pasted_design_comes(visitor: Visitor, server: Server) -> None:
    page = visitor.open(server.address)
    page.locator(".st-key-bring-back button").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("or a link, a design, a program, pasted").focus()
    page.keyboard.insert_text(link.encode(DESIGN))
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    expect(page.locator("li[data-layer=conv2d]")).to_be_visible()


def test_a_press_without_anything_to_bring_is_answered(visitor: Visitor, server: Server) -> None:
    dialog = dialog_of(visitor.open(server.address))
    dialog.locator(".st-key-bring-go button").click()
    expect(dialog.get_by_role("alert")).to_contain_text("nothing to bring yet")


@pytest.mark.parametrize("name", ["design.json", "train.py", "train.ipynb"])
def test_a_file_with_a_design_is_brought_back(
    name: str, visitor: Visitor, server: Server, tmp_path: Path
) -> None:
    written = {
        "design.json": DESIGN.to_json(),
        "train.py": script(DESIGN, DIGITS),
        "train.ipynb": notebook(DESIGN, DIGITS),
    }
    (tmp_path / name).write_text(written[name], encoding="utf-8")
    page = visitor.open(server.address)
    expect(bring(page, tmp_path / name)).to_have_count(0)
    expect(page.locator("li[data-layer=conv2d]")).to_be_visible()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Hello", "nothing that can be brought back"),
        ('{"schema": 99}', "newer LayerLab"),
        ("print('hi')\n# layerlab: abc", "could not be read"),
        (f"http://x/?design={link.encode(DESIGN)[:80]}", "cut off"),
    ],
)
def test_what_is_no_design_is_told_and_changes_nothing(
    text: str, said: str, visitor: Visitor, server: Server
) -> None:
    page = visitor.open(server.address)
    dialog = paste(page, text)
    expect(dialog.get_by_role("alert")).to_contain_text(said)
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.locator(".st-key-undo button")).to_be_disabled()


def test_a_network_taken_away_comes_back_with_its_weights(
    trained: tuple[Page, Run], server: Server, visitor: Visitor, tmp_path: Path
) -> None:
    page, run = trained
    opened(page, f"take-away-{run.number}", "Network")
    name, path = saved(page, "take-keras")
    taken = tmp_path / name
    taken.write_bytes(path.read_bytes())
    other = visitor.open(server.address)
    dialog = bring(other, taken)
    expect(dialog).to_contain_text("It is here, with its weights", timeout=1_000 * PATIENCE)
    brought = RunStore(server.home).latest()
    assert brought is not None
    assert brought.adopted
    assert brought.experiment == run.experiment
    assert brought.name == run.name
    for figure in ("test_loss", "test_accuracy"):
        assert brought.result[figure] == pytest.approx(run.result[figure], rel=1e-5)
    dialog.locator(".st-key-bring-open button").click()
    expect(other.locator(".st-key-card-origin")).to_contain_text(f"Brought here in {name}")
    expect(other.locator(".st-key-run-status")).to_contain_text("trained elsewhere")
    other.get_by_role("link", name="Build").click()
    expect(other.locator(".st-key-bring-back")).to_be_visible()
    expect(other.locator("[data-test-script-state=notRunning]")).to_have_count(1)
    expect(dialog).to_have_count(0)  # it was left, and does not come back


@pytest.fixture
def foreign(tmp_path: Path) -> Path:
    """A network as people write them: 28 × 28 without channels, pixels ÷ 255 outside the network."""
    data = library.load("digits")
    x, y = data.training.inputs[..., 0].astype("float32") / 255, data.training.answers
    keras.utils.set_random_seed(1)
    model = keras.Sequential(
        [
            keras.Input((28, 28)),
            keras.layers.Flatten(),
            keras.layers.Dense(64, activation="relu"),
            keras.layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(x, y, epochs=5, verbose=0)
    path = tmp_path / "theirs.keras"
    model.save(path)
    test = data.test
    inputs = test.inputs[..., 0].astype("float32") / 255
    figures = model.evaluate(inputs, test.answers, verbose=0, return_dict=True)
    (tmp_path / "figures.json").write_text(json.dumps(figures))
    return path


def test_a_strangers_network_is_built_anew_and_its_normalization_found_out(
    foreign: Path, visitor: Visitor, server: Server
) -> None:
    figures = json.loads(foreign.with_name("figures.json").read_text())
    page = visitor.open(server.address)
    dialog = bring(page, foreign)
    expect(dialog).to_contain_text("its loss is lowest with: ÷ 255", timeout=1_000 * PATIENCE)
    brought = RunStore(server.home).latest()
    assert brought is not None
    assert brought.experiment.data.normalization == "rescale"
    assert brought.result["test_accuracy"] == pytest.approx(figures["accuracy"], abs=0.003)
    dialog.locator(".st-key-bring-draw button").click()
    expect(page.locator(".st-key-canvas").first).to_be_visible()


def test_layers_that_are_not_here_are_all_named(visitor: Visitor, server: Server, tmp_path: Path) -> None:
    model = keras.Sequential(
        [
            keras.Input((28, 28)),
            keras.layers.LSTM(4),
            keras.layers.UnitNormalization(),
            keras.layers.Dense(10),
        ]
    )
    model.save(tmp_path / "others.keras")
    page = visitor.open(server.address)
    dialog = bring(page, tmp_path / "others.keras")
    told = dialog.get_by_role("alert")
    expect(told).to_contain_text("lstm (LSTM)", timeout=1_000 * PATIENCE)
    expect(told).to_contain_text("unit_normalization (UnitNormalization)")
    assert "others" not in {run.name for run in RunStore(server.home).newest()}
