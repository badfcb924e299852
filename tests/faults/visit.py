"""A person with a browser, in a process of its own, so that it can be killed like any other.

    python -m tests.faults.visit ADDRESS [--train]

Opens the address, presses Train if told, and prints the address then. Stays until standard input closes.
"""

from __future__ import annotations

import re
import sys

from playwright.sync_api import sync_playwright

from tests.browser.chromium import find_or_install

PATIENCE = 90_000
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def main() -> None:
    """Visit."""
    address, train = sys.argv[1], "--train" in sys.argv
    path = find_or_install()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        page = browser.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(address)
        page.locator("[data-testid=stMainBlockContainer] .ll-quiet").first.wait_for()
        if train:
            page.locator(".st-key-train button:enabled").click()
            page.wait_for_url(re.compile("run="))
        print(page.url, flush=True)
        sys.stdin.read()
        browser.close()


if __name__ == "__main__":
    main()
