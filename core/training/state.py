"""All that a training has to remember to go on from where it was, as bytes and back.

Weights and optimizer are kept by place, not by name: the model is always rebuilt from the experiment,
so that nothing in a file is ever run.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any
from zipfile import BadZipFile

import keras
import numpy as np

from core.errors import FileDamaged

_REMEMBERED = ("wait", "best", "best_epoch", "stopped_epoch", "cooldown_counter")
"""What Keras's EarlyStopping and ReduceLROnPlateau forget when `fit` is called again."""
_NOTES = "notes"


@dataclass(frozen=True)
class Position:
    """How far a training was.

    Attributes:
        epoch: Whole epochs done.
        step: Batches done in them.
        seconds: Time spent.
        scale: What the rate of the schedule is multiplied by, for a person changed it.
        ended: Whether there was no more to train.
        done: Where it ended: whether all that was planned was done.
        best_epoch: The epoch, from 1, whose weights are kept; None: the last one.
    """

    epoch: int = 0
    step: int = 0
    seconds: float = 0.0
    scale: float = 1.0
    ended: bool = False
    done: bool = False
    best_epoch: int | None = None


@dataclass(frozen=True)
class State:
    """A position with all the numbers of the model there.

    Attributes:
        position: How far.
        arrays: Variables of model ("model/0", …) and optimizer ("optimizer/0", …), and the best weights
            so far of each callback ("best 0/0", …).
        callbacks: What each callback has counted.
        origin: What the keeper adds: whose state it is.
    """

    position: Position
    arrays: Mapping[str, np.ndarray]
    callbacks: Sequence[Mapping[str, Any]] = ()
    origin: Mapping[str, Any] = field(default_factory=dict)

    def to_bytes(self, **origin: object) -> bytes:
        """Return the state as bytes.

        Args:
            origin: What the keeper wants to find again beside it; JSON values.
        """
        notes = {
            "position": asdict(self.position),
            "callbacks": [dict(each) for each in self.callbacks],
            "origin": origin,
        }
        packed = io.BytesIO()
        arrays: dict[str, Any] = {
            _NOTES: np.frombuffer(json.dumps(notes).encode(), np.uint8),
            **self.arrays,
        }
        np.savez(packed, **arrays)
        return packed.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes) -> State:
        """Return the state that `to_bytes` wrote.

        Raises:
            FileDamaged: It wrote no such thing.
        """
        try:
            with np.load(io.BytesIO(content), allow_pickle=False) as packed:
                arrays = {name: packed[name] for name in packed.files}
            notes = json.loads(arrays.pop(_NOTES).tobytes())
            return cls(Position(**notes["position"]), arrays, notes["callbacks"], notes["origin"])
        except (ValueError, KeyError, TypeError, OSError, EOFError, BadZipFile) as error:
            raise FileDamaged("A checkpoint holds no state that LayerLab can go on from.") from error


def capture(model: keras.Model, planned: Sequence[keras.callbacks.Callback], position: Position) -> State:
    """Return the state of a training as it is now."""
    arrays = dict(_named("model", model.variables))
    arrays |= _named("optimizer", model.optimizer.variables)
    for number, each in enumerate(planned):
        arrays |= _named(f"best {number}", getattr(each, "best_weights", None) or ())
    counted = [
        {name: _plain(getattr(each, name)) for name in _REMEMBERED if hasattr(each, name)}
        for each in planned
    ]
    return State(position, arrays, counted)


def restore(model: keras.Model, state: State) -> None:
    """Give a freshly built model the numbers of a state.

    Raises:
        FileDamaged: They are another model's.
    """
    model.optimizer.build(model.trainable_variables)
    for kind, variables in (("model", model.variables), ("optimizer", model.optimizer.variables)):
        kept = _listed(kind, state.arrays)
        if [array.shape for array in kept] != [tuple(variable.shape) for variable in variables]:
            raise FileDamaged("A checkpoint is another network's: its weights do not fit this one.")
        for variable, array in zip(variables, kept, strict=True):
            variable.assign(array)


def restore_callbacks(planned: Sequence[keras.callbacks.Callback], state: State) -> None:
    """Give callbacks back what they had counted; called once training has begun."""
    for number, (each, counted) in enumerate(zip(planned, state.callbacks, strict=False)):
        for name, value in counted.items():
            setattr(each, name, value)
        best = _listed(f"best {number}", state.arrays)
        if best:
            each.best_weights = best


def _named(kind: str, values: Iterable[Any]) -> Mapping[str, np.ndarray]:
    # by way of a tensor: NumPy's own reading of a Keras variable warns
    return {
        f"{kind}/{number}": np.asarray(keras.ops.convert_to_tensor(value))
        for number, value in enumerate(values)
    }


def _listed(kind: str, arrays: Mapping[str, np.ndarray]) -> list[np.ndarray]:
    found: list[np.ndarray] = []
    while (array := arrays.get(f"{kind}/{len(found)}")) is not None:
        found.append(array)
    return found


def _plain(value: Any) -> float | int | None:
    return value if value is None or isinstance(value, int) else float(value)
