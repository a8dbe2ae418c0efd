"""The units that the guide installs call what exists, and the nightly backup does its work."""

import os
import re
import shlex
import subprocess
from configparser import RawConfigParser
from dataclasses import fields
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask

from config import Config
from tests.browser.installation import PLIREC
from webapp.cli import plirec

UNITS = Path(__file__).parents[2] / "docs" / "deploy"
ENVIRONMENT = UNITS / "plirec.env"
INSTALLED = "/opt/plirec/.venv/bin/plirec"
BACKUPS = "/var/backups/plirec"


class Unit(RawConfigParser):
    """A unit file: names keep their capitals, and a name that comes again adds a line."""

    def __init__(self, name: str) -> None:
        super().__init__(delimiters=("=",), comment_prefixes=("#",), strict=False)
        self.optionxform = str  # type: ignore[assignment, method-assign]
        self.lines: list[tuple[str, str]] = []
        text = (UNITS / name).read_text()
        self.read_string(text)
        for line in text.splitlines():
            key, separator, value = line.partition("=")
            if separator and not line.startswith("#"):
                self.lines.append((key, value))

    def commands(self) -> list[list[str]]:
        """Give the words of each command, as systemd hands them over."""
        return [
            shlex.split(value.replace("%%", "%").replace("$$", "$"))
            for key, value in self.lines
            if key.startswith("Exec")
        ]


SERVICES = ["plirec.service", "plirec-backup.service"]


def called(words: list[str]) -> list[str]:
    """Give the words after `plirec`, also where a shell runs it."""
    if words[0] == "/bin/sh":
        words = shlex.split(words[2])
    return words[words.index(INSTALLED) + 1 :] if INSTALLED in words else []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("plirec.service", [["database", "upgrade"], ["serve"]]),
        ("plirec-backup.service", [["backup"]]),
    ],
)
def test_each_command_of_a_unit_is_one_of_the_command_line(
    name: str, expected: list[list[str]]
) -> None:
    words = [found for command in Unit(name).commands() if (found := called(command))]
    assert [found[: len(wanted)] for found, wanted in zip(words, expected, strict=True)] == expected
    for command in expected:
        assert CliRunner().invoke(plirec, [*command, "--help"]).exit_code == 0


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_runs_shut_in_and_without_rights(name: str) -> None:
    service = Unit(name)["Service"]
    assert service["User"] == "plirec"
    assert service["EnvironmentFile"] == "/etc/plirec.env"
    assert service["UMask"] == "0077"
    assert service["ProtectSystem"] == "strict"
    assert service["CapabilityBoundingSet"] == ""
    for name_of_rule in ("NoNewPrivileges", "ProtectHome", "PrivateTmp", "RestrictSUIDSGID"):
        assert service[name_of_rule] == "true"
    assert "/var/lib/plirec" in service["ReadWritePaths"].split()


def test_the_backup_may_write_where_it_writes_and_comes_every_night() -> None:
    assert BACKUPS in Unit("plirec-backup.service")["Service"]["ReadWritePaths"].split()
    timer = Unit("plirec-backup.timer")
    assert timer["Timer"]["OnCalendar"] == "*-*-* 04:00:00"
    assert timer["Install"]["WantedBy"] == "timers.target"


def test_no_percent_or_dollar_is_left_to_systemd() -> None:
    for name in SERVICES:
        for key, value in Unit(name).lines:
            if key.startswith("Exec"):
                assert not set("%$") & set(value.replace("%%", "").replace("$$", ""))


def settings_file() -> dict[str, str]:
    """Give each setting of the file as it is written, those too that wait for their # to go."""
    found = (re.match(r"#?([A-Z_]+)=(.*)", line) for line in ENVIRONMENT.read_text().splitlines())
    return {match[1]: match[2] for match in found if match}


def test_each_variable_of_the_settings_file_is_a_setting_and_can_be_read() -> None:
    written = settings_file()
    assert {"PLIREC_DATA", "PUBLIC_URL", "PLIREC_PROXIES", "SMTP_HOST"} <= set(written)
    assert set(written) <= {entry.metadata["name"] for entry in fields(Config)}
    config = Config.from_environment({name: value.strip("'") for name, value in written.items()})
    assert (config.trusted_proxies, config.smtp_password) == (1, "le mot de passe")


def test_the_shell_of_the_command_reads_the_settings_file_as_systemd_does(tmp_path: Path) -> None:
    written = settings_file()
    whole = tmp_path / "plirec.env"
    whole.write_text(re.sub(r"^#(?=[A-Z_]+=)", "", ENVIRONMENT.read_text(), flags=re.MULTILINE))
    reading = ["/bin/sh", "-c", f"set -a; . {whole}; exec env -0"]
    read = subprocess.run(reading, env={}, capture_output=True, text=True, check=True).stdout
    told = dict(line.split("=", 1) for line in read.split("\0") if line)
    assert {name: told[name] for name in written} == {
        name: value.strip("'") for name, value in written.items()
    }


def run(words: list[str], folder: Path, data: Path) -> int:
    """Run a unit's command on folders of the test."""
    places = {INSTALLED: shlex.join(PLIREC), BACKUPS: str(folder)}
    for installed, here in places.items():
        words = [word.replace(installed, here) for word in words]
    environment = {**os.environ, "PLIREC_DATA": str(data)}
    return subprocess.run(words, env=environment, capture_output=True).returncode


@pytest.mark.slow
@pytest.mark.sqlite
def test_the_nightly_backup_keeps_the_last_fourteen_and_what_has_another_name(
    app: Flask, config: Config, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    old = [f"plirec-2026-01-{day:02}-040000.zip" for day in range(1, 17)]
    for name in [*old, "avant-mise-a-jour-2025-12-01.zip"]:
        (folder / name).touch()
    codes = [
        run(words, folder, config.data_directory)
        for words in Unit("plirec-backup.service").commands()
    ]
    assert codes == [0, 0]
    left = sorted(path.name for path in folder.iterdir())
    assert "avant-mise-a-jour-2025-12-01.zip" in left
    dated = [name for name in left if name.startswith("plirec-")]
    assert dated[:13] == old[3:]
    assert len(dated) == 14
    assert (folder / dated[13]).stat().st_size > 0


def test_the_installed_command_runs_as_the_services_account_with_its_settings() -> None:
    script = (UNITS / "plirec-command.sh").read_text()
    assert subprocess.run(["sh", "-n", str(UNITS / "plirec-command.sh")]).returncode == 0
    assert ". /etc/plirec.env" in script
    assert f'exec runuser -u plirec -- {INSTALLED} "$@"' in script
