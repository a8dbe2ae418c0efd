"""Whether a PDF is a proof that this installation sealed, and unchanged since; uses no network.

The certificate is compared by its fingerprint, not by a chain of trust: it is signed by itself.
"""

import hashlib
import io
import logging
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from webapp.catalogue import N_
from webapp.evidence import stamps
from webapp.evidence.attached import NotAttached, attached_entries
from webapp.evidence.verdicts import Answer, Step, Verdict

# What is wrong with a stranger's file is told to whoever asks, not to the log of the server.
for _library in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_library).addHandler(logging.NullHandler())


ANSWERS = {
    Answer.GENUINE: N_("Cette preuve est authentique."),
    Answer.ALTERED: N_("Cette preuve a été modifiée après avoir été scellée."),
    Answer.UNKNOWN: N_("Ce document n’est pas une preuve connue de cette installation."),
}


class Check(StrEnum):
    """The steps of a verification, in their order; each is done only if those before passed."""

    PDF = "pdf"
    SEAL = "seal"
    READABLE = "readable"
    CERTIFICATE = "certificate"
    INTACT = "intact"
    WHOLE = "whole"
    STORED = "stored"


PASSED = {
    Check.PDF: N_("Le fichier est un PDF."),
    Check.SEAL: N_("Il porte un sceau électronique."),
    Check.READABLE: N_("Ce sceau est lisible."),
    Check.CERTIFICATE: N_("Le sceau est celui de cette installation."),
    Check.INTACT: N_("Ce qui a été scellé n’a pas changé."),
    Check.WHOLE: N_("Le sceau couvre tout le fichier ; rien n’y a été ajouté."),
    Check.STORED: N_("Le fichier est identique à celui que cette installation conserve."),
}
FAILED = {
    Check.PDF: N_("Le fichier n’est pas un PDF."),
    Check.SEAL: N_("Il ne porte aucun sceau électronique."),
    Check.READABLE: N_("Le fichier ou son sceau est trop abîmé pour être lu."),
    Check.CERTIFICATE: N_("Le sceau n’est pas celui de cette installation."),
    Check.INTACT: N_("Ce qui a été scellé a été modifié."),
    Check.WHOLE: N_("Quelque chose a été ajouté au fichier après le sceau."),
    Check.STORED: N_(
        "Le sceau est bon, mais ce fichier n’est pas identique à l’un de ceux que cette "
        "installation conserve."
    ),
}


_ANSWER_WHEN_FAILED = {Check.INTACT: Answer.ALTERED, Check.WHOLE: Answer.ALTERED}


@dataclass(frozen=True)
class Seal:
    """A seal on a PDF: by which certificate (SHA-256), and whether it still holds all of it."""

    fingerprint: str
    is_intact: bool
    is_whole: bool


@dataclass(frozen=True)
class SeenPdf:
    """What a file that claims to be a proof shows of itself; plain values all.

    :param seals: None where it is too damaged, or too hostile, to be read.
    """

    is_pdf: bool
    sha256: str
    seals: Sequence[Seal] | None
    is_trial: bool


def verify(
    pdf: bytes, fingerprints: Collection[str], known_digest: Callable[[str], bool]
) -> Verdict:
    """Verify a file that claims to be a proof; see `judged`."""
    return judged(look(pdf), fingerprints, known_digest)


def look(pdf: bytes) -> SeenPdf:
    """Read a file that claims to be a proof, whoever made it."""
    digest = hashlib.sha256(pdf).hexdigest()
    return SeenPdf(pdf.startswith(b"%PDF-"), digest, read_seals(pdf), _is_trial(pdf))


def judged(
    seen: SeenPdf, fingerprints: Collection[str], known_digest: Callable[[str], bool]
) -> Verdict:
    """Say what a file is, by what it shows and what is known here.

    :param fingerprints: SHA-256 of this installation's certificates, in hexadecimal.
    :param known_digest: tells whether a file of this SHA-256 (hexadecimal) is kept as a proof.
    """
    steps: list[Step] = []
    answer = Answer.GENUINE
    for check, passed in _checks(seen, fingerprints, known_digest):
        steps.append(Step(check, passed, (PASSED if passed else FAILED)[check]))
        if not passed:
            answer = _ANSWER_WHEN_FAILED.get(check, Answer.UNKNOWN)
            break
    is_trial = answer is not Answer.UNKNOWN and seen.is_trial
    return Verdict(answer, ANSWERS[answer], tuple(steps), is_trial)


def _checks(
    seen: SeenPdf, fingerprints: Collection[str], known_digest: Callable[[str], bool]
) -> Iterator[tuple[Check, bool]]:
    yield Check.PDF, seen.is_pdf
    seals = seen.seals
    yield Check.SEAL, seals is None or bool(seals)
    yield Check.READABLE, seals is not None
    ours = [seal for seal in seals or () if seal.fingerprint in fingerprints]
    yield Check.CERTIFICATE, bool(ours)
    yield Check.INTACT, all(seal.is_intact for seal in ours)
    yield Check.WHOLE, all(seal.is_whole for seal in ours)
    yield Check.STORED, known_digest(seen.sha256)


def read_seals(pdf: bytes) -> list[Seal] | None:
    """Read every seal of a PDF; None when the file is too damaged, or too hostile, to be read."""
    try:
        return [_read(seal) for seal in PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures]
    except Exception:  # a file made by anybody can make a parser fail in any way: that is an answer
        return None


def _read(seal: EmbeddedPdfSignature) -> Seal:
    certificate = seal.signer_cert
    trusted = ValidationContext(trust_roots=[certificate], allow_fetching=False)
    status = validate_pdf_signature(seal, trusted, skip_diff=True)
    return Seal(
        fingerprint=certificate.sha256.hex(),
        is_intact=status.intact and status.valid and _is_stamp_right(seal),
        is_whole=status.coverage == SignatureCoverageLevel.ENTIRE_FILE,
    )


def _is_stamp_right(seal: EmbeddedPdfSignature) -> bool:
    """Say whether the authority's stamp on the seal, where there is one, is over this seal."""
    digest = hashlib.sha256(seal.signer_info["signature"].native).digest()
    try:
        for attribute in seal.signer_info["unsigned_attrs"]:
            if attribute["type"].native == "signature_time_stamp_token":
                stamps.read(attribute["values"][0].dump(), digest)
    except stamps.NoStamp:
        return False
    return True


def _is_trial(pdf: bytes) -> bool:
    try:
        return any((entry["facts"] or {}).get("trial") for entry in attached_entries(pdf))
    except NotAttached:
        return False
