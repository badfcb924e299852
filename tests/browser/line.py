"""The line between a page and its server, in a test's hand."""

from __future__ import annotations

from playwright.sync_api import Page, WebSocketRoute
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg


class Line:
    """A line from the server to a page that can be stopped: what is on its way comes when it goes on."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._stopped = False
        self._on_its_way: list[bytes | str] = []
        page.route_web_socket("**/_stcore/stream", self._connect)
        page.reload()

    def _connect(self, near: WebSocketRoute) -> None:
        self._near = near
        far = near.connect_to_server()
        near.on_message(far.send)
        far.on_message(self._arrive)

    def _arrive(self, message: bytes | str) -> None:
        if self._stopped:
            self._on_its_way.append(message)
        else:
            self._near.send(message)

    def stop(self) -> None:
        """Let nothing arrive any more."""
        self._stopped = True

    def wait_for_a_run(self) -> None:
        """Wait until the server has finished a run that the page does not know of."""
        while not any(_decoded(each).HasField("script_finished") for each in self._on_its_way):
            self._page.wait_for_timeout(50)

    def go_on(self) -> None:
        """Let everything arrive, in order."""
        self._stopped = False
        on_its_way, self._on_its_way = self._on_its_way, []
        for message in on_its_way:
            self._near.send(message)


def _decoded(message: bytes | str) -> ForwardMsg:
    assert isinstance(message, bytes)
    decoded: ForwardMsg = ForwardMsg.FromString(message)
    return decoded
