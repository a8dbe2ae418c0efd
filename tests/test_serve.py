import os
import signal
import subprocess
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from config import Config
from tests.browser.installation import PLIREC, free_port, running

pytestmark = pytest.mark.slow


def children_of(process: int) -> dict[str, int]:
    """Give the processes that this one started, by the word they were started with."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return {words_of(int(number))[-1]: int(number) for number in children}


def words_of(process: int) -> list[str]:
    return Path(f"/proc/{process}/cmdline").read_text().rstrip("\0").split("\0")


def wait_until(reached: Callable[[], bool]) -> None:
    for _ in range(300):
        if reached():
            return
        time.sleep(0.1)
    raise AssertionError("it never came to that")


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/bienvenue") as page:
            return page.status == 200
    except OSError:
        return False


def test_serve_runs_web_and_worker_and_starts_again_what_was_killed(bare_config: Config) -> None:
    directory = bare_config.data_directory
    with running(directory) as address:
        serve = _serving(address)
        first = children_of(serve)
        assert set(first) == {"web", "worker"}
        for number in first.values():
            os.kill(number, signal.SIGKILL)
        wait_until(lambda: len(children_of(serve)) == 2 and _all_new(serve, first))
        second = children_of(serve)
        wait_until(lambda: answers(address))
        log = directory / "log"
        wait_until(lambda: f"Plirec est prêt\u00a0: {address}" in log.read_text())
    assert not Path(f"/proc/{serve}").exists()
    assert not any(Path(f"/proc/{number}").exists() for number in second.values())


def _all_new(serve: int, first: dict[str, int]) -> bool:
    return set(first.values()).isdisjoint(children_of(serve).values())


def _serving(address: str) -> int:
    """Find the process that serves this address."""
    port = f"PLIREC_PORT={address.rpartition(':')[2]}"
    for entry in Path("/proc").glob("[0-9]*"):
        number = int(entry.name)
        try:
            environment = (entry / "environ").read_text().split("\0")
            if words_of(number)[-2:] == ["webapp", "serve"] and port in environment:
                return number
        except OSError:
            continue  # it ended while we looked
    raise AssertionError("nothing serves there")


def start(directory: Path, word: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    environment = {
        **os.environ,
        "PLIREC_DATA": str(directory),
        "PLIREC_PORT": str(free_port()),
        **settings,
    }
    return subprocess.run(
        [*PLIREC, word], env=environment, capture_output=True, text=True, check=False, timeout=60
    )


def test_without_its_database_it_does_not_start_and_says_what_to_do(tmp_path: Path) -> None:
    for word in ("serve", "web", "worker"):
        result = start(tmp_path, word)
        assert result.returncode == 2
        assert "plirec database upgrade" in result.stderr
        assert "Traceback" not in result.stderr


def test_with_another_sealing_key_it_does_not_start(
    config: Config,
) -> None:
    directory = config.data_directory
    key = directory / "keys" / "seal.pem"
    for damage in (lambda: key.write_bytes(b"other"), key.unlink):
        damage()
        result = start(directory, "serve")
        assert result.returncode == 2
        assert "sauvegarde" in result.stderr
        assert "Traceback" not in result.stderr


def test_a_setting_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    result = start(tmp_path, "serve", SMTP_PORT="abc")
    assert (result.returncode, result.stderr) == (
        2,
        "SMTP_PORT doit être un nombre entier, et non «\u00a0abc\u00a0».\n",
    )


@pytest.mark.parametrize(("proxies", "believed"), [("1", True), ("0", False)])
def test_what_a_proxy_says_of_the_visitor_is_believed_where_there_is_one(
    tmp_path: Path, proxies: str, believed: bool
) -> None:
    with running(tmp_path, PLIREC_PROXIES=proxies) as address:
        wait_until(lambda: answers(address))
        asked = urllib.request.Request(f"{address}/bienvenue")
        asked.add_header("X-Forwarded-Proto", "https")
        with urllib.request.urlopen(asked) as page:
            assert ("Strict-Transport-Security" in page.headers) is believed
