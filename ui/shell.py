"""The frame around every page: navigation, style, the session's address. Streamlit's main script."""

from __future__ import annotations

import streamlit as st

from ui import chip, dialogs, messages, navigation, server, session
from ui.style import style

page = st.navigation(list(navigation.pages().values()), position="top")
st.set_page_config(page_title=f"{page.title} · LayerLab", page_icon="🧪", layout="wide")
st.html(style())
bar = st.container(key="chip")  # it stands in the bar at the top, and is filled last
with messages.boundary():
    session.open_session()
    dialogs.begin(page.title)
    chip.follow()
    with st.container():  # always one element, so that a notice moves nothing below it to a new place
        messages.show_notice()
    page.run()
    session.keep_address()
    # after the first page has been painted, not before: TensorFlow takes seconds to load
    server.workers().start()
with bar:
    chip.show_chip()
