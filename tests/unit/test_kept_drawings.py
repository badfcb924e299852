"""Drawings are kept under an id that nobody guesses, the newest of them, and a damaged one costs itself."""

from __future__ import annotations

import errno
import multiprocessing
import os
import sys
from pathlib import Path
from types import ModuleType

import pytest

from core.drawing import kept
from core.drawing.strokes import Drawing, Stroke
from core.errors import FileDamaged, StorageFailed

ONE = Drawing((Stroke(((10.0, 20.0), (30.0, 40.0)), 20.0),))
OTHER = Drawing((*ONE.strokes, Stroke(((50.0, 60.0),), 12.0)))


def test_what_is_kept_comes_back_until_it_is_cleared(tmp_path: Path) -> None:
    name = kept.new_id()
    assert kept.kept(tmp_path, name) == Drawing()
    kept.keep(tmp_path, name, ONE)
    kept.keep(tmp_path, name, OTHER)
    assert kept.kept(tmp_path, name) == OTHER
    kept.keep(tmp_path, name, Drawing())
    assert kept.kept(tmp_path, name) == Drawing()
    assert list((tmp_path / "drawings").iterdir()) == []
    kept.keep(tmp_path, name, Drawing())  # clearing twice is nothing


def test_ids_differ_and_are_long(tmp_path: Path) -> None:
    names = {kept.new_id() for _ in range(100)}
    assert len(names) == 100
    assert all(len(bytes.fromhex(name)) * 8 >= 96 for name in names)


@pytest.mark.parametrize(
    "name", ["", "..", "../runs", "a" * 24 + "/x", "A" * 24, "0" * 23, "0" * 25, "0" * 24 + "\n"]
)
def test_an_address_names_no_file_but_a_drawings(name: str, tmp_path: Path) -> None:
    (tmp_path / "runs.json").write_text("mine")
    kept.keep(tmp_path, name, ONE)
    assert kept.kept(tmp_path, name) == Drawing()
    assert [path.name for path in tmp_path.rglob("*")] == ["runs.json"]


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe\x00", b'{"version": 1}', b"x" * 5_000_000])
def test_a_damaged_one_is_told_and_can_be_drawn_over(content: bytes, tmp_path: Path) -> None:
    name, other = kept.new_id(), kept.new_id()
    kept.keep(tmp_path, name, ONE)
    kept.keep(tmp_path, other, OTHER)
    (tmp_path / "drawings" / f"{name}.json").write_bytes(content)
    with pytest.raises(FileDamaged, match="Draw it again"):
        kept.kept(tmp_path, name)
    assert kept.kept(tmp_path, other) == OTHER
    kept.keep(tmp_path, name, ONE)
    assert kept.kept(tmp_path, name) == ONE


def test_the_one_changed_longest_ago_goes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST_KEPT", 5)
    names = [kept.new_id() for _ in range(5)]
    for age, name in enumerate(names):
        kept.keep(tmp_path, name, ONE)
        os.utime(tmp_path / "drawings" / f"{name}.json", (1_000 + age, 1_000 + age))
    kept.keep(tmp_path, names[0], OTHER)  # the oldest is changed, and is the newest now
    newest = kept.new_id()
    kept.keep(tmp_path, newest, ONE)
    left = {path.stem for path in (tmp_path / "drawings").iterdir()}
    assert left == {names[0], *names[2:], newest}


def test_a_full_disk_is_told_and_what_was_kept_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = kept.new_id()
    kept.keep(tmp_path, name, ONE)

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(StorageFailed, match="disk is full"):
        kept.keep(tmp_path, name, OTHER)
    monkeypatch.undo()
    assert kept.kept(tmp_path, name) == ONE
    assert len(list((tmp_path / "drawings").iterdir())) == 1


def _keep_often(home: Path, name: str, drawing: Drawing) -> None:
    for _ in range(200):
        kept.keep(home, name, drawing)


def test_two_tabs_that_keep_the_same_one_never_leave_half_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # a page that Streamlit ran in this process has left itself here, and each child would run it again
    monkeypatch.setitem(sys.modules, "__main__", ModuleType("__main__"))
    name = kept.new_id()
    kept.keep(tmp_path, name, ONE)
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_keep_often, args=(tmp_path, name, each)) for each in (ONE, OTHER)]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        assert kept.kept(tmp_path, name) in (ONE, OTHER)
    assert [writer.exitcode for writer in writers] == [0, 0]
