"""The list of runs is damaged: it is noticed, kept aside, and made anew with all that was known."""

from __future__ import annotations

import logging
import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from core.data.sources import source
from core.errors import RunNotFound
from core.experiment.presets import preset
from core.runs.journal import Journal
from core.runs.run import Event, Progress, Request, Run, Status
from core.runs.store import RunStore

NAME = "runs.sqlite3"
ENDS = [None, Status.COMPLETED, Status.STOPPED, Status.FAILED, Status.INTERRUPTED]


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with a run in every state, and the database in one file."""
    home = tmp_path_factory.mktemp("known")
    store = RunStore(home)
    design = preset("article").experiment(source("digits").info)
    store.create(design, "it waits")
    for end in ENDS:
        run = store.create(design, f"{end}", collection="together")
        store.begin(run.id)
        for epoch in range(1, 9):
            body = {"epoch": epoch, "loss": 1 / epoch, "accuracy": 1 - 1 / epoch}
            store.record(run.id, Progress(epoch=epoch), [("point", body), ("epoch", body)], attempt=1)
        store.annotate(run.id, f"notes of {end}")
        store.tag(run.id, ["a", "b"])
        if end:
            store.finish(run.id, end, "It had a reason.", {"loss": 0.125}, attempt=1)
    deleted = store.create(design, "deleted")
    store.ask(deleted.id, Request.STOP)
    store.delete(deleted.id)
    with closing(sqlite3.connect(home / NAME)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return home


@pytest.fixture
def home(known: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(known, tmp_path / "home"))


Facts = tuple[list[Run], dict[str, list[Event]]]


def _facts(home: Path) -> Facts:
    """Return all that is known of the runs, but how far the one under way was: it says so itself again."""
    store = RunStore(home)
    runs = [replace(run, folder=Path(run.id)) for run in store.newest()]
    runs = [run if run.status.over else replace(run, progress=Progress()) for run in runs]
    return runs, {run.id: store.events(run.id) for run in runs}


@pytest.fixture(scope="module")
def wanted(known: Path) -> Facts:
    """What is to be known whatever happens."""
    runs, events = _facts(known)
    assert [run.status for run in runs] == [*ENDS[:0:-1], Status.RUNNING, Status.QUEUED]
    assert all(len(events[run.id]) == 16 for run in runs[:-1])
    return runs, events


def _checked(home: Path) -> Facts:
    RunStore(home).check()
    return _facts(home)


def _cut(share: float) -> Callable[[bytes], bytes]:
    return lambda whole: whole[: int(len(whole) * share)]


WHOLESALE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda whole: b"",
    "zeroed": lambda whole: bytes(len(whole)),
    "garbage header": lambda whole: b"x" * 100 + whole[100:],
    "another file": lambda whole: b"%PDF-1.7\n" * 999,
    "first page zeroed": lambda whole: bytes(4096) + whole[4096:],
    "last page zeroed": lambda whole: whole[:-4096] + bytes(4096),
    **{f"cut to {share:.2%}": _cut(share) for share in (0.0001, 0.02, 0.1, 0.35, 0.6, 0.9)},
    "cut by a byte": lambda whole: whole[:-1],
}


@pytest.mark.parametrize("damage", WHOLESALE)
def test_a_ruined_list_of_runs_is_made_anew_with_all_runs_and_events(
    home: Path, wanted: Facts, damage: str
) -> None:
    ruined = WHOLESALE[damage]((home / NAME).read_bytes())
    (home / NAME).write_bytes(ruined)
    assert _checked(home) == wanted
    kept = [path.read_bytes() for path in home.glob(f"damaged-*/{NAME}")]
    if len(ruined) > 16:  # of less nothing could be had again
        assert kept == [ruined]
    assert _checked(home) == wanted
    assert RunStore(home).create(wanted[0][0].experiment, "next").number == 8


def test_bits_that_flip_anywhere_are_noticed_or_change_nothing(home: Path, wanted: Facts) -> None:
    whole = (home / NAME).read_bytes()
    dice = random.Random(7)
    mended = 0
    for _ in range(40):
        place, bit = dice.randrange(len(whole)), dice.randrange(8)
        flipped = bytearray(whole)
        flipped[place] ^= 1 << bit
        (home / NAME).write_bytes(flipped)
        assert _checked(home) == wanted, f"bit {bit} of byte {place}"
        mended += (home / "damaged-1").exists()
        for folder in home.glob("damaged-*"):
            shutil.rmtree(folder)
    assert mended > 5


@pytest.mark.parametrize("place", [*range(44, 48), *range(56, 72)])
def test_a_version_that_flipped_is_no_newer_layerlab(home: Path, wanted: Facts, place: int) -> None:
    whole = (home / NAME).read_bytes()
    for bit in (0, 2, 7):
        flipped = bytearray(whole)
        flipped[place] ^= 1 << bit
        (home / NAME).write_bytes(flipped)
        assert _checked(home) == wanted


COLUMNS = ["name", "status", "experiment", "result", "created", "notes", "owner", "attempt"]


@pytest.mark.parametrize("column", COLUMNS)
def test_a_value_that_is_another_is_noticed_when_it_is_read(home: Path, wanted: Facts, column: str) -> None:
    with closing(sqlite3.connect(home / NAME)) as database, database:
        database.execute("DROP TRIGGER runs_changed")
        database.execute(f"UPDATE runs SET {column} = 'xyz' WHERE number = 3")
    store = RunStore(home)
    run = wanted[0][-3]
    assert replace(store.get(run.id), folder=Path(run.id)) == run
    assert _facts(home) == wanted
    assert (home / "damaged-1" / NAME).exists()


CHANGES = ["body = '{}'", "body = 'x'", "body = x'ff'", "kind = 'point'", "seq = 99"]


@pytest.mark.parametrize("change", CHANGES)
def test_an_event_that_is_another_is_noticed_when_it_is_read(
    home: Path, wanted: Facts, change: str
) -> None:
    run = wanted[0][0]
    with closing(sqlite3.connect(home / NAME)) as database, database:
        database.execute(f"UPDATE events SET {change} WHERE run_id = ? AND seq = 16", (run.id,))
    assert _facts(home) == wanted


@pytest.mark.parametrize("change", CHANGES[1:3])
def test_points_that_cannot_be_read_are_taken_from_the_journal(
    home: Path, wanted: Facts, change: str
) -> None:
    run = wanted[0][0]
    with closing(sqlite3.connect(home / NAME)) as database, database:
        database.execute(f"UPDATE events SET {change} WHERE run_id = ? AND seq = 15", (run.id,))
    thinned = RunStore(home).curve(run.id, most=2)
    assert [event.body["loss"] for event in thinned if event.kind == "point"] == pytest.approx(
        [sum(1 / epoch for epoch in epochs) / 4 for epochs in (range(1, 5), range(5, 9))], rel=1e-5
    )


def test_an_answer_that_cannot_be_read_is_no_answer(home: Path, wanted: Facts) -> None:
    run = wanted[0][-2]
    store = RunStore(home)
    for body in ("x'ff'", "'x'", "'[]'", "'3'"):
        assert store.keep_latest(run.id, "answers", {"epoch": 1}, attempt=1)
        with closing(sqlite3.connect(home / NAME)) as database, database:
            database.execute(f"UPDATE latest SET body = {body}")
        assert not store.latest_of(run.id, "answers")
    assert _checked(home) == wanted


def test_a_run_that_only_its_folder_knows_is_taken_in(home: Path, wanted: Facts) -> None:
    """As after a power cut, or where the file beside the database was damaged."""
    run = wanted[0][0]
    with closing(sqlite3.connect(home / NAME)) as database, database:
        database.execute("DELETE FROM events WHERE run_id = ?", (run.id,))
        database.execute("DELETE FROM runs WHERE id = ?", (run.id,))
    with pytest.raises(RunNotFound):
        RunStore(home).get(run.id)
    assert _checked(home) == wanted


def test_a_run_whose_number_another_one_has_by_now_gets_a_new_one(home: Path, wanted: Facts) -> None:
    run = wanted[0][0]
    with closing(sqlite3.connect(home / NAME)) as database, database:
        database.execute("DELETE FROM events WHERE run_id = ?", (run.id,))
        database.execute("DELETE FROM runs WHERE number >= ?", (run.number,))
        database.execute("UPDATE sqlite_sequence SET seq = ? WHERE name = 'runs'", (run.number - 1,))
    store = RunStore(home)
    other = store.create(run.experiment, "new")
    assert other.number == run.number
    store.check()
    assert store.get(other.id) == other
    found = store.get(run.id)
    assert found.number > run.number
    assert replace(found, number=run.number, folder=run.folder) == run
    assert store.events(run.id) == wanted[1][run.id]


def test_what_was_deleted_can_be_had_back_afterwards(home: Path) -> None:
    (home / NAME).write_bytes(b"x")
    store = RunStore(home)
    cards = (home / "runs").glob("*/run.json")
    (card,) = (path for path in cards if '"deleted": null' not in path.read_text("utf-8"))
    assert card.parent.name not in [run.id for run in store.newest()]
    assert store.restore(card.parent.name)
    assert store.get(card.parent.name).name == "deleted"


@pytest.mark.parametrize("damage", ["missing", "torn", "another figure"])
def test_a_damaged_card_is_written_anew_from_the_list(home: Path, wanted: Facts, damage: str) -> None:
    for run in wanted[0]:
        card = home / "runs" / run.id / "run.json"
        text = card.read_text("utf-8")
        if damage == "missing":
            card.unlink()
        else:
            card.write_text(text[:99] if damage == "torn" else text.replace("0.125", "0.875"), "utf-8")
    assert _checked(home) == wanted
    (home / NAME).write_bytes(b"x")
    over = [run for run in wanted[0] if run.status.over]  # the others write theirs as they go on
    assert [run for run in _facts(home)[0] if run.status.over] == over


def test_a_missing_journal_is_written_anew_from_the_list(home: Path, wanted: Facts) -> None:
    over = [run for run in wanted[0] if run.status.over]
    for run in over:
        (home / "runs" / run.id / "events.jsonl").unlink()
    assert _checked(home) == wanted
    for run in over:
        assert Journal(home / "runs" / run.id).read() == wanted[1][run.id]


def test_a_damaged_card_hides_no_other_run(home: Path, wanted: Facts) -> None:
    lost, *others = wanted[0]
    card = home / "runs" / lost.id / "run.json"
    card.write_text(card.read_text("utf-8").replace("0.125", "0.875"), "utf-8")
    (home / NAME).write_bytes(b"x")
    assert _facts(home)[0] == others
    assert (home / "runs" / lost.id).is_dir()


def test_a_list_that_is_damaged_under_way_costs_no_event(home: Path, wanted: Facts) -> None:
    running = wanted[0][-2]
    store = RunStore(home)
    (home / NAME).write_bytes(b"x" * 8_192)
    body = {"epoch": 9, "loss": 1 / 9}
    assert store.record(running.id, Progress(epoch=9), [("epoch", body)], attempt=1)
    assert store.events(running.id) == [*wanted[1][running.id], Event(17, "epoch", body)]
    (home / NAME).write_bytes(b"x" * 8_192)
    assert store.finish(running.id, Status.COMPLETED, attempt=1)
    assert store.get(running.id).status is Status.COMPLETED
    assert len(list(home.glob("damaged-*"))) == 2
