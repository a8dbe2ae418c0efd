"""The names of notices, and the secret address of a recipient."""

from webapp.accounts.tokens import derived


def message_id(number: str, generation: int, host: str) -> str:
    """Name the notice of a send (RFC 5322): the same at each try, so that a repeat is recognised.

    :param generation: as for `token`: 1, and one more with each corrected address.
    """
    return f"<{number.lower()}.{generation}@{host}>"


def token(key: bytes, number: str, generation: int) -> str:
    """Make the secret of a recipient's address; it can be made again, and so is kept nowhere.

    :param key: the installation's 32-byte secret.
    :param generation: counts up when an older address must stop working.
    """
    return derived(key, f"{number}/{generation}")
