"""What an archive holds for whoever does not believe it: certificates, roots, a sealed manifest."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import select

from webapp.database import AnySession
from webapp.delivery.archive_index import Part
from webapp.delivery.zip_writer import Filed, ZipWriter
from webapp.evidence.inclusion import Inclusion
from webapp.evidence.journal import moment
from webapp.evidence.models import SealingKey
from webapp.evidence.seal import Key, signature

FORMAT, VERSION = "plirec-archive", 3


def write_inclusions(target: ZipWriter, inclusions: Iterable[Inclusion]) -> Iterator[Part]:
    """Write each proof, and beside it the stamp, as the answer that `openssl ts` reads."""
    for inclusion in inclusions:
        day, at = inclusion.root.day.isoformat(), inclusion.root.made_at
        stamp = None
        if inclusion.token is not None:
            from webapp.evidence import stamps

            stamp = f"temoin/{day}.tsr"
            filed = target.content(stamp, stamps.as_response(inclusion.token), at)
            yield Part(f"Témoin extérieur du {day}, horodatage de la racine", filed)
        written = _written(inclusion.as_json(stamp))
        filed = target.text(f"temoin/{day}.json", [written], at)
        yield Part(f"Témoin extérieur du {day}, chemin du journal à la racine", filed)


def write_certificates(session: AnySession, target: ZipWriter) -> dict[str, Part]:
    """Write the certificates of this installation's seal, each by its fingerprint (SHA-256)."""
    kept = session.scalars(select(SealingKey).order_by(SealingKey.fingerprint)).all()
    return {key.fingerprint: _certificate(target, key) for key in kept}


def write_manifest(
    target: ZipWriter, number: str, fingerprints: Iterable[str], key: Key, made_at: datetime
) -> None:
    """Name every file that was written until now, and seal that: these two files come last."""
    manifest = {
        "format": FORMAT,
        "version": VERSION,
        "number": number,
        "made_at": moment(made_at),
        "files": [_line(filed) for filed in target.filed],
        "certificates": list(fingerprints),
        "sealed_with": key.fingerprint,
    }
    written = _written(manifest)
    target.text("manifeste.json", [written], made_at)
    target.content("manifeste.sig", signature(key, written.encode()), made_at)


def _certificate(target: ZipWriter, key: SealingKey) -> Part:
    path = f"certificats/{key.fingerprint}.pem"
    return Part("Certificat du sceau", target.text(path, [key.certificate], key.registered_at))


def _line(filed: Filed) -> dict[str, Any]:
    return {"path": filed.path, "size": filed.size, "sha256": filed.sha256}


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
