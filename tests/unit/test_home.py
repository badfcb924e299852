"""The data directory is where the environment says, made when it is first asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.home import VARIABLE, home


def test_the_environment_decides_and_the_folder_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "a" / "b"))
    assert home() == (tmp_path / "a" / "b").resolve()
    assert home().is_dir()


@pytest.mark.parametrize("value", [None, ""])
def test_without_it_a_folder_in_the_persons_own_is_used(
    value: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.delenv(VARIABLE)
    if value is not None:
        monkeypatch.setenv(VARIABLE, value)
    assert home() == (tmp_path / ".layerlab").resolve()


def test_a_tilde_is_the_persons_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv(VARIABLE, "~/lab")
    assert home() == (tmp_path / "lab").resolve()


def test_every_test_has_a_home_of_its_own(fresh_home: Path) -> None:
    assert home() == fresh_home.resolve()
    assert list(fresh_home.iterdir()) == []
