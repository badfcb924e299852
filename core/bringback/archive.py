"""A `.keras` file as the bytes of its members: a zip that is read with hard limits, and never unpacked."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from core.errors import FileRefused
from core.experiment.fields import shortened

LARGEST_FILE = 50_000_000
MOST_MEMBERS = 16
LARGEST_WHOLE = 200_000_000
"""Bytes of all members together, once they are unpacked."""
MOST_EXPANSION = 20
SMALL = 2_000_000
"""Bytes up to which a member may expand as it likes: configs of many equal layers do, and do no harm."""

_END = struct.Struct("<4s4H2LH")
_LOCAL = struct.Struct("<4s5H3L2H")
_LARGEST_DIRECTORY = MOST_MEMBERS * 1_024
_ENCRYPTED, _PATCHED, _STRONG = 0x1, 0x20, 0x40
_BROKEN = (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error, EOFError, OSError)
"""What `zipfile` raises for files that are none, or are cut off."""
_DAMAGED = "Save it again with model.save(…), or fetch it again if it was downloaded."
_UNSAFE = "LayerLab opens only files as Keras writes them; save the model again with model.save(…)."


@dataclass(frozen=True)
class Archive:
    """The members of a zip whose outside has been checked; each is unpacked when it is asked for.

    Attributes:
        content: The whole file.
        members: What its directory says of each member, and where its data begin.
    """

    content: bytes
    members: dict[str, tuple[zipfile.ZipInfo, int]]

    def __contains__(self, name: object) -> bool:
        return name in self.members

    def read(self, name: str, most: int = LARGEST_WHOLE) -> bytes:
        """Return a member's bytes.

        Args:
            name: Of a member that is there.
            most: Bytes that it may have, unpacked.

        Raises:
            FileRefused: It has more, or is not what the directory says.
        """
        info, start = self.members[name]
        if info.file_size > most:
            raise FileRefused(
                f"{name} in this file has {info.file_size:,} bytes; at most {most:,} are read. "
                "Bring a smaller network."
            )
        packed = self.content[start : start + info.compress_size]
        data = packed if info.compress_type == zipfile.ZIP_STORED else _inflated(packed, info)
        if len(data) != info.file_size or zlib.crc32(data) != info.CRC:
            raise FileRefused(f"{name} in this file is damaged: it is not what was packed. {_DAMAGED}")
        return data


def open_archive(content: bytes) -> Archive:
    """Return the members of a zip, once nothing about it is out of the ordinary.

    Raises:
        FileRefused: It is no zip, is damaged, too large, or built to do harm.
    """
    if len(content) > LARGEST_FILE:
        raise FileRefused(
            f"This file has {len(content):,} bytes; at most {LARGEST_FILE:,} are read. "
            "Bring a smaller network, or save it without the optimizer: compile it anew before saving."
        )
    directory = _directory(content)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as opened:
            infos = opened.infolist()
    except _BROKEN:
        raise FileRefused(f"This file is damaged: its list of members can't be read. {_DAMAGED}") from None
    if len(infos) > MOST_MEMBERS:
        raise _too_many(len(infos))
    for info in infos:
        _refuse_strange(info)
    _refuse_twice(infos)
    _refuse_bombs(infos)
    return Archive(content, dict(_placed(content, infos, directory)))


def _directory(content: bytes) -> int:
    """Return where the list of members begins; it has to end where the file ends."""
    damaged = FileRefused(f"This is no whole .keras file: its end is missing or damaged. {_DAMAGED}")
    if len(content) < _END.size:
        raise damaged
    sign, disk, first, here, members, size, start, comment = _end(content)
    if sign != b"PK\x05\x06" or comment:
        raise damaged
    if content[-_END.size - 20 : -_END.size - 16] == b"PK\x06\x07" or start == 0xFFFFFFFF:
        raise FileRefused(f"This file is packed as one of more than 4 GB, and it is none. {_UNSAFE}")
    if disk or first or here != members or start + size + _END.size != len(content):
        raise damaged
    if members > MOST_MEMBERS or size > _LARGEST_DIRECTORY:
        raise _too_many(members)
    return start


def _too_many(members: int) -> FileRefused:
    return FileRefused(f"This file holds {members:,} members; at most {MOST_MEMBERS} are read. {_UNSAFE}")


def _end(content: bytes) -> tuple[bytes, int, int, int, int, int, int, int]:
    sign, disk, first, here, members, size, start, comment = _END.unpack(content[-_END.size :])
    return sign, disk, first, here, members, size, start, comment


def _refuse_strange(info: zipfile.ZipInfo) -> None:
    name = shortened(info.orig_filename)
    if not _is_plain(info.orig_filename):
        raise FileRefused(f"A member of this file has the name {name}, which leads elsewhere. {_UNSAFE}")
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise FileRefused(f"{name} in this file is a link, not a file. {_UNSAFE}")
    if info.flag_bits & (_ENCRYPTED | _PATCHED | _STRONG):
        raise FileRefused(f"{name} in this file is encrypted. {_UNSAFE}")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise FileRefused(f"{name} in this file is packed in a way that is not read here. {_UNSAFE}")
    if info.compress_type == zipfile.ZIP_STORED and info.compress_size != info.file_size:
        raise FileRefused(f"{name} in this file has two sizes. {_UNSAFE}")


def _is_plain(name: str) -> bool:
    """Return whether a member's name is a relative path of ordinary characters."""
    parts = name.removesuffix("/").split("/")
    ordinary = name.isascii() and name.isprintable() and not set(name) & set('\\:*?"<>|')
    return ordinary and all(part.strip(". ") for part in parts)


