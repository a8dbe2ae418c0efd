"""A whole installation, as `plirec serve` runs it, and a real browser that opens it."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser_program(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        program = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield program
        program.close()


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Start Plirec on an empty data directory, by its own commands, and give its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "PLIREC_DATA": str(tmp_path / "var"),
        "PLIREC_PORT": str(port),
        "PYTHONWARNINGS": "default",
    }
    plirec = [sys.executable, "-m", "webapp"]
    subprocess.run([*plirec, "database", "upgrade"], env=environment, check=True)
    with (tmp_path / "log").open("w") as log:
        serve = subprocess.Popen([*plirec, "serve"], env=environment, stdout=log, stderr=log)
        try:
            _wait_for(port, serve)
            yield f"http://127.0.0.1:{port}"
        finally:
            serve.terminate()
            serve.wait(20)
    assert "Traceback" not in (tmp_path / "log").read_text()


def _wait_for(port: int, serve: "subprocess.Popen[bytes]") -> None:
    for _ in range(300):
        assert serve.poll() is None, "plirec serve stopped by itself"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise AssertionError("plirec serve does not answer")


@pytest.fixture
def new_page(browser_program: Browser) -> Iterator[Callable[..., Page]]:
    """Open a window: `new_page(javascript=False)`; a complaint on its console fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_window(*, javascript: bool = True, width: int = 1280, height: int = 900) -> Page:
        context = browser_program.new_context(
            java_script_enabled=javascript,
            viewport={"width": width, "height": height},
            locale="fr-FR",
            accept_downloads=True,
        )
        context.set_default_timeout(20_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: _note(message.type, message.text, complaints))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert complaints == []


def _note(kind: str, text: str, complaints: list[str]) -> None:
    deliberate = re.search(r"status of (404|422)", text)
    if kind in ("error", "warning") and not deliberate:
        complaints.append(text)
