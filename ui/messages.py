"""The one boundary between errors and the screen.

Expected errors (`LayerLabError`) are shown in their own words. Anything else is a fault of ours: it
goes whole to the log, and the screen gets one calm sentence with a number to find it by.
"""

from __future__ import annotations

import functools
import logging
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ParamSpec

import streamlit as st

from core.errors import LayerLabError
from ui import session

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$:])")
_LOG = logging.getLogger(__name__)
P = ParamSpec("P")


def plain(text: str) -> str:
    """Return a text that Streamlit shows as it is, line by line: names and paths are no Markdown."""
    return _MARKDOWN.sub(r"\\\1", text).replace("\n", "  \n")


@contextmanager
def boundary() -> Iterator[None]:
    """Show what goes wrong inside, and let the rest of the page be drawn."""
    try:
        yield
    except LayerLabError as error:
        st.error(plain(str(error)))
    except Exception:
        st.error(_unexpected())


def guarded(callback: Callable[P, Any]) -> Callable[P, None]:
    """Wrap a widget's callback: what goes wrong in it is shown when the page is drawn again."""

    @functools.wraps(callback)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            callback(*args, **kwargs)
        except LayerLabError as error:
            session.put_notice(str(error))
        except Exception:
            session.put_notice(_unexpected())

    return wrapper


def show_notice() -> None:
    """Show what the last callback had to say, once."""
    notice = session.take_notice()
    if notice:
        st.error(plain(notice))


def log_unexpected(error: Exception) -> bool:
    """Take an error that escaped every boundary (Streamlit's `on_script_error`)."""
    _LOG.error("unexpected error in a script", exc_info=error)
    st.error(
        "Something went wrong here. Your design and your runs are safe; reload the page to go on.",
    )
    return True


def _unexpected() -> str:
    number = secrets.token_hex(3)
    _LOG.exception("unexpected error %s", number)
    return (
        "Something went wrong that LayerLab did not expect. Your design and your runs are safe. "
        f"The whole of it is in the terminal, under {number}."
    )
