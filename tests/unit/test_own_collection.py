"""The collection of one's own handwriting: what was labelled is not lost, whoever else is at it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from core.data import files, own
from core.drawing import handwriting
from core.drawing.handwriting import ENDING, Collection, Sample, id_of, sample
from core.drawing.strokes import Drawing, Stroke
from core.errors import NotDrawable, StorageFailed
from tests.unit.own_digits import digit, drawn

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "own"


@pytest.fixture
def collection(folder: Path) -> Collection:
    """Two drawings of each digit."""
    found = Collection(folder)
    found.add(*drawn(2))
    return found


def same(first: Sample, second: Sample) -> bool:
    """Return whether all of two samples is the same."""
    plain = [
        (each.id, each.label, each.drawing, each.added, each.image.tobytes()) for each in (first, second)
    ]
    return plain[0] == plain[1]


def test_what_was_added_is_there_for_whoever_opens_it_next(collection: Collection, folder: Path) -> None:
    found = Collection(folder).samples()
    assert len(found) == 20
    assert all(same(*both) for both in zip(found, drawn(2), strict=True))  # in the order they were added
    assert Collection(folder / "nowhere").samples() == ()


def test_the_collection_of_this_data_directory_is_the_default(fresh_home: Path) -> None:
    fresh_home.mkdir()
    Collection().add(*drawn(1))
    assert len(Collection(fresh_home / "datasets" / "own").samples()) == 10


def test_the_same_drawing_is_kept_once_under_its_last_label(collection: Collection) -> None:
    again = sample(digit(3), 8)
    collection.add(again)
    assert len(collection.samples()) == 20
    assert collection.label_of(digit(3)) == 8
    assert collection.label_of(digit(3, 77)) is None
    assert collection.samples()[-1].id == again.id == id_of(digit(3))


@pytest.mark.parametrize(
    "drawing", [Drawing(), Drawing((Stroke(((140.0, 140.0), (141.0, 141.0)), 30.0),))], ids=["empty", "dot"]
)
def test_what_is_no_digit_is_not_kept(drawing: Drawing) -> None:
    with pytest.raises(NotDrawable, match="Draw one first"):
        sample(drawing, 3)


@pytest.mark.parametrize("label", [-1, 10])
def test_a_label_that_is_no_digit_is_refused(label: int) -> None:
    with pytest.raises(NotDrawable):
        sample(digit(3), label)


def test_what_was_removed_can_be_put_back(collection: Collection) -> None:
    before = collection.samples()
    ids = [each.id for each in before[:3]]
    assert collection.remove([*ids, "0" * 16]) == ids
    assert [each.id for each in collection.samples()] == [each.id for each in before[3:]]
    assert collection.remove(ids) == []
    assert collection.put_back(ids) == ids
    assert all(same(*both) for both in zip(collection.samples(), before, strict=True))
    assert collection.put_back(ids) == []


def test_putting_back_never_replaces_what_was_labelled_since(collection: Collection) -> None:
    collection.remove([id_of(digit(3))])
    collection.add(sample(digit(3), 5))
    assert collection.put_back([id_of(digit(3))]) == []
    assert collection.label_of(digit(3)) == 5


def test_removed_drawings_do_not_pile_up(
    collection: Collection, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handwriting, "REMOVED_KEPT", 4)
    ids = [each.id for each in collection.samples()]
    for each in ids:
        collection.remove([each])
    assert len([*(folder / "removed").iterdir()]) == 4
    assert len(collection.put_back(ids)) == 4


def test_a_full_collection_says_so_and_keeps_what_it_has(
    collection: Collection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own, "MOST", 20)
    with pytest.raises(StorageFailed, match="At most 20 drawings"):
        collection.add(sample(digit(3, 77), 3))
    collection.add(sample(digit(3), 8))  # one that is there can still get another label
    assert len(collection.samples()) == 20


@pytest.mark.parametrize("damage", [b"", b"x" * 500, None])
def test_a_damaged_file_costs_itself_alone(
    collection: Collection, folder: Path, damage: bytes | None
) -> None:
    before = collection.samples()
    victim = folder / f"{before[4].id}{ENDING}"
    whole = victim.read_bytes()
    flipped = bytearray(whole)
    flipped[-9] ^= 4
    victim.write_bytes(bytes(flipped) if damage is None else damage)
    assert [each.id for each in collection.samples()] == [
        each.id for each in before if each is not before[4]
    ]
    assert collection.damaged() == 1
    collection.add(before[4])  # labelled again, it is whole again
    assert collection.damaged() == 0


def test_a_half_written_file_is_none(collection: Collection, folder: Path) -> None:
    (folder / f".new-1-abc{ENDING}").write_bytes(b"half")
    assert len(collection.samples()) == 20
    assert collection.damaged() == 0


def test_a_folder_that_cannot_be_written_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "own").write_text("where a folder should be")
    with pytest.raises((StorageFailed, OSError)):
        Collection(tmp_path / "own").add(*drawn(1))


_WRITER = """
import sys
from pathlib import Path
from core.drawing.handwriting import Collection, sample
from tests.unit.own_digits import digit
collection, hand = Collection(Path(sys.argv[1])), int(sys.argv[2])
for number in range(8):
    for label in range(4):
        collection.add(sample(digit(label, 100 * hand + number), label))
        collection.samples()
    own_ids = [each.id for each in collection.samples() if each.label == 3]
    collection.put_back(collection.remove(own_ids[:2]))
    collection.add(sample(digit(9, number), hand))  # the others label the same drawing, too
"""


def test_several_processes_add_remove_and_read_at_once_and_nothing_is_lost(folder: Path) -> None:
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(folder), str(hand)], cwd=ROOT, stderr=subprocess.PIPE
        )
        for hand in range(3)
    ]
    for writer in writers:
        _, said = writer.communicate(timeout=120)
        assert writer.returncode == 0, said.decode()
    collection = Collection(folder)
    found = collection.samples()
    wanted = {
        id_of(digit(label, 100 * hand + n)) for hand in range(3) for n in range(8) for label in range(4)
    }
    contested = {id_of(digit(9, number)) for number in range(8)}
    ids = {each.id for each in found}
    assert ids == wanted | contested
    assert {each.label for each in found if each.id in contested} <= {0, 1, 2}
    assert collection.damaged() == 0
    assert not [path for path in folder.iterdir() if path.name.startswith(".new-")]


def test_many_who_freeze_at_once_make_one_version(fresh_home: Path) -> None:
    fresh_home.mkdir()
    Collection().add(*drawn(4))
    script = (
        "from core.data import own; from core.drawing.handwriting import Collection\n"
        "print(own.freeze(Collection().samples()).code)"
    )
    freezing = [
        subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    codes = {process.communicate(timeout=120)[0].strip() for process in freezing}
    assert codes == {own.code_of(drawn(4))}
    assert np.load(files.folder() / own.versions()[0].filename)["x_train"].shape[1:] == (28, 28)
