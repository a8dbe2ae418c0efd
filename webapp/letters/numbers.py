"""The numbers by which a letter and each send are known, and the secret address of a recipient."""

import hmac
import secrets
from base64 import urlsafe_b64encode

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's digits: none is taken for another when read aloud or copied by hand."""


def new_number() -> str:
    """Make a number that no other letter or send has: 60 random bits, as `4T7K-2M9Q-8VXC`."""
    bits = secrets.randbits(60)
    digits = "".join([ALPHABET[bits >> shift & 31] for shift in range(0, 60, 5)])
    return f"{digits[:4]}-{digits[4:8]}-{digits[8:]}"


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
    digest = hmac.digest(key, f"{number}/{generation}".encode(), "sha256")
    return urlsafe_b64encode(digest).rstrip(b"=").decode()
