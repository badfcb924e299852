"""The store's database: its file, its connections, and what to do where it is damaged."""

from __future__ import annotations

import functools
import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from filelock import FileLock

from core.errors import RunRefused, RunsRebuilt, StorageFailed
from core.runs.files import FULL, storage
from core.runs.schema import COLUMNS, MIGRATIONS, VERSION
from core.runs.seals import seal

_LOG = logging.getLogger(__name__)
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_FROM_OUTSIDE = {
    *(sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR),
    *(sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_NOMEM),
}
"""What says nothing of the file itself."""
_NO_NAMES = (UnicodeDecodeError, IndexError)
"""What Python says where the names of tables and columns are damaged."""
_NOT_WRITABLE = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}
_BALLAST_BYTES = 1 << 20
_MARK = 0x4C4C0000
"""LayerLab's databases are marked with this and their version: a bit that flips in one of them is seen."""
_FIRST_MARKED = 4
_ROW = ", ".join(COLUMNS)
_UNSEALED = f"""
SELECT EXISTS (SELECT 1 FROM runs WHERE seal IS NOT seal_of({_ROW}))
    OR EXISTS (SELECT 1 FROM events WHERE seal IS NOT seal_of(run_id, seq, kind, body))
"""
BUSY_SECONDS = 30.0
Stores = TypeVar("Stores", bound=type)


