"""The table of runs in a browser: sorted, filtered, ticked, compared, deleted, with and without a mouse."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from core.data.sources import source
from core.experiment.presets import preset
from core.runs.run import Progress, Run, Status
from core.runs.store import RunStore
from tests.browser.conftest import Server, Visitor

BUSY = "a-busy-foreman"
EPOCHS = 4


@pytest.fixture
def store(server: Server) -> Iterator[RunStore]:
    """The server's runs, none before and after a test; runs under way belong to a foreman that is alive."""
    store = RunStore(server.home)
    with store.foreman_lock(BUSY):
        yield store
        for run in store.newest():
            store.finish(run.id, Status.STOPPED)
            store.delete(run.id)


def running(store: RunStore, name: str, kind: str = "article", epochs: int = 0) -> Run:
    """Return a run under way."""
    design = preset(kind).experiment(source("digits").info).with_training(epochs=EPOCHS)
    run = store.create(design, name)
    store.claim(run.id, BUSY)
    store.begin(run.id)
    go_on(store, run, epochs)
    return store.get(run.id)


def go_on(store: RunStore, run: Run, epochs: int, accuracy: float = 0.9) -> None:
    """Have a run tell of whole epochs."""
    for epoch in range(1, epochs + 1):
        figures = {"loss": 1 / epoch, "accuracy": accuracy}
        validation = {"val_loss": 1.5 / epoch, "val_accuracy": accuracy}
        events = [
            ("point", {"epoch": epoch - 0.5, **figures}),
            ("epoch", {"epoch": epoch, **figures, **validation}),
        ]
        store.record(run.id, Progress(epoch, EPOCHS, 10, 10, 2.0 * epoch), events)


def over(store: RunStore, name: str, accuracy: float = 0.9, kind: str = "article") -> Run:
    """Return a run that is completed, without a model."""
    run = running(store, name, kind)
    go_on(store, run, EPOCHS, accuracy)
    figures = {"val_loss": 1 - accuracy, "val_accuracy": accuracy, "test_accuracy": accuracy}
    store.finish(run.id, Status.COMPLETED, "", figures)
    return store.get(run.id)


def row(page: Page, run: Run) -> Locator:
    """Return a run's row."""
    return page.locator(f'tr[data-run="{run.number}"]')


def tick(page: Page, *runs: Run) -> None:
    """Tick runs' boxes, one after the other."""
    for run in runs:
        row(page, run).get_by_role("checkbox").click()
        expect(row(page, run).get_by_role("checkbox")).to_be_checked()


def names(page: Page) -> Locator:
    """Return the names of the runs that are shown, from top to bottom."""
    return page.locator("tr[data-run]:not([hidden]) a.open")


def focused(page: Page) -> str | None:
    """Return the number of the run whose box has the focus."""
    return page.locator("tr[data-run]:has(input:focus)").get_attribute("data-run")


@pytest.mark.browser
def test_runs_are_sorted_by_any_column(visitor: Visitor, server: Server, store: RunStore) -> None:
    for name, accuracy in (("middle", 0.8), ("worst", 0.7), ("top", 0.9)):
        over(store, name, accuracy)
    running(store, "no figures yet")
    page = visitor.open(f"{server.address}/runs")
    expect(names(page)).to_have_text(["no figures yet", "top", "worst", "middle"])

    column = page.get_by_role("columnheader", name="Validation accuracy")
    column.get_by_role("button").click()
    expect(column).to_have_attribute("aria-sort", "descending")
    expect(names(page)).to_have_text(["top", "middle", "worst", "no figures yet"])
    column.get_by_role("button").press("Enter")
    expect(column).to_have_attribute("aria-sort", "ascending")
    expect(names(page)).to_have_text(["worst", "middle", "top", "no figures yet"])

    page.get_by_role("columnheader", name="Name").get_by_role("button").click()
    expect(names(page)).to_have_text(["middle", "no figures yet", "top", "worst"])
    expect(column).not_to_have_attribute("aria-sort", re.compile("."))

    page.reload()
    expect(names(page)).to_have_text(["middle", "no figures yet", "top", "worst"])


