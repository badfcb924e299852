"""A data directory with a server, as often started and killed as a test likes."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import IO

import psutil

from core.runs.run import Run
from core.runs.store import RunStore
from tests.contract.processes import alive, descendants, until
from tests.faults.strikes import Strikes

ROOT = Path(__file__).resolve().parents[2]
NOWHERE = "http://127.0.0.1:9"
"""A proxy that is not there: whatever asks the internet fails at once."""
_NO_NETWORK = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), NOWHERE)


class Server:
    """One server process; the foreman and the workers are below it."""

    def __init__(self, place: Place, real: bool) -> None:
        """Start a server.

        Args:
            place: Whose data directory it serves.
            real: Whether it is `streamlit run app.py`, and not only what that has of the workers.
        """
        self.real = real
        self._visits: list[Visit] = []
        self.port = _free_port() if real else 0
        command = [sys.executable, "-m", "tests.faults.server", str(place.home)]
        if real:
            command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true"]
            command += ["--server.port", str(self.port)]
        paths = [place.strikes.environment()["PYTHONPATH"], str(ROOT)]
        with place.log.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={
                    **os.environ,
                    **_NO_NETWORK,
                    **place.strikes.environment(),
                    "NO_PROXY": "",
                    "PYTHONPATH": os.pathsep.join(paths),
                    "LAYERLAB_HOME": str(place.home),
                    "KERAS_HOME": str(place.folder / "keras"),
                    "LAYERLAB_RUNS_AT_ONCE": "2",  # one that is paused must not hold up another
                },
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                text=True,
            )

    @property
    def address(self) -> str:
        """Where a real server answers."""
        return f"http://127.0.0.1:{self.port}"

    def answers(self) -> bool:
        """Return whether a real server answers."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            opener.open(f"{self.address}/_stcore/health", timeout=2).close()
        except OSError:
            return False
        return True

    @property
    def foreman(self) -> int | None:
        """The foreman's process id; None while there is none."""
        try:
            below = psutil.Process(self.process.pid).children()
            named = [each.pid for each in below if "core.workers.foreman" in each.cmdline()]
        except psutil.Error:
            return None
        return next((pid for pid in named if alive(pid)), None)

    def visit(self, path: str, run: Run | None = None, train: bool = False) -> Visit:
        """Have a person look at a page, and press Train there if told; returns once that is done."""
        until(self.answers, 60, "the server answers")
        return Visit(self.address + path + (f"?run={run.id}" if run else ""), train)

    def train(self, run: Run) -> None:
        """Tell the foreman of a run; a real server's is started by whoever looks at the run."""
        if self.real:
            self._visits.append(self.visit("/train", run))
        elif self.process.stdin:
            self.process.stdin.write(f"train {run.id}\n")
            self.process.stdin.flush()

    def kill(self) -> None:
        """End the server as `kill -9` does; what is below has to notice by itself."""
        self.process.kill()
        self.process.wait()
        _close(self.process.stdin)

    def close(self) -> None:
        """End it as Ctrl-C does."""
        while self._visits:
            self._visits.pop().close()
        if self.real and self.process.poll() is None:
            self.process.terminate()
        _close(self.process.stdin)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()


class Visit:
    """A person with a browser; see `tests.faults.visit`."""

    def __init__(self, address: str, train: bool) -> None:
        """Open an address; returns once the page is there, and Train was pressed."""
        command = [sys.executable, "-m", "tests.faults.visit", address]
        self._process = subprocess.Popen(
            [*command, *(["--train"] if train else [])],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout
        self.address = self._process.stdout.readline().strip()
        assert self.address, "the page did not come"

    def kill(self) -> None:
        """End the browser and all that belongs to it as `kill -9` does."""
        below = psutil.Process(self._process.pid).children(recursive=True)
        for process in (psutil.Process(self._process.pid), *below):
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self.close()

    def close(self) -> None:
        """Close the browser as a person does, where it is still there."""
        _close(self._process.stdin)
        self._process.wait(30)
        _close(self._process.stdout)


class Place:
    """A data directory, its store and its servers."""

    def __init__(self, folder: Path) -> None:
        """Prepare a place; nothing is started yet.

        Args:
            folder: Where everything of it goes; the data directory is `home` in it.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder.resolve()
        self.home = self.folder / "home"
        self.home.mkdir(exist_ok=True)
        self.log = self.folder / "log.txt"
        self.strikes = Strikes(self.folder / "strikes")
        self.store = RunStore(self.home)
        self.servers: list[Server] = []

    @property
    def server(self) -> Server:
        """The newest server."""
        return self.servers[-1]

    def start(self, real: bool = False) -> Server:
        """Start another server."""
        self.servers.append(Server(self, real))
        return self.server

    def ready(self, real: bool = False) -> None:
        """See that a server of a kind is there, and only one."""
        running = [server for server in self.servers if server.process.poll() is None]
        if [server.real for server in running] != [real]:
            for server in running:
                server.close()
            self.start(real)
        else:  # a later one may have been killed
            self.servers.append(running[0])
        if real:
            until(self.server.answers, 60, "the server answers")

    def processes(self) -> set[int]:
        """Return the living processes that serve this data directory, whoever started them."""
        wanted = f"LAYERLAB_HOME={self.home}".encode()
        found = set()
        for pid in psutil.pids():
            try:
                if wanted in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0") and alive(pid):
                    found.add(pid)
            except OSError:  # gone meanwhile, or another person's
                continue
        return found

    def below(self) -> set[int]:
        """Return the living processes below the newest server."""
        return descendants(self.server.process.pid)

    def close(self) -> set[int]:
        """End all servers, and return the processes that were left over half a minute later, now killed."""
        for server in self.servers:
            server.close()
        try:
            until(lambda: not self.processes(), 30, "all processes are gone")
        except AssertionError:
            left = self.processes()
            for pid in left:
                psutil.Process(pid).kill()
            return left
        return set()


def _close(pipe: IO[str] | None) -> None:
    with suppress(OSError):  # whoever read it is gone
        if pipe:
            pipe.close()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
