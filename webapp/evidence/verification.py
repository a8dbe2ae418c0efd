"""Whether a PDF is a proof that this installation sealed, and unchanged since; uses no network.

The certificate is compared by its fingerprint, not by a chain of trust: it is signed by itself.
"""

import hashlib
import io
import logging
from collections.abc import Callable, Collection

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from webapp.evidence import stamps
from webapp.evidence.attached import NotAttached, attached_entries
from webapp.evidence.judging import judged_pdf
from webapp.evidence.seen import Seal, SeenPdf
from webapp.evidence.verdicts import Verdict

# What is wrong with a stranger's file is told to whoever asks, not to the log of the server.
for _library in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_library).addHandler(logging.NullHandler())


def verify(
    pdf: bytes, fingerprints: Collection[str], known_digest: Callable[[str], bool]
) -> Verdict:
    """Verify a file that claims to be a proof; see `judging.judged_pdf`."""
    return judged_pdf(look(pdf), fingerprints, known_digest)


def look(pdf: bytes) -> SeenPdf:
    """Read a file that claims to be a proof, whoever made it."""
    digest = hashlib.sha256(pdf).hexdigest()
    return SeenPdf(pdf.startswith(b"%PDF-"), digest, read_seals(pdf), _is_trial(pdf))


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
