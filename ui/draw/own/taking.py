"""Take the drawings away as a file, and bring them back."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from core.drawing.exchange import as_npz, as_pictures, from_npz
from core.drawing.handwriting import Collection, Sample
from core.wording import counted
from ui import messages, session

MEGABYTES = 100
"""Size of the largest file that is taken."""
_UPLOAD, _SAID = "_own_upload", "_own_brought"


def show(collection: Collection, samples: Sequence[Sample]) -> None:
    """Draw the downloads and the upload."""
    st.html(
        '<p class="ll-quiet">The .npz holds <code>x</code> (pictures, 28 × 28 × 1, 0 to 255), '
        "<code>y</code> (digits) and strokes.json (how the pen went); NumPy reads it, and "
        "LayerLab takes it back. The zip holds a PNG a drawing, in a folder a digit.</p>"
    )
    with st.container(key="own-take-row", horizontal=True, vertical_alignment="center"):
        for label, name, kind, write in (
            ("Save as .npz", "my-handwriting.npz", "application/octet-stream", as_npz),
            ("Save as pictures (.zip)", "my-handwriting.zip", "application/zip", as_pictures),
        ):
            st.download_button(
                label,
                data=partial(write, samples),  # packed when it is pressed, not before
                file_name=name,
                mime=kind,
                key=f"own-{name.rpartition('.')[2]}",
                on_click="ignore",
            )
    show_upload(collection)


def show_upload(collection: Collection) -> None:
    """Draw the way to bring saved drawings back."""
    number = session.value(_UPLOAD, 0)
    found = st.file_uploader(
        "Bring back drawings that were saved as .npz",
        "npz",
        key=f"own-upload-{number}",
        max_upload_size=MEGABYTES,
    )
    said = session.value(_SAID)
    if found is not None:
        session.put(_SAID, None)
        with messages.boundary():
            _bring(collection, found)
            session.put(_UPLOAD, number + 1)  # a new key is an empty box
            st.rerun()
    elif said:
        st.html(f'<p class="ll-note done" role="status">{said}</p>')


def _bring(collection: Collection, found: st.runtime.uploaded_file_manager.UploadedFile) -> None:
    samples = from_npz(found, found.name)
    there = {each.id for each in collection.samples()}
    new = [each for each in samples if each.id not in there]
    collection.add(*new)
    known = len(samples) - len(new)
    also = f" {counted(known, 'drawing')} {'was' if known == 1 else 'were'} here already." if known else ""
    session.put(_SAID, f"{counted(len(new), 'drawing')} brought back.{also}")
