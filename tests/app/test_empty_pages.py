"""What pages say where nothing was trained yet."""

from __future__ import annotations

from core.runs.store import RunStore
from tests.app.conftest import Open, text_of


def test_draw_without_a_network_is_explained(open_page: Open, store: RunStore) -> None:
    assert "Draw a digit, once there is a network to ask" in text_of(open_page("draw"))
