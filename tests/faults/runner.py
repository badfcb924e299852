"""Faults by the hundred, each repeatable by its seed and number.

    python -m tests.faults.runner --seed 1 --count 200 [--only "database"] [--number 17] [--hold 60]

Prints a line a fault and a table. Ends with 1 where anything was lost, doubled, untrue or left over.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.home import VARIABLE
from tests.faults.kinds import KINDS, LASTING, Where, kinds_in_turn
from tests.faults.places import Place
from tests.faults.scene import Scene
from tests.faults.storage import CannotError, mount_disk, unmount


@dataclass
class Outcome:
    """What came of one fault.

    Attributes:
        number: Its number; with seed and kind, all that is needed to repeat it.
        kind: What was done.
        chosen: What the seed chose.
        ends: The statuses the run went through after the fault.
        seconds: Time until the store said what was so.
        lost: Whole epochs that had to be trained again.
        breaches: What was not as it should be.
        skipped: Why it could not be tried here.
        took: Seconds in all.
    """

    number: int
    kind: str
    chosen: dict[str, Any] = field(default_factory=dict)
    ends: list[str] = field(default_factory=list)
    seconds: float | None = None
    lost: int = 0
    breaches: list[str] = field(default_factory=list)
    skipped: str = ""
    took: float = 0.0

    @property
    def verdict(self) -> str:
        """The whole of it in a word."""
        return "SKIPPED" if self.skipped else "BREACH" if self.breaches else "ok"

    def line(self) -> str:
        """Return it as a line of the report."""
        said = "–" if self.seconds is None else f"{self.seconds:.1f}"
        chosen = ", ".join(f"{name} {value}" for name, value in self.chosen.items())
        words = "; ".join(self.breaches) or self.skipped
        ends = " → ".join(self.ends)
        return (
            f"{self.number:4} {self.kind:20} {self.verdict:8} {ends:36} true in {said:>5} s"
            f"  lost {self.lost}  {self.took:5.1f} s  [{chosen}]" + (f"\n     {words}" if words else "")
        )


class Faults:
    """Does faults one after the other."""

    def __init__(
        self,
        folder: Path,
        seed: int,
        hold: float,
        *,
        epochs: tuple[int, int] = (8, 12),
        shared_for: int = 12,
    ) -> None:
        """Prepare.

        Args:
            folder: Where all data directories go.
            seed: What all is chosen from.
            hold: Seconds that a frozen process stays frozen, or a tenth of them.
            epochs: The fewest and the most epochs of a run.
            shared_for: Faults that one data directory sees before it is closed and looked through.
        """
        self._folder = folder
        self._seed = seed
        self._hold = hold
        self._epochs = epochs
        self._shared_for = shared_for
        self._shared: dict[Where, Place] = {}
        self._uses: Counter[Where] = Counter()

    def do(self, number: int, kind: str) -> Outcome:
        """Do one fault, and judge what comes of it."""
        begun = time.monotonic()
        outcome = Outcome(number, kind)
        where = KINDS[kind].where
        try:
            place = self._place(number, where)
        except CannotError as error:
            outcome.skipped = f"no disk can be mounted: {error}"
            return outcome
        try:
            self._judge(place, kind, outcome)
        finally:
            self._uses[where] += 1
            if where not in LASTING or outcome.breaches or self._uses[where] >= self._shared_for:
                outcome.breaches += self._close(place, where, keep=bool(outcome.breaches))
            if outcome.breaches:
                outcome.chosen["kept in"] = str(place.folder)
        outcome.took = time.monotonic() - begun
        return outcome

    def _judge(self, place: Place, kind: str, outcome: Outcome) -> None:
        scene = Scene(place, f"{self._seed}/{outcome.number}/{kind}", self._hold, self._epochs)
        try:
            place.ready(KINDS[kind].where is Where.REAL)
            KINDS[kind].do(scene)
        except CannotError as error:
            outcome.skipped = str(error)
        except Exception as error:
            traceback.print_exc()
            scene.breach(f"{type(error).__name__}: {error}")
        place.strikes.disarm()
        outcome.chosen, outcome.ends = scene.chosen, scene.ends
        outcome.seconds, outcome.lost = scene.seconds, scene.lost
        outcome.breaches += scene.breaches

    def close(self) -> list[str]:
        """Close what is still open, and return what was left over."""
        return [words for where, place in list(self._shared.items()) for words in self._close(place, where)]

    def _place(self, number: int, where: Where) -> Place:
        if where in self._shared:
            return self._shared[where]
        folder = self._folder / f"{number}"
        if where is Where.DISK:
            mount_disk(folder / "home")
        place = Place(folder)
        if where in LASTING:
            self._shared[where], self._uses[where] = place, 0
        return place

    def _close(self, place: Place, where: Where, keep: bool = False) -> list[str]:
        self._shared.pop(where, None)
        left = [f"process {pid} was left over" for pid in place.close()]
        left += [f"{path} is left over" for path in place.home.rglob(".new-*")]
        left += [f"{path} is left over" for path in (place.home / "foremen").iterdir()]
        if where is Where.DISK:
            if left or keep:
                shutil.copytree(place.home, place.folder / "copy of home")
            unmount(place.home)
        if not (left or keep):
            shutil.rmtree(place.folder, ignore_errors=True)
        return left


def table(outcomes: list[Outcome]) -> str:
    """Return how each kind did."""
    lines = [
        f"{'kind':20}{'tried':>7}{'ok':>5}{'breach':>8}{'skipped':>9}{'too late':>10}"
        f"{'true within':>14}{'lost':>6}"
    ]
    for kind in [*KINDS, "all"]:
        of_kind = [each for each in outcomes if kind in (each.kind, "all")]
        if not of_kind:
            continue
        count = Counter(each.verdict for each in of_kind)
        late = sum("missed" in each.chosen for each in of_kind)  # the run was over before the fault
        slowest = max((each.seconds or 0.0 for each in of_kind), default=0.0)
        lost = max(each.lost for each in of_kind)
        lines.append(
            f"{kind:20}{len(of_kind):7}{count['ok']:5}{count['BREACH']:8}{count['SKIPPED']:9}"
            f"{late:10}{slowest:12.1f} s{lost:6}"
        )
    return "\n".join(lines)


def main() -> None:
    """Do the faults, and print what came of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--only", default="", help="kinds whose name holds this")
    parser.add_argument("--number", type=int, nargs="*", help="only the faults of these numbers")
    parser.add_argument(
        "--hold", type=float, default=60.0, help="seconds that a process stays frozen, or a tenth"
    )
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="layerlab-faults-"))
    os.environ[VARIABLE] = str(folder / "judge")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    faults, outcomes = Faults(folder, asked.seed, asked.hold), []
    for number, kind in enumerate(kinds_in_turn(asked.count, asked.only), start=1):
        if asked.number and number not in asked.number:
            continue
        outcomes.append(faults.do(number, kind))
        print(outcomes[-1].line(), flush=True)
    left = faults.close()
    print(f"\nseed {asked.seed}, {len(outcomes)} faults\n{table(outcomes)}")
    for words in left:
        print(f"BREACH at the end: {words}")
    if left or any(each.breaches for each in outcomes):
        print(f"What was left is in {folder}. To repeat one: the same arguments and --number N.")
        sys.exit(1)
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
