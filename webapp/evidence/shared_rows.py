"""The lines that proofs of letters and of consents have in common."""

from collections.abc import Mapping
from typing import Any

from webapp.evidence.rows import Imprint, Row, Rows
from webapp.evidence.seal import COMMON_NAME


def sender_rows(sender: Mapping[str, Any]) -> Rows:
    """Say who sends (CPCE art. R53-2)."""
    yield Row("Nom ou raison sociale", sender["name"])
    yield Row("Adresse électronique", sender["email"])
    if sender.get("address"):
        yield Row("Adresse postale", sender["address"])


def seal_rows(imprint: Imprint, chain: str) -> Rows:
    """Say by which certificate the proof is sealed, and where its facts stand in the journal."""
    yield Row("Certificat du sceau", f"{COMMON_NAME} (ECDSA P-256)")
    yield Row("Empreinte du certificat (SHA-256)", code=imprint.fingerprint)
    yield Row("Chaîne du journal", code=chain)
