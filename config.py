"""Every setting of Plirec: its name in the environment, its type, default and meaning."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

_SQLITE = "sqlite:"
_POSTGRESQL = ("postgresql://", "postgres://", "postgresql+psycopg://")
SMTP_SECURITIES = ("starttls", "tls", "none")
IMAP_SECURITIES = ("tls", "starttls")
FORM_BYTES = 1024 * 1024
"""What the fields of a form may weigh, beside the file that it brings."""


class ConfigurationError(Exception):
    """A setting that cannot be used; its text says which, and what is accepted."""


def setting(name: str, default: Any, meaning: str) -> Any:
    """Declare one setting: the environment variable it is read from, its default, its meaning.

    A password is never shown, so that no log can repeat it; a database's address may hold one.
    Nor are people's addresses.
    """
    is_secret = name.endswith(("PASSWORD", "DATABASE_URL", "WITNESS_MAILS"))
    return field(default=default, repr=not is_secret, metadata={"name": name, "meaning": meaning})


@dataclass(frozen=True, kw_only=True)
class Config:
    """The settings of one installation. Sizes are in bytes, durations in seconds."""

    data_directory: Path = setting(
        "PLIREC_DATA", Path("var"), "where the database, the files and the keys are kept"
    )
    database_url: str = setting(
        "DATABASE_URL",
        "",
        "the database, SQLite or PostgreSQL; empty: SQLite, beside the files",
    )
    host: str = setting("PLIREC_HOST", "127.0.0.1", "the address the web server listens on")
    port: int = setting("PLIREC_PORT", 8000, "the port the web server listens on")
    trusted_proxies: int = setting(
        "PLIREC_PROXIES", 0, "how many reverse proxies stand in front and set X-Forwarded-* headers"
    )
    public_url: str = setting(
        "PUBLIC_URL", "", "the address recipients reach; empty: the one given at first run"
    )
    smtp_host: str = setting(
        "SMTP_HOST", "", "the mail server; empty: messages stay in the trial box"
    )
    smtp_port: int = setting("SMTP_PORT", 587, "the mail server's port")
    smtp_security: str = setting(
        "SMTP_SECURITY", "starttls", "how the connection is encrypted: starttls, tls or none"
    )
    smtp_username: str = setting("SMTP_USERNAME", "", "the mail account; empty: no sign-in")
    smtp_password: str = setting("SMTP_PASSWORD", "", "the mail account's password")
    smtp_timeout: int = setting(
        "SMTP_TIMEOUT", 30, "how long the whole exchange for one message may take"
    )
    mail_from: str = setting(
        "MAIL_FROM", "", "the service's own address, from which the notices leave"
    )
    bounce_address: str = setting(
        "PLIREC_BOUNCE_ADDRESS", "", "where notices that come back go; empty: to MAIL_FROM"
    )
    bounce_plus: int = setting(
        "PLIREC_BOUNCE_PLUS",
        1,
        "1: each notice has a return address of its own, with a plus; 0: the mail host has none",
    )
    imap_host: str = setting(
        "PLIREC_IMAP_HOST", "", "the mailbox where notices come back; empty: the page's, or none"
    )
    imap_port: int = setting("PLIREC_IMAP_PORT", 993, "its port")
    imap_security: str = setting(
        "PLIREC_IMAP_SECURITY", "tls", "how that connection is encrypted: tls or starttls"
    )
    imap_username: str = setting("PLIREC_IMAP_USERNAME", "", "its account")
    imap_password: str = setting("PLIREC_IMAP_PASSWORD", "", "its password")
    imap_folder: str = setting("PLIREC_IMAP_FOLDER", "INBOX", "the folder that is read")
    delivery_lease: int = setting(
        "PLIREC_LEASE", 120, "after how long a job that a crash left is taken up again"
    )
    delivery_retry: int = setting(
        "PLIREC_RETRY", 60, "the pause before a notice is tried again; it doubles each time"
    )
    mail_per_minute: int = setting(
        "PLIREC_MAIL_PER_MINUTE", 0, "how many messages may leave in a minute; 0: no limit"
    )
    mail_per_hour: int = setting(
        "PLIREC_MAIL_PER_HOUR", 0, "how many messages may leave in an hour; 0: no limit"
    )
    timestamp_url: str = setting(
        "PLIREC_TIMESTAMP_URL",
        "",
        "the authority that stamps the daily root (RFC 3161); empty: the page's, or none",
    )
    witness_mails: str = setting(
        "PLIREC_WITNESS_MAILS",
        "",
        "to whom the daily root is mailed, parted by commas; empty: the page's, or nobody",
    )
    import_bytes: int = setting(
        "PLIREC_IMPORT_BYTES", 10 * 1024 * 1024, "the largest spreadsheet that is accepted"
    )
    import_rows: int = setting(
        "PLIREC_IMPORT_ROWS", 100_000, "how many lines of a spreadsheet are read at most"
    )

    attachment_bytes: int = setting(
        "PLIREC_ATTACHMENT_BYTES",
        25 * 1024 * 1024,
        "how much all the files of one letter may weigh together",
    )

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Config":
        """Read the settings.

        :raises ConfigurationError: a value that has not the setting's type.
        """
        values: dict[str, Any] = {}
        for entry in fields(cls):
            name = entry.metadata["name"]
            text = environment.get(name, "").strip()
            if text:
                values[entry.name] = _parsed(name, text, type(entry.default))
        return cls(**values)

    def __post_init__(self) -> None:
        if self.smtp_security not in SMTP_SECURITIES:
            accepted = ", ".join(SMTP_SECURITIES)
            raise ConfigurationError(f"SMTP_SECURITY doit valoir l’un de ces mots : {accepted}.")
        if self.imap_security not in IMAP_SECURITIES:
            accepted = ", ".join(IMAP_SECURITIES)
            raise ConfigurationError(f"PLIREC_IMAP_SECURITY doit valoir : {accepted}.")
        if self.database_url and not self.database_url.startswith((_SQLITE, *_POSTGRESQL)):
            raise ConfigurationError(
                "DATABASE_URL doit désigner une base SQLite (sqlite:///…) ou PostgreSQL "
                "(postgresql://…)."
            )
        if min(self.mail_per_minute, self.mail_per_hour) < 0:
            raise ConfigurationError(
                "PLIREC_MAIL_PER_MINUTE et PLIREC_MAIL_PER_HOUR ne peuvent pas être négatifs."
            )
        if self.timestamp_url and not self.timestamp_url.startswith(("http://", "https://")):
            raise ConfigurationError("PLIREC_TIMESTAMP_URL doit commencer par https:// ou http://.")
        if self.smtp_host and not self.mail_from:
            raise ConfigurationError(
                "Avec SMTP_HOST, donnez aussi MAIL_FROM, l’adresse d’où partent les avis."
            )

    @property
    def database(self) -> str:
        """The database's address, as SQLAlchemy reads it."""
        if self.is_on_postgresql:
            return f"postgresql+psycopg://{self.database_url.partition('://')[2]}"
        default = f"sqlite:///{self.data_directory.resolve() / 'plirec.sqlite'}"
        return self.database_url or default

    @property
    def is_on_postgresql(self) -> bool:
        """Whether the database is a PostgreSQL server, which several machines may share."""
        return self.database_url.startswith(_POSTGRESQL)

    @property
    def postgresql_address(self) -> str:
        """PostgreSQL's address as its own programs read it, for the queue and for `pg_dump`."""
        return f"postgresql://{self.database_url.partition('://')[2]}"

    @property
    def most_request_bytes(self) -> int:
        """How large the largest request may be: a form, with the files that it brings.

        Twice what a letter may hold is still read, so that the page itself can say it is too much.
        """
        return max(self.import_bytes, 2 * self.attachment_bytes) + FORM_BYTES

    @property
    def keys_directory(self) -> Path:
        """Where the installation's secrets are kept; belongs to every backup."""
        return self.data_directory / "keys"

    @property
    def files_directory(self) -> Path:
        """Where files are kept under the name of their content's hash."""
        return self.data_directory / "files"


def _parsed(name: str, text: str, kind: type) -> Any:
    try:
        return kind(text)
    except ValueError:
        raise ConfigurationError(f"{name} doit être un nombre entier, et non « {text} ».") from None
