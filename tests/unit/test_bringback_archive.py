"""Archives that are damaged, or built to do harm, are refused in words; none is unpacked anywhere."""

from __future__ import annotations

import io
import json
import random
import stat
import struct
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.bringback import archive, documents
from core.bringback.archive import open_archive
from core.bringback.network import parts
from core.errors import FileRefused
from tests.unit.keras_files import notebook, packed, zipped

DEFLATED = zipfile.ZIP_DEFLATED


def _refused(content: bytes) -> str:
    with pytest.raises(FileRefused) as refused:
        _read_all(content)
    return str(refused.value)


def _read_all(content: bytes) -> None:
    opened = open_archive(content)
    for name in opened.members:
        opened.read(name)


def test_what_keras_packs_is_read_whole() -> None:
    read = parts(open_archive(packed(notebook(), b"numbers")))
    assert json.loads(read["config.json"]) == notebook()
    assert read["model.weights.h5"] == b"numbers"


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, DEFLATED])
def test_a_member_is_the_same_packed_or_not(method: int) -> None:
    assert open_archive(zipped({"a": b"numbers " * 99}, method)).read("a") == b"numbers " * 99


@pytest.mark.parametrize("content", [b"", b"PK", b"no zip at all" * 9, b"\x00" * 70_000])
def test_what_is_no_zip_is_refused(content: bytes) -> None:
    assert "end is missing" in _refused(content)


def test_every_truncation_is_refused() -> None:
    whole = packed(notebook(), b"n" * 500)
    for end in range(0, len(whole), 7):
        _refused(whole[:end])


def test_a_flipped_bit_in_a_member_is_refused() -> None:
    whole = bytearray(packed(notebook(), b"n" * 500))
    whole[whole.index(b"n" * 500) + 250] ^= 4
    assert "damaged" in _refused(bytes(whole))


def test_a_file_that_is_too_large_is_refused_before_it_is_looked_at() -> None:
    assert "50,000,000" in _refused(b"\0" * (archive.LARGEST_FILE + 1))


def test_many_members_are_refused() -> None:
    assert "16" in _refused(zipped({f"m{number}": b"" for number in range(17)}))


def test_a_million_members_are_refused_before_they_are_listed() -> None:
    entry = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", *[0] * 16) + b""
    directory = entry * 1_000_000
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, len(directory), 0, 0)
    assert "members" in _refused(directory + end)


@pytest.mark.parametrize("size", [2_100_000, 600_000_000 // 8])
def test_a_bomb_is_refused_before_it_is_unpacked(size: int) -> None:
    assert "would grow" in _refused(zipped({"config.json": b"\0" * size}, DEFLATED))


def test_a_bomb_that_lies_about_its_size_is_stopped_where_it_says_to_end() -> None:
    whole = bytearray(zipped({"config.json": b" " * 20_000_000}, DEFLATED))
    said = struct.pack("<L", 20_000_000)
    where = [at for at in range(len(whole)) if whole[at : at + 4] == said]
    assert len(where) >= 2
    for at in where:
        whole[at : at + 4] = struct.pack("<L", 400)
    assert "larger than the file says" in _refused(bytes(whole))


def test_a_stream_that_ends_too_soon_is_refused() -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = packer.compress(b"abc" * 1_000) + packer.flush(zlib.Z_SYNC_FLUSH)
    assert "end is missing" in _refused(_single(data, zlib.crc32(b"abc" * 1_000), 3_000))


def test_members_that_overlap_are_refused() -> None:
    # the second entry of the list points into the first one's data, as "better zip bombs" do
    inner = zipped({"b": b"x" * 100})
    whole = bytearray(zipped({"a": inner, "b": b"x" * 100}))
    directory = whole.rindex(b"PK\x01\x02")
    place = bytes(whole).index(b"PK\x03\x04", 10)
    whole[directory + 42 : directory + 46] = struct.pack("<L", place)
    assert "overlap" in _refused(bytes(whole))


@pytest.mark.parametrize(
    "name",
    [
        "../config.json",
        "/etc/passwd",
        "a/../../b",
        "C:\\windows",
        "a\\b",
        "c:d",
        "a//b",
        "./a",
        "ä",
        "\u202e",
    ],
)
def test_names_that_lead_elsewhere_are_refused(name: str) -> None:
    assert "leads elsewhere" in _refused(zipped({name: b"1"}))


def test_two_members_of_one_name_are_refused() -> None:
    twice = zipped({"config.json": b"{}", "konfig.json": b"[]"}).replace(b"konfig", b"config")
    assert "two members" in _refused(twice)
    assert "two members" in _refused(zipped({"config.json": b"{}", "Config.json": b"[]"}))


def test_a_link_is_refused() -> None:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as made:
        info = zipfile.ZipInfo("config.json")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        made.writestr(info, "/etc/passwd")
    assert "is a link" in _refused(memory.getvalue())


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_ways_of_packing_are_refused(method: int) -> None:
    assert "not read here" in _refused(zipped({"config.json": b"{}"}, method))


def test_an_encrypted_member_is_refused() -> None:
    whole = bytearray(zipped({"config.json": b"{}"}))
    whole[whole.rindex(b"PK\x01\x02") + 8] |= 1
    assert "encrypted" in _refused(bytes(whole))


def test_a_member_that_is_called_otherwise_in_its_own_header_is_refused() -> None:
    whole = bytearray(zipped({"config.json": b"{}"}))
    whole[30:41] = b"nofigc.json"
    assert "two names" in _refused(bytes(whole))


def test_something_behind_or_before_the_zip_is_refused() -> None:
    whole = packed(notebook())
    assert _refused(whole + b"!")
    assert _refused(b"#!/bin/sh\n" + whole)


def test_a_file_without_a_config_or_weights_is_refused() -> None:
    for missing in ("config.json", "model.weights.h5"):
        members = {"config.json": b"{}", "model.weights.h5": b""}
        del members[missing]
        with pytest.raises(FileRefused, match=missing):
            parts(open_archive(zipped(members)))


def test_a_config_of_more_than_two_megabytes_is_refused_unread() -> None:
    with pytest.raises(FileRefused, match="2,000,000"):
        parts(open_archive(packed(b"[" + b" " * documents.LARGEST + b"]")))


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'[{"":'])
def test_json_that_is_nested_too_deep_is_refused(opening: bytes) -> None:
    deep = opening * 200_000
    with pytest.raises(FileRefused, match="64 deep"):
        documents.read(deep, "config.json")


