"""Every setting of the installation, its value, and where it comes from."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields

from config import Config
from webapp.accounts.mail_settings import are_in_environment
from webapp.accounts.return_mailbox import is_in_environment

MAILBOX = (
    *("imap_host", "imap_port", "imap_security"),
    *("imap_username", "imap_password", "imap_folder"),
)
PACE = ("mail_per_minute", "mail_per_hour")
WITNESS = ("timestamp_url", "witness_mails")
MAIL = ("smtp_host", "smtp_port", "smtp_security", "smtp_username", "smtp_password", "mail_from")


@dataclass(frozen=True)
class SettingLine:
    """One setting: its name in the environment, its value unless it is secret, its source.

    `source` is `environment`, `page` or `default`.
    """

    name: str
    value: str
    source: str


def setting_lines(
    config: Config, in_use: Config, environment: Mapping[str, str] = os.environ
) -> Iterator[SettingLine]:
    """Tell every setting.

    :param config: the settings as the environment gives them.
    :param in_use: the same with what the pages set of mail, limits and witnesses.
    """
    page_sets_mail = bool(in_use.smtp_host) and not are_in_environment(config)
    page_sets_mailbox = bool(in_use.imap_host) and not is_in_environment(config)
    for entry in fields(Config):
        name, value = entry.metadata["name"], getattr(in_use, entry.name)
        is_of_the_page = (
            (page_sets_mail and entry.name in MAIL)
            or (page_sets_mailbox and entry.name in MAILBOX)
            or (entry.name in (*PACE, *WITNESS) and value != getattr(config, entry.name))
        )
        if is_of_the_page:
            source = "page"
        else:
            source = "environment" if environment.get(name, "").strip() else "default"
        # What no log may repeat no page shows: administrators of any organisation read it.
        shown = str(value) if entry.repr else "•••" if value else ""
        yield SettingLine(name, shown, source)
