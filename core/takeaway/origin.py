"""What a program says of the run that it is of."""

from __future__ import annotations

from core.runs.reading import Reader
from core.runs.run import Run, Status
from core.takeaway.program import Origin


def origin_of(run: Run | None, store: Reader) -> Origin:
    """Return what a program says of where it comes from.

    Args:
        run: The run; None for a design that has not been trained.
        store: Where it is.
    """
    if run is None:
        return Origin()
    return Origin(run.name, run.result, _by_hand(run, store), _threads(run, store))


def _threads(run: Run, store: Reader) -> tuple[int, int] | None:
    """Return the threads that a run computed with; None where they were not kept, as in older runs."""
    event = store.last_event(run.id, "path")
    found = event.body.get("threads") if event else None
    return (int(found[0]), int(found[1])) if found else None


def _by_hand(run: Run, store: Reader) -> str:
    """Return a sentence on what a program can't repeat of a run; empty where there is nothing."""
    done = ["its network was trained elsewhere"] if run.adopted else []
    if store.last_event(run.id, "rate"):
        done.append("its learning rate was changed by hand on the way")
    if run.status is Status.STOPPED:
        done.append(f"it was stopped in epoch {run.progress.epoch} of {run.progress.epochs}")
    if run.parent:
        done.append("it went on from another run")
    return f"That run can't be repeated so: {', and '.join(done)}." if done else ""