def test_brackets_in_texts_are_no_nesting() -> None:
    document = {"a": "[[[[" * 100, "b": '\\"[{' * 100}
    assert documents.read(json.dumps(document).encode(), "x") == document


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"1", b"null", b"{", b'{"a": NaN}', b'{"a": Infinity}', b"\xff\xfe", b'{"a" 1}', b'"{}"'],
)
def test_what_is_no_json_object_is_refused(content: bytes) -> None:
    with pytest.raises(FileRefused):
        documents.read(content, "config.json")


def test_a_number_of_a_hundred_thousand_digits_is_refused_in_words() -> None:
    with pytest.raises(FileRefused):
        documents.read(b'{"a": ' + b"9" * 100_000 + b"}", "config.json")


ARCHIVES = (
    packed(notebook(), b"n" * 300),
    zipped({"config.json": json.dumps(notebook()).encode(), "model.weights.h5": b"1"}, DEFLATED),
    zipped({"config.json": b"{}" * 99, "model.weights.h5": b"1"}, DEFLATED),
)


def test_ten_thousand_mutated_archives_are_refused_or_read() -> None:
    outcomes = {"read": 0, "refused": 0}

    @settings(max_examples=10_000, database=None)
    @given(st.sampled_from(ARCHIVES), st.randoms(use_true_random=True))
    def bring(whole: bytes, chance: random.Random) -> None:
        try:
            read = parts(open_archive(_mutated(whole, chance)))
        except FileRefused:
            outcomes["refused"] += 1
        else:
            assert read == parts(open_archive(whole))  # what was changed is of no account
            outcomes["read"] += 1

    bring()
    assert min(outcomes.values()) > 500, outcomes


def _mutated(whole: bytes, chance: random.Random) -> bytes:
    content = bytearray(whole)
    for _ in range(chance.choice([0, 1, 1, 2, 8])):
        at = chance.randrange(len(content)) if chance.random() < 0.3 else -chance.randrange(1, 200)
        content[at] = chance.randrange(256)
    kept = chance.choice([len(content)] * 3 + [chance.randrange(len(content))])
    return bytes(content[:kept]) + b"\0" * chance.choice([0, 0, 0, chance.randrange(30)])


def test_nothing_is_written_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    parts(open_archive(packed(notebook())))
    assert list(tmp_path.iterdir()) == []


def _single(data: bytes, checksum: int, size: int) -> bytes:
    """Return a zip of one packed member, its sizes as given."""
    fields = (20, 0, 8, 0, 0, checksum, len(data), size, 1)
    local = struct.pack("<4s5H3L2H", b"PK\x03\x04", *fields, 0) + b"a" + data
    central = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, *fields, 0, 0, 0, 0, 0, 0) + b"a"
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, len(central), len(local), 0)
    return local + central + end
