"""The mail server that is in use, wherever it was set."""

from config import Config
from webapp.database import AnySession


def with_mail_settings(_session: AnySession, config: Config) -> Config:
    """Give the settings with the mail server that is in use: the environment's."""
    return config