@pytest.mark.browser
def test_runs_are_filtered_by_what_is_known_of_them(
    visitor: Visitor, server: Server, store: RunStore
) -> None:
    noted, tagged, convolved = (
        over(store, "noted"),
        over(store, "tagged"),
        over(store, "c", kind="small_cnn"),
    )
    store.annotate(noted.id, "Overfits after epoch five.")
    store.tag(tagged.id, ["for the talk"])
    running(store, "not yet")
    page = visitor.open(f"{server.address}/runs")
    search = page.get_by_role("searchbox")
    for words, shown in (
        ("OVERFITS five", ["noted"]),
        ("talk", ["tagged"]),
        ("conv", ["c"]),
        (f"run {convolved.number}", ["c"]),
        ("completed digits", ["c", "tagged", "noted"]),
        ("starting", ["not yet"]),
    ):
        search.fill(words)
        expect(names(page)).to_have_text(shown)
    expect(page.get_by_text("1 of 4 runs").first).to_be_visible()

    search.fill("nothing like it")
    expect(page.get_by_text("No run has “nothing like it”")).to_be_visible()
    page.get_by_role("button", name="Show all").click()
    expect(names(page)).to_have_count(4)

    row(page, tagged).get_by_role("button", name="for the talk").click()
    expect(names(page)).to_have_text(["tagged"])


@pytest.mark.browser
def test_ticked_runs_are_laid_over_each_other_and_a_reload_keeps_them(
    visitor: Visitor, server: Server, store: RunStore
) -> None:
    plain, dropout = over(store, "plain"), over(store, "with dropout", kind="article_dropout")
    over(store, "another one")
    page = visitor.open(f"{server.address}/runs")
    tick(page, plain, dropout)
    panel = page.locator(".st-key-runs-panel")
    expect(panel).to_contain_text("2 runs over each other")
    page.wait_for_function("+(document.querySelector('.ll-curves')?.dataset.points ?? 0) >= 8")
    differing = panel.locator(".st-key-card-differences tr", has_text="dropout").last
    expect(differing).to_contain_text(re.compile(r"dropout\s*–\s*Dropout, rate 0\.2"))
    page.reload()
    expect(panel).to_contain_text("2 runs over each other")
    expect(row(page, plain).get_by_role("checkbox")).to_be_checked()
    page.get_by_role("button", name="Untick all").click()
    expect(panel).to_contain_text("Tick a run to see more of it")
    expect(page.locator("tr.on")).to_have_count(0)


@pytest.mark.browser
def test_a_run_is_named_noted_and_tagged(visitor: Visitor, server: Server, store: RunStore) -> None:
    run, other = over(store, "a run"), over(store, "another run")
    store.tag(other.id, ["baseline"])
    page = visitor.open(f"{server.address}/runs")
    row(page, run).locator("td.design").click()  # anywhere but on its name
    page.get_by_label("Name", exact=True).fill("my first network")
    page.get_by_label("Name", exact=True).press("Enter")
    expect(row(page, run)).to_contain_text("my first network")
    page.get_by_label("Notes", exact=True).fill("It has seen enough.")
    page.get_by_label("Notes", exact=True).blur()
    expect(row(page, run).get_by_label("has notes")).to_be_visible()
    tags = page.locator(".st-key-runs-panel").get_by_role("combobox")
    tags.fill("of mine")
    tags.press("Enter")
    expect(row(page, run).locator(".tag")).to_have_text(["of mine"])
    tags.fill("base")
    page.get_by_role("option", name="baseline").click()
    expect(row(page, run).locator(".tag")).to_have_text(["of mine", "baseline"])

    page.reload()
    expect(page.get_by_label("Notes", exact=True)).to_have_value("It has seen enough.")
    expect(page.get_by_label("Name", exact=True)).to_have_value("my first network")
    expect(row(page, run).locator(".tag")).to_have_text(["of mine", "baseline"])
    kept = store.get(run.id)
    assert (kept.notes, kept.tags) == ("It has seen enough.", ("of mine", "baseline"))


@pytest.mark.browser
def test_a_run_is_deleted_and_had_back(visitor: Visitor, server: Server, store: RunStore) -> None:
    run, other = over(store, "not this one"), over(store, "the other")
    page = visitor.open(f"{server.address}/runs")
    tick(page, run)
    page.locator(f".st-key-delete-{run.number} button").click()
    expect(names(page)).to_have_text(["the other"])
    expect(page.get_by_text(f"Run {run.number} deleted")).to_be_visible()
    page.locator(".st-key-undo-delete button").click()
    expect(names(page)).to_have_text(["the other", "not this one"])
    expect(page.get_by_text(f"Run {run.number} deleted")).to_have_count(0)
    assert {each.id for each in store.newest()} == {run.id, other.id}


@pytest.mark.browser
def test_a_name_leads_to_its_run_in_a_tab_of_its_own_too(
    visitor: Visitor, server: Server, store: RunStore
) -> None:
    run, _ = over(store, "the older one"), over(store, "the newer one")
    page = visitor.open(f"{server.address}/runs")
    link = row(page, run).get_by_role("link", name="the older one")
    elsewhere = visitor.open(str(link.evaluate("link => link.href")))
    expect(elsewhere.locator(".st-key-card-header")).to_contain_text("the older one")
    link.click()
    expect(page.locator(".st-key-card-header")).to_contain_text("the older one")


