"""Pages run as Streamlit would run them, on one data directory with real workers behind it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.home import VARIABLE
from core.runs.run import Request, Status
from core.runs.store import RunStore
from tests.app.made_runs import BUSY
from ui import server

SHELL = Path(__file__).resolve().parents[2] / "ui" / "shell.py"
SECONDS = 60

Open = Callable[..., AppTest]


@pytest.fixture(scope="session")
def app_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One data directory for all tests of pages: TensorFlow is loaded once behind it."""
    home = tmp_path_factory.mktemp("app-home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, str(home))
        workers = server.workers()
        yield home
        workers.close()


@pytest.fixture(autouse=True)
def _use_app_home(app_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(app_home))


@pytest.fixture
def store(app_home: Path) -> Iterator[RunStore]:
    """The run store, empty before and after a test."""
    yield RunStore(app_home)
    found = RunStore(app_home)
    for run_id in found.owned(BUSY):  # else the real foreman would take each over to stop it
        found.finish(run_id, Status.STOPPED)
    for run in found.newest():
        found.ask(run.id, Request.STOP)
    deadline = time.monotonic() + SECONDS
    while any(not run.status.over for run in found.newest()):
        assert time.monotonic() < deadline, "a run that was asked to stop goes on"
        time.sleep(0.05)
    for run in found.newest():
        found.delete(run.id)


@pytest.fixture
def busy_foreman(store: RunStore) -> Iterator[None]:
    """A foreman that never comes to the runs which a test makes for it."""
    with store.foreman_lock(BUSY):
        yield


@pytest.fixture
def open_page() -> Open:
    """Open a page by name in a new session, with an address's parameters."""

    def opened(name: str = "build", **parameters: str) -> AppTest:
        app = AppTest.from_file(str(SHELL), default_timeout=SECONDS)
        for key, value in parameters.items():
            app.query_params[key] = value
        app.run()
        if name != "build":
            app.switch_page(f"../pages/{name}.py")
            for key, value in parameters.items():
                app.query_params[key] = value
            app.run()
        assert not app.exception
        return app

    return opened


def text_of(app: AppTest) -> str:
    """Return all that a page says, HTML included."""
    said = [element.proto.body for element in app.get("html") if "<style>" not in element.proto.body]
    said += [element.value for element in (*app.error, *app.warning, *app.markdown)]
    # Streamlit reads messages as Markdown, so names and paths in them are escaped
    return re.sub(r"\\(.)", r"\1", "\n".join(said))


def named(app: AppTest, parameter: str) -> str:
    """Return a parameter of the address."""
    value = app.query_params[parameter]
    return value if isinstance(value, str) else value[0]


def shown(app: AppTest) -> str:
    """Return the id of the run that the page shows."""
    return named(app, "run")


def keys(app: AppTest) -> set[str]:
    """Return the keys of the buttons on the page."""
    return {button.key for button in app.button if button.key}
