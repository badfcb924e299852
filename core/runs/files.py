"""Files that are there whole or not at all, and that tell when they were damaged."""

from __future__ import annotations

import errno
import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import FileDamaged, StorageFailed

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG} if os.name == "posix" else {errno.ENOSPC}
_NEW = ".new-"
_SEAL = b"LayerLab sha256 "
_SEAL_BYTES = len(_SEAL) + 64 + 1
FULL = "The disk is full. Free some space, then try again; nothing that was kept before is lost."


@contextmanager
def storage() -> Iterator[None]:
    """Turn what the operating system says about files into words.

    Raises:
        StorageFailed: The disk is full, or the folder can't be written.
    """
    try:
        yield
    except OSError as error:
        # HDF5 and TensorFlow say it in words alone
        if error.errno in _FULL or "No space left" in str(error) or "File too large" in str(error):
            raise StorageFailed(FULL) from error
        if error.errno in (errno.EACCES, errno.EROFS, errno.EPERM):
            raise StorageFailed(
                f"{error.filename or 'The data directory'} can't be written. Give LayerLab the right to "
                "write there, or name another folder in LAYERLAB_HOME."
            ) from error
        if error.errno == errno.EIO:
            raise StorageFailed(
                f"{error.filename or 'A file'} could not be read or written ({error.strerror}). "
                "Look whether the disk is failing, then try again."
            ) from error
        raise


def write_whole(path: Path, write: Callable[[Path], None], durable: bool = True) -> None:
    """Have a file written so that whoever opens `path` finds the old one or the new one, never half.

    Args:
        path: What the file is to be called.
        write: Writes a file of the name it is given, in the same folder and with the same ending.
        durable: Whether the new file has to survive a power cut from now on. A killed process loses
            nothing either way; waiting for the disk takes 5 to 50 ms.

    Raises:
        StorageFailed: The disk is full, or the folder can't be written.
    """
    with storage():
        # named after the process, so that it can be told later whether anybody still writes it
        prefix = f"{_NEW}{os.getpid()}-"
        handle, named = tempfile.mkstemp(dir=path.parent, prefix=prefix, suffix=path.suffix)
        os.close(handle)
        temporary = Path(named)
        try:
            write(temporary)
            if durable:
                _to_disk(temporary)
            os.replace(temporary, path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        if durable and os.name == "posix":
            _to_disk(path.parent)  # the new name is the folder's


def sweep(folder: Path) -> None:
    """Remove what killed processes have left half written in a folder and below.

    Raises:
        StorageFailed: The folder can't be written.
    """
    import psutil

    with storage():
        for path in folder.rglob(f"{_NEW}*"):
            writer = path.name.removeprefix(_NEW).split("-")[0]
            if not (writer.isdecimal() and psutil.pid_exists(int(writer))):
                path.unlink(missing_ok=True)


def _to_disk(path: Path) -> None:
    # Windows flushes only what was opened for writing; a POSIX folder can only be opened for reading
    handle = os.open(path, os.O_RDONLY if os.name == "posix" else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_sealed(path: Path, content: bytes, durable: bool = True) -> None:
    """Write bytes under a checksum; see `read_sealed`."""
    seal = _SEAL + hashlib.sha256(content).hexdigest().encode() + b"\n"

    def write(temporary: Path) -> None:
        with temporary.open("wb") as file:
            file.write(seal)
            file.write(content)

    write_whole(path, write, durable)


def read_sealed(path: Path) -> bytes:
    """Return what `write_sealed` wrote.

    Raises:
        FileDamaged: A single bit is not as it was written, or the end is missing.
    """
    whole = path.read_bytes()
    seal, content = whole[:_SEAL_BYTES], whole[_SEAL_BYTES:]
    if seal != _SEAL + hashlib.sha256(content).hexdigest().encode() + b"\n":
        raise FileDamaged(f"{path.name} is damaged: its content is not what was written.")
    return content


def write_checksum(path: Path) -> None:
    """Write the checksum of a file beside it, as `sha256sum -c` reads it."""
    text = f"{_sha256(path)}  {path.name}\n"
    write_whole(_checksum_path(path), lambda temporary: _text(temporary, text))


def verify_checksum(path: Path) -> None:
    """Compare a file with the checksum beside it; one without is taken as it is.

    Raises:
        FileDamaged: They differ.
    """
    beside = _checksum_path(path)
    if beside.exists() and beside.read_text("utf-8").split(" ")[0] != _sha256(path):
        raise FileDamaged(
            f"{path.name} is damaged: its content is not what was written. Train this network again."
        )


def _checksum_path(path: Path) -> Path:
    return path.with_name(path.name + ".sha256")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
