"""Undo and redo give back whole experiments, exactly."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.experiment import edits
from core.experiment.experiment import Experiment
from core.experiment.history import MOST_STEPS, History
from tests.unit import strategies


def _after(steps: int) -> tuple[History, list[Experiment]]:
    history = History(Experiment())
    seen = [history.present]
    for number in range(steps):
        history = history.edit(edits.set_training(history.present, seed=number + 1))
        seen.append(history.present)
    return history, seen


def test_a_hundred_and_fifty_steps_are_undone_and_redone_exactly() -> None:
    history, seen = _after(150)
    for expected in reversed(seen[:-1]):
        history = history.undo()
        assert history.present == expected
    assert history.undo() == history
    for expected in seen[1:]:
        history = history.redo()
        assert history.present == expected
    assert history.redo() == history


def test_an_edit_after_an_undo_forgets_what_was_undone() -> None:
    history, seen = _after(3)
    other = edits.set_training(seen[1], epochs=99)
    history = history.undo().undo().edit(other)
    assert history.present == other
    assert history.redo() == history
    assert history.undo().present == seen[1]


def test_an_edit_that_changes_nothing_leaves_no_step_and_keeps_what_was_undone() -> None:
    undone = _after(2)[0].undo()
    assert undone.edit(Experiment.from_json(undone.present.to_json())) == undone


def test_only_the_last_steps_are_kept() -> None:
    history, seen = _after(MOST_STEPS + 50)
    for _ in range(MOST_STEPS + 50):
        history = history.undo()
    assert history.present == seen[50]
    for _ in range(MOST_STEPS + 50):
        history = history.redo()
    assert history.present == seen[-1]


@given(strategies.experiments(3), st.lists(st.sampled_from(["edit", "undo", "redo"])))
def test_history_agrees_with_a_list_and_a_place_in_it(start: Experiment, moves: list[str]) -> None:
    history, line, place = History(start), [start], 0
    for number, move in enumerate(moves):
        if move == "edit":
            changed = edits.set_data(history.present, seed=(history.present.data.seed + number + 1) % 2**31)
            history, line = history.edit(changed), [*line[: place + 1], changed]
            place += 1
        elif move == "undo":
            history, place = history.undo(), max(place - 1, 0)
        else:
            history, place = history.redo(), min(place + 1, len(line) - 1)
        assert history.present == line[place]