class Database:
    """The SQLite file of one data directory, in WAL mode."""

    def __init__(self, home: Path, rebuild: Callable[[sqlite3.Connection, Path], None]) -> None:
        """Open the database of a data directory, made if need be.

        Args:
            home: The data directory.
            rebuild: Fills empty tables from the runs' folders, where the file was damaged.

        Raises:
            RunRefused: A newer LayerLab has written it.
            StorageFailed: The folder can't be written.
        """
        self.home = home
        self._rebuild = rebuild
        self._path = home / "runs.sqlite3"
        # one lock object: a thread that holds it may take it again
        self._lock = FileLock(home / "runs.sqlite3.lock")
        self._ballast = home / "ballast"
        with storage(), self._lock:
            self._open()
        self._load_ballast()

    def _open(self) -> None:
        try:
            with self.connect() as connection:
                connection.execute("PRAGMA journal_mode = WAL")
                version, marked = _version(connection)
                tables = connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()[0]
        except RunsRebuilt:
            return
        if version == 0 and not tables:  # new, or what was there is gone
            self._fill()
        elif not marked:
            self.mend()
        elif version > VERSION:
            raise RunRefused(
                f"The runs in {self.home} were written by a newer LayerLab. Update this one, or name "
                "another folder in LAYERLAB_HOME."
            )
        elif version < VERSION:
            self._migrate(version)

    def _fill(self) -> None:
        """Make the tables of an empty file, with the runs whose folders are there."""
        try:
            with closing(self._opened()) as connection:
                connection.execute("PRAGMA journal_mode = WAL")
                # one transaction: who is killed here leaves an empty file, and the next one begins anew
                connection.executescript(f"BEGIN; {' '.join(MIGRATIONS)}")
                self._rebuild(connection, self.home)
                for mark in _marks(VERSION):
                    connection.execute(mark)
                connection.commit()
        except sqlite3.DatabaseError as error:
            self._explain_from_outside(error)
            raise

    def _migrate(self, version: int) -> None:
        with self.connect() as connection:
            for number in range(version, VERSION):
                marks = "; ".join(_marks(number + 1))
                connection.executescript(f"BEGIN; {MIGRATIONS[number]} {marks}; COMMIT;")

    def _opened(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=BUSY_SECONDS)
        connection.row_factory = sqlite3.Row
        connection.create_function("seal_of", -1, seal, deterministic=True)
        return connection

    @contextmanager
    def connect(self, durable: bool = False) -> Iterator[sqlite3.Connection]:
        """Open a connection for one transaction: committed at the end, or rolled back by an error.

        Args:
            durable: Whether what is committed must survive a power cut from now on. A killed process
                loses nothing either way.

        Raises:
            StorageFailed: The disk is full, or the file can't be read or written.
            RunsRebuilt: The file was damaged; a new one has taken its place.
        """
        # a connection a call: cheap (0.1 ms), and safe in any thread and after any fork
        file = self._file()
        try:
            with closing(self._opened()) as connection:
                connection.execute("PRAGMA foreign_keys = ON")
                connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
                with connection:
                    yield connection
        except (sqlite3.DatabaseError, *_NO_NAMES) as error:
            self._explain(error, file)
            raise

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep the file open meanwhile, without a transaction.

        SQLite tidies up when nobody has it open any more, which takes 10 ms: too long for ten times a
        second.
        """
        with closing(sqlite3.connect(self._path, timeout=BUSY_SECONDS)) as connection:
            with suppress(sqlite3.Error):  # it is only quicker with it; whoever writes says what is wrong
                connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
            yield

    def _file(self) -> int | None:
        """Return what tells the file from any other that takes its place; None where there is none."""
        try:
            return self._path.stat().st_ino
        except OSError:
            return None

    def _explain(self, error: Exception, file: int | None) -> None:
        code = _code(error)
        # another process mends it, and has put this file aside while it was being opened
        replaced = code == sqlite3.SQLITE_IOERR and self._file() != file
        # a damaged file may also look like one whose tables are others
        if replaced or code in _DAMAGED or (code not in _FROM_OUTSIDE and not self._is_whole()):
            self.mend()
            raise RunsRebuilt(
                "The list of runs was damaged and has been made anew from the runs' own folders. "
                "Do this once more."
            ) from error
        self._explain_from_outside(error)

    def _explain_from_outside(self, error: Exception) -> None:
        code = _code(error)
        if code == sqlite3.SQLITE_FULL:
            raise StorageFailed(FULL) from error
        if code in _NOT_WRITABLE:
            raise StorageFailed(
                f"{self._path} can't be written. Give LayerLab the right to write there, or name another "
                "folder in LAYERLAB_HOME."
            ) from error
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_IOERR):
            raise StorageFailed(
                f"{self._path} could not be read or written ({error}). Look whether the disk is full or "
                "failing, then try again."
            ) from error

    # --- a damaged file ---

    def check(self) -> None:
        """Read the whole file and mend it where it is damaged. Takes seconds where there are many runs."""
        if not self._is_whole():
            self.mend()

    def mend(self) -> None:
        """Put the damaged file aside and make a new one from the runs' folders."""
        with self._lock:
            if self._is_whole():  # another process was here first
                return
            aside = self._put_aside()
            _LOG.error("the list of runs was damaged; it is kept in %s and made anew", aside)
            self._fill()

    def _is_whole(self) -> bool:
        try:
            with closing(self._opened()) as connection:
                return (
                    _version(connection) == (VERSION, True)
                    and connection.execute("PRAGMA integrity_check(1)").fetchone()[0] == "ok"
                    and not connection.execute(_UNSEALED).fetchone()[0]
                )
        except (sqlite3.DatabaseError, *_NO_NAMES) as error:
            self._explain_from_outside(error)
            if _code(error) in _FROM_OUTSIDE:
                raise
            return False

    def _put_aside(self) -> Path:
        number = 1
        while (aside := self.home / f"damaged-{number}").exists():
            number += 1
        aside.mkdir()
        for ending in ("", "-wal", "-shm"):
            file = self._path.with_name(self._path.name + ending)
            if file.exists():
                file.replace(aside / file.name)
        return aside

    # --- a full disk ---

    def _load_ballast(self) -> None:
        """Keep a little room, so that a last word can be written when the disk is full."""
        try:
            if not self._ballast.exists():
                self._ballast.write_bytes(bytes(_BALLAST_BYTES))
        except OSError:
            _LOG.warning("no room could be kept aside in %s", self.home)

    def drop_ballast(self) -> bool:
        """Free that room; False where it was used before."""
        try:
            self._ballast.unlink()
        except OSError:
            return False
        return True


def _version(connection: sqlite3.Connection) -> tuple[int, bool]:
    """Return the version of the tables, and whether it is marked as such a version is."""
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    mark = connection.execute("PRAGMA application_id").fetchone()[0]
    return version, mark == (_MARK + version if version >= _FIRST_MARKED else 0)


def _marks(version: int) -> tuple[str, str]:
    mark = _MARK + version if version >= _FIRST_MARKED else 0
    return f"PRAGMA user_version = {version}", f"PRAGMA application_id = {mark}"


def _code(error: Exception) -> int:
    # the lowest byte is the kind of error, the others say where it came from
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def mending(stores: Stores) -> Stores:
    """Have each public method of a class done once more where the database was mended meanwhile.

    Each is one transaction, so that doing it again does it once.
    """
    for name, method in list(vars(stores).items()):
        if callable(method) and not name.startswith("_"):
            setattr(stores, name, _twice(method))
    return stores


def _twice(method: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(method)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        try:
            return method(*args, **kwargs)
        except RunsRebuilt:
            return method(*args, **kwargs)

    return wrapper
