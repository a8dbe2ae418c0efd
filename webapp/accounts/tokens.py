"""Secrets that are handed out and kept only as their hash, and the numbers that people read."""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's digits: none is taken for another when read aloud or copied by hand."""


def new_token() -> str:
    """Make a secret of 256 random bits, in letters that an address may hold (ASVS 6.5.2)."""
    return secrets.token_urlsafe(32)


def hashed(token: str) -> str:
    """Give what the database keeps of a token: its SHA-256 in hexadecimal."""
    return hashlib.sha256(token.encode()).hexdigest()


def derived(key: bytes, text: str) -> str:
    """Make a secret that can be made again, and so need be kept nowhere.

    :param key: a 32-byte secret of the installation.
    :param text: what it is for; the same text gives the same secret.
    """
    digest = hmac.digest(key, text.encode(), "sha256")
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def new_number() -> str:
    """Make a number that no other letter or send has: 60 random bits, as `4T7K-2M9Q-8VXC`."""
    bits = secrets.randbits(60)
    digits = "".join([ALPHABET[bits >> shift & 31] for shift in range(0, 60, 5)])
    return f"{digits[:4]}-{digits[4:8]}-{digits[8:]}"
