"""E-mail addresses as people write them in a list: taken out of the cell, checked, doubted."""

import re
from functools import lru_cache

from webapp.contacts.messages import Finding, error, warning
from webapp.contacts.providers import meant_domain

_LOCAL = re.compile(r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*")
_DOMAIN = re.compile(r"(?:[a-z0-9](?:-?[a-z0-9])*\.)+[a-z]{2,}")
"""Most addresses. No two hyphens in a row: those belong to international names."""

_RESERVED = ("arpa", "invalid", "local", "localhost", "onion", "test")
"""Endings that exist on no public network (IANA, special-use domain names)."""

_ROLES = """
info marketing sales support abuse noc security postmaster hostmaster usenet news webmaster www
uucp ftp
"""
_CASELESS = frozenset(_ROLES.split())
"""Mailboxes whose case means nothing (RFC 2142)."""

_NAMED = re.compile(r"[^<>]*<\s*([^<>]+?)\s*>")
_BETWEEN = re.compile(r"[\s;,/|<>]+")


def check_email(text: str) -> tuple[str, Finding | None]:
    """Take one address out of a cleaned cell that is not empty.

    Accepts `mailto:` before it, « Nom <adresse> » around it, international ones (RFC 6531).
    The domain comes back in lower case.

    :returns: the address and None, or a warning; or the text as it was and an error.
    """
    address = _ordinary(text)
    if address is None:
        if text.count("@") > 1 and sum("@" in part for part in _BETWEEN.split(text)) > 1:
            return text, error("email", "email_several")
        taken_out = _taken_out(text)
        address = _ordinary(taken_out) or _examined(taken_out)
    if address is None:
        return text, error("email", "email_invalid")
    local, _, domain = address.rpartition("@")
    suggestion = meant_domain(domain)
    if suggestion:
        return address, warning("email", "email_domain_typo", suggestion=f"{local}@{suggestion}")
    return address, None


def is_wrapped(text: str) -> bool:
    """Say whether something stands around the address in a cell: a name, or `mailto:`."""
    if ">" not in text and ":" not in text:
        return False
    return text.rstrip().endswith(">") or text.lstrip()[:7].lower() == "mailto:"


def _taken_out(text: str) -> str:
    named = _NAMED.fullmatch(text) if text.endswith(">") else None
    address = named.group(1) if named else text
    if address[:7].lower() == "mailto:":
        address = address[7:]
    return address.strip(" ;,")


def _ordinary(address: str) -> str | None:
    """Normalise an address that is surely valid; None when it has to be examined."""
    local, _, typed = address.partition("@")
    domain = _ordinary_domain(typed)
    if domain is None or len(address) > 254 or len(local) > 64 or not _LOCAL.fullmatch(local):
        return None
    return f"{local.lower() if local.lower() in _CASELESS else local}@{domain}"


@lru_cache(maxsize=4096)
def _ordinary_domain(typed: str) -> str | None:
    domain = typed.lower()
    if not typed.isascii() or not _DOMAIN.fullmatch(domain):
        return None
    labels = domain.split(".")
    is_ordinary = labels[-1] not in _RESERVED and all(len(label) <= 63 for label in labels)
    return domain if is_ordinary else None


def _examined(address: str) -> str | None:
    # Loading it takes longer than checking ten thousand plain addresses, and few lists need it.
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415

    try:
        return validate_email(address, check_deliverability=False, strict=True).normalized
    except EmailNotValidError:
        return None
