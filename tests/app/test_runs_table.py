"""What the table of runs is told: every run's figures in words, and which is the best by validation."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from core.data.sources import SOURCES, Source, source
from core.experiment.presets import preset
from core.runs.run import Status
from core.runs.store import RunStore
from tests.app.conftest import Open, text_of
from tests.app.listed_runs import BUSY, design, over, queued, row, running, table, with_ticked


@pytest.fixture(autouse=True)
def _busy_foreman(store: RunStore) -> Iterator[None]:
    with store.foreman_lock(BUSY):
        yield
        for run in store.under_way():
            store.finish(run.id, Status.STOPPED)


# --- the table ---


def test_an_empty_store_is_explained(open_page: Open, store: RunStore) -> None:
    assert "No runs yet" in text_of(open_page("runs"))


def test_every_run_is_told_with_its_figures_in_words(open_page: Open, store: RunStore) -> None:
    run = over(store)
    store.tag(run.id, ["baseline"])
    told = row(open_page("runs"), run)
    assert (told["number"], told["name"], told["status"]) == (run.number, "a run", "completed")
    assert (told["design"], told["data"], told["normalization"]) == (
        "64 · 32 · 10 dense",
        "Digits",
        "÷ 255",
    )
    assert told["loss"] == [0.25, "0.2500"]
    assert told["metric"] == [0.875, "87.5 %"]
    assert told["test"] == [0.8125, "81.2 %"]
    assert told["time"] == [10.0, "10 s"]
    assert told["weights"] == [52_650, "52,650"]
    assert told["tags"] == ["baseline"]
    assert told["so_far"] == ""


def test_the_newest_run_comes_first_and_each_says_where_it_is(open_page: Open, store: RunStore) -> None:
    runs = [
        over(store, Status.FAILED, "The loss grew without bound."),
        over(store, Status.INTERRUPTED, "The machine went down."),
        over(store, Status.STOPPED),
        running(store),
        queued(store),
    ]
    told = table(open_page("runs"))["runs"]
    assert [each["id"] for each in told] == [run.id for run in reversed(runs)]
    assert [each["status"] for each in told] == ["queued", "running", "stopped", "interrupted", "failed"]
    assert told[-1]["reason"] == "The loss grew without bound."


def test_a_run_under_way_shows_how_far_it_is_and_its_last_epoch(open_page: Open, store: RunStore) -> None:
    run = running(store, epochs=2)
    told = row(open_page("runs"), run)
    assert told["share"] == pytest.approx(0.4)
    assert told["metric"] == [0.7, "70.0 %"]
    assert told["test"] == [None, "–"]
    assert told["so_far"] == "after epoch 2 of 5"


def test_a_run_on_data_that_are_unknown_here_is_shown(
    open_page: Open, store: RunStore, made_up_sources: dict[str, Source]
) -> None:
    run = over(store, experiment=design(data="pictures"))
    del SOURCES["pictures"]
    app = with_ticked(open_page, run)
    told = row(app, run)
    assert (told["data"], told["weights"][1], told["metric"][1]) == ("pictures", "–", "87.5 %")
    assert "Its data set is not known here" in text_of(app)
    assert app.button(f"load-{run.number}").disabled
    other = over(store)
    said = text_of(with_ticked(open_page, run, other))
    assert "The data set 'pictures' is not known here" in said  # there are no curves, but all the rest
    assert '<th scope="row">data</th><td>pictures</td><td>Digits</td>' in said


# --- the best ---


def best(app: AppTest) -> dict[str, str]:
    """Return why runs are the best, by id."""
    return {each["id"]: each["best"] for each in table(app)["runs"] if each["best"]}


def test_the_best_is_told_by_validation_and_never_by_test(open_page: Open, store: RunStore) -> None:
    over(store, val_accuracy=0.90, test_accuracy=0.99)
    better = over(store, val_accuracy=0.95, test_accuracy=0.50)
    app = open_page("runs")
    assert best(app) == {better.id: "Highest validation accuracy of 2 runs on Digits"}
    assert "The test set is never used to choose" in text_of(app)
    assert f"Run {better.number} · a run" in text_of(app)


def test_each_data_set_has_a_best_of_its_own(open_page: Open, store: RunStore) -> None:
    for data in ("digits", "mnist"):
        for accuracy in (0.5, 0.6):
            over(store, experiment=design(data=data), val_accuracy=accuracy)
    alone = over(store, experiment=design(data="fashion_mnist"), val_accuracy=0.99)
    found = best(open_page("runs"))
    assert sorted(found.values()) == [
        "Highest validation accuracy of 2 runs on Digits",
        "Highest validation accuracy of 2 runs on MNIST",
    ]
    assert alone.id not in found  # there is nothing that it would be better than


def test_equal_runs_share_the_first_place(open_page: Open, store: RunStore) -> None:
    first, second = over(store), over(store)
    found = best(open_page("runs"))
    assert set(found) == {first.id, second.id}
    assert "shared by 2 runs" in found[first.id]


def test_of_errors_the_lowest_is_the_best(
    open_page: Open, store: RunStore, made_up_sources: dict[str, Source]
) -> None:
    houses = preset("article").experiment(source("houses").info)
    lower = over(store, experiment=houses, val_mean_absolute_error=0.5)
    over(store, experiment=houses, val_mean_absolute_error=1.5)
    app = open_page("runs")
    assert best(app) == {lower.id: "Lowest validation mean absolute error of 2 runs on Houses"}
    assert row(app, lower)["metric"] == [0.5, "0.5000"]


@pytest.mark.parametrize("status", [Status.FAILED, Status.INTERRUPTED])
def test_a_run_that_did_not_end_well_is_never_the_best(
    open_page: Open, store: RunStore, status: Status
) -> None:
    over(store, val_accuracy=0.5)
    winner = over(store, val_accuracy=0.6)
    run = running(store, 5)  # its last epoch has 1.0
    store.finish(run.id, status, "It ended.")
    assert set(best(open_page("runs"))) == {winner.id}
