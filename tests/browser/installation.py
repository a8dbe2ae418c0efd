"""A whole installation on an empty data directory, run by its own commands as a person runs it."""

import contextlib
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PLIREC = [sys.executable, "-m", "webapp"]
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
"""What Chromium is started with: it shall look up nothing of its own."""


@contextmanager
def running(directory: Path, **settings: str) -> Iterator[str]:
    """Start Plirec on `directory`, give its address, and stop it; it must have logged no trace."""
    port = free_port()
    environment = {
        **os.environ,
        "PLIREC_DATA": str(directory / "var"),
        "PLIREC_PORT": str(port),
        **settings,
    }
    subprocess.run([*PLIREC, "database", "upgrade"], env=environment, check=True)
    log = directory / "log"
    with log.open("w") as output:
        serve = subprocess.Popen([*PLIREC, "serve"], env=environment, stdout=output, stderr=output)
        try:
            wait_for(port, serve)
            yield f"http://127.0.0.1:{port}"
        finally:
            serve.terminate()
            serve.wait(20)
    assert "Traceback" not in log.read_text()


def free_port() -> int:
    """Give a port that nothing listens on, below those that the system gives to whoever connects.

    One of theirs could be taken by any connection before somebody listens on it.
    """
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    """Wait until something answers at the port, as long as the process lives."""
    for _ in range(300):
        assert process.poll() is None, "the process stopped by itself"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise AssertionError("nothing answers")
