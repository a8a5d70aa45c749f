"""A real browser for the end-to-end tests: Debian's Chromium, driven by Playwright."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, StorageState, expect, sync_playwright

from local.runner.settings import ROOT, Login

#: Where the screenshots are kept, for the reader of a test run.
SCREENSHOTS = ROOT / ".state" / "screenshots"
#: A machine that is busy with other tests takes its time; milliseconds.
_PATIENCE = 90_000
expect.set_options(timeout=_PATIENCE)
_NAMES = ("chromium", "chromium-browser", "google-chrome")

Theme = Literal["light", "dark"]


def find_chromium() -> str | None:
    """Return the path of the installed browser."""
    return next((path for name in _NAMES if (path := shutil.which(name))), None)


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Start the browser, without a window and without a network beyond this machine."""
    with sync_playwright() as playwright:
        # Root has no sandbox, and tests may run as root. Chromium's own errands are no requests of the page's.
        arguments = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=arguments)
        yield browser
        browser.close()


class Visit:
    """Somebody who is logged in, with what the browser complained of and asked elsewhere meanwhile.

    :param context: the browser's context, with the login's cookies.
    :param address: of Airflow.
    """

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.page: Page = context.new_page()
        self.address = address
        self.complaints: list[str] = []
        self.outside: list[str] = []
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self._look(request.url))

    def open(self, path: str) -> Page:
        """Open an address below Airflow's."""
        self.page.goto(self.address + path)
        return self.page

    def screenshot(self, name: str, *, whole: bool = False) -> Path:
        """Keep a picture of what the browser shows."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        path = SCREENSHOTS / f"{name}.png"
        self.page.screenshot(path=path, full_page=whole)
        return path

    def assert_sound(self) -> None:
        """Check that nothing was complained of and nobody else was asked."""
        assert self.complaints == []
        assert self.outside == []

    def _note(self, message: ConsoleMessage) -> None:
        # Chromium drops its connections when an interface comes or goes on the machine, as with containers.
        if message.type == "error" and "ERR_NETWORK_CHANGED" not in message.text:
            self.complaints.append(f"{message.text} {message.location}")

    def _look(self, url: str) -> None:
        if not url.startswith((self.address, "data:", "blob:")):
            self.outside.append(url)


def log_in(browser: Browser, address: str, login: Login) -> StorageState:
    """Log in by the form and return what the browser keeps of it: its cookies."""
    context = browser.new_context()
    context.set_default_timeout(_PATIENCE)
    page = context.new_page()
    page.goto(f"{address}/auth/login/")
    page.fill("input[name=username]", login.user)
    page.fill("input[name=password]", login.password)
    page.click("button[type=submit]")
    page.get_by_text("Dags", exact=True).first.wait_for()
    state = context.storage_state()
    context.close()
    return {"cookies": state["cookies"], "origins": []}


def open_context(browser: Browser, state: StorageState, theme: Theme = "light", width: int = 1400) -> BrowserContext:
    """Return a context of somebody who is logged in.

    :param state: what :func:`log_in` returned.
    :param theme: what the browser has as Airflow's theme.
    :param width: of the window, in pixels.
    """
    context = browser.new_context(storage_state=state, viewport={"width": width, "height": 900})
    context.set_default_timeout(_PATIENCE)
    context.add_init_script(f"localStorage.getItem('theme') || localStorage.setItem('theme', '{theme}')")
    return context
