"""The installation's mark on a PDF: a PAdES seal, level B-B, or B-T where an authority dates it.

Imported where a proof is sealed, not at the start: pyHanko takes half a second to load.
"""

import io

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils.extensions import DeveloperExtension
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from webapp.evidence.seal import COMMON_NAME, Key

_FIELD = "Sceau"


class _SealOnlyWriter(IncrementalPdfFileWriter):
    """Adds the seal and leaves the rest as it is.

    Left to itself, pyHanko declares PDF 2.0 for the sake of ECDSA, and writes the metadata anew in
    a form that PDF/A does not accept.
    """

    def ensure_output_version(self, version: tuple[int, int]) -> None:
        """Keep the version that PDF/A-3 is built on."""

    def register_extension(self, ext: DeveloperExtension) -> None:
        """Declare no extension: PAdES knows ECDSA without one."""

    def _update_meta(self) -> None:
        pass


def seal(pdf: bytes, key: Key, reason: str, stamper: TimeStamper | None = None) -> bytes:
    """Seal a PDF: ETSI EN 319 142-1, ECDSA P-256 with SHA-256.

    Level B-B, which uses no network; with an authority's stamp (RFC 3161) over the seal, B-T.

    :param reason: what the seal attests, as PDF readers show it.
    :raises NoStamp: as the `stamper` does.
    """
    writer = _SealOnlyWriter(io.BytesIO(pdf))
    metadata = signers.PdfSignatureMetadata(
        field_name=_FIELD,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        name=COMMON_NAME,
        reason=reason,
    )
    field = SigFieldSpec(_FIELD, readable_field_name=COMMON_NAME)
    output = io.BytesIO()
    signer = signers.PdfSigner(
        metadata, signer=signer_of(key), timestamper=stamper, new_field_spec=field
    )
    signer.sign_pdf(writer, output=output)
    return output.getvalue()


def signer_of(key: Key) -> signers.SimpleSigner:
    """Give the key as pyHanko signs with it; it fetches nothing."""
    private = key.private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return signers.SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(key.certificate.public_bytes(Encoding.DER)),
        signing_key=asn1_keys.PrivateKeyInfo.load(private),
        cert_registry=SimpleCertificateStore(),  # type: ignore[no-untyped-call]
    )
