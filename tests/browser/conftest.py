"""A real server as the README starts it, a real Chromium, and no network but this machine."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Route, expect, sync_playwright

from tests.browser.chromium import find_or_install

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60
"""Seconds in which whatever is waited for has come, on a busy machine, too."""
NOWHERE = "http://127.0.0.1:9"
"""A proxy that is not there: whatever asks the internet fails at once, on every machine."""
expect.set_options(timeout=1_000 * PATIENCE)


@dataclass
class Server:
    """A running LayerLab.

    Attributes:
        address: Where it answers.
        home: Its data directory.
        process: The server's process.
        log: The file that holds what it printed.
    """

    address: str
    home: Path
    process: subprocess.Popen[bytes]
    log: Path

    def stop(self) -> None:
        """End the server as Ctrl-C does."""
        self.process.send_signal(signal.SIGINT if os.name == "posix" else signal.SIGTERM)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@contextmanager
def serving(folder: Path, app: str = "app.py") -> Iterator[Server]:
    """Serve LayerLab, or another app, from a fresh data directory, with no way to the internet."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = folder / "server.log"
    home = folder / "home"
    no_network = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), NOWHERE)
    with log.open("wb") as output:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "streamlit", "run", app),
                *("--server.port", str(port), "--server.headless", "true"),
            ],
            cwd=ROOT,
            env={
                **os.environ,
                **no_network,
                "NO_PROXY": "",
                "LAYERLAB_HOME": str(home),
                "KERAS_HOME": str(folder / "keras"),
            },
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    server = Server(f"http://127.0.0.1:{port}", home, process, log)
    try:
        _wait_until_it_answers(server)
        yield server
    finally:
        server.stop()


def _wait_until_it_answers(server: Server) -> None:
    deadline = time.monotonic() + PATIENCE
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while True:
        try:
            opener.open(f"{server.address}/_stcore/health", timeout=2).close()
            return
        except OSError:
            if server.process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"the server does not answer:\n{server.log.read_text(errors='replace')}")
            time.sleep(0.1)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests; each gets a fresh context of its own."""
    path = find_or_install()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ],
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server for the tests of one file."""
    with serving(tmp_path_factory.mktemp("served")) as running:
        yield running


@dataclass
class Visitor:
    """Opens pages and remembers what went wrong in them."""

    browser: Browser
    outside: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def open(self, address: str, script: str = "", **settings: object) -> Page:
        """Open an address in a new session, at 1440 × 900 unless told otherwise.

        Args:
            address: What to open.
            script: JavaScript that runs before the page's own.
            settings: Of the browser's context.
        """
        context = self.browser.new_context(
            **{"viewport": {"width": 1440, "height": 900}, **settings}  # type: ignore[arg-type]
        )
        context.set_default_timeout(1_000 * PATIENCE)
        context.route("**/*", self._only_here)
        page = context.new_page()
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", self._listen)
        if script:
            page.add_init_script(script)
        page.goto(address)
        page.locator("[data-testid=stMainBlockContainer] .ll-quiet").first.wait_for()
        return page

    def _listen(self, message: ConsoleMessage) -> None:
        if "fatal error" in message.text:  # Streamlit has cut the page off: no button works from now on
            self.faults.append(message.text)

    def _only_here(self, route: Route) -> None:
        url = route.request.url
        if url.startswith(("http://127.0.0.1:", "data:", "blob:")):
            route.continue_()
        else:
            self.outside.append(url)
            route.abort()


@pytest.fixture
def visitor(chromium: Browser, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Visitor]:
    """A visitor; the test fails where a page threw an error or asked the internet for anything."""
    visiting = Visitor(chromium)
    yield visiting
    for number, context in enumerate(chromium.contexts):
        for page in context.pages:
            page.screenshot(path=tmp_path / f"last-{number}.png")
        context.close()
    assert visiting.faults == []
    assert visiting.outside == []


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Print the server's output with a test that failed."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    running = getattr(item, "funcargs", {}).get("server")
    if report.failed and isinstance(running, Server):
        report.sections.append(("server", running.log.read_text(errors="replace")[-4000:]))


def status_of(page: Page) -> str:
    """Return the run's status as the page says it."""
    return page.locator(".st-key-run-status").inner_text().split(" ")[0]
