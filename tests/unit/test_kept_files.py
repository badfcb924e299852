"""What is kept in files: there whole or not at all, and damage is noticed, whatever it is."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import FileDamaged
from core.runs.checkpoints import KEPT, Checkpoints
from core.runs.files import (
    read_sealed,
    sweep,
    verify_checksum,
    write_checksum,
    write_sealed,
    write_whole,
)
from core.runs.journal import NAME, Journal
from core.runs.run import Event


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    """A journal of five events."""
    found = Journal(tmp_path)
    found.append(EVENTS)
    return found


EVENTS = [Event(seq, "point", {"epoch": seq / 3, "loss": 1 / seq}) for seq in range(1, 6)]

# --- files that are whole ---


@pytest.mark.parametrize("durable", [True, False])
@pytest.mark.parametrize("before", [None, b"old"])
def test_a_write_that_fails_leaves_the_old_file_and_no_other(
    tmp_path: Path, durable: bool, before: bytes | None
) -> None:
    path = tmp_path / "file.txt"
    if before is not None:
        path.write_bytes(before)

    def half(temporary: Path) -> None:
        assert temporary.parent == tmp_path
        assert temporary.suffix == ".txt"
        temporary.write_bytes(b"ne")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_whole(path, half, durable)
    assert (path.read_bytes() if path.exists() else None) == before
    assert {*tmp_path.iterdir()} <= {path}
    write_whole(path, _write_new, durable)
    assert path.read_bytes() == b"new"
    assert [*tmp_path.iterdir()] == [path]


def test_what_killed_processes_left_is_swept_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    nobody = 2**22 + 1  # no process has such a number
    left = [tmp_path / ".new-x", tmp_path / f".new-{nobody}-a.keras", tmp_path / f"deep/.new-{nobody}-b"]
    kept = [tmp_path / f".new-{os.getpid()}-c", tmp_path / "new-1-d", tmp_path / "model.keras"]
    for path in (*left, *kept):
        path.write_bytes(b"x")
    sweep(tmp_path)
    assert not any(path.exists() for path in left)
    assert all(path.exists() for path in kept)


def _write_new(temporary: Path) -> None:
    temporary.write_bytes(b"new")


# --- files under a seal ---


def test_a_sealed_file_gives_back_what_was_written(tmp_path: Path) -> None:
    for content in (b"", b"\n", b"LayerLab sha256 ", bytes(range(256)) * 40):
        write_sealed(tmp_path / "a", content)
        assert read_sealed(tmp_path / "a") == content


def test_every_single_flipped_bit_of_a_sealed_file_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "a"
    write_sealed(path, b"weights\0\1\2")
    whole = path.read_bytes()
    for place in range(len(whole)):
        for bit in range(8):
            flipped = bytearray(whole)
            flipped[place] ^= 1 << bit
            path.write_bytes(flipped)
            with pytest.raises(FileDamaged, match="not what was written"):
                read_sealed(path)
    path.write_bytes(whole)
    assert read_sealed(path) == b"weights\0\1\2"


def test_a_sealed_file_cut_off_anywhere_or_too_long_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "a"
    write_sealed(path, b"weights\0\1\2")
    whole = path.read_bytes()
    for content in (*(whole[:length] for length in range(len(whole))), whole + b"\0", whole * 2):
        path.write_bytes(content)
        with pytest.raises(FileDamaged):
            read_sealed(path)


def test_a_model_that_is_not_what_was_saved_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "model.keras"
    path.write_bytes(b"a model")
    verify_checksum(path)  # one of an earlier LayerLab has no checksum
    write_checksum(path)
    verify_checksum(path)
    beside = (tmp_path / "model.keras.sha256").read_text("utf-8")
    assert beside.split() == [beside[:64], "model.keras"]  # as `sha256sum -c` reads it
    for content in (b"", b"a mode", b"a modem", b"a model "):
        path.write_bytes(content)
        with pytest.raises(FileDamaged, match="Train this network again"):
            verify_checksum(path)


# --- checkpoints ---


@pytest.fixture
def checkpoints(tmp_path: Path) -> Checkpoints:
    """The checkpoints of the epochs 3 to 12, as far as they are kept."""
    found = Checkpoints(tmp_path / "checkpoints")
    for epoch in range(3, 13):
        found.keep(epoch, f"after {epoch}".encode(), durable=epoch % 2 == 0)
    return found


def _files(home: Path) -> list[Path]:
    return sorted((home / "checkpoints").iterdir())


def test_the_newest_two_are_kept(checkpoints: Checkpoints, tmp_path: Path) -> None:
    assert [path.name for path in _files(tmp_path)] == ["000011.checkpoint", "000012.checkpoint"]
    assert len(_files(tmp_path)) == KEPT
    assert list(checkpoints.newest_first()) == [b"after 12", b"after 11"]
    assert checkpoints.newest_epoch() == 12
    assert checkpoints.newest() == _files(tmp_path)[-1]


def test_one_kept_again_replaces_the_one_before(checkpoints: Checkpoints, tmp_path: Path) -> None:
    checkpoints.keep(12, b"after 12 and a bit")
    assert list(checkpoints.newest_first()) == [b"after 12 and a bit", b"after 11"]


@pytest.mark.parametrize("length", [-1, 0, 5])
def test_where_the_newest_is_damaged_the_one_before_is_taken_and_the_log_says_so(
    checkpoints: Checkpoints, tmp_path: Path, length: int, caplog: pytest.LogCaptureFixture
) -> None:
    newest = _files(tmp_path)[-1]
    newest.write_bytes(newest.read_bytes()[:length])
    assert list(checkpoints.newest_first()) == [b"after 11"]
    assert checkpoints.newest() == _files(tmp_path)[0]
    assert "000012.checkpoint is damaged" in caplog.text
    checkpoints.keep_newest_only()
    assert [path.name for path in _files(tmp_path)] == ["000011.checkpoint"]


def test_where_all_are_damaged_or_there_are_none_there_is_nothing_to_go_on_from(
    checkpoints: Checkpoints, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    for path in _files(tmp_path):
        path.write_bytes(b"x")
    for found in (checkpoints, Checkpoints(tmp_path / "nowhere")):
        assert found.newest() is None
        assert list(found.newest_first()) == []
    assert Checkpoints(tmp_path / "nowhere").newest_epoch() == 0
    checkpoints.keep_newest_only()
    assert len(_files(tmp_path)) == KEPT  # not removed: somebody may still want to look at them


def test_a_half_written_checkpoint_is_none(checkpoints: Checkpoints, tmp_path: Path) -> None:
    (tmp_path / "checkpoints" / ".new-1-abc.checkpoint").write_bytes(b"half")
    assert list(checkpoints.newest_first()) == [b"after 12", b"after 11"]
    assert checkpoints.newest_epoch() == 12
    checkpoints.keep(13, b"after 13")
    assert list(checkpoints.newest_first()) == [b"after 13", b"after 12"]
    for path in (tmp_path / "checkpoints").glob("0*"):
        path.unlink()
    assert (checkpoints.newest_epoch(), checkpoints.newest()) == (0, None)


# --- the journal ---


def test_a_journal_gives_back_what_was_added(journal: Journal, tmp_path: Path) -> None:
    assert journal.read() == EVENTS
    assert Journal(tmp_path / "nowhere").read() == []
    assert not Journal(tmp_path / "nowhere").exists


def test_a_torn_last_line_costs_that_line_and_no_other(journal: Journal, tmp_path: Path) -> None:
    path = tmp_path / NAME
    whole = path.read_bytes()
    last = whole.splitlines(keepends=True)[-1]
    for length in range(len(last) - 1):
        path.write_bytes(whole[: len(whole) - len(last) + length])
        assert journal.read() == EVENTS[:4]
        journal.append(EVENTS[4:])  # said again, after the torn one
        assert journal.read() == EVENTS


def test_every_single_flipped_bit_of_a_line_costs_that_line_and_changes_no_other(
    journal: Journal, tmp_path: Path
) -> None:
    path = tmp_path / NAME
    whole = path.read_bytes()
    begin = whole.index(b"\n") + 1
    end = whole.index(b"\n", begin)
    for place in range(begin, end):
        for bit in range(8):
            flipped = bytearray(whole)
            flipped[place] ^= 1 << bit
            path.write_bytes(flipped)
            assert journal.read() == [EVENTS[0], *EVENTS[2:]]


def test_a_flipped_end_of_line_costs_two_lines_at_most(journal: Journal, tmp_path: Path) -> None:
    path = tmp_path / NAME
    whole = path.read_bytes()
    place = whole.index(b"\n")
    for bit in range(8):
        flipped = bytearray(whole)
        flipped[place] ^= 1 << bit
        path.write_bytes(flipped)
        found = journal.read()
        assert found[-3:] == EVENTS[2:]
        assert all(event in EVENTS for event in found)


@pytest.mark.parametrize(
    "line", [b"", b"[]", b"[1]", b"{}", b"null", b"[1,2,3,4]", b"\xff\0", b"[" * 5_000], ids=range(8)
)
def test_a_line_that_is_no_entry_is_left_out(journal: Journal, tmp_path: Path, line: bytes) -> None:
    with (tmp_path / NAME).open("ab") as file:
        file.write(line + b"\n")
    assert journal.read() == EVENTS


def _bodies() -> st.SearchStrategy[dict[str, object]]:
    figures = st.floats(allow_nan=False, allow_infinity=False) | st.integers() | st.text(max_size=6)
    return st.dictionaries(st.text(max_size=6), figures, max_size=3)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("append"), st.lists(_bodies(), max_size=3)),
        st.tuples(st.just("rewind"), st.integers(0, 12)),
        st.tuples(st.just("torn"), st.binary(min_size=1, max_size=9)),
    ),
    max_size=12,
)


@given(steps=STEPS)
def test_whatever_is_added_taken_back_and_torn_the_journal_knows_what_holds(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, object]]
) -> None:
    folder = tmp_path_factory.mktemp("journal")
    journal, wanted = Journal(folder), list[Event]()
    for kind, what in steps:
        if kind == "append" and isinstance(what, list):
            added = [Event(seq, "point", body) for seq, body in enumerate(what, start=len(wanted) + 1)]
            journal.append(added)
            wanted += added
        elif kind == "rewind" and isinstance(what, int):
            journal.rewind(what)
            wanted = wanted[:what]
        elif isinstance(what, bytes):  # a process was killed as it wrote
            with (folder / NAME).open("ab") as file:
                file.write(b'[7,"point",{"epo' + what.replace(b"\n", b""))
        assert Journal(folder).read() == wanted
