"""Stamps of an outside authority (RFC 3161): which one is set, what it is asked, what is believed.

Nothing but the address that the administrator gave is called. The certificate that signs a stamp
is taken from the stamp, and need not lead to a root that everybody knows: its name and its hash are
kept with the stamp and shown, so that whoever checks it later compares them with the authority's.

Imported where a stamp is asked for or checked, not at the start: pyHanko takes half a second.
"""

import asyncio
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from asn1crypto import algos, cms, core, parser, tsp
from pyhanko.sign.general import SigningError
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from pyhanko_certvalidator import ValidationContext

from config import Config
from webapp.database import AnySession
from webapp.evidence import authority_call
from webapp.evidence.authority_call import NoStamp as NoStamp
from webapp.evidence.witness_setting import timestamp_url

GRANTED = ("granted", "granted_with_mods")
NONCE_BITS = 63


@dataclass(frozen=True)
class Stamp:
    """What a stamp says: when (aware), by whom, and which certificate (SHA-256, hexadecimal)."""

    stamped_at: datetime
    signer: str
    certificate: str


class _Answer(core.Sequence):  # type: ignore[misc]  # asn1crypto has no types
    """A TimeStampResp whose token may be absent, as RFC 3161 says and asn1crypto does not."""

    _fields: ClassVar = [
        ("status", tsp.PKIStatusInfo),
        ("time_stamp_token", cms.ContentInfo, {"optional": True}),
    ]


@dataclass(frozen=True)
class Authority:
    """The authority at an address; `seconds` is how long one stamp may take in all."""

    url: str
    seconds: float = 20

    def stamp(self, digest: bytes, hash: str = "sha256") -> bytes:
        """Ask for a stamp over a digest, check it, and give it: a TimeStampToken in DER.

        No transaction may be open: the authority may be slow.

        :raises NoStamp: none came, or not over what was asked.
        """
        nonce = secrets.randbits(NONCE_BITS)
        question = _request(digest, hash, nonce).dump()
        content = authority_call.post(self.url, question, self.seconds)
        try:
            return _accepted(_Answer.load(content, strict=True), digest, hash, nonce)
        except NoStamp:
            raise
        except Exception as error:  # bytes of a stranger can make a parser fail in any way
            raise NoStamp("answer", type(error).__name__) from error


def authority(session: AnySession, config: Config) -> Authority | None:
    """Give the authority that stamps, if one is set: the environment's, else the page's."""
    url = timestamp_url(session, config)
    return Authority(url) if url else None


def time_stamper(authority: Authority) -> TimeStamper:
    """Give the same authority as pyHanko asks for it when it seals (PAdES B-T).

    Its `async_timestamp` raises `NoStamp`, also where pyHanko alone would accept the answer.
    """
    return _Stamper(authority)


class _Stamper(TimeStamper):
    def __init__(self, authority: Authority) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._authority = authority

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        """Ask in a thread of its own: pyHanko's loop is not held up."""
        token = await asyncio.to_thread(self._authority.stamp, message_digest, md_algorithm)
        return cms.ContentInfo.load(token)


def as_response(token: bytes) -> bytes:
    """Put a token back into the answer it came in (TimeStampResp, DER), as `openssl ts` reads.

    The token goes in as it is: one that is damaged is for whoever checks it to find.
    """
    granted: bytes = tsp.PKIStatusInfo({"status": "granted"}).dump()
    content: bytes = parser.emit(0, 1, core.Sequence.tag, granted + token)
    return content


def read(token: bytes, digest: bytes, hash: str = "sha256") -> Stamp:
    """Check a stamp over a digest and say what it says; uses no network.

    :raises NoStamp: it is over something else, or is not signed as it should be.
    """
    try:
        return _read(cms.ContentInfo.load(token, strict=True), digest, hash)
    except NoStamp:
        raise
    except Exception as error:  # bytes that anybody made can make a parser fail in any way
        raise NoStamp("signature", type(error).__name__) from error


def read_response(response: bytes, digest: bytes) -> Stamp:
    """Check a stamp that stands in the answer it came in, as archives keep it; see `read`.

    :raises NoStamp: it is none, or not over this.
    """
    try:
        token: bytes = _Answer.load(response, strict=True)["time_stamp_token"].dump()
    except Exception as error:  # bytes that anybody made can make a parser fail in any way
        raise NoStamp("answer", type(error).__name__) from error
    return read(token, digest)


def _request(digest: bytes, hash_name: str, nonce: int) -> tsp.TimeStampReq:
    imprint = tsp.MessageImprint(
        {
            "hash_algorithm": algos.DigestAlgorithm({"algorithm": hash_name}),
            "hashed_message": digest,
        }
    )
    return tsp.TimeStampReq(
        {"version": 1, "message_imprint": imprint, "nonce": nonce, "cert_req": True}
    )


def _accepted(response: _Answer, digest: bytes, hash_name: str, nonce: int) -> bytes:
    status = response["status"]
    if status["status"].native not in GRANTED:
        words = [*(status["status_string"].native or ()), *(status["fail_info"].native or ())]
        said = "; ".join(words) or str(status["status"].native)
        raise NoStamp("status", authority_call.cleaned(said))
    token: bytes = response["time_stamp_token"].dump()
    read(token, digest, hash_name)
    if _info(response["time_stamp_token"])["nonce"].native != nonce:
        raise NoStamp("nonce", "an answer to another question")
    return token


def _read(token: cms.ContentInfo, digest: bytes, hash_name: str) -> Stamp:
    signed, info = token["content"], _info(token)
    imprint = info["message_imprint"]
    if (imprint["hash_algorithm"]["algorithm"].native, imprint["hashed_message"].native) != (
        hash_name,
        digest,
    ):
        raise NoStamp("imprint", "a stamp over something else")
    certificate, at = _signer(signed), info["gen_time"].native
    trusted = ValidationContext(trust_roots=[certificate], allow_fetching=False, moment=at)
    try:
        found = asyncio.run(validate_tst_signed_data(signed, trusted, lambda _: digest))
    except (SignatureValidationError, SigningError) as error:
        raise NoStamp("signature", authority_call.cleaned(str(error))) from error
    if not (found["intact"] and found["valid"] and found["trust_problem_indic"] is None):
        raise NoStamp("signature", "the signature is not good")
    name = authority_call.cleaned(_name(certificate))
    return Stamp(at, name, certificate.sha256.hex())


def _name(certificate: Any) -> str:
    """Give the name that a certificate is known by, or all that it says of its holder."""
    common = certificate.subject.native.get("common_name")
    return common if isinstance(common, str) else str(certificate.subject.human_friendly)


def _info(token: cms.ContentInfo) -> Any:
    return token["content"]["encap_content_info"]["content"].parsed


def _signer(signed: cms.SignedData) -> Any:
    """Find the certificate that the one signer names, among those that came along."""
    (signer,) = signed["signer_infos"]
    wanted = signer["sid"].chosen
    for choice in signed["certificates"]:
        found = choice.chosen
        if isinstance(wanted, cms.IssuerAndSerialNumber):
            is_it = (found.issuer, found.serial_number) == (
                wanted["issuer"],
                wanted["serial_number"].native,
            )
        else:
            is_it = found.key_identifier == wanted.native
        if is_it:
            return found
    raise NoStamp("signature", "the signer's certificate did not come along")
