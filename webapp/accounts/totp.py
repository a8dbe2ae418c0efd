"""The codes that a telephone counts out from a shared secret (RFC 6238: SHA-1, 30 s, 6 digits)."""

import base64
import hmac
import secrets
from datetime import datetime

import segno
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.hotp import HOTP
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from markupsafe import Markup

STEP = 30
"""How many seconds a code lasts; one step early or late is taken as a clock that is off."""

DIGITS = 6
ISSUER = "Plirec"


def new_secret() -> bytes:
    """Give 160 random bits, as RFC 4226 recommends."""
    return secrets.token_bytes(20)


def matching_step(secret: bytes, code: str, now: datetime, after: int) -> int | None:
    """Give the step of time that this code belongs to; nothing if it is not right.

    :param now: an aware moment; the step before its own and the one after are accepted.
    :param after: the newest step whose code was used: its code and older ones serve no more.
    """
    # SHA-1 is what every telephone's application speaks; in an HMAC its collisions do no harm.
    codes = HOTP(secret, DIGITS, SHA1())  # noqa: S303
    present = int(now.timestamp()) // STEP
    for step in (present, present - 1, present + 1):
        if hmac.compare_digest(codes.generate(step), code.encode()) and step > after:
            return step
    return None


def in_letters(secret: bytes) -> str:
    """Write the secret as a person types it into an application, by groups of four."""
    text = base64.b32encode(secret).decode()
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def address(secret: bytes, account: str) -> str:
    """Give the `otpauth:` address that opens the application with the secret in it."""
    return TOTP(secret, DIGITS, SHA1(), STEP).get_provisioning_uri(account, ISSUER)  # noqa: S303


def drawn(address: str, title: str) -> Markup:
    """Draw an address as a QR code that a telephone photographs: an SVG to stand in a page.

    :param title: what it shows, for those who do not see it.
    """
    code = segno.make_qr(address)
    return Markup(code.svg_inline(scale=4, light="#fff", svgclass="qr-code", title=title))  # noqa: S704 - made by segno of what it encodes and escapes
