"""What the administrator's guide and its files promise, the commands and the settings have."""

import re
from collections.abc import Iterator
from configparser import ConfigParser
from dataclasses import fields
from pathlib import Path

import click
import pytest

from config import Config
from webapp.cli import plirec

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs" / "administrateur.md").read_text()
DEPLOY = ROOT / "docs" / "deploy"
UNITS = ["plirec.service", "plirec-backup.service"]
SETTINGS = {entry.metadata["name"] for entry in fields(Config)}


def commands(group: click.Group, path: tuple[str, ...] = ("plirec",)) -> Iterator[str]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield " ".join((*path, name))


def unit(name: str) -> ConfigParser:
    parser = ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read(DEPLOY / name)
    return parser


@pytest.mark.parametrize("setting", sorted(SETTINGS))
def test_every_setting_has_its_line_in_the_guide(setting: str) -> None:
    assert f"| `{setting}` |" in GUIDE


@pytest.mark.parametrize("command", sorted(commands(plirec)))
def test_every_command_is_explained_in_the_guide(command: str) -> None:
    assert f"`{command}" in GUIDE


def test_the_guide_names_no_setting_that_does_not_exist() -> None:
    named = set(re.findall(r"`((?:PLIREC|SMTP|PUBLIC|MAIL|DATABASE)_[A-Z_]+)`", GUIDE))
    assert named <= SETTINGS


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_starts_commands_that_exist_as_the_account_that_owns_the_data(name: str) -> None:
    service = unit(name)["Service"]
    started = [text for key, text in service.items() if key.startswith("Exec")]
    words = re.findall(r"/\.venv/bin/(plirec(?: [a-z]+)+)", " ".join(started))
    assert words
    assert set(words) <= set(commands(plirec))
    assert service["User"] == "plirec"
    assert service["EnvironmentFile"] == "/etc/plirec.env"
    assert service["UMask"] == "0077"


def test_the_units_write_where_the_settings_say_and_nowhere_else() -> None:
    settings = dict(
        line.split("=", 1) for line in (DEPLOY / "plirec.env").read_text().splitlines() if line
    )
    assert set(settings) <= SETTINGS
    assert (
        settings["PLIREC_DATA"] == "/var/lib/" + unit("plirec.service")["Service"]["StateDirectory"]
    )
    assert settings["PLIREC_DATA"] in unit("plirec-backup.service")["Service"]["ReadWritePaths"]


@pytest.mark.parametrize("name", ["nginx.conf", "Caddyfile"])
def test_a_proxy_lets_the_largest_request_pass(name: str) -> None:
    size = re.search(
        r"(?:client_max_body_size|max_size) (\d+)(?:m|MB)", (DEPLOY / name).read_text()
    )
    assert size is not None
    assert int(size[1]) * 1_000_000 >= Config().most_request_bytes
