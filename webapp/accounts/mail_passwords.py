"""The passwords of mail accounts, encrypted in the database with the installation's key."""

from cryptography.fernet import Fernet, InvalidToken

from config import Config
from webapp import keys


class PasswordWanted(Exception):
    """The kept password goes to no other server, account or kind of connection: it is asked for."""


def sealed(config: Config, password: str) -> str:
    """Encrypt a password for keeping."""
    return _cipher(config).encrypt(password.encode()).decode()


def opened(config: Config, password: str) -> str:
    """Read a kept password; one that the installation's key no longer opens counts as none."""
    if not password:
        return ""
    try:
        return _cipher(config).decrypt(password.encode()).decode()
    except InvalidToken:
        return ""


def _cipher(config: Config) -> Fernet:
    return keys.box(config.keys_directory, "mail")
