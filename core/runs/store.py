"""The run store: SQLite (WAL) as the index and the events, one folder a run for its files.

Contract:
- Whoever is given a run's id may read it (`reading`). A web process creates runs, renames and deletes
  them, and says what is asked of them (`wishes`); only the worker that a run belongs to writes its
  events, progress, status and result (`work`).
- Statuses: queued → running → completed | stopped | failed | interrupted. An interrupted run can be
  queued again. The three others are final: such a run never changes, but for name, notes and tags.
- Each beginning of a run has a number, its attempt. Who writes for an earlier one is refused, so a worker
  that comes back late can't write over its successor; and whoever trains holds the run's `writer_lock`.
- A run belongs to a foreman (`core.workers`), which holds an operating-system lock for as long as
  it lives. A run that is under way and whose foreman's lock is free is an orphan, and is queued again.
  Kernels free locks however a process ends, so the status is never a guess, whatever the clock says.
- Every event is in the run's journal too, and every change of a run on its card: a database that was
  damaged is put aside and made anew from the folders.
- Every method may be called from any thread and process; each is one transaction.
"""

from __future__ import annotations

from core.runs.wishes import LONGEST_NAME, Wishes
from core.runs.work import Work

__all__ = ["LONGEST_NAME", "RunStore"]


class RunStore(Wishes, Work):
    """The runs of one data directory."""
