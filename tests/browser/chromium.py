"""Find a Chromium or Chrome to drive, or install one as the platform does."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)
VARIABLE = "LAYERLAB_CHROMIUM"


class NoBrowserError(Exception):
    """There is no browser, and none could be installed; the message says what to type."""


def find_or_install() -> str:
    """Return the path of a browser, installed first where there is none.

    Raises:
        NoBrowserError: None could be found or installed.
    """
    found = find()
    if found:
        return found
    tried = [line for command in _installers() if (line := _try(command)) is not None]
    found = find()
    if found:
        return found
    raise NoBrowserError(
        "The browser tests need Chromium or Chrome, and none was found or could be installed.\n"
        + "\n".join(tried)
        + f"\nInstall one (Debian, Ubuntu: sudo apt-get install chromium), or name one in {VARIABLE}."
    )


def find() -> str | None:
    """Return the path of a browser on this machine, or None."""
    named = os.environ.get(VARIABLE)
    if named:
        return named
    on_path = (shutil.which(name) for name in NAMES)
    in_place = (place for place in PLACES if Path(place).exists())
    return next((path for path in (*on_path, *in_place) if path), None) or _playwrights_own()


def _playwrights_own() -> str | None:
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def _installers() -> list[list[str]]:
    commands = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    if shutil.which("apt-get"):
        may = [] if os.geteuid() == 0 else ["sudo", "-n"]
        commands.append([*may, "apt-get", "update"])
        commands.append([*may, "apt-get", "install", "-y", "chromium"])
    return commands


def _try(command: list[str]) -> str | None:
    """Run one installer where there is still no browser; return what went wrong, if anything did."""
    if find():
        return None
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"$ {' '.join(command)}\n  {error}"
    if done.returncode == 0:
        return None
    return f"$ {' '.join(command)}\n  {(done.stderr or done.stdout).strip()[-400:]}"
