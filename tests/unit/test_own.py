"""Versions of one's own handwriting: the same drawings make the same data, which never change again."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from core.data import files, library, own, sources
from core.data.own import Labelled
from core.data.sources import source
from core.data.split import split
from core.errors import DataRefused, DataUnavailable, InvalidExperiment
from core.experiment import link
from core.experiment.data_spec import DataSpec
from core.experiment.experiment import Experiment
from tests.unit.own_digits import drawn


def made_up(count: int, classes: int = 10, learned: bool | None = None) -> list[Labelled]:
    """Return labelled noise; `learned` says of all whether they are learned from."""
    ids = [f"{number * 5 + (learned is not False):08x}{number:08x}" for number in range(1, count + 1)]
    if learned is None:
        ids = [f"{number:08x}{number:08x}" for number in range(1, count + 1)]
    random = np.random.default_rng(0)
    images = random.integers(0, 255, (count, 28, 28), dtype=np.uint8)
    return [Labelled(each, (at + at // 10) % classes, images[at]) for at, each in enumerate(ids)]


@pytest.fixture(autouse=True)
def _home(fresh_home: Path) -> None:
    fresh_home.mkdir()


@pytest.fixture
def digits() -> None:
    """Put Digits here without the library that they come with."""
    random = np.random.default_rng(3)
    info = source("digits").info
    arrays = {
        f"{key}_{part}": random.integers(0, 10, (size, *shape), dtype=np.uint8)
        for part, size in (("train", info.training_size), ("test", info.test_size))
        for key, shape in (("x", (28, 28)), ("y", ()))
    }
    files.write(files.folder() / source("digits").filename, arrays)


# --- what is enough ---


@pytest.mark.parametrize(
    ("drawings", "words"),
    [
        ([], "20 more to go"),
        (made_up(19), "1 more to go"),
        (made_up(20, classes=1), "all of one digit"),
        (made_up(20, learned=True), "set aside for the test"),
        (made_up(20, learned=False), "Draw one more 0, 1, 2, 3, 4, 5, 6, 7, 8 and 9"),
        ([*made_up(20, 3), Labelled("f" * 16, 7, np.ones((28, 28), np.uint8))], "Draw one more 7:"),
    ],
)
def test_what_is_lacking_is_said(drawings: list[Labelled], words: str) -> None:
    assert words in own.lacking(drawings)
    with pytest.raises(DataRefused, match=words):
        own.freeze(drawings)
    assert own.versions() == []


def test_one_in_five_is_kept_for_the_test_whatever_else_is_there() -> None:
    drawings = made_up(1_000)
    kept = {each.id for each in drawings if each.is_for_test}
    assert len(kept) == 200
    assert {each.id for each in drawings[500:] if own.is_for_test(each.id)} == kept & {
        each.id for each in drawings[500:]
    }


# --- a version ---


def test_the_same_drawings_make_the_same_version_in_whatever_order() -> None:
    drawings = made_up(40)
    first = own.freeze(drawings)
    stamp = (files.folder() / first.filename).stat().st_mtime_ns
    assert own.freeze(drawings[::-1]) == first
    assert (files.folder() / first.filename).stat().st_mtime_ns == stamp  # not even written again
    assert own.versions() == [first]


@pytest.mark.parametrize("change", ["another", "label", "pixel"])
def test_any_other_drawings_make_another_version_and_the_first_stays(change: str) -> None:
    drawings = made_up(40)
    first = own.freeze(drawings)
    before = (files.folder() / first.filename).read_bytes()
    one = drawings[-1]
    image = one.image.copy()
    image[3, 3] ^= 1
    other = {
        "another": drawings[:-1],
        "label": [*drawings[:-1], Labelled(one.id, (one.label + 1) % 10, one.image)],
        "pixel": [*drawings[:-1], Labelled(one.id, one.label, image)],
    }[change]
    second = own.freeze(other)
    assert second.code != first.code
    assert (files.folder() / first.filename).read_bytes() == before
    assert {each.code for each in own.versions()} == {first.code, second.code}


def test_a_version_is_a_data_set_that_holds_each_drawing_once() -> None:
    drawings = made_up(50)
    version = own.freeze(drawings)
    name = own.name_of(version.code)
    info = source(name).info
    assert (info.training_size, info.test_size, info.repeated) == (40, 10, 0)
    assert (info.drawable, info.outputs, info.input_shape) == (True, 10, (28, 28, 1))
    dataset = library.load(name)
    assert library.state(name) == library.State(here=True)
    by_image = {each.image.tobytes(): each for each in drawings}
    for samples, tested in ((dataset.training, False), (dataset.test, True)):
        found = [by_image.pop(image.tobytes()) for image in np.asarray(samples.inputs)]
        assert [each.label for each in found] == samples.answers.tolist()
        assert {each.is_for_test for each in found} == {tested}
    assert by_image == {}
    assert set(version.learned) | set(version.tested) == {each.id for each in drawings}


@pytest.mark.usefixtures("digits")
@pytest.mark.parametrize("count", [25, 60, 2_000])
def test_mixed_its_drawings_are_a_fifth_and_the_test_stays_the_bases_own(count: int) -> None:
    version = own.freeze(made_up(count))
    name = own.name_of(version.code, "digits")
    info, base = source(name).info, library.load("digits")
    assert info.repeated >= own.SHARE * info.training_size
    copies = info.repeated // len(version.learned)
    assert (copies - 1) * len(version.learned) < own.SHARE * info.training_size  # and no more than need be
    dataset = library.load(name)
    assert len(dataset.training) == info.training_size
    assert np.array_equal(dataset.test.inputs, base.test.inputs)
    drawings = np.asarray(dataset.training.inputs)[-info.repeated :]
    assert {image.tobytes() for image in drawings} == {
        each.image.tobytes() for each in made_up(count) if not each.is_for_test
    }


@pytest.mark.usefixtures("digits")
@pytest.mark.parametrize("fraction", [0.01, 0.1, 0.9])
def test_no_copy_of_a_drawing_is_ever_validated_on(fraction: float) -> None:
    name = own.name_of(own.freeze(made_up(60)).code, "digits")
    spec = DataSpec(dataset=name, validation_fraction=fraction, seed=5)
    dataset = library.load(name)
    parts = split(dataset, spec)
    drawings = {each.image.tobytes() for each in made_up(60)}
    assert not any(image.tobytes() in drawings for image in np.asarray(parts.validation.inputs))
    assert len(parts.training) + len(parts.validation) == dataset.info.training_size
    alone = split(library.load("digits"), spec.replace(dataset="digits"))
    assert np.array_equal(parts.validation.inputs, alone.validation.inputs)  # curves can be compared


@pytest.mark.usefixtures("digits")
def test_what_a_design_counts_is_what_the_split_gives() -> None:
    from core.experiment.numbers import training_samples

    for base in ("", "digits"):
        name = own.name_of(own.freeze(made_up(60)).code, base)
        design = Experiment(data=DataSpec(dataset=name, validation_fraction=0.3))
        parts = split(library.load(name), design.data)
        assert training_samples(design, source(name).info) == len(parts.training)


@pytest.mark.parametrize("base", ["", *own.BASES])
def test_a_design_names_its_version_in_json_and_in_a_link(base: str) -> None:
    name = own.name_of(own.freeze(made_up(40)).code, base)
    design = Experiment().with_data(dataset=name)
    assert Experiment.from_json(design.to_json()).data.dataset == name
    assert link.decode(link.encode(design)).data.dataset == name
    assert own.parse(name) == (base, own.versions()[0].code)


# --- what is missing or damaged ---


@pytest.mark.parametrize("base", ["", *own.BASES])
def test_a_version_from_elsewhere_is_refused_in_words_that_say_what_to_copy(base: str) -> None:
    name = own.name_of("3f2a91c0", base)
    assert sources.known(name) is None
    with pytest.raises(InvalidExperiment) as refused:
        source(name)
    for words in ("own_3f2a91c0.npz", "own_3f2a91c0.json", str(files.folder()), "choose other data"):
        assert words in str(refused.value)


def test_a_version_copied_from_elsewhere_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    version = own.freeze(made_up(40))
    came = {path.name: path.read_bytes() for path in files.folder().glob("own_*")}
    monkeypatch.setenv("LAYERLAB_HOME", str(tmp_path / "another"))
    name = own.name_of(version.code)
    assert sources.known(name) is None
    for filename, content in came.items():
        (files.folder() / filename).write_bytes(content)
    assert len(library.load(name).training) == len(version.learned)


@pytest.mark.parametrize("damage", [b"", b"PK", b"\0" * 900])
def test_damaged_arrays_are_refused_and_the_data_set_is_still_known(damage: bytes) -> None:
    version = own.freeze(made_up(40))
    name, path = own.name_of(version.code), files.folder() / version.filename
    path.write_bytes(damage)
    assert "damaged" in library.state(name).refused
    assert source(name).info.label == "My handwriting (40)"
    with pytest.raises(DataRefused, match=version.filename):
        library.load(name)
    path.unlink()
    assert library.state(name) == library.State(here=False)
    with pytest.raises(DataUnavailable, match="Copy own_"):
        library.load(name)
    own.freeze(made_up(40))  # the drawings are still here: their version is made again
    assert library.state(name).here


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"code": "00000000"},
        {"frozen": "yesterday"},
        {"learned": []},
        {"learned": ["../../etc/passwd", "b" * 16]},
        {"learned": [1, 2]},
        {"learned": ["a" * 16] * 3},
        {"tested": None},
        {"tested": []},
    ],
)
def test_a_card_that_says_anything_else_is_as_none(change: dict[str, object]) -> None:
    version = own.freeze(made_up(40))
    path = files.folder() / f"own_{version.code}.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    assert own.version(version.code) is None
    assert own.versions() == []
    assert sources.known(own.name_of(version.code)) is None


@pytest.mark.parametrize("damage", [b"", b"[]", b"{", b"\xff\xfe", b"[" * 100_000, b"1" * 300_000])
def test_a_damaged_card_is_as_none(damage: bytes) -> None:
    version = own.freeze(made_up(40))
    (files.folder() / f"own_{version.code}.json").write_bytes(damage)
    assert own.version(version.code) is None
    assert own.freeze(made_up(40)).code == version.code  # and is made again
    assert own.version(version.code) is not None


def test_real_drawings_make_pictures_as_mnist_has_them() -> None:
    name = own.name_of(own.freeze(drawn(4)).code)
    images = np.asarray(library.load(name).training.inputs)
    assert images.shape[1:] == (28, 28, 1)
    ink = images.max(axis=(0, 3))
    assert not ink[:2].any()
    assert not ink[:, :2].any()
