"""What the Runs page does with ticked runs: show, name, note, compare, delete and bring back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from core.experiment import link
from core.runs.run import Status
from core.runs.store import RunStore
from tests.app.conftest import Open, text_of
from tests.app.listed_runs import BUSY, CHOSEN, design, over, queued, row, running, with_ticked


@pytest.fixture(autouse=True)
def _busy_foreman(store: RunStore) -> Iterator[None]:
    with store.foreman_lock(BUSY):
        yield
        for run in store.under_way():
            store.finish(run.id, Status.STOPPED)


# --- one run ---


def test_a_ticked_run_shows_its_figures_and_why_it_failed(open_page: Open, store: RunStore) -> None:
    fine, failed = over(store), over(store, Status.FAILED, "The loss <grew> without bound.")
    said = text_of(with_ticked(open_page, fine))
    assert f"Run {fine.number} · a run" in said
    assert all(each in said for each in ("87.5 %", "81.2 %", "5 epochs in 10 s", "52,650 weights"))
    said = text_of(with_ticked(open_page, failed))
    assert "The loss &lt;grew&gt; without bound." in said


def test_a_run_is_renamed(open_page: Open, store: RunStore) -> None:
    run = over(store)
    app = with_ticked(open_page, run)
    app.text_input(f"name-{run.number}").set_value("the best <b>one</b>").run()
    assert store.get(run.id).name == "the best <b>one</b>"
    assert "the best &lt;b&gt;one&lt;/b&gt;" in text_of(app)
    assert row(app, run)["name"] == "the best <b>one</b>"


def test_an_empty_name_is_refused_in_words(open_page: Open, store: RunStore) -> None:
    run = over(store)
    app = with_ticked(open_page, run)
    app.text_input(f"name-{run.number}").set_value("   ").run()
    assert "A run needs a name" in text_of(app)
    assert store.get(run.id).name == "a run"
    assert app.text_input(f"name-{run.number}").value == "a run"


def test_notes_and_tags_are_kept_and_tags_of_other_runs_are_offered(
    open_page: Open, store: RunStore
) -> None:
    other, run = over(store), over(store)
    store.tag(other.id, ["baseline"])
    app = with_ticked(open_page, run)
    app.text_area(f"notes-{run.number}").set_value("Overfits.  ").run()
    app.multiselect(f"tags-{run.number}").select("baseline").run()
    kept = store.get(run.id)
    assert (kept.notes, kept.tags) == ("Overfits.", ("baseline",))
    told = row(app, run)
    assert (told["notes"], told["tags"]) == ("Overfits.", ["baseline"])


def test_open_goes_to_the_run(open_page: Open, store: RunStore) -> None:
    first, second = over(store), over(store, Status.STOPPED)
    app = with_ticked(open_page, first)
    app.button(f"open-{first.number}").click().run()
    said = text_of(app)
    assert f"Run {first.number} ·" in said
    assert f"Run {second.number} ·" not in said


def test_a_design_is_loaded_into_build_and_can_be_undone(open_page: Open, store: RunStore) -> None:
    run = over(store, experiment=design("small_cnn"))
    app = with_ticked(open_page, run)
    before = link.decode(app.query_params["design"])
    app.button(f"load-{run.number}").click().run()
    assert link.decode(app.query_params["design"]) == run.experiment
    app.button("undo").click().run()
    assert link.decode(app.query_params["design"]) == before


def test_an_interrupted_run_goes_on(open_page: Open, store: RunStore) -> None:
    run = over(store, Status.INTERRUPTED, "The machine went down. Press Resume.")
    app = with_ticked(open_page, run)
    app.button(f"resume-{run.number}").click().run()
    assert store.get(run.id).status is not Status.INTERRUPTED
    assert "The machine went down" not in text_of(app)
    assert not [button for button in app.button if button.key == f"resume-{run.number}"]


# --- deleting ---


def test_a_run_is_deleted_and_had_back(open_page: Open, store: RunStore) -> None:
    run = over(store)
    app = open_page("runs", run=run.id)
    app.session_state[CHOSEN] = [run.id]
    app.run().button(f"delete-{run.number}").click().run()
    assert store.newest() == []
    assert "run" not in app.query_params  # no page looks for it
    said = text_of(app)
    assert f"<strong>Run {run.number}</strong> deleted" in said
    assert "No runs yet" in said
    app.button("undo-delete").click().run()
    assert [each.id for each in store.newest()] == [run.id]
    assert f"Run {run.number} · a run" in text_of(app)
    assert "deleted" not in text_of(app)


@pytest.mark.parametrize("make", [queued, running])
def test_a_run_under_way_cannot_be_deleted(open_page: Open, store: RunStore, make: Any) -> None:
    run = make(store)
    app = with_ticked(open_page, run)
    assert app.button(f"delete-{run.number}").disabled
    assert "It can be deleted once it is over" in text_of(app)


def test_of_several_those_that_are_over_are_deleted(open_page: Open, store: RunStore) -> None:
    first, second, busy = over(store), over(store), running(store)
    app = with_ticked(open_page, first, busy, second)
    assert f"Run {busy.number} is under way and can't be deleted" in text_of(app)
    assert app.button("delete-ticked").label == "Delete 2 runs"
    app.button("delete-ticked").click().run()
    assert [each.id for each in store.newest()] == [busy.id]
    assert "<strong>2 runs</strong> deleted" in text_of(app)
    app.button("undo-delete").click().run()
    assert len(store.newest()) == 3


# --- several runs ---


def test_what_differs_between_designs_is_named(open_page: Open, store: RunStore) -> None:
    plain = over(store, val_accuracy=0.75)
    wide = over(store, experiment=design().with_data(normalization="standardize"))
    said = text_of(with_ticked(open_page, wide, plain))
    assert "2 runs over each other" in said
    heads = (
        said.index(f"<strong>Run {wide.number}</strong>"),
        said.index(f"<strong>Run {plain.number}</strong>"),
    )
    assert heads[0] < heads[1]  # in the order they were ticked, as the curves' colours are
    assert '<th scope="row">normalization</th><td>standardized</td><td>÷ 255</td>' in said
    assert "87.5 % <span" in said  # the best of the two is marked
    assert "<td>75.0 %</td>" in said
    assert "batch size" not in said


def test_equal_designs_are_said_to_be_equal(open_page: Open, store: RunStore) -> None:
    again = design().with_training(seed=1)
    first, second, third = over(store), over(store), over(store, experiment=again)
    assert "The same design with the same seed" in text_of(with_ticked(open_page, first, second))
    said = text_of(with_ticked(open_page, first, third))
    assert "The same design; only chance differs" in said
    assert '<th scope="row">seed</th><td>0</td><td>1</td>' in said


def test_runs_on_different_data_are_compared_with_a_warning(open_page: Open, store: RunStore) -> None:
    runs = over(store), over(store, experiment=design(data="mnist"))
    said = text_of(with_ticked(open_page, *runs))
    assert "They learned from different data (Digits, MNIST)" in said
    assert '<th scope="row">data</th><td>Digits</td><td>MNIST</td>' in said


def test_no_more_runs_are_compared_than_can_be_told_apart(open_page: Open, store: RunStore) -> None:
    runs = [over(store) for _ in range(9)]
    app = with_ticked(open_page, *runs)
    assert "The first 8 of 9 are shown" in text_of(app)
    assert app.button("delete-ticked").label == "Delete 9 runs"


def test_ticks_that_mean_nothing_are_ignored(open_page: Open, store: RunStore) -> None:
    run = over(store)
    app = open_page("runs")
    app.session_state[CHOSEN] = ["no-such-run", run.id, run.id]
    app.run()
    assert f"Run {run.number} · a run" in text_of(app)
