"""What pages say where nothing was trained yet."""

from __future__ import annotations

from core.runs.store import RunStore
from tests.app.conftest import Open, text_of


def test_draw_has_a_network_to_ask_before_anything_was_trained(open_page: Open, store: RunStore) -> None:
    app = open_page("draw")
    assert app.selectbox("draw-model").value == "ready"
    assert "Draw a digit" in text_of(app)
