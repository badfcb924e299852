"""The settings that `streamlit run app.py` starts with, and the requirements it is installed by."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONFIG = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())


def test_only_this_machine_is_served_unless_asked_otherwise() -> None:
    assert CONFIG["server"]["address"] == "127.0.0.1"


def test_visitors_see_no_details_of_errors_and_upload_little() -> None:
    assert CONFIG["client"]["showErrorDetails"] == "none"
    assert CONFIG["server"]["maxUploadSize"] <= 50


def test_the_first_start_asks_nothing_and_tells_nobody() -> None:
    assert CONFIG["server"]["showEmailPrompt"] is False
    assert CONFIG["browser"]["gatherUsageStats"] is False


def test_light_and_dark_set_the_same_colours() -> None:
    assert set(CONFIG["theme"]["light"]) == set(CONFIG["theme"]["dark"])


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_has_an_upper_bound_and_a_reason(name: str) -> None:
    architecture = (ROOT / "docs" / "architecture.md").read_text()
    lines = [line for line in (ROOT / name).read_text().splitlines() if line and line[0] not in "#-"]
    for line in lines:
        package = re.split(r"[<>=]", line)[0]
        assert re.fullmatch(r"[a-z0-9-]+>=[\d.]+,<[\d.]+", line), line
        assert re.search(rf"^\|.*\b{package}\b.*\|", architecture, re.MULTILINE), package


def test_the_readme_names_both_commands() -> None:
    readme = (ROOT / "README.md").read_text()
    assert "pip install -r requirements.txt && streamlit run app.py" in readme
    assert "pip install -r requirements-dev.txt && python -m pytest" in readme
