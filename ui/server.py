"""What lives as long as the server: the run store, the workers, and the routes that browsers poll."""

from __future__ import annotations

import functools
import gzip
import logging
import threading
import time
from collections.abc import AsyncIterator
from concurrent.futures import Future
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import plotly
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from core.data.sources import known, source
from core.errors import LayerLabError, RunNotFound, WorkerLost
from core.experiment.experiment import Experiment
from core.home import home
from core.runs.run import Run
from core.runs.store import RunStore
from core.training.estimate import MOST_RUNS, factor_of_products, factor_of_runs, reference_seconds
from core.workers.client import Workers
from ui import under_way

_downloads: dict[str, Future[Any]] = {}
_summaries: dict[str, Future[Any]] = {}
SUMMARIES_KEPT = 64
MOST_POINTS = 4_000
"""Points of a curve in one answer: about as many as a screen has columns."""
PLOTLY = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
PLOTLY_ADDRESS = f"/layerlab/plotly-{plotly.__version__}.js"
_LOCK = threading.Lock()
A_YEAR = "public, max-age=31536000, immutable"


def store() -> RunStore:
    """Return the run store of this server's data directory."""
    return _store(home())


def workers() -> Workers:
    """Return this server's workers."""
    return _workers(home())


@functools.lru_cache
def _store(path: Path) -> RunStore:
    return RunStore(path)


@functools.lru_cache
def _workers(path: Path) -> Workers:
    return Workers(path)


def download(name: str, again: bool = False) -> Future[Any] | None:
    """Return a data set's download, one for the whole server.

    Args:
        name: The data set.
        again: Whether to start it where none is under way.

    Returns:
        A future, or None where none was ever started.
    """
    with _LOCK:
        current = _downloads.get(name)
        if again and (current is None or current.done()):
            current = _downloads[name] = workers().call("fetch", name=name)
        return current


def summary(document: str) -> Future[Any]:
    """Return what Keras prints of a design, asked for once for the whole server.

    Args:
        document: The experiment as JSON.
    """
    with _LOCK:
        known = _summaries.get(document)
        if known is None or (known.done() and isinstance(known.exception(), WorkerLost)):
            while len(_summaries) >= SUMMARIES_KEPT:
                del _summaries[next(iter(_summaries))]
            _summaries[document] = workers().call("summary", document=document)
        return _summaries[document]


def seconds_to_train(experiment: Experiment) -> float:
    """Return how long a training will take here, from what this machine's finished runs took."""
    info = source(experiment.data.dataset).info
    return _factor() * reference_seconds(experiment, info)


def _factor() -> float:
    # on every rerun of the page: the runs themselves are read only when there is another one
    return _factor_of(store().newest_completed(MOST_RUNS))


@functools.lru_cache(4)
def _factor_of(completed: tuple[str, ...]) -> float:
    runs: list[Run] = []
    for run_id in completed:
        with suppress(LayerLabError):  # deleted meanwhile, or only a newer LayerLab can read it
            runs.append(store().get(run_id))
    runs = [run for run in runs if known(run.experiment.data.dataset)]
    found = factor_of_runs(
        (
            run.progress.seconds,
            reference_seconds(run.experiment, source(run.experiment.data.dataset).info, run.progress.epoch),
        )
        for run in runs
    )
    return found if found is not None else _first_guess()


@functools.cache
def _first_guess() -> float:
    return factor_of_products()


@asynccontextmanager
async def lifespan(app: object) -> AsyncIterator[dict[str, Any]]:
    """Say where things are kept at the start; end the workers at the end."""
    logging.getLogger("streamlit").info("LayerLab keeps data and runs in %s", home())
    workers()  # made here, by one thread, so that there is never a second one
    threading.Thread(target=_go_on, name="go-on", daemon=True).start()
    try:
        yield {}
    finally:
        workers().close()


def _go_on() -> None:
    """Have runs that an earlier server has left go on, before anybody opens a page."""
    try:
        if store().under_way():
            workers().start()
    except LayerLabError as error:  # whoever opens a page is told
        logging.getLogger("streamlit").warning("runs that were under way can't go on: %s", error)


def events(request: Request) -> Response:
    """Answer what happened in a run since the event `after`.

    The id is all the permission there is: 96 random bits, known to whoever was given the address.
    """
    try:
        after = int(request.query_params.get("after", "0"))
        most = min(MOST_POINTS, max(2, int(request.query_params.get("most", MOST_POINTS))))
        run = store().get(request.path_params["run_id"])
    except (RunNotFound, ValueError):
        return JSONResponse({"error": "there is no such run"}, status_code=404)
    found = store().curve(run.id, after, most)
    return JSONResponse(
        {
            "status": run.status,
            "progress": asdict(run.progress),
            # another one: it was taken back to a checkpoint, and what is drawn is to be drawn anew
            "generation": run.generation,
            "events": [[event.seq, event.kind, event.body] for event in found],
        },
        headers={"Cache-Control": "no-store"},
    )


def answers(request: Request) -> Response:
    """Answer what a classifier mistakes for what, unless that is what the browser has `seen` already.

    There is something new after each epoch, and anew where a run was taken back to a checkpoint.
    """
    try:
        run = store().get(request.path_params["run_id"])
    except RunNotFound:
        return JSONResponse({"error": "there is no such run"}, status_code=404)
    found = store().latest_of(run.id, "answers")
    mark = f"{run.attempt}.{found['epoch']}" if found else ""
    news = found if mark != request.query_params.get("seen", "") else None
    return JSONResponse(
        {"over": run.status.over, "mark": mark, "answers": news}, headers={"Cache-Control": "no-store"}
    )


def now(request: Request) -> Response:
    """Answer which run is under way, for the chip; every browser asks this every few seconds."""
    told = _told(home(), request.query_params.get("seen", ""), int(time.monotonic()))
    return JSONResponse(told, headers={"Cache-Control": "no-store"})


@functools.lru_cache(256)
def _told(path: Path, seen: str, second: int) -> dict[str, Any]:
    # a room of thirty asks once a second, not fifteen times
    return under_way.told(_store(path), seen)


def plotly_js(request: Request) -> Response:
    """Answer the Plotly library that came with the Python package, so that no CDN is asked."""
    headers = {"Cache-Control": A_YEAR, "Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(
            _packed_plotly(),
            media_type="text/javascript",
            headers=headers | {"Content-Encoding": "gzip"},
        )
    return FileResponse(PLOTLY, media_type="text/javascript", headers=headers)


@functools.lru_cache
def _packed_plotly() -> bytes:
    # 4.8 MB become 1.4: thirty browsers on one Wi-Fi
    return gzip.compress(PLOTLY.read_bytes(), compresslevel=6)


ROUTES = [
    Route("/layerlab/runs/{run_id}/events", events),
    Route("/layerlab/runs/{run_id}/answers", answers),
    Route("/layerlab/now", now),
    Route(PLOTLY_ADDRESS, plotly_js),
]
