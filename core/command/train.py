"""Train a design, as a run in the same list as those of the pages."""

from __future__ import annotations

import argparse
import concurrent.futures

from core.command.finding import DESIGN_HELP, find_design
from core.command.progress import display
from core.command.watching import Interrupts, Watched, watch
from core.command.words import WrongUse, complain, figures, say
from core.data import library
from core.data.sources import SOURCES, source
from core.errors import WorkerLost
from core.experiment.check import Problem, check, errors
from core.experiment.experiment import Experiment
from core.experiment.limits import Limits
from core.experiment.title import title
from core.home import home
from core.runs.checkpoints import Checkpoints
from core.runs.run import Request, Run, Status
from core.runs.store import RunStore
from core.wording import counted, duration
from core.workers.client import Workers

EXAMPLE = "python -m core train small_cnn --data mnist --epochs 3"
_INTERRUPTED = 130
_LOOK_SECONDS = 0.5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what this command takes."""
    parser.add_argument("design", metavar="DESIGN", help=DESIGN_HELP)
    parser.add_argument("--name", default="", help="what the run is called")
    parser.add_argument("--epochs", type=int, metavar="N", help="epochs, instead of the design's own")
    parser.add_argument(
        "--seed", type=int, metavar="N", help="seed of weights and order, instead of its own"
    )
    parser.add_argument(
        "--data", default="", metavar="NAME", help=f"data set, instead of its own: {', '.join(SOURCES)}"
    )


def run(asked: argparse.Namespace) -> int:
    """Check the design, fetch its data, train it and tell what came of it; return the exit code."""
    experiment = _design(asked)
    _refuse_errors(experiment)
    store = RunStore(home())
    workers = Workers(home())
    try:
        workers.start()  # TensorFlow loads while the rest is made ready
        _fetch(experiment.data.dataset, workers)
        with Interrupts() as interrupts:
            made = store.create(experiment, asked.name or title(experiment))
            say(f"Run {made.number}: {made.name} ({source(experiment.data.dataset).info.label})")
            return _train(made, store, workers, interrupts)
    finally:
        workers.close()


def _design(asked: argparse.Namespace) -> Experiment:
    experiment = find_design(asked.design, asked.data)
    wanted = {name: getattr(asked, name) for name in ("epochs", "seed") if getattr(asked, name) is not None}
    return experiment.with_training(**wanted)


def _refuse_errors(experiment: Experiment) -> None:
    found = check(experiment, source(experiment.data.dataset).info, Limits.of_machine())
    serious = errors(found)
    for problem in serious or found:
        complain(_told(problem, "Error" if serious else "Note"))
    if serious:
        them = "it" if len(serious) == 1 else "them"
        raise WrongUse(
            f"This design can't be trained: {counted(len(serious), 'error')}. Mend {them} first."
        )


def _told(problem: Problem, kind: str) -> str:
    fixes = "".join(f"\n  Fix: {fix.label}" for fix in problem.fixes)
    return f"{kind} in {problem.where}: {problem.message}{fixes}"


def _fetch(name: str, workers: Workers) -> None:
    state, origin = library.state(name), source(name)
    needed = origin.base or name
    if state.here or source(needed).ships or (origin.version and not origin.base):
        return  # what ships is made when it is needed; what was drawn here is here, or the run says so
    size = source(needed).download_bytes / 1e6
    absent = state.refused or f"{source(needed).info.label} is not on this machine yet."
    complain(f"{absent} Downloading {size:.0f} MB.")
    future = workers.call("fetch", name=needed)
    while not concurrent.futures.wait([future], _LOOK_SECONDS).done:
        pass  # not for ever in one go, so that Ctrl-C is heard everywhere
    future.result()


def _train(made: Run, store: RunStore, workers: Workers, interrupts: Interrupts) -> int:
    try:
        workers.train(made.id)
        with display() as shown:
            ended = watch(made, store, workers, shown, interrupts)
    except WorkerLost as lost:
        store.finish(made.id, Status.INTERRUPTED, str(lost))
        raise
    except BrokenPipeError:
        complain("Nobody reads the output any more.")
        _leave(made, store, workers)
        raise
    if ended is Watched.LEFT:
        _leave(made, store, workers)
        return _INTERRUPTED
    code = _tell(store.get(made.id))
    return _INTERRUPTED if ended is Watched.STOPPED else code


def _leave(made: Run, store: RunStore, workers: Workers) -> None:
    """End a run that nobody watches any more, and say what is kept of it."""
    workers.close()  # its processes let go of the run, which is then ours to close
    store.ask(made.id, Request.STOP)
    left = store.get(made.id)
    complain(f"Left. Run {left.number} is {left.status}; {_kept(left)}")
    if not left.status.over:
        complain("A LayerLab that is open has taken it, and stops it.")


def _kept(run: Run) -> str:
    epoch = Checkpoints(run.checkpoints).newest_epoch()
    kept = f"what it learned up to epoch {epoch} is kept." if epoch else "its design is kept."
    return f"{kept} Resume on its page goes on from there." if run.status is Status.INTERRUPTED else kept


def _tell(ended: Run) -> int:
    metric = source(ended.experiment.data.dataset).info.task.metric
    if ended.status in (Status.FAILED, Status.INTERRUPTED):
        complain(f"Run {ended.number} {_WORDS[ended.status]}: {ended.reason}")
        if ended.status is Status.INTERRUPTED:
            complain(f"Run {ended.number}: {_kept(ended)}")
        return 1
    trained = f"{counted(ended.progress.epoch, 'epoch')}, {duration(ended.progress.seconds)}"
    if ended.status is Status.STOPPED and not ended.has_model:
        say(f"Run {ended.number} was stopped before it began to learn; nothing was kept but its design.")
        return 0
    say(f"Run {ended.number} {_WORDS[ended.status]}: {trained}. Its network is kept.")
    for label, prefix in (("training", ""), ("validation", "val_"), ("test", "test_")):
        found = figures(ended.result, (f"{prefix}loss", f"{prefix}{metric}"))
        if found:
            say(f"  {label:<10}  {found}")
    say(f"Open it: streamlit run app.py, then http://localhost:8501/train?run={ended.id}")
    say(f"Go on:   python -m core evaluate {ended.number}, or export {ended.number} --as script")
    return 0


_WORDS = {
    Status.COMPLETED: "is done",
    Status.STOPPED: "was stopped",
    Status.FAILED: "failed",
    Status.INTERRUPTED: "was interrupted",
}
