"""Reads the command line, has a command do its work, and says in words what went wrong."""

from __future__ import annotations

import argparse
import io
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from core.command import evaluate, export, predict, runs, train
from core.command.chatter import quiet
from core.command.words import WrongUse, complain, forget_output
from core.errors import FileRefused, InvalidExperiment, LayerLabError, NotDrawable, RunNotFound
from core.home import VARIABLE, home

DONE, FAILED, WRONG_USE, INTERRUPTED = 0, 1, 2, 130
"""Exit codes."""
COMMANDS = (train, evaluate, predict, export, runs)
_WRONG = (WrongUse, FileRefused, InvalidExperiment, NotDrawable, RunNotFound)
"""Errors that another command line would not have met."""
_CODES = "exit codes: 0 done, 1 failed (the reason is printed), 2 wrong use, 130 interrupted"


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what a command line asks for.

    Args:
        arguments: Its words; by default those of this process.

    Returns:
        The exit code.
    """
    # before anything loads TensorFlow, here or in a process of ours: errors only; `quiet` does the rest
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    _write_whatever_comes()
    parser = _parser()
    asked = parser.parse_args(arguments)
    if asked.run_command is None:
        parser.print_help()
        return DONE
    try:
        with quiet():
            return _do(asked)
    except KeyboardInterrupt:
        complain("Interrupted.")
        return INTERRUPTED
    except BrokenPipeError:
        forget_output()
    except Exception:
        traceback.print_exc()  # a fault of ours: standard error is the log here
    return FAILED


def _do(asked: argparse.Namespace) -> int:
    try:
        _enter_home(getattr(asked, "home", ""))
        code: int = asked.run_command(asked)
        sys.stdout.flush()
        return code
    except LayerLabError as error:
        complain(str(error))
        return WRONG_USE if isinstance(error, _WRONG) else FAILED


def _parser() -> argparse.ArgumentParser:
    everywhere = argparse.ArgumentParser(add_help=False)
    everywhere.add_argument(
        "--home",
        metavar="FOLDER",
        default=argparse.SUPPRESS,
        help=f"where runs and data are kept (else {VARIABLE}, else ~/.layerlab)",
    )
    parser = argparse.ArgumentParser(
        prog="python -m core",
        description="LayerLab without the screen: the same runs as on the pages.",
        epilog=f"python -m core COMMAND --help says more, with an example; {_CODES}",
        parents=[everywhere],
    )
    parser.set_defaults(run_command=None)
    commands = parser.add_subparsers(metavar="COMMAND", title="commands")
    for command in COMMANDS:
        name = command.__name__.rpartition(".")[2]
        summary = (command.__doc__ or "").partition("\n")[0]
        own = commands.add_parser(
            name,
            help=summary[:1].lower() + summary[1:].rstrip("."),
            description=summary,
            epilog=f"example: {command.EXAMPLE}",
            parents=[everywhere],
        )
        command.add_arguments(own)
        own.set_defaults(run_command=command.run)
    return parser


def _enter_home(named: str) -> None:
    if named:
        os.environ[VARIABLE] = str(Path(named).expanduser().resolve())
    try:
        home()
    except OSError as error:
        raise WrongUse(
            f"{error.filename or named} can't be LayerLab's folder ({error.strerror}). Name another one "
            f"with --home, or in {VARIABLE}."
        ) from error


def _write_whatever_comes() -> None:
    """Have letters that a terminal does not know written as others, instead of ending in an error.

    Where a stream is closed, what is said there goes nowhere.
    """
    nowhere = Path(os.devnull)
    sys.stdout = sys.stdout or nowhere.open("w", encoding="utf-8")
    sys.stderr = sys.stderr or nowhere.open("w", encoding="utf-8")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
