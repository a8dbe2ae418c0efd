"""The return path of a notice: an address of its own, so that what comes back names the send.

`avis@courrier.example` becomes `avis+4t7k2m9q8vxc-1-abcdefghjkmnpqrs@courrier.example`: the number
of the send, how many addresses it had so far, and a tag that only this installation can make. Who
has not seen the notice cannot make its return path, and so cannot say that it came back.
"""

import hmac
import re
from base64 import b32encode
from email.utils import parseaddr
from functools import lru_cache
from typing import NamedTuple

from config import Config
from webapp import keys
from webapp.letters.models import Addressee

LONGEST_LOCAL = 64
"""How long the part before the @ may be (RFC 5321, 4.5.3.1.1)."""

_LONGEST_TAGGED = "+4t7k2m9q8vxc-999999-abcdefghjkmnpqrs"
_TAGGED = re.compile(r"\+([0-9a-z]{12})-([0-9]{1,6})-([a-z2-7]{16})(?=@)")
_IDENTIFIED = re.compile(
    r"<([0-9a-z]{4}(?:-[0-9a-z]{4}){2})\.([0-9]{1,6})(?:\.[a-z0-9]{1,8})?@[^<>@\s]+>"
)
"""A notice's Message-ID, or that of one of its reminders, which has one part more."""


class Sent(NamedTuple):
    """One notice: the number of the send, and which of its addresses it went to, the first is 1."""

    number: str
    generation: int


def of(config: Config, addressee: Addressee) -> str:
    """Give the address to which this addressee's notice comes back if it cannot be delivered.

    The same for all where the mail host knows no plus (`PLIREC_BOUNCE_PLUS=0`), or where the
    address is too long to hold one; what comes back is then known by its Message-ID.
    """
    address = _untagged(config)
    local, _at, domain = address.rpartition("@")
    sent = Sent(addressee.number, addressee.token_generation)
    tagged = f"{local}+{_plain(sent.number)}-{sent.generation}-{_tag(config, sent)}"
    return address if not has_tags(config) else f"{tagged}@{domain}"


def has_tags(config: Config) -> bool:
    """Say whether each notice has a return path of its own."""
    local = _untagged(config).rpartition("@")[0]
    return bool(config.bounce_plus) and len(local + _LONGEST_TAGGED) <= LONGEST_LOCAL


def named_by_address(config: Config, text: str) -> Sent | None:
    """Give the notice that a return path in this text names; None when its tag is not ours."""
    for number, generation, tag in _TAGGED.findall(text.lower()):
        whole = number.upper()
        sent = Sent(f"{whole[:4]}-{whole[4:8]}-{whole[8:]}", int(generation))
        if hmac.compare_digest(tag, _tag(config, sent)):
            return sent
    return None


def named_by_message_id(text: str) -> Sent | None:
    """Give the notice that a Message-ID in this text names; anyone who knows the number may."""
    found = _IDENTIFIED.search(text.lower())
    return Sent(found[1].upper(), int(found[2])) if found else None


def without_tags(text: str) -> str:
    """Take the tags out of a text, so that whoever reads it cannot make a return path."""
    return re.sub(_TAGGED.pattern, "+…", text, flags=re.IGNORECASE)


def _untagged(config: Config) -> str:
    return _bare(config.bounce_address or config.mail_from)


@lru_cache(maxsize=8)
def _bare(address: str) -> str:
    return parseaddr(address)[1]


def _plain(number: str) -> str:
    return number.replace("-", "").lower()


def _tag(config: Config, sent: Sent) -> str:
    key = keys.secret(config.keys_directory, "returns")
    digest = hmac.digest(key, f"{_plain(sent.number)}/{sent.generation}".encode(), "sha256")
    return b32encode(digest[:10]).decode().lower()
