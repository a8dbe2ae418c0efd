"""The return path of a notice: an address of its own, so that what comes back names the send.

`avis@courrier.example` becomes `avis+4t7k2m9q8vxc-1-abcdefghjkmnpqrs@courrier.example`: the number
of the send, how many addresses it had so far, and a tag that only this installation can make. Who
has not seen the notice cannot make its return path, and so cannot say that it came back.

A request for consent has one too, with an `a` before its generation: `avis+…-a1-…`. The tag is made
of that letter too, so that no return path of the one kind can be written as the other.
"""

import hmac
import re
from base64 import b32encode
from email.utils import parseaddr
from functools import lru_cache
from typing import NamedTuple

from config import Config
from webapp import keys
from webapp.contacts.consent_models import ConsentRequest
from webapp.letters.models import Addressee

LONGEST_LOCAL = 64
"""How long the part before the @ may be (RFC 5321, 4.5.3.1.1)."""

_LONGEST_TAGGED = "+4t7k2m9q8vxc-999999-abcdefghjkmnpqrs"
_TAGGED = re.compile(r"\+([0-9a-z]{12})-(a?)([0-9]{1,6})-([a-z2-7]{16})(?=@)")
_IDENTIFIED = re.compile(
    r"<(accord\.)?([0-9a-z]{4}(?:-[0-9a-z]{4}){2})\.([0-9]{1,6})(?:\.[a-z0-9]{1,8})?@[^<>@\s]+>"
)
"""The Message-ID of a request, of a notice, or of a reminder of it, which has one part more."""


class Sent(NamedTuple):
    """One notice: the number of the send, and which of its addresses it went to, the first is 1."""

    number: str
    generation: int


class Asked(NamedTuple):
    """One request for consent: the consent's number, and which request for it, the first is 1."""

    number: str
    generation: int


def of(config: Config, addressee: Addressee) -> str:
    """Give the address to which this addressee's notice comes back if it cannot be delivered.

    The same for all where the mail host knows no plus (`PLIREC_BOUNCE_PLUS=0`), or where the
    address is too long to hold one; what comes back is then known by its Message-ID.
    """
    return _made(config, Sent(addressee.number, addressee.token_generation))


def of_request(config: Config, request: ConsentRequest) -> str:
    """Give the address to which a request for consent comes back, by the rule of `of`."""
    return _made(config, Asked(request.number, request.generation))


def has_tags(config: Config) -> bool:
    """Say whether each notice and each request has a return path of its own."""
    local = _untagged(config).rpartition("@")[0]
    return bool(config.bounce_plus) and len(local + _LONGEST_TAGGED) <= LONGEST_LOCAL


def named_by_address(config: Config, text: str) -> Sent | Asked | None:
    """Give what a return path in this text names; None when its tag is not ours."""
    for number, mark, generation, tag in _TAGGED.findall(text.lower()):
        whole = number.upper()
        kind = Asked if mark else Sent
        named = kind(f"{whole[:4]}-{whole[4:8]}-{whole[8:]}", int(generation))
        if hmac.compare_digest(tag, _tag(config, named)):
            return named
    return None


def named_by_message_id(text: str) -> Sent | Asked | None:
    """Give what a Message-ID in this text names; anyone who knows the number may."""
    found = _IDENTIFIED.search(text.lower())
    if found is None:
        return None
    kind = Asked if found[1] else Sent
    return kind(found[2].upper(), int(found[3]))


def without_tags(text: str) -> str:
    """Take the tags out of a text, so that whoever reads it cannot make a return path."""
    return re.sub(_TAGGED.pattern, "+…", text, flags=re.IGNORECASE)


def _made(config: Config, named: Sent | Asked) -> str:
    address = _untagged(config)
    local, _at, domain = address.rpartition("@")
    tagged = f"{local}+{_plain(named.number)}-{_generation(named)}-{_tag(config, named)}"
    return address if not has_tags(config) else f"{tagged}@{domain}"


def _generation(named: Sent | Asked) -> str:
    return f"a{named.generation}" if isinstance(named, Asked) else str(named.generation)


def _untagged(config: Config) -> str:
    return _bare(config.bounce_address or config.mail_from)


@lru_cache(maxsize=8)
def _bare(address: str) -> str:
    return parseaddr(address)[1]


def _plain(number: str) -> str:
    return number.replace("-", "").lower()


def _tag(config: Config, named: Sent | Asked) -> str:
    key = keys.secret(config.keys_directory, "returns")
    digest = hmac.digest(key, f"{_plain(named.number)}/{_generation(named)}".encode(), "sha256")
    return b32encode(digest[:10]).decode().lower()
