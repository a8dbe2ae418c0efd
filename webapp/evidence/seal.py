"""The installation's seal: its key and its certificate. Their mark on a PDF: `pades`.

The certificate is signed by itself: it says that two documents come from one installation, and
which bytes it sealed; it does not say who runs the installation.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID
from sqlalchemy import select

from webapp.database import AnySession, alone
from webapp.evidence.models import SealingKey
from webapp.keys import kept

COMMON_NAME = "Plirec – sceau de cette installation"
_FILE = "seal.pem"
_YEARS = 20


class WrongSealingKey(Exception):
    """The key on the disk is not the one this installation seals with; its text says what to do."""


class Key(NamedTuple):
    """The sealing key, with its certificate and the certificate's SHA-256 in hexadecimal."""

    private: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate
    fingerprint: str


def register(session: AnySession, keys_directory: Path, now: datetime) -> str:
    """Make the key at the first start, and hold the installation to it ever after.

    Never commits: the caller does.

    :returns: the certificate's SHA-256 fingerprint, in hexadecimal.
    :raises WrongSealingKey: the key is missing, or is not the one that was registered.
    """
    alone(session, "seal")
    registered = fingerprints(session)
    if not registered:
        kept(keys_directory / _FILE, lambda: _make(now))
    key = open_key(keys_directory)
    if not registered:
        certificate = key.certificate.public_bytes(Encoding.PEM).decode()
        session.add(
            SealingKey(fingerprint=key.fingerprint, certificate=certificate, registered_at=now)
        )
        session.flush()
    elif key.fingerprint not in registered:
        raise WrongSealingKey(_advice(keys_directory, "n’est pas celle de cette installation"))
    return key.fingerprint


def fingerprints(session: AnySession) -> frozenset[str]:
    """Give the fingerprints of the certificates that this installation sealed with."""
    return frozenset(session.scalars(select(SealingKey.fingerprint)))


def require_own(session: AnySession, keys_directory: Path) -> None:
    """Look whether the key on the disk is this installation's, once it has one.

    :raises WrongSealingKey: it is missing, damaged or another.
    """
    registered = fingerprints(session)
    if registered and open_key(keys_directory).fingerprint not in registered:
        raise WrongSealingKey(_advice(keys_directory, "n’est pas celle de cette installation"))


def published(session: AnySession) -> Sequence[SealingKey]:
    """Give the certificates that this installation sealed with, the newest first."""
    return session.scalars(select(SealingKey).order_by(SealingKey.registered_at.desc())).all()


def open_key(keys_directory: Path) -> Key:
    """Read the sealing key; it is never made here.

    :raises WrongSealingKey: there is none, or its file cannot be read as one.
    """
    try:
        pem = (keys_directory / _FILE).read_bytes()
    except FileNotFoundError:
        raise WrongSealingKey(_advice(keys_directory, "a disparu")) from None
    try:
        private = load_pem_private_key(pem, password=None)
        certificate = x509.load_pem_x509_certificate(pem)
    except (ValueError, TypeError):
        raise WrongSealingKey(_advice(keys_directory, "est abîmée")) from None
    if not isinstance(private, ec.EllipticCurvePrivateKey):
        raise WrongSealingKey(_advice(keys_directory, "n’est pas celle de cette installation"))
    if private.public_key() != certificate.public_key():
        raise WrongSealingKey(_advice(keys_directory, "ne va pas avec son certificat"))
    return Key(private, certificate, certificate.fingerprint(hashes.SHA256()).hex())


def signature(key: Key, content: bytes) -> bytes:
    """Seal bytes apart from them: ECDSA over their SHA-256, in DER, as `openssl dgst` reads it."""
    return key.private.sign(content, ec.ECDSA(hashes.SHA256()))


def require_signed(certificate: x509.Certificate, signature: bytes, content: bytes) -> None:
    """Check a seal that stands apart from what it is over.

    :raises InvalidSignature: it is over something else, or by another key.
    :raises TypeError: the certificate is none of a seal.
    """
    public = certificate.public_key()
    if not isinstance(public, ec.EllipticCurvePublicKey):
        raise TypeError("no certificate of a seal")
    public.verify(signature, content, ec.ECDSA(hashes.SHA256()))


def _make(now: datetime) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, COMMON_NAME)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=365.25 * _YEARS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_SEALING_ONLY, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private + certificate.public_bytes(Encoding.PEM)


# Readers of PDF ask that a document's signer may sign (digitalSignature) and may not deny it
# afterwards (nonRepudiation, here under its newer name).
_SEALING_ONLY = x509.KeyUsage(
    digital_signature=True,
    content_commitment=True,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=False,
    crl_sign=False,
    encipher_only=False,
    decipher_only=False,
)


def _advice(keys_directory: Path, trouble: str) -> str:
    return (
        f"La clé du sceau ({keys_directory / _FILE}) {trouble}. Arrêtez Plirec et remettez le "
        f"dossier {keys_directory} depuis la sauvegarde faite avec celle de la base de données. "
        "N’effacez rien\u202f: sans cette clé, les preuves déjà faites restent valables, mais il "
        "n’est plus possible d’en sceller de nouvelles."
    )