@pytest.mark.browser
def test_the_keyboard_alone_is_enough(visitor: Visitor, server: Server, store: RunStore) -> None:
    oldest, middle, newest = [over(store, f"run of {n}") for n in "abc"]
    page = visitor.open(f"{server.address}/runs")
    page.get_by_role("searchbox").focus()
    page.keyboard.press("ArrowDown")
    assert focused(page) == str(newest.number)
    page.keyboard.press("Space")
    expect(page.locator(".st-key-card-run")).to_contain_text(f"Run {newest.number} ·")
    assert focused(page) == str(newest.number)  # what is drawn below takes no focus away

    page.keyboard.press("Shift+ArrowDown")
    expect(page.locator("tr.on")).to_have_count(2)
    expect(page.locator(".st-key-runs-panel")).to_contain_text("2 runs over each other")
    page.keyboard.press("Delete")
    expect(names(page)).to_have_text(["run of a"])
    assert focused(page) == str(oldest.number)
    expect(page.get_by_text("2 runs deleted")).to_be_visible()
    page.keyboard.press("Control+z")
    expect(names(page)).to_have_text(["run of c", "run of b", "run of a"])

    page.keyboard.press("ArrowUp")
    assert focused(page) == str(middle.number)
    page.keyboard.press("Enter")
    expect(page.locator(".st-key-card-header")).to_contain_text(f"Run {middle.number} ·")


@pytest.mark.browser
def test_a_run_under_way_is_followed_and_nothing_else_moves(
    visitor: Visitor, server: Server, store: RunStore
) -> None:
    for number in range(20):
        over(store, f"old {number}")
    ticked = over(store, "ticked")
    busy = running(store, "under way")
    page = visitor.open(f"{server.address}/runs")
    tick(page, ticked)
    page.locator(".region").evaluate("region => region.scrollTo(0, 30)")
    expect(row(page, busy)).to_contain_text("starting")

    go_on(store, busy, 2)
    expect(row(page, busy).locator("td.status")).to_have_text(re.compile(r"running\s*50 %"))
    expect(row(page, busy).locator("td.metric")).to_have_text("90.0 %")
    go_on(store, busy, EPOCHS)
    store.finish(busy.id, Status.COMPLETED, "", {"val_accuracy": 0.99, "val_loss": 0.01})
    expect(row(page, busy)).to_contain_text("completed")
    expect(row(page, busy)).to_contain_text("★ best")
    expect(row(page, ticked).get_by_role("checkbox")).to_be_checked()
    assert focused(page) == str(ticked.number)
    assert page.locator(".region").evaluate("region => region.scrollTop") == 30


@pytest.mark.browser
def test_a_dialog_stays_as_it_is_whatever_becomes_of_the_page_behind_it(
    visitor: Visitor, server: Server, store: RunStore
) -> None:
    old = over(store, "old")
    first, second = running(store, "first"), running(store, "second")
    page = visitor.open(f"{server.address}/runs")
    tick(page, old)
    page.locator(f".st-key-take-away-{old.number} button").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("Design", exact=True).first.click()
    saves = dialog.get_by_role("button", name="Download .json")
    saves.focus()
    store.finish(first.id, Status.COMPLETED)
    for epochs in (1, 2):  # told in this order: when the second is, the end before it was seen, too
        go_on(store, second, epochs)
        expect(row(page, second)).to_contain_text(f"{epochs * 25} %")
    expect(saves).to_be_focused()

    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(row(page, first)).to_contain_text("completed")
    store.finish(second.id, Status.COMPLETED)
    expect(row(page, second)).to_contain_text("completed")
    expect(dialog).to_have_count(0)


@pytest.mark.browser
def test_a_phone_shows_cards_and_finds_the_way_down(
    visitor: Visitor, server: Server, store: RunStore
) -> None:
    runs = [over(store, f"the run with the number {number} and a long name") for number in range(12)]
    page = visitor.open(f"{server.address}/runs", viewport={"width": 390, "height": 844}, has_touch=True)
    expect(row(page, runs[-1])).to_contain_text("90.0 %")
    tick(page, runs[-1])
    expect(page.locator(".st-key-card-run")).to_contain_text(runs[-1].name)
    expect(page.get_by_label("Notes", exact=True)).to_be_visible()  # all of the card is there
    page.get_by_role("button", name="Look at it").tap()
    expect(page.locator(".st-key-card-run h2")).to_be_in_viewport()
    expect(page.get_by_label("Name", exact=True)).to_be_in_viewport()
    page.get_by_label("Sort by").select_option("Name")
    expect(names(page).first).to_have_text("the run with the number 0 and a long name")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
