"""A long run is drawn with few points, and each of them is an honest mean of those it stands for."""

from __future__ import annotations

import random

import pytest

from core.runs.run import Event, Progress, Run
from core.runs.store import RunStore

STEPS = 10


def fill(store: RunStore, run: Run, points: int, seed: int = 1) -> list[Event]:
    """Record points, the end of an epoch after every tenth, and changes in between; return all there is."""
    chance = random.Random(seed)
    events = []
    for step in range(1, points + 1):
        place = {"epoch": step / STEPS, "step": step, "seconds": step / 8, "learning_rate": 0.01 / step}
        figures = {"loss": chance.random(), "accuracy": chance.random()}
        events.append(("point", {**place, **figures}))
        if step % STEPS == 0:
            events.append(("epoch", {**place, **figures, "val_loss": chance.random()}))
        if step % 37 == 0:
            events.append(("rate", {**place, "before": 0.1}))
    store.record(run.id, Progress(), events)
    return store.events(run.id)


def test_a_short_run_comes_as_it_is(store: RunStore, running: Run) -> None:
    everything = fill(store, running, 60)
    assert store.curve(running.id, most=60) == everything
    assert store.curve(running.id, after=7, most=60) == everything[7:]


@pytest.mark.parametrize("points", [61, 100, 997])
def test_of_a_long_run_at_most_so_many_points_come_and_all_else_is_whole(
    store: RunStore, running: Run, points: int
) -> None:
    everything = fill(store, running, points)
    found = store.curve(running.id, most=60)
    assert 30 <= sum(event.kind == "point" for event in found) <= 60
    others = [event for event in everything if event.kind != "point"]
    assert [event for event in found if event.kind != "point"] == others
    assert [event.seq for event in found] == sorted(event.seq for event in found)
    assert found[-1].seq == everything[-1].seq


def test_a_point_that_stands_for_several_is_their_mean_at_the_place_of_the_last(
    store: RunStore, running: Run
) -> None:
    points = [event for event in fill(store, running, 997) if event.kind == "point"]
    found = [event for event in store.curve(running.id, most=60) if event.kind == "point"]
    before = 0
    for event in found:
        own = [point.body for point in points if before < point.seq <= event.seq]
        before = event.seq
        assert event.body["points"] == len(own)
        for name in ("epoch", "step", "seconds", "learning_rate"):
            assert event.body[name] == own[-1][name]
        for name in ("loss", "accuracy"):
            assert event.body[name] == pytest.approx(sum(body[name] for body in own) / len(own), rel=1e-5)
    assert sum(event.body["points"] for event in found) == len(points)


def test_what_is_new_is_thinned_by_itself(store: RunStore, running: Run) -> None:
    everything = fill(store, running, 400)
    late = store.curve(running.id, after=everything[200].seq, most=20)
    assert min(event.seq for event in late) > everything[200].seq
    assert sum(event.body["points"] for event in late if event.kind == "point") == sum(
        event.kind == "point" for event in everything[201:]
    )
    assert store.curve(running.id, after=everything[-1].seq, most=20) == []


def test_figures_that_some_points_lack_are_means_of_those_that_have_them(
    store: RunStore, running: Run
) -> None:
    bodies = [{"epoch": 1.0, "loss": 4.0}, {"epoch": 2.0, "loss": 2.0, "accuracy": 0.5}]
    store.record(running.id, Progress(), [("point", body) for body in bodies])
    (event,) = store.curve(running.id, most=1)
    assert event == Event(2, "point", {"epoch": 2.0, "loss": 3.0, "accuracy": 0.5, "points": 2})


def test_one_run_s_points_are_not_another_s(store: RunStore, running: Run) -> None:
    other = store.create(running.experiment, "other")
    store.claim(other.id, "foreman")
    store.begin(other.id)
    fill(store, running, 300)
    fill(store, other, 300, seed=2)
    assert store.curve(running.id, most=9) != store.curve(other.id, most=9)
    assert sum(e.body.get("points", 0) for e in store.curve(other.id, most=9)) == 300


@pytest.mark.parametrize("after", [-5, 2**80])
def test_an_odd_number_to_begin_after_is_no_error(store: RunStore, running: Run, after: int) -> None:
    everything = fill(store, running, 50)
    expected = everything if after < 0 else []
    assert store.curve(running.id, after=after, most=60) == expected
