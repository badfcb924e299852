"""All drawings by digit, as small pictures; wrong ones can be deleted, and be had back."""

from __future__ import annotations

import base64
import functools
import io
from collections.abc import Mapping, Sequence

import streamlit as st
from PIL import Image

from core.data import own
from core.drawing.handwriting import Collection, Sample
from ui import messages, session
from ui.component import inline, payload

KEY = "own-gallery"
_DELETED = "_own_deleted"
SHOWN = 120
"""Pictures of a digit that are shown, the newest first."""
_component = inline(
    "layerlab_own_gallery", __file__, '<div class="gallery"></div>', "gallery.css", "gallery.js"
)


def show(collection: Collection, samples: Sequence[Sample]) -> None:
    """Draw the pictures."""
    damaged = collection.damaged()
    if damaged:
        st.html(
            f'<p class="ll-note" role="status">{damaged:,} of the files can’t be read any more and '
            f"{'is' if damaged == 1 else 'are'} left out; all others are whole.</p>"
        )
    groups = []
    for label in range(len(own.CLASSES)):
        of_digit = [each for each in reversed(samples) if each.label == label]
        items = [[each.id, picture(each), each.is_for_test] for each in of_digit[:SHOWN]]
        groups.append({"label": label, "count": len(of_digit), "items": items})
    deleted: list[str] = session.value(_DELETED, [])
    _component(
        key=KEY,
        data=payload({"groups": groups, "deleted": len(deleted)}),
        on_wish_change=messages.guarded(_take),
    )


def picture(sample: Sample) -> str:
    """Return a drawing as the address of a picture."""
    return _encoded(sample.image.tobytes(), sample.image.shape[1])


@functools.lru_cache(2 * own.MOST)
def _encoded(pixels: bytes, width: int) -> str:
    memory = io.BytesIO()
    Image.frombytes("L", (width, len(pixels) // width), pixels).save(memory, "PNG")
    return f"data:image/png;base64,{base64.b64encode(memory.getvalue()).decode()}"


def _take() -> None:
    """Do what was asked for. Nothing that comes from the browser is trusted."""
    wish = (session.value(KEY) or {}).get("wish")
    if not isinstance(wish, Mapping):
        return
    asked, collection = wish.get("ids"), Collection()
    if wish.get("do") == "delete" and isinstance(asked, list):
        there = {each.id for each in collection.samples()}
        gone = collection.remove([each for each in asked if each in there])
        session.put(_DELETED, gone)
    elif wish.get("do") == "undo":
        collection.put_back(session.value(_DELETED, []))
        session.put(_DELETED, [])
