"""Secrets that are handed out once and kept only as their hash: in links, in sessions."""

import hashlib
import secrets


def new_token() -> str:
    """Make a secret of 256 random bits, in letters that an address may hold (ASVS 6.5.2)."""
    return secrets.token_urlsafe(32)


def hashed(token: str) -> str:
    """Give what the database keeps of a token: its SHA-256 in hexadecimal."""
    return hashlib.sha256(token.encode()).hexdigest()
