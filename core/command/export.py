"""Take a design or a run away as a file."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from core.command.finding import DESIGN_HELP, RUN_HELP, find_design, find_run, is_run
from core.command.formats import FORMATS, Format, Taken
from core.command.words import WrongUse, complain, write_bytes
from core.errors import StorageFailed
from core.home import home
from core.runs.store import RunStore

EXAMPLE = "python -m core export latest --as script -o train.py"
STANDARD_OUTPUT = "-"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what this command takes."""
    parser.add_argument("what", metavar="RUN_OR_DESIGN", help=f"{RUN_HELP}; or {DESIGN_HELP}")
    listed = "; ".join(f"{each.name}: {each.words}" for each in FORMATS.values())
    parser.add_argument("--as", dest="format", required=True, choices=list(FORMATS), help=listed)
    parser.add_argument(
        *("-o", "--output"),
        default="",
        metavar="FILE",
        help="a file or a folder, or - for standard output; left out, a text goes there and a network into "
        "run-NUMBER.keras here",
    )
    parser.add_argument("--force", action="store_true", help="write over a file that is there")


def run(asked: argparse.Namespace) -> int:
    """Write the file; return the exit code."""
    wanted, taken = FORMATS[asked.format], _taken(asked.what)
    if wanted.of_runs and taken.run is None:
        raise WrongUse(f"Only a run has a {wanted.name} file; {asked.what} is a design. Train it first.")
    path = _path(asked.output, wanted, taken)
    if path is None and not wanted.text and sys.stdout.isatty():
        raise WrongUse(f"A {wanted.name} file is nothing for a screen. Name a file with -o.")
    if path is not None and path.exists() and not asked.force:
        raise _there(path)
    content = wanted.write(taken)
    if path is None:
        write_bytes(content)
    else:
        _write(path, content, asked.force)
        complain(f"{path}: {len(content):,} bytes.")
    return 0


def _taken(word: str) -> Taken:
    store = RunStore(home())
    if is_run(word):
        found = find_run(word, store)
        return Taken(found.experiment, found, store)
    return Taken(find_design(word), None, store)


def _path(named: str, wanted: Format, taken: Taken) -> Path | None:
    """Return where the file is to be written; None for standard output."""
    if named == STANDARD_OUTPUT or (not named and wanted.text):
        return None
    path = Path(named)
    try:
        is_folder = path.is_dir()
    except OSError as error:  # a name that is too long
        raise WrongUse(f"{named} can't be written ({error.strerror}).") from error
    if named and not is_folder:
        if named.endswith(("/", os.sep)):
            raise WrongUse(f"There is no folder {named}. Make it first, or name a file.")
        return path
    return path / f"{f'run-{taken.run.number}' if taken.run else 'design'}{wanted.ending}"


def _write(path: Path, content: bytes, force: bool) -> None:
    try:
        with path.open("wb" if force else "xb") as file:
            file.write(content)
    except FileExistsError:  # it came meanwhile
        raise _there(path) from None
    except (FileNotFoundError, NotADirectoryError) as error:
        raise WrongUse(f"{path} can't be written: there is no folder {path.parent}.") from error
    except OSError as error:
        raise StorageFailed(f"{path} could not be written ({error.strerror}).") from error


def _there(path: Path) -> WrongUse:
    return WrongUse(f"{path} is there already. Name another file, or add --force to write over it.")
