import stat
import subprocess
import sys
from pathlib import Path

from webapp import keys

PRINT_SECRET = "import sys; from pathlib import Path; from webapp import keys; "
PRINT_SECRET += "sys.stdin.read(); print(keys.secret(Path(sys.argv[1]), 'session').hex())"


def start(directory: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", PRINT_SECRET, str(directory)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_processes_that_start_together_share_one_secret(tmp_path: Path) -> None:
    processes = [start(tmp_path / "keys") for _ in range(4)]
    for process in processes:
        assert process.stdin is not None
        process.stdin.close()  # each waits for this, so that all begin at once
        process.stdin = None
    found = {process.communicate()[0].strip() for process in processes}
    assert found == {keys.secret(tmp_path / "keys", "session").hex()}
    assert [path.name for path in (tmp_path / "keys").iterdir()] == ["session"]


def test_a_secret_is_32_random_bytes_and_each_name_has_its_own(tmp_path: Path) -> None:
    session, recipients = (keys.secret(tmp_path, name) for name in ("session", "recipients"))
    assert (len(session), len(recipients)) == (32, 32)
    assert session != recipients
    assert keys.secret(tmp_path / "elsewhere", "session") != session


def test_only_the_account_that_runs_plirec_can_read_the_secrets(tmp_path: Path) -> None:
    keys.secret(tmp_path / "keys", "session")
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "keys" / "session").stat().st_mode) == 0o600


def test_a_secret_that_is_there_is_never_made_anew(tmp_path: Path) -> None:
    def make() -> bytes:
        raise AssertionError("it is there already")

    (tmp_path / "session").write_bytes(b"from the backup")
    assert keys.kept(tmp_path / "session", make) == b"from the backup"
