"""What one's own handwriting offers as data to learn from: the drawings as they are now, alone or mixed."""

from __future__ import annotations

from collections.abc import Sequence

from core.data import library, own
from core.data.own import Labelled
from core.data.sources import source
from core.errors import DataRefused

NOT_YET = "own"
"""What stands in the list for handwriting that is not enough to learn from."""


def labels(drawings: Sequence[Labelled]) -> dict[str, str]:
    """Return the data sets that drawings make as they are now, by name, as a list shows them.

    Nothing is written down for that. Mixed sets are offered where what they are mixed with is here.
    """
    newest = _newest(drawings)
    if newest is None:
        said = f"My handwriting ({len(drawings):,} of {own.LEAST} drawings)"
        return {NOT_YET: said} if drawings else {}
    bases = [source(name).info for name in own.BASES if source(name).ships or library.state(name).here]
    infos = [own.info(newest), *(own.info(newest, base) for base in bases)]
    return {each.name: each.label for each in infos}


def has_changed(version: own.Version, drawings: Sequence[Labelled]) -> bool:
    """Return whether drawings as they are now make another version than that one."""
    newest = _newest(drawings)
    return newest is not None and newest.code != version.code


def written_down(name: str, drawings: Sequence[Labelled]) -> str:
    """Return the name of the data set that a choice stands for; drawings are frozen where it is they.

    Args:
        name: As `labels` offers it, or of any other data set; earlier versions are such, too.
        drawings: What there is now; others than when the list was shown, perhaps.

    Raises:
        DataRefused: They are not enough to learn from.
    """
    parsed = own.parse(name)
    if name != NOT_YET and (
        parsed is None or (own.version(parsed[1]) and parsed[1] != own.code_of(drawings))
    ):
        return name
    lack = own.lacking(drawings)
    if lack:
        raise DataRefused(
            f"Your handwriting is not enough to learn from yet. {lack} Draw it on the Draw page."
        )
    return own.name_of(own.freeze(drawings).code, parsed[0] if parsed else "")


def _newest(drawings: Sequence[Labelled]) -> own.Version | None:
    return None if own.lacking(drawings) else own.version_of(drawings)