def _refuse_twice(infos: list[zipfile.ZipInfo]) -> None:
    names = [info.orig_filename.casefold() for info in infos]
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise FileRefused(f"This file holds two members called {shortened(twice[0])}. {_UNSAFE}")


def _refuse_bombs(infos: list[zipfile.ZipInfo]) -> None:
    for info in infos:
        if info.file_size > max(SMALL, MOST_EXPANSION * info.compress_size):
            raise FileRefused(
                f"{shortened(info.orig_filename)} in this file would grow from {info.compress_size:,} to "
                f"{info.file_size:,} bytes; at most {MOST_EXPANSION} times as many are unpacked. {_UNSAFE}"
            )
    whole = sum(info.file_size for info in infos)
    if whole > LARGEST_WHOLE:
        raise FileRefused(
            f"This file would unpack to {whole:,} bytes; at most {LARGEST_WHOLE:,} are read. "
            "Bring a smaller network."
        )


def _placed(
    content: bytes, infos: list[zipfile.ZipInfo], directory: int
) -> Iterator[tuple[str, tuple[zipfile.ZipInfo, int]]]:
    """Return each member with the place of its data; none may lie in another's."""
    places = []
    for info in infos:
        start = _data_start(content, info)
        places.append((info.header_offset, start + info.compress_size))
        yield info.orig_filename, (info, start)
    ordered = [*sorted(places), (directory, len(content))]
    if any(end > following for (_, end), (following, _) in pairwise(ordered)):
        raise FileRefused(f"Members of this file overlap. {_UNSAFE}")


def _data_start(content: bytes, info: zipfile.ZipInfo) -> int:
    header = (
        content[info.header_offset : info.header_offset + _LOCAL.size] if info.header_offset >= 0 else b""
    )
    if len(header) < _LOCAL.size or header[:4] != b"PK\x03\x04":
        raise FileRefused(f"This file is damaged: a member is not where it should be. {_DAMAGED}")
    *_, name, extra = _LOCAL.unpack(header)
    begin = info.header_offset + _LOCAL.size
    if content[begin : begin + name] != info.orig_filename.encode("ascii"):
        raise FileRefused(f"A member of this file has two names. {_UNSAFE}")
    return begin + int(name) + int(extra)


def _inflated(packed: bytes, info: zipfile.ZipInfo) -> bytes:
    """Return a member unpacked, never more than its directory says."""
    name = shortened(info.orig_filename)
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        data = unpacker.decompress(packed, info.file_size + 1)
    except zlib.error:
        raise FileRefused(f"{name} in this file is damaged: it can't be unpacked. {_DAMAGED}") from None
    if len(data) > info.file_size or unpacker.unused_data:
        raise FileRefused(f"{name} in this file is larger than the file says. {_UNSAFE}")
    if not unpacker.eof:
        raise FileRefused(f"{name} in this file is damaged: its end is missing. {_DAMAGED}")
    return data
